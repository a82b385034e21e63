"""Roles in plain words, one's own, who stands in for whom, and the end of a mandate."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tiwizi.accounts.middleware import clear_browser
from tiwizi.base.errors import Refusal
from tiwizi.network import queries, rules
from tiwizi.network.forms import EndForm, LendForm
from tiwizi.network.models import Body, Delegation, Mandate
from tiwizi.network.pages import body_page, body_view
from tiwizi.network.permissions import ROLES, SENTENCES, Action, Role, needing_second_factor


@require_safe
@login_required
def roles(request: HttpRequest) -> HttpResponse:
    """Every role in plain words."""
    guarded = needing_second_factor()
    rows = [(role, _sentences(role), role.code in guarded) for role in ROLES.values()]
    return render(request, "network/roles.html", {"roles": rows})


def _sentences(role: Role) -> list[str]:
    return [str(SENTENCES[action]) for action in Action if action in role.actions]


@require_safe
@login_required
def my_roles(request: HttpRequest) -> HttpResponse:
    """What one holds, what one lent, and for whom one stands in."""
    lent, standing_in = queries.delegations_of(request.user)  # type: ignore[arg-type]
    own = [m for m in queries.mandates_of(request.user) if m.user_id == request.user.pk]  # type: ignore[arg-type]
    asked = queries.offers_to(request.user)  # type: ignore[arg-type]
    context = {
        "mandates": [(mandate, ROLES.get(mandate.role)) for mandate in own],
        "asked": [(one, ROLES.get(one.mandate.role), rules.offer_token_of(one)) for one in asked],
        "lent": [(one, ROLES.get(one.mandate.role)) for one in lent],
        "standing_in": [(one, ROLES.get(one.mandate.role)) for one in standing_in],
    }
    return render(request, "network/my_roles.html", context)


def _own(request: HttpRequest, pk: UUID) -> Mandate:
    return get_object_or_404(Mandate.objects.select_related("body__kind"), pk=pk, user=request.user)


@require_http_methods(["GET", "POST"])
@login_required
def leave(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Asked once, in words that name the consequence; then the role ends with this day."""
    mandate = _own(request, pk)
    if request.method == "POST":
        rules.leave_role(by=request.user, mandate=mandate)  # type: ignore[arg-type]
        messages.success(request, _("Your role ends today. What you did stays."))
        return redirect("network:my-roles")
    return render(request, "network/leave.html", {"mandate": mandate, "role": ROLES.get(mandate.role)})


@require_http_methods(["GET", "POST"])
@login_required
def leave_everything(request: HttpRequest) -> HttpResponse:
    """Every role at once, and the account if asked; told first what that means."""
    if request.method == "POST":
        closing = "close" in request.POST
        rules.leave_everything(by=request.user, close=closing)  # type: ignore[arg-type]
        if closing:
            logout(request)
            answer = redirect("portal:home")
            clear_browser(answer)
            return answer
        messages.success(request, _("Your roles end today. What you did stays."))
        return redirect("network:my-roles")
    own = [m for m in queries.mandates_of(request.user) if m.user_id == request.user.pk]  # type: ignore[arg-type]
    context = {"mandates": [(mandate, ROLES.get(mandate.role)) for mandate in own]}
    return render(request, "network/leave_everything.html", context)


@require_http_methods(["GET", "POST"])
@login_required
def lend(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Somebody stands in for oneself, from a day to a day."""
    mandate = _own(request, pk)
    form = LendForm(request.POST or None, initial={"start": queries.today()})
    if request.method == "POST" and form.is_valid():
        try:
            made = rules.lend_mandate(
                by=request.user,  # type: ignore[arg-type]
                mandate=mandate, site=request.build_absolute_uri("/"), **form.cleaned_data,
            )  # fmt: skip
        except Refusal as refusal:
            form.refused(refusal)
        else:
            return _lent(request, made)
    context = {"mandate": mandate, "role": ROLES.get(mandate.role), "form": form}
    return render(request, "network/lend.html", context, status=422 if form.errors else 200)


def _lent(request: HttpRequest, made: Delegation) -> HttpResponse:
    """The same whether or not the address has an account. Without mail, the link is shown once to who lends."""
    if settings.MAIL:
        messages.success(request, _("The question to %(address)s is on its way.") % {"address": made.email})
        return redirect("network:my-roles")
    link = request.build_absolute_uri(reverse("network:offer", args=[rules.offer_token_of(made)]))
    return render(request, "network/offered.html", {"offer": made, "link": link})


@require_http_methods(["GET", "POST"])
@never_cache
def offer(request: HttpRequest, token: str) -> HttpResponse:
    """What the link opens: who asks, for which days, and the button to say yes; for who signs in with the address."""
    found = rules.find_offer(token)
    user = request.user if request.user.is_authenticated else None
    if request.method == "POST" and user:
        rules.accept_offer(by=user, offer=found)
        messages.success(request, _("It is agreed: acts will bear both names."))
        return redirect("network:my-roles")
    another = user is not None and user.email.lower() != found.email
    context = {"offer": found, "role": ROLES.get(found.mandate.role), "another": another, "here": request.path}
    return render(request, "network/offer.html", context)


@require_POST
@login_required
def take_back(request: HttpRequest, pk: UUID) -> HttpResponse:
    """End a delegation at once."""
    found = get_object_or_404(Delegation.objects.select_related("mandate"), pk=pk)
    rules.take_back_mandate(by=request.user, delegation=found)  # type: ignore[arg-type]
    messages.success(request, _("Nobody stands in any more."))
    return redirect("network:my-roles")


@require_http_methods(["GET", "POST"])
@body_view(Action.GIVE_ROLES)
def end(request: HttpRequest, body: Body, pk: UUID) -> HttpResponse:
    """The last day of somebody's mandate."""
    mandate = get_object_or_404(Mandate.objects.select_related("user", "body"), pk=pk, body=body)
    form = EndForm(request.POST or None, initial={"on": mandate.end or queries.today()})
    if request.method == "POST" and form.is_valid():
        try:
            rules.end_mandate(by=request.user, mandate=mandate, on=form.cleaned_data["on"])  # type: ignore[arg-type]
        except Refusal as refusal:
            form.refused(refusal)
        else:
            messages.success(request, _("The last day is kept. What was done under the role stays."))
            return redirect("network:people", body.slug)
    context = {"mandate": mandate, "role": ROLES.get(mandate.role), "form": form}
    return body_page(request, body, "people", "network/end.html", context, status=422 if form.errors else 200)
