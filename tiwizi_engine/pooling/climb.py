"""The lexicographic climb over one model: fewest mandatory missed, then most value, then least cost, each proven."""

import math
from dataclasses import dataclass
from typing import Any, Protocol

from tiwizi_engine.errors import EngineError
from tiwizi_engine.pooling.arrange import arrange
from tiwizi_engine.pooling.choice import Choice
from tiwizi_engine.pooling.master import Outcome, Watch
from tiwizi_engine.pooling.plan import Bound, Plan
from tiwizi_engine.pooling.problem import Problem
from tiwizi_engine.pooling.progress import Clock
from tiwizi_engine.solver import INFINITY

Span = tuple[float, float]


class Model(Protocol):
    """What the climb asks of a model of the problem; `Master` lists events, `Compact` does not."""

    def solve(self, objective: str, options: dict[str, Any], watch: Watch | None = None) -> Outcome: ...

    def floor(self, objective: str, least: float) -> None: ...

    def forbid_overbooking(self, host: int, weeks: frozenset[int]) -> None: ...

    def forbid(self, choice: Choice) -> None: ...


@dataclass
class Climb:
    """One climb. `choice` and `plan` are the best so far; `plan` has weeks and exact shares at any time."""

    p: Problem
    model: Model
    clock: Clock
    seed: int
    choice: Choice
    plan: Plan

    def step(self, objective: str, *, gap: float, within: float, stage: str, span: Span) -> tuple[float, bool]:
        """Maximise until proven, stopped or out of time, cutting off choices without weeks or whole-cent shares.

        Returns the bound and whether it is proven. `span`: where this stage stands in the whole, from 0 to 1.
        """
        top = math.inf
        while self.clock.left > 0:
            options: dict[str, Any] = {"random_seed": self.seed, "mip_rel_gap": gap, "mip_abs_gap": within}
            if self.clock.left < math.inf:
                options["time_limit"] = self.clock.left
            found = self.model.solve(objective, options, self._watch(stage, span))
            top = min(top, found.bound)
            if found.choice is None or self._take(found.choice, objective):
                return top, found.proven
        return top, False

    def _take(self, choice: Choice, objective: str) -> bool:
        """Make it the best so far if it is; without weeks or exact shares, a row is added that cuts it off."""
        if choice.worth(self.p, objective) < self.choice.worth(self.p, objective):
            return True  # the search was cut short before it came back to where it began
        plan, crowd = arrange(self.p, choice)
        if plan is not None:
            self.choice, self.plan = choice, plan
            return True
        if crowd is not None:
            self.model.forbid_overbooking(*crowd)
        else:
            self.model.forbid(choice)
        return False

    def _watch(self, stage: str, span: Span) -> Watch:
        """Tells how far a stage is by the distance that is left, and whether to stop."""

        def hear(best: float, bound: float) -> bool:
            known = abs(best) < INFINITY and abs(bound) < INFINITY
            gap = abs(bound - best) / max(1.0, abs(best)) if known else None
            left = 1.0 if gap is None else min(1.0, 10 * gap)
            self.clock.tell(stage, span[0] + (span[1] - span[0]) * (1.0 - left), gap=gap)
            return self.clock.left <= 0

        return hear


def climb(search: Climb, gap: float) -> tuple[Bound, int]:
    """All the steps, from the start that the search holds. Returns the proven bound and the value reached."""
    p, clock = search.p, search.clock
    missed = _mandatory(search)
    given = agreed_value(p)
    clock.tell("value", 0.3, value=_value(search) + given)
    bound, _ = search.step("value", gap=gap, within=0.99, stage="value", span=(0.3, 0.6))
    reached = _value(search)
    top = max(reached, math.floor(min(bound, float(ceiling(p))) + 1e-6))
    if clock.left <= 0:
        return Bound(missed, top + given, None), reached + given
    search.model.floor("value", reached)
    clock.tell("cost", 0.6, value=reached + given, bound=top + given, gap=(top - reached) / max(1, reached + given))
    _, proven = search.step("saving", gap=0.0, within=0.004, stage="cost", span=(0.6, 0.9))
    if top > reached or not proven or missed < _missed(search):
        return Bound(missed, top + given, None), reached + given
    cost = round(-100 * search.choice.worth(p, "saving"))
    return Bound(missed, top + given, cost + sum(sum(e.shares) for e in p.agreed)), reached + given


def _mandatory(search: Climb) -> int:
    """Do as many mandatory interventions as can be. Returns how many any plan misses, as far as is proven."""
    p = search.p
    wanted = sum(1 for i in p.free if p.interventions[i].mandatory)
    search.clock.tell("mandatory", 0.1)
    most = float(wanted)
    if search.choice.worth(p, "mandatory") < wanted:
        bound, _ = search.step("mandatory", gap=0.0, within=0.99, stage="mandatory", span=(0.1, 0.3))
        if bound < 0:
            raise EngineError("agreed", "what was agreed costs more than the budgets allow")
        most = min(most, bound + 1e-6) // 1
    done = search.choice.worth(p, "mandatory")
    if done == most and wanted:
        search.model.floor("mandatory", done)  # otherwise the bound of the value has to hold for every plan
    return wanted - int(most)


def _missed(search: Climb) -> int:
    return sum(1 for i in search.p.free if search.p.interventions[i].mandatory) - int(
        search.choice.worth(search.p, "mandatory")
    )


def _value(search: Climb) -> int:
    return round(search.choice.worth(search.p, "value"))


def ceiling(p: Problem) -> int:
    """A bound of the value of the free interventions that needs no solver: everything done at its best."""
    ones = (p.interventions[i] for i in p.free)
    return sum(one.value + (one.bonus if one.prefer else 0) for one in ones)


def agreed_value(p: Problem) -> int:
    return sum(
        p.interventions[i].value + (p.interventions[i].bonus if e.host in p.interventions[i].prefer else 0)
        for e in p.agreed
        for i in e.members
    )
