"""A fixed piece of work, timed in each run: machines are noisy, a ratio to it is comparable. And how results are kept.

`python bench/calibration.py` prints the time of the loop. Results stand in `bench/results/`, as JSON and as a page.
"""

import json
import os
import platform
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

RESULTS = Path(__file__).parent / "results"
STEPS = 2_000_000
Row = dict[str, Any]


def loop() -> int:
    """Whole-number arithmetic that no compiler shortens: a linear congruential generator."""
    x = 1
    for _ in range(STEPS):
        x = (x * 1103515245 + 12345) % 2147483648
    return x


def seconds(work: Callable[[], Any], times: int = 3) -> float:
    """Median wall time of a piece of work."""
    found = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        found.append(time.perf_counter() - began)
    return median(found)


def calibrate() -> float:
    """Seconds that the loop takes here and now."""
    return seconds(loop)


def machine() -> str:
    """In general terms: no name of a host."""
    cores = os.cpu_count()
    return f"{platform.system()} {platform.machine()}, {cores} cores, Python {platform.python_version()}, shared"


def keep(name: str, title: str, notes: list[str], unit: float, tables: dict[str, list[Row]]) -> None:
    """Write `results/<name>.json` and `.md`, and print the page."""
    RESULTS.mkdir(exist_ok=True)
    today = date.today().isoformat()
    facts = {"bench": name, "date": today, "machine": machine(), "calibration_seconds": round(unit, 4)}
    (RESULTS / f"{name}.json").write_text(
        json.dumps(facts | {"tables": tables}, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    head = [
        f"# {title}",
        "",
        f"{today}; {machine()}. The calibration loop took {unit:.3f} s; `loops` are multiples of it.",
    ]
    parts = ["\n".join(head), *notes, *(_table(caption, rows) for caption, rows in tables.items())]
    page = "\n\n".join(parts) + "\n"
    (RESULTS / f"{name}.md").write_text(page, encoding="utf-8")
    print(page)


def _table(caption: str, rows: list[Row]) -> str:
    names = list(rows[0])
    lines = [f"## {caption}", "", "| " + " | ".join(names) + " |", "|" + "---|" * len(names)]
    lines += ["| " + " | ".join(_cell(row[name]) for name in names) + " |" for row in rows]
    return "\n".join(lines)


def _cell(value: Any) -> str:
    """Unknown is said, never 0."""
    if value is None:
        return "not known"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


if __name__ == "__main__":
    print(f"calibration: {calibrate():.3f} s for {STEPS:,} steps")
