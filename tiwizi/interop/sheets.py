"""Finds the table of a sheet: its header row, its columns, the rows that hold anything."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tiwizi.interop.cells import Cells
from tiwizi.interop.container import Scan, SheetPart, column_letters, column_number
from tiwizi.interop.values import is_blank, text
from tiwizi.interop.words import ALSO, HEADERS, LANGUAGES, NEEDED, plain

_HEADER_WITHIN = 20  # a title and some lines may stand above the headers
_MERGED = re.compile(r"([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})")


@dataclass(frozen=True)
class Layout:
    """The columns that a sheet may have: each field's header by language; `needed` ones; those without which (and one
    more) it is another sheet; other words for some; and those that are hidden and make no row by themselves."""

    headers: Mapping[str, Mapping[str, str]]
    needed: frozenset[str]
    signs: frozenset[str]
    also: Mapping[str, str] = field(default_factory=dict)
    silent: frozenset[str] = frozenset()
    fields: dict[str, str] = field(init=False, default_factory=dict)  # header, plainly written -> field

    def __post_init__(self) -> None:
        self.fields.update({plain(name): name for name in self.headers})
        self.fields.update({plain(n): name for name, names in self.headers.items() for n in names.values()})
        self.fields.update(self.also)


PLAN = Layout(HEADERS, frozenset(NEEDED), frozenset({"title"}), ALSO)


@dataclass
class Table:
    """A sheet of rows of one layout. Rows and columns count from 1, as in addresses."""

    part: SheetPart
    scan: Scan
    cells: Cells
    header_row: int
    layout: Layout = PLAN
    columns: dict[str, int] = field(default_factory=dict)  # field -> column
    doubles: list[tuple[str, str, str]] = field(default_factory=list)  # cell, header, first cell
    unknown: list[tuple[str, str]] = field(default_factory=list)  # cell, header
    rows: list[int] = field(default_factory=list)
    merged: dict[int, tuple[str, str]] = field(default_factory=dict)  # row -> first cell in it, range

    def cell(self, row: int, column: int) -> Any:
        """What stands there; None beyond the sheet."""
        line = self.cells[row - 1] if row <= len(self.cells) else []
        return line[column - 1] if column <= len(line) else None

    @property
    def language(self) -> str:
        """The language in which most headers are written."""
        headers = {plain(text(cell)) for cell in self.cells[self.header_row - 1] if not is_blank(cell)}
        return max(LANGUAGES, key=lambda one: sum(plain(names[one]) in headers for names in self._names))

    @property
    def _names(self) -> list[Mapping[str, str]]:
        return list(self.layout.headers.values())

    @property
    def hidden_columns(self) -> list[tuple[str, str]]:
        """Known columns that the writer may not have seen: header cell, header."""
        known = (column for name, column in self.columns.items() if name not in self.layout.silent)
        hidden = [column for column in known if column in self.scan.hidden_columns]
        return [(address(self.header_row, column), text(self.cell(self.header_row, column))[:100]) for column in hidden]

    def merged_at(self, row: int) -> list[tuple[str, str]]:
        """The first merged range that touches a row, if any: its first cell there, the range."""
        return [self.merged[row]] if row in self.merged else []


def address(row: int, column: int) -> str:
    return f"{column_letters(column)}{row}"


def table(part: SheetPart, cells: Cells, scan: Scan, layout: Layout = PLAN) -> Table | None:
    """The table of a sheet, or None: without the signs of its layout and one more column it is not one."""
    best: tuple[int, int] | None = None
    for number, line in enumerate(cells[:_HEADER_WITHIN], 1):
        fields = {_field(cell, layout) for cell in line} - {None}
        if layout.signs <= fields and len(fields) > 1 and (best is None or len(fields) > best[0]):
            best = len(fields), number
    if best is None:
        return None
    found = Table(part, scan, cells, best[1], layout)
    _name_columns(found)
    _find_rows(found)
    _find_merged(found)
    return found


def _field(cell: Any, layout: Layout) -> str | None:
    return layout.fields.get(plain(cell)) if isinstance(cell, str) else None


def _name_columns(found: Table) -> None:
    for column, cell in enumerate(found.cells[found.header_row - 1], 1):
        if is_blank(cell):
            continue
        where, name = address(found.header_row, column), _field(cell, found.layout)
        if name is None:
            found.unknown.append((where, text(cell)[:100]))
        elif name in found.columns:
            found.doubles.append((where, text(cell)[:100], address(found.header_row, found.columns[name])))
        else:
            found.columns[name] = column


def _find_rows(found: Table) -> None:
    """A row counts when a known column holds anything, an error or a formula included."""
    silent = found.scan.errors.keys() | found.scan.without_result
    for row in range(found.header_row + 1, len(found.cells) + 1):
        columns = [column for name, column in found.columns.items() if name not in found.layout.silent]
        if any(not is_blank(found.cell(row, c)) or address(row, c) in silent for c in columns):
            found.rows.append(row)


def _find_merged(found: Table) -> None:
    """Merged ranges that touch a known column, by each row with content that they touch."""
    rows = {found.header_row, *found.rows}
    for reference in found.scan.merged:
        parts = _MERGED.fullmatch(reference)
        if parts is None:
            continue
        first, last = column_number(parts[1]), column_number(parts[3])
        touched = sorted(column for column in found.columns.values() if first <= column <= last)
        if touched:
            for row in rows - found.merged.keys():
                if int(parts[2]) <= row <= int(parts[4]):
                    found.merged[row] = address(row, touched[0]), reference
