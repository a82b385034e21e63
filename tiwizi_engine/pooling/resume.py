"""An earlier plan as a start: what of it is still possible in the problem as it is now."""

from collections.abc import Iterator
from dataclasses import replace

from tiwizi_engine.pooling.admission import Admission
from tiwizi_engine.pooling.arrange import arrange, mend
from tiwizi_engine.pooling.candidates import Candidates, column_of
from tiwizi_engine.pooling.choice import Choice, Lot, Single
from tiwizi_engine.pooling.lots import every_single, ordered
from tiwizi_engine.pooling.master import Master
from tiwizi_engine.pooling.plan import Order, Plan
from tiwizi_engine.pooling.problem import Problem

SECONDS = 20.0
Way = tuple[int, int, int | None, Lot | None]


def resume(p: Problem, earlier: Plan) -> Plan | None:
    """The earlier plan without what the rules of today forbid; of what they allow, the most valuable that today's
    budgets pay. None when that finds nothing.
    """
    choice = _possible(p, earlier)
    plan, crowd = arrange(p, choice)
    if plan is None and crowd is None:
        model = Master(p, Candidates(list(choice.held)), list(choice.singles))
        found = model.solve("value", {"mip_rel_gap": 0.001, "time_limit": SECONDS}).choice
        choice = found or Choice((), ())
        plan, crowd = arrange(p, choice)
    while crowd is not None:
        choice = mend(p, choice, crowd)
        plan, crowd = arrange(p, choice)
    return plan


def _possible(p: Problem, earlier: Plan) -> Choice:
    """What of it the rules allow, money aside. Weeks may move within a budget period."""
    a, length = Admission(p), p.meta.period_weeks
    known = range(len(p.interventions))
    held = []
    taken: set[int] = set()
    for event in earlier.events:
        members = tuple(sorted(set(event.members)))
        if not taken.isdisjoint(members) or not all(i in known for i in members) or event.host >= len(p.communes):
            continue
        period = event.week // length
        column = column_of(a, members, event.host, range(period * length, (period + 1) * length))
        if column is not None:
            held.append(column)
            taken |= set(members)
    return Choice(tuple(held), tuple(_singles(p, earlier, taken)))


def _singles(p: Problem, earlier: Plan, taken: set[int]) -> Iterator[Single]:
    """What is done without an event, of what is not `taken`; orders only as they were, whole."""
    at = {(one.intervention, one.period, one.reuse, one.lot): one for one in every_single(p)}
    ways: list[list[Way]] = [[(i, week // p.meta.period_weeks, None, None)] for i, week in earlier.alone]
    ways += [[(i, period, what, None)] for i, what, period in earlier.reused]
    for lot, order in ordered(p, replace(earlier, orders=tuple(o for o in earlier.orders if _orderable(p, o)))):
        ways.append([(i, order.period, None, lot) for i in order.buyers])
    for together in ways:
        if all(way in at and way[0] not in taken for way in together):
            taken |= {way[0] for way in together}
            yield from (at[way] for way in together)


def _orderable(p: Problem, order: Order) -> bool:
    if order.volume >= len(p.volume) or not p.volume[order.volume].buyers.keys() >= set(order.buyers):
        return False
    volume = p.volume[order.volume]
    return volume.price(sum(volume.buyers[i] for i in order.buyers)) is not None
