"""The core: shares to which no coalition objects (Gillies, 1959), and the strongest objection where there is one."""

from collections.abc import Sequence

import numpy as np

from tiwizi_engine.sharing.game import Game
from tiwizi_engine.sharing.levels import Levels, payments, savings

TOLERANCE = 1e-7  # of what all together cost: less is rounding of floats, not an objection


def excesses(game: Game, shares: Sequence[float] | np.ndarray) -> np.ndarray:
    """How content each coalition is, by mask: cost minus payment (value: receipt minus value). Negative objects."""
    paid = payments(shares)
    table = game.as_table()
    content: np.ndarray = table - paid if game.kind == "cost" else paid - table
    return content


def worst_objection(game: Game, shares: Sequence[float]) -> tuple[tuple[int, ...], float] | None:
    """The coalition that would gain most by leaving, as positions, and how much; None when nobody objects.

    Of coalitions that gain the same, the smallest; of these the one whose players stand first. Structures of any size.
    """
    n = len(game.players)
    if n == 1:
        return None
    least = TOLERANCE * max(1.0, abs(game.total))
    if game.structure is not None:
        group, gain = game.structure.objection(shares)
        return (group, gain) if gain > least else None
    inner = excesses(game, shares)[1:-1]
    gain = -float(inner.min())
    if gain <= least:
        return None
    equals = (np.flatnonzero(inner <= inner.min() + least * 1e-3) + 1).tolist()
    groups = [tuple(k for k in range(n) if mask >> k & 1) for mask in equals]
    return min(groups, key=lambda group: (len(group), group)), gain


def least_excess(game: Game) -> float:
    """The largest e such that some shares give every proper coalition an excess of at least e (one linear programme).

    The core is non-empty exactly when it is not negative (Bondareva, 1963; Shapley, 1967). 0 for a single player.
    """
    if len(game.players) == 1:
        return 0.0
    if game.structure is not None:
        return game.structure.least_excess
    worth, most = savings(game)
    return Levels(worth, rational=False).top()[1] * most if most else 0.0
