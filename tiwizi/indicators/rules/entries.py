"""What the rows of a workbook of indicators mean: which thing each one is, what it would change, what is wrong with it.

An entry is one row as a reader understood it: `{"part": "indicators", "sheet": "Indicateurs", "row": 7, "cells":
{"code": "B7", ...}, "values": {...}}`. `values` holds a text for each column that the sheet has; what it lacks stays as
it is. `was` among them is what the row said when the workbook was made: what others changed since is kept, and what
both changed is a fault.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tiwizi.base.errors import Refusal
from tiwizi.base.merging import merge
from tiwizi.indicators.queries import book
from tiwizi.indicators.queries.book import EMPTY, EVERY, Defined, Place, Texts
from tiwizi.network.queries import plain_name

PARTS = ("sets", "categories", "indicators", "targets")
# Empty, these say nothing: what stands stays.
KEPT_WHEN_EMPTY = {"counts", "calculation", "direction", "decimals", "frequency", "public"}
# Beside those of `checks.SAID`, and of the network's workbook.
FAULTS: dict[str, str | Promise] = {
    "changed-since": _(
        "Somebody changed this since the workbook was made: it said “%(was)s”, and says “%(now)s” now. "
        "To keep that, write it here; else download the workbook again and change it there."
    ),
    "kept-since": _("Somebody changed this since the workbook was made: “%(now)s” stays."),
    "put-away": _("This indicator was put away since the workbook was made. Take it up again on its page."),
    "taken-up": _("This indicator was put away; the import takes it up again."),
    "target-empty": _("An empty cell takes no target away: “%(now)s” stands. Take it back on the page of targets."),
    "start-fixed": _("The first day of a category that exists is not changed."),
    "starts-later": _("“%(typed)s” is asked from a later day on. End it on the page of the indicator."),
    "code-elsewhere": _("“%(typed)s” is also an indicator of %(other)s: this row adds another one."),
    "indicator-unclear": _("Several results have an indicator “%(typed)s”. Write the result after it: %(example)s."),
}


@dataclass
class Row:
    """One entry beside the thing that it names (`None`: a new one): what it would change, and its faults."""

    entry: dict[str, Any]
    key: str = ""  # what tells it from all other rows of its sheet
    title: str = ""
    thing: Any = None
    act: str = "new"  # "new", "changed", "same", "faulty"
    after: Texts = field(default_factory=dict)
    fields: dict[str, tuple[str, str]] = field(default_factory=dict)  # what differs: before, after
    faults: list[tuple[str, str, dict[str, Any], str]] = field(default_factory=list)  # field, code, parameters, level
    needs: list[tuple[str, "Row"]] = field(default_factory=list)
    about: dict[str, Any] = field(default_factory=dict)  # things that it points to

    @property
    def part(self) -> str:
        return str(self.entry["part"])

    @property
    def values(self) -> dict[str, str]:
        found: dict[str, str] = self.entry["values"]
        return found

    def typed(self, name: str) -> str:
        return str(self.values.get(name) or "").strip()

    def fault(self, name: str, code: str, level: str = "error", **params: Any) -> None:
        self.faults.append((name, code, params, level))

    def refuse(self, faults: Iterable[Refusal]) -> None:
        """Faults that a page would refuse, at the columns that they are about."""
        for refusal in faults:
            name = refusal.field or "code"
            self.fault(f"{name}_fr" if name in book.TRANSLATED else name, refusal.code)

    def cell(self, name: str) -> str:
        return str(self.entry["cells"].get(name) or f"A{self.entry['row']}")

    @property
    def is_faulty(self) -> bool:
        return any(level == "error" for *_rest, level in self.faults)


class Names:
    """How things are called: by their code, by their name in any language, by both."""

    def __init__(self, known: Mapping[str, Any] | None = None) -> None:
        self.codes: set[str] = set()
        self.called: dict[str, set[str]] = defaultdict(set)
        for code, thing in (known or {}).items():
            self.add(code, thing.name.values())

    def add(self, code: str, names: Iterable[str] = ()) -> None:
        """Know one more thing by its code and these names."""
        self.codes.add(code)
        self.called[plain_name(code)].add(code)
        for name in filter(None, names):
            for typed in (name, f"{name} ({code})", f"{code} {name}"):
                self.called[plain_name(typed)].add(code)

    def find(self, typed: str) -> set[str]:
        """The codes of what is called so."""
        return {typed} if typed in self.codes else self.called.get(plain_name(typed), set())


class Base:
    """What the parts of a judgement have in common: what is defined, the names, how a row is settled."""

    def __init__(self, defined: Defined, entries: list[dict[str, Any]]) -> None:
        self.defined = defined
        self.entries = [entry for entry in entries if entry["part"] in PARTS]
        self.rows: list[Row] = []
        self.of: dict[str, dict[str, Row]] = {part: {} for part in PARTS}
        self.results, self.sets = Names(defined.results), Names(defined.sets)
        self.bodies, self.kinds, self.periods = Names(defined.bodies), Names(defined.kinds), Names()
        for code in defined.periods:
            self.periods.add(code)
        self.named: dict[str, set[Place]] = defaultdict(set)
        for (number, code), one in defined.indicators.items():
            if one.archived_at is None:
                self.name_indicator(number, code)

    def name_indicator(self, number: str, code: str) -> None:
        """An indicator is called by its code, alone or with its result."""
        for typed in (code, f"{code} ({number})", f"{number} {code}"):
            self.named[plain_name(typed)].add((number, code))

    def one(self, row: Row, name: str, names: Names) -> str:
        """The code of what a cell names; a fault of the row when there is none, or when there are several."""
        typed = row.typed(name)
        if not typed:
            row.fault(name, "value-missing")
            return ""
        return self._found(row, name, typed, names)

    def _found(self, row: Row, name: str, typed: str, names: Names) -> str:
        found = names.find(typed)
        if len(found) != 1:
            row.fault(name, "name-unclear" if found else "not-known", typed=typed)
            return ""
        return next(iter(found))

    def keep(self, row: Row, key: str) -> bool:
        """Take a row in under its key; a second one of the same thing is a fault."""
        row.key = key
        self.rows.append(row)
        if first := self.of[row.part].get(key):
            row.fault("code" if row.part != "targets" else "indicator", "row-twice", other=f"A{first.entry['row']}")
            return False
        self.of[row.part][key] = row
        return True

    def needs_set(self, row: Row, name: str, code: str) -> None:
        """The row is worth nothing when that of its breakdown is faulty."""
        if other := self.of["sets"].get(code):
            row.needs.append((name, other))

    def settle(self, row: Row, before: Texts | None, mine: Texts) -> None:
        """What would stand, and what differs from what stands: `before`, `None` for a new thing."""
        stands = EMPTY[row.part] if before is None else before
        mine = {name: text for name, text in mine.items() if text or name not in KEPT_WHEN_EMPTY}
        was = was_said(row) if before is not None else None
        if was is None:
            row.after = stands | mine
        else:
            row.after = stands | self._merged(row, was, mine, stands)
        row.fields = {name: (stands[name], now) for name, now in row.after.items() if now != stands[name]}
        row.act = "new" if before is None else "changed" if row.fields else "same"

    def _merged(self, row: Row, was: Texts, mine: Texts, stands: Texts) -> Texts:
        found = merge({name: was.get(name, stands[name]) for name in mine}, mine, stands)
        for clash in found.clashes:
            for name in clash.names:
                row.fault(name, "changed-since", was=was.get(name, ""), now=stands[name])
        for name in found.taken:
            row.fault(name, "kept-since", "warning", now=stands[name])
        return found.values

    def mine(self, row: Row) -> Texts:
        """What the row says of the fields of its part."""
        return {name: str(row.values[name] or "") for name in EMPTY[row.part] if name in row.values}

    def list_text(self, row: Row, name: str) -> str | None:
        """The column of a list as codes; `None` when one of them is not known."""
        names, codes = (self.sets if name == "sets" else self.bodies), []
        for typed in filter(None, (part.strip() for part in row.typed(name).split(";"))):
            if name == "reporters" and typed.startswith(EVERY):
                code = self._found(row, name, typed.removeprefix(EVERY), self.kinds)
                codes.append(EVERY + code if code else "")
            else:
                codes.append(self._found(row, name, typed, names))
        if not all(codes):
            return None
        if name == "reporters":
            return self.defined.who_text(self.defined.who(";".join(codes)))
        for code in codes:
            self.needs_set(row, name, code)
        return ";".join(sorted(set(codes)))


def was_said(row: Row) -> Texts | None:
    """What the row said when the workbook was made; nothing is believed of what is not ours or of another row."""
    try:
        told = json.loads(row.values.get("was") or "null")
    except ValueError:
        return None
    if not isinstance(told, dict) or told.pop("key", None) != row.key:
        return None
    return {name: text for name, text in told.items() if name in EMPTY[row.part] and isinstance(text, str)}


def was_text(key: str, told: Mapping[str, str]) -> str:
    """What a row says today, for a workbook that is made now."""
    said = {name: text for name, text in told.items() if text}
    return json.dumps({"key": key, **dict.fromkeys(told, "")} | said, ensure_ascii=False, separators=(",", ":"))


def faulty(rows: list[Row], errors: set[tuple[str, int]]) -> None:
    """Rows with a fault, found here or while reading, are not applied, nor those that need what such a row adds."""
    for row in rows:
        if row.is_faulty or (row.entry["sheet"], row.entry["row"]) in errors:
            row.act = "faulty"
    for part in PARTS:  # whatever a row needs stands in an earlier part
        for row in rows:
            for name, other in row.needs if row.part == part else ():
                if other.act == "faulty" and not _stands(other):
                    row.fault(name, "needs-other", typed=other.title)
                    row.act = "faulty"


def _stands(row: Row) -> bool:
    return row.thing is not None and getattr(row.thing, "archived_at", None) is None


def key_of(*parts: str) -> str:
    """What tells a thing from all others of its part."""
    return "/".join(parts)
