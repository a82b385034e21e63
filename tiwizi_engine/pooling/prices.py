"""A bound that no plan can beat, from prices of money and of interventions, found block by block.

Prices are a point of the dual of the model's linear relaxation (`master`): what one unit of a partnership's money is
worth, in all and in a period, and what it is worth to do an intervention. Whatever they are, if no event and no single
is worth more than what its members' prices say, what all the money and all the interventions come to is a bound (weak
duality). Only its height depends on how good the prices are.

A large problem is never solved whole for them: a block of partnerships finds its best prices while those of the others
stay; blocks that share no event do so at once. Each such step lowers the bound or leaves it, and keeps it valid
(block coordinate descent on the dual). What a solver leaves of error is made good by raising prices where an event is
worth more than they say (Neumaier and Shcherbina, "Safe bounds in linear and mixed-integer linear programming", 2004).
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from tiwizi_engine.pooling.candidates import Column, TooMany, candidates
from tiwizi_engine.pooling.choice import Single
from tiwizi_engine.pooling.lots import at_best
from tiwizi_engine.pooling.part import Cutter, Part
from tiwizi_engine.pooling.payments import committed
from tiwizi_engine.pooling.plan import Bound, Plan
from tiwizi_engine.pooling.problem import Problem
from tiwizi_engine.pooling.relaxation import Prices, Relaxation, sharing

MOST_LISTED = 400_000  # events of one block and its neighbours


def of_part(prices: Prices, part: Part) -> Prices:
    """Those of a part's interventions and partnerships, in its order."""
    q = list(part.partnerships)
    return Prices(prices.once[list(part.ids)], prices.budget[q], prices.cap[q])


def put(prices: Prices, part: Part, found: Prices) -> None:
    """Take over what a part found."""
    q = list(part.partnerships)
    prices.once[list(part.ids)], prices.budget[q], prices.cap[q] = found.once, found.budget, found.cap


def first_prices(p: Problem) -> Prices:
    """Money is worth nothing, interventions all that they can be worth: the simplest bound."""
    once = np.array([one.value + (one.bonus if one.prefer else 0) for one in p.interventions], dtype=float)
    return Prices(once, np.zeros(len(p.partnerships)), np.zeros((len(p.partnerships), p.meta.periods)))


def parts_of_bound(p: Problem, prices: Prices) -> np.ndarray:
    """By partnership, what its money and its free interventions come to; their sum is the bound of the free ones."""
    taken = np.zeros((len(p.partnerships), p.meta.periods))
    for (q, t), cents in committed(p).items():
        taken[q, t] = cents
    budget = np.array([partner.budget for partner in p.partnerships]) - taken.sum(axis=1)
    caps = np.array([partner.period_cap for partner in p.partnerships]) - taken
    parts: np.ndarray = (prices.budget * budget + (prices.cap * caps).sum(axis=1)) / 100
    free = list(p.free)
    np.add.at(parts, [p.interventions[i].partnership for i in free], prices.once[free])
    return parts


@dataclass(frozen=True)
class Reprice:
    """One block's work: better prices for the first `own` interventions of a part and for their partnerships.

    `prices` are those of the part so far. `must`: every plan does all that is mandatory.
    """

    part: Part
    own: int
    prices: Prices
    must: bool

    def run(self) -> Prices:
        """Those of the part with its own made better; as they were when its events are too many to list."""
        p = self.part.problem
        try:
            columns = candidates(p, MOST_LISTED, self.own).columns
        except TooMany:
            return self.prices
        known = [s for s in at_best(p) if s.intervention < self.own]
        found = Relaxation(p, self.own, self.prices, self.must).solve(columns, known)
        _raise(p, found, columns, known)
        return found


def _raise(p: Problem, prices: Prices, columns: Sequence[Column], known: Sequence[Single]) -> None:
    """Raise prices of interventions where an event or a single is worth more than they say."""
    once = prices.once
    for single in known:
        one = p.interventions[single.intervention]
        worth = one.value - single.cost / 100 * prices.of_money(one.partnership, single.period)
        once[single.intervention] = max(once[single.intervention], worth)
    for column in columns:
        more, _ = sharing(p, column, prices)
        if more > 0:
            once[column.members[0]] += more


class Neighbours:
    """Which free interventions could stand in one event: those of one kind and target group with a host in common."""

    def __init__(self, p: Problem) -> None:
        self.p = p
        self.at: dict[tuple[int, str, int], list[int]] = defaultdict(list)
        self.cutter = Cutter(p, Plan((), p.agreed, Bound(0, 0, None), 0))
        self.free_of: dict[int, list[int]] = defaultdict(list)
        for i in p.free:
            self.free_of[p.interventions[i].partnership].append(i)
            for key in self._keys(i):
                self.at[key].append(i)

    def _keys(self, i: int) -> list[tuple[int, str, int]]:
        one = self.p.interventions[i]
        return [(one.kind, one.target, h) for h in one.hosts] if one.poolable else []

    def waves(self, blocks: Sequence[Sequence[int]]) -> Iterator[list[tuple[Part, int]]]:
        """The blocks with their neighbours, in waves in which no two blocks are neighbours: (part, its own)."""
        block_of = {q: b for b, block in enumerate(blocks) for q in block}
        waves: list[list[tuple[Part, int]]] = []
        busy: list[set[int]] = []  # by wave: its blocks
        for b, block in enumerate(blocks):
            own = [i for q in block for i in self.free_of[q]]
            if not own:
                continue
            mine = set(own)
            near = sorted({j for i in own for key in self._keys(i) for j in self.at[key] if j not in mine})
            beside = {block_of[self.p.interventions[j].partnership] for j in near}
            wave = next((k for k, held in enumerate(busy) if not held & beside), len(waves))
            if wave == len(waves):
                waves.append([])
                busy.append(set())
            busy[wave].add(b)
            part = self.cutter.cut((*own, *near), frozenset(range(len(self.p.partnerships))))
            waves[wave].append((part, len(own)))
        yield from waves
