"""All totals of all bodies, kept so that a changed fact touches only the totals that it belongs to."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from tiwizi_engine.errors import EngineError
from tiwizi_engine.rollup.exact import Units, Whole, joined, written
from tiwizi_engine.rollup.facts import (
    AVERAGE,
    CALCULATIONS,
    LATEST,
    MAXIMUM,
    RATIO,
    SUM,
    UNIQUE,
    BodySets,
    Fact,
    Facts,
)
from tiwizi_engine.rollup.graph import Epoch, Groupings
from tiwizi_engine.rollup.pieces import CATEGORIES, DENOMINATOR, SILENT, THERE, VALUE, Pieces, pieces_of, silent_of
from tiwizi_engine.rollup.rows import Parts, Rows, all_parts, all_rows
from tiwizi_engine.rollup.spread import Columns, Given, Reached, Spread, spread
from tiwizi_engine.rollup.summits import Summits, climbed, different, largest

GONE = -1  # the indicator of a fact that was taken away


@dataclass(frozen=True)
class Figure:
    """One total: `value` (`None`: nothing was reported), how many facts were `counted` and how many were `silent`,
    `parts` by category. Not `there`: no fact reaches the body, so there is no such row.
    """

    value: int | float | None
    counted: int
    silent: int
    parts: dict[int, int | float] = field(default_factory=dict)
    there: bool = True


class Totals:
    """Totals of `facts` over `groupings`; `calculations` names the calculation of each indicator.

    `rows()` and `parts()` give all as arrays, `figure()` one of them, `behind()` the facts that it is made of.
    `put()`, `add()` and `remove()` change a fact: the totals are then those of a new computation, to the last digit.
    Raises `EngineError` for a calculation or a position that does not exist.
    """

    def __init__(self, facts: Facts, groupings: Groupings, calculations: Sequence[str]) -> None:
        for k, name in enumerate(calculations):
            if name not in CALCULATIONS:
                raise EngineError(f"calculations[{k}]", f"expected one of {', '.join(CALCULATIONS)}, got {name!r}")
        self.groupings = groupings
        self.calculations = np.array([CALCULATIONS.index(name) for name in calculations], dtype=np.int64)
        self._codes: list[int] = self.calculations.tolist()
        self._start(facts)

    def _start(self, facts: Facts) -> None:
        facts.within(self.groupings.bodies, len(self.calculations), self.groupings.periods)
        self._facts = facts
        self._changed: dict[int, Fact | None] = {}
        self._sets = BodySets(facts, self.groupings.bodies)
        self._set = self._sets.of
        # Copies, because they follow every change; the arrays given stay as they are.
        self._indicator = facts.indicator.astype(np.int32)
        self._period = facts.period.astype(np.int32)
        self._silent = silent_of(facts, self.calculations)
        if facts.applies is not None:
            self._indicator[~facts.applies] = GONE
        pieces = pieces_of(facts, self._set, self.calculations, self.groupings.periods)
        self.units = Units.of(pieces.indicator, pieces.number, len(self.calculations))
        self.columns = Columns(pieces, self.units)
        self.summits = Summits()
        self.spreads: list[Spread] = []
        given = Given(pieces, self.units, self.columns, self.groupings, len(self._sets))
        del pieces
        for k, epoch in enumerate(self.groupings.epochs):
            reached = epoch.climb(self._sets.blocks)
            self.spreads.append(spread(given.of(k), epoch, reached))
            self._fill_summits(facts, epoch, reached)

    def _fill_summits(self, facts: Facts, epoch: Epoch, reached: Reached) -> None:
        how = np.where(self._indicator == GONE, GONE, self.calculations[facts.indicator])
        inside = (facts.period >= epoch.first) & (facts.period <= epoch.last) & ~self._silent
        for calculation in (MAXIMUM, UNIQUE):
            those = np.flatnonzero((how == calculation) & inside)
            if len(those):
                fact, body = climbed(those, self._set, *reached)
                keys = self.keys(body, facts.indicator[fact], facts.period[fact])
                found = largest(keys, facts.value[fact]) if calculation == MAXIMUM else different(facts, fact, keys)
                self.summits.add(*found)

    def keys(self, body: Whole, indicator: Whole, period: Whole) -> Whole:
        """Body, indicator and period packed in one number each."""
        found: Whole = (body.astype(np.int64) * len(self.calculations) + indicator) * self.groupings.periods + period
        return found

    # All of them

    def rows(self) -> Rows:
        """Every row of every body, in no order."""
        return all_rows(self)

    def parts(self) -> Parts:
        """Every category of every breakdown of every row, in no order."""
        return all_parts(self)

    # One of them

    def figure(self, body: int, indicator: int, period: int) -> Figure:
        """One total, with its breakdown."""
        counted, silent = self._counts(body, indicator, period, VALUE)
        parts: dict[int, int | float] = {}
        if counted and self.calculations[indicator] in (SUM, LATEST):
            kinds = self.columns.kind[(self.columns.indicator == indicator) & (self.columns.limb == 0)]
            for kind in sorted(kinds[kinds >= CATEGORIES].tolist()):
                if self._counts(body, indicator, period, kind)[0]:
                    parts[kind - CATEGORIES] = self._written(self.amount(body, indicator, period, kind), indicator)
        value = self._value(body, indicator, period, counted) if counted else None
        there = bool(counted or silent) or self._was_there(body, indicator, period)
        return Figure(value, counted, silent, parts, there)

    def behind(self, body: int, indicator: int, period: int) -> tuple[Whole, Whole]:
        """Positions of the facts that a total counts, and of those that said nothing, both ascending."""
        latest = self.calculations[indicator] == LATEST
        when = self._period <= period if latest else self._period == period
        those = np.flatnonzero((self._indicator == indicator) & when)
        those = those[self._reach(those, body, period)]
        silent = those[self._silent[those] & (self._period[those] == period)]
        those = those[~self._silent[those]]
        if latest and len(those):
            those = those[np.lexsort((those, self._period[those], self._set[those]))]
            sets = self._set[those]
            those = np.sort(those[np.concatenate([sets[1:] != sets[:-1], [True]])])
        return those, silent

    def fact(self, at: int) -> Fact | None:
        """The fact at a position as it is now; `None` when it was removed."""
        if at in self._changed:
            return self._changed[at]
        return None if self._indicator[at] == GONE else self._facts.one(at, self._codes)

    def amount(self, body: int, indicator: int, period: int, kind: int) -> int:
        """The sum of a column, in units of the indicator."""
        column = self.columns.find(indicator, kind)
        limbs = int(self.units.limbs[indicator])
        return 0 if column < 0 else joined([self._cell(body, period, column + k).real for k in range(limbs)])

    def added(self, body: int, indicator: int, period: int, category: int | None = None) -> Decimal:
        """The sum of a `sum` or `latest` indicator, or of one of its categories, with every digit: the floats of
        `rows()` and `parts()` have room for 15."""
        kind = VALUE if category is None else CATEGORIES + category
        return Decimal(f"{self.amount(body, indicator, period, kind)}e-{self.units.decimals[indicator]}")

    def _cell(self, body: int, period: int, column: int) -> complex:
        found = self._spread(period)
        return found.get(body, (period - found.epoch.first) * self.columns.width + column)

    def _spread(self, period: int) -> Spread:
        return next(one for one in self.spreads if one.epoch.first <= period <= one.epoch.last)

    def _counts(self, body: int, indicator: int, period: int, kind: int) -> tuple[int, int]:
        column = self.columns.find(indicator, kind)
        both = 0 if column < 0 else int(self._cell(body, period, column).imag)
        return both % int(SILENT), both // int(SILENT)

    def _written(self, amount: int, indicator: int, parts: int = 1) -> int | float:
        return written(amount, parts * 10 ** int(self.units.decimals[indicator]))

    def _value(self, body: int, indicator: int, period: int, counted: int) -> int | float | None:
        how = self.calculations[indicator]
        if how in (MAXIMUM, UNIQUE):
            found = self.summits.get(int(self.keys(*(np.array([one]) for one in (body, indicator, period)))[0]))
            return None if found is None else written(int(found), 1) if found == int(found) else found
        amount = self.amount(body, indicator, period, VALUE)
        if how == RATIO:
            below = self.amount(body, indicator, period, DENOMINATOR)
            return written(amount, below) if below else None
        return self._written(amount, indicator, counted if how == AVERAGE else 1)

    def _was_there(self, body: int, indicator: int, period: int) -> bool:
        """Has a fact of a latest indicator reached the body, in this period or before?"""
        if self.calculations[indicator] != LATEST:
            return False
        return any(
            self._counts(body, indicator, at, kind) != (0, 0) for at in range(period + 1) for kind in (VALUE, THERE)
        )

    def _reach(self, those: Whole, body: int, period: int) -> NDArray[np.bool_]:
        """Which of these facts reach a body in a period?"""
        below = self.groupings.at(period).reach[:, body // 8] >> (body % 8) & 1
        sets, which = np.unique(self._set[those], return_inverse=True)
        good = np.array([below[self._sets.bodies(one)].any() for one in sets.tolist()], dtype=bool)
        return good[which]

    # Changes

    def put(self, at: int, fact: Fact) -> None:
        """Replace the fact at a position."""
        self._change(at, fact)

    def remove(self, at: int) -> None:
        """Take a fact away (or say that it does not apply). Its position stays empty."""
        self._change(at, None)

    def add(self, fact: Fact) -> int:
        """A fact after all others; returns its position."""
        self._admit(fact)
        at = len(self._indicator)
        self._changed[at] = None
        self._indicator = np.append(self._indicator, GONE)
        self._period, self._set = np.append(self._period, 0), np.append(self._set, 0)
        self._silent = np.append(self._silent, True)
        self._change(at, fact)
        return at

    def _admit(self, fact: Fact) -> None:
        facts = Facts.of([fact], self._codes) if 0 <= fact.indicator < len(self.calculations) else None
        if facts is None:
            raise EngineError("indicator", f"expected 0 to {len(self.calculations) - 1}, got {fact.indicator}")
        facts.within(self.groupings.bodies, len(self.calculations), self.groupings.periods)
        if len(set(fact.bodies)) < len(fact.bodies):
            raise EngineError("bodies", "a fact names a body twice")

    def _change(self, at: int, fact: Fact | None) -> None:
        old = self.fact(at)
        if fact is not None:
            self._admit(fact)
        before = self._pieces(at, old, fact)
        self._store(at, fact)
        after = self._pieces(at, old, fact)
        if not self._fits(after):
            self._renew()
            return
        self._apply(before, after)
        for one in (old, fact):
            if one is not None and self.calculations[one.indicator] in (MAXIMUM, UNIQUE):
                self._climb_again(one)

    def _pieces(self, at: int, *ends: Fact | None) -> Pieces:
        """What the facts give that a change of one from here to there may concern."""
        those = {at} if self._indicator[at] != GONE else set()
        for one in ends:
            if one is not None and self.calculations[one.indicator] == LATEST:
                number = self._sets.number(one.bodies)
                group = np.flatnonzero(self._set == number)
                those |= set(group[self._indicator[group] == one.indicator].tolist())
        facts, sets = self._gather(those)
        return pieces_of(facts, sets, self.calculations, self.groupings.periods)

    def _gather(self, those: Iterable[int]) -> tuple[Facts, Whole]:
        at = sorted(those)
        found = [one for one in (self.fact(k) for k in at) if one is not None]
        return Facts.of(found, self._codes), self._set[at]

    def _store(self, at: int, fact: Fact | None) -> None:
        self._changed[at] = fact
        self._indicator[at] = GONE if fact is None else fact.indicator
        if fact is not None:
            self._period[at], self._set[at] = fact.period, self._sets.number(fact.bodies)
            self._silent[at] = not fact.reported(int(self.calculations[fact.indicator]))

    def _fits(self, pieces: Pieces) -> bool:
        """Room for these numbers and columns as things are? If not, all is computed again (it is rare)."""
        for indicator in np.unique(pieces.indicator).tolist():
            its = pieces.indicator == indicator
            if not self.units.hold(indicator, pieces.number[its]):
                return False
            for kind in np.unique(pieces.kind[its]).tolist():
                if self.columns.find(indicator, kind) < 0 and not self.columns.admit(indicator, kind):
                    return False
        return True

    def _renew(self) -> None:
        self._start(self._facts.replaced(self._changed, self._codes))

    def _apply(self, before: Pieces, after: Pieces) -> None:
        """What is the same before and after (most periods of a latest value) touches nothing."""
        differs: dict[tuple[int, int, int], complex] = {}
        for sign, pieces in ((-1, before), (1, after)):
            for place, number in self._units_of(pieces):
                differs[place] = differs.get(place, 0j) + sign * number
        for (own, period, column), number in differs.items():
            if number:
                found = self._spread(period)
                cell = (period - found.epoch.first) * self.columns.width + column
                for body in found.epoch.above(self._sets.bodies(own)).tolist():
                    found.add(body, cell, number)

    def _units_of(self, pieces: Pieces) -> Iterator[tuple[tuple[int, int, int], complex]]:
        """((set, period, column), units and count) of each piece and limb."""
        first = self.columns.of(pieces.indicator, pieces.kind)
        for limb, at, numbers in self.units.cut(pieces.indicator, pieces.number):
            places = (pieces.set[at].tolist(), pieces.period[at].tolist(), (first[at] + limb).tolist())
            yield from zip(zip(*places, strict=True), (numbers + 1j * pieces.count[at]).tolist(), strict=True)

    def _climb_again(self, fact: Fact) -> None:
        """The largest value, or the number of members, of each total that a fact stood in."""
        those = np.flatnonzero(self._indicator == fact.indicator)
        those = those[(self._period[those] == fact.period) & ~self._silent[those]]
        epoch = self.groupings.at(fact.period)
        concerned = epoch.above(fact.bodies)
        sets, which = np.unique(self._set[those], return_inverse=True)
        reached = np.zeros((len(sets), epoch.bodies), dtype=bool)
        for row, own in enumerate(sets.tolist()):
            reached[row, epoch.above(self._sets.bodies(own))] = True
        told = self._told(those, self._codes[fact.indicator])
        keys = self.keys(concerned, np.array([fact.indicator]), np.array([fact.period]))
        for key, body in zip(keys.tolist(), concerned.tolist(), strict=True):
            its = [told[k] for k in np.flatnonzero(reached[which, body]).tolist()]
            self.summits.put(key, _summit(its))

    def _told(self, those: Whole, calculation: int) -> list[float | frozenset[int]]:
        """The value, or the members, of each of these facts, which all said something."""
        start, end = (np.searchsorted(self._facts.member_fact, those + more).tolist() for more in (0, 1))
        found: list[float | frozenset[int]] = []
        for k, at in enumerate(those.tolist()):
            changed = self._changed.get(at)
            if calculation == MAXIMUM:
                found.append(float(self._facts.value[at]) if changed is None else changed.value or 0.0)
            elif changed is None:
                found.append(frozenset(self._facts.member[start[k] : end[k]].tolist()))
            else:
                found.append(changed.members or frozenset())
        return found


def _summit(told: list[float | frozenset[int]]) -> float | None:
    """The largest of some values, or how many different members; `None` of nothing."""
    if not told:
        return None
    members = [one for one in told if isinstance(one, frozenset)]
    if members:
        return float(len(frozenset[int]().union(*members)))
    return max(one for one in told if not isinstance(one, frozenset))
