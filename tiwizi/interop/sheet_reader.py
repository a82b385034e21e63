"""Reads a filled-in workbook of a reporting sheet: what came for each field of the page's form, and every fault.

What is read goes through the form and the rules of the page; nothing here writes.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tiwizi.base import wording
from tiwizi.indicators.forms.sheets import FIGURES
from tiwizi.indicators.queries.sheets import Cell, Sheet
from tiwizi.interop import container
from tiwizi.interop.cells import Cells
from tiwizi.interop.container import Scan, SheetPart
from tiwizi.interop.reader import Reading, opened, tables_of
from tiwizi.interop.sheet_book import COLUMNS, FILLED, MARK, SCHEMA
from tiwizi.interop.sheets import address
from tiwizi.interop.values import Unreadable, is_blank, text, yes_or_no

_WITHIN = 20  # rows in which the names of the columns are looked for
_NEEDED = ("key", "seen", "figure")


@dataclass
class SheetReading(Reading):
    """`typed`: fields of the form by name, for the figures that the file has; `places`: the cell of each field."""

    typed: dict[str, str] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    keys: set[str] = field(default_factory=set)  # the figures that the file speaks of


def read_sheet_workbook(data: bytes, found: Sheet) -> SheetReading:
    """Read a file for a sheet. Never raises for what a file holds: everything wrong is a fault of the reading."""
    reading = SheetReading()
    try:
        _read(data, found, reading)
    except Unreadable as error:
        reading.fault("", "", error.code, **error.params)
    return reading


def _read(data: bytes, found: Sheet, reading: SheetReading) -> None:
    with opened(data) as archive:
        _check_made_for(container.properties(archive), found)
        tables = tables_of(archive, data, container.parts(archive)[0], reading, _table, set())
    if tables:
        _Rows(tables[0], found, reading).read()
    elif not reading.faults:
        raise Unreadable("no-figures-sheet")


def _check_made_for(properties: dict[str, str], found: Sheet) -> None:
    """A file that says for which sheet it was made is for this one; one that says nothing is known by its rows."""
    if properties.get("tiwizi-schema", SCHEMA) != SCHEMA:
        raise Unreadable("other-schema")
    if properties.get("tiwizi-body", found.body.slug) != found.body.slug:
        raise Unreadable("foreign-body")
    period = properties.get("tiwizi-period", found.period.code)
    if period != found.period.code:
        raise Unreadable("other-period", typed=period, period=found.period.code)


@dataclass
class _Table:
    name: str
    cells: Cells
    scan: Scan
    head: int  # the row that names the columns, from 1
    columns: dict[str, int]


def _table(part: SheetPart, cells: Cells, scan: Scan) -> _Table | None:
    """The sheet when its columns are named, wherever they were moved."""
    for number, line in enumerate(cells[:_WITHIN], 1):
        named = {cell: k for k, cell in enumerate(line, 1) if isinstance(cell, str)}
        columns = {name: named[MARK + name] for name in COLUMNS if MARK + name in named}
        if all(name in columns for name in _NEEDED):
            return _Table(part.name, cells, scan, number, columns)
    return None


class _Rows:
    def __init__(self, table: _Table, found: Sheet, reading: SheetReading) -> None:
        self.table, self.reading = table, reading
        self.cells = {cell.key: cell for cell in found.cells}

    def read(self) -> None:
        seen: dict[str, int] = {}
        for row in range(self.table.head + 1, len(self.table.cells) + 1):
            key = text(self._at(row, "key") or "")
            if not key:
                self._check_nothing(row)
            elif key in seen:
                other = address(seen[key], self.table.columns["figure"])
                self._fault(row, "figure", "row-twice", other=other)
            else:
                seen[key] = row
                self._row(row, key)
        if not seen:
            self.reading.fault(self.table.name, "", "no-figures-rows")

    def _at(self, row: int, name: str) -> Any:
        line, column = self.table.cells[row - 1], self.table.columns.get(name)
        return line[column - 1] if column is not None and column <= len(line) else None

    def _place(self, row: int, name: str) -> str:
        return address(row, self.table.columns.get(name, self.table.columns["figure"]))

    def _fault(self, row: int, name: str, code: str, **params: Any) -> None:
        self.reading.fault(self.table.name, self._place(row, name), code, **params)

    def _check_nothing(self, row: int) -> None:
        """A row of nobody's figure may hold titles, but no figure: it would be lost in silence."""
        if row > self.table.head + 2 and not is_blank(self._at(row, "figure")):
            self._fault(row, "figure", "row-of-nothing", typed=text(self._at(row, "figure"))[:200])

    def _row(self, row: int, key: str) -> None:
        whole, _, part = key.partition("/")
        cell = self.cells.get(whole)
        if cell is None:
            if any(not is_blank(self._at(row, name)) for name in FILLED):
                self._fault(row, "figure", "no-longer-asked")
            return
        if part:
            self._take(row, f"{whole}/{part}", "figure")
            return
        self.reading.keys.add(whole)
        self.reading.typed[f"{whole}/seen"] = text(self._at(row, "seen") or "")
        for field_name, name in _fields(cell):
            self._take(row, f"{whole}/{field_name}", name)

    def _take(self, row: int, field_name: str, name: str) -> None:
        """One field of the form out of one cell."""
        if name not in self.table.columns:
            return
        place = self._place(row, name)
        self.reading.places[field_name] = place
        try:
            self.table.scan.check_formula(place)
            self.reading.typed[field_name] = (_mark if name == "not_applicable" else _typed)(self._at(row, name))
        except Unreadable as error:
            self._fault(row, name, error.code, **error.params)


def _fields(cell: Cell) -> Iterator[tuple[str, str]]:
    """The fields of a figure with the columns in which they stand."""
    names = FIGURES[cell.kind]
    yield names[0], "figure"
    if len(names) > 1:
        yield names[1], "denominator"
    yield "not_applicable", "not_applicable"
    yield "comment", "comment"


def _mark(cell: Any) -> str:
    """What a box that is ticked or not sends."""
    return "on" if not is_blank(cell) and yes_or_no(cell) else ""


def _typed(cell: Any) -> str:
    """A cell as if it had been typed on the page. Numbers lose what binary fractions add to them."""
    if is_blank(cell):
        return ""
    if isinstance(cell, float) and not isinstance(cell, bool) and math.isfinite(cell):
        return wording.plain(round(Decimal(str(cell)), 9))
    return text(cell)
