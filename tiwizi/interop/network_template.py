"""The network workbook: what a programme is made of, a sheet for each kind of thing, in one language.

The same network gives the same bytes, whenever and wherever it is written.
"""

import io
from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

import xlsxwriter
from django.utils import translation
from django.utils.translation import gettext as _
from xlsxwriter.utility import xl_col_to_name

from tiwizi.interop import labels
from tiwizi.interop.network_words import HEADERS, NEEDED, SCHEMA, SHEETS, SIDES
from tiwizi.interop.template import SPARE_ROWS, WRITTEN, looks
from tiwizi.interop.words import LANGUAGES, NO, YES
from tiwizi.interop.words import SHEETS as OWN_SHEETS
from tiwizi.network import queries
from tiwizi.network.models import Body, BodyKind, Contact, Grouping, Membership, Organisation, OrganisationKind
from tiwizi.network.queries import building

Line = dict[str, Any]
_WIDE = {
    "name_fr",
    "name_nl",
    "name_en",
    "name_ar",
    "body",
    "whole",
    "organisation",
    "note",
    "mail",
    "address",
    "website",
}
_CHOSEN = {  # which list a column chooses from; who is new may stand there too
    ("organisations", "kind"): "kinds", ("bodies", "kind"): "levels", ("groupings", "body"): "bodies",
    ("groupings", "whole"): "bodies", ("seats", "body"): "bodies", ("seats", "organisation"): "organisations",
    ("seats", "side"): "sides", ("bodies", "uncertain"): "answers",
    ("contacts", "body"): "bodies", ("contacts", "organisation"): "organisations",
}  # fmt: skip


def network_workbook(body: Body, language: str, contacts_in: Collection[UUID] = ()) -> bytes:
    """The workbook of a body's programme: its levels, kinds, organisations, bodies, ties, seats, and the contacts of
    the bodies in which the reader may see them and of who sits there."""
    if language not in LANGUAGES:
        raise ValueError(f"no network workbook in {language!r}: one of {', '.join(LANGUAGES)}")
    with translation.override(language):
        return _Writer(body, language, set(contacts_in)).workbook()


class _Network:
    """What a programme is made of, in a fixed number of queries."""

    def __init__(self, body: Body, contacts_in: set[UUID]) -> None:
        ids = queries.reach(body, wide=True)
        self.levels = {one.code: one for one in BodyKind.objects.all()}
        self.kinds = {one.code: one for one in OrganisationKind.objects.order_by("code")}
        self.bodies = {one.slug: one for one in Body.objects.filter(pk__in=ids).select_related("kind")}
        seated = Membership.objects.filter(body__in=ids).select_related("body", "organisation")
        self.seats = list(seated.order_by("body__slug", "side", "organisation__slug", "start"))
        ties = Grouping.objects.filter(body__in=ids).select_related("body", "whole")
        self.ties = list(ties.order_by("body__slug", "whole__slug", "start"))
        self.organisations = {one.slug: one for one in Organisation.objects.select_related("kind")}
        self.contacts = building.contacts_of(ids & contacts_in)

    def lines(self) -> dict[str, Iterable[Line]]:
        """The rows of each sheet, in codes."""
        parts: dict[str, dict[str, Any]] = {
            "levels": self.levels, "kinds": self.kinds, "organisations": self.organisations, "bodies": self.bodies,
        }  # fmt: skip
        found: dict[str, Iterable[Line]] = {
            part: [
                {"code": code, **building.facts_of(one), "end": getattr(one, "end", None)} for code, one in of.items()
            ]
            for part, of in parts.items()
        }
        found["groupings"] = [
            {"body": tie.body.slug, "whole": tie.whole.slug, "start": tie.start, "end": tie.end} for tie in self.ties
        ]
        found["seats"] = [
            {"body": seat.body.slug, "organisation": seat.organisation.slug, "side": seat.side,
             "start": seat.start, "end": seat.end}
            for seat in self.seats
        ]  # fmt: skip
        found["contacts"] = [
            {_owner(one): (one.body or one.organisation).slug, **building.contact_facts(one)}  # type: ignore[union-attr]
            for one in self.contacts
        ]
        return found


class _Writer:
    def __init__(self, body: Body, language: str, contacts_in: set[UUID]) -> None:
        self.body, self.language, self.network = body, language, _Network(body, contacts_in)
        known = {
            part: labels.labels(getattr(self.network, part), language)
            for part in ("levels", "kinds", "organisations", "bodies")
        }
        self.names: dict[str, dict[str, str]] = known | {
            "sides": {side: words[language] for side, words in SIDES.items()},
            "answers": {"yes": YES[language], "no": NO[language]},
        }
        self.ranges: dict[str, str] = {}

    def workbook(self) -> bytes:
        target = io.BytesIO()
        self.book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False})
        self.book.set_properties({"title": str(self.body), "created": WRITTEN})
        self.book.set_custom_property("tiwizi-schema", SCHEMA, "text")
        self.looks = looks(self.book)
        sheets = {part: self._sheet(SHEETS[part][self.language]) for part in HEADERS}
        help_, lists = (self._sheet(OWN_SHEETS[name][self.language]) for name in ("instructions", "lists"))
        self._lists(lists)
        self._instructions(help_)
        for part, lines in self.network.lines().items():
            self._part(part, sheets[part], list(lines))
        sheets["bodies"].activate()
        self.book.close()
        return target.getvalue()

    def _sheet(self, name: str) -> Any:
        sheet = self.book.add_worksheet(name)
        if self.language == "ar":
            sheet.right_to_left()
        return sheet

    def _lists(self, sheet: Any) -> None:
        quoted = OWN_SHEETS["lists"][self.language].replace("'", "''")
        for column, (name, known) in enumerate(self.names.items()):
            header = SHEETS[name][self.language] if name in SHEETS else ""
            sheet.write_string(0, column, header, self.looks["head"])
            for row, value in enumerate(known.values(), 1):
                sheet.write_string(row, column, value)
            letter = xl_col_to_name(column)
            self.ranges[name] = f"='{quoted}'!${letter}$2:${letter}${max(len(known), 1) + 1}"
        sheet.set_column(0, len(self.names), 36)
        sheet.freeze_panes(1, 0)

    def _instructions(self, sheet: Any) -> None:
        sheet.set_column(0, 0, 110)
        sheet.write_string(0, 0, str(self.body), self.looks["title"])
        for row, line in enumerate(_instructions(), 2):
            sheet.write_string(row, 0, line, self.looks["text"])

    def _part(self, part: str, sheet: Any, lines: list[Line]) -> None:
        last = len(lines) + SPARE_ROWS
        for column, (name, words) in enumerate(HEADERS[part].items()):
            star = " *" if name in NEEDED[part] else ""
            sheet.write_string(0, column, words[self.language] + star, self.looks["head"])
            look = self.looks["date" if name in ("start", "end") else "text"]
            sheet.set_column(column, column, 34 if name in _WIDE else 16, look)
            for row, line in enumerate(lines, 1):
                self._write(sheet, (row, column), self._said(part, name, line.get(name)), look)
            if known := _CHOSEN.get((part, name)):
                rule = {"validate": "list", "source": self.ranges[known], "show_error": False}
                sheet.data_validation(1, column, last, column, rule)
        sheet.freeze_panes(1, 1)

    def _said(self, part: str, name: str, value: Any) -> Any:
        """Names for codes."""
        if isinstance(value, bool):
            return (YES if value else NO)[self.language]
        known = self.names.get(_CHOSEN.get((part, name), ""), {})
        return known.get(value, value) if isinstance(value, str) else value

    def _write(self, sheet: Any, at: tuple[int, int], value: Any, look: Any) -> None:
        if value is None or value == "":
            return
        if isinstance(value, date):
            sheet.write_datetime(*at, datetime(value.year, value.month, value.day), look)
        elif isinstance(value, int | float):
            sheet.write_number(*at, value, look)
        else:
            sheet.write_string(*at, value, look)


def _owner(contact: Contact) -> str:
    return "body" if contact.body_id else "organisation"


def _instructions() -> list[str]:
    return [
        _("Each sheet is one kind of thing, each row one thing. Columns marked with * are needed."),
        _("The short name finds a thing again. Empty: found by its name, else it is a new one."),
        _("Ties: which body belongs to which wider one, from when to when. A body may belong to several."),
        _("Seats: which organisation sits in which body, on which side. A partnership has somebody on each."),
        _("Empty days: nobody knows, or it goes on."),
        _("A row that you delete here stays. What ends gets its last day: a tie, a seat, or a body."),
        _("A body that gets a last day is closed: its ties, seats and roles end with it. Close its parts too."),
        _("Contacts: one row for a body or for an organisation. Write a function, never the name of a person."),
        _("A code of HCP or NIS is enough for a new organisation: its name and place come from the list."),
        _("Roles are not given here: people are invited on the page of their body."),
        _("Nothing is changed before you have seen what would change."),
        _("Do not write names of persons."),
    ]
