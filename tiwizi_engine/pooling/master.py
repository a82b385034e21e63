"""The master model, solved by HiGHS: one binary a possible event, one a way to do it singly, and the shares.

Variables: z_c (event c is held), a_k (a single: an intervention done alone in a period, by reuse, or in a lot), f_ci
(what member i gives to the fixed cost of c), y_l (lot l is ordered; `lots`), d_i (i is done, in one way). The d_i say
nothing new, but to branch on them is worth much: whether to do something matters more than when. Money is in whole
units here; cents are exact at the end (`settle`). Rows: each intervention once; the f of an event sum to its fixed
cost; what a partnership pays within its budget and its period caps; one event a host and week, by Hall's condition on
sets of weeks, added when a plan breaks it.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import highspy
import numpy as np

from tiwizi_engine.pooling.both import BOTH, weight
from tiwizi_engine.pooling.candidates import Candidates, Column, candidates
from tiwizi_engine.pooling.choice import Choice, Lot, Single
from tiwizi_engine.pooling.lots import every_single, ordered, rows
from tiwizi_engine.pooling.payments import committed
from tiwizi_engine.pooling.plan import Plan
from tiwizi_engine.pooling.problem import Problem
from tiwizi_engine.pooling.weeks import crowds
from tiwizi_engine.solver import INFINITY, new_solver, row_matrix

FORESIGHT = 3  # relaxations solved for weeks that clash
# Without two of the presolve's rules (by their bits), which took most of the time of a block and gained little.
SOLVER: dict[str, Any] = {
    "primal_feasibility_tolerance": 1e-8,
    "presolve_rule_off": 4096 + 32768,
    "mip_allow_restart": False,
}
BREATH = 0.5  # seconds between two words of the solver
Row = dict[int, float]
Tag = tuple[str, int, int]  # what a row says, and of whom: `budget` of a partnership, its `cap` in a period...
Watch = Callable[[float, float], bool]
Vector = np.ndarray


class Line(NamedTuple):
    """One row of the model: low <= coefficients times variables <= high."""

    low: float
    high: float
    row: Row
    tag: Tag = ("", 0, 0)


@dataclass
class Outcome:
    """One run of the solver: the choice behind its best solution (None: nothing found) and a bound of the objective.

    `proven`: no solution is better (within the tolerances asked for), or there is none.
    """

    choice: Choice | None
    bound: float
    proven: bool


@dataclass
class Master:
    """The model of one problem. Built once; objectives change between the lexicographic steps."""

    p: Problem
    listed: Candidates
    singles: list[Single]
    must: bool = False  # every mandatory intervention is done
    floors: list[tuple[str, float]] = field(default_factory=list)  # an objective may not fall below
    overbooked: list[tuple[int, frozenset[int]]] = field(default_factory=list)  # host, weeks that are too few
    forbidden: list[Choice] = field(default_factory=list)

    @classmethod
    def of(cls, p: Problem) -> "Master":
        return cls(p, candidates(p), every_single(p))

    @property
    def columns(self) -> list[Column]:
        return self.listed.columns

    @property
    def size(self) -> int:
        return self._done_start + len(self.p.free)

    @property
    def done_at(self) -> dict[int, int]:
        """By free intervention, the variable that says whether it is done."""
        return {i: v for v, i in enumerate(self.p.free, self._done_start)}

    @property
    def _done_start(self) -> int:
        return self._shares_end + len(self._lots)

    @property
    def _shares_end(self) -> int:
        return len(self.columns) + len(self.singles) + sum(len(c.members) for c in self.columns)

    @cached_property
    def _lots(self) -> dict[Lot, list[int]]:
        """Each lot with its singles, by their position."""
        found: dict[Lot, list[int]] = {}
        for k, single in enumerate(self.singles):
            if single.lot is not None:
                found.setdefault(single.lot, []).append(k)
        return found

    def floor(self, objective: str, least: float) -> None:
        """From now on an objective may not fall below this."""
        if objective == "mandatory" and least >= sum(self.p.interventions[i].mandatory for i in self.p.free):
            self.must = True  # one by one, which the solver likes better
        else:
            self.floors.append((objective, least))

    def forbid_overbooking(self, host: int, weeks: frozenset[int]) -> None:
        """Events at a host whose every week lies in `weeks` are at most as many as the weeks that are free.

        What stood in the shadow of such events becomes possible: their host is no longer better at no price.
        """
        self.overbooked.append((host, weeks))
        for c in sorted(self._crowd(host, weeks)):
            self.columns.extend(self.listed.shadow.pop(c, []))

    def forbid(self, choice: Choice) -> None:
        """Not exactly this choice again (its cents cannot be shared within the budgets)."""
        self.forbidden.append(choice)

    def vector(self, objective: str) -> Vector:
        """Coefficients of `mandatory` (number done), `value`, `saving` (cost below zero, what is kept added), or `both`
        of the last two in one (`both`)."""
        if objective == BOTH:
            both: Vector = weight(self.p) * self.vector("value") + self.vector("saving")
            return both
        p, vector = self.p, np.zeros(self.size)
        for c, column in enumerate(self.columns):
            vector[c] = column.worth(p, objective)
        for k, single in enumerate(self.singles, len(self.columns)):
            vector[k] = single.worth(p, objective)
        return vector

    def solve(
        self, objective: str, options: dict[str, Any], watch: Watch | None = None, start: Plan | None = None
    ) -> Outcome:
        """Maximise an objective under all rows so far, from a start where one is given and known to the model.

        `watch(best, bound)` hears of it now and then, and stops it by True.
        """
        found = self._solved(objective, options, watch, start)
        if start is None or found.choice is None or not found.proven:
            return found
        # HiGHS 1.16 may hand the start back as if it were the better solution that it has proven.
        worth = found.choice.worth(self.p, objective)
        within = max(options.get("mip_abs_gap", 0.0), options.get("mip_rel_gap", 0.0) * abs(worth))
        if worth >= found.bound - within - 1e-6 * max(1.0, abs(worth)):
            return found
        return self._solved(objective, options, watch, None)

    def _solved(self, objective: str, options: dict[str, Any], watch: Watch | None, start: Plan | None) -> Outcome:
        if not self.size:
            return Outcome(Choice((), ()), 0.0, True)
        h = new_solver(**SOLVER, **options)
        known = None if start is None else self._values(start)
        h.passModel(self.model(self.vector(objective)))
        if known is not None:
            h.setSolution(known)
        if watch is not None:
            h.cbMipInterrupt += listener(watch)
        h.run()
        values, bound, proven = outcome(h)
        return Outcome(None if values is None else self.choice_of(values), bound, proven)

    def near(self, objective: str, choice: Choice, free: frozenset[int], options: dict[str, Any]) -> Choice | None:
        """The best choice that differs from this one by what `free` interventions do only; None if none is found."""
        lp = self.model(self.vector(objective))
        held = {*choice.held, *choice.singles}
        low, high = np.array(lp.col_lower_), np.array(lp.col_upper_)
        known: list[tuple[Column | Single, tuple[int, ...]]] = [(c, c.members) for c in self.columns]
        known += [(s, (s.intervention,)) for s in self.singles]
        for k, (one, members) in enumerate(known):
            if free.isdisjoint(members):
                low[k] = high[k] = float(one in held)
        lp.col_lower_, lp.col_upper_ = low, high
        h = new_solver(**SOLVER, **options)
        h.passModel(lp)
        h.run()
        values, _, _ = outcome(h)
        return None if values is None else self.choice_of(values)

    def foresee(self, objective: str, seconds: float) -> None:
        """Add the rows of weeks that the relaxation breaks, which its whole solutions are likely to break too."""
        began = time.monotonic()
        for _ in range(FORESIGHT):
            lp = self.model(self.vector(objective))
            lp.integrality_ = []
            left = seconds - (time.monotonic() - began)
            h = new_solver(**({"time_limit": max(0.0, left)} if left < INFINITY else {}))
            h.passModel(lp)
            h.run()
            found = crowds(self.p, self.columns, np.array(h.getSolution().col_value))
            for crowd in found:
                self.forbid_overbooking(*crowd)
            if not found:
                return

    def _values(self, plan: Plan) -> highspy.HighsSolution | None:
        """The variables of a plan; None when it holds an event that is no column, or orders as no lot is."""
        values = np.zeros(self.size)
        at = {(c.members, c.host, c.period, c.kept): k for k, c in enumerate(self.columns)}
        shares = len(self.columns) + len(self.singles) + np.cumsum([0] + [len(c.members) for c in self.columns])
        for event in plan.events:
            members = tuple(sorted(event.members))
            kept = (frozenset(members), event.host, event.week) in self.p.kept
            key = (members, event.host, event.week // self.p.meta.period_weeks)
            c = at.get((*key, kept))
            if c is None:
                return None
            paid = dict(zip(event.members, event.shares, strict=True))
            values[c] = 1.0
            for m, (i, direct) in enumerate(zip(members, self.columns[c].direct, strict=True)):
                values[shares[c] + m] = (paid[i] - direct) / 100
        if not self._set_singles(plan, values):
            return None
        solution = highspy.HighsSolution()
        solution.col_value = values.tolist()
        return solution

    def _set_singles(self, plan: Plan, values: Vector) -> bool:
        at = {(s.intervention, s.period, s.reuse, s.lot): k for k, s in enumerate(self.singles, len(self.columns))}
        done: list[Any] = [(i, week // self.p.meta.period_weeks, None, None) for i, week in plan.alone]
        done += [(i, period, what, None) for i, what, period in plan.reused]
        for lot, order in ordered(self.p, plan):
            done += [(i, order.period, None, lot) for i in order.buyers]
        if any(one not in at for one in done):
            return False
        for one in done:
            values[at[one]] = 1.0
        for y, lot in enumerate(self._lots, self._shares_end):
            values[y] = float(any(one[3] == lot for one in done))
        done_at = self.done_at
        for i in [one[0] for one in done] + [i for e in plan.events for i in e.members]:
            if i in done_at:
                values[done_at[i]] = 1.0
        return True

    def choice_of(self, values: Vector) -> Choice:
        held = tuple(column for column, x in zip(self.columns, values, strict=False) if x > 0.5)
        rest = values[len(self.columns) : len(self.columns) + len(self.singles)]
        return Choice(held, tuple(single for single, x in zip(self.singles, rest, strict=True) if x > 0.5))

    def model(self, objective: Vector) -> highspy.HighsLp:
        """The whole model with this objective, to be maximised."""
        return self.with_lines(objective, list(self.lines()))

    def with_lines(self, objective: Vector, rows: list[Line]) -> highspy.HighsLp:
        lp = highspy.HighsLp()
        lp.num_col_ = self.size
        lp.sense_ = highspy.ObjSense.kMaximize
        lp.col_cost_ = objective
        lower, upper, whole = np.zeros(self.size), np.full(self.size, INFINITY), np.zeros(self.size, dtype=bool)
        binaries = slice(0, len(self.columns) + len(self.singles))
        done = slice(self._done_start, self._done_start + len(self.p.free))
        # A lot is ordered as soon as somebody buys, so its variable is whole when theirs are.
        upper[self._shares_end : done.start] = 1.0
        for some in (binaries, done):
            upper[some], whole[some] = 1.0, True
        if self.must:
            lower[done] = [float(self.p.interventions[i].mandatory) for i in self.p.free]
        lp.col_lower_, lp.col_upper_ = lower, upper
        lp.row_lower_ = np.array([line.low for line in rows])
        lp.row_upper_ = np.array([line.high for line in rows])
        row_matrix(lp, [line.row for line in rows])
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        lp.integrality_ = [kinds[one] for one in whole.tolist()]
        return lp

    def lines(self) -> Iterator[Line]:
        yield from self._each_once()
        yield from self._fixed_costs_shared()
        yield from self._budgets()
        for y, (lot, known) in enumerate(self._lots.items(), self._shares_end):
            at = {self.singles[k].intervention: len(self.columns) + k for k in known}
            yield from (Line(*row) for row in rows(self.p, lot, at, y))
        for objective, least in self.floors:
            vector = self.vector(objective)
            row = {int(k): float(vector[k]) for k in np.flatnonzero(vector)}
            yield Line(least - 1e-6, INFINITY, row, ("floor", 0, 0))
        for host, weeks in self.overbooked:
            row = dict.fromkeys(self._crowd(host, weeks), 1.0)
            yield Line(-INFINITY, float(len(weeks - self._booked(host))), row)
        for choice in self.forbidden:
            chosen = {*choice.held, *choice.singles}
            row = {k: 1.0 for k, one in enumerate((*self.columns, *self.singles)) if one in chosen}
            yield Line(-INFINITY, len(row) - 1.0, row)

    def _each_once(self) -> Iterator[Line]:
        once: dict[int, Row] = {i: {v: -1.0} for i, v in self.done_at.items()}
        for c, column in enumerate(self.columns):
            for i in column.members:
                once[i][c] = 1.0
        for k, single in enumerate(self.singles, len(self.columns)):
            once[single.intervention][k] = 1.0
        for i, row in once.items():
            yield Line(0.0, 0.0, row, ("once", i, 0))

    def _fixed_costs_shared(self) -> Iterator[Line]:
        variable = len(self.columns) + len(self.singles)
        for c, column in enumerate(self.columns):
            total: Row = {c: -column.fixed / 100}
            for room in column.room:
                # Nobody gives more than it gains by not acting alone.
                yield Line(-INFINITY, 0.0, {variable: 1.0, c: -room / 100})
                total[variable] = 1.0
                variable += 1
            yield Line(0.0, 0.0, total)

    def _budgets(self) -> Iterator[Line]:
        pays = self._payments()
        taken = committed(self.p)
        for q, partner in enumerate(self.p.partnerships):
            whole: Row = defaultdict(float)
            for t, cap in enumerate(partner.period_cap):
                row = pays.get((q, t), {})
                for variable, money in row.items():
                    whole[variable] += money
                if row:
                    yield Line(-INFINITY, (cap - taken[q, t]) / 100, row, ("cap", q, t))
            if whole:
                left = partner.budget - sum(taken[q, t] for t in range(self.p.meta.periods))
                yield Line(-INFINITY, left / 100, whole, ("budget", q, 0))

    def _payments(self) -> dict[tuple[int, int], Row]:
        """By (partnership, period): what it pays, as a row."""
        pays: dict[tuple[int, int], Row] = defaultdict(dict)
        variable = len(self.columns)
        for single in self.singles:
            pays[self.p.interventions[single.intervention].partnership, single.period][variable] = single.cost / 100
            variable += 1
        for c, column in enumerate(self.columns):
            for i, direct in zip(column.members, column.direct, strict=True):
                row = pays[self.p.interventions[i].partnership, column.period]
                row[variable] = 1.0
                row[c] = row.get(c, 0.0) + direct / 100
                variable += 1
        return pays

    @cached_property
    def _agreed_weeks(self) -> dict[int, frozenset[int]]:
        weeks: dict[int, set[int]] = defaultdict(set)
        for event in self.p.agreed:
            weeks[event.host].add(event.week)
        return {host: frozenset(taken) for host, taken in weeks.items()}

    def _booked(self, host: int) -> frozenset[int]:
        return self._agreed_weeks.get(host, frozenset())

    def _crowd(self, host: int, weeks: frozenset[int]) -> list[int]:
        booked = self._booked(host)
        return [c for c, col in enumerate(self.columns) if col.host == host and set(col.weeks) - booked <= weeks]


def listener(watch: Watch) -> Callable[[Any], None]:
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


def outcome(h: highspy.Highs) -> tuple[Vector | None, float, bool]:
    """Values (None: no solution), bound, and whether it is proven."""
    status, info = h.getModelStatus(), h.getInfo()
    if status == highspy.HighsModelStatus.kInfeasible:
        return None, -INFINITY, True
    found = info.primal_solution_status == 2  # feasible
    bound = info.mip_dual_bound if abs(info.mip_dual_bound) < INFINITY else INFINITY
    solved = status == highspy.HighsModelStatus.kOptimal
    return np.array(h.getSolution().col_value) if found else None, bound, solved
