"""Proposals on a map and in time."""

from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from tiwizi.base import wording
from tiwizi.base.pictures import Bar, Line, Map, Point, Row, Span, Timeline
from tiwizi.network import queries as network
from tiwizi.network.models import Organisation
from tiwizi.pooling.models import Proposal, Round
from tiwizi.pooling.queries import end_of, when


def map_of(shown: list[Proposal], others: list[Organisation], title: str, width: int = 380) -> Map:
    """Communes of proposals and other places; a ring around each host, a tie from each guest to its host."""
    spots: dict[object, tuple[Organisation, int]] = {place.pk: (place, 0) for place in others}
    ties: set[tuple[object, object]] = set()
    hosts = set()
    for proposal in shown:
        hosts.add(proposal.host_id)
        spots.setdefault(proposal.host_id, (proposal.host, 0))
        for part in proposal.parts.all():
            home = part.activity.commune
            if home is None:
                continue
            heads = spots.get(home.pk, (home, 0))[1] + part.participants
            spots[home.pk] = (home, heads)
            if home.pk != proposal.host_id:
                ties.add((home.pk, proposal.host_id))
    placed = [(pk, place, heads) for pk, (place, heads) in spots.items() if place.lat is not None]
    order = {pk: k for k, (pk, _place, _heads) in enumerate(placed)}
    return Map(
        points=[_point(place, heads) for _pk, place, heads in placed],
        lines=[Line(order[a], order[b]) for a, b in sorted(ties, key=str) if a in order and b in order],
        rings=[order[pk] for pk in hosts if pk in order],
        title=title,
        width=width,
    )


def _point(place: Organisation, heads: int) -> Point:
    note = _("%(count)s participants") % {"count": wording.number(heads)} if heads else ""
    return Point(
        lat=place.lat or 0, lon=place.lon or 0, label=str(place), size=max(heads, 4), note=note,
        approximate=place.approximate,
    )  # fmt: skip


def timeline_of(round: Round, shown: list[Proposal]) -> Timeline:
    """A row for each proposal: the weeks that all partners can, and the week proposed; holidays shaded."""
    spans = [s for s in network.unavailable_spans(round.start, end_of(round)) if s.organisation_id is None]
    return Timeline(
        start=round.start,
        weeks=round.weeks,
        rows=[_row(proposal) for proposal in shown],
        shaded=[Span(span.start, span.end, str(span.label)) for span in spans],
        title=_("Proposals in time"),
    )


def _row(proposal: Proposal) -> Row:
    href = reverse("pooling:proposal", args=[proposal.round.body.slug, proposal.round_id, proposal.number])
    label = f"{proposal.number}. {proposal.kind}"
    day = when(proposal)
    possible = [
        Bar(part.activity.window_start, part.activity.window_end, str(part.activity), href, state="replaced")
        for part in proposal.parts.all()
    ]
    return Row(label=label, href=href, bars=[Bar(day, day + timedelta(days=6), label, href, shared=True), *possible])
