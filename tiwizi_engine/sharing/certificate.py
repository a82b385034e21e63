"""Kohlberg's criterion (Kohlberg, 1971): are these the nucleolus? By other programmes than those that find it."""

from collections.abc import Iterator, Sequence

import numpy as np

from tiwizi_engine.sharing.core import excesses
from tiwizi_engine.sharing.game import Game
from tiwizi_engine.sharing.levels import rows_of
from tiwizi_engine.sharing.linear import minimise

SURE = 1e-6


def is_nucleolus(game: Game, shares: Sequence[float], tolerance: float = 1e-7) -> bool:
    """At every level of excess: no side payment that harms no coalition at or below it, nor takes from a player who is
    at its stand-alone number, helps any of these coalitions.

    That is the criterion over imputations: the players at their own numbers stand beside the collection and need not be
    helped. Where the stand-alone numbers do not pay for all, it certifies the prenucleolus. `tolerance` is relative to
    the most that any coalition saves: excesses nearer than this are one level.
    """
    n, sign = len(game.players), 1.0 if game.kind == "cost" else -1.0
    own = sign * (np.array(game.alone) - np.array(shares))
    hair = 1e-12 * float(np.abs(game.as_table()).max())
    close = max(tolerance * float(np.abs(excesses(game, game.alone)).max()), hair)
    if abs(sum(shares) - game.total) > close:
        return False
    rational = sign * (sum(game.alone) - game.total) >= -close
    if rational and own.min() < -close:
        return False
    poor = np.eye(n)[own <= close] if rational else np.zeros((0, n))
    fixed = np.ones((1, n))
    for level in _levels(excesses(game, shares), n, close):
        if np.linalg.matrix_rank(fixed, tol=SURE) == n:
            return True
        fresh = _outside(level, fixed)
        if len(fresh) and not _helps_none(fresh, poor, fixed):
            return False
        fixed = np.vstack([fixed, fresh])
    return True


def _levels(content: np.ndarray, n: int, close: float) -> Iterator[np.ndarray]:
    """The proper coalitions as rows, those of one excess at a time, least content first."""
    order = np.argsort(content[1:-1], kind="stable") + 1
    steps = np.flatnonzero(np.diff(content[order]) > close) + 1
    for masks in np.split(order, steps):
        yield rows_of(masks.tolist(), n)


def _outside(rows: np.ndarray, fixed: np.ndarray) -> np.ndarray:
    """Coalitions whose payment the fixed ones do not determine: the others cannot be helped or harmed any more."""
    _, sizes, basis = np.linalg.svd(fixed, full_matrices=False)
    basis = basis[sizes > SURE]
    kept: np.ndarray = rows[np.abs(rows - rows @ basis.T @ basis).max(axis=1) > SURE]
    return kept


def _helps_none(rows: np.ndarray, poor: np.ndarray, fixed: np.ndarray) -> bool:
    """Every y with y(S) = 0 for the fixed, y(S) >= 0 for these and y(k) >= 0 for the poor has y(S) = 0 for these."""
    n = rows.shape[1]
    below = np.vstack([-rows, -poor, np.eye(n), -np.eye(n)])
    limits = np.concatenate([np.zeros(len(rows) + len(poor)), np.ones(2 * n)])
    answer = minimise(-rows.sum(axis=0), below, limits, fixed, np.zeros(len(fixed)))
    return bool(rows.sum(axis=0) @ answer.x < SURE)
