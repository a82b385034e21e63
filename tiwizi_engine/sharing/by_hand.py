"""Shares that people type: amounts, or weights. Exact whole cents, or a sentence that says what does not fit."""

import math
from collections.abc import Sequence
from fractions import Fraction

from tiwizi_engine.errors import EngineError
from tiwizi_engine.money import split_cents, to_units


def by_amounts(total: int, amounts: Sequence[int], players: int) -> list[int]:
    """Amounts in whole cents, one a player, taken as they are. They have to add up to `total` to the cent.

    Raises `EngineError` that says how much is missing or too much.
    """
    _one_each(amounts, players, "amounts")
    for k, amount in enumerate(amounts):
        if isinstance(amount, bool) or not isinstance(amount, int) or amount < 0:
            raise EngineError(f"amounts[{k}]", f"expected whole cents, 0 or more, got {amount!r}")
    over = sum(amounts) - total
    if over:
        said = f"{to_units(abs(over))} {'more' if over > 0 else 'less'} than the cost of {to_units(total)}"
        raise EngineError("amounts", f"add up to {to_units(sum(amounts))}, {said}")
    return list(amounts)


def by_weights(total: int, weights: Sequence[Fraction | int | float], players: int) -> list[int]:
    """`total` (cents) in proportion to weights, one a player, in whole cents that add up (`split_cents`)."""
    _one_each(weights, players, "weights")
    for k, weight in enumerate(weights):
        if isinstance(weight, bool) or not isinstance(weight, Fraction | int | float) or not 0 <= weight < math.inf:
            raise EngineError(f"weights[{k}]", f"expected a number of 0 or more, got {weight!r}")
    if total and not any(weights):
        raise EngineError("weights", "are all 0: nobody would pay")
    return split_cents(total, weights)


def _one_each(given: Sequence[object], players: int, field: str) -> None:
    if len(given) != players:
        raise EngineError(field, f"expected {players}, one a player, got {len(given)}")
