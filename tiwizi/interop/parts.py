"""Reads a workbook of several sheets, each for one kind of thing: every row as it was typed, and every fault at once,
located by sheet and cell. What the rows mean is the matter of a room's rules."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tiwizi.interop import container, sheets, values
from tiwizi.interop.cells import Cells
from tiwizi.interop.container import MOST_ROWS, Scan, SheetPart
from tiwizi.interop.reader import Reading, check_columns, opened, tables_of
from tiwizi.interop.sheets import Layout, Table, address
from tiwizi.interop.values import Unreadable
from tiwizi.interop.words import SHEETS

Way = Callable[[Any], Any]
# The same faults as a plan's workbook, in words that fit any.
_WORDED = {"merged-cells": "merged-lines", "too-many-rows": "too-many-lines"}
_OWN_SHEETS = {name for sheet in ("instructions", "lists") for name in SHEETS[sheet].values()}


@dataclass(frozen=True)
class Parts:
    """A kind of workbook. `ways(epoch_1904)`: how a cell of a field is read when it is not plain text; `blank`: what
    an empty one says, when that is not an empty text."""

    schema: str
    layouts: Mapping[str, Layout]
    ways: Callable[[bool], Mapping[str, Way]]
    none: str  # the fault of a file without any of its sheets
    left_out: str  # the warning of a sheet that is none of them
    blank: Mapping[str, Any] = field(default_factory=dict)
    most_text: int = 3000  # more than may be kept, so that the rule says what is too long
    most_rows: Mapping[str, int] = field(default_factory=dict)

    def read(self, data: bytes) -> Reading:
        """Read a file. Never raises for what it holds: everything wrong is a fault of the reading."""
        reading = Reading()
        try:
            self._read(data, reading)
        except Unreadable as error:
            reading.rows = []
            reading.fault("", "", error.code, **error.params)
        worded = _WORDED | {"other-sheet": self.left_out}
        for fault in reading.faults + reading.warnings:
            fault["code"] = worded.get(fault["code"], fault["code"])
        return reading

    def _read(self, data: bytes, reading: Reading) -> None:
        with opened(data) as archive:
            if container.properties(archive).get("tiwizi-schema", self.schema) != self.schema:
                raise Unreadable("other-schema")
            parts, epoch_1904 = container.parts(archive)
            most = max([MOST_ROWS, *self.most_rows.values()])
            tables = tables_of(archive, data, parts, reading, self._table, _OWN_SHEETS, most)
        if not tables and not reading.faults:
            reading.fault("", "", self.none)
        for table in tables:
            check_columns(table, reading)
            lines = _Lines(self, table, epoch_1904)
            most = self.most_rows.get(lines.part, MOST_ROWS)
            if len(table.rows) > most:
                reading.fault(table.part.name, "", "too-many-rows", most=most)
                continue
            reading.rows += [lines.read(row, reading) for row in table.rows]
        if tables and not reading.rows and not reading.faults:
            reading.fault(tables[0].part.name, f"A{tables[0].header_row + 1}", "no-lines")

    def _table(self, part: SheetPart, cells: Cells, scan: Scan) -> Table | None:
        """The sheet as the part whose columns it has most of; lists are called like the columns that choose there."""
        if part.name in _OWN_SHEETS:
            return None
        found = [table for layout in self.layouts.values() if (table := sheets.table(part, cells, scan, layout))]
        return max(found, key=lambda table: len(table.columns), default=None)


class _Lines:
    """Reads the rows of one table."""

    def __init__(self, parts: Parts, table: Table, epoch_1904: bool) -> None:
        self.parts, self.table, self.ways = parts, table, parts.ways(epoch_1904)
        self.part = next(part for part, layout in parts.layouts.items() if layout is table.layout)

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
                reading.faults[-1]["field"] = name
        return {"part": self.part, "sheet": sheet, "row": row, "cells": cells, "values": read}

    def _value(self, name: str, cell: str, typed: Any) -> Any:
        self.table.scan.check_formula(cell)
        if values.is_blank(typed):
            return self.parts.blank.get(name, "")
        way = self.ways.get(name)
        return way(typed) if way else values.text(typed)[: self.parts.most_text]
