"""The Shapley value of a cost function, sampled: for games too large for a table (Castro, Gómez and Tejada, 2009).

Each order of joining gives what every player adds; their mean over random orders is the value. An order and its reverse
count as one sample: who joins early in one joins late in the other, which in games of savings steadies the mean.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from tiwizi_engine.errors import EngineError

Along = Callable[[np.ndarray], np.ndarray]
BATCH = 1_000
STRAY = 1e-9  # of the widest range: rounding of floats


@dataclass(frozen=True)
class Sample:
    """`shares` in the players' order. With probability `certainty` each is within `error` of the exact value."""

    shares: tuple[float, ...]
    error: float
    certainty: float
    orders: int


def each_prefix(cost: Callable[[Sequence[int]], float]) -> Along:
    """A cost function of one coalition (a sequence of positions) as one of growing groups."""

    def along(orders: np.ndarray) -> np.ndarray:
        return np.array([[cost(order[: k + 1]) for k in range(len(order))] for order in orders.tolist()], dtype=float)

    return along


def sampled_shapley(
    players: int,
    along: Along,
    *,
    seed: int = 1,
    orders: int = 100_000,
    certainty: float = 0.99,
    bounds: Sequence[tuple[float, float]] | None = None,
) -> Sample:
    """Shares that add up to the whole, and the error that they may have. The same seed gives the same answer.

    `along` takes orders of joining, one a row (positions, m × players), and returns what the growing group costs after
    each has joined (m × players): so it may count on from one to the next, and for all orders at once. `each_prefix`
    makes one of a function of a coalition.

    `bounds`: between what and what each player adds to any group. By default nothing and its cost alone, which holds
    when costs never fall as a group grows and never exceed the sum of two parts; an order that shows otherwise raises
    `EngineError`. The error is that of Maurer and Pontil (2009, theorem 4), or of Hoeffding (1963) where this is less,
    for all players and both sides at once.
    """
    if players < 1 or orders < 4 or not 0 < certainty < 1:
        raise EngineError("orders", "expected a player or more, 4 orders or more, and a certainty between 0 and 1")
    low, high = _bounds(players, along, bounds)
    rng = np.random.default_rng(seed)
    pairs, sums, squares = orders // 2, np.zeros(players), np.zeros(players)
    for start in range(0, pairs, BATCH):
        drawn = rng.permuted(np.tile(np.arange(players), (min(BATCH, pairs - start), 1)), axis=1)
        added = (_added(along, drawn, low, high) + _added(along, drawn[:, ::-1], low, high)) / 2 - low
        sums += added.sum(axis=0)
        squares += (added**2).sum(axis=0)
    means = sums / pairs
    variance = np.maximum(0.0, squares - pairs * means**2) / (pairs - 1)
    error = _error(variance, high - low, pairs, 1 - certainty)
    return Sample(tuple((means + low).tolist()), error, certainty, 2 * pairs)


def _bounds(players: int, along: Along, bounds: Sequence[tuple[float, float]] | None) -> tuple[np.ndarray, np.ndarray]:
    if bounds is None:
        # Each alone: the first step of the order that it begins.
        firsts = np.array([np.roll(np.arange(players), -k) for k in range(players)])
        return np.zeros(players), along(firsts)[:, 0]
    if len(bounds) != players or not all(low <= high for low, high in bounds):
        raise EngineError("bounds", f"expected {players} pairs, the smaller number first")
    return np.array([low for low, _ in bounds], dtype=float), np.array([high for _, high in bounds], dtype=float)


def _added(along: Along, orders: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """What each player adds in each order: m × players, by player."""
    costs = along(orders)
    if costs.shape != orders.shape or not np.isfinite(costs).all():
        raise EngineError("along", f"expected {orders.shape[0]} × {orders.shape[1]} numbers, one a growing group")
    added = np.empty(costs.shape)
    np.put_along_axis(added, orders, np.diff(costs, axis=1, prepend=0.0), axis=1)
    slack = STRAY * max(1e-300, float(np.abs(costs).max()))
    stray = np.argwhere((added < low - slack) | (added > high + slack))
    if len(stray):
        row, k = stray[0]
        raise EngineError(
            f"bounds[{k}]", f"player {k} adds {added[row, k]:g}, not between {low[k]:g} and {high[k]:g}: give bounds"
        )
    return added


def _error(variance: np.ndarray, width: np.ndarray, samples: int, doubt: float) -> float:
    """The largest error of any player, but with probability `doubt`: a bound a player, side and kind of bound."""
    odds = math.log(2 * 2 * len(width) / doubt)
    hoeffding = width * math.sqrt(odds / (2 * samples))
    bernstein = np.sqrt(2 * variance * (odds + math.log(2)) / samples) + 7 * width * (odds + math.log(2)) / (
        3 * (samples - 1)
    )
    return float(np.minimum(hoeffding, bernstein).max())
