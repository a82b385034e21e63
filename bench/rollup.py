"""Totals over crossing groupings, with breakdowns, beside SQL, pandas, DuckDB and the mere reading of the facts.

Each contender runs in a process of its own, from the same files, and has a time limit.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench import rollup_rivals as rivals
from bench.calibration import Row, calibrate, keep
from scripts import postgres
from tiwizi_engine.rollup import CALCULATIONS, Fact, Facts, Grouping, Groupings, Totals

SIZES = (100_000, 1_000_000)
BODIES, INDICATORS, PERIODS = 2_000, 200, 20
LEVELS = (1, 5, 24, 120, 400, 1_450)
HOW = ["sum"] * 140 + ["latest"] * 20 + ["ratio"] * 15 + ["average"] * 10 + ["maximum"] * 10 + ["unique"] * 5
LIMIT = 150  # seconds for a rival, loading included
TIMES = 5


# The same facts for all


def groupings(r: np.random.Generator) -> list[Grouping]:
    """Each body belongs to one on the level above, three in ten to a second one; one in twenty for a time only."""
    ends = np.cumsum(LEVELS)
    found = []
    for level in range(1, len(LEVELS)):
        above = range(ends[level - 1] - LEVELS[level - 1], ends[level - 1])
        for body in range(ends[level - 1], ends[level]):
            many = min(len(above), 1 + int(r.random() < 0.3))
            for group in r.choice(above, many, replace=False).tolist():
                first, last = [(None, None), (10, None), (None, 9)][int(r.choice(3, p=[0.95, 0.025, 0.025]))]
                found.append(Grouping(body, group, first, last))
    return found


def facts(count: int, r: np.random.Generator) -> Facts:
    """Of bodies on the lowest level; one fact in ten belongs to one of 5,000 sets of two to four."""
    leaves = np.arange(BODIES - LEVELS[-1], BODIES)
    sets = np.array([r.choice(leaves, 4, replace=False) for _ in range(5_000)])
    sizes = r.integers(2, 5, len(sets))
    shared = np.where(r.random(count) < 0.1, r.integers(0, len(sets), count), -1)
    size = np.where(shared < 0, 1, sizes[shared])
    table = np.where((shared < 0)[:, None], r.choice(leaves, (count, 1)), sets[shared])
    body = table[np.arange(4) < size[:, None]]
    indicator, period = r.integers(0, INDICATORS, count), r.integers(0, PERIODS, count)
    how = np.array([CALCULATIONS.index(name) for name in HOW])[indicator]
    value = r.integers(0, 200, count).astype(float)
    value[r.random(count) < 0.05] = np.nan
    below = np.where((how == CALCULATIONS.index("ratio")) & ~np.isnan(value), r.integers(1, 300, count), np.nan)
    told = np.flatnonzero((how <= CALCULATIONS.index("latest")) & ~np.isnan(value))
    women = np.floor(value[told] * r.random(len(told)))
    named = np.flatnonzero((how == CALCULATIONS.index("unique")) & ~np.isnan(value))
    value[named] = 0
    heads = np.unique(np.repeat(named, 4) * 5_000 + r.integers(0, 5_000, 4 * len(named)))
    return Facts(
        indicator.astype(np.int32),
        period.astype(np.int32),
        np.concatenate([[0], np.cumsum(size)]),
        body.astype(np.int32),
        value,
        below,
        np.repeat(told, 2),
        np.tile(np.array([0, 1], dtype=np.int32), len(told)),
        np.column_stack([women, value[told] - women]).ravel(),
        heads // 5_000,
        (heads % 5_000).astype(np.int32),
    )


def save(folder: Path, count: int) -> None:
    """One file with lists for us, flat tables for the others."""
    r = np.random.default_rng(1)
    links, those = groupings(r), facts(count, r)
    (folder / "groupings.json").write_text(json.dumps([[g.body, g.above, g.first, g.last] for g in links]))
    lists = {
        "bodies": _lists(those.body_start, those.body),
        "categories": _lists(_starts(those.part_fact, count), those.part_category),
        "parts": _lists(_starts(those.part_fact, count), those.part_value),
        "members": _lists(_starts(those.member_fact, count), those.member),
    }
    numbers = {name: pa.array(getattr(those, name), from_pandas=True) for name in ("value", "denominator")}
    plain = {name: pa.array(getattr(those, name)) for name in ("indicator", "period")}
    pq.write_table(pa.table({**plain, **numbers, **lists}), folder / "lists.parquet")
    owner = np.repeat(np.arange(count), np.diff(those.body_start))
    edges = sorted({0, *(g.first or 0 for g in links), *(g.last + 1 for g in links if g.last is not None)})
    flat = {
        "fact": {"id": np.arange(count), **plain, "how": np.array(HOW)[those.indicator], "value": numbers["value"],
                 "below": numbers["denominator"]},
        "fact_body": {"fact": owner, "body": those.body},
        "part": {"fact": those.part_fact, "category": those.part_category, "value": those.part_value},
        "member": {"fact": those.member_fact, "member": those.member},
        "grouping": {"body": [g.body for g in links], "above": [g.above for g in links],
                     "first": [g.first or 0 for g in links],
                     "last": [PERIODS - 1 if g.last is None else g.last for g in links]},
        "epoch": {"epoch": np.searchsorted(edges, np.arange(PERIODS), side="right"), "period": np.arange(PERIODS)},
    }  # fmt: skip
    for name, columns in flat.items():
        pq.write_table(pa.table(columns), folder / f"{name}.parquet")


def _starts(owner: Any, count: int) -> Any:
    return np.concatenate([[0], np.cumsum(np.bincount(owner, minlength=count))])


def _lists(starts: Any, values: Any) -> pa.ListArray:
    return pa.ListArray.from_arrays(pa.array(starts.astype(np.int32)), pa.array(values))


# Reading, and we


def load(folder: Path) -> Facts:
    """From Parquet into arrays."""
    table = pq.read_table(folder / "lists.parquet").combine_chunks()
    lists = {name: table[name].chunk(0) for name in ("bodies", "categories", "parts", "members")}
    sizes = {name: np.diff(lists[name].offsets.to_numpy()) for name in ("categories", "members")}
    every = np.arange(len(table))
    return Facts(
        table["indicator"].to_numpy(),
        table["period"].to_numpy(),
        lists["bodies"].offsets.to_numpy(),
        lists["bodies"].values.to_numpy(),
        table["value"].to_numpy(),
        table["denominator"].to_numpy(),
        np.repeat(every, sizes["categories"]),
        lists["categories"].values.to_numpy(),
        lists["parts"].values.to_numpy(),
        np.repeat(every, sizes["members"]),
        lists["members"].values.to_numpy(),
    )


def reading(folder: Path) -> dict[str, Any]:
    return _often(lambda: load(folder))


def ours(folder: Path) -> dict[str, Any]:
    those = load(folder)
    links = [Grouping(*one) for one in json.loads((folder / "groupings.json").read_text())]

    def all_totals() -> tuple[Totals, Any, Any]:
        totals = Totals(those, Groupings(BODIES, PERIODS, links), HOW)
        return totals, totals.rows(), totals.parts()

    totals, rows, parts = all_totals()
    # Facts, totals and answer together, everything that the process ever held.
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    said = (rows.counted > 0) | (rows.silent > 0)
    unique = np.array([name == "unique" for name in HOW])[rows.indicator] & (rows.counted > 0)
    sums = [said.sum(), rows.counted.sum(), rows.silent.sum(), len(parts.body), parts.value.sum()]
    sums.append(rows.value[unique].sum())
    found = {"memory": memory, "sums": [float(one) for one in sums], **_changes(totals, those)}
    del totals, rows, parts
    return found | _often(all_totals)


def _often(work: Any) -> dict[str, Any]:
    work()  # libraries are loaded, memory is there
    took, busy = [], []
    for _ in range(TIMES):
        began = time.process_time()
        took.append(_timed(work)[0])
        busy.append(time.process_time() - began)
    return {"seconds": median(took), "best": min(took), "busy": median(busy)}


def _changes(totals: Totals, those: Facts) -> dict[str, Any]:
    """Milliseconds to change a fact, by calculation, and to say what a total of the top is made of."""
    r = np.random.default_rng(2)
    took: dict[str, list[float]] = {name: [] for name in CALCULATIONS}
    opened = []
    totals.add(Fact(0, 0, (0,), 1.0))  # the first change numbers the sets of bodies
    for at in r.permutation(len(those))[:600].tolist():
        old = totals.fact(at)
        if old is None:
            continue
        new = Fact(old.indicator, old.period, old.bodies, 7.0, 3.0, frozenset([1, 2]), {0: 3.0, 1: 4.0})
        took[HOW[old.indicator]].append(_timed(lambda at=at, new=new: totals.put(at, new))[0])
        opened.append(_timed(lambda old=old: totals.behind(0, old.indicator, old.period))[0])
    return {
        "changes": {name: [1000 * median(each), 1000 * max(each)] for name, each in took.items()},
        "opened": 1000 * median(opened),
    }


def _timed(work: Any) -> tuple[float, Any]:
    began = time.perf_counter()
    found = work()
    return time.perf_counter() - began, found


# One process each

CONTENDERS: dict[str, Any] = {
    "reading Parquet into arrays": reading,
    "Tiwizi": ours,
    "DuckDB": rivals.duck,
    "pandas": rivals.pandas,
    "SQLite": rivals.sqlite,
    "PostgreSQL": rivals.postgresql,
}


@contextmanager
def _place(name: str) -> Iterator[list[str]]:
    if name == "PostgreSQL":
        with postgres.server() as address:
            yield [address]
    else:
        yield []


def run(name: str, folder: Path) -> dict[str, Any] | None:
    """What a contender found; nothing when its time was up."""
    with _place(name) as more:
        command = [sys.executable, __file__, name, str(folder), *more]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=LIMIT)
        except subprocess.TimeoutExpired:
            return None
        found: dict[str, Any] = json.loads(done.stdout)
        print(name, round(found["seconds"], 2), "s", flush=True)
        return found


def compare(count: int, folder: Path, unit: float) -> tuple[list[Row], dict[str, Any]]:
    save(folder, count)
    found = {name: run(name, folder) for name in CONTENDERS}
    we = found["Tiwizi"]
    assert we is not None
    for name, one in found.items():
        if one is not None and "sums" in one:
            assert np.allclose(one["sums"], we["sums"], rtol=1e-12), (name, one["sums"], we["sums"])
    rows = [
        {
            "facts": count,
            "who": name,
            "seconds": f"more than {LIMIT}" if one is None else round(one["seconds"], 2),
            "of processor, s": round(one["busy"], 2) if one and "busy" in one else None,
            "loops": f"more than {LIMIT / unit:.0f}" if one is None else round(one["seconds"] / unit, 1),
            "times ours": f"more than {LIMIT / we['seconds']:.0f}"
            if one is None
            else round(one["seconds"] / we["seconds"], 2),
            "times ours, processor": round(one["busy"] / we["busy"], 2) if one and "busy" in one else None,
        }
        for name, one in found.items()
    ]
    return rows, we


NOTES = [
    "2,000 bodies on six levels, three in ten with a second grouping above, one grouping in twenty for a time only;"
    " 200 indicators (140 sums, 20 latest, 15 ratios, 10 averages, 10 maxima, 5 unique), 20 periods; one fact in ten"
    " belongs to two to four bodies; one in twenty says nothing; sums and latest values by two categories.",
    "Every contender gives every total of every body with what was counted, and all breakdowns, from tables or arrays"
    " in memory; loading is not counted. The sums over all answers are compared. SQL finds ancestors by a recursive"
    " query, each fact's bodies above by DISTINCT, and then groups; pandas does the same by merges. Rivals run once, we"
    f" and the reading {TIMES} times (the median stands here). Each has {LIMIT} s, loading included. Where the"
    " machine is shared, seconds of the processor (all threads; not known for a server) say more than those of the"
    " clock.",
    "Memory is the most that our process ever held: libraries, facts, totals and answer.",
]


def main() -> None:
    unit = calibrate()
    every: list[Row] = []
    changes: list[Row] = []
    memory: list[Row] = []
    for count in SIZES:
        with tempfile.TemporaryDirectory(prefix="tiwizi-bench-") as folder:
            rows, we = compare(count, Path(folder), unit)
        every += rows
        memory.append({"facts": count, "MiB": round(we["memory"]), "best of five, s": round(we["best"], 2)})
        changes += [
            {
                "facts": count,
                "what": f"change a fact: {name}",
                "median, ms": round(mid, 1),
                "slowest, ms": round(most, 1),
            }
            for name, (mid, most) in we["changes"].items()
        ]
        changes.append(
            {"facts": count, "what": "facts behind a total of the top", "median, ms": round(we["opened"], 1),
             "slowest, ms": None}
        )  # fmt: skip
    tables = {"All totals": every, "Memory": memory, "One fact": changes}
    keep("rollup", "Totals over crossing groupings", NOTES, unit, tables)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        contender, where, *rest = sys.argv[1:]
        print(json.dumps(CONTENDERS[contender](Path(where), *rest)))
    else:
        main()
