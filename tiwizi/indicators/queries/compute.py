"""Totals by the engine: every figure on a page, in a file or in the API comes from here, kept in `Total`."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from tiwizi.indicators.models import Indicator
from tiwizi.indicators.queries.facts import Told, facts_of
from tiwizi.indicators.queries.structure import Structure
from tiwizi_engine.rollup import Fact, Facts, Groupings, Totals
from tiwizi_engine.rollup.facts import CALCULATIONS

PLACES = Decimal(1).scaleb(-8)
# Beside each indicator stand counts of its facts and what its figure is made of, added like any other figure.
SETTLED, SHARED, ABOVE, BELOW = range(1, 5)
WIDTH = 5
Place = tuple[UUID, UUID, UUID | None]  # body, indicator, period


@dataclass
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
        self.categories: dict[tuple[str, str], int] = {}
        self.members: dict[str, int] = {}
        self.calculations = [name for one in indicators for name in _calculations(one)]
        codes = [CALCULATIONS.index(name) for name in self.calculations]
        made = [(told, one) for told in facts for one in self._facts(told)]
        self.owners = [told for told, _ in made]
        self.totals = Totals(Facts.of([one for _, one in made], codes), self.groupings, self.calculations)

    def _facts(self, told: Told) -> Iterable[Fact]:
        indicator = self.indicators[self.number[told.indicator]]
        made = self._fact(told, indicator)
        yield made
        reported = made.reported(CALCULATIONS.index(indicator.calculation))
        for place, value in _beside(told, indicator).items():
            spot = made.indicator + place
            yield Fact(spot, made.period, made.bodies, float(value) if reported else None)

    def _fact(self, told: Told, indicator: Indicator) -> Fact:
        bodies = tuple(self.structure.bodies[body] for body in told.weights)
        where = (self.number[told.indicator] * WIDTH, self.period[told.period], bodies)
        if indicator.calculation == "ratio":
            return Fact(*where, _float(told.numerator), _float(told.denominator))
        if indicator.calculation == "unique":
            known = told.members
            return Fact(*where, members=None if known is None else frozenset(map(self._member, known)))
        parts = {
            self.categories.setdefault((code, category), len(self.categories)): float(number)
            for code, numbers in told.breakdown.items()
            for category, number in numbers.items()
        }
        return Fact(*where, _float(told.value), breakdown=parts)

    def _member(self, name: str) -> int:
        return self.members.setdefault(name, len(self.members))

    def rows(self) -> dict[Place, Row]:
        """What the engine found, by body, indicator and period."""
        found: dict[Place, Row] = defaultdict(Row)
        bodies, periods = list(self.structure.bodies), [period.pk for period in self.structure.periods]
        rows = self.totals.rows()
        fields = zip(rows.body, rows.indicator, rows.period, rows.value, rows.counted, rows.silent, strict=True)
        for body, column, period, value, counted, silent in fields:
            number, place = divmod(int(column), WIDTH)
            row = found[bodies[body], self.indicators[number].pk, periods[period]]
            _fill(row, place, None if value != value else _exact(value), int(counted), int(silent))
        self._break_down(found, bodies, periods)
        self._own(found)
        return dict(found) | self._for_life(bodies)

    def _break_down(self, found: dict[Place, Row], bodies: list[UUID], periods: list[UUID]) -> None:
        parts, names = self.totals.parts(), list(self.categories)
        for body, column, period, category, value in zip(
            parts.body, parts.indicator, parts.period, parts.category, parts.value, strict=True
        ):
            row = found[bodies[body], self.indicators[int(column) // WIDTH].pk, periods[period]]
            code, name = names[category]
            row.by.setdefault(code, {})[name] = _plain(_exact(value))

    def _own(self, found: dict[Place, Row]) -> None:
        """Each body's own part of what is added; parts of one figure make it up exactly but for the last place."""
        parts: dict[Place, Fraction] = defaultdict(Fraction)
        for told in self.told:
            if told.value is not None and self.indicators[self.number[told.indicator]].calculation == "sum":
                for body in told.weights:
                    parts[body, told.indicator, told.period] += told.own(body)
        for place, part in parts.items():
            found[place].own = _decimal(part)

    def _for_life(self, bodies: list[UUID]) -> dict[Place, Row]:
        """How many different ones over all periods: each fact with every body that it reached in its own time."""
        numbers = [k for k, one in enumerate(self.indicators) if one.calculation == "unique"]
        facts = [
            Fact(k * WIDTH, 0, tuple(self._reached(told)), members=frozenset(map(self._member, told.members)))
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
        return [self.owners[k] for k in counted], [self.owners[k] for k in silent]


def behind(indicator: Indicator, structure: Structure, body: UUID, period: UUID) -> tuple[list[Told], list[Told]]:
    """What a figure is made of: the facts counted once each, and the silence of those who were to report."""
    latest = indicator.calculation == "latest"
    facts = facts_of([indicator], structure, None if latest else [period])
    return _Table([indicator], structure, facts).behind(body, indicator.pk, period)


def behind_each(
    indicator: Indicator, structure: Structure, body: UUID, periods: Sequence[UUID]
) -> list[tuple[list[Told], list[Told]]]:
    """What a figure is made of in each of these periods, as `behind`; the facts are read once."""
    table = _Table([indicator], structure, facts_of([indicator], structure))
    return [table.behind(body, indicator.pk, period) for period in periods]


def compute_chosen(indicators: Sequence[Indicator], structure: Structure, bodies: set[UUID]) -> dict[Place, Row]:
    """The totals that the facts of these bodies alone make in a network that was put together for them: on a page
    that shows what several groups have in common, where no total of the table stands."""
    those = [one for one in indicators if one.counts != Indicator.Counts.TEXT]
    facts = [told for told in facts_of(those, structure) if bodies & set(told.weights)] if those else []
    return _Table(those, structure, facts).rows() if facts and structure.periods else {}


def _calculations(indicator: Indicator) -> list[str]:
    beside = "latest" if indicator.calculation == "latest" else "sum"
    return [indicator.calculation, beside, beside, "sum", "sum"]


def _beside(told: Told, indicator: Indicator) -> dict[int, Decimal | int]:
    """What stands beside a reported fact, by column."""
    found: dict[int, Decimal | int] = {SETTLED: int(told.settled), SHARED: int(len(told.weights) > 1)}
    if indicator.calculation == "ratio" and told.numerator is not None and told.denominator is not None:
        found |= {ABOVE: told.numerator, BELOW: told.denominator}
    if indicator.calculation == "average" and told.value is not None:
        found |= {ABOVE: told.value, BELOW: 1}
    return found


def _fill(row: Row, place: int, value: Decimal | None, counted: int, silent: int) -> None:
    if place == 0:
        row.value, row.counted, row.silent = value, counted, silent
    elif place in (SETTLED, SHARED):
        setattr(row, "settled" if place == SETTLED else "shared", int(value or 0))
    elif counted:
        setattr(row, "numerator" if place == ABOVE else "denominator", value)


def _float(number: Decimal | None) -> float | None:
    return None if number is None else float(number)


def _exact(number: Any) -> Decimal:
    """The decimal that the engine's float is written as, as the table keeps it."""
    return Decimal(repr(float(number))).quantize(PLACES)


def _decimal(part: Fraction) -> Decimal:
    return (Decimal(part.numerator) / Decimal(part.denominator)).quantize(PLACES)


def _plain(number: Decimal) -> str:
    """A number without needless zeros: 25, not 25.00000000."""
    return format(number.normalize() + 0, "f")


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
