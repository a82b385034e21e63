"""A part of a problem as a problem of its own, and its plan put back into the whole.

A part frees some interventions and leaves the rest of the plan as it is. What the rest pays is off the budgets, the
weeks that it books are blocked; so a sound plan of the part, put in place of the old one, gives a sound plan of the
whole.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from tiwizi_engine.pooling.admission import Admission
from tiwizi_engine.pooling.booking import book
from tiwizi_engine.pooling.payments import payments
from tiwizi_engine.pooling.plan import Bound, Order, Plan
from tiwizi_engine.pooling.problem import (
    Commune,
    Event,
    Intervention,
    MustJoin,
    Partnership,
    Problem,
    Refused,
    Stability,
)

Rule = TypeVar("Rule", Refused, MustJoin)


@dataclass(frozen=True)
class Part:
    """`problem` has the interventions `ids` of the whole (in this order), and only the partners and communes they name.

    `plan`: what the whole's plan does with them. `owners`: the partnerships whose whole budget it may spend.
    """

    problem: Problem
    ids: tuple[int, ...]
    partnerships: tuple[int, ...]
    communes: tuple[int, ...]
    owners: frozenset[int]
    plan: Plan


class Cutter:
    """Cuts parts out of one problem and plan."""

    def __init__(self, p: Problem, plan: Plan) -> None:
        self.p, self.plan = p, plan
        self.paid = {one.intervention: one for one in payments(p, plan)}
        self.event_of = {i: k for k, event in enumerate(plan.events) for i in event.members}
        self.order_of = {i: k for k, order in enumerate(plan.orders) for i in order.buyers}
        self.agreed = frozenset(i for event in p.agreed for i in event.members)
        self.wanted = Admission(p).wanted
        self.done_by: dict[int, list[int]] = defaultdict(list)
        for i in self.paid:
            self.done_by[p.interventions[i].partnership].append(i)
        self.booked: dict[int, dict[int, int]] = defaultdict(dict)  # host: week: event
        for k, event in enumerate(plan.events):
            self.booked[event.host][event.week] = k

    def parts(self, blocks: Sequence[Sequence[int]]) -> Iterator["Part"]:
        """One part a block of partnerships: their interventions, and all that meet them now.

        An event or order whose members lie in several blocks belongs to the one that has most of them. Partnerships of
        other blocks put in just what they pay for it now, in the same periods: no money is spent by two parts.
        """
        block_of = {q: b for b, block in enumerate(blocks) for q in block}
        home = [block_of.get(one.partnership, -1) for one in self.p.interventions]
        for members in (*(e.members for e in self.plan.events), *(o.buyers for o in self.plan.orders)):
            most = Counter(home[i] for i in members).most_common()
            to = min(b for b, count in most if count == most[0][1])
            for i in members:
                home[i] = to
        ids: list[list[int]] = [[] for _ in blocks]
        for i, b in enumerate(home):
            if b >= 0 and i not in self.agreed:
                ids[b].append(i)
        for block, free in zip(blocks, ids, strict=True):
            if free:
                yield self.cut(tuple(free), frozenset(block))

    def cut(self, free: tuple[int, ...], owners: frozenset[int]) -> "Part":
        """The part that frees these interventions; owners put in all that the rest of the plan leaves them."""
        p = self.p
        ones = [p.interventions[i] for i in free]
        partnerships = tuple(sorted({one.partnership for one in ones}))
        homes = {p.partnerships[q].commune for q in partnerships} | {one.home for one in ones if one.home is not None}
        communes = tuple(sorted(homes.union(*(_places(one) for one in ones))))
        part = _Renumbered(self, free, partnerships, communes, owners)
        return Part(part.problem(), free, partnerships, communes, owners, part.plan())


def _places(one: Intervention) -> set[int]:
    return {*one.hosts, *one.direct_at, *one.prefer, *([] if one.pin_host is None else [one.pin_host])}


class _Renumbered:
    """One part, its lists counted from zero."""

    def __init__(
        self,
        cutter: Cutter,
        ids: tuple[int, ...],
        partnerships: tuple[int, ...],
        communes: tuple[int, ...],
        owners: frozenset[int],
    ) -> None:
        self.cutter, self.p, self.owners = cutter, cutter.p, owners
        self.ids, self.partnerships, self.communes = ids, partnerships, communes
        self.of = {i: k for k, i in enumerate(ids)}
        self.partner = {q: k for k, q in enumerate(partnerships)}
        self.commune = {c: k for k, c in enumerate(communes)}

    def problem(self) -> Problem:
        p = self.p
        here = self.of.keys()
        return Problem(
            replace(p.meta, n=None, seed=None),
            tuple(self._commune(c) for c in self.communes),
            tuple(self._partnership(q) for q in self.partnerships),
            p.kinds,
            tuple(self._intervention(i) for i in self.ids),
            refused=tuple(self._rule(r) for r in p.refused if {r.intervention, *r.members} <= here),
            must_join=tuple(self._rule(r) for r in p.must_join if {r.intervention, *r.members} <= here),
            reuse=tuple(replace(what, users=self._some(what.users)) for what in p.reuse),
            volume=tuple(replace(lot, buyers=self._some(lot.buyers)) for lot in p.volume),
            stability=self._stability(),
        )

    def _rule(self, rule: Rule) -> Rule:
        members = frozenset(self.of[i] for i in rule.members)
        return replace(rule, intervention=self.of[rule.intervention], members=members)

    def _some(self, of: Mapping[int, int]) -> Mapping[int, int]:
        return {self.of[i]: amount for i, amount in of.items() if i in self.of}

    def _stability(self) -> Stability | None:
        kept = self.p.stability
        if kept is None:
            return None
        places = self.commune.keys()
        here = [e for e in kept.events if e.host in places and self.of.keys() >= set(e.members)]
        return replace(kept, events=tuple(self._event(e) for e in here))

    def _commune(self, c: int) -> Commune:
        booked = self.cutter.booked.get(c, {})
        events = self.cutter.plan.events
        fixed = {week for week, k in booked.items() if events[k].members[0] not in self.of}
        return replace(self.p.communes[c], blocked=self.p.communes[c].blocked | fixed) if fixed else self.p.communes[c]

    def _partnership(self, q: int) -> Partnership:
        p, paid = self.p, self.cutter.paid
        partner, owner = p.partnerships[q], q in self.owners
        left = [0] * p.meta.periods if not owner else list(partner.period_cap)
        budget = partner.budget if owner else 0
        for i in self.cutter.done_by.get(q, ()):
            _, period, cents = paid[i]
            if owner and i not in self.of:
                left[period] -= cents
                budget -= cents
            elif not owner and i in self.of:
                left[period] += cents
                budget += cents
        exclude = frozenset(self.partner[other] for other in partner.no_pool if other in self.partner)
        return replace(
            partner, commune=self.commune[partner.commune], budget=budget, period_cap=tuple(left), no_pool=exclude
        )

    def _intervention(self, i: int) -> Intervention:
        one = self.p.interventions[i]
        return replace(
            one,
            partnership=self.partner[one.partnership],
            hosts=tuple(self.commune[h] for h in one.hosts),
            pin_host=None if one.pin_host is None else self.commune[one.pin_host],
            prefer=frozenset(self.commune[h] for h in one.prefer),
            home=None if one.home is None else self.commune[one.home],
            direct_at={self.commune[h]: cents for h, cents in one.direct_at.items()},
            # Whom it must join is elsewhere: in this part it is not shared.
            poolable=one.poolable and self.cutter.wanted.get(i, frozenset()) <= self.of.keys(),
        )

    def plan(self) -> Plan:
        plan, of = self.cutter.plan, self.of
        events = {self.cutter.event_of[i] for i in self.ids if i in self.cutter.event_of}
        orders = {self.cutter.order_of[i] for i in self.ids if i in self.cutter.order_of}
        return Plan(
            tuple((of[i], week) for i, week in plan.alone if i in of),
            tuple(self._event(plan.events[k]) for k in sorted(events)),
            Bound(0, 0, None),
            0,
            reused=tuple((of[i], what, period) for i, what, period in plan.reused if i in of),
            orders=tuple(_renamed(plan.orders[k], of) for k in sorted(orders)),
        )

    def _event(self, event: Event) -> Event:
        return replace(event, host=self.commune[event.host], members=tuple(self.of[i] for i in event.members))


def _renamed(order: Order, of: Mapping[int, int] | Sequence[int]) -> Order:
    return replace(order, buyers=tuple(of[i] for i in order.buyers))


class Whole:
    """A plan of the whole that takes back the plans of its parts."""

    def __init__(self, p: Problem, plan: Plan) -> None:
        self.p, self.admission = p, Admission(p)
        self.alone = dict(plan.alone)
        self.reused = {i: (what, period) for i, what, period in plan.reused}
        self.orders = {order.buyers[0]: order for order in plan.orders}
        self.events = dict(enumerate(plan.events))
        self.agreed = frozenset(k for k, event in enumerate(plan.events) if event in set(p.agreed))
        self.event_of = {i: k for k, event in self.events.items() for i in event.members}
        self.at: dict[int, set[int]] = defaultdict(set)  # host: its events
        for k, event in self.events.items():
            self.at[event.host].add(k)

    def plan(self) -> Plan:
        events = tuple(self.events[k] for k in sorted(self.events))
        reused = tuple((i, *use) for i, use in sorted(self.reused.items()))
        orders = tuple(order for _, order in sorted(self.orders.items()))
        return Plan(tuple(sorted(self.alone.items())), events, Bound(0, 0, None), 0, reused=reused, orders=orders)

    def put(self, part: Part, plan: Plan) -> bool:
        """Do with a part's interventions what this plan of the part says; False (and nothing done) if weeks clash.

        Parts cut from one plan with different owners can be put back one after the other: money cannot clash, and a
        week that two want at one host is settled by moving events to other weeks of their periods.
        """
        old = {self.event_of[i] for i in part.ids if i in self.event_of}
        new = [
            replace(e, host=part.communes[e.host], members=tuple(part.ids[i] for i in e.members)) for e in plan.events
        ]
        weeks = self._weeks(old, new)
        if weeks is None:
            return False
        for k in old:
            self.at[self.events.pop(k).host].discard(k)
        for i in part.ids:
            for ways in (self.alone, self.reused, self.orders, self.event_of):
                ways.pop(i, None)
        self.alone |= {part.ids[i]: week for i, week in plan.alone}
        self.reused |= {part.ids[i]: (what, period) for i, what, period in plan.reused}
        self.orders |= {part.ids[order.buyers[0]]: _renamed(order, part.ids) for order in plan.orders}
        for event in new:
            self._add(event)
        for k, week in weeks.items():
            self.events[k] = replace(self.events[k], week=week)
        return True

    def _add(self, event: Event) -> None:
        k = 1 + max(self.events, default=-1)
        self.events[k] = event
        self.at[event.host].add(k)
        self.event_of |= dict.fromkeys(event.members, k)

    def _weeks(self, old: set[int], new: list[Event]) -> dict[int, int] | None:
        """New weeks for events, by number (those to come are numbered on), where two would clash; None: they must."""
        k = 1 + max(self.events.keys() - old, default=-1)
        coming = dict(enumerate(new, k))
        moved: dict[int, int] = {}
        for host in {event.host for event in new}:
            here = {n: self.events[n] for n in sorted(self.at[host] - old)}
            here |= {n: event for n, event in coming.items() if event.host == host}
            if len({event.week for event in here.values()}) == len(here):
                continue
            weeks, _ = book([self._choices(n, event) for n, event in here.items()], frozenset())
            if not weeks:
                return None
            moved |= dict(zip(here, weeks, strict=True))
        return moved

    def _choices(self, number: int, event: Event) -> list[int]:
        """The weeks to which an event may move: its own first, then the others of its budget period."""
        if number in self.agreed:
            return [event.week]
        length = self.p.meta.period_weeks
        others = self.admission.weeks(event.members, event.host) - {event.week}
        return [event.week, *sorted(w for w in others if w // length == event.week // length)]
