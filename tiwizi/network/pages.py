"""The frame that every page of a body shares: the place, the tabs, who may read it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tiwizi.accounts.models import User
from tiwizi.base.errors import Refusal
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
            body = get_object_or_404(Body.objects.select_related("kind", "successor"), slug=slug)
            _require_or_hide(request.user, action, body)  # type: ignore[arg-type]
            return view(request, body, *args, **kwargs)

        return guarded

    return wrap


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
    place = place or queries.place_of(body)
    frame = {
        "body": body,
        "place": place,
        "also_in": [w for w in queries.wholes_of(body) if w not in place],
        "tab": tab,
        "tabs": [(code, label, reverse(name, args=[body.slug])) for code, label, name in TABS],
    }
    return render(request, template, frame | (context or {}), status=status)
