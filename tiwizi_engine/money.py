"""Whole cents, and splitting them exactly."""

import math
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from tiwizi_engine.errors import EngineError


def to_cents(value: object, field: str) -> int:
    """A JSON number of whole units, with at most two decimals, as cents. Exact: no float arithmetic."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise EngineError(field, f"expected an amount of money, got {value!r}")
    try:
        cents = Decimal(str(value)) * 100
    except InvalidOperation:
        raise EngineError(field, f"expected an amount of money, got {value!r}") from None
    if not cents.is_finite() or cents != cents.to_integral_value():
        raise EngineError(field, f"expected an amount with at most two decimals, got {value!r}")
    return int(cents)


def to_units(cents: int) -> int | float:
    """Cents as a JSON number: whole when whole, else two decimals (exact to read back by `to_cents`)."""
    return cents // 100 if cents % 100 == 0 else cents / 100


def split_cents(total: int, weights: Sequence[Fraction | int | float]) -> list[int]:
    """Split whole cents by weights; the parts add up to `total` exactly.

    Largest remainder (Hamilton), see `round_cents`. Weights are non-negative and not all zero (unless `total` is 0).
    """
    if not all(-math.inf < w < math.inf for w in weights):
        raise EngineError("weights", "expected non-negative weights, not all zero")
    exact = [Fraction(w) for w in weights]
    whole = sum(exact, Fraction(0))
    if any(w < 0 for w in exact) or (whole == 0 and total):
        raise EngineError("weights", "expected non-negative weights, not all zero")
    if whole == 0:
        return [0] * len(exact)
    return round_cents(total, [w * total / whole for w in exact])


def round_cents(total: int, exact: Sequence[Fraction | float]) -> list[int]:
    """Exact amounts in cents, which add up to `total` but for rounding, as whole cents that add up to it exactly.

    Each is rounded down, then the cents that are left go one each to the largest remainders, ties to the earlier. A
    larger amount never gets less than a smaller one.
    """
    if not all(-math.inf < x < math.inf for x in exact):
        raise EngineError("total", "the parts are not all numbers")
    floors = [math.floor(x) for x in exact]
    left = total - sum(floors)
    if not 0 <= left <= len(floors):
        raise EngineError("total", f"the parts add up to {float(sum(exact))}, not to {total}")
    order = sorted(range(len(floors)), key=lambda i: (floors[i] - exact[i], i))
    for i in order[:left]:
        floors[i] += 1
    return floors
