"""Keeping totals: part of each act that changes what counts, and of the job that follows a change of groupings."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from datetime import date
from itertools import islice
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from tiwizi.base.audit import upon
from tiwizi.base.bulk import insert_many, update_many
from tiwizi.base.jobs import enqueue
from tiwizi.base.models import AuditEntry, Job
from tiwizi.framework.models import Framework
from tiwizi.indicators.models import RENEW, Basis, Indicator, Total
from tiwizi.indicators.queries.compute import Place, Row, compute
from tiwizi.indicators.queries.structure import Structure, structure
from tiwizi.network import queries as network

AT_ONCE = 50  # indicators whose facts are in memory together
ROWS = 2000
FIELDS = [one.name for one in fields(Row)]
WORDS = attrgetter(*FIELDS)


@transaction.atomic
def renew(
    *,
    framework: Framework,
    indicators: Iterable[Indicator],
    periods: set[UUID] | None = None,
    bodies: set[UUID] | None = None,
) -> int:
    """Write the totals of these indicators anew (in these periods, of these bodies and all above them; default: all)
    and return how many changed. Part of the system: acts that change figures call it in their own transaction.

    Two acts of one programme wait for each other here, so that the later sees what the earlier reported. One lock for
    all its indicators: locks of each could be taken crosswise when many sheets are accepted at once.
    """
    Basis.objects.get_or_create(body_id=framework.body_id)
    Basis.objects.select_for_update().get(body_id=framework.body_id)
    those = list(indicators)
    frame = structure(framework)
    ever = network.graph(date.min, date.max)
    reached = None if bodies is None else set().union(*(ever.above(body) for body in bodies))
    later = _later(frame, periods)
    found = compute(those, frame, periods=periods, bodies=reached)
    return _write(those, found, later, reached)


def _later(frame: Structure, periods: set[UUID] | None) -> dict[str, set[UUID | None] | None]:
    """The periods in which totals of each calculation may change when something in `periods` does."""
    if periods is None:
        return {}
    first = min((k for k, one in enumerate(frame.periods) if one.pk in periods), default=0)
    return {
        "latest": {one.pk for one in frame.periods[first:]},
        "unique": {*periods, None},
        "": set(periods),
    }


def _write(
    indicators: Sequence[Indicator],
    found: dict[Place, Row],
    later: dict[str, set[UUID | None] | None],
    bodies: set[UUID] | None,
) -> int:
    """Bring the table to what was found, touching only what differs."""
    spans = {one.pk: later.get(one.calculation, later.get("")) for one in indicators}
    kept = Total.objects.filter(indicator__in=indicators)
    kept = kept.filter(body__in=bodies) if bodies is not None else kept
    stale, changed, seen = [], [], set()
    for pk, *place, told in _standing(kept):
        where: Place = (place[0], place[1], place[2])
        span = spans[where[1]]
        if span is not None and where[2] not in span:
            continue
        seen.add(where)
        row = found.get(where)
        if row is None:
            stale.append(pk)
        elif WORDS(row) != told:
            changed.append(_total(where, row, pk=pk))
    new = (
        _total(place, row)
        for place, row in found.items()
        if place not in seen and ((span := spans[place[1]]) is None or place[2] in span)
    )
    for part in _parts(stale):
        Total.objects.filter(pk__in=part).delete()
    return len(stale) + update_many(Total, changed, FIELDS) + insert_many(Total, new)


def _standing(kept: QuerySet[Total]) -> Iterator[tuple[Any, ...]]:
    """(key, body, indicator, period, what it says) of each total that stands."""
    for row in kept.values_list("pk", "body_id", "indicator_id", "period_id", *FIELDS).iterator(ROWS):
        yield *row[:4], row[4:]


def _total(place: Place, row: Row, pk: int | None = None) -> Total:
    body, indicator, period = place
    said = dict(zip(FIELDS, WORDS(row), strict=True))
    return Total(pk=pk, body_id=body, indicator_id=indicator, period_id=period, **said)


def _parts(those: list[int]) -> Iterator[list[int]]:
    waiting = iter(those)
    while part := list(islice(waiting, ROWS)):
        yield part


def renew_all(*, framework: Framework) -> int:
    """Write all totals of a framework anew, some indicators at a time, and note on which groupings they stand. The
    act of the system after a change of groupings; returns how many totals changed."""
    before = structure(framework).fingerprint
    those = list(Indicator.objects.filter(result__framework=framework))
    changed = sum(
        renew(framework=framework, indicators=those[at : at + AT_ONCE]) for at in range(0, len(those), AT_ONCE)
    )
    Basis.objects.update_or_create(body_id=framework.body_id, defaults={"fingerprint": before})
    return changed


@upon("network.body", "network.grouping", "framework.framework")
def ask_to_renew(entry: AuditEntry) -> None:
    """Groupings changed: a job of the system renews the totals; one that waits already does for several changes."""
    if not Job.objects.filter(kind=RENEW, state=Job.State.QUEUED).exists():
        enqueue(RENEW, {})
