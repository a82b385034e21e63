"""Writes a workbook of several sheets, each for one kind of thing, in one language, with lists to choose from and a
sheet of instructions. The same things give the same bytes, whenever and wherever it is written."""

import io
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from tiwizi.base import wording
from tiwizi.interop.template import SPARE_ROWS, WRITTEN, looks
from tiwizi.interop.words import NO, SHEETS, YES

Line = dict[str, Any]
Words = Mapping[str, str]
_MOST_DIGITS = 15  # of a number that Excel keeps whole


class PartsWriter(ABC):
    """One workbook. A kind of workbook says its words and gives its lines, in codes."""

    schema: str
    headers: Mapping[str, Mapping[str, Words]]  # of each part, its columns
    needed: Mapping[str, set[str]]
    sheets: Mapping[str, Words]
    chosen: Mapping[tuple[str, str], str]  # which list a column chooses from; who is new may stand there too
    lists: Mapping[str, Words] = {}  # what a list is called that is no part
    wide: set[str] = set()
    hidden: set[str] = set()  # columns for the reader of the file
    coded: set[str] = set()  # columns of codes: 007 stays 007
    days: set[str] = {"start", "end"}
    first: str  # the part that is shown when the file opens

    names: dict[str, dict[str, str]]  # the lists: code to name

    def __init__(self, title: str, language: str) -> None:
        self.title, self.language = title, language
        self.ranges: dict[str, str] = {}

    @abstractmethod
    def lines(self) -> Mapping[str, Iterable[Line]]:
        """The rows of each part."""

    @abstractmethod
    def instructions(self) -> list[str]:
        """What the sheet of instructions says."""

    def workbook(self) -> bytes:
        """The file."""
        target = io.BytesIO()
        self.book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False})
        self.book.set_properties({"title": self.title, "created": WRITTEN})
        self.book.set_custom_property("tiwizi-schema", self.schema, "text")
        self.looks = looks(self.book)
        sheets = {part: self._sheet(self.sheets[part][self.language]) for part in self.headers}
        help_, lists = (self._sheet(SHEETS[name][self.language]) for name in ("instructions", "lists"))
        self._lists(lists)
        self._instructions(help_)
        for part, lines in self.lines().items():
            self._part(part, sheets[part], list(lines))
        sheets[self.first].activate()
        self.book.close()
        return target.getvalue()

    def _sheet(self, name: str) -> Any:
        sheet = self.book.add_worksheet(name)
        if self.language == "ar":
            sheet.right_to_left()
        return sheet

    def _lists(self, sheet: Any) -> None:
        quoted = SHEETS["lists"][self.language].replace("'", "''")
        for column, (name, known) in enumerate(self.names.items()):
            header = (self.lists.get(name) or self.sheets.get(name) or {}).get(self.language, "")
            sheet.write_string(0, column, header, self.looks["head"])
            for row, value in enumerate(known.values(), 1):
                sheet.write_string(row, column, value)
            letter = xl_col_to_name(column)
            self.ranges[name] = f"='{quoted}'!${letter}$2:${letter}${max(len(known), 1) + 1}"
        sheet.set_column(0, len(self.names), 36)
        sheet.freeze_panes(1, 0)

    def _instructions(self, sheet: Any) -> None:
        sheet.set_column(0, 0, 110)
        sheet.write_string(0, 0, self.title, self.looks["title"])
        for row, line in enumerate(self.instructions(), 2):
            sheet.write_string(row, 0, line, self.looks["text"])

    def _part(self, part: str, sheet: Any, lines: list[Line]) -> None:
        last = len(lines) + SPARE_ROWS
        for column, (name, words) in enumerate(self.headers[part].items()):
            star = " *" if name in self.needed[part] else ""
            sheet.write_string(0, column, words[self.language] + star, self.looks["head"])
            look = self._look(name)
            sheet.set_column(column, column, 34 if name in self.wide else 16, look, {"hidden": name in self.hidden})
            for row, line in enumerate(lines, 1):
                self._write(sheet, (row, column), self.told(part, name, line.get(name)), look)
            if known := self.chosen.get((part, name)):
                rule = {"validate": "list", "source": self.ranges[known], "show_error": False}
                sheet.data_validation(1, column, last, column, rule)
        sheet.freeze_panes(1, 1)

    def _look(self, name: str) -> Any:
        return self.looks["date" if name in self.days else "code" if name in self.coded else "text"]

    def told(self, part: str, name: str, value: Any) -> Any:
        """Names for codes."""
        if isinstance(value, bool):
            return (YES if value else NO)[self.language]
        known = self.names.get(self.chosen.get((part, name), ""), {})
        return known.get(value, value) if isinstance(value, str) else value

    def _write(self, sheet: Any, at: tuple[int, int], value: Any, look: Any) -> None:
        if value is None or value == "":
            return
        if isinstance(value, date):
            sheet.write_datetime(*at, datetime(value.year, value.month, value.day), look)
        elif isinstance(value, Decimal) and len(value.normalize().as_tuple().digits) > _MOST_DIGITS:
            sheet.write_string(*at, wording.plain(value), look)
        elif isinstance(value, int | float | Decimal):
            sheet.write_number(*at, float(value) if isinstance(value, Decimal) else value, look)
        else:
            sheet.write_string(*at, value, look)
