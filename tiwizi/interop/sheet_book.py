"""A reporting sheet as a workbook: what is due, with what stands, to be filled in where there is no line.

One row a figure, and one below it for each part of its breakdowns. The first row names the columns for the reader of
the file and is hidden, with the columns that say which figure a row is and what it was when the file was made.
"""

import io
from datetime import datetime
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.utils import translation
from django.utils.translation import gettext as _

from tiwizi.base import wording
from tiwizi.indicators import rules
from tiwizi.indicators.forms.sheets import FIGURES, CellForm, standing
from tiwizi.indicators.queries.sheets import Item, Sheet
from tiwizi.interop.words import YES

SCHEMA = "sheet/1"
MARK = "tiwizi:"  # before the name of a column in the first row
COLUMNS = ["key", "seen", "indicator", "about", "unit", "figure", "denominator", "not_applicable", "comment"]
HIDDEN = {"key", "seen"}
FILLED = {"figure", "denominator", "not_applicable", "comment"}
NUMBERS = {"figure", "denominator"}
_WIDTHS = dict(zip(COLUMNS, (8, 8, 46, 40, 14, 18, 16, 16, 44), strict=True))
_WRITTEN = datetime(2017, 1, 1)  # a fixed day: the same sheet gives the same bytes
_MOST_DIGITS = 15  # of a number that Excel keeps whole


def sheet_workbook(found: Sheet, language: str) -> bytes:
    """The sheet in one language."""
    with translation.override(language):
        return _Writer(found, language).workbook()


def headers() -> dict[str, str]:
    """What stands above each column, in the reader's language."""
    return {
        "key": "", "seen": "",
        "indicator": _("Indicator"),
        "about": _("What is reported"),
        "unit": _("Unit"),
        "figure": _("Figure (of a ratio, the numerator)"),
        "denominator": _("Denominator of a ratio"),
        "not_applicable": _("Not applicable"),
        "comment": _("Comment"),
    }  # fmt: skip


class _Writer:
    def __init__(self, found: Sheet, language: str) -> None:
        self.found, self.language = found, language

    def workbook(self) -> bytes:
        target = io.BytesIO()
        self.book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False})
        self._describe()
        self._formats()
        self.sheet = self.book.add_worksheet(_("Sheet"))
        if self.language == "ar":
            self.sheet.right_to_left()
        self._head()
        self.row = 3
        for _result, items in self.found.groups:
            for item in items:
                self._item(item)
        self._guard()
        self.book.close()
        return target.getvalue()

    def _describe(self) -> None:
        body, period = self.found.body, self.found.period
        self.book.set_properties({"title": f"{body} {period.code}", "created": _WRITTEN})
        self.book.set_custom_property("tiwizi-schema", SCHEMA, "text")
        self.book.set_custom_property("tiwizi-body", body.slug, "text")
        self.book.set_custom_property("tiwizi-period", period.code, "text")

    def _formats(self) -> None:
        base: dict[str, Any] = {"valign": "top", "text_wrap": True}
        fill: dict[str, Any] = {**base, "locked": False, "bg_color": "#FFF8E5", "border": 1, "border_color": "#B8A97A"}
        looks: dict[str, dict[str, Any]] = {
            "text": base,
            "name": {**base, "bold": True},
            "part": {**base, "indent": 2},
            "fill": fill,
            "number": {**fill, "num_format": "General", "align": "right"},
            "head": {**base, "bold": True, "bg_color": "#0F4C4A", "font_color": "#FFFFFF", "border": 1},
            "title": {"bold": True, "font_size": 14},
        }
        self.looks = {name: self.book.add_format(look) for name, look in looks.items()}

    def _head(self) -> None:
        for column, name in enumerate(COLUMNS):
            self.sheet.write_string(0, column, MARK + name)
            self.sheet.set_column(column, column, _WIDTHS[name], None, {"hidden": name in HIDDEN})
            self.sheet.write_string(2, column, headers()[name], self.looks["head"])
        self.sheet.set_row(0, None, None, {"hidden": True})
        period = self.found.period
        told = _("What was done from %(first)s to %(last)s. Leave empty what was not reported; write 0 for zero.")
        days = {"first": wording.day(period.start), "last": wording.day(period.end)}
        title = f"{self.found.body} · {period.code}. {told % days}"
        self.sheet.write_string(1, COLUMNS.index("indicator"), title, self.looks["title"])
        self.sheet.freeze_panes(3, COLUMNS.index("unit"))

    def _item(self, item: Item) -> None:
        for cell in item.cells:
            form = standing(cell)
            self._figure(form, several=bool(item.lines))
            for part in form.parts:
                about = f"{part['set']} – {part['category']}"
                self._line(part["full"], "", about, self.looks["part"], {"figure": part["typed"]}, {"figure"}, NUMBERS)

    def _figure(self, form: CellForm, *, several: bool) -> None:
        indicator, activity = form.cell.indicator, form.cell.activity
        about = str(activity) if activity else _("Outside these activities") if several else _("The whole body")
        names = FIGURES[form.cell.kind]
        values = {"figure": form.typed.get(names[0], ""), "comment": form.comment}
        values["denominator"] = form.typed.get("denominator", "")
        values["not_applicable"] = YES[self.language] if form.not_applicable else ""
        asked = FILLED if "denominator" in names else FILLED - {"denominator"}
        name = f"{indicator.code} {indicator.name}"
        self.sheet.write_string(self.row, COLUMNS.index("indicator"), name, self.looks["name"])
        self.sheet.write_string(self.row, COLUMNS.index("unit"), str(indicator.unit), self.looks["text"])
        numbers = NUMBERS if form.cell.kind in ("number", "ratio") else set()
        self._line(form.cell.key, f"{form.version}.{form.seen}", about, self.looks["text"], values, asked, numbers)

    def _line(
        self, key: str, seen: str, about: str, look: Any, values: dict[str, str], asked: set[str], numbers: set[str]
    ) -> None:
        """One row; the cells of `asked` may be filled in, those of `numbers` hold numbers: a comment that is made of
        digits only stays as it was written."""
        for name, text in (("key", key), ("seen", seen)):
            self.sheet.write_string(self.row, COLUMNS.index(name), text)
        self.sheet.write_string(self.row, COLUMNS.index("about"), about, look)
        for name in COLUMNS:
            if name in asked:
                self._fill(COLUMNS.index(name), values.get(name, ""), number=name in numbers)
        self.row += 1

    def _fill(self, column: int, typed: str, *, number: bool) -> None:
        read = number_of(typed) if number else None
        if not typed:
            self.sheet.write_blank(self.row, column, None, self.looks["fill"])
        elif read is None:
            self.sheet.write_string(self.row, column, typed, self.looks["fill"])
        else:
            self.sheet.write_number(self.row, column, float(read), self.looks["number"])

    def _guard(self) -> None:
        """Only what is asked for can be typed over; whoever wants more takes the protection off: it has no password."""
        self.sheet.protect("", {"format_columns": True, "format_rows": True, "select_locked_cells": True})
        yes = {"validate": "list", "source": [YES[self.language]], "show_error": False}
        column = COLUMNS.index("not_applicable")
        self.sheet.data_validation(3, column, max(self.row, 4), column, yes)


def number_of(typed: str) -> Decimal | None:
    """A number as the fields of the page show it, when Excel keeps all of its digits."""
    number = rules.read_number(typed)
    return number if number is not None and len(number.as_tuple().digits) <= _MOST_DIGITS else None
