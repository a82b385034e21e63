"""Exact sums of decimals, in any order: a number is the decimal that it is written as, counted in whole units.

An indicator with at most `k` decimals is counted in units of 10^-k. While all its units together stay below 2^52,
adding them as floats is exact, whatever the order. Where they do not, each number is cut into limbs of 24 bits, which
are added apart.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Whole = NDArray[np.integer[Any]]

LARGEST = 2.0**53  # of a single number: above, floats lose whole units
BOUND = 2.0**52  # of all units of an indicator together
SURE = 2.0**50  # below, a decimal and its float determine each other
QUICK = 6  # decimals that are found without looking at digits
LIMB = 24


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
    """For each indicator: `decimals`, in how many `limbs` it is counted (1: as it is), units so far (`used`)."""

    decimals: Whole
    limbs: Whole
    used: Numbers

    @classmethod
    def of(cls, indicator: Whole, values: Numbers, indicators: int) -> "Units":
        """Those that hold all these numbers, each of the indicator beside it."""
        decimals = np.zeros(indicators, dtype=np.int64)
        limbs = np.ones(indicators, dtype=np.int64)
        written = decimals_of(values)
        some = np.flatnonzero(written)
        np.maximum.at(decimals, indicator[some], written[some])
        with np.errstate(over="ignore"):
            sizes = np.abs(values) * 10.0 ** np.minimum(decimals, 300)[indicator] if len(some) else np.abs(values)
        used = np.bincount(indicator, sizes, minlength=indicators)
        for one in np.flatnonzero((decimals > QUICK) | (used >= BOUND)).tolist():
            largest = max(
                (abs(units_of(value, int(decimals[one]))) for value in values[indicator == one].tolist()), default=0
            )
            limbs[one] = max(2, -(-largest.bit_length() // LIMB))
        return cls(decimals, limbs, used.astype(np.float64))

    def hold(self, indicator: int, values: Numbers) -> bool:
        """May these numbers be added to the indicator as things are? If so they are counted as used."""
        if not len(values):
            return True
        decimals = int(self.decimals[indicator])
        if int(decimals_of(values).max()) > decimals:
            return False
        if self.limbs[indicator] > 1:
            most = max(abs(units_of(value, decimals)) for value in values.tolist())
            return most.bit_length() <= LIMB * int(self.limbs[indicator])
        self.used[indicator] += float(np.abs(values).sum() * 10.0**decimals)
        return bool(self.used[indicator] < BOUND)

    def cut(self, indicator: Whole, values: Numbers) -> Iterator[tuple[int, Whole | slice, Numbers]]:
        """(limb, positions, units of that limb). Limb 0 has all positions."""
        factor = 10.0 ** np.minimum(self.decimals, QUICK)
        first = np.rint(values * factor[indicator]) if (factor > 1).any() else values
        if not (self.limbs > 1).any():
            yield 0, slice(None), first
            return
        wide = np.flatnonzero(self.limbs[indicator] > 1)
        whole = [units_of(values[at], int(self.decimals[indicator[at]])) for at in wide.tolist()]
        first = first.copy()
        first[wide] = [_limb(one, 0) for one in whole]
        yield 0, slice(None), first
        for limb in range(1, int(self.limbs.max())):
            those = np.flatnonzero(self.limbs[indicator[wide]] > limb)
            yield limb, wide[those], np.array([_limb(whole[k], limb) for k in those.tolist()], dtype=np.float64)


def _limb(whole: int, limb: int) -> int:
    part = (abs(whole) >> (LIMB * limb)) & ((1 << LIMB) - 1)
    return -part if whole < 0 else part


def joined(limbs: list[float]) -> int:
    """The whole number whose limbs these are (sums of limbs may be larger than a limb)."""
    return sum(int(part) << (LIMB * k) for k, part in enumerate(limbs))


def written(whole: int, parts: int) -> int | float:
    """whole / parts as a JSON number: whole when it is whole, else the nearest float."""
    return whole // parts if whole % parts == 0 else whole / parts


def exact(value: float) -> Fraction:
    """The decimal that a number is written as."""
    return Fraction(Decimal(repr(float(value))))
