"""A small dense linear programme by HiGHS."""

from dataclasses import dataclass

import highspy
import numpy as np

from tiwizi_engine.errors import EngineError
from tiwizi_engine.solver import new_solver


@dataclass(frozen=True)
class Answer:
    """An optimal point."""

    x: np.ndarray


def minimise(cost: np.ndarray, a: np.ndarray, b: np.ndarray, a_eq: np.ndarray, b_eq: np.ndarray) -> Answer:
    """min cost·x with a x <= b, a_eq x = b_eq, x free."""
    rows = np.vstack([a, a_eq]) if len(a) else a_eq
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(cost), len(rows)
    lp.col_cost_ = cost
    lp.col_lower_, lp.col_upper_ = np.full(len(cost), -highspy.kHighsInf), np.full(len(cost), highspy.kHighsInf)
    lp.row_lower_ = np.concatenate([np.full(len(a), -highspy.kHighsInf), b_eq])
    lp.row_upper_ = np.concatenate([b, b_eq])
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    filled = rows != 0
    lp.a_matrix_.start_ = np.concatenate([[0], np.cumsum(filled.sum(axis=1))]).astype(np.int32)
    lp.a_matrix_.index_ = np.nonzero(filled)[1].astype(np.int32)
    lp.a_matrix_.value_ = rows[filled]
    h = new_solver(solver="simplex", primal_feasibility_tolerance=1e-9, dual_feasibility_tolerance=1e-9)
    h.passModel(lp)
    h.run()
    if h.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        raise EngineError("function", "the numbers are too far apart for the linear programme")
    return Answer(np.array(h.getSolution().col_value))
