"""From a choice of events to a plan: a week for each, by matching, and the proof that its cents can be shared."""

from collections import defaultdict

from tiwizi_engine.pooling.booking import book
from tiwizi_engine.pooling.candidates import Column
from tiwizi_engine.pooling.choice import Choice, Single
from tiwizi_engine.pooling.plan import Bound, Plan
from tiwizi_engine.pooling.problem import Event, Problem
from tiwizi_engine.pooling.settle import shares_within_budgets

NOTHING = Bound(0, 0, None)
Crowd = tuple[int, frozenset[int]]  # a host, and weeks that too many of its events compete for


def arrange(p: Problem, choice: Choice) -> tuple[Plan | None, Crowd | None]:
    """(plan, None) with weeks and some exact shares; (None, crowd) when weeks lack; (None, None) when cents do."""
    events = list(p.agreed)
    for host, held in sorted(_by_host(choice.held).items()):
        booked = frozenset(e.week for e in p.agreed if e.host == host)
        weeks, contested = book([c.weeks for c in held], booked)
        if not weeks:
            return None, (host, contested)
        events += [Event(host, w, c.language, c.members, c.direct) for c, w in zip(held, weeks, strict=True)]
    plan = with_singles(p, Plan((), tuple(events), NOTHING, 0), choice.singles)
    shares = shares_within_budgets(p, plan)
    if shares is None:
        return None, None
    return plan.with_events(
        tuple(Event(e.host, e.week, e.language, e.members, tuple(s)) for e, s in zip(events, shares, strict=True))
    ), None


def _by_host(held: tuple[Column, ...]) -> dict[int, list[Column]]:
    hosts: dict[int, list[Column]] = defaultdict(list)
    for column in held:
        hosts[column.host].append(column)
    return hosts


def with_singles(p: Problem, plan: Plan, done: tuple[Single, ...]) -> Plan:
    """The plan with these singles, each in the first week of its window that lies in its period."""

    def week(single: Single) -> int:
        return max(p.interventions[single.intervention].start, single.period * p.meta.period_weeks)

    alone = tuple((s.intervention, week(s)) for s in done)
    return Plan(alone, plan.events, plan.bound, plan.value, plan.seed)
