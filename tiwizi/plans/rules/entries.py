"""What the rows of an import mean for a plan: which activity each one is, what it would change, what is wrong.

An entry is one row as a reader understood it, in plain JSON:
`{"sheet": "Activities", "row": 7, "cells": {"title": "B7", ...}, "values": {"title": "...", ...}}`.
`values` holds natural codes, for the columns that the file has; what it lacks stays as it is.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tiwizi.base import audit
from tiwizi.plans.models import Activity, Plan
from tiwizi.plans.queries.vocabulary import Vocabulary, natural_values
from tiwizi.plans.rules.drafts import Cleaned, Fault, clean, told

__all__ = ["FAULTS", "Row", "entry_faults", "jsonable", "native", "place", "read_rows", "told"]

Entry = dict[str, Any]
Place = tuple[str, int]  # sheet, row
# What is wrong, or worth saying, with a row among the others and in its plan.
FAULTS: dict[str, str | Promise] = {
    "duplicate-reference": _("The reference “%(typed)s” stands in %(other)s too. Each activity has its own."),
    "row-collective": _("“%(typed)s” is a collective activity: it stands on an agreement and is not imported."),
    "row-under-agreement": _("“%(typed)s” is now done together with others and cannot change while that is agreed."),
    "row-alike": _("No reference here: by its title, kind and period this is the activity “%(typed)s”."),
}  # fmt: skip
_DAYS = ["window_start", "window_end"]
_ALIKE = ["title", "kind", *_DAYS]


@dataclass
class Row:
    """One entry with its activity (`None`: a new one), what it would change, and its faults."""

    entry: Entry
    activity: Activity | None
    cleaned: Cleaned
    act: str  # "new", "changed", "same", "faulty"
    fields: dict[str, tuple[Any, Any]] = field(default_factory=dict)  # of a change: before, after
    faults: list[Fault] = field(default_factory=list)
    alike: bool = False  # found without a reference
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    reference: str = ""


def place(fault: dict[str, Any]) -> Place:
    """The sheet and row in which a located fault stands; row 0 when it is the whole file's or sheet's."""
    digits = "".join(c for c in str(fault.get("cell") or "").split(":")[0] if c.isdigit())
    return str(fault.get("sheet") or ""), int(digits or 0)


def native(values: dict[str, Any]) -> dict[str, Any]:
    """Natural values out of storage: days are days again."""
    days = {name: parse_date(values[name]) or values[name] for name in _DAYS if isinstance(values.get(name), str)}
    return values | days


def jsonable(value: Any) -> Any:
    """A natural value as it is stored."""
    return value.isoformat() if isinstance(value, date) else value


def entry_faults(plan: Plan, entries: list[Entry], faults: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What is wrong with entries beyond the faults found while reading them, located like those."""
    known = {(fault["sheet"], fault["cell"], fault["code"]) for fault in faults}
    found = [located for row in read_rows(plan, entries, faults) for located in _located(row)]
    return [fault for fault in found if (fault["sheet"], fault["cell"], fault["code"]) not in known]


def _located(row: Row) -> list[dict[str, Any]]:
    found = [(fault, "error") for fault in row.faults]
    if row.alike:
        found.append((Fault("reference", "row-alike", {"typed": row.reference}), "warning"))
    entry = row.entry
    return [
        {
            "sheet": entry["sheet"],
            "cell": entry["cells"].get(fault.field) or f"A{entry['row']}",
            "code": fault.code,
            "params": {name: jsonable(value) for name, value in fault.params.items()},
            "level": level,
        }
        for fault, level in found
    ]


def read_rows(plan: Plan, entries: list[Entry], faults: list[dict[str, Any]]) -> list[Row]:
    """Every entry beside the activity that it names. A row with a fault of the error level is faulty."""
    return _Matcher(plan, entries, faults).rows()


class _Matcher:
    def __init__(self, plan: Plan, entries: list[Entry], faults: list[dict[str, Any]]) -> None:
        self.plan, self.entries, self.words = plan, entries, Vocabulary(plan)
        errors = [fault for fault in faults if fault["level"] == "error"]
        self.faulty = {place(fault) for fault in errors}
        self.unreadable = {(fault["sheet"], fault["cell"]) for fault in errors}
        found = Activity.objects.filter(plan=plan).select_related(
            "kind", "result", "main_target", "commune", "joint_part"
        )
        self.activities = {a.reference: a for a in found.prefetch_related("other_targets", "hosts", "avoid")}
        self.natural = {reference: natural_values(activity) for reference, activity in self.activities.items()}
        self.named = {self._reference(entry) for entry in entries}
        self.taken = set(self.activities) | self.named
        self.seen: dict[str, str] = {}
        self.alike = self._by_likeness()
        self.number = 0

    def _reference(self, entry: Entry) -> str:
        return str(entry["values"].get("reference") or "").strip()

    def _by_likeness(self) -> dict[tuple[Any, ...], list[str]]:
        """Activities that a row without a reference may mean: those that no row names."""
        found: dict[tuple[Any, ...], list[str]] = {}
        for reference, activity in self.activities.items():
            if reference not in self.named and not activity.collective and activity.archived_at is None:
                found.setdefault(_likeness(self.natural[reference]), []).append(reference)
        return found

    def rows(self) -> list[Row]:
        return [self._row(entry) for entry in self.entries]

    def _row(self, entry: Entry) -> Row:
        values, reference = native(entry["values"]), self._reference(entry)
        alike = [] if reference else self.alike.get(_likeness(values), [])
        reference = reference or (alike.pop(0) if alike else self._next())
        activity = self.activities.get(reference)
        archived = activity is not None and activity.archived_at is not None
        before = self.natural[reference] if activity else {}
        wanted = before | _unless_same(before, values) | {"reference": reference}
        cleaned = clean(self.plan, wanted, vocabulary=self.words, existing=None if archived else activity)
        row = Row(entry, None if archived else activity, cleaned, "new", reference=reference, before=before)
        row.alike = activity is not None and not self._reference(entry)
        row.faults = self._readable(entry, cleaned.faults) + self._repeated(entry, row)
        self._judge(row)
        return row

    def _next(self) -> str:
        """The first free reference of plan and file."""
        while True:
            self.number += 1
            if (reference := f"A{self.number}") not in self.taken:
                return reference

    def _readable(self, entry: Entry, faults: list[Fault]) -> list[Fault]:
        """Without those of cells whose own fault is said already."""
        cells = entry["cells"]
        return [fault for fault in faults if (entry["sheet"], cells.get(fault.field)) not in self.unreadable]

    def _repeated(self, entry: Entry, row: Row) -> list[Fault]:
        cell = str(entry["cells"].get("reference") or f"A{entry['row']}")
        first = self.seen.setdefault(row.reference, cell)
        if first == cell:
            return []
        return [Fault("reference", "duplicate-reference", {"typed": row.reference, "other": first})]

    def _judge(self, row: Row) -> None:
        """What the row would do; faults of what it would touch."""
        if row.activity is not None and row.activity.collective:
            row.faults = [Fault("reference", "row-collective", {"typed": row.reference})]
        if row.cleaned.ok and not row.faults:
            row.after = _natural(row.cleaned.values)
            was, now = audit.changed(row.before, row.after)
            row.fields = {name: (was[name], now[name]) for name in now}
            if row.activity is not None:
                row.act = "changed" if row.fields else "same"
            if row.act == "changed" and hasattr(row.activity, "joint_part"):
                row.faults = [Fault("reference", "row-under-agreement", {"typed": row.reference})]
        if row.faults or not row.cleaned.ok or (row.entry["sheet"], row.entry["row"]) in self.faulty:
            row.act, row.fields = "faulty", {}


def _likeness(values: dict[str, Any]) -> tuple[Any, ...]:
    title = " ".join(str(values.get("title") or "").casefold().split())
    return title, *(values.get(name) for name in _ALIKE[1:])


def _unless_same(before: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    """The values that differ by more than the writing of a file: line ends, the order of a list."""
    return {name: value for name, value in values.items() if name not in before or not _equal(before[name], value)}


def _equal(before: Any, value: Any) -> bool:
    if isinstance(before, list) and isinstance(value, list):
        return sorted(before) == sorted(value)
    if isinstance(before, str) and isinstance(value, str):
        return before.strip().splitlines() == value.strip().splitlines()
    return bool(before == value)


def _natural(values: dict[str, Any]) -> dict[str, Any]:
    """Cleaned values in natural codes: the inverse of `clean`."""
    return values | {
        "kind": values["kind"].code,
        "result": values["result"].number,
        "main_target": values["main_target"].code,
        "commune": values["commune"].slug if values["commune"] else None,
        "other_targets": sorted(target.code for target in values["other_targets"]),
        "hosts": sorted(host.slug for host in values["hosts"]),
        "avoid": sorted(body.slug for body in values["avoid"]),
    }
