"""Inviting somebody, and answering an invitation."""

from uuid import UUID

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from tiwizi.accounts import queries as accounts
from tiwizi.base.errors import Refusal
from tiwizi.network import rules
from tiwizi.network.forms import InvitationForm, NewcomerForm
from tiwizi.network.models import Body, Invitation
from tiwizi.network.pages import body_page, body_view
from tiwizi.network.permissions import ROLES, Action, givable


@require_http_methods(["GET", "POST"])
@body_view(Action.GIVE_ROLES)
def invite(request: HttpRequest, body: Body) -> HttpResponse:
    """Offer a role to an address. Without mail, the link is shown once to who invites."""
    roles = givable(request.user, body)  # type: ignore[arg-type]
    form = InvitationForm(request.POST or None, roles=roles, initial={"language": get_language()})
    context = {"form": form, "mail": settings.MAIL, "roles": roles}
    if request.method == "POST" and form.is_valid():
        site = request.build_absolute_uri("/")
        try:
            made = rules.invite(by=request.user, body=body, site=site, **form.cleaned_data)  # type: ignore[arg-type]
        except Refusal as refusal:
            form.refused(refusal)
        else:
            if settings.MAIL:
                messages.success(request, _("The invitation to %(address)s is on its way.") % {"address": made.email})
                return redirect("network:people", body.slug)
            link = request.build_absolute_uri(reverse("network:invitation", args=[rules.token_of(made)]))
            return body_page(request, body, "people", "network/invited.html", {"invitation": made, "link": link})
    return body_page(request, body, "people", "network/invite.html", context, status=422 if form.errors else 200)


@require_POST
@body_view(Action.GIVE_ROLES)
def withdraw(request: HttpRequest, body: Body, pk: UUID) -> HttpResponse:
    """Close an invitation that was not answered."""
    found = get_object_or_404(Invitation.objects.select_related("body"), pk=pk, body=body)
    rules.withdraw_invitation(by=request.user, invitation=found)  # type: ignore[arg-type]
    messages.success(request, _("The invitation is withdrawn: its link no longer opens anything."))
    return redirect("network:people", body.slug)


@require_http_methods(["GET", "POST"])
@never_cache
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """What the link opens: an offer, and the one button to accept it."""
    found = rules.find_invitation(token)
    user = request.user if request.user.is_authenticated else None
    if request.method == "POST" and user:
        rules.accept_invitation(by=user, invitation=found)
        messages.success(request, _("The role is yours."))
        return redirect("portal:body", found.body.slug)
    form = NewcomerForm(request.POST or None, initial={"name": found.name})
    if request.method == "POST" and form.is_valid():
        answer = _begin(request, found, form)
        if answer:
            return answer
    context = {
        "invitation": found,
        "role": ROLES[found.role],
        "form": form,
        "has_account": accounts.account_of(found.email) is not None,
        "another": user is not None and user.email.lower() != found.email,
        "here": request.path,
    }
    return render(request, "network/invitation.html", context, status=422 if form.errors else 200)


def _begin(request: HttpRequest, found: Invitation, form: NewcomerForm) -> HttpResponse | None:
    """The newcomer's account, and its first sign-in; None when something typed was refused."""
    try:
        user = rules.accept_as_newcomer(
            invitation=found, language=get_language() or settings.LANGUAGE_CODE, **form.cleaned_data
        )
    except Refusal as refusal:
        form.refused(refusal)
        return None
    login = Login(user=user, redirect_url=reverse("portal:body", args=[found.body.slug]))
    user.backend = settings.AUTHENTICATION_BACKENDS[0]
    answer: HttpResponse = perform_password_login(request, {"email": user.email}, login)
    return answer
