"""What the rows of a network workbook mean: which thing each one is, what it would change, what is wrong with it.

An entry is one row as a reader understood it: `{"part": "bodies", "sheet": "Instances", "row": 7, "cells": {"code":
"A7", ...}, "values": {...}}`. `values` holds what was typed for the columns that the sheet has; what it lacks stays as
it is. Things are named by their short name (`code`) or by their name in any language.
"""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.conf import settings
from django.utils.dateparse import parse_date
from django.utils.functional import Promise
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from tiwizi.base import audit
from tiwizi.network import queries
from tiwizi.network.models import Body, BodyKind, Organisation, OrganisationKind
from tiwizi.network.queries import building
from tiwizi.network.rules import codes
from tiwizi.network.rules.kinds import MOST_LEVEL

THINGS: dict[str, type] = {
    "levels": BodyKind, "kinds": OrganisationKind, "organisations": Organisation, "bodies": Body,
}  # fmt: skip
PARTS = (*THINGS, "groupings", "seats", "contacts")
LONGEST = {"code": 80, "scheme": 20, "ref": 40, "province": 80, "region": 80, "note": 2000}
LONGEST_NAME = 120
DAYS = ("start", "end")
# What is wrong with a row among the others and in the network.
FAULTS: dict[str, str | Promise] = {
    "value-missing": _("Something is needed here."),
    "name-missing": _("Give a name in one language at least."),
    "text-too-long": _("This text is too long: %(most)s letters at most."),
    "code-form": _("“%(typed)s” is no short name: small letters from a to z, digits and hyphens only."),
    "row-twice": _("“%(typed)s” stands in %(other)s too. Keep one."),
    "not-known": _("“%(typed)s” is not known: it stands neither in this workbook nor in this programme."),
    "name-unclear": _("Several things are called “%(typed)s”. Write the short name."),
    "needs-other": _("It needs “%(typed)s”, whose own row has a fault."),
    "code-used": _("The short name “%(typed)s” is taken elsewhere. Choose another one."),
    "rank-outside": _("A level has a number from 0 (the widest) to %(most)s."),
    "country-form": _("A country is two capital letters: BE, MA."),
    "ref-half": _("A code needs both: the list that it is from, and its number."),
    "ref-used": _("%(other)s has this code."),
    "half-point": _("A place on the map needs both its latitude and its longitude."),
    "not-on-earth": _("Latitudes go from -90 to 90, longitudes from -180 to 180."),
    "used-elsewhere": _("Another programme uses this too: it is not changed from here."),
    "ends-before": _("It ends before it begins."),
    "end-by-hand": _("A closed body is opened again on its own page, where what ended with it goes on."),
    "parts-alone": _("%(part)s belongs to nothing else and would be left alone."),
    "later-life": _("Its tie or seat with “%(what)s” begins only after that day."),
    "later-role": _("A role in it begins only after that day."),
    "home-lost": _("%(body)s would belong to no wider body afterwards."),
    "side-lost": _("Nobody would sit on this side of %(body)s afterwards."),
    "contact-of-one": _("A contact is of one: name the body, or the organisation."),
    "contact-unseated": _("“%(typed)s” sits in no body of this programme."),
    "contact-mail": _("“%(typed)s” is no e-mail address."),
    "contact-phone": _("“%(typed)s” is no telephone number. Write it as +32 2 423 12 11."),
    "contact-website": _("“%(typed)s” is no address of a web site: it begins with https:// or http://."),
    "begins-later": _("A tie or a seat of it lies before that day."),
    "wider-level": _("%(body)s cannot belong to %(whole)s: its level is the wider one."),
    "belongs-nowhere": _("A new body needs a row in the sheet of ties: to which wider body does it belong?"),
    "one-side": _("A partnership has somebody on each side: one is empty."),
    "outside": _("%(body)s does not exist on all of these days."),
    "circle": _("%(whole)s already belongs to %(body)s: they cannot contain each other."),
    "same-days": _("It overlaps %(other)s: the same two, on the same days."),
    "side-unread": _("There is no side “%(typed)s”. Choose from the list."),
} | codes.SENTENCES


@dataclass
class Row:
    """One entry beside the thing that it names (`None`: a new one): what it would change, and its faults."""

    entry: dict[str, Any]
    code: str = ""  # of ties and seats: both codes and the first day
    thing: Any = None
    act: str = "new"  # "new", "changed", "same", "faulty"
    after: dict[str, Any] = field(default_factory=dict)
    fields: dict[str, tuple[Any, Any]] = field(default_factory=dict)  # of a change: before, after
    faults: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)  # field, code, parameters
    needs: list["Row"] = field(default_factory=list)

    @property
    def part(self) -> str:
        return str(self.entry["part"])

    @property
    def title(self) -> str:
        """What a reader calls it."""
        names = [self.after.get(f"name_{code}") for code, _language in settings.LANGUAGES]
        return next((str(name) for name in names if name), self.code)

    def fault(self, name: str, code: str, **params: Any) -> None:
        self.faults.append((name, code, params))

    def cell(self, name: str) -> str:
        return str(self.entry["cells"].get(name) or f"A{self.entry['row']}")

    def judge(self, before: dict[str, Any]) -> None:
        """New, changed or the same."""
        if self.thing is not None:
            was, now = audit.changed(before, self.after)
            self.fields = {name: (was[name], now[name]) for name in now}
            self.act = "changed" if self.fields else "same"


def typed_values(entry: dict[str, Any]) -> dict[str, Any]:
    """The values of an entry out of storage: days are days again."""
    values = dict(entry["values"])
    return values | {name: parse_date(values[name]) for name in DAYS if isinstance(values.get(name), str)}


EMPTY: dict[str, dict[str, Any]] = {
    "levels": {"rank": None},
    "kinds": {},
    "organisations": {
        "kind": "", "country": "", "scheme": "", "ref": "", "province": "", "region": "", "lat": None, "lon": None,
        "population": None, "population_year": None,
    },
    "bodies": {"kind": "", "start": None, "uncertain": False, "note": "", "end": None},
}  # fmt: skip
_CODE = re.compile(r"[-a-z0-9_]+")
_COUNTRY = re.compile(r"[A-Z]{2}")


def facts_before(thing: Any) -> dict[str, Any]:
    """What a thing says today, under the names of the columns."""
    return building.facts_of(thing) | ({"end": thing.end} if isinstance(thing, Body) else {})


class Things:
    """The rows of levels, kinds, organisations and bodies, and how a row finds what it names."""

    def __init__(self, entries: list[dict[str, Any]], managed: set[Any]) -> None:
        self.managed = managed
        self.known: dict[str, dict[str, Any]] = {
            "levels": BodyKind.objects.in_bulk(),
            "kinds": OrganisationKind.objects.in_bulk(),
            "organisations": {one.slug: one for one in Organisation.objects.all()},
            "bodies": {one.slug: one for one in Body.objects.select_related("kind")},
        }
        self.foreign = {slug for slug, body in self.known["bodies"].items() if body.pk not in managed}
        self.shared = building.used_outside(managed)
        self.names: dict[str, dict[str, set[str]]] = {part: defaultdict(set) for part in THINGS}
        for part, things in self.known.items():
            for code, thing in things.items():
                if part != "bodies" or code not in self.foreign:
                    self._call(part, code, thing.name.values())
        self.rows: dict[str, dict[str, Row]] = {part: {} for part in THINGS}
        self.all: list[Row] = []
        taken = {(e["part"], str(e["values"].get("code") or "")) for e in entries}
        for entry in entries:
            if entry["part"] in THINGS:
                self.all.append(self._row(entry, taken))
        for row in self.all:
            _Checks(self, row).run()

    def _call(self, part: str, code: str, names: Any) -> None:
        for name in names:
            if name:
                self.names[part][queries.plain_name(name)].add(code)
                self.names[part][queries.plain_name(f"{name} ({code})")].add(code)

    def _row(self, entry: dict[str, Any], taken: set[tuple[str, str]]) -> Row:
        part, values = entry["part"], typed_values(entry)
        if part == "organisations":
            values = self._listed(values)
        row = Row(entry)
        row.code = str(values.get("code") or "") or self._code_of(part, values, taken)
        row.thing = self.known[part].get(row.code)
        if part == "organisations":
            stands = facts_before(row.thing) if row.thing else None
            values = codes.completed(values) if stands is None else codes.unsaid(values, stands)
        names = {f"name_{code}": "" for code, _language in settings.LANGUAGES}
        before = facts_before(row.thing) if row.thing else names | EMPTY[part]
        row.after = before | {name: value for name, value in values.items() if name in before}
        if first := self.rows[part].get(row.code):
            row.fault("code", "row-twice", typed=row.code, other=f"A{first.entry['row']}")
        else:
            self.rows[part][row.code] = row
        self._call(part, row.code, [row.after[name] for name in names])
        return row

    def _listed(self, values: dict[str, Any]) -> dict[str, Any]:
        """An organisation's values with its code as its list writes it. A row without any name is the organisation
        that has this code, else a new one of the list's name."""
        told = codes.tidied(values)
        if told.get("code") or any(told.get(f"name_{code}") for code, _language in settings.LANGUAGES):
            return told
        mine = told.get("scheme"), told.get("ref")
        same = [code for code, one in self.known["organisations"].items() if one.ref and (one.scheme, one.ref) == mine]
        said = {name: value for name, value in told.items() if value not in ("", None)}
        return said | {"code": same[0]} if same else codes.completed(told)

    def _code_of(self, part: str, values: dict[str, Any], taken: set[tuple[str, str]]) -> str:
        """Without a short name a row is the thing of its name that no other row names, else a new one."""
        spoken = [values.get(f"name_{code}") or "" for code in ("fr", "nl", "en", "ar")]
        for name in filter(None, spoken):
            found = self.names[part].get(queries.plain_name(name), set()) & self.known[part].keys()
            if len(found) == 1 and (part, code := next(iter(found))) not in taken:
                taken.add((part, code))
                return code
        base = next((text for text in (slugify(n.replace("–", "-")) for n in spoken) if text), part.rstrip("s"))[:30]
        free = (base, *(f"{base}-{k}" for k in range(2, len(taken) + len(self.known[part]) + 3)))
        code = next(one for one in free if one not in self.known[part] and (part, one) not in taken)
        taken.add((part, code))
        return code

    def find(self, row: Row, name: str, part: str) -> str:
        """The code of what a cell names; a fault of the row when there is none."""
        typed = str(row.entry["values"].get(name) or "").strip()
        if not typed:
            row.fault(name, "value-missing")
            return ""
        usable = typed in self.rows[part] or (
            typed in self.known[part] and (part != "bodies" or typed not in self.foreign)
        )
        found = {typed} if usable else self.names[part].get(queries.plain_name(typed), set())
        if len(found) != 1:
            row.fault(name, "name-unclear" if found else "not-known", typed=typed)
            return ""
        (code,) = found
        if code in self.rows[part]:
            row.needs.append(self.rows[part][code])
        return code

    def rank(self, code: str) -> int | None:
        """The number of a level once the workbook is in."""
        if code in self.rows["levels"]:
            return self.rows["levels"][code].after["rank"]  # type: ignore[no-any-return]
        return self.known["levels"][code].rank if code in self.known["levels"] else None

    def body_facts(self, code: str) -> dict[str, Any]:
        """Level and life of a body once the workbook is in."""
        if code in self.rows["bodies"]:
            return self.rows["bodies"][code].after
        return facts_before(self.known["bodies"][code])

    def title(self, part: str, code: str) -> str:
        """What a reader calls a thing."""
        row = self.rows[part].get(code)
        return row.title if row else str(self.known[part][code])


class _Checks:
    """What is wrong with one thing's row by itself."""

    def __init__(self, things: Things, row: Row) -> None:
        self.things, self.row, self.now = things, row, row.after

    def run(self) -> None:
        row = self.row
        self._texts()
        getattr(self, f"_{row.part}")()
        before = facts_before(row.thing) if row.thing else {}
        row.judge(before)
        if row.part == "bodies" and row.code in self.things.foreign:
            row.fault("code", "code-used", typed=row.code)
        elif row.act == "changed" and row.thing.pk in self.things.shared[row.part]:
            row.fault("code", "used-elsewhere")
        for name, (was, now) in row.fields.items():
            if name == "end" and row.act == "changed" and was and not (now and now < was):
                row.fault(name, "end-by-hand")

    def _texts(self) -> None:
        names = [f"name_{code}" for code, _language in settings.LANGUAGES]
        if not any(self.now[name] for name in names):
            self.row.fault("name_fr", "name-missing")
        if not _CODE.fullmatch(self.row.code):
            self.row.fault("code", "code-form", typed=self.row.code)
        told = {"code": self.row.code, **self.now}
        for name, most in (LONGEST | dict.fromkeys(names, LONGEST_NAME)).items():
            if len(str(told.get(name) or "")) > most:
                self.row.fault(name, "text-too-long", most=most)

    def _levels(self) -> None:
        rank = self.now["rank"]
        if rank is None:
            self.row.fault("rank", "value-missing")
        elif not 0 <= rank <= MOST_LEVEL:
            self.row.fault("rank", "rank-outside", most=MOST_LEVEL)

    def _kinds(self) -> None:
        """A kind is its name."""

    def _kind(self, part: str) -> None:
        if "kind" in self.row.entry["values"] or not self.now["kind"]:
            self.now["kind"] = self.things.find(self.row, "kind", part)

    def _organisations(self) -> None:
        self._kind("kinds")
        now, row = self.now, self.row
        now["country"] = str(now["country"]).upper()
        if not _COUNTRY.fullmatch(now["country"]):
            row.fault("country", "country-form" if now["country"] else "value-missing")
        was = facts_before(row.thing) if row.thing else {}
        if bool(now["scheme"]) != bool(now["ref"]):
            row.fault("ref", "ref-half")
        elif any(was.get(name) != now[name] for name in ("scheme", "ref")) and (wrong := codes.fault_of(now)):
            row.fault(wrong[0], wrong[1], **wrong[2])
        elif now["ref"] and (other := self._same_ref()):
            row.fault("ref", "ref-used", other=other)
        if (now["lat"] is None) != (now["lon"] is None):
            row.fault("lat", "half-point")
        elif now["lat"] is not None and not (-90 <= now["lat"] <= 90 and -180 <= now["lon"] <= 180):
            row.fault("lat", "not-on-earth")

    def _same_ref(self) -> str:
        mine, rows = (self.now["scheme"], self.now["ref"]), self.things.rows["organisations"]
        for code, one in self.things.known["organisations"].items():
            if code not in rows and (one.scheme, one.ref) == mine:
                return str(one)
        others = (one for one in rows.values() if (one.after["scheme"], one.after["ref"]) == mine)
        return next((one.title for one in others if one is not self.row), "")

    def _bodies(self) -> None:
        self._kind("levels")
        start, end = self.now["start"], self.now["end"]
        if start and end and end < start:
            self.row.fault("end", "ends-before")


def jsonable(value: Any) -> Any:
    """A value as it is stored."""
    return value.isoformat() if isinstance(value, date) else value


__all__ = ["EMPTY", "FAULTS", "PARTS", "THINGS", "Row", "Things", "jsonable", "typed_values"]
