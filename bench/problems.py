"""Pooling problems of any size, after `docs/formats/pooling.md`: regions of ten communes, twenty wishes a partnership.

Budgets are about half of what everything would cost alone, and always pay for what is mandatory. Same seed, same
problem.
"""

import math
import random
from collections import defaultdict
from typing import Any

WISHES = 20  # of a partnership, on average
A_REGION = 10  # communes
APART = 150.0  # kilometres between the middles of regions
SPREAD = 28.0  # standard deviation of a commune's place within its region
WEEKS, PERIOD_WEEKS, PERIODS = 78, 26, 3
LANGUAGES = ("fr", "nl", "ar", "en")
TARGETS = ("citizens", "staff", "elected")
FEASTS = (30, 31)  # weeks in which many communes hold nothing
Row = dict[str, Any]


def problem(n: int, seed: int) -> Row:
    """A problem of n interventions in the pooling format."""
    r = random.Random(seed)
    communes = _communes(r, max(2, round(n / WISHES)))
    kinds = [_kind(r) for _ in range(12)]
    partnerships = [_partnership(r, k, c) for k, c in enumerate(communes)]
    for _ in range(len(communes) // 4):
        a, b = r.sample(range(len(communes)), 2)
        if communes[a]["region"] == communes[b]["region"] and b not in partnerships[a]["no_pool"]:
            partnerships[a]["no_pool"].append(b)
    near = _Near(communes)
    interventions = [
        _intervention(r, r.randrange(len(communes)), kinds, partnerships, communes, near) for _ in range(n)
    ]
    _pay(r, partnerships, interventions)
    return {
        "meta": {
            "version": 1, "seed": seed, "n": n, "weeks": WEEKS, "period_weeks": PERIOD_WEEKS, "periods": PERIODS,
            "max_members": 8,
        },
        "communes": communes, "partnerships": partnerships, "kinds": kinds, "interventions": interventions,
    }  # fmt: skip


def _communes(r: random.Random, count: int) -> list[Row]:
    regions = max(1, round(count / A_REGION))
    across = math.ceil(math.sqrt(regions))
    found = []
    for k in range(count):
        region = k % regions
        x, y = APART * (region % across), APART * (region // across)
        blocked = {week for week in FEASTS if r.random() < 0.6} | {r.randrange(WEEKS) for _ in range(r.randint(3, 9))}
        found.append({
            "x": round(r.gauss(x, SPREAD), 1), "y": round(r.gauss(y, SPREAD), 1), "region": region,
            "venue": r.choice([30, 50, 80, 120, 200]), "host_factor": r.choice([85, 90, 100, 110, 125]),
            "blocked": sorted(blocked), "hosts": r.random() < 0.5,
        })  # fmt: skip
    return found


def _kind(r: random.Random) -> Row:
    return {
        "fixed": 50 * r.randint(16, 80), "per_head": r.randint(8, 45), "min_pool": r.choice([10, 12, 15]),
        "max_pool": r.choice([40, 60, 80, 120]), "rate": r.randint(8, 22), "radius": r.choice([60, 90, 120]),
    }  # fmt: skip


def _partnership(r: random.Random, commune: int, row: Row) -> Row:
    language = r.choices(LANGUAGES, [5, 2, 3, 2])[0]
    return {
        "commune": commune,
        "region": row["region"],
        "language": language,
        "budget": 0,
        "period_cap": [],
        "no_pool": [],
    }


class _Near:
    """Communes that accept shared events within a radius of another, found by squares of a grid."""

    SIDE = 120.0

    def __init__(self, communes: list[Row]) -> None:
        self.communes = communes
        self.squares: dict[tuple[int, int], list[int]] = defaultdict(list)
        for k, c in enumerate(communes):
            if c["hosts"]:
                self.squares[self._square(c)].append(k)

    def _square(self, c: Row) -> tuple[int, int]:
        return math.floor(c["x"] / self.SIDE), math.floor(c["y"] / self.SIDE)

    def within(self, home: int, radius: float) -> list[int]:
        here = self.communes[home]
        a, b = self._square(here)
        around = [k for i in (-1, 0, 1) for j in (-1, 0, 1) for k in self.squares[a + i, b + j]]
        return [k for k in around if k != home and self._km(here, self.communes[k]) <= radius]

    @staticmethod
    def _km(a: Row, b: Row) -> float:
        return 1.3 * math.hypot(a["x"] - b["x"], a["y"] - b["y"])


def _intervention(
    r: random.Random, q: int, kinds: list[Row], partnerships: list[Row], communes: list[Row], near: _Near
) -> Row:
    kind = r.choices(range(len(kinds)), [0.78**k for k in range(len(kinds))])[0]
    home, tariff = partnerships[q]["commune"], kinds[kind]
    n = max(4, min(60, round(r.lognormvariate(2.6, 0.5))))
    length = min(WEEKS - 1, round(r.gammavariate(2.0, 6.5)))
    start = r.randint(0, WEEKS - 1 - length)
    own = partnerships[q]["language"]
    others = [w for w in LANGUAGES if w != own and r.random() < 0.17]
    hosts = [home, *near.within(home, tariff["radius"])]
    r.shuffle(hosts)
    return {
        "partnership": q, "kind": kind, "languages": [own, *others], "target": r.choices(TARGETS, [4, 3.5, 2.5])[0],
        "n": n, "cost": tariff["fixed"] + tariff["per_head"] * n, "value": max(5, round(n * r.uniform(1.5, 6))),
        "start": start, "end": start + length, "mandatory": r.random() < 0.06, "alone_ok": True, "hosts": hosts,
        "pin_host": r.choice(hosts) if r.random() < 0.02 else None,
        "prefer": [r.choice(hosts)] if r.random() < 0.33 else [], "bonus": r.randint(1, 3),
    }  # fmt: skip


def _pay(r: random.Random, partnerships: list[Row], interventions: list[Row]) -> None:
    """Budgets and caps that always pay for what is mandatory; some of the rest may not be done alone."""
    wished: dict[int, int] = defaultdict(int)
    must: dict[int, list[Row]] = defaultdict(list)
    for one in interventions:
        wished[one["partnership"]] += one["cost"]
        if one["mandatory"]:
            must[one["partnership"]].append(one)
        elif r.random() < 0.02:
            one["alone_ok"] = False
    for q, partner in enumerate(partnerships):
        needed = sum(one["cost"] for one in must[q])
        caps = [sum(one["cost"] for one in must[q] if one["start"] // PERIOD_WEEKS == t) for t in range(PERIODS)]
        partner["budget"] = max(round(wished[q] * r.uniform(0.4, 0.7)), needed)
        partner["period_cap"] = [max(partner["budget"] // 2, cap) for cap in caps]
