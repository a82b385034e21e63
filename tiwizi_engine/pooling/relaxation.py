"""The linear relaxation of one block, by columns: each event with one way to share its cost at its extreme.

The shares of an event form a polytope, so an event with free shares is a mixture of its extreme sharings: all members
pay their direct cost, and the fixed cost is filled up in some order of the members, each up to its room (Dantzig and
Wolfe, 1960). At given prices the best order is that of the cheapest money first, so extreme sharings are brought in
when they pay. The model has a row an intervention and a few a partnership, and none an event.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import highspy
import numpy as np

from tiwizi_engine.pooling.candidates import Column
from tiwizi_engine.pooling.choice import Single
from tiwizi_engine.pooling.payments import committed
from tiwizi_engine.pooling.problem import Problem
from tiwizi_engine.solver import INFINITY, new_solver

TURNS = 30  # times that sharings are brought in
ENOUGH = 1e-4  # of its value: what an event may be worth more than its members' prices say


@dataclass(frozen=True)
class Prices:
    """Value of one whole unit of money of each partnership, in all (`budget`, Q) and by period (`cap`, Q × T), and of
    each intervention done (`once`, n). Negative only for interventions that every plan must do."""

    once: np.ndarray
    budget: np.ndarray
    cap: np.ndarray

    def of_money(self, q: int, period: int) -> float:
        """Of one unit that a partnership pays in a period."""
        return float(self.budget.item(q) + self.cap.item(q, period))

    def copy(self) -> "Prices":
        return Prices(self.once.copy(), self.budget.copy(), self.cap.copy())


def sharing(p: Problem, column: Column, prices: Prices) -> tuple[float, list[int]]:
    """What an event is worth beyond its members' prices, at the sharing that is best then, and this sharing in cents.

    All pay their direct cost; the fixed cost is paid by those with the cheapest money first.
    """
    once, period, fixed = prices.once, column.period, column.fixed
    worth, paid = float(column.value), list(column.direct)
    order = []
    for m, (i, direct) in enumerate(zip(column.members, column.direct, strict=True)):
        price = prices.of_money(p.interventions[i].partnership, period) / 100
        worth -= once.item(i) + price * direct
        order.append((price, m))
    for price, m in sorted(order):
        given = min(fixed, column.room[m])
        paid[m] += given
        worth -= price * given
        fixed -= given
    return worth, paid


class Relaxation:
    """The best prices for the first `own` interventions of a problem and for their partnerships, the others' given."""

    def __init__(self, p: Problem, own: int, prices: Prices, must: bool) -> None:
        self.p, self.own, self.must, self.prices = p, own, must, prices
        self.partners = sorted({one.partnership for one in p.interventions[:own]})
        rows = 1 + p.meta.periods
        self.row = {q: own + rows * k for k, q in enumerate(self.partners)}
        self.h = new_solver(solver="simplex")
        self._begin()

    def _begin(self) -> None:
        p = self.p
        held = [self.must and one.mandatory for one in p.interventions[: self.own]]
        lp = highspy.HighsLp()
        lp.sense_ = highspy.ObjSense.kMaximize
        lp.num_row_ = self.own + len(self.partners) * (1 + p.meta.periods)
        taken = committed(p)
        caps = []
        for q in self.partners:
            left = [cap - taken[q, t] for t, cap in enumerate(p.partnerships[q].period_cap)]
            caps += [(p.partnerships[q].budget - sum(taken[q, t] for t in range(p.meta.periods))) / 100]
            caps += [cents / 100 for cents in left]
        lp.row_lower_ = np.array([1.0 if h else -INFINITY for h in held] + [-INFINITY] * len(caps))
        lp.row_upper_ = np.array([1.0] * self.own + caps)
        self.h.passModel(lp)
        # What must be done may be left out at a price that no plan is worth, until a way to do it is brought in.
        dear = -10.0 * max([1, *(one.value + one.bonus for one in p.interventions)])
        self._add([(dear, {i: 1.0}) for i, h in enumerate(held) if h])

    def solve(self, columns: Sequence[Column], singles: Sequence[Single]) -> Prices:
        """Prices at which no event and no single is worth more, but for what is left when it stops early."""
        self._add([self._single(s) for s in singles])
        prices = self.prices
        for _ in range(TURNS):
            new = []
            for column in columns:
                worth, paid = sharing(self.p, column, prices)
                if worth > ENOUGH * column.value or prices is self.prices:
                    new.append(self._event(column, paid))
            if not new:
                break
            self._add(new)
            self.h.run()
            prices = self._read()
        return prices

    def _single(self, single: Single) -> tuple[float, dict[int, float]]:
        one = self.p.interventions[single.intervention]
        row = self.row[one.partnership]
        cost = single.cost / 100
        return float(one.value), {single.intervention: 1.0, row: cost, row + 1 + single.period: cost}

    def _event(self, column: Column, paid: list[int]) -> tuple[float, dict[int, float]]:
        """Others' interventions and money are bought at their prices."""
        worth, entries = float(column.value), {}
        for i, cents in zip(column.members, paid, strict=True):
            q, cost = self.p.interventions[i].partnership, cents / 100
            if i < self.own:
                entries[i] = 1.0
            else:
                worth -= self.prices.once.item(i)
            if q in self.row:
                for r in (self.row[q], self.row[q] + 1 + column.period):
                    entries[r] = entries.get(r, 0.0) + cost
            else:
                worth -= self.prices.of_money(q, column.period) * cost
        return worth, entries

    def _add(self, new: list[tuple[float, dict[int, float]]]) -> None:
        if not new:
            return
        starts = np.cumsum([0] + [len(entries) for _, entries in new])[:-1].astype(np.int32)
        index = np.array([r for _, entries in new for r in entries], dtype=np.int32)
        value = np.array([x for _, entries in new for x in entries.values()], dtype=float)
        cost = np.array([worth for worth, _ in new])
        zero, many = np.zeros(len(new)), np.full(len(new), INFINITY)
        self.h.addCols(len(new), cost, zero, many, len(index), starts, index, value)

    def _read(self) -> Prices:
        found, dual = self.prices.copy(), np.array(self.h.getSolution().row_dual)
        for i in range(self.own):
            held = self.must and self.p.interventions[i].mandatory
            found.once[i] = dual[i] if held else max(0.0, dual[i])
        for q, row in self.row.items():
            found.budget[q] = max(0.0, dual[row])
            found.cap[q] = np.maximum(0.0, dual[row + 1 : row + 1 + self.p.meta.periods])
        return found
