"""A programme's public figures as rows for machines: one for each indicator and period, and for each part of it."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from tiwizi.base.tables import Row
from tiwizi.indicators.models import Category, Period
from tiwizi.indicators.queries.publication import Public, Shown, Split, shown_of
from tiwizi.indicators.queries.small import FEWEST
from tiwizi.indicators.queries.words import CALCULATIONS, shown

LICENCE = "CC BY 4.0"
AT_ONCE = 100  # indicators whose figures are in memory together


def header() -> list[str]:
    """What each column says."""
    return [
        _("Programme"), _("Result"), _("Code"), _("Indicator"), _("Unit"), _("Totals"), _("Period"), _("From"),
        _("Until"), _("Breakdown"), _("Part"), _("Baseline"), _("Target"), _("Actual"), _("Why there is no figure"),
        _("Missing"), _("Illustrative"), _("Licence"),
    ]  # fmt: skip


def rows(public: Public) -> Iterator[Row]:
    """Every row; some indicators at a time."""
    those = list(public.indicators)
    for at in range(0, len(those), AT_ONCE):
        for one in shown_of(those[at : at + AT_ONCE], public):
            yield from _of(one, public)


def _of(one: Shown, public: Public) -> Iterator[Row]:
    line = one.line
    target = line.target.value if line.target else None
    yield _row(one, public, target=target, value=line.value, missing=line.missing, why=_why_no_whole(one))
    for cell in line.cells:
        target = cell.target.value if cell.target else None
        why = "" if cell.value is not None else _not_reported() if cell.asked else _("not asked")
        missing = cell.missing if cell.asked else None
        yield _row(one, public, cell.period, target=target, value=cell.value, missing=missing, why=why)
        for breakdown in one.breakdowns:
            split = next((each for each in breakdown.splits if each.period.pk == cell.period.pk), None)
            yield from _parts(one, public, breakdown.categories, split)


def _parts(one: Shown, public: Public, categories: list[Category], split: Split | None) -> Iterator[Row]:
    if split is None:
        return
    for place, category in enumerate(categories):
        value = None if split.parts is None else split.parts[place]
        why = _too_small() if split.parts is None else "" if value is not None else _not_reported()
        yield _row(one, public, split.period, category, value=value, why=why)


def _why_no_whole(one: Shown) -> str:
    if one.line.value is not None:
        return ""
    return _("not all periods are accepted yet") if one.withheld else _not_reported()


def _not_reported() -> str:
    return _("not reported")


def _too_small() -> str:
    return _("hidden: a part counts fewer than %(fewest)s persons") % {"fewest": FEWEST}


def _row(
    one: Shown,
    public: Public,
    period: Period | None = None,
    category: Category | None = None,
    *,
    value: Decimal | None,
    target: Decimal | None = None,
    missing: int | None = None,
    why: str,
) -> list[Any]:
    indicator = one.line.indicator
    whole = period is None and category is None
    first, last = (public.periods[0], public.periods[-1]) if public.periods else (None, None)
    return [
        str(public.body),
        str(indicator.result),
        indicator.code,
        str(indicator.name),
        str(indicator.unit),
        str(CALCULATIONS[indicator.calculation]),
        _("all periods shown") if period is None else period.code,
        _day(period or first, "start"),
        _day(period or last, "end"),
        "" if category is None else str(category.set),
        "" if category is None else str(category),
        shown(indicator, indicator.baseline) if whole else None,
        shown(indicator, target),
        shown(indicator, value),
        why,
        missing,
        _("yes") if indicator.illustrative else _("no"),
        LICENCE,
    ]


def _day(period: Period | None, name: str) -> str:
    return getattr(period, name).isoformat() if period else ""
