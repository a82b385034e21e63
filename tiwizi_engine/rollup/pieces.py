"""What each fact gives to totals: whole numbers side by side in a block, which totals add whatever the calculation.

A block holds the value, the denominator (ratio), each category of the breakdowns, and what was said without a number.
So one way of adding serves sums, latest values, ratios, means and breakdowns; only maximum and unique need more
(`summits.py`).

In each number the units stand above, and below them, in `Units.count_bits`, how many facts told it. In the quiet one
the count is of facts that said nothing, and above it stands how many of a latest value were there without a word yet.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tiwizi_engine.rollup.columns import BESIDE, CATEGORIES, QUIET, VALUE, Columns
from tiwizi_engine.rollup.exact import Numbers, Units, Whole
from tiwizi_engine.rollup.facts import LATEST, MAXIMUM, RATIO, SUM, Facts, Truths, numbered, spread_out

Blocks = NDArray[np.int64]


@dataclass(frozen=True)
class Layer:
    """Numbers that facts tell: arrays alike, of which fact (position) and its indicator, of which kind."""

    fact: Whole
    indicator: Whole
    kind: Whole | int
    number: Numbers


@dataclass(frozen=True)
class Told:
    """Facts with their sets of bodies, how each is calculated (-1: it does not apply), which said nothing, and the
    numbers they tell.
    """

    facts: Facts
    sets: Whole
    how: Whole
    silent: Truths
    layers: list[Layer]

    @classmethod
    def of(cls, facts: Facts, sets: Whole, calculations: Whole) -> "Told":
        how, silent = calculations.astype(np.int8).take(facts.indicator), silent_of(facts, calculations)
        if facts.applies is not None:
            how[~facts.applies] = -1
        spoke = np.flatnonzero(~silent & (how >= 0))
        number = facts.value.take(spoke)
        number[how.take(spoke) >= MAXIMUM] = 0.0
        layers = [Layer(spoke, facts.indicator.take(spoke), VALUE, number)]
        ratios = np.flatnonzero(~silent & (how == RATIO))
        if facts.denominator is not None and len(ratios):
            layers.append(Layer(ratios, facts.indicator[ratios], BESIDE, facts.denominator[ratios]))
        if len(facts.part_fact):
            adds = (~silent & ((how == SUM) | (how == LATEST))).take(facts.part_fact)
            part = slice(None) if adds.all() else np.flatnonzero(adds)
            owner, kind = facts.part_fact[part], CATEGORIES + facts.part_category[part]
            layers.append(Layer(owner, facts.indicator.take(owner), kind, facts.part_value[part]))
        return cls(facts, sets, how, silent, layers)

    def numbers(self) -> list[tuple[Whole, Numbers]]:
        """(indicator, number) of each number, layer by layer."""
        return [(layer.indicator, layer.number) for layer in self.layers]

    def present(self, indicators: int) -> Truths:
        """Which kinds of numbers each indicator has."""
        kinds = max(CATEGORIES, *(int(np.max(layer.kind, initial=0)) + 1 for layer in self.layers))
        found = np.zeros(indicators * kinds, dtype=bool)
        for layer in self.layers:
            found[layer.indicator * kinds + layer.kind] = True
        return found.reshape(indicators, kinds)


@dataclass(frozen=True)
class Pieces:
    """Arrays alike: set of bodies, period in which it counts, column, and which of the `blocks` is given."""

    set: Whole
    period: Whole
    column: Whole
    row: Whole
    blocks: Blocks


def pieces_of(told: Told, periods: int, units: Units, columns: Columns) -> Pieces:
    """Everything that these facts give. A latest value counts in each period until the next one."""
    facts, how = told.facts, told.how
    blocks, owner, later = _blocks(told, units, columns)
    once = np.flatnonzero((how >= 0) & ((how != LATEST) | told.silent))
    taken, since, void, void_period = _latest(told, periods)
    fact = np.concatenate([once, taken]).astype(np.int32)
    period = np.concatenate([facts.period.take(once), since]).astype(np.int32)
    made: list[tuple[Whole, Whole, Whole, Whole]] = [(fact, period, facts.indicator.take(fact), fact)]
    if len(void):
        made.append((void, void_period, facts.indicator[void], np.full(len(void), len(facts))))
    if len(owner):
        stands = np.bincount(fact, minlength=len(facts))
        at = np.argsort(fact, kind="stable")[spread_out((np.cumsum(stands) - stands)[owner], stands[owner])]
        again = np.repeat(np.arange(len(owner)), stands[owner])
        made.append((owner[again], period[at], later[again], len(facts) + 1 + again))
    every, when, column, row = made[0] if len(made) == 1 else map(np.concatenate, zip(*made, strict=True))
    return Pieces(told.sets.take(every), when, column, row, blocks)


def _blocks(told: Told, units: Units, columns: Columns) -> tuple[Blocks, Whole, Whole]:
    """(blocks, owner, column): one block for each fact, one that says "there was a fact", and then those of later
    columns, with their facts.
    """
    facts, across = told.facts, columns.across
    blocks = np.zeros((len(facts) + 1, across), dtype=np.int64)
    blocks[:-1, QUIET] = told.silent
    blocks[-1, QUIET] = 1 << units.count_bits
    flat, more = blocks.reshape(-1), []
    for layer in told.layers:
        for limb, those, whole in units.cut(layer.indicator, layer.number):
            its, column = layer.fact[those], layer.indicator[those]
            place = columns.of(column, layer.kind if isinstance(layer.kind, int) else layer.kind[those], limb)
            whole <<= units.count_bits
            whole += 1
            if not columns.one_each:
                away = place // across != column
                more.append((its[away], place[away], whole[away]))
                its, column, place, whole = (one[~away] for one in (its, column, place, whole))
            place += (its - column) * across  # from its indicator's first column to the block of its fact
            np.add.at(flat, place, whole)
    if not more:
        return blocks, np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    others, owner, later = _later(more, columns)
    return np.concatenate([blocks, others]), owner, later


def _later(more: list[tuple[Whole, Whole, Whole]], columns: Columns) -> tuple[Blocks, Whole, Whole]:
    """(blocks, owner, column) of (facts, places, words) in later columns: a block for each column of each fact."""
    owner, place, whole = (np.concatenate(those) for those in zip(*more, strict=True))
    key, number = numbered(owner * np.int64(columns.width) + place // columns.across)
    others = np.zeros((len(key), columns.across), dtype=np.int64)
    np.add.at(others.reshape(-1), number * columns.across + place % columns.across, whole)
    return others, *np.divmod(key, columns.width)


def silent_of(facts: Facts, calculations: Whole) -> Truths:
    """Which facts say nothing: no value, or for a ratio no denominator."""
    silent = np.isnan(facts.value)
    if facts.denominator is not None:
        silent |= (calculations == RATIO).take(facts.indicator) & np.isnan(facts.denominator)
    return silent


def _latest(told: Told, periods: int) -> tuple[Whole, Whole, Whole, Whole]:
    """(fact, period) for each period in which a value is the last one reported by its set of bodies; and (fact,
    period) for those in which there is a fact, but none has said anything yet.
    """
    facts, those = told.facts, np.flatnonzero(told.how == LATEST)
    if not len(those):
        return those, those, those, those
    group = told.sets[those].astype(np.int64) * (int(facts.indicator.max(initial=0)) + 1) + facts.indicator[those]
    # In time; within a period in the order given (the sort is stable).
    order = np.argsort(group * periods + facts.period[those], kind="stable")
    those, group = those[order], group[order]
    spoke = np.flatnonzero(~told.silent[those])
    taken, its = those[spoke], group[spoke]
    start = facts.period[taken].astype(np.int64)
    until = np.full(len(taken), periods, dtype=np.int64)
    same = its[1:] == its[:-1]
    until[:-1][same] = start[1:][same]
    lasts = until - start
    period = spread_out(start, lasts)
    first = np.flatnonzero(np.concatenate([[True], group[1:] != group[:-1]]))
    opening = facts.period[those[first]].astype(np.int64)
    # Where a group's first word comes, or never.
    said = np.full(len(first), periods, dtype=np.int64)
    if len(taken):
        begins = np.flatnonzero(np.concatenate([[True], ~same]))
        said[np.searchsorted(group[first], its[begins])] = start[begins]
    return np.repeat(taken, lasts), period, np.repeat(those[first], said - opening), spread_out(opening, said - opening)
