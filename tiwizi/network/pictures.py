"""Bodies on a map, and their levels. Where each dot and box leads is the page's matter: a public page leads nowhere."""

from collections import Counter
from collections.abc import Callable
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tiwizi.base.pictures import Box, Levels, Map, Point
from tiwizi.network import queries
from tiwizi.network.models import Body, BodyKind, Membership

ASIDE = 380  # a map beside the text
MOST_BOXES = 30  # of one column: more are counted in their group's box instead
Address = Callable[[Body], str]


def nowhere(body: Body) -> str:
    """No link: for who may not open the pages of bodies."""
    return ""


def _overview(body: Body) -> str:
    return reverse("portal:body", args=[body.slug])


def _network(body: Body) -> str:
    return reverse("network:network", args=[body.slug])


def map_of(body: Body, seats: list[Membership], address: Address = _overview) -> Map:
    """The South communes of a body and those below it; the North's are named beside, off this map's scale."""
    norths: dict[object, list[str]] = {}
    for seat in seats:
        if seat.side == "north":
            norths.setdefault(seat.body_id, []).append(str(seat.organisation))
    points: dict[object, Point] = {}
    for seat in seats:
        place = seat.organisation
        if seat.side == "south" and place.lat is not None and place.lon is not None and place.pk not in points:
            points[place.pk] = Point(
                lat=place.lat, lon=place.lon, label=str(place), approximate=place.approximate,
                note=_("with %(who)s") % {"who": ", ".join(north)} if (north := norths.get(seat.body_id)) else "",
                href=address(seat.body) if seat.body_id != body.pk else "",
            )  # fmt: skip
    return Map(points=list(points.values()), title=_("Communes of %(body)s") % {"body": body}, width=ASIDE)


def levels_of(body: Body, bodies: dict[UUID, Body], everything: queries.Graph, address: Address = _network) -> Levels:
    """Everything above, the body, and its parts level by level as long as a column stays readable."""
    above = _by_rank([bodies[pk] for pk in everything.above(body.pk) if pk in bodies and pk != body.pk])
    columns, seen = [*above, [body]], {body.pk, *(one.pk for column in above for one in column)}
    waiting = [body.pk]
    while waiting:
        following = {pk for one in waiting for pk in everything.down.get(one, ()) if pk in bodies} - seen
        if not following or len(following) > MOST_BOXES:
            break
        columns.append(sorted((bodies[pk] for pk in following), key=lambda one: (one.kind.rank, one.slug)))
        seen |= following
        waiting = list(following)
    ties: list[tuple[object, object]] = [
        (part, whole) for part in seen for whole in everything.up.get(part, ()) if whole in seen
    ]
    boxes = [[_box(one, body, bodies, everything, address) for one in column] for column in columns]
    title = _("What %(body)s belongs to, and what belongs to it") if above else _("What belongs to %(body)s")
    return Levels(boxes, ties, title=title % {"body": body})


def _by_rank(bodies: list[Body]) -> list[list[Body]]:
    ranks: dict[int, list[Body]] = {}
    for one in sorted(bodies, key=lambda body: (body.kind.rank, body.slug)):
        ranks.setdefault(one.kind.rank, []).append(one)
    return list(ranks.values())


def _box(one: Body, here: Body, bodies: dict[UUID, Body], everything: queries.Graph, address: Address) -> Box:
    kinds: Counter[BodyKind] = Counter(bodies[pk].kind for pk in everything.below(one.pk) - {one.pk} if pk in bodies)
    count = sum(kinds.values())
    hint = f"{one.kind.name} · {count}" if count else str(one.kind.name)
    below = ngettext("%(count)s body below", "%(count)s bodies below", count) % {"count": count} if count else ""
    return Box(one.pk, str(one), hint, below, address(one), here=one == here)
