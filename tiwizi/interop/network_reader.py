"""Reads a network workbook: each row as it was typed, and every fault at once, located by sheet and cell.

What the rows mean in the network is the matter of `network.rules.imports`.
"""

from collections.abc import Callable
from typing import Any

from tiwizi.interop import container, sheets, values
from tiwizi.interop.cells import Cells
from tiwizi.interop.container import MOST_ROWS, Scan, SheetPart
from tiwizi.interop.network_words import LAYOUTS, SCHEMA, SIDES
from tiwizi.interop.reader import Reading, check_columns, opened, tables_of
from tiwizi.interop.sheets import Table, address
from tiwizi.interop.values import Unreadable
from tiwizi.interop.words import SHEETS, plain

# The same faults as a plan's workbook, in words that fit here.
_WORDED = {"merged-cells": "merged-lines", "too-many-rows": "too-many-lines", "other-sheet": "sheet-left-out"}
_OWN_SHEETS = {name for sheet in ("instructions", "lists") for name in SHEETS[sheet].values()}
_SIDES = {plain(word): side for side, words in SIDES.items() for word in (side, *words.values())}
_MOST_TEXT = 3000  # more than may be kept, so that the rule says what is too long
_BLANK: dict[str, Any] = {"uncertain": False} | dict.fromkeys(
    ["rank", "lat", "lon", "population", "population_year", "start", "end"]
)


def read_network_workbook(data: bytes) -> Reading:
    """Read a workbook. Never raises for what a file holds: everything wrong is a fault of the reading."""
    reading = Reading()
    try:
        _read(data, reading)
    except Unreadable as error:
        reading.rows = []
        reading.fault("", "", error.code, **error.params)
    for fault in reading.faults + reading.warnings:
        fault["code"] = _WORDED.get(fault["code"], fault["code"])
    return reading


def _read(data: bytes, reading: Reading) -> None:
    with opened(data) as archive:
        if container.properties(archive).get("tiwizi-schema", SCHEMA) != SCHEMA:
            raise Unreadable("other-schema")
        parts, epoch_1904 = container.parts(archive)
        tables = tables_of(archive, data, parts, reading, _table, _OWN_SHEETS)
    if not tables and not reading.faults:
        reading.fault("", "", "no-network-sheet")
    for table in tables:
        check_columns(table, reading)
        if len(table.rows) > MOST_ROWS:
            reading.fault(table.part.name, "", "too-many-rows", most=MOST_ROWS)
            continue
        lines = _Lines(table, epoch_1904)
        reading.rows += [lines.read(row, reading) for row in table.rows]
    if tables and not reading.rows and not reading.faults:
        reading.fault(tables[0].part.name, f"A{tables[0].header_row + 1}", "no-lines")


def _table(part: SheetPart, cells: Cells, scan: Scan) -> Table | None:
    """The sheet as the part of a network whose columns it has most of."""
    found = [table for layout in LAYOUTS.values() if (table := sheets.table(part, cells, scan, layout))]
    return max(found, key=lambda table: len(table.columns), default=None)


class _Lines:
    """Reads the rows of one table."""

    def __init__(self, table: Table, epoch_1904: bool) -> None:
        self.table = table
        self.part = next(part for part, layout in LAYOUTS.items() if layout is table.layout)
        self.ways: dict[str, Callable[[Any], Any]] = {
            "rank": values.whole,
            "population": values.whole,
            "population_year": values.whole,
            "lat": values.real,
            "lon": values.real,
            "uncertain": values.yes_or_no,
            "side": _side,
            "start": lambda cell: values.days(cell, epoch_1904=epoch_1904).first.isoformat(),
            "end": lambda cell: values.days(cell, epoch_1904=epoch_1904).last.isoformat(),
        }

    def read(self, row: int, reading: Reading) -> dict[str, Any]:
        """The entry of a row; what is wrong in its cells is told."""
        sheet, read = self.table.part.name, {}
        cells = {name: address(row, column) for name, column in self.table.columns.items()}
        for cell, reference in self.table.merged_at(row):
            reading.fault(sheet, cell, "merged-cells", typed=reference)
        for name, column in self.table.columns.items():
            try:
                read[name] = self._value(name, cells[name], self.table.cell(row, column))
            except Unreadable as error:
                reading.fault(sheet, cells[name], error.code, **error.params)
        return {"part": self.part, "sheet": sheet, "row": row, "cells": cells, "values": read}

    def _value(self, name: str, cell: str, typed: Any) -> Any:
        self.table.scan.check_formula(cell)
        if values.is_blank(typed):
            return _BLANK.get(name, "")
        return self.ways.get(name, _text)(typed)


def _text(cell: Any) -> str:
    return values.text(cell)[:_MOST_TEXT]


def _side(cell: Any) -> str:
    typed = values.text(cell)
    if plain(typed) not in _SIDES:
        raise Unreadable("side-unread", typed=typed)
    return _SIDES[plain(typed)]
