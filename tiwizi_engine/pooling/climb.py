"""The lexicographic climb over one model: fewest mandatory missed, then most value, then least cost, each proven."""

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from tiwizi_engine.pooling.arrange import Crowd, Score, arrange, mend, score
from tiwizi_engine.pooling.both import BOTH, precise, value_within, weight
from tiwizi_engine.pooling.choice import Choice
from tiwizi_engine.pooling.master import Outcome, Watch
from tiwizi_engine.pooling.plan import Bound, Plan
from tiwizi_engine.pooling.problem import Problem
from tiwizi_engine.pooling.progress import Clock
from tiwizi_engine.solver import INFINITY

Span = tuple[float, float]
After = Callable[[Problem, Plan], object]  # what is done with the plan when the search is over
FIRST = 0.85  # of the time that is left goes to a solve; the rest is for a second one, if its plan lacks weeks
TRIES, NEAR_GAP, NEAR_SECONDS = 12, 0.0005, 3.0  # of other choices where weeks lack
FORESIGHT = 0.2  # of the time may go to finding weeks that clash before they do
CENT = 0.009  # what is nearer is the same amount
# The neighbourhood of the relaxation costs the solver more than it brings where the whole is small.
DEFAULTS: Mapping[str, Any] = {}
FOR_BOTH = {"mip_heuristic_run_rens": False}


class Model(Protocol):
    """What the climb asks of a model of the problem; `Master` lists events, `Compact` does not."""

    def solve(
        self, objective: str, options: dict[str, Any], watch: Watch | None = None, start: Plan | None = None
    ) -> Outcome: ...

    def near(self, objective: str, choice: Choice, free: frozenset[int], options: dict[str, Any]) -> Choice | None: ...

    def floor(self, objective: str, least: float) -> None: ...

    def foresee(self, objective: str, seconds: float) -> None: ...

    def forbid_overbooking(self, host: int, weeks: frozenset[int]) -> None: ...

    def forbid(self, choice: Choice) -> None: ...


@dataclass
class Climb:
    """One climb. `plan` is the best so far, sound at any time: it has weeks and exact shares.

    `warm`: the solver starts from the plan. A proof begins cold, which has been found faster. `late`: by how many
    seconds the solver missed its time, at worst so far; it does not always look at the clock.
    """

    p: Problem
    model: Model
    clock: Clock
    seed: int
    plan: Plan
    warm: bool = False
    late: float = 0.0

    @property
    def left(self) -> float:
        """Seconds for the solver, who may be late again."""
        return max(0.0, self.clock.left - self.late)

    @property
    def score(self) -> Score:
        return score(self.p, self.plan)

    def step(
        self, objective: str, *, gap: float, within: float, stage: str, span: Span, more: Mapping[str, Any] = DEFAULTS
    ) -> tuple[float, bool]:
        """Maximise until proven, stopped or out of time, cutting off choices without weeks or whole-cent shares.

        Returns the bound and whether it is proven. `span`: where this stage stands in the whole, from 0 to 1. `more`:
        options of the solver.
        """
        top = math.inf
        while self.left > 0:
            options: dict[str, Any] = {"random_seed": self.seed, "mip_rel_gap": gap, "mip_abs_gap": within, **more}
            seconds, began = min(FIRST * self.clock.left, self.left), time.monotonic()
            if seconds < math.inf:
                options["time_limit"] = seconds
            start = self.plan if self.warm else None
            found = self.model.solve(objective, options, self._watch(stage, span), start)
            self.late = max(self.late, time.monotonic() - began - seconds)
            top = min(top, found.bound)
            if found.choice is None or self._take(objective, found.choice):
                return top, found.proven
            worth = self.worth(objective)
            if top - worth <= max(within, gap * abs(worth)):
                return top, True
            self.warm = True
        return top, False

    def _take(self, objective: str, choice: Choice) -> bool:
        """Make it the best so far, if it is. False: it lacks weeks or exact shares, and the model now knows.

        Then what is near it and has weeks is taken: first by another choice of those who compete for too few weeks, and
        where that fails without some of their events.
        """
        plan, crowd = arrange(self.p, choice)
        sound = plan is not None
        if crowd is None and not sound:
            self.model.forbid(choice)
        tries = TRIES
        while crowd is not None:
            self.model.forbid_overbooking(*crowd)
            other = self._near(objective, choice, crowd) if tries > 0 and self.left > 0 else None
            choice = other or mend(self.p, choice, crowd)
            tries -= 1
            plan, crowd = arrange(self.p, choice)
        if plan is not None and score(self.p, plan) > self.score:
            self.plan = plan
        return sound

    def _near(self, objective: str, choice: Choice, crowd: Crowd) -> Choice | None:
        """Another choice for the partnerships whose events compete for too few weeks."""
        host, weeks = crowd
        rivals = [c for c in choice.held if c.host == host and weeks & set(c.weeks)]
        owners = {self.p.interventions[i].partnership for c in rivals for i in c.members}
        free = frozenset(i for i in self.p.free if self.p.interventions[i].partnership in owners)
        options: dict[str, Any] = {"random_seed": self.seed, "mip_rel_gap": NEAR_GAP}
        if self.left < math.inf:
            options["time_limit"] = min(NEAR_SECONDS, self.left)
        return self.model.near(objective, choice, free, options)

    def worth(self, objective: str) -> float:
        """Of the plan so far, in what is not agreed: comparable with the solver's bound."""
        now, given = self.score, score(self.p, Plan((), self.p.agreed, Bound(0, 0, None), 0))
        if objective == "mandatory":
            return now.mandatory - given.mandatory
        value, saving = now.value - given.value, (now.saving - given.saving) / 100
        if objective == BOTH:
            return weight(self.p) * value + saving
        return value if objective == "value" else saving

    def _watch(self, stage: str, span: Span) -> Watch:
        """Tells how far a stage is by the distance that is left, and whether to stop."""

        def hear(best: float, bound: float) -> bool:
            known = abs(best) < INFINITY and abs(bound) < INFINITY
            gap = abs(bound - best) / max(1.0, abs(best)) if known else None
            left = 1.0 if gap is None else min(1.0, 10 * gap)
            self.clock.tell(stage, span[0] + (span[1] - span[0]) * (1.0 - left), gap=gap)
            return self.clock.left <= 0

        return hear


def climb(search: Climb, gap: float, after: After) -> Bound:
    """All the steps, from the plan that the search holds. Returns the proven bound.

    What comes `after` is tried on the plan of most value, so that the search leaves the time that it takes.
    """
    p, clock = search.p, search.clock
    missed = mandatory_step(search)
    given, top = agreed_value(p), ceiling(p)
    clock.tell("value", 0.3, value=search.score.value)
    if gap == 0 and precise(p) and missed == mandatory(p) - search.score.mandatory:
        top, proven = both_step(search)
        if proven or clock.left <= 0:
            return Bound(missed, top, -search.score.saving if proven else None)
        search.warm = True
    reached, limit = value_step(search, gap)
    top = max(reached, math.floor(min(limit + given, top) + 1e-6))
    if clock.left <= 0:
        return Bound(missed, top, None)
    clock.keep(lambda: after(p, search.plan))
    clock.tell("cost", 0.6, value=reached, bound=top, gap=(top - reached) / max(1, reached))
    proven = cost_step(search, gap=0.0)
    if top > reached or not proven or missed < mandatory(p) - search.score.mandatory:
        return Bound(missed, top, None)
    return Bound(missed, top, -search.score.saving)


def cost_step(search: Climb, gap: float) -> bool:
    """A cheaper plan of the value that is reached, until the gap of its cost; is it proven?"""
    search.model.floor("value", search.score.value - agreed_value(search.p))
    search.warm = True  # most plans cost more: knowing one spares the solver more than half of its time
    _, proven = search.step("saving", gap=gap, within=0.004, stage="cost", span=(0.6, 0.9))
    return proven


def both_step(search: Climb) -> tuple[int, bool]:
    """(bound of the value, whether value and cost are proven): both sought at once."""
    p, given = search.p, agreed_value(search.p)
    search.model.foresee("value", FORESIGHT * search.clock.left)
    bound, _ = search.step(BOTH, gap=0.0, within=0.004, stage="value", span=(0.3, 0.9), more=FOR_BOTH)
    reached, top = search.score.value, ceiling(p)
    if math.isfinite(bound):
        top = max(reached, min(top, given + value_within(p, bound)))
    proven = top == reached and bound - search.worth(BOTH) <= CENT
    if proven:
        search.model.floor("value", reached - given)
    return top, proven


def mandatory_step(search: Climb) -> int:
    """Do as many mandatory interventions as can be. Returns how many any plan misses, as far as is proven."""
    p = search.p
    wanted = mandatory(p)
    given = sum(p.interventions[i].mandatory for event in p.agreed for i in event.members)
    search.clock.tell("mandatory", 0.1)
    most = float(wanted)
    if search.score.mandatory < wanted:
        bound, _ = search.step("mandatory", gap=0.0, within=0.99, stage="mandatory", span=(0.1, 0.3))
        most = min(most, bound + given + 1e-6) // 1
    done = search.score.mandatory
    if done == most and wanted > given:
        search.model.floor("mandatory", done - given)  # otherwise the value's bound has to hold for every plan
    return wanted - int(most)


def value_step(search: Climb, gap: float) -> tuple[int, float]:
    """(value reached, bound of the value of what is not agreed)."""
    search.model.foresee("value", FORESIGHT * search.clock.left)
    bound, _ = search.step("value", gap=gap, within=0.99, stage="value", span=(0.3, 0.6))
    return search.score.value, bound


def mandatory(p: Problem) -> int:
    """How many interventions must be done."""
    return sum(one.mandatory for one in p.interventions)


def ceiling(p: Problem) -> int:
    """A bound of the value that needs no solver: what is agreed, and everything else done at its best."""
    ones = (p.interventions[i] for i in p.free)
    return agreed_value(p) + sum(one.value + (one.bonus if one.prefer else 0) for one in ones)


def agreed_value(p: Problem) -> int:
    return score(p, Plan((), p.agreed, Bound(0, 0, None), 0)).value
