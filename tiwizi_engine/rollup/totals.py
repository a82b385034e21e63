"""All totals of all bodies, kept so that a changed fact touches only the totals that it belongs to."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from tiwizi_engine.errors import EngineError
from tiwizi_engine.rollup.columns import BESIDE, CATEGORIES, QUIET, VALUE, Columns
from tiwizi_engine.rollup.exact import Units, Whole, written
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
from tiwizi_engine.rollup.graph import Groupings
from tiwizi_engine.rollup.pieces import Blocks, Told, pieces_of
from tiwizi_engine.rollup.rows import Parts, Rows, all_parts, all_rows
from tiwizi_engine.rollup.spread import Spread, given_by, spread, who_of
from tiwizi_engine.rollup.summits import put_summits

DIGITS = 15  # of a decimal that its float keeps
GONE = -1  # the indicator of a fact that was taken away
Given = dict[tuple[int, int, int], Blocks]


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
        if facts.applies is not None:
            self._indicator[~facts.applies] = GONE
        told = Told.of(facts, self._set, self.calculations)
        self._silent = told.silent
        # A body has at most so many facts in a total; changes may add as many again, at least.
        bits = int(np.bincount(facts.indicator, minlength=1).max()).bit_length() + 1
        self._more = 2 ** (bits - 1)
        self.units = Units.of(told.numbers(), len(self.calculations), bits)
        self.columns = Columns(told.present(len(self.calculations)), self.calculations, self.units)
        pieces = pieces_of(told, self.groupings.periods, self.units, self.columns)
        given = given_by(pieces, self.columns, self.groupings, len(self._sets))
        self.spreads: list[Spread] = []
        for k, epoch in enumerate(self.groupings.epochs):
            who = who_of(epoch, self._sets.blocks)
            found = spread(given(k), epoch, who)
            put_summits(found, told, self.calculations, self.columns, who)
            self.spreads.append(found)

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
        counted, silent = (self._count(body, indicator, period, kind) for kind in (VALUE, QUIET))
        parts = {
            kind - CATEGORIES: self._written(self.amount(body, indicator, period, kind), indicator)
            for kind in self.columns.categories(indicator)
            if self._count(body, indicator, period, kind)
        }
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
        if not 0 <= at < len(self._indicator):
            raise EngineError("at", f"expected the position of a fact, from 0 to {len(self._indicator) - 1}, got {at}")
        if at in self._changed:
            return self._changed[at]
        return None if self._indicator[at] == GONE else self._facts.one(at, self._codes)

    def amount(self, body: int, indicator: int, period: int, kind: int) -> int:
        """The sum of a column, in units of the indicator."""
        return self.units.joined([self.units.amounts(one) for one in self._numbers(body, indicator, period, kind)])

    def _count(self, body: int, indicator: int, period: int, kind: int) -> int:
        """How many facts made the sum of a column."""
        return self.units.counts(next(iter(self._numbers(body, indicator, period, kind)), 0))

    def _numbers(self, body: int, indicator: int, period: int, kind: int) -> list[int]:
        """What stands in a total, limb by limb; nothing where nothing stands."""
        found, numbers = self._spread(period), []
        for place in self.columns.find(indicator, kind):
            column, at = divmod(place, self.columns.across)
            block = found.get(body, (period - found.epoch.first) * self.columns.width + column)
            numbers += [] if block is None else [int(block[at])]
        return numbers

    def sure(self) -> list[float]:
        """By indicator: below this size a float of `rows()` and `parts()` has every digit of a sum; from there on ask
        `added`. Where nothing is added there is no such size."""
        adds = np.isin(self.calculations, (SUM, LATEST))
        found: list[float] = np.where(adds, 10.0 ** (DIGITS - self.units.decimals), np.inf).tolist()
        return found

    def added(self, body: int, indicator: int, period: int, category: int | None = None) -> Decimal:
        """The sum of a `sum` or `latest` indicator, or of one of its categories, with every digit."""
        kind = VALUE if category is None else CATEGORIES + category
        return Decimal(f"{self.amount(body, indicator, period, kind)}e-{self.units.decimals[indicator]}")

    def _spread(self, period: int) -> Spread:
        return next(one for one in self.spreads if one.epoch.first <= period <= one.epoch.last)

    def _written(self, amount: int, indicator: int, parts: int = 1) -> int | float:
        return written(amount, parts * 10 ** int(self.units.decimals[indicator]))

    def _value(self, body: int, indicator: int, period: int, counted: int) -> int | float | None:
        how = self.calculations[indicator]
        if how in (MAXIMUM, UNIQUE):
            found = float(np.int64(self._numbers(body, indicator, period, BESIDE)[0]).view(np.float64))
            return written(int(found), 1) if found == int(found) else found
        amount = self.amount(body, indicator, period, VALUE)
        if how == RATIO:
            below = self.amount(body, indicator, period, BESIDE)
            return written(amount, below) if below else None
        return self._written(amount, indicator, counted if how == AVERAGE else 1)

    def _was_there(self, body: int, indicator: int, period: int) -> bool:
        """Has a fact of a latest indicator reached the body, in this period or before?"""
        if self.calculations[indicator] != LATEST:
            return False
        return any(any(self._numbers(body, indicator, at, kind)) for at in range(period + 1) for kind in (VALUE, QUIET))

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
        before = self._blocks(self._concerned(at, old, fact))
        self._store(at, fact)
        told = self._concerned(at, old, fact)
        if not self._fits(told):
            self._start(self._facts.replaced(self._changed, self._codes))
            return
        self._apply(before, self._blocks(told))
        for one in (old, fact):
            if one is not None and self.calculations[one.indicator] in (MAXIMUM, UNIQUE):
                self._climb_again(one)

    def _concerned(self, at: int, *ends: Fact | None) -> Told:
        """The facts that a change of one from here to there may concern."""
        those = {at} if self._indicator[at] != GONE else set()
        for one in ends:
            if one is not None and self.calculations[one.indicator] == LATEST:
                number = self._sets.number(one.bodies)
                group = np.flatnonzero(self._set == number)
                those |= set(group[self._indicator[group] == one.indicator].tolist())
        its = sorted(those)
        facts = [one for one in map(self.fact, its) if one is not None]
        return Told.of(Facts.of(facts, self._codes), self._set[its], self.calculations)

    def _store(self, at: int, fact: Fact | None) -> None:
        self._changed[at] = fact
        self._indicator[at] = GONE if fact is None else fact.indicator
        if fact is not None:
            self._period[at], self._set[at] = fact.period, self._sets.number(fact.bodies)
            self._silent[at] = not fact.reported(int(self.calculations[fact.indicator]))

    def _fits(self, told: Told) -> bool:
        """Room for these numbers and columns as things are? If not, all is computed again (it is rare)."""
        self._more -= 1
        if self._more < 0 or not all(self._holds(indicator, told) for indicator in set(told.facts.indicator.tolist())):
            return False
        indicators, kinds = np.nonzero(told.present(len(self.calculations)))
        places = list(zip(indicators.tolist(), kinds.tolist(), strict=True))
        return all(self.columns.find(*place) or self.columns.admit(*place) for place in places)

    def _holds(self, indicator: int, told: Told) -> bool:
        return all(self.units.hold(indicator, numbers[its == indicator]) for its, numbers in told.numbers())

    def _blocks(self, told: Told) -> Given:
        """What facts give, by set of bodies, period and column."""
        pieces = pieces_of(told, self.groupings.periods, self.units, self.columns)
        places = (pieces.set.tolist(), pieces.period.tolist(), pieces.column.tolist())
        found: Given = {}
        for place, row in zip(zip(*places, strict=True), pieces.row.tolist(), strict=True):
            found[place] = found.get(place, 0) + pieces.blocks[row]
        return found

    def _apply(self, before: Given, after: Given) -> None:
        """What is the same before and after (most periods of a latest value) touches nothing."""
        nothing = np.zeros(self.columns.across, dtype=np.int64)
        for place in before.keys() | after.keys():
            own, period, column = place
            block = after.get(place, nothing) - before.get(place, nothing)
            if block.any():
                found = self._spread(period)
                cell = (period - found.epoch.first) * self.columns.width + column
                for body in found.epoch.above(self._sets.bodies(own)).tolist():
                    found.add(body, cell, block)

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
        found = self._spread(fact.period)
        cell = (fact.period - epoch.first) * self.columns.width + fact.indicator
        for body in concerned.tolist():
            its = [told[k] for k in np.flatnonzero(reached[which, body]).tolist()]
            block = found.get(body, cell)
            if block is not None:
                block[BESIDE] = np.float64(_summit(its)).view(np.int64)

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


def _summit(told: list[float | frozenset[int]]) -> float:
    """The largest of some values, or how many different members; 0 of nothing, where no value is shown."""
    members = [one for one in told if isinstance(one, frozenset)]
    if members:
        return float(len(frozenset[int]().union(*members)))
    return max((one for one in told if not isinstance(one, frozenset)), default=0.0)
