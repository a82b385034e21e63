"""The nucleolus (Schmeidler, 1969): the shares whose least content coalition is as content as can be, then the next.

By a sequence of linear programmes (Kopelowitz, 1967; Maschler, Peleg and Shapley, 1979): raise the least excess, fix
the coalitions that cannot have more (their duals say which), go on until the fixed coalitions determine the shares.
`is_nucleolus` certifies a result by Kohlberg's criterion (Kohlberg, 1971): at each level of excess, the coalitions at
or below it are balanced.
"""

import numpy as np

from tiwizi_engine.errors import EngineError
from tiwizi_engine.sharing.core import coalition_rows, excesses
from tiwizi_engine.sharing.game import Game
from tiwizi_engine.sharing.linear import minimise

CLOSE = 1e-7


def nucleolus(game: Game) -> list[float]:
    """The nucleolus over the imputations; where nobody could be kept at its stand-alone number, the prenucleolus.

    Up to about 14 players in a second. Scaled to the grand coalition inside, so that tolerances mean the same.
    """
    n = len(game.players)
    if n == 1:
        return [game.total]
    scale = float(max(np.abs(game.as_table()).max(), 1e-12))
    # A value game is the cost game of its negative.
    costs = game.as_table() / scale * (1.0 if game.kind == "cost" else -1.0)
    shares = _sequence(costs, n)
    return [float(x) * scale * (1.0 if game.kind == "cost" else -1.0) for x in shares]


def _sequence(costs: np.ndarray, n: int) -> np.ndarray:
    rows = coalition_rows(n)
    inner = np.arange(1, (1 << n) - 1)
    singles = np.array([1 << k for k in range(n)])
    rational = costs[singles].sum() >= costs[-1] - CLOSE
    fixed_rows, fixed_levels = [rows[-1]], [costs[-1]]
    free = np.ones(1 << n, dtype=bool)
    free[[0, -1]] = False
    while np.linalg.matrix_rank(np.array(fixed_rows), tol=CLOSE) < n:
        open_ = inner[free[inner]]
        limits = singles if rational else singles[:0]
        a = np.vstack(
            [np.hstack([rows[open_], np.ones((len(open_), 1))]), np.hstack([rows[limits], np.zeros((len(limits), 1))])]
        )
        b = np.concatenate([costs[open_], costs[limits]])
        a_eq = np.hstack([np.array(fixed_rows), np.zeros((len(fixed_rows), 1))])
        answer = minimise(np.append(np.zeros(n), -1.0), a, b, a_eq, np.array(fixed_levels))
        level = answer.x[n]
        tight = np.flatnonzero(np.abs(answer.duals) > CLOSE)
        if not len(tight):
            raise EngineError("function", "the nucleolus could not be certified: no coalition binds")
        for k in tight:
            fixed_rows.append(a[k][:n])
            fixed_levels.append(b[k] - (level if a[k][n] else 0.0))
        _close(free, rows, fixed_rows, inner)
    solved, *_ = np.linalg.lstsq(np.array(fixed_rows), np.array(fixed_levels), rcond=None)
    return np.asarray(solved)


def _close(free: np.ndarray, rows: np.ndarray, fixed_rows: list[np.ndarray], inner: np.ndarray) -> None:
    """Coalitions whose payment the fixed ones already determine are no longer free to be raised."""
    rank = np.linalg.matrix_rank(np.array(fixed_rows), tol=CLOSE)
    u, _, _ = np.linalg.svd(np.array(fixed_rows).T, full_matrices=False)
    basis = u[:, :rank]
    candidates = inner[free[inner]]
    rest = rows[candidates] - (rows[candidates] @ basis) @ basis.T
    free[candidates[np.abs(rest).max(axis=1) < CLOSE]] = False


def is_nucleolus(game: Game, shares: list[float], tolerance: float = 1e-6) -> bool:
    """Kohlberg's criterion: at every level of excess, the coalitions at or below it are balanced.

    Tested by linear programmes that share nothing with the search above. For games whose shares keep every player at or
    below its stand-alone number with room to spare (the usual case), where nucleolus and prenucleolus are the same.
    """
    n = len(game.players)
    if n == 1:
        return abs(shares[0] - game.total) <= tolerance
    content = excesses(game, shares)
    rows = coalition_rows(n)
    inner = np.arange(1, (1 << n) - 1)
    scale = max(1.0, float(np.abs(game.as_table()).max()))
    for level in np.unique(np.round(content[inner] / scale, 9)) * scale:
        below = rows[inner[content[inner] <= level + tolerance * scale]]
        if not _balanced(below, n):
            return False
        if np.linalg.matrix_rank(below) == n:
            return True
    return True


def _balanced(below: np.ndarray, n: int) -> bool:
    """No side payment y with y(N) = 0 and y(S) >= 0 for all S below may give any of them more than 0."""
    box = np.vstack([-below, np.eye(n), -np.eye(n)])
    limits = np.concatenate([np.zeros(len(below)), np.ones(2 * n)])
    answer = minimise(-below.sum(axis=0), box, limits, np.ones((1, n)), np.zeros(1))
    return bool(below.sum(axis=0) @ answer.x < 1e-6)
