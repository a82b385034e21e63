"""Growth from 1,000 to 100,000 interventions: time, memory and proven gap, as a table and as a curve.

`python bench/growth.py --sizes 1000 3000 --seconds 30 60` chooses sizes and the seconds that each may take.
"""

import argparse
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.calibration import RESULTS, Row, calibrate, keep
from bench.curves import Panel, drawing
from bench.peak import apart
from bench.problems import problem
from tiwizi_engine.crew import crew_of
from tiwizi_engine.pooling import Problem, Progress, Stop, check, solve
from tiwizi_engine.pooling.solve import MONOLITH

BUDGETS = {1_000: 30.0, 3_000: 60.0, 10_000: 300.0, 30_000: 600.0, 100_000: 1800.0}
SEED = 1
NEAR = 0.05  # a gap that is near enough for a network of thousands


@dataclass(frozen=True)
class Grown:
    """One solved size; `near`: seconds until the gap was below 5 %, None if it never was; `worked`: of processors."""

    seconds: float
    reading: float
    value: int
    bound: int
    gap: float
    missed: int
    together: int
    near: float | None
    worked: float


def grown(n: int, seconds: float, gap: float) -> Grown:
    """Runs in a process of its own. A plan with faults stops the run."""
    source = problem(n, SEED)
    began = time.perf_counter()
    p = Problem.from_dict(source)
    del source
    reading, began = time.perf_counter() - began, time.perf_counter()
    near: list[float] = []
    before = sum(os.times()[:4])

    def hear(one: Progress) -> None:
        if one.stage == "value" and one.gap is not None and one.gap <= NEAR and not near:
            near.append(time.perf_counter() - began)

    with crew_of(f"pool:{os.cpu_count()}" if n > MONOLITH else "here") as crew:
        plan = solve(p, stop=Stop(gap=gap, seconds=seconds), progress=hear, crew=crew)
    wall = time.perf_counter() - began
    report = check(p, plan)
    for fault in report.errors:
        raise SystemExit(f"{n}: {fault.sentence}")
    first, worked = near[0] if near else None, sum(os.times()[:4]) - before
    missed, together = report.mandatory_missed, report.pooled
    return Grown(wall, reading, report.value, plan.bound.value, plan.gap, missed, together, first, worked)


def row(n: int, budget: float, found: Grown, memory: int | None) -> Row:
    return {
        "interventions": n, "seconds": round(found.seconds, 1), "of at most": budget,
        "processor seconds": round(found.worked, 1),
        "seconds to 5 %": None if found.near is None else round(found.near, 1),
        "reading": round(found.reading, 1), "MB": memory, "gap": f"{found.gap:.3%}", "value": found.value,
        "bound": found.bound, "mandatory missed": found.missed, "together": found.together,
    }  # fmt: skip


def write(rows: list[Row], unit: float, note: str | None) -> None:
    """The page and the picture, after each size: a long run that is stopped leaves what it has measured."""
    sizes = [r["interventions"] for r in rows]
    panels = [
        Panel("time", "s", [float(r["seconds"]) for r in rows]),
        Panel("memory", "MB", [float(r["MB"] or 0) for r in rows]),
        Panel("proven gap", "%", [float(r["gap"].rstrip("%")) for r in rows], log=False),
    ]
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "growth.svg").write_text(drawing("Growth", sizes, panels), encoding="utf-8")
    keep("growth", "Growth", [*NOTES, note] if note else NOTES, unit, {"Sizes": rows})


NOTES = [
    "![Time, memory and proven gap by the number of interventions](growth.svg)",
    "Problems of `bench/problems.py`, seed 1; blocks are worked on by every core. `MB`: the most that the process and"
    " its children held at once, problem included, and what they share counted for each. `reading`: seconds from JSON"
    " to a problem, apart from the time to solve it. `seconds to 5 %`: when the proven gap first was 5 % or less."
    " `processor seconds`: what it really got of both cores, which others may have used too. Every plan passed"
    " `check`.",
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(BUDGETS))
    parser.add_argument("--seconds", type=float, nargs="+", default=None, help="for each size; one for all is enough")
    parser.add_argument("--gap", type=float, default=0.0, help="near enough to stop before the time is over")
    parser.add_argument("--note", default=None, help="a sentence for the page: what else ran on the machine")
    chosen = parser.parse_args()
    given = chosen.seconds or [BUDGETS.get(n, 0.02 * n) for n in chosen.sizes]
    budgets = given * len(chosen.sizes) if len(given) == 1 else given
    unit, rows = calibrate(), []
    for n, budget in zip(chosen.sizes, budgets, strict=True):
        found, memory = apart(grown, n, budget, chosen.gap)
        rows.append(row(n, budget, found, memory))
        write(rows, unit, chosen.note)


if __name__ == "__main__":
    main()
