"""From a choice of events to a plan: a week for each, by matching, and the proof that its cents can be shared."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from tiwizi_engine.pooling.booking import book
from tiwizi_engine.pooling.candidates import Column
from tiwizi_engine.pooling.choice import Choice, Single
from tiwizi_engine.pooling.lots import orders
from tiwizi_engine.pooling.payments import payments
from tiwizi_engine.pooling.plan import Bound, Plan
from tiwizi_engine.pooling.problem import Event, Problem
from tiwizi_engine.pooling.settle import shares_within_budgets

NOTHING = Bound(0, 0, None)
Crowd = tuple[int, frozenset[int]]  # a host, and weeks that too many of its events compete for


class Score(NamedTuple):
    """What makes a plan better than another, in this order: the larger tuple is the better plan.

    Mandatory interventions done; value; cost below zero, in cents. Agreed events count like the others.
    """

    mandatory: int
    value: int
    saving: int


def score(p: Problem, plan: Plan) -> Score:
    """A plan's score, recomputed from the plan. What it keeps of an earlier plan (`stability`) counts as saved."""
    paid = list(payments(p, plan))
    ones = [p.interventions[one.intervention] for one in paid]
    bonus = sum(p.interventions[i].bonus for e in plan.events for i in e.members if e.host in p.interventions[i].prefer)
    kept = sum(p.kept.get((frozenset(e.members), e.host, e.week), 0) for e in plan.events) if p.kept else 0
    return Score(
        sum(one.mandatory for one in ones),
        sum(one.value for one in ones) + bonus,
        kept - sum(one.cents for one in paid),
    )


def arrange(p: Problem, choice: Choice) -> tuple[Plan | None, Crowd | None]:
    """(plan, None) with weeks and some exact shares; (None, crowd) when weeks lack; (None, None) when cents do."""
    events = list(p.agreed)
    for host, held in sorted(_by_host(choice.held).items()):
        booked = frozenset(e.week for e in p.agreed if e.host == host)
        weeks, contested = book([c.weeks for c in held], booked)
        if not weeks:
            return None, (host, contested)
        events += [Event(host, w, c.language, c.members, c.direct) for c, w in zip(held, weeks, strict=True)]
    alone = tuple((s.intervention, _week(p, s)) for s in choice.singles if s.reuse is None and s.lot is None)
    reused = tuple((s.intervention, s.reuse, s.period) for s in choice.singles if s.reuse is not None)
    plan = Plan(alone, tuple(events), NOTHING, 0, reused=reused, orders=orders(choice.singles))
    shares = shares_within_budgets(p, plan)
    return (None, None) if shares is None else (_sharing(plan, shares), None)


def mend(p: Problem, choice: Choice, crowd: Crowd) -> Choice:
    """The choice without one of the events that compete for too few weeks: the one with the least that must be done,
    then the least valuable."""
    host, weeks = crowd
    rivals = (c for c in choice.held if c.host == host and weeks & set(c.weeks))
    least = min(rivals, key=lambda c: (c.worth(p, "mandatory"), c.value, -c.cost, c.members))
    return replace(choice, held=tuple(c for c in choice.held if c is not least))


def _sharing(plan: Plan, shares: Sequence[Sequence[int]]) -> Plan:
    return plan.with_events(tuple(replace(e, shares=tuple(s)) for e, s in zip(plan.events, shares, strict=True)))


def _week(p: Problem, single: Single) -> int:
    """The first week of the window that lies in the period."""
    return max(p.interventions[single.intervention].start, single.period * p.meta.period_weeks)


def _by_host(held: tuple[Column, ...]) -> dict[int, list[Column]]:
    hosts: dict[int, list[Column]] = defaultdict(list)
    for column in held:
        hosts[column.host].append(column)
    return hosts
