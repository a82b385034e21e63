"""Workbooks of indicators as people make and change them."""

import io

import pytest
from openpyxl import Workbook, load_workbook

from tiwizi.base.errors import Refusal
from tiwizi.indicators import rules
from tiwizi.indicators.models import Assignment, Breakdown, Category, Indicator, Target
from tiwizi.interop.indicator_reader import read_indicator_workbook
from tiwizi.interop.indicator_template import indicator_workbook
from tiwizi.interop.indicator_words import HEADERS, SHEETS

AGES = [{"set": "age", "code": code, "name_fr": name, "start": day}
        for code, name, day in (("young", "Jeunes", "2018-01-01"), ("old", "Aînés", None))]  # fmt: skip
SCHOOLS = {"result": "RI 1", "code": "007", "name_fr": "Écoles ouvertes", "name_ar": "مدارس مفتوحة",
           "counts": "structures", "unit_fr": "écoles", "sets": "age; Sexe",
           "reporters": "every: partnership; Souss-Massa",
           "public": "no", "baseline": "12,5", "baseline_date": "31/12/2016", "baseline_source": "Enquête",
           "decimals": 1}  # fmt: skip
NEW = {
    "sets": [{"code": "age", "name_fr": "Âge"}],
    "categories": AGES,
    "indicators": [SCHOOLS, {"result": "RI 1 Résultat", "code": "plain", "name_en": "Plain", "counts": "acts"}],
    "targets": [
        {"indicator": "007", "body": "Jette–Belfaa", "period": "2018-1", "value": 5},
        {"indicator": "007", "body": "jette-belfaa", "period": "2018-2", "value": "7.25"},
        {"indicator": "007", "body": "Programme", "period": "whole life", "value": 0},
        {"indicator": "trained", "body": "Programme", "value": 60},
    ],
}
GOOD = {"result": "RI 1", "code": "X1", "name_fr": "X", "counts": "acts"}


def saved(book):
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def made(language="en", **parts):
    """A workbook with these rows, by sheet; each a dictionary of fields. No template made it."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for part, rows in parts.items():
        sheet = book.create_sheet(SHEETS[part][language])
        fields = [name for name in HEADERS[part] if name != "was"]
        sheet.append([HEADERS[part][name][language] for name in fields])
        for row in rows:
            sheet.append([row.get(name) for name in fields])
    return saved(book)


class Edited:
    """The template after somebody worked in it: `cell("indicators", "trained", "baseline").value = 3`."""

    def __init__(self, framework, language="en"):
        self.language = language
        self.book = load_workbook(io.BytesIO(indicator_workbook(framework, language)))

    def sheet(self, part):
        return self.book[SHEETS[part][self.language]]

    def columns(self, part):
        """The column of each field, from 1."""
        headers = [str(cell.value).strip(" *") for cell in self.sheet(part)[1]]
        return {name: headers.index(words[self.language]) + 1 for name, words in HEADERS[part].items()}

    def cell(self, part, said, name):
        """A cell of the first row that says so anywhere."""
        rows = self.sheet(part).iter_rows(min_row=2)
        row = next(row for row in rows if said in [cell.value for cell in row])
        return row[self.columns(part)[name] - 1]

    def add(self, part, **values):
        """One more row below."""
        columns, row = self.columns(part), self.sheet(part).max_row + 1
        for name, value in values.items():
            self.sheet(part).cell(row, columns[name], value)

    def bytes(self):
        return saved(self.book)


def check(measured, data, by=None, name="indicateurs.xlsx"):
    cast = measured.cast
    data = data.bytes() if isinstance(data, Edited) else data
    reading = read_indicator_workbook(data)
    return rules.check_indicators(
        by=by or cast.programme_coordinator, framework=cast.framework, filename=name, entries=reading.rows,
        faults=reading.faults + reading.warnings, sha256="0" * 64,
    )  # fmt: skip


def apply(measured, data, **how):
    return rules.apply_indicators(by=measured.cast.programme_coordinator, kept=check(measured, data), **how)


def told(kept, level="error"):
    """Cell and code of each fault."""
    return {(fault["cell"], fault["code"]) for fault in kept.faults if fault["level"] == level}


def changes(kept):
    """What is new and what changes, by sheet and what tells the row from others."""
    return {
        (one["part"], one["code"]): one["fields"] if one["act"] == "changed" else one["act"]
        for one in kept.changes
        if one["act"] != "same"
    }


def refused(code, rule, **how):
    with pytest.raises(Refusal) as caught:
        rule(**how)
    assert caught.value.code == code
    return caught.value


def state():
    """Everything that a workbook may change, by content."""
    tables = {
        Indicator: ["pk", "code", "name", "unit", "counts", "calculation", "decimals", "baseline", "public"],
        Target: ["indicator", "body", "period", "value"], Category: ["set", "code", "name", "start", "end"],
        Breakdown: ["indicator", "set", "start", "end"], Assignment: ["indicator", "body", "start", "end"],
    }  # fmt: skip
    return {table.__name__: sorted(map(str, table.objects.values_list(*names))) for table, names in tables.items()}
