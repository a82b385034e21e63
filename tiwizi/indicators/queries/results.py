"""Indicators with what was to be reached and what was: the one reading of page, CSV and Excel."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Subquery

from tiwizi.base.models import Job
from tiwizi.framework.models import Result
from tiwizi.indicators.models import RENEW, Basis, BreakdownSet, Category, Indicator, Period, Total
from tiwizi.indicators.queries.compute import compute_chosen, summed
from tiwizi.indicators.queries.scope import CHOSEN, Scope
from tiwizi.indicators.queries.targets import Aim, aims
from tiwizi.network import queries as network

FIELDS = ("value", "own", "numerator", "denominator", "counted", "silent", "settled", "shared", "by")
Values = Mapping[str, Any]
Rows = dict[UUID, dict[UUID | None, Values]]
Targets = Mapping[tuple[UUID, UUID | None], Aim]
Numbers = Mapping[str, Mapping[str, str]]  # of the categories of each set, by codes
Codes = tuple[str, str]  # of a set and a category
Known = Mapping[Codes, Category]


@dataclass(frozen=True)
class Cell:
    """An indicator in one period. Nothing was asked yet of a period that is not over: then `missing` is 0. Not `asked`:
    it is not reported in this period (a figure that was all the same counts)."""

    period: Period
    value: Decimal | None
    own: Decimal | None
    target: Aim | None
    counted: int
    missing: int
    settled: int
    over: bool
    asked: bool = True
    by: Numbers = field(default_factory=dict)
    known: Known = field(default_factory=dict, repr=False)

    @cached_property
    def parts(self) -> dict[UUID, Decimal]:
        """The numbers of the categories that are known."""
        return {self.known[spot].pk: number for spot, number in _numbers(self.by) if spot in self.known}


@dataclass(frozen=True)
class Part:
    """A category of a breakdown with its number."""

    category: Category
    value: Decimal


@dataclass(frozen=True)
class Line:
    """An indicator over what is looked at: one period or the whole life. `asked`: the figures that were due in the
    periods that are over; `missing`: those of them that are not there; None where no figure was due."""

    indicator: Indicator
    value: Decimal | None
    own: Decimal | None
    target: Aim | None
    progress: Decimal | None
    counted: int
    settled: int
    shared: int
    asked: int | None
    missing: int | None
    cells: list[Cell]
    parts: list[Part] = field(default_factory=list)
    uneven: list[BreakdownSet] = field(default_factory=list)

    @property
    def validated(self) -> Decimal | None:
        """The share of the figures that the level above has accepted."""
        return Decimal(self.settled) / self.counted if self.counted else None


@dataclass(frozen=True)
class Look:
    """What is asked of each indicator: one period (default: all), one category (default: the whole)."""

    period: Period | None = None
    category: Category | None = None


def indicators_of(scope: Scope, *, result: str = "", category: Category | None = None) -> QuerySet[Indicator]:
    """The indicators of the framework in order; of one result, or those that are broken down by a category."""
    found = Indicator.objects.filter(result__framework=scope.framework, archived_at__isnull=True)
    if result:
        found = found.filter(result__number=result)
    if category is not None:
        found = found.filter(breakdowns__set=category.set_id)
    return found.select_related("result").order_by("result__position", "position", "pk")


def categories_in(scope: Scope) -> list[Category]:
    """Every category of the framework's breakdowns, set by set."""
    found = Category.objects.filter(set__framework=scope.framework).select_related("set")
    return list(found.order_by("set__position", "position"))


def lines_of(
    indicators: Sequence[Indicator],
    scope: Scope,
    look: Look,
    categories: Iterable[Category],
    *,
    rows: Rows | None = None,
    targets: Targets | None = None,
) -> list[Line]:
    """These indicators as they stand. Queries do not grow with their number. `rows`, `targets`: when they were read
    already."""
    rows = totals_of(indicators, scope) if rows is None else rows
    targets = aims(indicators, scope) if targets is None else targets
    known = {(one.set.code, one.code): one for one in categories}
    return [_line(one, rows[one.pk], targets, scope, look, known) for one in indicators]


def totals_of(indicators: Sequence[Indicator], scope: Scope) -> Rows:
    """What stands of each of these, by indicator and period. One query, or three where it is put together."""
    found: Rows = defaultdict(dict)
    if scope.chosen:
        for (body, indicator, period), row in compute_chosen(indicators, scope.frame, set(scope.below)).items():
            if body == CHOSEN:
                found[indicator][period] = asdict(row)
        return found
    kept = Total.objects.filter(body=scope.whose, indicator__in=indicators)
    for total in kept.values("indicator_id", "period_id", *FIELDS):
        found[total["indicator_id"]][total["period_id"]] = total
    return found


def _line(
    indicator: Indicator,
    rows: Mapping[UUID | None, Values],
    targets: Targets,
    scope: Scope,
    look: Look,
    known: Known,
) -> Line:
    seen = [period for period in scope.periods if look.period is None or period.pk == look.period.pk]
    of_period = {pk: _narrowed(row, look.category) for pk, row in rows.items()}
    told = [of_period[period.pk] for period in seen if period.pk in of_period]
    value = _value(indicator, of_period, told, look)
    whole = look.category is None
    target = targets.get((indicator.pk, look.period.pk if look.period else None)) if whole else None
    # What a later figure takes the place of is no longer looked at.
    last = [row for row in told if row["value"] is not None][-1:] if indicator.calculation == "latest" else told
    calendar = scope.asked[indicator.frequency]
    asked, missing = _missing(indicator, [one for one in seen if one.pk in calendar], of_period)
    parts = _parts(indicator, [rows[period.pk] for period in seen if period.pk in rows], known) if whole else []
    return Line(
        indicator,
        value,
        summed([{"value": row["own"]} for row in told], "sum") if indicator.calculation == "sum" and whole else None,
        target,
        progress(indicator, value, target.value if target else None) if whole else None,
        sum(row["counted"] for row in last),
        sum(row["settled"] for row in last),
        sum(row["shared"] for row in last),
        asked,
        missing,
        [
            _cell(indicator, period, of_period.get(period.pk), targets, known if whole else None, calendar)
            for period in seen
        ],
        parts,
        _uneven(value, parts) if value is not None else [],
    )


def _narrowed(row: Values, category: Category | None) -> Values:
    """The row of one category in the place of the whole."""
    if category is None:
        return row
    part = row["by"].get(category.set.code, {}).get(category.code)
    return {**row, "value": None if part is None else Decimal(part), "own": None}


def _value(
    indicator: Indicator, rows: Mapping[UUID | None, Values], told: Sequence[Values], look: Look
) -> Decimal | None:
    if indicator.calculation == "unique":
        one = rows.get(look.period.pk if look.period else None)
        return one["value"] if one else None
    return summed(told, indicator.calculation)


def _cell(
    indicator: Indicator,
    period: Period,
    row: Values | None,
    targets: Targets,
    known: Known | None,
    calendar: Collection[UUID],
) -> Cell:
    over, due = is_over(period), period.pk in calendar
    target = targets.get((indicator.pk, period.pk)) if known is not None else None
    if row is None:
        return Cell(period, None, None, target, 0, 0, 0, over, due)
    missing = row["silent"] if over else 0
    told = row["counted"], missing, row["settled"]
    return Cell(period, row["value"], row["own"], target, *told, over, due, row["by"], known or {})


def _numbers(by: Numbers) -> Iterator[tuple[Codes, Decimal]]:
    for code, numbers in by.items():
        for category, number in numbers.items():
            yield (code, category), Decimal(number)


def is_over(period: Period, on: date | None = None) -> bool:
    """Figures of a period are missing from the day after its last one."""
    return period.end < (on or network.today())


def _missing(
    indicator: Indicator, asked: Sequence[Period], rows: Mapping[UUID | None, Values]
) -> tuple[int | None, int | None]:
    """Figures due in those of the periods asked that are over, and those that are not there. Of a stock, in the last
    such period: an earlier figure that still stands does not make it reported."""
    over = [rows[period.pk] for period in asked if is_over(period) and period.pk in rows]
    if not over:
        return None, None
    if indicator.calculation == "latest":
        return None, over[-1]["silent"]
    missing = sum(row["silent"] for row in over)
    return missing + sum(row["counted"] for row in over), missing


def _parts(indicator: Indicator, rows: Sequence[Values], known: Known) -> list[Part]:
    """The breakdowns over these periods: added; of a stock, those of its last figure."""
    if indicator.calculation == "latest":
        rows = [row for row in rows if row["value"] is not None][-1:]
    sums: dict[Codes, Decimal] = defaultdict(Decimal)
    for row in rows:
        for spot, number in _numbers(row["by"]):
            sums[spot] += number
    return [Part(category, sums[spot]) for spot, category in known.items() if spot in sums]


def _uneven(value: Decimal, parts: Iterable[Part]) -> list[BreakdownSet]:
    """The breakdowns whose parts do not make up the figure."""
    sums: dict[BreakdownSet, Decimal] = defaultdict(Decimal)
    for part in parts:
        sums[part.category.set] += part.value
    return [one for one, made in sums.items() if made != value]


def progress(indicator: Indicator, value: Decimal | None, target: Decimal | None) -> Decimal | None:
    """How much of the way is done, 1 is all of it. What is added starts at nothing, everything else at its baseline
    (at nothing when none is known and it shall grow)."""
    if value is None or target is None:
        return None
    start = Decimal() if indicator.calculation == "sum" else indicator.baseline
    if start is None:
        if indicator.direction == Indicator.Direction.DOWN:
            return None
        start = Decimal()
    way = Decimal(target) - start
    return (Decimal(value) - start) / way if way else None


def is_renewing(scope: Scope) -> bool:
    """Groupings changed since the totals were made; a job renews them, or failed to."""
    if scope.chosen:
        return False
    made = Basis.objects.filter(body=scope.framework.body_id).values("at")
    waiting = Q(state__in=[Job.State.QUEUED, Job.State.RUNNING])
    return Job.objects.filter(waiting | Q(state=Job.State.FAILED, created_at__gt=Subquery(made)), kind=RENEW).exists()


def measured_results(scope: Scope) -> list[tuple[Result, int]]:
    """The results that have indicators, each with how many."""
    live = Count("indicators", filter=Q(indicators__archived_at__isnull=True))
    return [(one, one.measured) for one in scope.framework.results.annotate(measured=live).filter(measured__gt=0)]
