"""Where an indicator's numbers stand: side by side in blocks, so that one product adds them together."""

import numpy as np

from tiwizi_engine.rollup.exact import Units, Whole
from tiwizi_engine.rollup.facts import MAXIMUM, RATIO, Truths, spread_out

# Kinds of numbers. What is neither added nor a category is one kind: a ratio's denominator, or the largest value or
# the number of members, which are found apart (`summits.py`).
QUIET, VALUE, BESIDE, CATEGORIES = range(4)
ACROSS = 4  # numbers of a block, at most: what most indicators need, of two categories
SPARE = 64  # columns that a change may still add


class Columns:
    """An indicator's first block is the column of its number; what does not fit there has columns after them. Arrays
    alike: `indicator`, `kind`, `limb` and the `place` of each number, which is its column times `across` (the
    numbers of a block) and its place in the block.
    """

    def __init__(self, present: Truths, calculations: Whole, units: Units) -> None:
        """`present[indicator, kind]`: are there such numbers?"""
        present = present.copy()
        # A change finds them ready.
        present[:, [QUIET, VALUE]] = True
        present[(calculations == RATIO) | (calculations >= MAXIMUM), BESIDE] = True
        indicators = len(present)
        indicator, kind = np.nonzero(present)
        repeats = np.where(kind == QUIET, 1, units.limbs[indicator])
        self.indicator: Whole = np.repeat(indicator, repeats)
        self.kind: Whole = np.repeat(kind, repeats)
        self.limb: Whole = spread_out(np.zeros(len(repeats), dtype=np.int64), repeats)
        self._kinds = present.shape[1]
        self._first: Whole = np.full((indicators, self._kinds), -1, dtype=np.int32)
        self._first[indicator, kind] = np.cumsum(repeats) - repeats
        sizes = np.bincount(self.indicator, minlength=indicators)
        self.across = min(ACROSS, int(sizes.max(initial=2)))
        later = -(-sizes // self.across) - 1
        column, place = np.divmod(spread_out(np.zeros(indicators, dtype=np.int64), sizes), self.across)
        after = indicators + np.cumsum(later) - later - 1
        self.place: Whole = np.where(column == 0, self.indicator, after[self.indicator] + column) * self.across + place
        self.firsts = indicators
        self._used = indicators + int(later.sum())
        self.width = self._used + SPARE
        self._units = units

    @property
    def one_each(self) -> bool:
        """Has each indicator one column?"""
        return self._used == self.firsts

    def of(self, indicator: Whole, kind: Whole | int, limb: int) -> Whole:
        """The place of each."""
        first: Whole = self._first.reshape(-1).take(indicator * self._kinds + kind)
        found: Whole = self.place.take(first + limb if limb else first)
        return found

    def find(self, indicator: int, kind: int) -> list[int]:
        """The places of a kind, one for each limb; none where there is no such kind."""
        first = int(self._first[indicator, kind]) if kind < self._kinds else -1
        limbs = 1 if kind == QUIET else int(self._units.limbs[indicator])
        return [] if first < 0 else self.place[first : first + limbs].tolist()

    def categories(self, indicator: int) -> list[int]:
        """The kinds that are categories of an indicator."""
        found: list[int] = self.kind[(self.indicator == indicator) & (self.limb == 0)].tolist()
        return sorted(kind for kind in found if kind >= CATEGORIES)

    def kinds(self) -> Whole:
        """The kind of the number at each place of each column, of its first limb; -1 where there is none."""
        found = np.full(self.width * self.across, -1, dtype=np.int32)
        found[self.place[self.limb == 0]] = self.kind[self.limb == 0]
        return found.reshape(self.width, self.across)

    def indicators(self) -> Whole:
        """Whose each column is."""
        found = np.zeros(self.width, dtype=np.int32)
        found[self.place // self.across] = self.indicator
        return found

    def admit(self, indicator: int, kind: int) -> bool:
        """Columns for a kind that a change brings; no, where there is no room left."""
        limbs = int(self._units.limbs[indicator])
        columns = -(-limbs // self.across)
        if self._used + columns > self.width:
            return False
        if kind >= self._kinds:
            more = np.full((len(self._first), kind + 1 - self._kinds), -1, dtype=np.int32)
            self._first = np.concatenate([self._first, more], axis=1)
            self._kinds = kind + 1
        self._first[indicator, kind] = len(self.kind)
        self.indicator = np.append(self.indicator, [indicator] * limbs)
        self.kind = np.append(self.kind, [kind] * limbs)
        self.limb = np.append(self.limb, range(limbs))
        self.place = np.append(self.place, self._used * self.across + np.arange(limbs))
        self._used += columns
        return True
