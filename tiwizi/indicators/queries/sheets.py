"""A reporting sheet as it is filled in: everything due, grouped by result, with what stands. Few queries, whatever
the number of indicators and activities."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from tiwizi.framework.models import Framework, Result
from tiwizi.indicators.models import (
    Assignment,
    Breakdown,
    BreakdownSet,
    Category,
    Indicator,
    Measurement,
    Period,
    Report,
)
from tiwizi.indicators.queries.asked import Asked, spans_in
from tiwizi.indicators.queries.facts import Told, decimal_of
from tiwizi.indicators.queries.sheet import assigned_indicators
from tiwizi.network.models import Body
from tiwizi.plans.models import Activity, JointPart

Sets = list[tuple[BreakdownSet, list[Category]]]
Spot = tuple[UUID, UUID | None]  # indicator, activity (None: the body as a whole)


@dataclass
class Cell:
    """One figure to report: of the body as a whole, or of one of its activities."""

    indicator: Indicator
    activity: Activity | None
    measurement: Measurement | None
    sets: Sets

    @property
    def key(self) -> str:
        """How a form names the cell."""
        return self.indicator.pk.hex + (f".{self.activity.pk.hex}" if self.activity else "")

    @property
    def kind(self) -> str:
        """What is typed: `number`, `ratio` (two numbers), `members` (names), `text`."""
        if self.indicator.counts == Indicator.Counts.TEXT:
            return "text"
        return {"ratio": "ratio", "unique": "members"}.get(self.indicator.calculation, "number")

    @property
    def version(self) -> int:
        return self.measurement.version if self.measurement else 0


@dataclass(frozen=True)
class Elsewhere:
    """A figure that another body reports for all who take part, with this body's part of it."""

    activity: Activity
    lead: Body
    measurement: Measurement | None
    share: Decimal | None
    own: Decimal | None


@dataclass
class Item:
    """An indicator with its cells; `whole` is None where only collective activities are reported. Not `asked`: figures
    stand from when it was reported more often."""

    indicator: Indicator
    sets: Sets
    whole: Cell | None = None
    lines: list[Cell] = field(default_factory=list)
    elsewhere: list[Elsewhere] = field(default_factory=list)
    asked: bool = True

    @property
    def cells(self) -> list[Cell]:
        return ([self.whole] if self.whole else []) + self.lines


@dataclass
class Sheet:
    """A body's sheet for a period; `report` is None while nobody has begun it."""

    body: Body
    period: Period
    report: Report | None
    groups: list[tuple[Result, list[Item]]]

    @property
    def cells(self) -> Iterator[Cell]:
        for _, items in self.groups:
            for item in items:
                yield from item.cells

    @property
    def filled(self) -> int:
        """Indicators for which something stands."""
        return sum(any(cell.measurement for cell in item.cells) for _, items in self.groups for item in items)

    @property
    def count(self) -> int:
        return sum(len(items) for _, items in self.groups)


def period_of(framework: Framework | None, code: str) -> Period | None:
    """A period of a framework's body by its name."""
    return Period.objects.filter(body=framework.body_id, code=code).first() if framework else None


def sheet_of(body: Body, period: Period) -> Sheet:
    """Everything that a body reports in a period, with what stands."""
    report = Report.objects.filter(body=body, period=period).first()
    stands = Measurement.objects.filter(report=report) if report else Measurement.objects.none()
    told = {(one.indicator_id, one.activity_id): one for one in stands}
    own = _activities(body, period)
    assigned = assigned_indicators(body, period)
    indicators = assigned + _led(own, assigned)
    spans = spans_in(period, indicators)
    reported = {indicator for indicator, _ in told}
    shown = [one for one in indicators if one.pk in spans or one.pk in reported]
    sets = _sets(shown, period)
    wanted = {one.pk for one in assigned}
    elsewhere = _elsewhere(body, period, shown, spans)
    groups: dict[Result, list[Item]] = defaultdict(list)
    for one in sorted(shown, key=lambda i: (i.result.position, i.position)):
        item = Item(one, sets[one.pk], elsewhere=elsewhere[one.pk], asked=one.pk in spans)
        if one.pk in wanted and (item.asked or (one.pk, None) in told):
            item.whole = Cell(one, None, told.get((one.pk, None)), item.sets)
        for activity in _lines(one, own, spans.get(one.pk), told):
            if one.pk in wanted or activity.collective:
                item.lines.append(Cell(one, activity, told.get((one.pk, activity.pk)), item.sets))
        if item.cells:
            groups[one.result].append(item)
    return Sheet(body, period, report, list(groups.items()))


def _lines(one: Indicator, own: Sequence[Activity], since: date | None, told: Iterable[Spot]) -> Iterator[Activity]:
    """The activities by which an indicator is reported: those of its result that touch the span that is told (none when
    it is not asked), and those for which a figure stands in the sheet."""
    stand = {activity for indicator, activity in told if since is not None or indicator == one.pk}
    for activity in own:
        if activity.result_id == one.result_id and (_touches(activity, since) or activity.pk in stand):
            yield activity


def _touches(activity: Activity, since: date | None) -> bool:
    """Does an activity that has begun touch the span that is told (`since`; None: nothing is asked)?"""
    return since is not None and activity.window_end >= since


def _activities(body: Body, period: Period) -> list[Activity]:
    """Those of the body's plans that have begun by the end of the period and that it reports itself."""
    begun = Q(window_start__lte=period.end)
    begun |= Q(measurements__report__period=period, measurements__report__body=body)
    own = Activity.objects.filter(begun, plan__body=body, archived_at__isnull=True, joint_part__isnull=True)
    return list(own.distinct().order_by("reference"))


def _led(own: Sequence[Activity], assigned: Iterable[Indicator]) -> list[Indicator]:
    """Indicators that partners of collective activities report: for those, the leading body does."""
    results = {activity.result_id for activity in own if activity.collective}
    if not results:
        return []
    someone = Exists(Assignment.objects.filter(indicator=OuterRef("pk")))
    found = Indicator.objects.filter(someone, result__in=results, archived_at__isnull=True)
    return list(found.exclude(pk__in=[one.pk for one in assigned]).select_related("result__framework"))


def _sets(indicators: Iterable[Indicator], period: Period) -> dict[UUID, Sets]:
    """The breakdowns of each indicator in a period, with their categories in use."""
    alive = Q(start__isnull=True) | Q(start__lte=period.end)
    alive &= Q(end__isnull=True) | Q(end__gte=period.end)
    asked = list(Breakdown.objects.filter(alive, indicator__in=[i.pk for i in indicators]).select_related("set"))
    categories: dict[UUID, list[Category]] = defaultdict(list)
    for one in Category.objects.filter(alive, set__in={b.set_id for b in asked}).order_by("position"):
        categories[one.set_id].append(one)
    found: dict[UUID, Sets] = defaultdict(list)
    for breakdown in asked:
        if parts := categories[breakdown.set_id]:
            found[breakdown.indicator_id].append((breakdown.set, parts))
    return found


def _elsewhere(
    body: Body, period: Period, indicators: Sequence[Indicator], spans: Asked
) -> dict[UUID, list[Elsewhere]]:
    """What leaders of collective activities report for this body, by indicator."""
    begun = {"collective__window_start__lte": period.end}
    parts = JointPart.objects.filter(body=body, collective__archived_at__isnull=True, **begun)
    parts = parts.exclude(collective__plan__body=body).select_related("collective__plan__body")
    together = {part.collective_id: part.collective for part in parts}
    told = Measurement.objects.filter(activity__in=together, report__period=period).prefetch_related("shares")
    stands = {(one.indicator_id, one.activity_id): one for one in told}
    found: dict[UUID, list[Elsewhere]] = defaultdict(list)
    for one in indicators:
        for activity in together.values():
            figure = stands.get((one.pk, activity.pk))
            if activity.result_id == one.result_id and (_touches(activity, spans.get(one.pk)) or figure):
                found[one.pk].append(Elsewhere(activity, activity.plan.body, figure, *_part(figure, body)))
    return found


def _part(figure: Measurement | None, body: Body) -> tuple[Decimal | None, Decimal | None]:
    if figure is None:
        return None, None
    weights = {share.body_id: share.weight for share in figure.shares.all()}
    told = Told(figure.pk, figure.indicator_id, figure.report_id, weights, value=figure.value)
    one = Told(figure.pk, figure.indicator_id, figure.report_id, weights, value=Decimal(1))
    return decimal_of(one.own(body.pk)), decimal_of(told.own(body.pk)) if figure.value is not None else None
