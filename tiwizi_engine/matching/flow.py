"""Flows from many sources to many sinks, best by several aims in turn, with whole numbers.

The rows of such a programme are those of a bipartite graph, so every vertex of it is whole (Hoffman and Kruskal 1956).
After each aim its optimal face is described by what its prices say: an arc with a reduced cost stays at its bound, a
row with a price stays full (complementary slackness). That leaves a programme of the same form for the next aim, so
no large weights are needed to put one aim before another.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray

from tiwizi_engine.errors import EngineError
from tiwizi_engine.solver import new_solver

Whole = NDArray[np.int64]
PRICED = 0.5  # costs are whole, so are prices: below is noise


@dataclass(frozen=True)
class Arcs:
    """One arc for each entry of `source` and `sink`; what each source and each sink holds at most."""

    source: Whole
    sink: Whole
    supply: Whole
    room: Whole


def flow(arcs: Arcs, aims: Sequence[Whole]) -> Whole:
    """How much goes along each arc: the least of the first aim, then of the second... Each aim: whole cost per arc.

    The first aim is to be the same on every arc: as much, or as little, as can be.

    Raises `EngineError` when the solver does not prove its answer.
    """
    if not len(arcs.source):
        return np.zeros(0, dtype=np.int64)
    h = new_solver(solver="simplex")
    lp = _programme(arcs)
    for k, aim in enumerate(aims):
        if k and aim.min() == aim.max():
            continue  # the first aim has settled how much flows in all, so nothing is left to choose
        lp.col_cost_ = aim.astype(float)
        h.passModel(lp)
        h.run()
        if h.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            raise EngineError("solver", f"no best flow was found: {h.modelStatusToString(h.getModelStatus())}")
        found = _whole(h)
        _stay_on_face(lp, h, found)
    return found


def _programme(arcs: Arcs) -> highspy.HighsLp:
    lp = highspy.HighsLp()
    many, sources = len(arcs.source), len(arcs.supply)
    lp.num_col_, lp.num_row_ = many, sources + len(arcs.room)
    lp.col_lower_ = np.zeros(many)
    lp.col_upper_ = np.minimum(arcs.supply[arcs.source], arcs.room[arcs.sink]).astype(float)
    lp.row_lower_ = np.zeros(lp.num_row_)
    lp.row_upper_ = np.concatenate([arcs.supply, arcs.room]).astype(float)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = np.arange(0, 2 * many + 1, 2)
    lp.a_matrix_.index_ = np.column_stack([arcs.source, sources + arcs.sink]).ravel().astype(np.int32)
    lp.a_matrix_.value_ = np.ones(2 * many)
    return lp


def _whole(h: highspy.Highs) -> Whole:
    exact = np.array(h.getSolution().col_value)
    found: Whole = np.rint(exact).astype(np.int64)
    if np.abs(exact - found).max() > 1e-5:
        raise EngineError("solver", "a flow came back in parts, which its vertices do not have")
    return found


def _stay_on_face(lp: highspy.HighsLp, h: highspy.Highs, found: Whole) -> None:
    solution = h.getSolution()
    lower, upper = np.array(lp.col_lower_), np.array(lp.col_upper_)
    priced = np.abs(np.array(solution.col_dual)) > PRICED
    lower[priced] = upper[priced] = found[priced]
    full = np.abs(np.array(solution.row_dual)) > PRICED
    rows = np.array(lp.row_lower_)
    rows[full] = np.rint(np.array(solution.row_value))[full]
    ends = np.array(lp.row_upper_)
    ends[full] = rows[full]
    lp.col_lower_, lp.col_upper_, lp.row_lower_, lp.row_upper_ = lower, upper, rows, ends
