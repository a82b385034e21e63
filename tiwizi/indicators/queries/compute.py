"""Totals by the engine: every figure on a page, in a file or in the API comes from here, kept in `Total`."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from tiwizi.base.reading import once
from tiwizi.base.wording import plain
from tiwizi.indicators.models import Indicator
from tiwizi.indicators.queries.arrays import ABOVE, SETTLED, SHARED, WIDTH, Arrays, calculations_of
from tiwizi.indicators.queries.facts import Told, decimal_of, facts_of
from tiwizi.indicators.queries.structure import Structure
from tiwizi_engine.rollup import Fact, Facts, Groupings, Totals
from tiwizi_engine.rollup.facts import CALCULATIONS

PLACES = Decimal(1).scaleb(-8)
BESIDE = {SETTLED: "settled", SHARED: "shared"}
Place = tuple[UUID, UUID, UUID | None]  # body, indicator, period


@dataclass(slots=True)
class Row:
    """One total; the fields of `models.Total`."""

    value: Decimal | None = None
    own: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    counted: int = 0
    silent: int = 0
    settled: int = 0
    shared: int = 0
    by: dict[str, dict[str, str]] = field(default_factory=dict)


def compute(
    indicators: Sequence[Indicator],
    structure: Structure,
    *,
    periods: Iterable[UUID] | None = None,
    bodies: set[UUID] | None = None,
) -> dict[Place, Row]:
    """Every total of these indicators, in these periods and bodies (default: all). What a later period of a
    `latest` and the whole life of a `unique` need is looked at whatever the periods asked for. Text has no totals."""
    those = [one for one in indicators if one.counts != Indicator.Counts.TEXT]
    if not those or not structure.periods:
        return {}
    asked = set(periods) if periods is not None else None
    whole = [one for one in those if asked is not None and one.calculation in ("latest", "unique")]
    simple = [one for one in those if one not in whole]
    found = _Table(simple, structure, facts_of(simple, structure, asked)).rows() if simple else {}
    if whole:
        found |= _Table(whole, structure, facts_of(whole, structure)).rows()
    return {place: row for place, row in found.items() if bodies is None or place[0] in bodies}


class _Table:
    """Some indicators with their facts, as the engine's arrays and back."""

    def __init__(self, indicators: Sequence[Indicator], structure: Structure, facts: Sequence[Told]) -> None:
        self.indicators, self.structure, self.told = indicators, structure, facts
        self.number = {one.pk: k for k, one in enumerate(indicators)}
        self.period = structure.period_at()
        self.groupings: Groupings = structure.groupings()
        self.calculations = [name for one in indicators for name in calculations_of(one)]
        self.arrays = Arrays(indicators, structure, facts)
        self.totals = Totals(self.arrays.facts(), self.groupings, self.calculations)
        self.sure = self.totals.sure()

    def rows(self) -> dict[Place, Row]:
        """What the engine found, by body, indicator and period."""
        found: dict[Place, Row] = defaultdict(Row)
        bodies, periods = list(self.structure.bodies), [period.pk for period in self.structure.periods]
        ids = [one.pk for one in self.indicators]
        rows = self.totals.rows()
        number, place = np.divmod(rows.indicator, WIDTH)
        columns = (rows.body, number, rows.period, place, rows.value, rows.counted, rows.silent)
        for body, at, period, column, value, counted, silent in zip(*map(_listed, columns), strict=True):
            row = found[bodies[body], ids[at], periods[period]]
            if column in BESIDE:
                setattr(row, BESIDE[column], int(value) if value == value else 0)
                continue
            large = abs(value) >= self.sure[at * WIDTH + column]
            exact = self.totals.added(body, at * WIDTH + column, period) if large else _exact(value)
            _fill(row, column, exact, counted, silent)
        self._break_down(found, bodies, periods)
        self._own(found)
        return dict(found) | self._for_life(bodies)

    def _break_down(self, found: dict[Place, Row], bodies: list[UUID], periods: list[UUID]) -> None:
        parts, names = self.totals.parts(), list(self.arrays.categories)
        ids = [one.pk for one in self.indicators]
        columns = (parts.body, parts.indicator // WIDTH, parts.period, parts.category, parts.value)
        for body, at, period, category, value in zip(*map(_listed, columns), strict=True):
            code, name = names[category]
            large = abs(value) >= self.sure[at * WIDTH]
            exact = self.totals.added(body, at * WIDTH, period, category) if large else _exact(value)
            found[bodies[body], ids[at], periods[period]].by.setdefault(code, {})[name] = _plain(exact)

    def _own(self, found: dict[Place, Row]) -> None:
        """Each body's own part of what is added; parts of one figure make it up exactly but for the last place."""
        whole: dict[Place, Decimal] = defaultdict(Decimal)
        parts: dict[Place, Fraction] = defaultdict(Fraction)
        added = {one.pk for one in self.indicators if one.calculation == "sum"}
        for told in self.told:
            if told.value is None or told.indicator not in added:
                continue
            if len(told.weights) == 1:
                whole[next(iter(told.weights)), told.indicator, told.period] += told.value
                continue
            for body in told.weights:
                parts[body, told.indicator, told.period] += told.own(body)
        for place, number in whole.items():
            found[place].own = number if place not in parts else _decimal(parts[place] + Fraction(number))
        for place in parts.keys() - whole.keys():
            found[place].own = _decimal(parts[place])

    def _for_life(self, bodies: list[UUID]) -> dict[Place, Row]:
        """How many different ones over all periods: each fact with every body that it reached in its own time."""
        numbers = {k for k, one in enumerate(self.indicators) if one.calculation == "unique"}
        facts = [
            Fact(k * WIDTH, 0, tuple(self._reached(told)), members=frozenset(map(self.arrays.member, told.members)))
            for told in self.told
            if told.members is not None and (k := self.number[told.indicator]) in numbers
        ]
        if not facts:
            return {}
        codes = [CALCULATIONS.index(name) for name in self.calculations]
        totals = Totals(Facts.of(facts, codes), Groupings(len(bodies), 1, []), self.calculations)
        rows = totals.rows()
        found: dict[Place, Row] = {}
        for body, column, value, counted in zip(rows.body, rows.indicator, rows.value, rows.counted, strict=True):
            found[bodies[body], self.indicators[int(column) // WIDTH].pk, None] = Row(
                _exact(value), counted=int(counted)
            )
        return found

    def _reached(self, told: Told) -> list[int]:
        epoch = self.groupings.at(self.period[told.period])
        return [int(one) for one in epoch.above(self.structure.bodies[body] for body in told.weights)]

    def behind(self, body: UUID, indicator: UUID, period: UUID) -> tuple[list[Told], list[Told]]:
        """The facts that a total counts, and those that said nothing."""
        where = self.structure.bodies[body], self.number[indicator] * WIDTH, self.period[period]
        counted, silent = self.totals.behind(*where)
        return [self.told[k] for k in counted], [self.told[k] for k in silent]


def behind(indicator: Indicator, structure: Structure, body: UUID, period: UUID) -> tuple[list[Told], list[Told]]:
    """What a figure is made of: the facts counted once each, and the silence of those who were to report."""
    latest = indicator.calculation == "latest"
    facts = facts_of([indicator], structure, None if latest else [period])
    return _Table([indicator], structure, facts).behind(body, indicator.pk, period)


def behind_each(
    indicator: Indicator, structure: Structure, body: UUID, periods: Sequence[UUID]
) -> list[tuple[list[Told], list[Told]]]:
    """What a figure is made of in each of these periods, as `behind`; the facts are read once."""
    table = _Table([indicator], structure, _all_facts((indicator,), structure))
    return [table.behind(body, indicator.pk, period) for period in periods]


def compute_chosen(indicators: Sequence[Indicator], structure: Structure, bodies: set[UUID]) -> dict[Place, Row]:
    """The totals that the facts of these bodies alone make in a network that was put together for them: on a page
    that shows what several groups have in common, where no total of the table stands."""
    those = [one for one in indicators if one.counts != Indicator.Counts.TEXT]
    found = _all_facts(tuple(those), structure) if those else []
    facts = [told for told in found if bodies & set(told.weights)]
    return _Table(those, structure, facts).rows() if facts and structure.periods else {}


@once
def _all_facts(indicators: tuple[Indicator, ...], structure: Structure) -> list[Told]:
    return facts_of(indicators, structure)


def _listed(column: NDArray[Any]) -> list[Any]:
    return list(column.tolist())


def _fill(row: Row, column: int, number: Decimal | None, counted: int, silent: int) -> None:
    if column == 0:
        row.value, row.counted, row.silent = number, counted, silent
    elif counted:
        setattr(row, "numerator" if column == ABOVE else "denominator", number)


def _exact(number: float) -> Decimal | None:
    """The decimal that the engine's float is written as, as the table keeps it; `None` for nan."""
    if number != number:
        return None
    whole = int(number)
    return Decimal(whole) if whole == number else Decimal(repr(number)).quantize(PLACES)


def _decimal(part: Fraction) -> Decimal:
    return decimal_of(part).quantize(PLACES)


def _plain(number: Decimal | None) -> str:
    """A number without needless zeros: 25, not 25.00000000."""
    if number is None:
        return ""
    return plain(number)


def summed(rows: Iterable[Mapping[str, Any]], calculation: str) -> Decimal | None:
    """A figure over several periods from those of each, in order of time: added, the last, the largest, or all
    numerators by all denominators. `unique` has a total of its own, without a period."""
    told = [row for row in rows if row["value"] is not None]
    if not told or calculation == "unique":
        return None
    if calculation == "latest":
        return Decimal(told[-1]["value"])
    if calculation == "maximum":
        return Decimal(max(row["value"] for row in told))
    if calculation == "sum":
        return Decimal(sum(row["value"] for row in told))
    below = sum(row["denominator"] for row in told)
    return Decimal(sum(row["numerator"] for row in told)) / Decimal(below) if below else None
