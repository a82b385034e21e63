"""The core: shares to which no coalition objects (Gillies, 1959), and the strongest objection where there is one."""

import numpy as np

from tiwizi_engine.sharing.game import Game
from tiwizi_engine.sharing.linear import minimise

TOLERANCE = 1e-7


def payments(shares: list[float] | np.ndarray) -> np.ndarray:
    """What each coalition pays in all: 2^n sums by bit mask."""
    sums: np.ndarray = np.zeros(1)
    for x in shares:
        sums = np.concatenate([sums, sums + x])
    return sums


def excesses(game: Game, shares: list[float] | np.ndarray) -> np.ndarray:
    """How content each coalition is, by mask: cost minus payment (value: receipt minus value). Negative objects."""
    paid = payments(shares)
    table = game.as_table()
    content: np.ndarray = table - paid if game.kind == "cost" else paid - table
    return content


def worst_objection(game: Game, shares: list[float]) -> tuple[tuple[int, ...], float] | None:
    """The coalition that would gain most by leaving, as positions, and how much; None when nobody objects."""
    n = len(game.players)
    if n == 1:
        return None
    inner = excesses(game, shares)[1:-1]
    worst = int(np.argmin(inner))
    if inner[worst] >= -TOLERANCE * max(1.0, abs(game.total)):
        return None
    mask = worst + 1
    return tuple(k for k in range(n) if mask >> k & 1), float(-inner[worst])


def least_excess(game: Game) -> float:
    """The largest e such that some shares give every proper coalition an excess of at least e (one linear programme).

    The core is non-empty exactly when it is not negative (Bondareva, 1963; Shapley, 1967). 0 for a single player.
    """
    n = len(game.players)
    if n == 1:
        return 0.0
    rows = coalition_rows(n)[1:-1]
    table = game.as_table()
    sign = 1.0 if game.kind == "cost" else -1.0
    # x(S) + e <= c(S) for costs, -x(S) + e <= -v(S) for values; maximise e.
    a = np.hstack([sign * rows, np.ones((len(rows), 1))])
    b = sign * table[1:-1]
    whole = np.append(np.ones(n), 0.0)
    answer = minimise(np.append(np.zeros(n), -1.0), a, b, whole[None, :], np.array([table[-1]]))
    return float(answer.x[-1])


def coalition_rows(n: int) -> np.ndarray:
    """The 2^n × n matrix of who is in which coalition."""
    masks = np.arange(1 << n)
    return ((masks[:, None] >> np.arange(n)) & 1).astype(float)
