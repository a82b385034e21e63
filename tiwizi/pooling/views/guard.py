"""Who may open a round's page."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from tiwizi.base.errors import Refusal
from tiwizi.network.models import Body
from tiwizi.network.pages import body_view
from tiwizi.pooling import queries

RoundView = Callable[..., HttpResponseBase]


def round_view(view: RoundView) -> RoundView:
    """A view of one round of a body, for those who may read it. The view gets `(request, round, ...)`."""

    @body_view()
    @wraps(view)
    def guarded(request: HttpRequest, body: Body, pk: UUID, *args: Any, **kwargs: Any) -> HttpResponseBase:
        round = queries.round_of(body, pk)
        if round is None:
            raise Http404
        if not queries.may_read_round(request.user, round):  # type: ignore[arg-type]
            raise Refusal(
                "not-allowed",
                _("You may not do this here."),
                _("A round is read in its group and in its partnerships."),
                status=403,
            )
        return view(request, round, *args, **kwargs)

    return guarded
