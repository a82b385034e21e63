"""The table of targets and actuals as a file: time and memory for ten thousand rows. `python -m bench.results_table`.

On a programme of its own in a folder that is thrown away: 1,000 indicators, each broken down into nine parts, three
periods; the totals are written as the engine would, only faster.
"""

import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from bench.calibration import Row, calibrate, keep  # noqa: E402

INDICATORS, PARTS, PERIODS = 1000, 9, 3


@contextmanager
def empty() -> Iterator[None]:
    """An installation without data."""
    with tempfile.TemporaryDirectory() as var:
        os.environ |= {"TIWIZI_VAR": var, "DJANGO_SETTINGS_MODULE": "tiwizi.config.settings", "TIWIZI_DEMO": "yes"}
        os.environ.pop("TIWIZI_DATABASE", None)
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0, interactive=False)
        yield


def programme() -> Any:
    """A programme with its indicators, targets and totals; gives its scope."""
    from tiwizi.framework.models import Framework, Result
    from tiwizi.indicators.models import Breakdown, BreakdownSet, Category, Indicator, Period, Target, Total
    from tiwizi.indicators.queries.scope import around, scope_of
    from tiwizi.network.models import Body, BodyKind

    kind = BodyKind.objects.create(code="programme", rank=0, name={"en": "Programme"})
    body = Body.objects.create(slug="bench", kind=kind, name={"en": "Bench"})
    days = {"start": date(2017, 1, 1), "end": date(2021, 12, 31)}
    framework = Framework.objects.create(body=body, name={"en": "Plan"}, objective={}, **days)
    result = Result.objects.create(framework=framework, number="RI 1", name={"en": "Result"}, position=1)
    by_age = BreakdownSet.objects.create(framework=framework, code="age", name={"en": "Age"}, position=0)
    codes = [f"a{k}" for k in range(PARTS)]
    Category.objects.bulk_create(
        Category(set=by_age, code=code, name={"en": code}, position=k) for k, code in enumerate(codes)
    )
    periods = [
        Period.objects.create(
            body=body,
            code=str(2017 + k),
            start=date(2017 + k, 1, 1),
            end=date(2017 + k, 12, 31),
            due=date(2018 + k, 1, 31),
        )
        for k in range(PERIODS)
    ]
    about = {"counts": "persons", "unit": {"en": "persons"}}
    indicators = Indicator.objects.bulk_create(
        Indicator(result=result, code=str(k), position=k, name={"en": f"People trained in subject {k}"}, **about)
        for k in range(INDICATORS)
    )
    Breakdown.objects.bulk_create(Breakdown(indicator=one, set=by_age) for one in indicators)
    Target.objects.bulk_create(Target(indicator=one, body=body, value=Decimal(500)) for one in indicators)
    by = {"age": dict.fromkeys(codes, "3")}
    Total.objects.bulk_create(
        [
            Total(indicator=one, body=body, period=period, value=Decimal(3 * PARTS), counted=1, by=by)
            for one in indicators
            for period in periods
        ],
        batch_size=500,
    )
    return scope_of(around(body, framework))


def measure(scope: Any) -> list[Row]:
    from tiwizi.base import tables
    from tiwizi.indicators.queries import results, table

    periods = scope.frame.periods
    rows = []
    for name, answer in (("CSV", tables.csv_answer), ("Excel", tables.workbook_answer)):
        found = table.all_rows(
            results.indicators_of(scope), scope, results.Look(), results.categories_in(scope), each=True
        )
        began, worked, count, size = time.perf_counter(), time.process_time(), 0, 0

        def cells(those: Any = found) -> Iterator[list[Any]]:
            nonlocal count
            for row in those:
                count += 1
                yield row.cells

        header = table.header(periods)
        sent: Any = answer("t", header, cells()) if name == "CSV" else answer("t", "t", header, cells())  # type: ignore[operator]
        for piece in sent.streaming_content:
            size += len(piece)
        spent, busy = time.perf_counter() - began, time.process_time() - worked
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        rows.append(
            {
                "file": name,
                "rows": count,
                "kB": size // 1024,
                "s": round(spent, 2),
                "CPU s": round(busy, 2),
                "MiB, at most": most,
            }
        )
    return rows


def main() -> None:
    with empty():
        unit = calibrate()
        rows = measure(programme())
    notes = [
        "Ten thousand rows with a column for each period, SQLite, one process. `MiB, at most`: all the memory of the"
        " process until then, Django included. Aim: 10 s and 300 MiB."
    ]
    keep("results_table", "The table of results as a file", notes, unit, {"10,000 rows": rows})


if __name__ == "__main__":
    main()
