"""A plenary: one event that every partnership may join, in a year of a thousand ordinary wishes.

Sixty may meet in one event, so no list of possible events is long enough. `python bench/plenary.py` solves it within a
minute, checks the plan, and keeps what was measured in `bench/results/`.
"""

import math
import random
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.calibration import Row, calibrate, keep
from tiwizi_engine.pooling import Problem, Stop, check, solve, without_pooling

WEEKS, PERIOD = 78, 26
REGIONS = 6
TONGUES = ["fr", "fr", "fr", "en", "ar", "nl"]
TARGETS = ["citizens", "citizens", "staff", "staff", "elected"]
PATIENCE = 60.0  # seconds a problem


def plenary(seed: int, partners: int = 50, wishes: int = 20) -> dict[str, Any]:
    """A problem in which each partnership has one wish for the plenary and `wishes - 1` ordinary ones."""
    r = random.Random(seed)
    kinds = [_kind(r) for _ in range(12)]
    hall = {"fixed": 18_000, "per_head": 12, "min_pool": 60, "max_pool": 400, "rate": 6}
    communes = [_commune(r, k % REGIONS) for k in range(partners)]
    for k in r.sample(range(partners), 4):  # the large halls
        communes[k] |= {"venue": 400, "hosts": True}
    halls = [k for k, c in enumerate(communes) if c["venue"] == 400]
    ones: list[dict[str, Any]] = []
    for q in range(partners):
        ones += [_wish(r, q, kinds, communes) for _ in range(wishes - 1)]
        ones.append(_assembly(r, q, len(kinds), halls))
    r.shuffle(ones)
    return {
        "meta": {"weeks": WEEKS, "period_weeks": PERIOD, "periods": 3, "max_members": 60, "seed": seed, "n": len(ones)},
        "communes": communes,
        "partnerships": [_partner(r, q, partners, ones) for q in range(partners)],
        "kinds": [*kinds, hall],
        "interventions": ones,
    }


def _kind(r: random.Random) -> dict[str, Any]:
    return {
        "fixed": 50 * r.randint(17, 80),
        "per_head": r.randint(9, 44),
        "min_pool": r.choice([10, 12, 15]),
        "max_pool": r.choice([40, 60, 80, 120]),
        "rate": r.randint(8, 22),
        "radius": r.choice([60, 90, 120]),
    }


def _commune(r: random.Random, region: int) -> dict[str, Any]:
    x, y = 150 * (region % 3), 150 * (region // 3)
    return {
        "x": round(x + r.gauss(0, 28), 1),
        "y": round(y + r.gauss(0, 28), 1),
        "region": region,
        "venue": r.choice([30, 50, 80, 80, 120, 200]),
        "host_factor": r.choice([85, 90, 100, 110, 125]),
        "blocked": sorted(r.sample(range(WEEKS), r.randint(4, 12))),
        "hosts": r.random() < 0.55,
    }


def _wish(r: random.Random, q: int, kinds: list[dict[str, Any]], communes: list[dict[str, Any]]) -> dict[str, Any]:
    k = min(int(r.expovariate(0.35)), len(kinds) - 1)
    kind, n, start = kinds[k], r.randint(4, 28), r.randint(0, WEEKS - 1)
    near = [h for h, c in enumerate(communes) if c["hosts"] and _km(communes[q], c) <= kind["radius"]]
    hosts = sorted({q, *r.sample(near, min(len(near), r.randint(2, 7)))})
    return _common(r, q, hosts) | {
        "kind": k,
        "languages": list(dict.fromkeys(r.choice(TONGUES) for _ in range(r.choice([1, 1, 2, 3])))),
        "target": r.choice(TARGETS),
        "n": n,
        "cost": kind["fixed"] + kind["per_head"] * n,
        "value": r.randint(20, 100),
        "start": start,
        "end": min(WEEKS - 1, start + int(r.expovariate(1 / 13))),
        "mandatory": r.random() < 0.05,
    }


def _assembly(r: random.Random, q: int, kind: int, halls: list[int]) -> dict[str, Any]:
    """The wish for the plenary: interpreted, so that all share a language; windows are wide and overlap."""
    n, start = r.randint(2, 7), r.randint(8, 34)
    return _common(r, q, halls) | {
        "kind": kind,
        "languages": ["fr", *r.sample(TONGUES[3:], r.choice([0, 1]))],
        "target": "plenary",
        "n": n,
        "cost": 1_500 + 90 * n,
        "value": r.randint(40, 120),
        "start": start,
        "end": start + r.randint(12, 36),
        "mandatory": False,
    }


def _common(r: random.Random, q: int, hosts: list[int]) -> dict[str, Any]:
    return {
        "partnership": q,
        "alone_ok": True,
        "hosts": hosts,
        "pin_host": r.choice(hosts) if r.random() < 0.025 else None,
        "prefer": r.sample(hosts, 1) if r.random() < 0.33 else [],
        "bonus": r.randint(1, 3),
    }


def _partner(r: random.Random, q: int, partners: int, ones: list[dict[str, Any]]) -> dict[str, Any]:
    """Its budget: a good half of what its wishes cost alone, half of that at most in one period."""
    alone = sum(one["cost"] for one in ones if one["partnership"] == q)
    budget = round(alone * r.uniform(0.4, 0.65))
    return {
        "commune": q,
        "region": q % REGIONS,
        "language": "fr",
        "budget": budget,
        "period_cap": [budget // 2] * 3,
        "no_pool": [(q + r.randint(1, partners - 1)) % partners] if r.random() < 0.4 else [],
    }


def _km(a: dict[str, Any], b: dict[str, Any]) -> float:
    return 1.3 * math.hypot(a["x"] - b["x"], a["y"] - b["y"])


def measure(seed: int, unit: float) -> Row:
    """One solved problem. The plan is checked by the independent check: a plan with faults stops the run."""
    problem = Problem.from_dict(plenary(seed))
    plan = solve(problem, stop=Stop(gap=0.001, seconds=PATIENCE))
    alone = solve(without_pooling(problem), stop=Stop(gap=0.01, seconds=PATIENCE / 6))
    report = check(problem, plan)
    for fault in report.errors:
        raise SystemExit(f"seed {seed}: {fault.sentence}")
    return {
        "seed": seed,
        "wishes": len(problem.interventions),
        "missed": report.mandatory_missed,
        "value": report.value,
        "gap": round(plan.gap, 4),
        "ratio": round(report.value / alone.value, 3),
        "shared events": len(plan.events),
        "largest": max((len(event.members) for event in plan.events), default=0),
        "seconds": round(plan.seconds, 1),
        "loops": round(plan.seconds / unit, 1),
    }


def main() -> None:
    unit = calibrate()
    rows = [measure(seed, unit) for seed in (1, 2, 3)]
    notes = [
        f"Gap 0.001 asked, {PATIENCE:.0f} s at most, listing and shares included. `largest`: members of the largest"
        " event. `ratio`: value with pooling to value without it, under the same budgets. Every plan passed `check`."
    ]
    keep("plenary", "A plenary among a thousand wishes", notes, unit, {"Problems": rows})


if __name__ == "__main__":
    main()
