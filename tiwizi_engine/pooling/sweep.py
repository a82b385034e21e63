"""Large problems: block after block is improved with the rest of the plan left as it is, several at a time.

Each round cuts the map into other blocks (`blocks`); the blocks of one round are parts that cannot spend the same money
(`part`), so a crew works on them at once and their plans are put back one by one. A round never worsens the plan. The
bound is that of the whole problem's prices (`prices`), found beside the first round.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from tiwizi_engine.crew import Crew
from tiwizi_engine.pooling.arrange import score
from tiwizi_engine.pooling.blocks import blocks
from tiwizi_engine.pooling.candidates import TooMany, candidates
from tiwizi_engine.pooling.choice import singles
from tiwizi_engine.pooling.climb import agreed_value, ceiling, mandatory
from tiwizi_engine.pooling.improve import Improve
from tiwizi_engine.pooling.part import Cutter, Whole
from tiwizi_engine.pooling.plan import Bound, Plan
from tiwizi_engine.pooling.prices import bound, price
from tiwizi_engine.pooling.problem import Problem
from tiwizi_engine.pooling.progress import Clock, Stop

BLOCK = 600  # interventions
MOST_LISTED = 2_000_000  # events that the bound is computed from
FIRST_GAP, LATER_GAP = 0.004, 0.001  # of a block
STALLED = 3  # rounds without a thousandth of a per cent more end the work
LEAST, MOST = 2.0, 60.0  # seconds for a block, when time is limited


@dataclass(frozen=True)
class Price:
    """The whole problem's bound, from prices; infinite when there is no time or too much to list."""

    problem: Problem
    least: int
    seconds: float

    def run(self) -> float:
        p = self.problem
        try:
            listed = candidates(p, MOST_LISTED)
        except TooMany:
            return math.inf
        known = singles(p)
        return bound(p, listed, known, self.least, price(p, listed, known, self.least, self.seconds))


def run(work: Improve | Price) -> Plan | float:
    """What a crew is given to do."""
    return work.run()


@dataclass
class Sweep:
    """The state of the work: the best plan and the bound of its value so far."""

    p: Problem
    plan: Plan
    clock: Clock
    crew: Crew
    seed: int
    top: int

    @property
    def gap(self) -> float:
        value = score(self.p, self.plan).value
        return (self.top - value) / max(1, value)

    def round(self, number: int, stop: Stop, first: Sequence[Price]) -> None:
        """Improve every block of one cut of the map; beside the first, find the bound."""
        parts = list(Cutter(self.p, self.plan).parts(blocks(self.p, BLOCK, number)))
        seconds = self._seconds(len(parts))
        gap = FIRST_GAP if number == 0 else LATER_GAP
        work: list[Improve | Price] = [*first, *(Improve(part, gap, seconds, self.seed + number) for part in parts)]
        whole = Whole(self.p, self.plan)
        for done, (piece, answer) in enumerate(zip(work, self.crew.run(run, work, self._halted), strict=False), 1):
            if isinstance(piece, Improve) and isinstance(answer, Plan):
                if score(piece.part.problem, answer) > score(piece.part.problem, piece.part.plan):
                    whole.put(piece.part, answer)
            elif isinstance(answer, float) and answer < math.inf:
                self.top = min(self.top, math.floor(answer + 1e-6) + agreed_value(self.p))
            self.clock.tell("value", 0.3 + 0.5 * self._share(number, done / len(work), stop))
        self.plan = whole.plan()
        self.clock.tell("value", self.clock.furthest, score(self.p, self.plan).value, self.top, self.gap)

    def _seconds(self, count: int) -> float | None:
        """For each block, when time is limited: half of what is left for this round, shared evenly."""
        if self.clock.left == math.inf:
            return None
        return min(MOST, max(LEAST, 0.5 * self.clock.left * self.crew.capacity / count))

    def _share(self, number: int, part: float, stop: Stop) -> float:
        if stop.seconds is not None:
            return min(1.0, self.clock.spent / stop.seconds)
        return min(1.0, (number + part) / (stop.rounds or 10))

    def _halted(self) -> bool:
        return self.clock.left <= 0


def sweep(p: Problem, plan: Plan, stop: Stop, clock: Clock, crew: Crew, seed: int) -> tuple[Plan, Bound]:
    """A good plan of a large problem, from a sound one, and the bound of its value."""
    wanted = mandatory(p)
    work = Sweep(p, plan, clock, crew, seed, ceiling(p))
    least = wanted if score(p, plan).mandatory == wanted else 0  # otherwise the bound has to hold for every plan
    given = sum(p.interventions[i].mandatory for event in p.agreed for i in event.members)
    first = [Price(p, max(0, least - given), clock.left)]
    number, quiet = 0, 0
    while clock.left > 0 and work.gap > stop.gap and quiet < STALLED and number != stop.rounds:
        before = score(p, work.plan)
        work.round(number, stop, first)
        first = []
        after = score(p, work.plan)
        quiet = quiet + 1 if after.mandatory == before.mandatory and after.value <= 1.00001 * before.value else 0
        number += 1
    return work.plan, Bound(0, work.top, None)
