"""A table as CSV or as an Excel workbook, written row by row: memory does not grow with it."""

import csv
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import IO, Any

import xlsxwriter
from django.http import HttpResponseBase, StreamingHttpResponse
from django.utils import translation

from tiwizi.base.wording import plain

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Row = Sequence[Any]  # texts, numbers, None where nothing is known
WIDEST = 60
PIECE = 64 * 1024  # bytes sent at once
UNFIT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # what XML cannot hold


def csv_answer(name: str, header: Row, rows: Iterable[Row]) -> HttpResponseBase:
    """The table as CSV, streamed, in the reader's language; numbers with a point, nothing known is empty."""
    language = translation.get_language()

    def told() -> Iterator[bytes]:
        with translation.override(language):
            yield "\ufeff".encode()
            yield _csv_line(header)
            for row in rows:
                yield _csv_line(row)

    response = StreamingHttpResponse(told(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


class _Echo:
    """A file that gives back what is written to it, so that lines stream."""

    def write(self, text: str) -> str:
        return text


def _csv_line(values: Row) -> bytes:
    return str(csv.writer(_Echo()).writerow([_csv_cell(value) for value in values])).encode()


def _csv_cell(value: Any) -> str:
    """A text that a spreadsheet would take for a formula is kept a text; a number may begin with its sign."""
    if value is None:
        return ""
    if isinstance(value, Decimal | int | float):
        return plain(value)
    text = str(value)
    formula = text.lstrip().startswith(("=", "+", "-", "@")) or text.startswith(("\t", "\r"))
    return f"'{text}" if formula else text


def workbook_answer(name: str, title: str, header: Row, rows: Iterable[Row]) -> HttpResponseBase:
    """The table as a workbook of one sheet, with a filter on each column. Written to a file of the system when it is
    asked for, then sent in pieces."""
    language = translation.get_language()

    def told() -> Iterator[bytes]:
        with translation.override(language), tempfile.TemporaryFile() as file:
            write_workbook(file, title, header, rows)
            file.seek(0)
            yield from iter(lambda: file.read(PIECE), b"")

    response = StreamingHttpResponse(told(), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response


def write_workbook(file: IO[bytes], title: str, header: Row, rows: Iterable[Row]) -> None:
    """Write the workbook; a text is never a formula."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(file, options)
    sheet = book.add_worksheet(_sheet_name(title))
    bold = book.add_format({"bold": True, "text_wrap": True, "bottom": 1, "valign": "top"})
    if translation.get_language_bidi():
        sheet.right_to_left()
    sheet.freeze_panes(1, 0)
    for column, label in enumerate(header):
        sheet.set_column(column, column, min(WIDEST, max(12, len(str(label)) + 2)))
        sheet.write_string(0, column, str(label), bold)
    last = 0
    for last, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            _write(sheet, last, column, value)
    sheet.autofilter(0, 0, last, len(header) - 1)
    book.close()


def _write(sheet: Any, row: int, column: int, value: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, Decimal | int | float) and not isinstance(value, bool):
        sheet.write_number(row, column, float(value))
    else:
        sheet.write_string(row, column, UNFIT.sub(" ", str(value))[:32_000])


def _sheet_name(title: str) -> str:
    """Excel takes 31 characters, some not."""
    return re.sub(r"[\[\]:*?/\\']", " ", title)[:31].strip() or "1"
