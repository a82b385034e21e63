"""The front door: the best plan, lexicographically, with its proof."""

import math
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tiwizi_engine.errors import EngineError
from tiwizi_engine.pooling.booking import book
from tiwizi_engine.pooling.master import INFINITY, Master, Outcome, Watch
from tiwizi_engine.pooling.plan import Bound, Plan
from tiwizi_engine.pooling.problem import Event, Problem
from tiwizi_engine.pooling.settle import settle, shares_within_budgets


@dataclass(frozen=True)
class Stop:
    """When to stop: a relative gap in value (0 proves value, then cost), or seconds. Seconds break replay."""

    gap: float = 0.0
    seconds: float | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.gap < 1:
            raise EngineError("gap", f"expected a number from 0 to below 1, got {self.gap}")
        if self.seconds is not None and not self.seconds > 0:
            raise EngineError("seconds", f"expected more than 0, got {self.seconds}")


@dataclass(frozen=True)
class Progress:
    """Where the work is: `stage` a code (listing, mandatory, value, cost, shares), `done` from 0 to 1."""

    stage: str
    done: float
    value: int | None = None
    bound: int | None = None
    gap: float | None = None


Told = Callable[[Progress], bool | None]
Span = tuple[float, float]


@dataclass
class _Search:
    """One call of `solve`."""

    p: Problem
    master: Master
    stop: Stop
    seed: int
    told: Told | None
    began: float = field(default_factory=time.monotonic)
    best: np.ndarray | None = None
    cancelled: bool = False

    def tell(self, stage: str, done: float, **numbers: Any) -> None:
        if self.told and self.told(Progress(stage, done, **numbers)):
            self.cancelled = True

    @property
    def left(self) -> float:
        if self.cancelled:
            return 0.0
        return math.inf if self.stop.seconds is None else max(0.0, self.stop.seconds - (time.monotonic() - self.began))

    def step(self, objective: np.ndarray, *, gap: float, within: float, stage: str, span: Span) -> Outcome:
        """Maximise until proven, stopped or out of time, cutting off choices without weeks or whole-cent shares.

        `span`: where this stage stands in the whole, from 0 to 1.
        """
        top = math.inf
        while self.left > 0:
            options: dict[str, Any] = {"random_seed": self.seed, "mip_rel_gap": gap, "mip_abs_gap": within}
            if self.left < math.inf:
                options["time_limit"] = self.left
            outcome = self.master.solve(objective, options, self._watch(stage, span))
            top = min(top, outcome.bound)
            if outcome.values is None and outcome.proven and self.best is None:
                raise EngineError("agreed", "what was agreed costs more than the budgets allow")
            if outcome.values is None:
                return Outcome(None, top, outcome.proven)
            if self._sound(outcome.values):
                self.best = _rounded(self.master, outcome.values)
                return Outcome(self.best, top, outcome.proven)
        return Outcome(None, top, False)

    def _watch(self, stage: str, span: Span) -> Watch:
        """Tells how far a stage is by the distance that is left, and whether to stop."""

        def hear(best: float, bound: float) -> bool:
            known = abs(best) < INFINITY and abs(bound) < INFINITY
            left = min(1.0, abs(bound - best) / max(1.0, abs(best)) * 10) if known else 1.0
            numbers = {"gap": abs(bound - best) / max(1.0, abs(best))} if known else {}
            self.tell(stage, span[0] + (span[1] - span[0]) * (1.0 - left), **numbers)
            return self.cancelled

        return hear

    def _sound(self, values: np.ndarray) -> bool:
        """Has the choice weeks and exact shares? If not, a row is added that cuts it off."""
        held, alone = self.master.chosen(values)
        by_host: dict[int, list[int]] = defaultdict(list)
        for c in held:
            by_host[self.master.columns[c].host].append(c)
        for host, events in by_host.items():
            booked = frozenset(e.week for e in self.p.agreed if e.host == host)
            weeks, contested = book([self.master.columns[c].weeks for c in events], booked)
            if not weeks:
                self.master.forbid_overbooking(host, contested)
                return False
        if shares_within_budgets(self.p, self.plan(values)) is None:
            self.master.forbid(held, alone)
            return False
        return True

    def plan(self, values: np.ndarray | None) -> Plan:
        """The plan behind the variables, its shares not yet settled."""
        held, alone = self.master.chosen(values) if values is not None and len(values) else ([], [])
        by_host: dict[int, list[int]] = defaultdict(list)
        for c in held:
            by_host[self.master.columns[c].host].append(c)
        events = list(self.p.agreed)
        for host, chosen in sorted(by_host.items()):
            booked = frozenset(e.week for e in self.p.agreed if e.host == host)
            weeks, _ = book([self.master.columns[c].weeks for c in chosen], booked)
            for c, week in zip(chosen, weeks, strict=False):
                column = self.master.columns[c]
                events.append(Event(host, week, column.language, column.members, column.direct))
        pairs = tuple((i, self._week_alone(i, t)) for i, t in alone)
        return Plan(pairs, tuple(events), Bound(0, 0, None), 0, self.seed)

    def _week_alone(self, i: int, period: int) -> int:
        return max(self.p.interventions[i].start, period * self.p.meta.period_weeks)


def solve(
    problem: Problem,
    *,
    stop: Stop = Stop(),
    seed: int = 1,
    method: str = "nucleolus",
    progress: Told | None = None,
) -> Plan:
    """The best plan: fewest mandatory missed, then most value, then least cost; shares by `method` within budgets.

    Same input and seed, same answer, unless `stop.seconds` cuts it short. `progress` is told each stage; when it
    returns True the best plan so far is returned. The bound is valid whatever stopped the search.
    Raises `EngineError` on a problem too large to list its possible events.
    """
    began = time.monotonic()
    if progress:
        progress(Progress("listing", 0.0))
    search = _Search(problem, Master.of(problem), stop, seed, progress, began=began)
    bound, value = _climb(search)
    search.tell("shares", 0.9, value=value, bound=bound.value)
    plan = settle(problem, search.plan(search.best), method)
    spent = time.monotonic() - began
    return Plan(plan.alone, plan.events, bound, value, seed, spent)


def _climb(search: _Search) -> tuple[Bound, int]:
    """The lexicographic steps. Returns the proven bound and the value reached."""
    master, p = search.master, search.p
    wanted = sum(1 for i in p.free if p.interventions[i].mandatory)
    given = _agreed_value(p)
    mandatory, value, cost = master.mandatory(), master.value(), master.cost()

    search.tell("mandatory", 0.1)
    first = search.step(mandatory, gap=0.0, within=0.5, stage="mandatory", span=(0.1, 0.3))
    most = min(wanted, math.floor(first.bound + 1e-6)) if first.bound < math.inf else wanted
    done = _reached(mandatory, search.best)
    missed_bound = wanted - most
    if done < most or not first.proven:
        # Not proven: the value bound must then hold for every plan.
        top = _ceiling(search, value) + given
        return Bound(missed_bound, top, None), _reached(value, search.best) + given
    if wanted:
        master.rows.append((done - 1e-6, np.inf, _sparse(mandatory)))

    search.tell("value", 0.3, value=_reached(value, search.best) + given)
    second = search.step(value, gap=search.stop.gap, within=0.5, stage="value", span=(0.3, 0.6))
    reached = _reached(value, search.best)
    top = max(reached, math.floor(min(second.bound, float(_ceiling(search, value))) + 1e-6))
    if top > reached:
        return Bound(missed_bound, top + given, None), reached + given
    master.rows.append((reached - 1e-6, np.inf, _sparse(value)))

    search.tell("cost", 0.6, value=reached + given, bound=top + given, gap=0.0)
    third = search.step(-cost, gap=0.0, within=0.004, stage="cost", span=(0.6, 0.9))
    least = _least_cost(third, cost, search.best) if third.proven else None
    agreed = sum(sum(e.shares) for e in p.agreed)
    return Bound(missed_bound, top + given, None if least is None else least + agreed), reached + given


def _least_cost(outcome: Outcome, cost: np.ndarray, best: np.ndarray | None) -> int | None:
    return None if outcome.values is None or best is None else round(100 * float(cost @ best))


def _ceiling(search: _Search, value: np.ndarray) -> int:
    """A bound that needs no solver: everything done at its best."""
    best: dict[int, int] = defaultdict(int)
    for i in search.p.free:
        one = search.p.interventions[i]
        best[i] = one.value + (one.bonus if one.prefer else 0)
    return sum(best.values())


def _reached(vector: np.ndarray, values: np.ndarray | None) -> int:
    return 0 if values is None or not len(values) else round(float(vector @ values))


def _agreed_value(p: Problem) -> int:
    return sum(
        p.interventions[i].value + (p.interventions[i].bonus if e.host in p.interventions[i].prefer else 0)
        for e in p.agreed
        for i in e.members
    )


def _rounded(master: Master, values: np.ndarray) -> np.ndarray:
    """Binaries made whole; the shares are settled exactly elsewhere."""
    binaries = len(master.columns) + len(master.alone)
    whole = values.copy()
    whole[:binaries] = np.round(whole[:binaries])
    return whole


def _sparse(vector: np.ndarray) -> dict[int, float]:
    return {int(k): float(vector[k]) for k in np.flatnonzero(vector)}
