"""The master model, solved by HiGHS: one binary a possible event, one a stand-alone (by period), and the shares.

Variables: z_c (event c is held), a_it (i is done alone in period t), f_ci (what member i gives to the fixed cost of c).
Money is in whole units here; cents are exact at the end (`settle`). Rows: each intervention once; the f of an event sum
to its fixed cost; what a partnership pays within its budget and its period caps; one event a host and week, by Hall's
condition on sets of weeks, added when a plan breaks it.
"""

import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import highspy
import numpy as np

from tiwizi_engine.pooling.candidates import Column, columns
from tiwizi_engine.pooling.problem import Problem
from tiwizi_engine.solver import new_solver, row_matrix

INFINITY = highspy.kHighsInf
BREATH = 0.5  # seconds between two words of the solver
Row = dict[int, float]
Watch = Callable[[float, float], bool]


@dataclass
class Outcome:
    """One run of the solver: values of the variables (None: nothing found), and a bound of the objective."""

    values: np.ndarray | None
    bound: float
    proven: bool


@dataclass
class Master:
    """The model of one problem. Built once; objectives change between the lexicographic steps."""

    p: Problem
    columns: list[Column]
    alone: list[tuple[int, int]] = field(default_factory=list)  # (intervention, period)
    share_of: list[tuple[int, int]] = field(default_factory=list)  # (column, place in members)
    rows: list[tuple[float, float, Row]] = field(default_factory=list)

    @classmethod
    def of(cls, p: Problem) -> "Master":
        """All variables and rows. Agreed events are constants: their money is taken off budgets and caps."""
        master = cls(p, columns(p))
        master._name_variables()
        master._each_once()
        master._fixed_costs_shared()
        master._budgets()
        return master

    @property
    def size(self) -> int:
        return len(self.columns) + len(self.alone) + len(self.share_of)

    def single(self, k: int) -> int:
        return len(self.columns) + k

    def _name_variables(self) -> None:
        for i in self.p.free:
            one = self.p.interventions[i]
            if one.alone_ok:
                first, last = (week // self.p.meta.period_weeks for week in (one.start, one.end))
                self.alone += [(i, t) for t in range(first, last + 1)]
        self.share_of = [(c, m) for c, column in enumerate(self.columns) for m in range(len(column.members))]
        self._share_base = len(self.columns) + len(self.alone)

    def _each_once(self) -> None:
        once: dict[int, Row] = defaultdict(dict)
        for c, column in enumerate(self.columns):
            for i in column.members:
                once[i][c] = 1.0
        for k, (i, _) in enumerate(self.alone):
            once[i][self.single(k)] = 1.0
        self.rows += [(-INFINITY, 1.0, row) for row in once.values()]

    def _fixed_costs_shared(self) -> None:
        sums: dict[int, Row] = defaultdict(dict)
        for k, (c, m) in enumerate(self.share_of):
            column, variable = self.columns[c], self._share_base + k
            # Nobody gives more than it gains by not acting alone.
            self.rows.append((-INFINITY, 0.0, {variable: 1.0, c: -column.room[m] / 100}))
            sums[c][variable] = 1.0
        self.rows += [(0.0, 0.0, row | {c: -self.columns[c].fixed / 100}) for c, row in sums.items()]

    def _budgets(self) -> None:
        p = self.p
        pays: dict[tuple[int, int], Row] = defaultdict(dict)
        for k, (i, t) in enumerate(self.alone):
            pays[p.interventions[i].partnership, t][self.single(k)] = p.interventions[i].cost / 100
        for k, (c, m) in enumerate(self.share_of):
            column = self.columns[c]
            row = pays[p.interventions[column.members[m]].partnership, column.period]
            row[self._share_base + k] = 1.0
            row[c] = row.get(c, 0.0) + column.direct[m] / 100
        taken = committed(p)
        for q, partner in enumerate(p.partnerships):
            whole: Row = defaultdict(float)
            for t in range(p.meta.periods):
                row = pays.get((q, t), {})
                for variable, money in row.items():
                    whole[variable] += money
                if row:
                    self.rows.append((-INFINITY, (partner.period_cap[t] - taken[q, t]) / 100, row))
            if whole:
                spent = sum(taken[q, t] for t in range(p.meta.periods))
                self.rows.append((-INFINITY, (partner.budget - spent) / 100, dict(whole)))

    # Objectives, as vectors over the variables.

    def mandatory(self) -> np.ndarray:
        """1 for each mandatory intervention that a variable does."""
        return self._count(lambda i, _: float(self.p.interventions[i].mandatory))

    def value(self) -> np.ndarray:
        """Value of what is done, bonus at preferred hosts included."""
        vector = self._count(lambda i, _: float(self.p.interventions[i].value))
        for c, column in enumerate(self.columns):
            vector[c] = column.value
        return vector

    def cost(self) -> np.ndarray:
        vector = self._count(lambda i, alone: self.p.interventions[i].cost / 100 if alone else 0.0)
        for c, column in enumerate(self.columns):
            vector[c] = column.cost / 100
        return vector

    def _count(self, worth: Callable[[int, bool], float]) -> np.ndarray:
        vector = np.zeros(self.size)
        for c, column in enumerate(self.columns):
            vector[c] = sum(worth(i, False) for i in column.members)
        for k, (i, _) in enumerate(self.alone):
            vector[self.single(k)] = worth(i, True)
        return vector

    def solve(self, objective: np.ndarray, options: dict[str, Any], watch: Watch | None = None) -> Outcome:
        """Maximise a vector under all rows so far; `watch(best, bound)` hears of it now and then, and stops it by True.

        No start is given: with one, HiGHS 1.16 has been seen to call a worse plan than its own bound optimal.
        """
        if not self.size:
            return Outcome(np.zeros(0), 0.0, True)
        h = new_solver(primal_feasibility_tolerance=1e-8, **options)
        h.passModel(self._model(objective))
        if watch is not None:
            h.cbMipInterrupt += _listener(watch)
        h.run()
        return _outcome(h)

    def _model(self, objective: np.ndarray) -> highspy.HighsLp:
        lp = highspy.HighsLp()
        binaries = len(self.columns) + len(self.alone)
        lp.num_col_ = self.size
        lp.sense_ = highspy.ObjSense.kMaximize
        lp.col_cost_ = objective
        lp.col_lower_ = np.zeros(self.size)
        lp.col_upper_ = np.array([1.0] * binaries + [INFINITY] * len(self.share_of))
        lp.row_lower_ = np.array([low for low, _, _ in self.rows])
        lp.row_upper_ = np.array([high for _, high, _ in self.rows])
        row_matrix(lp, [row for _, _, row in self.rows])
        whole, real = highspy.HighsVarType.kInteger, highspy.HighsVarType.kContinuous
        lp.integrality_ = [whole] * binaries + [real] * len(self.share_of)
        return lp

    def chosen(self, values: np.ndarray) -> tuple[list[int], list[tuple[int, int]]]:
        """The events held (columns) and the (intervention, period) pairs done alone."""
        held = [c for c in range(len(self.columns)) if values[c] > 0.5]
        alone = [pair for k, pair in enumerate(self.alone) if values[self.single(k)] > 0.5]
        return held, alone

    def forbid_overbooking(self, host: int, weeks: frozenset[int]) -> None:
        """Events at a host whose every week lies in `weeks` are at most as many as the weeks that are free."""
        booked = {e.week for e in self.p.agreed if e.host == host}
        row = {c: 1.0 for c, col in enumerate(self.columns) if col.host == host and set(col.weeks) - booked <= weeks}
        self.rows.append((-INFINITY, float(len(weeks - booked)), row))

    def forbid(self, held: list[int], alone: list[tuple[int, int]]) -> None:
        """Not exactly this choice again (its cents cannot be shared within the budgets)."""
        single = {pair: self.single(k) for k, pair in enumerate(self.alone)}
        row = {**dict.fromkeys(held, 1.0), **{single[pair]: 1.0 for pair in alone}}
        self.rows.append((-INFINITY, len(row) - 1.0, row))


def _listener(watch: Watch) -> Callable[[Any], None]:
    """What the solver calls many times a second, told on at most twice a second."""
    last = time.monotonic()

    def hear(event: Any) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last < BREATH:
            return
        last = now
        if watch(event.data_out.mip_primal_bound, event.data_out.mip_dual_bound):
            event.interrupt()

    return hear


def committed(p: Problem) -> dict[tuple[int, int], int]:
    """Cents that agreed events already take, by partnership and period."""
    taken: dict[tuple[int, int], int] = defaultdict(int)
    for event in p.agreed:
        for i, share in zip(event.members, event.shares, strict=True):
            taken[p.interventions[i].partnership, event.week // p.meta.period_weeks] += share
    return taken


def _outcome(h: highspy.Highs) -> Outcome:
    status, info = h.getModelStatus(), h.getInfo()
    solved = status == highspy.HighsModelStatus.kOptimal
    if status == highspy.HighsModelStatus.kInfeasible:
        return Outcome(None, -INFINITY, True)
    found = info.primal_solution_status == 2  # feasible
    bound = info.mip_dual_bound if abs(info.mip_dual_bound) < INFINITY else INFINITY
    return Outcome(np.array(h.getSolution().col_value) if found else None, bound, solved)
