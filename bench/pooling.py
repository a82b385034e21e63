"""The best plan of the sample problems: value, proof, time, and what the same money does without pooling."""

import gzip
import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.calibration import Row, calibrate, keep
from tiwizi_engine.pooling import Problem, Stop, check, solve, without_pooling

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


def main() -> None:
    unit = calibrate()
    large = sample(120)
    named = {"sample of 12": sample(12)}
    named |= {f"first {size} of the sample of 120": part(large, size) for size in (30, 60, 90)}
    named |= {"sample of 120": large}
    rows = [measure(name, Problem.from_dict(source), unit) for name, source in named.items()]
    notes = [
        f"Gap 0 asked, {PATIENCE:.0f} s at most. `ratio`: value with pooling to value without it, under the same"
        " budgets. `gap` 0 means that no plan has more value. Every plan passed `check`."
    ]
    keep("pooling", "Pooling", notes, unit, {"Problems": rows})


if __name__ == "__main__":
    main()
