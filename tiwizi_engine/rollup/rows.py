"""All totals as arrays."""

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tiwizi_engine.rollup.exact import Numbers, Whole
from tiwizi_engine.rollup.facts import AVERAGE, LATEST, MAXIMUM, RATIO, UNIQUE, distinct
from tiwizi_engine.rollup.pieces import CATEGORIES, DENOMINATOR, SILENT, THERE, VALUE

if TYPE_CHECKING:
    from tiwizi_engine.rollup.totals import Totals


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


@dataclass(frozen=True)
class _Cells:
    body: Whole
    period: Whole
    column: Whole
    number: NDArray[np.complex128]


def all_rows(totals: "Totals") -> Rows:
    """Of each total the value, and what was counted."""
    columns = totals.columns
    cells = _cells(totals, (columns.kind == VALUE) & (columns.limb == 0))
    indicator = columns.indicator.astype(np.int32)[cells.column]
    both = cells.number.imag
    silent = np.floor(both / SILENT)
    counted = both - silent * SILENT
    value = _values(totals, cells, indicator, counted)
    rows = Rows(cells.body, indicator, cells.period, value, counted.astype(np.int32), silent.astype(np.int32))
    return _with_quiet(totals, rows) if (totals.calculations == LATEST).any() else rows


def all_parts(totals: "Totals") -> Parts:
    """Of each total with a breakdown the sum of each category."""
    columns = totals.columns
    cells = _cells(totals, (columns.kind >= CATEGORIES) & (columns.limb == 0))
    indicator = columns.indicator.astype(np.int32)[cells.column]
    kind = columns.kind.astype(np.int32)[cells.column]
    return Parts(cells.body, indicator, cells.period, kind - CATEGORIES, _amounts(totals, cells, indicator))


def _cells(totals: "Totals", wanted: NDArray[np.bool_]) -> _Cells:
    """All cells of the wanted columns in which something stands."""
    width = totals.columns.width
    chosen = np.zeros(width, dtype=bool)
    chosen[: len(wanted)] = wanted
    found = []
    for one in totals.spreads:
        found.append(one.places(np.tile(chosen, one.epoch.last - one.epoch.first + 1)))
    # All epochs are written into one place: moving them there once more would take longer than finding them.
    ends = np.cumsum([0, *map(len, found)]).tolist()
    body, period, column = (np.empty(ends[-1], dtype=np.int32) for _ in range(3))
    number = np.empty(ends[-1], dtype=np.complex128)
    for one, places, (start, end) in zip(totals.spreads, found, pairwise(ends), strict=True):
        cell = np.empty(end - start, dtype=one.cell.dtype)
        one.fill(places, body[start:end], cell, number[start:end])
        # What a cell is, looked up: dividing millions of numbers takes longer.
        length = one.epoch.last - one.epoch.first + 1
        periods = np.repeat(np.arange(one.epoch.first, one.epoch.last + 1, dtype=np.int32), width)
        np.take(periods, cell, out=period[start:end], mode="clip")
        np.take(np.tile(np.arange(width, dtype=np.int32), length), cell, out=column[start:end], mode="clip")
    if any(one.changed for one in totals.spreads):
        stays = number.imag > 0
        return _Cells(body[stays], period[stays], column[stays], number[stays])
    return _Cells(body, period, column, number)


def _amounts(totals: "Totals", cells: _Cells, indicator: Whole) -> Numbers:
    """Units made numbers again."""
    units = totals.units
    amount = cells.number.real
    if (units.decimals > 0).any():
        amount = amount / (10.0 ** np.minimum(units.decimals, 22))[indicator]
    wide = np.flatnonzero((units.limbs > 1)[indicator]) if (units.limbs > 1).any() else np.zeros(0, dtype=np.int64)
    if len(wide):
        amount = amount.copy()
    for at in wide.tolist():
        kind = int(totals.columns.kind[cells.column[at]])
        whole = totals.amount(int(cells.body[at]), int(indicator[at]), int(cells.period[at]), kind)
        amount[at] = whole / 10 ** int(units.decimals[indicator[at]])
    return amount


def _values(totals: "Totals", cells: _Cells, indicator: Whole, counted: Numbers) -> Numbers:
    how = totals.calculations[indicator]
    value = np.array(_amounts(totals, cells, indicator))
    value[counted == 0] = np.nan
    special = np.flatnonzero((how != 0) & (how != LATEST) & (counted > 0))
    summits = special[(how[special] == MAXIMUM) | (how[special] == UNIQUE)]
    value[summits] = totals.summits.of(totals.keys(cells.body[summits], indicator[summits], cells.period[summits]))
    means = special[how[special] == AVERAGE]
    # One division of two exact numbers: the nearest float to the exact mean.
    parts = counted[means] * 10.0 ** np.minimum(totals.units.decimals, 22)[indicator[means]]
    value[means] = cells.number.real[means] / parts
    ratios = special[how[special] == RATIO]
    value[ratios] = _ratios(totals, cells, indicator, ratios)
    divided = np.concatenate([means, ratios])
    wide = divided[totals.units.limbs[indicator[divided]] > 1]
    for at in wide.tolist():
        exact = totals.figure(int(cells.body[at]), int(indicator[at]), int(cells.period[at])).value
        value[at] = np.nan if exact is None else exact
    return value


def _ratios(totals: "Totals", cells: _Cells, indicator: Whole, those: Whole) -> Numbers:
    """Numerators by denominators, both in the same units; nan where the denominator is 0."""
    columns = totals.columns
    below = _cells(totals, (columns.kind == DENOMINATOR) & (columns.limb == 0))
    keys = totals.keys(below.body, columns.indicator[below.column], below.period)
    order = np.argsort(keys)
    if not len(those):
        return np.zeros(0)
    mine = totals.keys(cells.body[those], indicator[those], cells.period[those])
    denominator = below.number.real[order][np.searchsorted(keys[order], mine)]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(denominator != 0, cells.number.real[those] / denominator, np.nan)


def _with_quiet(totals: "Totals", rows: Rows) -> Rows:
    """A latest indicator has a row from the first period on in which a fact reached the body."""
    periods = totals.groupings.periods
    latest = np.flatnonzero(totals.calculations[rows.indicator] == LATEST)
    shown = totals.keys(rows.body[latest], rows.indicator[latest], rows.period[latest])
    columns = totals.columns
    there = _cells(totals, columns.kind == THERE)
    quiet = totals.keys(there.body, columns.indicator[there.column], there.period)
    every = distinct(np.concatenate([shown, quiet]))
    if not len(every):
        return rows
    first = every[np.concatenate([[True], every[1:] // periods != every[:-1] // periods])]
    lasts = periods - first % periods
    whole = np.repeat(first - (np.cumsum(lasts) - lasts), lasts) + np.arange(lasts.sum())
    shown = np.sort(shown)
    at = np.minimum(np.searchsorted(shown, whole), len(shown) - 1)
    missing = whole[shown[at] != whole] if len(shown) else whole
    if not len(missing):
        return rows
    none = np.zeros(len(missing), dtype=np.int32)
    size = len(totals.calculations)
    added = (
        (missing // (size * periods)).astype(np.int32),
        (missing // periods % size).astype(np.int32),
        (missing % periods).astype(np.int32),
        np.full(len(missing), np.nan),
        none,
        none,
    )
    old = (rows.body, rows.indicator, rows.period, rows.value, rows.counted, rows.silent)
    joined: list[NDArray[Any]] = [np.concatenate([a, b]) for a, b in zip(old, added, strict=True)]
    return Rows(*joined)
