"""Reads one row of a plan workbook as an entry in natural codes, with the faults of its cells."""

from collections.abc import Callable
from typing import Any

from tiwizi.interop import labels, values
from tiwizi.interop.sheets import Table, address
from tiwizi.interop.values import Span, Unreadable
from tiwizi.plans.models import Plan
from tiwizi.plans.queries import Vocabulary
from tiwizi.plans.rules.drafts import DEFAULTS, whole_weeks

Found = tuple[str, str, dict[str, Any], str]  # cell, code, parameters, level
# What is kept of a text: more than may be written, so that the rule says what is too long.
_TEXTS = {"reference": 100, "title": 400, "cost_basis": 600, "note": 6000}
_MOST_UNKNOWN = 5  # names in one cell
_WINDOW = ["window_start", "window_end"]


class RowReader:
    """Reads the rows of one table for one plan; the plan's words are fetched once."""

    def __init__(self, plan: Plan, table: Table, epoch_1904: bool) -> None:
        self.plan, self.table, self.epoch_1904 = plan, table, epoch_1904
        self.codes = {name: labels.codes(known) for name, known in labels.things(Vocabulary(plan)).items()}
        self.ways = self._ways()

    def _ways(self) -> dict[str, Callable[[Any], Any]]:
        """How a cell that is not blank is read, by field."""
        currency = self.plan.framework.currency
        ways: dict[str, Callable[[Any], Any]] = {
            "participants": values.whole,
            "priority": values.whole,
            "cost_cents": lambda cell: values.cents(cell, currency),
            "mandatory": values.yes_or_no,
            "poolable": values.yes_or_no,
        }
        ways |= {name: self._text(most) for name, most in _TEXTS.items()}
        ways |= {name: self._one_name(name) for name in labels.NAMED}
        ways |= {name: self._names(name) for name in labels.LISTED}
        ways |= {name: lambda cell: values.days(cell, epoch_1904=self.epoch_1904) for name in _WINDOW}
        return ways

    def _text(self, most: int) -> Callable[[Any], str]:
        return lambda cell: values.text(cell)[:most]

    def _one_name(self, name: str) -> Callable[[Any], str]:
        return lambda cell: values.name_code(values.text(cell), self.codes[name])

    def _names(self, name: str) -> Callable[[Any], list[str]]:
        known = set(self.codes[name].values())

        def read(cell: Any) -> list[str]:
            found = values.names(cell, self.codes[name])
            if len(unknown := [one for one in found if one not in known]) > _MOST_UNKNOWN:
                raise Unreadable("many-unknown-names", typed=unknown[0], count=len(unknown))
            return sorted(found, key=self._rank(name))

        return read

    def _rank(self, name: str) -> Callable[[str], Any]:
        """Languages stand as they were typed; other lists in the order of their codes."""
        return (lambda code: 0) if name == "languages" else str

    def read(self, row: int) -> tuple[dict[str, Any], list[Found]]:
        """The entry of a row, and what is wrong or worth saying in its cells."""
        cells = {name: address(row, column) for name, column in self.table.columns.items()}
        merged = self.table.merged_at(row)
        found: list[Found] = [(cell, "merged-cells", {"typed": reference}, "error") for cell, reference in merged]
        read: dict[str, Any] = {}
        for name, column in self.table.columns.items():
            try:
                read[name] = self._value(name, cells[name], self.table.cell(row, column))
            except Unreadable as error:
                found.append((cells[name], error.code, error.params, "error"))
        found += self._window(read, cells, row)
        return {"sheet": self.table.part.name, "row": row, "cells": cells, "values": read}, found

    def _value(self, name: str, cell: str, typed: Any) -> Any:
        self.table.scan.check_formula(cell)
        if values.is_blank(typed):
            return DEFAULTS.get(name, "")
        return self.ways[name](typed)

    def _window(self, read: dict[str, Any], cells: dict[str, str], row: int) -> list[Found]:
        """Turn the days that were typed into whole weeks of the plan; say which days were guessed."""
        spans = {name: read[name] for name in _WINDOW if isinstance(read.get(name), Span)}
        found: list[Found] = []
        for name, span in spans.items():
            if span.assumed:
                typed = values.text(self.table.cell(row, self.table.columns[name]))
                params = {"typed": typed, "day": span.first.isoformat()}
                found.append((cells[name], "day-month-assumed", params, "warning"))
        first = self._inside(spans["window_start"]).first if "window_start" in spans else None
        last = self._inside(spans["window_end"]).last if "window_end" in spans else None
        if first and last and first <= last:
            first, last = whole_weeks(self.plan, first, last)
        else:  # told by the rule as it was typed
            first = whole_weeks(self.plan, first, first)[0] if first else None
            last = whole_weeks(self.plan, last, last)[1] if last else None
        read |= {name: day.isoformat() for name, day in zip(_WINDOW, (first, last), strict=True) if day}
        return found

    def _inside(self, span: Span) -> Span:
        """A month or week that the plan cuts means its part inside the plan."""
        if span.first == span.last or span.last < self.plan.start or span.first > self.plan.end:
            return span
        return Span(max(span.first, self.plan.start), min(span.last, self.plan.end))
