"""A bound that no plan can beat, from prices: the dual of the model's linear relaxation, made safe.

The relaxation is solved by an interior point method without crossover. Whatever that leaves of error, any prices of
money (of each partnership, in all and by period) and of interventions give a bound by weak duality; only its height
depends on how good the prices are. So the bound is computed from the prices alone, and holds even if the solver erred.
(Neumaier and Shcherbina, "Safe bounds in linear and mixed-integer linear programming", 2004.)
"""

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from tiwizi_engine.pooling.candidates import Candidates, Column
from tiwizi_engine.pooling.choice import Single
from tiwizi_engine.pooling.master import Line, Master, committed
from tiwizi_engine.pooling.problem import Problem
from tiwizi_engine.solver import new_solver

NEAR = 1e-5  # how near to its optimum the relaxation is solved: the bound is that much higher, and holds all the same


@dataclass
class Prices:
    """Value for one unit of money of a partnership (`budget`) or of it in a period (`cap`); of an intervention done
    (`once`); of the last mandatory intervention (`floor`). None is negative."""

    budget: dict[int, float] = field(default_factory=lambda: defaultdict(float))
    cap: dict[tuple[int, int], float] = field(default_factory=lambda: defaultdict(float))
    once: dict[int, float] = field(default_factory=lambda: defaultdict(float))
    floor: float = 0.0

    def of_money(self, q: int, period: int) -> float:
        """Of one cent that partnership q pays in a period."""
        return (self.budget[q] + self.cap[q, period]) / 100


def price(p: Problem, listed: Candidates, singles: list[Single], least: int, seconds: float) -> Prices:
    """Prices from the relaxation; `least`: mandatory interventions that must be done. All zero when time runs out."""
    master = Master(p, listed, singles)
    if least:
        master.floor("mandatory", least)
    lines = list(master.lines())
    lp = master.with_lines(master.vector("value"), lines)
    lp.integrality_ = []
    options = {} if seconds == math.inf else {"time_limit": seconds}
    h = new_solver(solver="ipm", run_crossover="off", ipm_optimality_tolerance=NEAR, **options)
    h.passModel(lp)
    h.run()
    dual = h.getSolution().row_dual
    return _read(lines, dual if len(dual) == len(lines) else [0.0] * len(lines))


def _read(lines: list[Line], dual: Iterable[float]) -> Prices:
    prices = Prices()
    for line, y in zip(lines, dual, strict=True):
        kind, a, b = line.tag
        if kind == "budget":
            prices.budget[a] = max(0.0, y)
        elif kind == "cap":
            prices.cap[a, b] = max(0.0, y)
        elif kind == "once":
            prices.once[a] = max(0.0, y)
        elif kind == "floor":
            prices.floor = max(0.0, -y)
    return prices


def bound(p: Problem, listed: Candidates, singles: list[Single], least: int, prices: Prices) -> float:
    """The value that no plan of the free interventions beats, of those that do at least `least` mandatory ones.

    Raises prices of interventions where an event or a single is worth more than its members' prices say.
    """
    once = prices.once
    for single in singles:
        i = single.intervention
        worth = p.interventions[i].value + prices.floor * p.interventions[i].mandatory
        once[i] = max(once[i], worth - single.cost * prices.of_money(p.interventions[i].partnership, single.period))
    for column in listed.columns:
        more = _worth(p, column, prices) - sum(once[i] for i in column.members)
        if more > 0:
            once[column.members[0]] += more
    taken = committed(p)
    money = sum(
        y * (p.partnerships[q].budget - sum(taken[q, t] for t in range(p.meta.periods)))
        for q, y in prices.budget.items()
    ) + sum(y * (p.partnerships[q].period_cap[t] - taken[q, t]) for (q, t), y in prices.cap.items())
    return money / 100 + sum(once.values()) - prices.floor * least


def _worth(p: Problem, column: Column, prices: Prices) -> float:
    """What an event is worth when its members pay its cost at these prices, those with the cheapest money first."""
    money = np.array([prices.of_money(p.interventions[i].partnership, column.period) for i in column.members])
    worth = column.value - float(money @ np.array(column.direct, dtype=float))
    worth += prices.floor * sum(p.interventions[i].mandatory for i in column.members)
    fixed = column.fixed
    for m in np.argsort(money, kind="stable").tolist():
        given = min(fixed, column.room[m])
        worth -= float(money[m]) * given
        fixed -= given
    return worth
