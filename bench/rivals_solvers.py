"""The rivals' compact model handed to HiGHS and to CP-SAT, and the climb to a plan that `check` accepts."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import highspy
import numpy as np
from ortools.sat.python import cp_model

from bench.rivals_models import Model, Row, build, chosen, start
from tiwizi_engine.pooling import Plan, Problem
from tiwizi_engine.pooling.arrange import arrange, mend, score
from tiwizi_engine.pooling.choice import Choice
from tiwizi_engine.pooling.solve import opening
from tiwizi_engine.solver import INFINITY, new_solver, row_matrix

THREADS = 2
ENDED = {highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kInfeasible}


@dataclass(frozen=True)
class Found:
    """A solution (None: none), a bound of the objective (to be maximised), and whether the search is at its end."""

    values: list[int] | None
    bound: float
    ended: bool


Solver = Callable[[Model, Row, float, list[int] | None], Found]


def by_highs(m: Model, objective: Row, seconds: float, known: list[int] | None) -> Found:
    """Maximise with HiGHS, on two threads. The objective is whole, so within 0.99 is proof."""
    lp = highspy.HighsLp()
    lp.num_col_ = len(m.high)
    lp.sense_ = highspy.ObjSense.kMaximize
    cost = np.zeros(len(m.high))
    cost[list(objective)] = list(objective.values())
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = cost, np.zeros(len(m.high)), np.array(m.high, dtype=float)
    lp.row_lower_ = np.array([-INFINITY if low is None else low for low, _, _ in m.rows], dtype=float)
    lp.row_upper_ = np.array([INFINITY if high is None else high for _, _, high in m.rows], dtype=float)
    row_matrix(lp, [{k: float(x) for k, x in row.items()} for _, row, _ in m.rows])
    whole, real = highspy.HighsVarType.kInteger, highspy.HighsVarType.kContinuous
    lp.integrality_ = [real if k in m.money else whole for k in range(len(m.high))]
    # HiGHS keeps one set of threads a process, and fails when another number is asked for: make it anew.
    highspy.Highs.resetGlobalScheduler(True)
    h = new_solver(
        threads=THREADS, time_limit=seconds, mip_rel_gap=0.0, mip_abs_gap=0.99,
        primal_feasibility_tolerance=1e-8, mip_feasibility_tolerance=1e-8,
    )  # fmt: skip
    h.passModel(lp)
    if known is not None:
        solution = highspy.HighsSolution()
        solution.col_value = [float(x) for x in known]
        h.setSolution(solution)
    h.run()
    highspy.Highs.resetGlobalScheduler(True)
    status, info = h.getModelStatus(), h.getInfo()
    if status not in ENDED and status != highspy.HighsModelStatus.kTimeLimit:
        raise ArithmeticError(f"HiGHS ended with {status}")
    if status == highspy.HighsModelStatus.kInfeasible:
        return Found(None, -INFINITY, True)
    values = [round(x) for x in h.getSolution().col_value] if info.primal_solution_status == 2 else None
    optimal = status == highspy.HighsModelStatus.kOptimal
    worth = sum(x * values[k] for k, x in objective.items()) if values is not None else 0
    if known is not None and optimal and worth < info.mip_dual_bound - 0.99:
        # HiGHS 1.16 may hand the start back as if it were the better solution that it has proven.
        return by_highs(m, objective, seconds, None)
    return Found(values, info.mip_dual_bound, optimal)


def by_cp_sat(m: Model, objective: Row, seconds: float, known: list[int] | None) -> Found:
    """Maximise with CP-SAT, two workers."""
    model = cp_model.CpModel()
    v = [model.new_int_var(0, high, "") if k in m.money else model.new_bool_var("") for k, high in enumerate(m.high)]
    for low, row, high in m.rows:
        if low is None and high == 1 and set(row.values()) == {1}:
            model.add_at_most_one(v[k] for k in row)
        elif low == high == 1 and set(row.values()) == {1}:
            model.add_exactly_one(v[k] for k in row)
        else:
            total = cp_model.LinearExpr.weighted_sum([v[k] for k in row], list(row.values()))
            model.add_linear_constraint(
                total, cp_model.INT_MIN if low is None else low, cp_model.INT_MAX if high is None else high
            )
    model.maximize(cp_model.LinearExpr.weighted_sum([v[k] for k in objective], list(objective.values())))
    if known is not None:
        for variable, x in zip(v, known, strict=True):
            model.add_hint(variable, x)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = THREADS
    solver.parameters.max_time_in_seconds = seconds
    status = solver.solve(model)
    if status == cp_model.INFEASIBLE:
        return Found(None, -INFINITY, True)
    values = None if status == cp_model.UNKNOWN else [solver.value(one) for one in v]
    return Found(values, solver.best_objective_bound, status == cp_model.OPTIMAL)


@dataclass
class Climb:
    """The search of one rival. `raw`: the best value that its solver claimed, before weeks are found: in its favour."""

    p: Problem
    solver: Solver
    seconds: float
    plan: Plan
    began: float = field(default_factory=time.perf_counter)
    hard: bool = True
    strict: set[int] = field(default_factory=set)
    floors: list[tuple[str, int]] = field(default_factory=list)
    bound: float = INFINITY
    raw: int = 0
    variables: int = 0
    value_proven: float | None = None  # seconds
    cost_proven: float | None = None

    @property
    def spent(self) -> float:
        return time.perf_counter() - self.began

    def step(self, objective: str) -> bool:
        """Maximise one of value, must or cost below zero; again with weeks told apart where they lack. Proven?"""
        while self.spent < self.seconds:
            found, m = self._solve(objective)
            if objective == "value":
                self.bound = min(self.bound, found.bound)
            if found.values is None:
                return found.ended
            choice = chosen(self.p, m, found.values)
            if objective == "value" and not found.ended:
                self.raw = max(self.raw, round(choice.worth(self.p, "value")))
            if self._take(choice):
                return found.ended
        return False

    def _solve(self, objective: str) -> tuple[Found, Model]:
        m = build(self.p, self.strict, hard=self.hard)
        self.variables = len(m.high)
        for name, least in self.floors:
            m.row(least, getattr(m, name), None)
        known = None if self.floors else start(self.p, m, opening(self.p))
        goal = {k: -x for k, x in m.cost.items()} if objective == "cost" else getattr(m, objective)
        return self.solver(m, goal, max(0.1, self.seconds - self.spent), known), m

    def _take(self, choice: Choice) -> bool:
        """The plan of a choice; False when its events do not fit the weeks of a host, which is told apart from now."""
        plan, crowd = arrange(self.p, choice)
        fits = crowd is None
        while crowd is not None:
            self.strict.add(crowd[0])
            choice = mend(self.p, choice, crowd)
            plan, crowd = arrange(self.p, choice)
        if plan is not None and score(self.p, plan) > score(self.p, self.plan):
            self.plan = plan
        return fits


def climb(p: Problem, solver: Solver, seconds: float) -> Climb:
    """All that is mandatory (or as much as can be), then value, then cost, as far as time allows."""
    c = Climb(p, solver, seconds, opening(p))
    wanted = sum(one.mandatory for one in p.interventions)
    proven = c.step("value")
    if proven and c.bound == -INFINITY:
        c.hard, c.bound = False, INFINITY
        if c.step("must"):
            c.floors.append(("must", score(p, c.plan).mandatory))
            proven = c.step("value")
    reached = score(p, c.plan)
    if not proven or reached.value < int(c.bound + 1e-6):  # or its cents could not be shared: tolerances of the solver
        return c
    c.value_proven = c.spent
    c.bound, c.raw = reached.value, reached.value
    c.floors = [("must", min(wanted, reached.mandatory)), ("value", reached.value)]
    if c.step("cost"):
        c.cost_proven = c.spent
    return c
