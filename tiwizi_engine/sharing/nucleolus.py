"""The nucleolus (Schmeidler, 1969): the shares whose least content coalition is as content as can be, then the next.

By a sequence of linear programmes (Kopelowitz, 1967; Maschler, Peleg and Shapley, 1979): raise the least excess, fix
the coalitions that cannot have more (their duals say which), go on until the fixed coalitions determine the shares.
The programmes only say which coalitions bind; the shares are then solved from these alone, to the last digit of floats.
"""

import numpy as np

from tiwizi_engine.errors import EngineError
from tiwizi_engine.sharing.game import Game
from tiwizi_engine.sharing.levels import Levels, payments, rows_of, savings

CLOSE = 1e-7


def nucleolus(game: Game) -> list[float]:
    """The nucleolus over the imputations; where nobody could be kept at its stand-alone number, the prenucleolus.

    Exact up to 20 players from the table; structures of any size in closed form.
    """
    if len(game.players) == 1:
        return [game.total]
    if game.structure is not None:
        return game.structure.nucleolus()
    if len(game.players) == 2:
        return [a + (game.total - sum(game.alone)) / 2 for a in game.alone]
    worth, most = savings(game)
    if not most:
        return list(game.alone)
    saved = _Sequence(worth).run() * most
    sign = 1.0 if game.kind == "cost" else -1.0
    return [a - sign * float(y) for a, y in zip(game.alone, saved, strict=True)]


class _Sequence:
    """What is fixed so far, as equations in the shares and the levels: row · (shares, levels) = worth."""

    def __init__(self, worth: np.ndarray) -> None:
        self.worth, self.n = worth, (len(worth) - 1).bit_length()
        self.levels = Levels(worth, rational=bool(worth[-1] >= -CLOSE))
        self.groups = [len(worth) - 1]
        self.stages = [-1]  # of each group the level that it has above its worth; -1: none
        self.nothing: list[int] = []  # players held at their own number
        # Two directions that no fixed group should feel; fixed numbers, so that the same game gives the same answer.
        self.directions = np.random.default_rng(1).standard_normal((2, self.n))

    def run(self) -> np.ndarray:
        stage = 0
        while np.linalg.matrix_rank(self._rows(), tol=CLOSE) < self.n:
            _, level = self.levels.top()
            groups, players = self.levels.binding()
            if not groups:
                raise EngineError("function", "the nucleolus could not be certified: no coalition binds")
            self.groups += groups
            self.stages += [stage] * len(groups)
            self.nothing += players
            self.levels.fix(groups, players, level, self._determined())
            stage += 1
        return self._solved(stage)

    def _rows(self) -> np.ndarray:
        return np.vstack([rows_of(self.groups, self.n), np.eye(self.n)[self.nothing]])

    def _determined(self) -> np.ndarray:
        """By mask: is what it receives a combination of what the fixed ones receive? They all are orthogonal to the
        directions, less their part along the fixed; others are so with probability 0."""
        _, sizes, basis = np.linalg.svd(self._rows(), full_matrices=False)
        basis = basis[sizes > CLOSE]
        rest = self.directions - self.directions @ basis.T @ basis
        felt: np.ndarray = np.abs(payments(rest[0])) + np.abs(payments(rest[1]))
        return felt < CLOSE

    def _solved(self, stages: int) -> np.ndarray:
        lifted = np.zeros((len(self.groups), stages))
        for row, stage in enumerate(self.stages):
            if stage >= 0:
                lifted[row, stage] = -1.0
        own = np.hstack([np.eye(self.n)[self.nothing], np.zeros((len(self.nothing), stages))])
        left = np.vstack([np.hstack([rows_of(self.groups, self.n), lifted]), own])
        right = np.concatenate([self.worth[self.groups], np.zeros(len(self.nothing))])
        solved, *_ = np.linalg.lstsq(left, right, rcond=None)
        return np.asarray(solved)[: self.n]
