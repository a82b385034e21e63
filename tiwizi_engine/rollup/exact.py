"""Exact sums of decimals, in any order: a number is the decimal that it is written as, counted in whole units.

An indicator with at most `k` decimals is counted in units of 10^-k. Units are whole numbers of 64 bits, which share
their word with a count of facts (`count_bits`). While all units of an indicator together stay below 2^52, and leave
the count its bits, they are added as they are. Where they do not, each number is cut into limbs, which are added apart.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Whole = NDArray[np.integer[Any]]
Words = TypeVar("Words", int, Whole)

LARGEST = 2.0**53  # of a single number: above, floats lose whole units
BOUND = 52  # bits of all units of an indicator together
SURE = 2.0**50  # below, a decimal and its float determine each other
QUICK = 6  # decimals that are found without looking at digits
LIMB = 24  # bits of a limb, where counts leave as many
WORD = 62  # bits of units and count together; one more is for the sign, one stays free


def decimals_of(values: Numbers) -> Whole:
    """How many decimals each number is written with (its shortest form that reads back the same)."""
    found = np.zeros(len(values), dtype=np.int64)
    left = np.flatnonzero(np.rint(values) != values)
    for k in range(1, QUICK + 1):
        units = np.rint(values[left] * 10.0**k)
        good = (units / 10.0**k == values[left]) & (np.abs(units) < SURE)
        found[left[good]] = k
        left = left[~good]
    for at in left.tolist():
        found[at] = max(0, -int(Decimal(repr(float(values[at]))).as_tuple().exponent))
    return found


def units_of(value: float, decimals: int) -> int:
    """A number in whole units of 10^-decimals."""
    whole: Fraction = exact(value) * 10**decimals
    return whole.numerator


@dataclass(frozen=True)
class Units:
    """For each indicator: `decimals`, in how many `limbs` it is counted (1: as it is), units so far (`used`; a total
    has a number at most once, a latest one too). `count_bits` are kept free below the units.
    """

    decimals: Whole
    limbs: Whole
    used: Numbers
    count_bits: int

    @classmethod
    def of(cls, numbers: Sequence[tuple[Whole, Numbers]], indicators: int, count_bits: int) -> "Units":
        """Those that hold all these numbers, each of the indicator beside it."""
        decimals = np.zeros(indicators, dtype=np.int64)
        used = np.zeros(indicators)
        for indicator, values in numbers:
            written = decimals_of(values)
            some = np.flatnonzero(written)
            np.maximum.at(decimals, indicator[some], written[some])
            used += np.bincount(indicator, np.abs(values), minlength=indicators)
        with np.errstate(over="ignore"):
            used *= 10.0 ** np.minimum(decimals, 300)
        units = cls(decimals, np.ones(indicators, dtype=np.int64), used, count_bits)
        for one in np.flatnonzero((decimals > QUICK) | (used >= units.bound)).tolist():
            its = [value for indicator, values in numbers for value in values[indicator == one].tolist()]
            largest = max((abs(units_of(value, int(decimals[one]))) for value in its), default=0)
            units.limbs[one] = max(2, -(-largest.bit_length() // units.limb))
        return units

    @property
    def bound(self) -> float:
        """All units of an indicator that is not cut stay below."""
        return float(2.0 ** min(BOUND, WORD - self.count_bits))

    @property
    def limb(self) -> int:
        """Bits of a limb: as many limbs as can be counted may be added."""
        return min(LIMB, WORD - 2 * self.count_bits)

    @property
    def factor(self) -> Numbers:
        """Units in 1, of an indicator that is not cut (of others it means nothing)."""
        found: Numbers = 10.0 ** np.minimum(self.decimals, QUICK)
        return found

    def amounts(self, words: Words) -> Words:
        """The units of words."""
        return words >> self.count_bits

    def counts(self, words: Words) -> Words:
        """How many facts told each word."""
        return words & ((1 << self.count_bits) - 1)

    def hold(self, indicator: int, values: Numbers) -> bool:
        """May these numbers be added to the indicator as things are? If so they are counted as used."""
        if not len(values):
            return True
        decimals = int(self.decimals[indicator])
        if int(decimals_of(values).max()) > decimals:
            return False
        if self.limbs[indicator] > 1:
            most = max(abs(units_of(value, decimals)) for value in values.tolist())
            return most.bit_length() <= self.limb * int(self.limbs[indicator])
        self.used[indicator] += float(np.abs(values).sum() * 10.0**decimals)
        return bool(self.used[indicator] < self.bound)

    def cut(self, indicator: Whole, values: Numbers) -> Iterator[tuple[int, Whole | slice, Whole]]:
        """(limb, positions, units of that limb). Limb 0 has all positions."""
        wide = np.flatnonzero(self.limbs[indicator] > 1) if (self.limbs > 1).any() else np.zeros(0, dtype=np.int64)
        whole = [units_of(values[at], int(self.decimals[indicator[at]])) for at in wide.tolist()]
        # A wide number has no units of its own: it may be larger than a word.
        factor = np.where(self.limbs > 1, 0.0, self.factor)
        first = (np.rint(values * factor[indicator]) if (factor != 1).any() else values).astype(np.int64)
        first[wide] = [_limb(one, 0, self.limb) for one in whole]
        yield 0, slice(None), first
        for limb in range(1, int(self.limbs.max(initial=1))):
            those = np.flatnonzero(self.limbs[indicator[wide]] > limb)
            parts = [_limb(whole[k], limb, self.limb) for k in those.tolist()]
            yield limb, wide[those], np.array(parts, dtype=np.int64)

    def joined(self, limbs: list[int]) -> int:
        """The whole number whose limbs these are (sums of limbs may be larger than a limb)."""
        return sum(part << (self.limb * k) for k, part in enumerate(limbs))


def _limb(whole: int, limb: int, bits: int) -> int:
    part = (abs(whole) >> (bits * limb)) & ((1 << bits) - 1)
    return -part if whole < 0 else part


def written(whole: int, parts: int) -> int | float:
    """whole / parts as a JSON number: whole when it is whole, else the nearest float."""
    return whole // parts if whole % parts == 0 else whole / parts


def exact(value: float) -> Fraction:
    """The decimal that a number is written as."""
    return Fraction(Decimal(repr(float(value))))
