"""The programme-wide table: targets against actuals by breakdown. Page, CSV and Excel write the same rows."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tiwizi.indicators.models import Category, Indicator, Period
from tiwizi.indicators.queries.results import Line, Look, lines_of
from tiwizi.indicators.queries.scope import Scope
from tiwizi.indicators.queries.words import CALCULATIONS, SOURCES, shown

AT_ONCE = 100  # indicators whose totals are in memory together


@dataclass(frozen=True)
class TableRow:
    """One line of the table: an indicator, or one of its categories. `cells`: what a file holds, column by column."""

    line: Line
    category: Category | None
    value: Decimal | None
    periods: list[Decimal | None]
    cells: list[Any]


def header(periods: Sequence[Period]) -> list[str]:
    return [
        _("Result"), _("Code"), _("Indicator"), _("Unit"), _("Totals"), _("Breakdown"), _("Part"), _("Baseline"),
        _("Target"), _("Where the target comes from"), *(str(period) for period in periods), _("Actual"),
        _("Of which own"), _("Progress (%)"), _("Figures due"), _("Missing"), _("Validated (%)"),
    ]  # fmt: skip


def table_rows(
    indicators: Iterable[Indicator], scope: Scope, look: Look, categories: Sequence[Category], *, each: bool
) -> Iterator[TableRow]:
    """The rows of these indicators; `each`: with a column for each period looked at."""
    for line in lines_of(list(indicators), scope, look, categories):
        yield _row(line, each=each)
        for part in line.parts:
            yield _row(line, category=part.category, value=part.value, each=each)


def all_rows(
    indicators: QuerySet[Indicator], scope: Scope, look: Look, categories: Sequence[Category], *, each: bool
) -> Iterator[TableRow]:
    """The same for all of them, some at a time."""
    those = list(indicators)
    for at in range(0, len(those), AT_ONCE):
        yield from table_rows(those[at : at + AT_ONCE], scope, look, categories, each=each)


def _row(line: Line, *, category: Category | None = None, value: Decimal | None = None, each: bool) -> TableRow:
    indicator, whole = line.indicator, category is None
    value = shown(indicator, line.value if whole else value)
    periods = []
    if each:
        periods = [shown(indicator, cell.value if whole else cell.parts.get(category.pk)) for cell in line.cells]  # type: ignore[union-attr]
    target = line.target if whole else None
    cells = [
        str(indicator.result),
        indicator.code,
        str(indicator.name),
        str(indicator.unit),
        str(CALCULATIONS[indicator.calculation]),
        "" if category is None else str(category.set),
        "" if category is None else str(category),
        shown(indicator, indicator.baseline) if whole else None,
        shown(indicator, target.value) if target else None,
        str(SOURCES[target.source]) if target else "",
        *periods,
        value,
        shown(indicator, line.own) if whole else None,
        _percent(line.progress) if whole else None,
        line.asked if whole else None,
        line.missing if whole else None,
        _percent(line.validated) if whole else None,
    ]
    return TableRow(line, category, value, periods, cells)


def _percent(share: Decimal | None) -> Decimal | None:
    return None if share is None else (share * 100).quantize(Decimal(1), ROUND_HALF_UP)
