"""What must hold between the rows of indicators, and no constraint of a table can say.

Totals are computed again from the facts, some indicators at a time, and compared with what stands.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db.models import F, Q

from tiwizi.base.doctor import examines
from tiwizi.base.models import Job
from tiwizi.framework.models import Framework
from tiwizi.indicators.models import (
    RENEW,
    Basis,
    Category,
    Evidence,
    Indicator,
    Measurement,
    Report,
    Share,
    Target,
    Total,
)
from tiwizi.indicators.queries import compute, structure
from tiwizi.indicators.queries.compute import Row
from tiwizi.plans.models import JointPart

AT_ONCE = 50  # indicators whose facts are in memory together
FIELDS = list(Row.__dataclass_fields__)
ROWS = 2000  # read at a time


@examines("Totals are what the figures make, each counted once")
def totals() -> Iterator[str]:
    for framework in Framework.objects.select_related("body").order_by("start", "pk"):
        if not Indicator.objects.filter(result__framework=framework).exists():
            continue
        frame = structure(framework)
        basis = Basis.objects.filter(body=framework.body_id).first()
        waiting = Job.objects.filter(kind=RENEW, state__in=[Job.State.QUEUED, Job.State.RUNNING]).exists()
        if basis and basis.fingerprint != frame.fingerprint and waiting:
            continue  # groupings changed a moment ago: a job will renew the totals, and pages say so
        those = list(Indicator.objects.filter(result__framework=framework))
        for at in range(0, len(those), AT_ONCE):
            yield from _differences(those[at : at + AT_ONCE], frame)


def _differences(indicators: list[Indicator], frame: Any) -> Iterator[str]:
    found = compute(indicators, frame)
    kept = Total.objects.filter(indicator__in=indicators)
    for place_and_row in kept.values_list("body_id", "indicator_id", "period_id", *FIELDS).iterator(ROWS):
        place, stands = place_and_row[:3], place_and_row[3:]
        row = found.pop(place, None)
        should = tuple(getattr(row, name) for name in FIELDS) if row else None
        if stands != should:
            yield _difference(place, stands, should)
    for place, row in found.items():
        yield _difference(place, None, tuple(getattr(row, name) for name in FIELDS))


def _difference(place: Any, stands: Any, should: Any) -> str:
    """Body, indicator, period, what stands, what should be: only the fields that differ."""
    total = Total(body_id=place[0], indicator_id=place[1], period_id=place[2])
    where = f"{total.body}, {total.indicator}, {total.period or 'all periods'}"
    if stands is None or should is None:
        missing, told = ("stands", should) if stands is None else ("should be", stands)
        value = dict(zip(FIELDS, told, strict=True))["value"]
        other = "should be" if stands is None else "stands"
        return f"{where}: no total {missing}, {value} {other}."
    differing = [name for name, one, two in zip(FIELDS, stands, should, strict=True) if one != two]
    said = [dict(zip(FIELDS, told, strict=True)) for told in (stands, should)]
    return "; ".join(f"{where}: {name} stands {said[0][name]}, should be {said[1][name]}" for name in differing) + "."


@examines("Figures of collective activities belong to those who take part")
def shares() -> Iterator[str]:
    """Whoever has a share is a partner of the activity, each partner has one, and the shares are more than nothing."""
    partners: dict[UUID, set[UUID]] = defaultdict(set)
    for activity, body in JointPart.objects.values_list("collective_id", "body_id"):
        partners[activity].add(body)
    held: dict[UUID, dict[UUID, int]] = defaultdict(dict)
    for measurement, body, weight in Share.objects.values_list("measurement_id", "body_id", "weight"):
        held[measurement][body] = weight
    collective = Measurement.objects.filter(activity__collective=True, activity__archived_at__isnull=True)
    told = Measurement.objects.select_related("report__body", "report__period", "indicator")
    for pk, activity in collective.values_list("pk", "activity_id").iterator(ROWS):
        weights = held.pop(pk, {})
        if set(weights) != partners[activity]:
            yield f"{told.get(pk=pk)}: the shares are not those of the partners of the activity."
        elif weights and not sum(weights.values()):
            yield f"{told.get(pk=pk)}: nobody has a part of this figure."
    alone = Measurement.objects.filter(pk__in=list(held)[:ROWS]).exclude(activity__collective=True)
    for figure in alone.select_related("report__body", "report__period", "indicator"):
        yield f"{figure}: has shares, and is of no collective activity."


@examines("Figures stand in the right sheet, and are of a kind that their indicator has")
def figures() -> Iterator[str]:
    told = Measurement.objects.select_related("report__body", "report__period", "indicator")
    for figure in told.filter(activity__isnull=False).exclude(activity__plan__body=F("report__body")):
        yield f"{figure}: its activity is of another body's plan."
    joined = told.filter(activity__joint_part__isnull=False, activity__joint_part__collective__archived_at__isnull=True)
    for figure in joined.filter(report__state__in=["draft", "returned"]):
        yield f"{figure}: its activity is done together with others, who report it once."
    wrong = Q(indicator__calculation="ratio", value__isnull=False) | Q(
        ~Q(indicator__calculation="ratio"), numerator__isnull=False
    )
    wrong |= Q(numerator__isnull=True, denominator__isnull=False) | Q(numerator__isnull=False, denominator__isnull=True)
    wrong |= Q(~Q(indicator__calculation="unique"), members__isnull=False)
    for figure in told.filter(wrong):
        yield f"{figure}: what is entered does not fit how the indicator is counted."
    for figure in told.exclude(indicator__result__framework__body=F("report__period__body")):
        yield f"{figure}: its period is of another programme."


@examines("Evidence is a document of the body that reports the figure")
def evidence() -> Iterator[str]:
    told = Evidence.objects.exclude(document__body=F("measurement__report__body"))
    for one in told.select_related("measurement__report__body", "measurement__report__period", "document__body"):
        yield f"{one.measurement.report}: the evidence {one.document_id} is a document of {one.document.body}."


@examines("Breakdowns name categories that exist")
def breakdowns() -> Iterator[str]:
    known: dict[UUID, set[tuple[str, str]]] = defaultdict(set)
    for framework, code, category in Category.objects.values_list("set__framework_id", "set__code", "code"):
        known[framework].add((code, category))
    rows = Measurement.objects.exclude(breakdown={}).values_list("pk", "indicator__result__framework_id", "breakdown")
    for pk, framework, breakdown in rows.iterator(ROWS):
        named = {(code, category) for code, parts in breakdown.items() for category in parts}
        if lost := named - known[framework]:
            figure = Measurement.objects.select_related("report__body", "report__period", "indicator").get(pk=pk)
            yield f"{figure}: no category is called {', '.join('.'.join(one) for one in sorted(lost))}."


@examines("Sheets and targets are of bodies that were there")
def lives() -> Iterator[str]:
    before = Q(body__start__gt=F("period__end")) | Q(body__end__lt=F("period__start"))
    for report in Report.objects.filter(before).select_related("body", "period"):
        yield f"{report}: the body did not exist in this period."
    for report in Report.objects.exclude(state="draft").filter(measurements__isnull=True).select_related("body"):
        yield f"{report}: handed in without a figure."
    for target in Target.objects.filter(period__isnull=False).exclude(
        period__body=F("indicator__result__framework__body")
    ):
        yield f"{target}: its period is of another programme."
