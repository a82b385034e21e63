"""The plan workbook: one row an activity, with lists to choose from and instructions, in one language.

The same plan gives the same bytes, whenever and wherever it is written.
"""

import io
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import xlsxwriter
from django.utils import translation
from xlsxwriter.utility import xl_col_to_name

from tiwizi.base import wording
from tiwizi.interop import labels
from tiwizi.interop.instructions import instructions
from tiwizi.interop.words import HEADERS, LANGUAGES, NEEDED, NO, SCHEMA, SHEETS, YES
from tiwizi.plans.models import Plan
from tiwizi.plans.queries import Vocabulary, natural_values

SPARE_ROWS = 300
FIELDS = list(HEADERS)
WRITTEN = datetime(2017, 1, 1)  # a fixed day: the same plan gives the same bytes
_WIDTHS = {
    "reference": 11, "title": 48, "result": 34, "main_target": 24, "other_targets": 26, "kind": 34, "commune": 18,
    "window_start": 13, "window_end": 13, "participants": 13, "languages": 20, "cost_cents": 16, "cost_basis": 30,
    "priority": 10, "mandatory": 12, "poolable": 14, "hosts": 28, "avoid": 28, "note": 40,
}  # fmt: skip
_LIST_SEPARATOR = "; "


def looks(book: Any, currency: str = "") -> dict[str, Any]:
    """How the cells of our workbooks look, by name."""
    base = {"valign": "top", "text_wrap": True}
    told: dict[str, dict[str, Any]] = {
        "text": base,
        "code": {**base, "num_format": "@"},
        "date": {**base, "num_format": "dd/mm/yyyy", "align": "center"},
        "money": {**base, "num_format": f'#,##0.00" {currency}"'},
        "number": {**base, "num_format": "#,##0"},
        "head": {**base, "bold": True, "bg_color": "#0F4C4A", "font_color": "#FFFFFF", "border": 1},
        "title": {"bold": True, "font_size": 14},
        "strong": {**base, "bold": True},
    }
    return {name: book.add_format(look) for name, look in told.items()}


def plan_key(plan: Plan) -> str:
    """How a workbook names its plan: the same on every site that holds it."""
    return f"{plan.body.slug}/{plan.start.isoformat()}"


def plan_workbook(plan: Plan, language: str) -> bytes:
    """The workbook of a plan, filled with its own activities (archived and collective ones are left out)."""
    found = plan.activities.filter(archived_at__isnull=True, collective=False)
    found = found.select_related("kind", "result", "main_target", "commune")
    rows = [natural_values(activity) for activity in found.prefetch_related("other_targets", "hosts", "avoid")]
    return rows_workbook(plan, sorted(rows, key=lambda row: _natural_order(row["reference"])), language)


def rows_workbook(plan: Plan, rows: list[dict[str, Any]], language: str = "fr") -> bytes:
    """A plan's workbook with rows in natural codes (the keys of `plans.queries.natural_values`)."""
    if language not in LANGUAGES:
        raise ValueError(f"no plan workbook in {language!r}: one of {', '.join(LANGUAGES)}")
    with translation.override(language):
        return _Writer(plan, language).workbook(rows)


def _natural_order(reference: str) -> list[tuple[int, str]]:
    """A2 before A10."""
    parts = "".join(c if c.isdigit() else f" {c} " for c in reference).split()
    return [(int(part), "") if part.isdecimal() else (0, part) for part in parts]


class _Writer:
    def __init__(self, plan: Plan, language: str) -> None:
        self.plan, self.language = plan, language
        self.names = {field: labels.labels(known, language) for field, known in labels.things(Vocabulary(plan)).items()}
        self.names["avoid"].pop(plan.body.slug, None)
        self.names["mandatory"] = self.names["poolable"] = {"yes": YES[language], "no": NO[language]}
        self.ranges: dict[str, str] = {}

    def workbook(self, rows: list[dict[str, Any]]) -> bytes:
        target = io.BytesIO()
        self.book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False})
        self._describe()
        self._formats()
        main, help_, lists = (self._sheet(name) for name in ("activities", "instructions", "lists"))
        self._lists(lists)
        self._instructions(help_)
        self._activities(main, rows)
        self.book.close()
        return target.getvalue()

    def _describe(self) -> None:
        """What the workbook is, for the reader: never who made it."""
        self.book.set_properties({"title": self.plan.title, "created": WRITTEN})
        self.book.set_custom_property("tiwizi-schema", SCHEMA, "text")
        self.book.set_custom_property("tiwizi-plan", plan_key(self.plan), "text")
        self.book.set_custom_property("tiwizi-body", self.plan.body.slug, "text")

    def _formats(self) -> None:
        currency = wording.SYMBOLS.get(self.plan.framework.currency, self.plan.framework.currency)
        self.looks = looks(self.book, currency)

    def _sheet(self, name: str) -> Any:
        sheet = self.book.add_worksheet(SHEETS[name][self.language])
        if self.language == "ar":
            sheet.right_to_left()
        return sheet

    def _lists(self, sheet: Any) -> None:
        """One column a list; each cell that may choose points to it."""
        quoted = SHEETS["lists"][self.language].replace("'", "''")
        columns = [name for name in FIELDS if self.names.get(name)]
        for column, name in enumerate(columns):
            values = list(self.names[name].values())
            if name in {"commune", "hosts", "avoid"}:
                values.sort()
            sheet.write_string(0, column, HEADERS[name][self.language], self.looks["head"])
            for row, value in enumerate(values, 1):
                sheet.write_string(row, column, value)
            letter = xl_col_to_name(column)
            self.ranges[name] = f"='{quoted}'!${letter}$2:${letter}${len(values) + 1}"
        sheet.set_column(0, len(columns), 36)
        sheet.freeze_panes(1, 0)

    def _instructions(self, sheet: Any) -> None:
        sheet.set_column(0, 0, 28)
        sheet.set_column(1, 1, 90)
        sheet.set_column(2, 2, 34)
        sheet.write_string(0, 0, self.plan.title, self.looks["title"])
        row = 2
        for line in instructions(self.plan):
            for column, text in enumerate(line):
                look = self.looks["strong"] if column == 0 and len(line) > 1 else self.looks["text"]
                sheet.write_string(row, column if len(line) > 1 else 1, text, look)
            row += 1

    def _activities(self, sheet: Any, rows: list[dict[str, Any]]) -> None:
        for column, name in enumerate(FIELDS):
            header = HEADERS[name][self.language] + (" *" if name in NEEDED else "")
            sheet.write_string(0, column, header, self.looks["head"])
            sheet.set_column(column, column, _WIDTHS[name], self._look(name))
        for number, values in enumerate(rows, 1):
            for column, name in enumerate(FIELDS):
                self._write(sheet, number, column, name, values.get(name))
        self._validations(sheet, len(rows) + SPARE_ROWS)
        sheet.freeze_panes(1, 2)
        sheet.activate()

    def _look(self, name: str) -> Any:
        kinds = {"window_start": "date", "window_end": "date", "cost_cents": "money"}
        return self.looks[kinds.get(name, "number" if name in {"participants", "priority"} else "text")]

    def _write(self, sheet: Any, row: int, column: int, name: str, value: Any) -> None:
        look = self._look(name)
        if value is None or value in ("", []):
            return
        if isinstance(value, bool):
            sheet.write_string(row, column, (YES if value else NO)[self.language], look)
        elif isinstance(value, date):
            sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), look)
        elif isinstance(value, int):
            sheet.write_number(row, column, value / 100 if name == "cost_cents" else value, look)
        else:
            sheet.write_string(row, column, self._said(name, value), look)

    def _said(self, name: str, value: Any) -> str:
        """Names for codes; a code without a name stays as it is."""
        known: Mapping[str, str] = self.names.get(name, {})
        if isinstance(value, list):
            return _LIST_SEPARATOR.join(known.get(code, code) for code in value)
        return known.get(value, value)

    def _validations(self, sheet: Any, last: int) -> None:
        for column, name in enumerate(FIELDS):
            if rule := self._validation(name):
                sheet.data_validation(1, column, last, column, rule)

    def _validation(self, name: str) -> dict[str, Any] | None:
        """What a cell may hold; in a column of lists one name is chosen, or several are typed."""
        if name in self.ranges:
            rule: dict[str, Any] = {"validate": "list", "source": self.ranges[name]}
            return rule | ({"show_error": False} if name in labels.LISTED else {})
        if name in {"window_start", "window_end"}:
            return {"validate": "date", "criteria": "between", "minimum": self.plan.start,
                    "maximum": self.plan.end, "error_type": "warning"}  # fmt: skip
        if name == "participants":
            return {"validate": "integer", "criteria": ">=", "value": 1, "error_type": "warning"}
        if name == "cost_cents":
            return {"validate": "decimal", "criteria": ">=", "value": 0, "error_type": "warning"}
        if name == "priority":
            return {"validate": "list", "source": ["1", "2", "3", "4", "5"]}
        return None
