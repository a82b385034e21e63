"""After an election: who leaves, who arrives, looked at first, done at once, taken back while nobody has come."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tiwizi.base.errors import Refusal
from tiwizi.network import queries, rules
from tiwizi.network.forms.elections import ElectionForm
from tiwizi.network.models import Body
from tiwizi.network.pages import body_page, body_view
from tiwizi.network.permissions import Action, givable


@require_http_methods(["GET", "POST"])
@body_view(Action.GIVE_ROLES)
def election(request: HttpRequest, body: Body) -> HttpResponse:
    """A form, then what it means, then done."""
    roles = givable(request.user, body)  # type: ignore[arg-type]
    form = ElectionForm(request.POST or None, body=body, roles=roles, initial={"on": queries.today()})
    looking = False
    if request.method == "POST" and form.is_valid():
        looking = "done" not in request.POST
        if not looking and (answer := _hold(request, body, form)):
            return answer
    context = {"form": form, "looking": looking, "last": queries.election_of(body), "mail": settings.MAIL}
    status = 422 if form.errors else 200
    return body_page(request, body, "people", "network/election.html", context, status=status)


def _hold(request: HttpRequest, body: Body, form: ElectionForm) -> HttpResponse | None:
    typed = form.cleaned_data
    arriving = [one | {"role": typed["role"], "language": typed["language"]} for one in typed["arriving"]]
    site = request.build_absolute_uri("/")
    try:
        made = rules.hold_election(
            by=request.user,  # type: ignore[arg-type]
            body=body,
            leaving=list(typed["leaving"]),
            arriving=arriving,
            on=typed["on"],
            reason=typed["reason"],
            site=site,
        )
    except Refusal as refusal:
        form.refused(refusal)
        return None
    links = [(one, "" if settings.MAIL else request.build_absolute_uri(_link(rules.token_of(one)))) for one in made]
    return body_page(request, body, "people", "network/election_held.html", {"links": links, "ended": typed["leaving"]})


def _link(token: str) -> str:
    return reverse("network:invitation", args=[token])


@require_POST
@body_view(Action.GIVE_ROLES)
def undo(request: HttpRequest, body: Body) -> HttpResponse:
    """Take the latest election back."""
    rules.undo_election(by=request.user, body=body)  # type: ignore[arg-type]
    messages.success(request, _("The election is taken back: roles go on as before."))
    return redirect("network:people", body.slug)
