"""What a figure is made of, down to the cell of the sheet that says so."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from django.db.models import Q

from tiwizi.indicators.models import Category, Indicator, Measurement, Period, Remark
from tiwizi.indicators.models.reports import COUNTED
from tiwizi.indicators.queries.compute import behind_each
from tiwizi.indicators.queries.facts import Told, decimal_of, lineage
from tiwizi.indicators.queries.results import is_over
from tiwizi.indicators.queries.scope import Scope
from tiwizi.network import queries as network
from tiwizi.network.models import Body

MOST_REMARKS = 200


@dataclass(frozen=True)
class Owner:
    """A body to which a part of a figure belongs, as a share of 1, and the part where figures are added."""

    body: Body
    share: Decimal
    part: Decimal | None


@dataclass(frozen=True)
class Contribution:
    """One figure that is counted, once. `stands`: an earlier figure that holds on in a later period."""

    measurement: Measurement
    period: Period
    owners: list[Owner]
    who: str  # who reported, for those who may read people
    parts: list[tuple[str, Decimal]]  # of its breakdowns, by name
    uneven: list[str]  # codes of breakdowns whose parts do not make up the figure
    stands: bool

    @property
    def is_shared(self) -> bool:
        return len(self.owners) > 1


@dataclass(frozen=True)
class Silence:
    """A figure that is missing, or not asked for yet (`due` is a day to come)."""

    body: Body
    period: Period
    over: bool


@dataclass(frozen=True)
class Said:
    """A remark with who wrote it, for those who may read people, and whether the reader may put it away."""

    remark: Remark
    who: str
    own: bool


@dataclass(frozen=True)
class Made:
    """The facts behind a figure, in order of period; what is on a page is read by `opened`."""

    counted: list[tuple[Period, Told]]
    silent: list[tuple[Period, Told]]

    @property
    def shared(self) -> int:
        return sum(len(told.weights) > 1 for _, told in self.counted)


def made_of(indicator: Indicator, scope: Scope, periods: Sequence[Period]) -> Made:
    """What stands behind an indicator in these periods; of a stock over several periods, what stands at the last one
    in which anything was told."""
    each = behind_each(indicator, scope.frame, scope.whose, [period.pk for period in periods])
    found = list(zip(periods, each, strict=True))
    counted = [(period, told) for period, (those, _) in found for told in those]
    if indicator.calculation == "latest" and len(periods) > 1:
        last = counted[-1][0] if counted else None
        counted = [(period, told) for period, told in counted if period == last]
    return Made(counted, [(period, told) for period, (_, those) in found for told in those])


@dataclass(frozen=True)
class Opened:
    """A figure opened on a page: the lines of what is counted, the silence, what was said."""

    contributions: list[Contribution]
    silences: list[Silence]
    said: list[Said]


def opened(
    counted: Sequence[tuple[Period, Told]],
    silent: Sequence[tuple[Period, Told]] = (),
    remarks: Sequence[Remark] = (),
    *,
    categories: Iterable[Category] = (),
    reader: UUID | None = None,
    with_people: bool,
) -> Opened:
    """These facts with their sheets, activities and owners, from whom figures are missing, and the remarks; with who
    reported and who wrote, for those who may read people. Two queries, whatever their number (three with people)."""
    ids = [told.measurement for _, told in counted]
    cells = Measurement.objects.select_related("report__body", "report__period", "activity__plan__body")
    known = cells.in_bulk([pk for pk in ids if pk is not None])
    bodies = Body.objects.in_bulk({body for _, told in (*counted, *silent) for body in told.weights})
    people = [*(cell.changed_by for cell in known.values()), *(one.author for one in remarks)]
    names = network.names_of(people) if with_people else {}
    parts = {(one.set.code, one.code): str(one) for one in categories}
    return Opened(
        [
            _contribution(known[told.measurement], period, told, bodies, names, parts)
            for period, told in counted
            if told.measurement in known
        ],
        [Silence(bodies[body], period, is_over(period)) for period, told in silent for body in told.weights],
        [Said(one, names.get(one.author, ""), one.author == reader) for one in remarks],
    )


def _contribution(
    cell: Measurement,
    period: Period,
    told: Told,
    bodies: Mapping[UUID, Body],
    names: Mapping[UUID | None, str],
    categories: Mapping[tuple[str, str], str],
) -> Contribution:
    whole = sum(told.weights.values())
    owners = [
        Owner(
            bodies[pk],
            decimal_of(Fraction(weight, whole)),
            decimal_of(told.own(pk)) if told.value is not None else None,
        )
        for pk, weight in told.weights.items()
    ]
    uneven = [
        code
        for code, parts in told.breakdown.items()
        if told.value is not None and sum(map(Decimal, parts.values())) != told.value
    ]
    parts = [
        (categories.get((code, category), category), Decimal(number))
        for code, numbers in told.breakdown.items()
        for category, number in numbers.items()
    ]
    who = names.get(cell.changed_by, "")
    return Contribution(cell, period, owners, who, parts, uneven, told.period != period.pk)


def not_applicable(indicator: Indicator, scope: Scope, periods: Iterable[Period]) -> list[Measurement]:
    """The cells that say that the indicator does not apply there."""
    said = Measurement.objects.filter(
        Q(report__body__in=scope.below) | Q(shares__body__in=scope.below),
        indicator__in=lineage([indicator]),
        not_applicable=True,
        report__state__in=COUNTED,
        report__period__in=list(periods),
    )
    return list(said.select_related("report__body", "report__period", "activity").distinct()[:MOST_REMARKS])


def texts(indicator: Indicator, scope: Scope, periods: Iterable[Period]) -> list[tuple[Period, Told]]:
    """What was told in words, where an indicator has no number: facts as `opened` takes them."""
    said = Measurement.objects.filter(
        indicator__in=lineage([indicator]),
        report__body__in=scope.below,
        report__state__in=COUNTED,
        report__period__in=list(periods),
    )
    said = said.exclude(text="").select_related("report__period").order_by("report__period__start", "pk")
    return [
        (one.report.period, Told(one.pk, indicator.pk, one.report.period_id, {one.report.body_id: 1})) for one in said
    ]


def remarks_on(indicator: Indicator, body: Body, periods: Iterable[Period]) -> list[Remark]:
    """The thread on a body's figure, oldest first."""
    found = Remark.objects.filter(indicator=indicator, body=body, period__in=list(periods), archived_at__isnull=True)
    return list(found.select_related("period")[:MOST_REMARKS])
