"""The file around a sheet: is it a workbook at all, is it safe to open, and what the cells hide.

calamine reads values fast, but says nothing of formulas without a result, errors, hidden rows or the 1904 dates; one
streaming pass over the sheet's XML finds these, and stops as soon as a sheet is too long.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from xml.parsers import expat

from tiwizi.interop.values import Unreadable

MOST_ROWS = 2000
_ABOVE = 20  # a title and some lines may stand above them
MOST_ROW = 20_000  # the lowest row that may hold anything
MOST_COLUMNS = 200
MOST_ELEMENTS = 800_000  # of all sheets together; empty cells with a look count too
MOST_MERGED = 2000
MOST_LETTERS = 33_000  # in one cell; Excel stops at 32,767
_MOST_OF_A_PART = 20 * 1024 * 1024  # of a part that is not a sheet: texts, styles
MOST_BYTES_INSIDE = 150 * 1024 * 1024  # what a workbook may unpack to; 2,000 rows need two or three
_OLE = bytes.fromhex("D0CF11E0A1B11AE1")
_CHUNK = 1 << 16
_MOST_OF_A_TAG = 1 << 20  # expat reads an unfinished one again from its start with every chunk
_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_LONGEST_ADDRESS = 10  # XFD1048576
_LONGEST_REFERENCE = 30  # of merged cells, longer than any that can be; what is cut is no reference and left out
_LONGEST_NAME = 255  # of a sheet; Excel stops at 31
Start = Callable[[str, dict[str, str]], None]
Said = Callable[[str], None]


@dataclass
class SheetPart:
    """A sheet's name, where its XML stands in the file, and whether it is hidden."""

    name: str
    path: str
    hidden: bool


@dataclass
class Scan:
    """What one pass over a sheet's XML found; cells by address ("B7"), rows by number."""

    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    errors: dict[str, str] = field(default_factory=dict)
    without_result: set[str] = field(default_factory=set)
    merged: list[str] = field(default_factory=list)
    filled_rows: int = 0
    elements: int = 0

    def check_formula(self, cell: str) -> None:
        """Raise `Unreadable` for a cell whose formula gives an error, or was never computed."""
        if cell in self.errors:
            raise Unreadable("formula-error", typed=self.errors[cell])
        if cell in self.without_result:
            raise Unreadable("formula-without-result")


def opened(data: bytes) -> zipfile.ZipFile:
    """The workbook's container, checked by content, whatever its name. Raises `Unreadable`."""
    if not data:
        raise Unreadable("empty-file")
    if data.startswith(_OLE):
        encrypted = "EncryptedPackage".encode("utf-16-le") in data
        raise Unreadable("password-protected" if encrypted else "old-format")
    if not data.startswith(b"PK"):
        raise Unreadable("not-a-workbook")
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except zipfile.BadZipFile as error:
        raise Unreadable("damaged") from error
    _check_members(archive)
    return archive


def _check_members(archive: zipfile.ZipFile) -> None:
    members = archive.infolist()
    if sum(member.file_size for member in members) > MOST_BYTES_INSIDE or len(members) > 2000:
        raise Unreadable("too-large-inside")
    if any(m.file_size > _MOST_OF_A_PART and "worksheets/" not in m.filename for m in members):
        raise Unreadable("too-large-inside")
    if any(member.flag_bits & 1 for member in members):
        raise Unreadable("password-protected")
    names = set(archive.namelist())
    if len(names) != len(members):
        raise Unreadable("damaged")
    if "xl/workbook.xml" not in names:
        other = any(name.endswith("workbook.bin") or name == "content.xml" for name in names)
        raise Unreadable("other-spreadsheet" if other else "not-a-workbook")


def check_sizes_are_true(archive: zipfile.ZipFile) -> None:
    """Unpack everything once, never beyond the declared sizes: a file that lies about them is damaged. `Unreadable`."""
    try:
        broken = archive.testzip()
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, OSError) as error:
        raise Unreadable("damaged") from error
    if broken:
        raise Unreadable("damaged")


def parts(archive: zipfile.ZipFile) -> tuple[list[SheetPart], bool]:
    """The sheets in their order, and whether days are counted from 1904. Raises `Unreadable`."""
    targets: dict[str, str] = {}
    sheets: list[SheetPart] = []
    flags = {"1904": False}

    def relation(name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship":
            target = attributes.get("Target", "")
            targets[attributes.get("Id", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"

    def book(name: str, attributes: dict[str, str]) -> None:
        if name == "workbookPr":
            flags["1904"] = attributes.get("date1904", "0") in {"1", "true"}
        elif name == "sheet":
            path = targets.get(next((v for k, v in attributes.items() if k.endswith(":id")), ""), "")
            sheets.append(SheetPart(attributes.get("name", ""), path, attributes.get("state", "") != ""
                                    and attributes["state"] != "visible"))  # fmt: skip

    _parse(archive, "xl/_rels/workbook.xml.rels", relation)
    _parse(archive, "xl/workbook.xml", book)
    if any(len(sheet.name) > _LONGEST_NAME for sheet in sheets):
        raise Unreadable("damaged")
    known = set(archive.namelist())
    found = [sheet for sheet in sheets if sheet.path in known]
    # one sheet told twice would be measured once and read twice, or the other way round
    if len({sheet.name for sheet in sheets}) < len(sheets) or len({sheet.path for sheet in found}) < len(found):
        raise Unreadable("damaged")
    return found, flags["1904"]


def properties(archive: zipfile.ZipFile) -> dict[str, str]:
    """The custom document properties: name to text."""
    found: dict[str, str] = {}
    current: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == "property":
            current[:] = [attributes.get("name", "")]

    def said(data: str) -> None:
        if current and data.strip():
            found[current[0]] = found.get(current[0], "") + data

    if "docProps/custom.xml" in archive.namelist():
        _parse(archive, "docProps/custom.xml", start, said)
    return found


class _TooLong(Exception):
    """The sheet goes beyond what is read; `code` says how."""

    def __init__(self, code: str, **params: int) -> None:
        super().__init__(code)
        self.code, self.params = code, params


class _Scanner:
    def __init__(self, most_rows: int, most_elements: int) -> None:
        self.most_rows, self.most_elements, self.scan = most_rows, most_elements, Scan()
        self.row = self.column = 0
        self.row_filled = self.formula = self.holds = False
        self.address = self.kind = self.inside = self.value = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.scan.elements += 1
        if self.scan.elements > self.most_elements or len(self.scan.merged) > MOST_MERGED:
            raise _TooLong("too-large-inside")
        if name == "c":
            self._open_cell(attributes)
        elif name == "row":
            self._open_row(attributes)
        elif name in {"v", "is", "f"}:
            self.holds = True
            self.formula = self.formula or name == "f"
        elif name == "col" and attributes.get("hidden") in {"1", "true"}:
            first, last = int(attributes.get("min", "1")), int(attributes.get("max", "1"))
            self.scan.hidden_columns.update(range(max(first, 1), min(last, MOST_COLUMNS) + 1))
        elif name == "mergeCell":
            self.scan.merged.append(attributes.get("ref", "")[:_LONGEST_REFERENCE])
        self.inside = name

    def _open_row(self, attributes: dict[str, str]) -> None:
        self.row, self.column, self.row_filled = int(attributes.get("r", self.row + 1)), 0, False
        if attributes.get("hidden") in {"1", "true"}:
            self.scan.hidden_rows.add(self.row)

    def _open_cell(self, attributes: dict[str, str]) -> None:
        self.address = attributes.get("r", "")
        if len(self.address) > _LONGEST_ADDRESS:
            raise Unreadable("damaged")
        self.column = column_number(self.address) if self.address else self.column + 1
        self.address = self.address or f"{column_letters(self.column)}{self.row}"
        self.kind, self.formula, self.holds, self.value = attributes.get("t", "n"), False, False, ""

    def said(self, data: str) -> None:
        if self.inside in {"v", "t"}:
            self.value += data
            if len(self.value) > MOST_LETTERS:
                raise _TooLong("too-large-inside")

    def end(self, name: str) -> None:
        self.inside = ""
        if name == "c":
            self._close_cell()
        elif name == "row" and self.row_filled:
            self.scan.filled_rows += 1
            if self.scan.filled_rows > self.most_rows + _ABOVE:
                raise _TooLong("too-many-rows", most=self.most_rows)

    def _check_place(self) -> None:
        """calamine makes room for every cell with content, blank or not, where its own address says that it stands."""
        parts = _ADDRESS.fullmatch(self.address)
        if parts is None or int(parts[2]) != self.row:
            raise Unreadable("damaged")
        if self.row > MOST_ROW:
            raise _TooLong("too-many-rows", most=self.most_rows)
        if self.column > MOST_COLUMNS:
            raise _TooLong("too-many-columns", most=MOST_COLUMNS)

    def _close_cell(self) -> None:
        if self.holds:
            self._check_place()
        if self.formula and not self.value.strip() and self.kind != "str":
            self.scan.without_result.add(self.address)
        if self.kind == "e":
            self.scan.errors[self.address] = self.value
        if self.value.strip():
            self.row_filled = True


def column_number(address: str) -> int:
    """1 for A, 27 for AA; the row of the address is left out. 0 when there are no letters."""
    number = 0
    for letter in address:
        if letter.isdigit():
            break
        number = number * 26 + ord(letter.upper()) - 64
    return number


def column_letters(number: int) -> str:
    """A for 1, AA for 27."""
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def scan(archive: zipfile.ZipFile, path: str, most_elements: int = MOST_ELEMENTS, most_rows: int = MOST_ROWS) -> Scan:
    """One pass over a sheet. Raises `Unreadable` for more than can be needed, as soon as it is seen."""
    scanner = _Scanner(most_rows, most_elements)
    try:
        _parse(archive, path, scanner.start, scanner.said, scanner.end)
    except _TooLong as error:
        raise Unreadable(error.code, **error.params) from error
    return scanner.scan


def _parse(
    archive: zipfile.ZipFile, path: str, start: Start, said: Said | None = None, end: Said | None = None
) -> None:
    """Stream a part through expat; names come without prefix, a document type is refused (no entity tricks)."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, attributes: start(name.rpartition(":")[2], attributes)
    if said:
        parser.CharacterDataHandler = said
    if end is not None:
        ended = end
        parser.EndElementHandler = lambda name: ended(name.rpartition(":")[2])
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        with archive.open(path) as stream:
            fed = 0
            while chunk := stream.read(_CHUNK):
                parser.Parse(chunk, False)
                fed += len(chunk)
                if fed - parser.CurrentByteIndex > _MOST_OF_A_TAG:
                    raise Unreadable("too-large-inside")
            parser.Parse(b"", True)
    except (expat.ExpatError, zipfile.BadZipFile, zlib.error, KeyError, EOFError, ValueError, OSError) as error:
        raise Unreadable("damaged") from error


def _refuse_doctype(*_declared: object) -> None:
    raise Unreadable("damaged")
