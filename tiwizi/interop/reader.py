"""Reads a plan workbook: its rows in natural codes, and every fault at once, located by sheet and cell.

A file that cannot be read at all has one fault. Nothing here writes: `plans.rules.imports` takes what is read.
"""

import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tiwizi.interop import container, sheets
from tiwizi.interop.cells import Cells, cells_of
from tiwizi.interop.container import MOST_ELEMENTS, MOST_ROWS, Scan, SheetPart
from tiwizi.interop.rows import RowReader
from tiwizi.interop.sheets import Table
from tiwizi.interop.template import plan_key
from tiwizi.interop.values import Unreadable
from tiwizi.interop.words import SCHEMA, SHEETS
from tiwizi.network import queries as network
from tiwizi.network.models import Body
from tiwizi.plans.models import Plan
from tiwizi.plans.rules.imports import entry_faults

MOST_BYTES = 5 * 1024 * 1024
_OWN_SHEETS = {name for sheet in ("instructions", "lists") for name in SHEETS[sheet].values()}


@dataclass
class Reading:
    """What a workbook says. `rows` are entries (see `plans.rules.entries`); faults stop their row or the file."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    faults: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[dict[str, Any]] = field(default_factory=list)

    def fault(self, sheet: str, cell: str, code: str, **params: Any) -> None:
        self.faults.append(_located(sheet, cell, code, params, "error"))

    def warn(self, sheet: str, cell: str, code: str, **params: Any) -> None:
        self.warnings.append(_located(sheet, cell, code, params, "warning"))

    def sort(self, faults: Iterable[dict[str, Any]]) -> None:
        """Take more of both kinds."""
        for fault in faults:
            (self.faults if fault["level"] == "error" else self.warnings).append(fault)


def _located(sheet: str, cell: str, code: str, params: dict[str, Any], level: str) -> dict[str, Any]:
    return {"sheet": sheet, "cell": cell, "code": code, "params": params, "level": level}


def read_plan_workbook(data: bytes, plan: Plan) -> Reading:
    """Read a workbook for a plan. Never raises for what a file holds: everything wrong is a fault of the reading."""
    reading = Reading()
    try:
        _read(data, plan, reading)
    except Unreadable as error:
        reading.rows = []
        reading.fault("", "", error.code, **error.params)
    return reading


@contextmanager
def opened(data: bytes) -> Iterator[zipfile.ZipFile]:
    """A workbook that may be read: not too large, and no larger inside than it says. Raises `Unreadable`."""
    if len(data) > MOST_BYTES:
        raise Unreadable("too-large-file", most=MOST_BYTES // (1024 * 1024))
    with container.opened(data) as archive:
        container.check_sizes_are_true(archive)
        yield archive


def _read(data: bytes, plan: Plan, reading: Reading) -> None:
    with opened(data) as archive:
        _check_made_for(container.properties(archive), plan, reading)
        parts, epoch_1904 = container.parts(archive)
        tables = tables_of(archive, data, parts, reading, sheets.table, _OWN_SHEETS)
        if not tables and not reading.faults:
            reading.fault("", "", "no-activities-sheet")
    if table := _only(tables, reading):
        _take(table, plan, reading, epoch_1904)


def _check_made_for(properties: dict[str, str], plan: Plan, reading: Reading) -> None:
    """A workbook that says which plan it is for, is for this one; one that says nothing is taken as it is."""
    schema, body = properties.get("tiwizi-schema", SCHEMA), properties.get("tiwizi-body", plan.body.slug)
    if schema != SCHEMA:
        raise Unreadable("other-schema")
    if body != plan.body.slug:
        # Another programme's body is not named: its slug may have been guessed.
        other = Body.objects.filter(slug=body, pk__in=network.reach(plan.body, wide=True)).first()
        if other:
            reading.fault("", "", "other-body", typed=str(other)[:100])
        else:
            reading.fault("", "", "foreign-body")
    elif properties.get("tiwizi-plan", plan_key(plan)) != plan_key(plan):
        reading.warn("", "", "other-plan")


Found = TypeVar("Found")
Find = Callable[[SheetPart, Cells, Scan], Found | None]


def tables_of(
    archive: zipfile.ZipFile,
    data: bytes,
    parts: list[SheetPart],
    reading: Reading,
    find: Find[Found],
    own: set[str],
    most_rows: int = MOST_ROWS,
) -> list[Found]:
    """The sheets that `find` takes for a table; `own` sheets are there to be read by people. Every sheet is measured
    before any is loaded."""
    scans: dict[str, Scan] = {}
    for part in parts:
        try:
            scans[part.name] = container.scan(
                archive, part.path, MOST_ELEMENTS - sum(one.elements for one in scans.values()), most_rows
            )
        except Unreadable as error:
            reading.fault(part.name, "", error.code, **error.params)
            return []
    found = []
    for part, cells in zip(parts, cells_of(data, [part.name for part in parts]), strict=True):
        table = find(part, cells, scans[part.name])
        if table:
            found.append(table)
        elif part.name not in own and scans[part.name].filled_rows:
            reading.warn(part.name, "", "other-sheet", typed=part.name)
    if any(name.endswith("vbaProject.bin") for name in archive.namelist()):
        reading.warn("", "", "macros")
    return found


def _only(tables: list[Table], reading: Reading) -> Table | None:
    """The one sheet of activities: an empty one beside it does not count."""
    filled = [table for table in tables if table.rows] or tables[:1]
    if len(filled) > 1:
        names = ", ".join(table.part.name for table in filled)
        reading.fault(filled[1].part.name, "", "several-sheets", sheets=names)
        return None
    return filled[0] if filled else None


def _take(table: Table, plan: Plan, reading: Reading, epoch_1904: bool) -> None:
    sheet = table.part.name
    check_columns(table, reading)
    if len(table.rows) > MOST_ROWS:
        reading.fault(sheet, "", "too-many-rows", most=MOST_ROWS)
        return
    if not table.rows:
        reading.fault(sheet, f"A{table.header_row + 1}", "no-rows")
        return
    rows = RowReader(plan, table, epoch_1904)
    for number in table.rows:
        entry, found = rows.read(number)
        reading.rows.append(entry)
        for cell, code, params, level in found:
            reading.sort([_located(sheet, cell, code, params, level)])
    reading.sort(entry_faults(plan, reading.rows, reading.faults + reading.warnings))


def check_columns(table: Table, reading: Reading) -> None:
    """What is wrong with the headers, and what is hidden."""
    sheet, header_row, headers = table.part.name, table.header_row, table.layout.headers
    if table.part.hidden:
        reading.warn(sheet, "", "hidden-sheet")
    for name in sorted(table.layout.needed - set(table.columns), key=list(headers).index):
        reading.fault(sheet, f"A{header_row}", "missing-column", header=headers[name][table.language])
    for cell, header, other in table.doubles:
        reading.fault(sheet, cell, "duplicate-header", header=header, other=other)
    for cell, header in table.unknown:
        reading.warn(sheet, cell, "unknown-column", header=header)
    for cell, header in table.hidden_columns:
        reading.warn(sheet, cell, "hidden-column", header=header)
    for cell, reference in table.merged_at(header_row):
        reading.fault(sheet, cell, "merged-cells", typed=reference)
    for number in table.rows:
        if number in table.scan.hidden_rows:
            reading.warn(sheet, f"A{number}", "hidden-row")
