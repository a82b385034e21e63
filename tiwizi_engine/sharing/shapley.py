"""The Shapley value (Shapley, 1953): the average of what each player adds, over all orders of arrival."""

import math

import numpy as np

from tiwizi_engine.sharing.game import Game, Structure


def shapley(game: Game) -> list[float]:
    """Exact: closed forms for airport and tree games of any size, else from the table (up to 20 players)."""
    if game.airport is not None:
        return _airport(game.players, game.airport)
    if game.tree is not None:
        return _tree(game.players, game.tree)
    return _table(game.as_table(), len(game.players))


def _table(table: np.ndarray, n: int) -> list[float]:
    masks = np.arange(1 << n)
    sizes = np.zeros(1 << n, dtype=int)
    for k in range(n):
        sizes += (masks >> k) & 1
    weights = np.array([math.factorial(s) * math.factorial(n - s - 1) / math.factorial(n) for s in range(n)] + [0.0])
    shares = []
    for k in range(n):
        without = masks[(masks >> k) & 1 == 0]
        added = table[without | (1 << k)] - table[without]
        shares.append(float(weights[sizes[without]] @ added))
    return shares


def _airport(players: tuple[str, ...], needs: dict[str, float]) -> list[float]:
    """Each slice of the runway is shared equally by those who need it (Littlechild and Owen, 1973)."""
    order = sorted(range(len(players)), key=lambda k: needs[players[k]])
    shares, paid, reached = [0.0] * len(players), 0.0, 0.0
    for position, k in enumerate(order):
        slice_ = needs[players[k]] - reached
        paid += slice_ / (len(players) - position)
        reached = needs[players[k]]
        shares[k] = paid
    return shares


def _tree(players: tuple[str, ...], tree: Structure) -> list[float]:
    """Each edge is shared equally by those who need it (Megiddo, 1978)."""
    users: dict[str, list[int]] = {name: [] for name in players}
    for k, name in enumerate(players):
        node: str | None = name
        while node is not None:
            users[node].append(k)
            node = tree[node][0]
    shares = [0.0] * len(players)
    for name, (_, cost) in tree.items():
        for k in users[name]:
            shares[k] += cost / len(users[name])
    return shares
