"""What a page of results looks at: a body, or what several groups and a commune have in common."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from uuid import UUID

from tiwizi.framework.models import Framework
from tiwizi.indicators.models import Period
from tiwizi.indicators.queries.asked import Asked, calendars
from tiwizi.indicators.queries.structure import Link, Structure, periods_of, structure
from tiwizi.network import queries as network
from tiwizi.network.models import Body, BodyKind, Membership, Organisation, alive

# The body that stands for what was chosen; it is in no table.
CHOSEN = UUID(int=0)


@dataclass(frozen=True)
class Around:
    """The bodies among which one may choose on a body's page, over the life of the framework."""

    body: Body
    framework: Framework
    graph: network.Graph

    @cached_property
    def below(self) -> frozenset[UUID]:
        return self.graph.below(self.body.pk)

    @cached_property
    def bodies(self) -> list[Body]:
        """The bodies below, and groups that share a part with the body. One query."""
        crossing = set().union(*(self.graph.above(one) for one in self.below)) - self.graph.above(self.body.pk)
        return list(Body.objects.filter(pk__in=self.below | crossing).select_related("kind"))

    @cached_property
    def seats(self) -> list[Membership]:
        """The seats of the South in the bodies below. One query."""
        seats = Membership.objects.filter(body__in=self.below, side=Membership.Side.SOUTH)
        return list(seats.select_related("organisation"))

    def kinds(self) -> dict[BodyKind, list[Body]]:
        """The groups to choose from, kind by kind, the widest first."""
        found: dict[BodyKind, list[Body]] = {}
        for one in self.bodies:
            if one.pk != self.body.pk:
                found.setdefault(one.kind, []).append(one)
        return {kind: sorted(those, key=lambda b: network.folded(str(b))) for kind, those in found.items()}

    def communes(self) -> list[Organisation]:
        """The communes of the South that sit in the body or below, each once."""
        once = {seat.organisation_id: seat.organisation for seat in self.seats}
        return sorted(once.values(), key=lambda commune: network.folded(str(commune)))


def around(body: Body, framework: Framework) -> Around:
    """What one may choose from on a body's page. One query, and one for what is then asked of it."""
    return Around(body, framework, network.graph(framework.start, framework.end))


@dataclass(frozen=True)
class Scope:
    """Whose figures are shown: those of `whose`; `below` are the bodies that they come from. `chosen` when they had
    to be put together for this page, in the network `narrow`: then no total of the table is theirs."""

    body: Body
    framework: Framework
    periods: list[Period]
    whose: UUID
    below: frozenset[UUID]
    graph: network.Graph
    narrow: Structure | None = None
    every: list[Period] | None = None  # all periods of the plan, where `periods` are only some of them

    @cached_property
    def asked(self) -> dict[str, Asked]:
        """By frequency, the periods in which an indicator is asked."""
        return calendars(self.every or self.periods, self.framework.end)

    @cached_property
    def frame(self) -> Structure:
        """The network in which the figures climb, read when it is asked for. Two queries."""
        return self.narrow or structure(self.framework, self.periods)

    @property
    def chosen(self) -> bool:
        return self.whose == CHOSEN


def scope_of(
    place: Around,
    groups: Sequence[Body] = (),
    commune: Organisation | None = None,
    *,
    periods: list[Period] | None = None,
) -> Scope:
    """The body itself; one group below it; or what lies in the body, in all the groups and in the commune.
    `periods`: those of the framework, when they were read already."""
    periods = periods_of(place.framework) if periods is None else periods
    body, graph = place.body, place.graph
    if commune is None and len(groups) <= 1:
        one = groups[0] if groups else body
        if one.pk in place.below:
            return Scope(body, place.framework, periods, one.pk, graph.below(one.pk), graph)
    frame = structure(place.framework, periods)
    wholes = [body.pk, *(group.pk for group in groups)]
    seats = [seat for seat in place.seats if commune is not None and seat.organisation_id == commune.pk]
    links = list(_links(frame, wholes, seats if commune is not None else None))
    narrow = replace(
        frame,
        bodies=frame.bodies | {CHOSEN: len(frame.bodies)},
        ends=frame.ends | {CHOSEN: None},
        starts=frame.starts | {CHOSEN: None},
        links=links,
    )
    return Scope(body, place.framework, periods, CHOSEN, frozenset(link[0] for link in links), graph, narrow)


def _links(frame: Structure, wholes: Sequence[UUID], seats: Iterable[Membership] | None) -> Iterable[Link]:
    """The bodies that lie in all these wholes (and have one of these seats), each in the periods in which it does."""
    for period in frame.periods:
        days = {one: min(period.end, end or period.end) for one, end in frame.ends.items()}
        down: dict[UUID, list[UUID]] = {}
        for part, whole, start, end in frame.links:
            if alive(start, end, days[part]):
                down.setdefault(whole, []).append(part)
        reached = [network.Graph({}, down).below(whole) for whole in wholes]
        if seats is not None:
            reached.append(frozenset(seat.body_id for seat in seats if alive(seat.start, seat.end, days[seat.body_id])))
        for one in sorted(frozenset.intersection(*reached)):
            yield one, CHOSEN, days[one], days[one]
