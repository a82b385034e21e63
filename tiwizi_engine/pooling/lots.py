"""Purchases made together, as parts of the model: lots, each a volume in one period at one of its prices.

Who buys in a lot is a single (`choice`) at the lot's price. A lot has one more variable, y: is it ordered? Rows: each
x_i <= y; those who buy need at least as many units as the price asks for; partnerships that exclude each other are not
in one lot. Since the price is known once the lot is, nothing is to be shared out.

A lot whose units reach a cheaper price costs less than the model says, never more. So what the model finds can be paid,
and its best is the best there is, because it has a lot at the cheaper price too.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from tiwizi_engine.pooling.admission import Admission, parted_by
from tiwizi_engine.pooling.choice import Lot, Single, singles
from tiwizi_engine.pooling.payments import periods_of
from tiwizi_engine.pooling.plan import Order, Plan
from tiwizi_engine.pooling.problem import Problem
from tiwizi_engine.solver import INFINITY


def purchases(p: Problem) -> list[Single]:
    """Every buyer in every lot that could be ordered."""
    found = []
    for v, volume in enumerate(p.volume):
        for t in range(p.meta.periods):
            wanting = {i: units for i, units in sorted(volume.buyers.items()) if _may_buy(p, i, t)}
            for least, price in volume.prices:
                here = {i: units for i, units in wanting.items() if units * price <= p.interventions[i].cost}
                if sum(here.values()) < least:
                    continue
                # Two lots without a quarrel between them are better one.
                for copy in range(parted_by(len(Admission(p).quarrels(tuple(here))))):
                    lot = Lot(v, t, least, copy)
                    found += [Single(i, t, units * price, lot=lot) for i, units in here.items()]
    return found


def every_single(p: Problem) -> list[Single]:
    """Every way to do a free intervention without an event."""
    return singles(p) + purchases(p)


def at_best(p: Problem) -> list[Single]:
    """The same, with every buyer at the least price whoever else buys: a bound for them is one for every plan."""
    return singles(p) + [
        Single(i, t, units * volume.prices[-1][1])
        for volume in p.volume
        for i, units in sorted(volume.buyers.items())
        for t in periods_of(p, i)
        if _may_buy(p, i, t)
    ]


def orders(chosen: Sequence[Single]) -> tuple[Order, ...]:
    """The orders that singles in lots make."""
    buyers: dict[Lot, list[int]] = {}
    for single in chosen:
        if single.lot is not None:
            buyers.setdefault(single.lot, []).append(single.intervention)
    return tuple(Order(lot.volume, lot.period, tuple(ids)) for lot, ids in buyers.items())


def ordered(p: Problem, plan: Plan) -> Iterator[tuple[Lot, Order]]:
    """Each order of a plan with the lot that it is."""
    copies: Counter[tuple[int, int, int]] = Counter()
    for order in plan.orders:
        volume = p.volume[order.volume]
        units = sum(volume.buyers[i] for i in order.buyers)
        key = (order.volume, order.period, max(least for least, _ in volume.prices if least <= units))
        yield Lot(*key, copies[key]), order
        copies[key] += 1


def rows(p: Problem, lot: Lot, at: Mapping[int, int], y: int) -> Iterator[tuple[float, float, dict[int, float]]]:
    """(low, high, row) of one lot: `at` the variable of each buyer, `y` its own."""
    yield from ((-INFINITY, 0.0, {x: 1.0, y: -1.0}) for x in at.values())
    buyers = p.volume[lot.volume].buyers
    yield 0.0, INFINITY, {x: float(min(buyers[i], lot.least)) for i, x in at.items()} | {y: -float(lot.least)}
    yield from ((-INFINITY, 0.0, {at[i]: 1.0, at[j]: 1.0, y: -1.0}) for i, j in Admission(p).quarrels(tuple(at)))


def _may_buy(p: Problem, i: int, period: int) -> bool:
    return i in p.is_free and p.interventions[i].poolable and period in periods_of(p, i)
