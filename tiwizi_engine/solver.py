"""HiGHS, as the engine uses it: silent, one thread, every option checked."""

from typing import Any

import highspy
import numpy as np

from tiwizi_engine.errors import EngineError

INFINITY = highspy.kHighsInf


def new_solver(**options: Any) -> highspy.Highs:
    """A solver with its options set; an option that is not accepted is an error, not a silent default."""
    h = highspy.Highs()  # type: ignore[no-untyped-call]
    for name, value in ({"output_flag": False, "threads": 1} | options).items():
        if h.setOptionValue(name, value) != highspy.HighsStatus.kOk:
            raise EngineError("solver", f"option {name}={value!r} was not accepted")
    return h


def row_matrix(lp: highspy.HighsLp, rows: list[dict[int, float]]) -> None:
    """Give a model its rows, each a mapping of variable to coefficient."""
    lp.num_row_ = len(rows)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.cumsum([0] + [len(row) for row in rows])
    lp.a_matrix_.index_ = np.array([v for row in rows for v in row], dtype=np.int32)
    lp.a_matrix_.value_ = np.array([x for row in rows for x in row.values()], dtype=float)
