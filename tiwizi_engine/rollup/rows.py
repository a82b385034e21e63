"""All totals as arrays."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from tiwizi_engine.rollup.columns import BESIDE, CATEGORIES, QUIET, VALUE
from tiwizi_engine.rollup.exact import Numbers, Whole
from tiwizi_engine.rollup.facts import AVERAGE, LATEST, MAXIMUM, RATIO
from tiwizi_engine.rollup.pieces import Blocks
from tiwizi_engine.rollup.spread import Cells

if TYPE_CHECKING:
    from tiwizi_engine.rollup.totals import Totals

AT_ONCE = 2**15  # cells, so that what is made of them stays near the processor
TABLE = 2**24  # entries of a table of bodies, indicators and periods


@dataclass(frozen=True)
class Rows:
    """Arrays alike, one entry a total: `body`, `indicator`, `period` (positions), `value` (nan: nothing reported),
    how many facts were `counted`, how many were `silent`.
    """

    body: Whole
    indicator: Whole
    period: Whole
    value: Numbers
    counted: Whole
    silent: Whole


@dataclass(frozen=True)
class Parts:
    """Arrays alike, one entry a category of a total: `body`, `indicator`, `period`, `category` (positions), `value`."""

    body: Whole
    indicator: Whole
    period: Whole
    category: Whole
    value: Numbers


T = TypeVar("T", Rows, Parts)


def all_rows(totals: "Totals") -> Rows:
    """Of each total the value, and what was counted."""
    columns = totals.columns
    wanted = None if columns.one_each else np.arange(columns.width) < columns.firsts
    found = [one.cells(wanted) for one in totals.spreads]
    places = [_Places(totals, k) for k in range(len(found))]
    bodies = [cells.body() for cells in found]
    quiet = _quiet(totals, found, bodies, places)
    # All is written into one place: moving it there once more would take longer than finding it.
    ends = np.cumsum([0, *map(len, found), len(quiet[0])]).tolist()
    rows = Rows(*(np.empty(ends[-1], dtype=kind) for kind in ("i4", "i4", "i4", "f8", "i4", "i4")))
    for cells, body, place, (start, end) in zip(found, bodies, places, pairwise(ends[:-1]), strict=True):
        rows.body[start:end] = body
        for at in _stretches(len(cells)):
            _fill(totals, place, cells, at, _cut(rows, slice(start + at.start, start + at.stop)))
    for one, value in zip(fields(Rows), (*quiet, np.nan, 0, 0), strict=True):
        getattr(rows, one.name)[ends[-2] :] = value
    return rows


def _stretches(end: int) -> Iterator[slice]:
    for k in range(0, end, AT_ONCE):
        yield slice(k, min(end, k + AT_ONCE))


def _cut(those: T, at: slice) -> T:
    return type(those)(*(getattr(those, one.name)[at] for one in fields(those)))


class _Places:
    """What a cell of an epoch is, looked up: dividing millions of numbers takes longer."""

    def __init__(self, totals: "Totals", epoch: int) -> None:
        one, columns = totals.spreads[epoch].epoch, totals.columns
        length = one.last - one.first + 1
        self.indicator = np.tile(columns.indicators(), length)
        self.period = np.repeat(np.arange(one.first, one.last + 1, dtype=np.int32), columns.width)
        self.special = np.isin(self.indicator, np.flatnonzero(totals.calculations > LATEST))
        self.kinds = [np.tile(kinds, length) for kinds in columns.kinds().T]


def _fill(totals: "Totals", places: _Places, cells: Cells, at: slice, rows: Rows) -> None:
    """Rows of some cells, written where they belong."""
    cell, blocks, units = cells.cell[at], cells.blocks[at], totals.units
    np.take(places.indicator, cell, out=rows.indicator, mode="clip")
    np.take(places.period, cell, out=rows.period, mode="clip")
    rows.counted[:] = units.counts(blocks[:, VALUE])
    rows.silent[:] = units.counts(blocks[:, QUIET])
    rows.value[:] = _amounts(totals, rows, units.amounts(blocks[:, VALUE]), np.broadcast_to(VALUE, len(cell)))
    special = np.flatnonzero(places.special.take(cell))
    if len(special):
        rows.value[special] = _special(totals, rows, blocks.take(special, axis=0), special)
    rows.value[rows.counted == 0] = np.nan


def _amounts(totals: "Totals", rows: Rows | Parts, units: Whole, kind: Whole) -> Numbers:
    """Units made numbers again, of the kind beside each."""
    known = totals.units
    amount = units.astype(np.float64)
    if known.decimals.any():
        amount /= known.factor[rows.indicator]
    if (known.limbs > 1).any():
        for at in np.flatnonzero((known.limbs > 1)[rows.indicator]).tolist():
            indicator = int(rows.indicator[at])
            whole = totals.amount(int(rows.body[at]), indicator, int(rows.period[at]), int(kind[at]))
            amount[at] = whole / 10 ** int(known.decimals[indicator])
    return amount


def _special(totals: "Totals", rows: Rows, blocks: Blocks, at: Whole) -> Numbers:
    """Means, ratios and what stands beside."""
    units, indicator, counted = totals.units, rows.indicator[at], rows.counted[at]
    how = totals.calculations[indicator]
    whole, found = units.amounts(blocks[:, VALUE]), np.full(len(at), np.nan)
    # One division of two exact numbers: the nearest float to the exact mean.
    means = np.flatnonzero((how == AVERAGE) & (counted > 0))
    found[means] = whole[means] / (counted[means] * units.factor[indicator[means]])
    if (how != AVERAGE).any():
        beside = blocks[:, BESIDE]
        below = units.amounts(beside)
        # Numerator and denominator are in the same units.
        ratios = np.flatnonzero((how == RATIO) & (below != 0))
        found[ratios] = whole[ratios] / below[ratios]
        summits = np.flatnonzero(how >= MAXIMUM)
        found[summits] = beside[summits].view(np.float64)
    for k in np.flatnonzero(units.limbs[indicator] > 1).tolist():
        value = totals.figure(int(rows.body[at[k]]), int(indicator[k]), int(rows.period[at[k]])).value
        found[k] = np.nan if value is None else value
    return found


def all_parts(totals: "Totals") -> Parts:
    """Of each total with a breakdown the sum of each category."""
    found = [one.cells(None) for one in totals.spreads]
    places = [_Places(totals, k) for k in range(len(found))]
    slots = np.flatnonzero((totals.columns.kinds() >= CATEGORIES).any(axis=0)).tolist()
    # Room for every category of every cell; what is not written takes no memory.
    most = sum(map(len, found)) * len(slots)
    parts, end = Parts(*(np.empty(most, dtype=kind) for kind in ("i4", "i4", "i4", "i4", "f8"))), 0
    for cells, place in zip(found, places, strict=True):
        body = cells.body()
        for at in _stretches(len(cells)):
            for slot in slots:
                end += _fill_parts(totals, place, (body[at], cells.cell[at], cells.blocks[at, slot]), slot, parts, end)
    return _cut(parts, slice(0, end))


def _fill_parts(
    totals: "Totals", places: _Places, cells: tuple[Whole, Whole, Whole], slot: int, parts: Parts, start: int
) -> int:
    """The categories that stand in one place of some blocks, written from `start` on; how many there are."""
    body, cell, numbers = cells
    kind = places.kinds[slot].take(cell)
    at = np.flatnonzero((kind >= CATEGORIES) & (numbers != 0))
    cell, kind, mine = cell.take(at), kind.take(at), _cut(parts, slice(start, start + len(at)))
    np.take(body, at, out=mine.body, mode="clip")
    np.take(places.indicator, cell, out=mine.indicator, mode="clip")
    np.take(places.period, cell, out=mine.period, mode="clip")
    np.subtract(kind, CATEGORIES, out=mine.category)
    mine.value[:] = _amounts(totals, mine, totals.units.amounts(numbers.take(at)), kind)
    return len(at)


def _quiet(
    totals: "Totals", found: Sequence[Cells], bodies: Sequence[Whole], places: Sequence[_Places]
) -> tuple[Whole, Whole, Whole]:
    """(body, indicator, period) of rows in which nothing stands: a latest indicator has a row from the first period
    on in which a fact reached the body, also where groupings ended since.
    """
    latest, periods = np.flatnonzero(totals.calculations == LATEST), totals.groupings.periods
    many = max(1, TABLE // max(1, totals.groupings.bodies * periods))
    missing = [(latest[:0], latest[:0], latest[:0])]
    for k in range(0, len(latest) if len(found) > 1 else 0, many):
        some = latest[k : k + many]
        rank = np.full(len(totals.calculations), -1)
        rank[some] = np.arange(len(some))
        there = np.zeros((totals.groupings.bodies, len(some), periods), dtype=bool)
        for cells, body, place in zip(found, bodies, places, strict=True):
            its = rank[place.indicator]
            at = np.flatnonzero((its >= 0).take(cells.cell))
            slot = (its * periods + place.period).take(cells.cell.take(at))
            slot += body.take(at) * np.int64(len(some) * periods)
            there.reshape(-1)[slot] = True
        body, at, period = np.nonzero(np.logical_or.accumulate(there, axis=2) & ~there)
        missing.append((body, some[at], period))
    return tuple(map(np.concatenate, zip(*missing, strict=True)))  # type: ignore[return-value]
