"""Large problems: block after block is improved with the rest of the plan left as it is, several at a time.

Each round cuts the map into other blocks (`blocks`); the blocks of one round are parts that cannot spend the same money
(`part`), so a crew works on them at once and their plans are put back one by one. A round never worsens the plan. The
bound is that of prices, found by blocks too (`prices`); each partnership's part of it tells where most is to be gained.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np

from tiwizi_engine.crew import Crew
from tiwizi_engine.pooling.arrange import Score, score
from tiwizi_engine.pooling.blocks import blocks
from tiwizi_engine.pooling.climb import After, agreed_value, ceiling, mandatory
from tiwizi_engine.pooling.improve import Improve
from tiwizi_engine.pooling.part import Cutter, Part, Whole
from tiwizi_engine.pooling.plan import Bound, Plan
from tiwizi_engine.pooling.prices import Neighbours, Reprice, first_prices, of_part, parts_of_bound, put
from tiwizi_engine.pooling.problem import Problem
from tiwizi_engine.pooling.progress import Clock, Stop
from tiwizi_engine.pooling.relaxation import Prices


class Round(NamedTuple):
    """`size`: interventions of a block; `gap`: how near it comes to its own bound; `far`: how much less than the prices
    of its members say an event may be worth, as a share of its value."""

    size: int
    gap: float
    far: float


# Small blocks soon give something everywhere; when each is near its own bound, only larger ones find more. The later
# the better the prices, and the fewer events need to be looked at. The last round stays.
ROUNDS = (Round(250, 0.005, 0.1), Round(350, 0.003, 0.05), Round(500, 0.002, 0.05), Round(700, 0.0015, 0.05))
CHEAPER = Round(250, 0.0005, 0.05)  # less cost for the same value, at the end; the gap is that of the cost
PRICED = 700  # interventions of a block that is priced
PASSES = 4  # of prices over the map: one before the first round, one after each of the next
STALLED = 3  # rounds without a thousandth of a per cent more end the work
LEAST, MOST = 2.0, 30.0  # seconds for a block, when time is limited
SETTLES = 1.5  # times the share of one block: events are settled apart, and others may want the machine more
AGAIN = 30.0  # seconds after which it is tried again how long settling takes
WORTH = 0.002  # a block is worth more work when its plan is farther than this from its part of the bound


def run(work: Improve | Reprice) -> Plan | Prices:
    """What a crew is given to do."""
    return work.run()


@dataclass
class Sweep:
    """The state of the work: the best plan, prices, and the bound of its value so far."""

    p: Problem
    plan: Plan
    stop: Stop
    clock: Clock
    crew: Crew
    seed: int
    after: After
    neighbours: Neighbours = field(init=False)
    prices: Prices = field(init=False)
    worth: np.ndarray = field(init=False)  # of each partnership, its part of the bound
    top: int = field(init=False)
    score: Score = field(init=False)  # of the plan
    timed: float = 0.0  # when it was tried how long settling takes

    def __post_init__(self) -> None:
        self.neighbours, self.prices, self.top = Neighbours(self.p), first_prices(self.p), ceiling(self.p)
        self.worth, self.score = parts_of_bound(self.p, self.prices), score(self.p, self.plan)

    @property
    def gap(self) -> float:
        return (self.top - self.score.value) / max(1, self.score.value)

    def price(self, number: int, must: bool) -> None:
        """Lower the bound, block by block of one cut of the map."""
        for wave in self.neighbours.waves(blocks(self.p, PRICED, number)):
            if self._halted():
                return
            work = [Reprice(part, own, of_part(self.prices, part), must) for part, own in wave]
            for piece, found in zip(work, self.crew.run(run, work, self._halted), strict=False):
                put(self.prices, piece.part, found)
            self._tell()
        self.worth = parts_of_bound(self.p, self.prices)
        self.top = min(self.top, math.floor(self.worth.sum() + 1e-6) + agreed_value(self.p))
        self._tell()

    def improve(self, number: int) -> None:
        """Improve the blocks of one cut of the map; once more those whose events found their weeks taken."""
        self._round(ROUNDS[min(number, len(ROUNDS) - 1)], number)

    def cheapen(self, number: int) -> None:
        """Seek less cost for the value that each block has, in the blocks of one cut of the map."""
        self._round(CHEAPER, number, cheaper=True)

    def _round(self, how: Round, number: int, cheaper: bool = False) -> None:
        if self._halted():
            return
        again = self._improved(blocks(self.p, how.size, number), how, self.seed + number, cheaper)
        if again and not self._halted():
            self._improved(again, how, self.seed + number, cheaper)

    def _improved(self, cut: Sequence[Sequence[int]], how: Round, seed: int, cheaper: bool) -> list[list[int]]:
        """Improve these blocks where it is worth it. Returns those whose plan could not be put into the whole."""
        work = list(self._pieces(cut, how, seed, cheaper))
        whole, clashed = Whole(self.p, self.plan), []
        for piece, found in zip(work, self._answers(work), strict=False):
            new, old = score(piece.part.problem, found), score(piece.part.problem, piece.part.plan)
            if new > old and not whole.put(piece.part, found):
                clashed.append(sorted(piece.part.owners))
            elif new > old:
                self.score = Score(*(now + more - less for now, more, less in zip(self.score, new, old, strict=True)))
            self._tell()
            if self.clock.spent >= self.timed + AGAIN or piece is work[0]:
                self._keep_time(piece.part.problem, found, len(whole.events))
        self.plan = whole.plan()
        self.score = score(self.p, self.plan)
        self._tell()
        return clashed

    def _answers(self, work: list[Improve]) -> Iterator[Plan]:
        """Of all who work at once, or one by one, each with what is left of the time: nobody else could end it."""
        if self.crew.capacity > 1:
            yield from self.crew.run(run, work, self._halted)
            return
        for piece in work:
            yield from self.crew.run(run, [replace(piece, seconds=self._seconds(0.0))], self._halted)

    def _keep_time(self, part: Problem, plan: Plan, events: int) -> None:
        """For what comes after the sweep, by how long it takes for the events of a block. Tried now and then: how much
        of the machine others leave may change."""
        if plan.events:
            self.clock.keep(lambda: self.after(part, plan), SETTLES * events / len(plan.events))
            self.timed = self.clock.spent

    def _seconds(self, least: float) -> float | None:
        return None if self.clock.left == math.inf else min(MOST, max(least, self.clock.left))

    def _pieces(self, cut: Sequence[Sequence[int]], how: Round, seed: int, cheaper: bool) -> Iterator[Improve]:
        """The blocks that are worth it, those with most to gain first; of less cost nobody knows, so all of them."""
        parts = list(Cutter(self.p, self.plan).parts(cut))
        gains = [self._gain(part) for part in parts]
        # The solver finds little before the end of its work on a block: a block has what it needs, or is left out.
        seconds = self._seconds(LEAST)
        for part, gain in sorted(zip(parts, gains, strict=True), key=lambda pair: -pair[1]):
            if gain > 0 or cheaper:
                yield Improve(part, how.gap, seconds, seed, of_part(self.prices, part), how.far, cheaper)

    def _gain(self, part: Part) -> float:
        """How much more value a block may have, at most; 0 when that is little."""
        value = score(part.problem, part.plan).value
        gain = float(self.worth[list(part.owners)].sum()) - value
        return gain if gain > WORTH * value else 0.0

    def _tell(self) -> None:
        done = 1.0 if self.stop.seconds is None else self.clock.spent / self.stop.seconds
        self.clock.tell("value", 0.1 + 0.8 * min(1.0, done), self.score.value, self.top, self.gap)

    def _halted(self) -> bool:
        return self.clock.left <= 0


def sweep(p: Problem, plan: Plan, stop: Stop, clock: Clock, crew: Crew, seed: int, after: After) -> tuple[Plan, Bound]:
    """A good plan of a large problem, from a sound one, and the bound of its value. It leaves time for `after`."""
    work = Sweep(p, plan, stop, clock, crew, seed, after)
    must = work.score.mandatory == mandatory(p)  # otherwise the bound has to hold for every plan
    number, quiet = 0, 0
    work.price(0, must)
    while clock.left > 0 and work.gap > stop.gap and quiet < STALLED and number != stop.rounds:
        if 0 < number < PASSES:
            work.price(number, must)
        before = work.score
        work.improve(number)
        now = work.score
        quiet = quiet + 1 if now.mandatory == before.mandatory and now.value <= 1.00001 * before.value else 0
        number += 1
    if number:
        work.cheapen(number)
    return work.plan, Bound(0, work.top, None)
