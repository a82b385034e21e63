"""Many rows at once, for loaders: what is measured, and what was reported. Acts of the system, one record for all.

Nothing is checked but what the database checks, and no total is renewed: whoever plants calls `renew_all` afterwards,
and `doctor.py` says what does not hold.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

from django.db import transaction

from tiwizi.base import audit
from tiwizi.base.bulk import insert_many
from tiwizi.framework.models import Framework
from tiwizi.indicators.models import Assignment, Breakdown, Indicator, Measurement, Report, Share, Target

AT_ONCE = 5000
Row = TypeVar("Row")


@transaction.atomic
def plant_definitions(
    *,
    framework: Framework,
    indicators: list[Indicator],
    breakdowns: Iterable[Breakdown],
    assignments: Iterable[Assignment],
    targets: Iterable[Target],
) -> int:
    """Indicators with their breakdowns, who reports them, and targets, by the system; returns how many rows."""
    insert_many(Indicator, indicators)
    told: dict[str, Any] = {"indicators": len(indicators)}
    for model, rows in ((Breakdown, breakdowns), (Assignment, assignments), (Target, targets)):
        told[model.__name__.lower()] = insert_many(model, rows)
    audit.record("plant-definitions", indicators[0], by=None, body=framework.body_id, after=told)
    return sum(told.values())


@transaction.atomic
def plant_figures(
    *,
    reports: list[Report],
    figures: Iterable[tuple[Measurement, list[Share]]],
    told: Callable[[int], None] = lambda made: None,
) -> int:
    """Sheets with their figures and whose these are, by the system; `told(made)` now and then. Returns how many
    figures."""
    insert_many(Report, reports)
    made = 0
    for part in _parts(figures):
        insert_many(Measurement, [figure for figure, _ in part])
        insert_many(Share, [share for _, shares in part for share in shares])
        made += len(part)
        told(made)
    audit.record("plant-figures", reports[0], by=None, body=reports[0].body_id, after={"figures": made})
    return made


def _parts(rows: Iterable[Row]) -> Iterator[list[Row]]:
    waiting = iter(rows)
    while part := list(islice(waiting, AT_ONCE)):
        yield part
