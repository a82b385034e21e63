"""Facts as the engine's arrays, made without an object for each: beside every figure stand counts that are added."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from tiwizi.indicators.models import Indicator
from tiwizi.indicators.queries.facts import Number, Told
from tiwizi.indicators.queries.structure import Structure
from tiwizi_engine.rollup import Facts

# An indicator takes five columns: its figure, how many facts were settled, how many are of several bodies, and what a
# ratio or an average is made of.
SETTLED, SHARED, ABOVE, BELOW = range(1, 5)
WIDTH = 5
Whole = NDArray[np.int64]
Numbers = NDArray[np.float64]


def calculations_of(indicator: Indicator) -> list[str]:
    """How each of its columns is made."""
    beside = "latest" if indicator.calculation == "latest" else "sum"
    return [indicator.calculation, beside, beside, "sum", "sum"]


class Arrays:
    """What was told as `Facts`. Fact k is what `told[k]` says of its figure; those after them stand beside."""

    def __init__(self, indicators: Sequence[Indicator], structure: Structure, told: Sequence[Told]) -> None:
        self.told = told
        self.categories: dict[tuple[str, str], int] = {}
        self.members: dict[str, int] = {}
        how = np.array([one.calculation for one in indicators], dtype=object)
        at, period = {one.pk: k for k, one in enumerate(indicators)}, structure.period_at()
        self._number = np.array([at[one.indicator] for one in told], dtype=np.int64)
        self._period = np.array([period[one.period] for one in told], dtype=np.int64)
        self._how = how[self._number] if len(told) else how[:0]
        sizes = [len(one.weights) for one in told]
        self._sizes = np.array(sizes, dtype=np.int64)
        self._body = np.array([structure.bodies[b] for one in told for b in one.weights], dtype=np.int64)
        self._value = numbers([one.value for one in told])
        self._below = numbers([one.denominator for one in told])
        self._say_ratios()
        self._say_members()

    def _say_ratios(self) -> None:
        those = np.flatnonzero(self._how == "ratio")
        self._value[those] = numbers([self.told[k].numerator for k in those.tolist()])
        self._value[those[np.isnan(self._below[those])]] = np.nan

    def _say_members(self) -> None:
        """Who was counted: of `unique`, whose value is nothing but that it was told."""
        self._member_fact: list[int] = []
        self._member: list[int] = []
        for k in np.flatnonzero(self._how == "unique").tolist():
            names = self.told[k].members
            self._value[k] = np.nan if names is None else 0.0
            ids = sorted(self.member(name) for name in set(names or ()))
            self._member_fact += [k] * len(ids)
            self._member += ids

    def member(self, name: str) -> int:
        """The number of somebody or something that is counted."""
        return self.members.setdefault(name, len(self.members))

    def facts(self) -> Facts:
        """All of it: the figures, then what stands beside them."""
        columns = list(self._columns())
        rows = [rows for rows, _, _ in columns]
        every = np.concatenate(rows)
        sizes = self._sizes[every]
        starts = np.cumsum(self._sizes) - self._sizes
        ends = np.cumsum(sizes)
        part_fact, part_category, part_value = self._parts()
        empty = np.full(sum(map(len, rows[1:])), np.nan)
        return Facts(
            np.concatenate([self._number[those] * WIDTH + place for those, place, _ in columns]),
            self._period[every],
            np.concatenate([[0], ends]),
            self._body[np.arange(int(sizes.sum())) + np.repeat(starts[every] - (ends - sizes), sizes)],
            np.concatenate([value for _, _, value in columns]),
            np.concatenate([self._below, empty]),
            np.array(part_fact, dtype=np.int64),
            np.array(part_category, dtype=np.int64),
            np.array(part_value, dtype=np.float64),
            np.array(self._member_fact, dtype=np.int64),
            np.array(self._member, dtype=np.int64),
        )

    def _columns(self) -> Iterator[tuple[Whole, int, Numbers]]:
        """(facts, column, values) of each column."""
        every, said = np.arange(len(self.told)), ~np.isnan(self._value)
        yield every, 0, self._value
        settled = np.array([one.settled for one in self.told], dtype=np.float64)
        yield every, SETTLED, np.where(said, settled, np.nan)
        yield every, SHARED, np.where(said, (self._sizes > 1).astype(np.float64), np.nan)
        ratios, means = (np.flatnonzero((self._how == how) & said) for how in ("ratio", "average"))
        made = np.concatenate([ratios, means])
        yield made, ABOVE, self._value[made]
        yield made, BELOW, np.concatenate([self._below[ratios], np.ones(len(means))])

    def _parts(self) -> tuple[list[int], list[int], list[float]]:
        """The breakdowns of what was told, category by category."""
        fact, category, value = [], [], []
        known = self.categories
        for k in np.flatnonzero(~np.isnan(self._value)).tolist():
            for code, parts in self.told[k].breakdown.items():
                for name, number in parts.items():
                    fact.append(k)
                    category.append(known.setdefault((code, name), len(known)))
                    value.append(float(number))
        return fact, category, value


def numbers(those: Sequence[Number]) -> Numbers:
    """Decimals as the engine takes them; nothing is nan."""
    return np.fromiter((np.nan if one is None else float(one) for one in those), np.float64, len(those))
