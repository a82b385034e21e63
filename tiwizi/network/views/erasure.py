"""What is kept of a person, and its end: one's own page, and the page on which somebody else is erased."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tiwizi.accounts import rules as accounts
from tiwizi.accounts.middleware import clear_browser
from tiwizi.accounts.models import User
from tiwizi.base import personal
from tiwizi.base.errors import Refusal
from tiwizi.network import queries, rules
from tiwizi.network.forms import ErasureForm
from tiwizi.network.models import Body
from tiwizi.network.pages import body_page, body_view
from tiwizi.network.permissions import ROLES, Action


@require_safe
@never_cache
@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """How much is kept of who asks, what of it would go and what would stay."""
    kept = personal.counts_of(request.user)
    held = queries.coming_mandates_of(request.user)  # type: ignore[arg-type]
    context = {"kept": kept, "held": [(one, ROLES.get(one.role)) for one in held]}
    return render(request, "network/my_data.html", context)


@require_POST
@login_required
def ask(request: HttpRequest) -> HttpResponse:
    """Be erased: at once, or ask for it. Who does not tick the box is shown the page again."""
    if "sure" not in request.POST:
        messages.error(request, _("Nothing was done: tick the box first."))
        return redirect("network:my-data")
    if rules.ask_to_be_erased(by=request.user):  # type: ignore[arg-type]
        logout(request)
        messages.success(request, _("You are erased. What you did stays, without your name."))
        answer = redirect("portal:home")
        clear_browser(answer)
        return answer
    messages.success(request, _("You asked to be erased. Who coordinates the programme sees it."))
    return redirect("network:my-data")


@require_POST
@login_required
def stay(request: HttpRequest) -> HttpResponse:
    """Take the request back."""
    accounts.withdraw_erasure(by=request.user)  # type: ignore[arg-type]
    messages.success(request, _("You stay; nothing is erased."))
    return redirect("network:my-data")


@require_http_methods(["GET", "POST"])
@body_view(Action.MANAGE_NETWORK)
def erase(request: HttpRequest, body: Body, pk: UUID) -> HttpResponse:
    """What goes and what stays of a person, then the reason, and the act."""
    user = get_object_or_404(User, pk=pk)
    if body not in queries.bodies_of_person(user):
        raise Http404
    rules.may_erase(by=request.user, user=user)  # type: ignore[arg-type]
    form = ErasureForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            rules.erase_person(by=request.user, user=user, reason=form.cleaned_data["reason"])  # type: ignore[arg-type]
        except Refusal as refusal:
            form.refused(refusal)
        else:
            messages.success(request, _("The person is erased. What they did stays, without their name."))
            return redirect("network:people", body.slug)
    held = queries.coming_mandates_of(user)
    context = {
        "person": user,
        "kept": personal.counts_of(user),
        "held": [(one, ROLES.get(one.role)) for one in held],
        "form": form,
    }
    return body_page(request, body, "people", "network/erase.html", context, status=422 if form.errors else 200)
