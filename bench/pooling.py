"""The best plan of problems from 12 to 10,000 interventions: value, proof, time; what money does without pooling."""

import argparse
import gzip
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.calibration import Row, calibrate, keep
from bench.problems import problem
from tiwizi_engine.crew import crew_of
from tiwizi_engine.pooling import Problem, Stop, check, solve, without_pooling
from tiwizi_engine.pooling.solve import MONOLITH

SAMPLES = Path(__file__).resolve().parents[1] / "tests/engine/data"
PATIENCE = 60.0  # seconds a problem


def sample(size: int) -> Any:
    return json.loads(gzip.decompress((SAMPLES / f"pooling-{size}.json.gz").read_bytes()))


def part(source: Any, size: int) -> Any:
    """The first interventions of a sample: the same partners and money, fewer wishes."""
    return source | {"interventions": source["interventions"][:size]}


def measure(name: str, problem: Problem, unit: float) -> Row:
    """One solved problem. The plan is checked by the independent check: a plan with faults stops the run."""
    plan = solve(problem, stop=Stop(seconds=PATIENCE))
    apart = without_pooling(problem)
    alone = solve(apart, stop=Stop(seconds=PATIENCE))
    report = check(problem, plan)
    for fault in (*report.errors, *check(apart, alone).errors):
        raise SystemExit(f"{name}: {fault.sentence}")
    return {
        "problem": name,
        "value": report.value,
        "without pooling": alone.value,
        "ratio": round(report.value / alone.value, 3) if alone.value else None,
        "gap": round(plan.gap, 4),
        "cost proven": plan.bound.cost is not None,
        "shared events": len(plan.events),
        "seconds": round(plan.seconds, 2),
        "loops": round(plan.seconds / unit, 1),
    }


def scaled(n: int, seed: int, gap: float, seconds: float) -> Row:
    """One generated problem, stopped by its gap or its time; in blocks, all cores work."""
    source = Problem.from_dict(problem(n, seed))
    began = time.perf_counter()
    with crew_of(f"pool:{os.cpu_count()}" if n > MONOLITH else "here") as crew:
        plan = solve(source, stop=Stop(gap=gap, seconds=seconds), crew=crew)
    wall = time.perf_counter() - began
    report = check(source, plan)
    for fault in report.errors:
        raise SystemExit(f"{n}, seed {seed}: {fault.sentence}")
    return {
        "interventions": n,
        "seed": seed,
        "asked gap": f"{gap:.1%}",
        "gap": f"{plan.gap:.3%}",
        "value": report.value,
        "cost proven": plan.bound.cost is not None,
        "together": report.pooled,
        "seconds": round(wall, 1),
        "of at most": seconds,
    }


# Interventions, seeds, gap asked for, and the seconds that a person may wait.
SCALE = [(100, (1, 2, 3), 0.0, 20.0), (300, (1, 2, 3), 0.001, 20.0), (1_000, (1, 2, 3), 0.002, 30.0)]
SCALE += [(10_000, (1,), 0.01, 300.0)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--note", default=None, help="a sentence for the page: what else ran on the machine")
    note = parser.parse_args().note
    unit = calibrate()
    sizes = [scaled(n, seed, gap, seconds) for n, seeds, gap, seconds in SCALE for seed in seeds]
    large = sample(120)
    named = {"sample of 12": sample(12)}
    named |= {f"first {size} of the sample of 120": part(large, size) for size in (30, 60, 90)}
    named |= {"sample of 120": large}
    rows = [measure(name, Problem.from_dict(source), unit) for name, source in named.items()]
    notes = [
        f"Gap 0 asked, {PATIENCE:.0f} s at most for the samples. `ratio`: value with pooling to value without it,"
        " under the same budgets. `gap` 0 means that no plan has more value. Every plan passed `check`."
    ]
    tables = {"Problems": rows, "Generated problems, by size": sizes}
    keep("pooling", "Pooling", [*notes, note] if note else notes, unit, tables)


if __name__ == "__main__":
    main()
