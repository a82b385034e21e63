"""What each intervention that a plan does costs its partnership, and in which budget period. In cents."""

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from tiwizi_engine.pooling.plan import Order, Plan
from tiwizi_engine.pooling.problem import Problem


class Payment(NamedTuple):
    """For one intervention."""

    intervention: int
    period: int
    cents: int


def payments(p: Problem, plan: Plan) -> Iterator[Payment]:
    """One for each intervention that is done, however it is done."""
    yield from apart(p, plan)
    for event in plan.events:
        for i, share in zip(event.members, event.shares, strict=True):
            yield Payment(i, event.week // p.meta.period_weeks, share)


def apart(p: Problem, plan: Plan) -> Iterator[Payment]:
    """Those outside events, of which nothing is to be shared out: alone, by reuse, in an order."""
    for i, week in plan.alone:
        yield Payment(i, week // p.meta.period_weeks, p.interventions[i].cost)
    for i, what, period in plan.reused:
        yield Payment(i, period, p.reuse[what].users[i])
    for order in plan.orders:
        price = unit_price(p, order)
        for i in order.buyers:
            yield Payment(i, order.period, price * p.volume[order.volume].buyers[i])


def committed(p: Problem) -> dict[tuple[int, int], int]:
    """Cents that agreed events already take, by partnership and period."""
    taken: dict[tuple[int, int], int] = defaultdict(int)
    for event in p.agreed:
        for i, share in zip(event.members, event.shares, strict=True):
            taken[p.interventions[i].partnership, event.week // p.meta.period_weeks] += share
    return taken


def unit_price(p: Problem, order: Order) -> int:
    """What each unit of an order costs. Raises ValueError below the least order."""
    lot = p.volume[order.volume]
    price = lot.price(sum(lot.buyers[i] for i in order.buyers))
    if price is None:
        raise ValueError("fewer units than the least order")
    return price


def periods_of(p: Problem, i: int) -> range:
    """The budget periods that an intervention's window meets."""
    one = p.interventions[i]
    return range(one.start // p.meta.period_weeks, one.end // p.meta.period_weeks + 1)
