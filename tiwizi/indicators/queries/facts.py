"""What was reported, as the engine takes it: each figure once, with the bodies whose it is."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import UUID

from tiwizi.base.reading import once
from tiwizi.indicators.models import Assignment, Indicator, Measurement, Share
from tiwizi.indicators.models.reports import COUNTED, SETTLED
from tiwizi.indicators.queries.structure import Structure
from tiwizi.network.models import alive

Number = Decimal | None


class Told(NamedTuple):  # half a million of them are made at once: a dataclass takes four times as long
    """One fact: a figure that was handed in, or (no `measurement`) a body's silence where one was due."""

    measurement: UUID | None
    indicator: UUID
    period: UUID
    weights: Mapping[UUID, int]  # whose it is
    settled: bool = False
    value: Number = None
    numerator: Number = None
    denominator: Number = None
    members: list[str] | None = None
    breakdown: Mapping[str, Mapping[str, str]] = MappingProxyType({})

    def own(self, body: UUID) -> Fraction:
        """A body's part of what is added."""
        whole = sum(self.weights.values())
        return Fraction(self.value or 0) * Fraction(self.weights.get(body, 0), whole)


def decimal_of(part: Fraction) -> Decimal:
    """A part as a decimal, as exact as decimals are here."""
    return Decimal(part.numerator) / Decimal(part.denominator)


def lineage(indicators: Iterable[Indicator]) -> dict[UUID, UUID]:
    """Of each indicator and those that it follows (in earlier versions of the framework), the one that they count
    for. One query for each version back. One that counts otherwise is not taken in: `misfit` says so."""
    return dict(_lineage(tuple(indicators)))


@once
def _lineage(indicators: tuple[Indicator, ...]) -> dict[UUID, UUID]:
    latest = {one.pk: one for one in indicators}
    found: dict[UUID, UUID] = {}
    chain = [(one, one.pk) for one in latest.values()]
    while chain:
        found |= {one.pk: heir for one, heir in chain}
        earlier = Indicator.objects.in_bulk([one.previous_id for one, _ in chain if one.previous_id])
        chain = [
            (earlier[one.previous_id], heir)
            for one, heir in chain
            if one.previous_id in earlier and not misfit(earlier[one.previous_id], latest[heir])
        ]
    return found


def misfit(earlier: Indicator, later: Indicator) -> list[str]:
    """The fields in which two versions of an indicator count differently; empty: figures of one stand in the other."""
    fields = ("calculation", "counts")
    return [name for name in fields if getattr(earlier, name) != getattr(later, name)]


_FIELDS = ("pk", "indicator_id", "report__period_id", "report__body_id", "report__state", "value", "numerator",
           "denominator", "members", "breakdown", "not_applicable")  # fmt: skip


def facts_of(
    indicators: Sequence[Indicator], structure: Structure, periods: Iterable[UUID] | None = None
) -> list[Told]:
    """The facts of these indicators (in these periods, default: all), in order of entry; then the silence of those who
    were to report and did not. Four queries, whatever the size (and one for each earlier version)."""
    heirs = lineage(indicators)
    those = {period.pk for period in structure.periods} & set(periods or [period.pk for period in structure.periods])
    rows = Measurement.objects.filter(indicator__in=heirs, report__state__in=COUNTED, report__period__in=those)
    rows = rows.order_by("changed_at", "pk")
    shares = _shares(rows)
    found, answered = [], set()
    for row in rows.values_list(*_FIELDS):
        told = _told(row, heirs[row[1]], shares.get(row[0]))
        answered |= {(told.indicator, told.period, row[3]), *((told.indicator, told.period, b) for b in told.weights)}
        if not row[10]:  # what does not apply is no fact
            found.append(told)
    return found + _silent(indicators, structure, those, answered)


def _shares(rows: Any) -> dict[UUID, dict[UUID, int]]:
    found: dict[UUID, dict[UUID, int]] = defaultdict(dict)
    those = Share.objects.filter(measurement__in=rows.order_by().values("pk")).order_by("pk")
    for measurement, body, weight in those.values_list("measurement_id", "body_id", "weight"):
        found[measurement][body] = weight
    return found


def _told(row: tuple[Any, ...], indicator: UUID, weights: Mapping[UUID, int] | None) -> Told:
    pk, _, period, body, state, value, numerator, denominator, members, breakdown, _ = row
    whose = weights or {body: 1}
    return Told(pk, indicator, period, whose, state in SETTLED, value, numerator, denominator, members, breakdown)


def _silent(
    indicators: Sequence[Indicator], structure: Structure, periods: set[UUID], answered: set[tuple[UUID, UUID, UUID]]
) -> list[Told]:
    asked_in = {one.pk: structure.asked[one.frequency] for one in indicators if one.archived_at is None}
    due = Assignment.objects.filter(indicator__in=asked_in).order_by("pk")
    found = []
    for indicator, body, start, end in due.values_list("indicator_id", "body_id", "start", "end"):
        for period in structure.periods:
            asked = period.pk in periods and period.pk in asked_in[indicator] and alive(start, end, period.end)
            if asked and structure.alive(body, period) and (indicator, period.pk, body) not in answered:
                found.append(Told(None, indicator, period.pk, {body: 1}))
    return found
