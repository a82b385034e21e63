"""The Shapley value (Shapley, 1953): the average of what each player adds, over all orders of arrival."""

import math

import numpy as np

from tiwizi_engine.sharing.game import Game


def shapley(game: Game) -> list[float]:
    """Exact from the table (up to 20 players) and for trees of any size; sampled for large gatherings."""
    return _table(game.as_table(), len(game.players)) if game.structure is None else game.structure.shapley()


def _table(table: np.ndarray, n: int) -> list[float]:
    """Of groups by size s: a player joins one of s others in s! (n - s - 1)! of n! orders."""
    sizes = np.zeros(1, dtype=np.int8)
    for _ in range(n - 1):
        sizes = np.concatenate([sizes, sizes + 1])
    orders = [math.factorial(s) * math.factorial(n - s - 1) / math.factorial(n) for s in range(n)]
    weights = np.array(orders)[sizes]
    shares = []
    for k in range(n):
        # By the players above k, k itself, and the players below: groups without k stand beside those with it.
        pairs = table.reshape(-1, 2, 1 << k)
        shares.append(float(weights @ (pairs[:, 1] - pairs[:, 0]).ravel()))
    return shares
