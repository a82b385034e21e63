"""The frame that every page of a body shares: the place, the tabs, who may read it."""

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tiwizi.accounts.models import User
from tiwizi.base.errors import Refusal
from tiwizi.base.forms import DayField
from tiwizi.network import queries
from tiwizi.network.models import Body
from tiwizi.network.permissions import Action, may, require

# The same rooms for every body, in this order: (code, label, address name).
TABS = [
    ("overview", _("Overview"), "portal:body"),
    ("plan", _("Plan"), "plans:plan"),
    ("pooling", _("Pooling"), "pooling:rounds"),
    ("results", _("Results"), "indicators:results"),
    ("people", _("People"), "network:people"),
    ("documents", _("Documents"), "documents:documents"),
]

BodyView = Callable[..., HttpResponseBase]


def body_view(action: Action = Action.READ) -> Callable[[BodyView], BodyView]:
    """A view of one body: signed in, allowed, the body found by its slug. The view gets `(request, body, ...)`.

    Who may not even read the body is told that there is none: another programme's names cannot be guessed.
    """

    def wrap(view: BodyView) -> BodyView:
        @wraps(view)
        @login_required
        def guarded(request: HttpRequest, slug: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
            body = get_object_or_404(Body.objects.select_related("kind", "successor", "origin"), slug=slug)
            _require_or_hide(request.user, action, body)  # type: ignore[arg-type]
            request.on = asked_day(request)  # type: ignore[attr-defined]
            return view(request, body, *args, **kwargs)

        return guarded

    return wrap


def asked_day(request: HttpRequest) -> date | None:
    """The day as of which a page is read (`?on=2018-06-30`); none is today. Refused: `day-unknown`."""
    text = request.GET.get("on", "").strip()
    if not text:
        return None
    try:
        return DayField().clean(text)
    except ValidationError as error:
        hint = _("Write it as year-month-day: 2018-06-30.")
        raise Refusal("day-unknown", _("This is no day that a page can be read as of."), hint, status=400) from error


def _require_or_hide(by: User, action: Action, body: Body) -> None:
    try:
        require(by, action, body)
    except Refusal as refusal:
        if action is Action.READ or not may(by, Action.READ, body):
            raise Http404 from refusal
        raise


def body_page(
    request: HttpRequest,
    body: Body,
    tab: str,
    template: str,
    context: dict[str, Any] | None = None,
    *,
    status: int = 200,
    place: list[Body] | None = None,
) -> HttpResponse:
    """Render a page inside a body's frame. Templates extend `network/body.html`. `place`: the body's, when it was read
    already."""
    on = getattr(request, "on", None)
    place = place or queries.place_of(body, on=on)
    frame = {
        "body": body,
        "place": place,
        "also_in": [w for w in queries.wholes_of(body, on=on) if w not in place],
        "tab": tab,
        "tabs": [(code, label, reverse(name, args=[body.slug])) for code, label, name in TABS],
        "on": on,
        "as_of": f"?on={on:%Y-%m-%d}" if on else "",  # kept in the links of the place
        "name_then": queries.name_on(body, on) if on else body.name,
    }
    return render(request, template, frame | (context or {}), status=status)
