"""The network of a body: its levels as a picture, its communes on a map, everything below as a list."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from tiwizi.network import queries
from tiwizi.network.models import Body, Membership, alive
from tiwizi.network.pages import body_page, body_view
from tiwizi.network.permissions import Action, may
from tiwizi.network.pictures import levels_of, map_of

A_PAGE = 50


@require_safe
@body_view()
def network(request: HttpRequest, body: Body) -> HttpResponse:
    """Picture, map and list; the list is filtered in the address."""
    on = request.on or min(queries.today(), body.end or date.max)  # type: ignore[attr-defined]
    everything = queries.graph(on)
    ids = everything.below(body.pk) | everything.above(body.pk)
    found = Body.objects.filter(pk__in=ids).select_related("kind")
    above = everything.above(body.pk)  # a body still belonged there when the whole came to its own end
    bodies = {one.pk: one for one in found if one.pk in above or alive(one.start, one.end, on)}
    below = [bodies[pk] for pk in everything.below(body.pk) if pk in bodies and pk != body.pk]
    seats = queries.organisations_of([body, *below], on=on)
    wanted = _Filter.of(request)
    rows = wanted.apply(below, seats)
    context = {
        "levels": levels_of(body, bodies, everything),
        "map": map_of(body, seats),
        "page": Paginator(rows, A_PAGE).get_page(request.GET.get("page")),
        "communes": _names(seats),
        "kinds": sorted({one.kind for one in below}, key=lambda kind: (kind.rank, kind.code)),
        "wanted": wanted,
        "count": len(below),
        "managing": bool(may(request.user, Action.MANAGE_NETWORK, body)),  # type: ignore[arg-type]
    }
    return body_page(request, body, "overview", "network/network.html", context)


@dataclass(frozen=True)
class _Filter:
    text: str
    kind: str

    @classmethod
    def of(cls, request: HttpRequest) -> "_Filter":
        return cls(request.GET.get("q", "").strip(), request.GET.get("kind", ""))

    def apply(self, bodies: list[Body], seats: list[Membership]) -> list[Body]:
        """Those of a kind whose name or communes hold the text, by level and name."""
        words: dict[UUID, list[str]] = {body.pk: [*body.name.values(), body.slug] for body in bodies}
        for seat in seats:
            if seat.body_id in words:
                words[seat.body_id] += seat.organisation.name.values()
        text = queries.folded(self.text)
        found = [
            body
            for body in bodies
            if (not self.kind or body.kind_id == self.kind) and text in queries.folded(" ".join(words[body.pk]))
        ]
        return sorted(found, key=lambda body: (body.kind.rank, body.kind_id, queries.folded(str(body))))


def _names(seats: list[Membership]) -> dict[UUID, str]:
    found: dict[UUID, list[str]] = {}
    for seat in seats:
        found.setdefault(seat.body_id, []).append(str(seat.organisation))
    return {pk: ", ".join(names) for pk, names in found.items()}
