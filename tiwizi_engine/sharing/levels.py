"""The linear programme behind core and nucleolus: raise the least excess of the groups that are still free.

In savings over acting alone, so that a player's own number is 0 and tolerances mean the same in every game. It starts
with few groups; those that its answer leaves worst off are found by a scan of all 2^n excesses and added, until there
are none (row generation; Hallefjord, Helming and Jörnsten, 1995).
"""

from collections.abc import Iterable, Sequence

import highspy
import numpy as np

from tiwizi_engine.errors import EngineError
from tiwizi_engine.sharing.game import Game
from tiwizi_engine.solver import INFINITY, new_solver

CLOSE = 1e-9
BINDS = 1e-7  # least dual of a group that cannot have more


def payments(shares: Sequence[float] | np.ndarray) -> np.ndarray:
    """What each coalition pays in all: 2^n sums by bit mask."""
    sums: np.ndarray = np.zeros(1 << len(shares))
    for k, x in enumerate(shares):
        sums[1 << k : 2 << k] = sums[: 1 << k] + x
    return sums


def savings(game: Game) -> tuple[np.ndarray, float]:
    """What each coalition saves over its players alone (value games: gains), as parts of the most any saves or loses;
    and that most. All 0 and 0 when nobody saves or loses anything (but for rounding of floats).
    """
    table = game.as_table()
    saved = payments(game.alone) - table if game.kind == "cost" else table - payments(game.alone)
    most = float(np.abs(saved).max())
    if most <= 1e-13 * float(np.abs(table).max()):
        return np.zeros(len(saved)), 0.0
    return saved / most, most


def rows_of(masks: Iterable[int], n: int) -> np.ndarray:
    """Who is in which coalition: a row of 0 and 1 for each mask."""
    return ((np.fromiter(masks, dtype=np.int64)[:, None] >> np.arange(n)) & 1).astype(float)


class Levels:
    """Maximise e: every free group S receives at least its worth and e; all together receive what all save.

    `worth`: 2^n numbers by bit mask, 0 for single players. `rational`: nobody receives less than 0.
    """

    def __init__(self, worth: np.ndarray, rational: bool) -> None:
        self.worth, self.n = worth, (len(worth) - 1).bit_length()
        self.free = np.ones(len(worth), dtype=bool)
        self.free[[0, -1]] = False
        self.masks: list[int] = []  # of the rows after the first
        self.held: set[int] = set()  # rows that are fixed or bind no more
        self.h = new_solver(solver="simplex", primal_feasibility_tolerance=CLOSE, dual_feasibility_tolerance=CLOSE)
        n = self.n
        for _ in range(n):
            self.h.addVar(0.0 if rational else -INFINITY, INFINITY)
        self.h.addVar(-INFINITY, INFINITY)
        self.h.changeColCost(n, -1.0)
        self.h.addRow(worth[-1], worth[-1], n, np.arange(n, dtype=np.int32), np.ones(n))
        ones = [1 << k for k in range(n)]
        self._add(sorted({*ones, *(len(worth) - 1 - m for m in ones)} - {0, len(worth) - 1}))

    def _add(self, masks: Sequence[int]) -> None:
        """Rows x(S) - e >= worth(S)."""
        filled = np.hstack([rows_of(masks, self.n), np.full((len(masks), 1), -1.0)])
        starts = np.concatenate([[0], np.cumsum((filled != 0).sum(axis=1))])
        row, column = np.nonzero(filled)
        self.h.addRows(
            len(masks),
            self.worth[list(masks)],
            np.full(len(masks), INFINITY),
            len(row),
            starts[:-1].astype(np.int32),
            column.astype(np.int32),
            filled[row, column],
        )
        self.masks += masks

    def top(self) -> tuple[np.ndarray, float]:
        """The shares and the level at which no free group can be raised further without another falling below."""
        known = set(self.masks)
        while True:
            self.h.run()
            if self.h.getModelStatus() != highspy.HighsModelStatus.kOptimal:
                raise EngineError("function", "the numbers are too far apart for the linear programme")
            values = np.array(self.h.getSolution().col_value)
            shares, level = values[:-1], float(values[-1])
            content = np.where(self.free, payments(shares) - self.worth, np.inf)
            most = min(3 * self.n, len(content) - 1)
            worst = np.argpartition(content, most)[: most + 1]
            found = [m for m in worst[content[worst] < level - CLOSE].tolist() if m not in known]
            if not found:
                return shares, level
            self._add(found)
            known.update(found)

    def binding(self) -> tuple[list[int], list[int]]:
        """Groups that cannot have more than the level, and players who cannot have more than 0, by their duals."""
        answer = self.h.getSolution()
        groups = np.flatnonzero(np.abs(np.array(answer.row_dual)[1:]) > BINDS).tolist()
        players = np.flatnonzero(np.abs(np.array(answer.col_dual)[: self.n]) > BINDS).tolist()
        return [self.masks[k] for k in groups if self.free[self.masks[k]]], players

    def fix(self, masks: Sequence[int], players: Sequence[int], level: float, determined: np.ndarray) -> None:
        """From now on these groups receive their worth and this level, these players 0, no more and no less.

        `determined`, by mask: what others receive follows from what is fixed; their rows bind no more.
        """
        for k in players:
            self.h.changeColBounds(k, 0.0, 0.0)
        self.free &= ~determined
        for row, mask in enumerate(self.masks, start=1):
            if mask in masks:
                self.h.changeCoeff(row, self.n, 0.0)
                self.h.changeRowBounds(row, self.worth[mask] + level, self.worth[mask] + level)
                self.held.add(row)
            elif determined[mask] and row not in self.held:
                self.h.changeRowBounds(row, -INFINITY, INFINITY)
                self.held.add(row)
