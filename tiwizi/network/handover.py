"""What somebody must know who takes a body over: each room says its part (`handover.py`), as plain tables.

The page, the PDF and the Word file are made of the same sections, so that they say the same.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.utils.translation import gettext as _

from tiwizi.accounts.models import User
from tiwizi.base import wording
from tiwizi.network import queries
from tiwizi.network.models import Body, Decision, Mandate
from tiwizi.network.permissions import ROLES, Action, may
from tiwizi.network.queries import building

MOST_ROWS = 100  # of one table; the rest is counted


@dataclass(frozen=True)
class Section:
    """One table: its title, its columns, its rows as text in the reader's language; `empty` when there is none."""

    title: str
    columns: list[str]
    rows: list[list[str]]
    empty: str = ""
    order: int = 50  # where it stands among the others
    more: int = field(default=0)  # rows left out

    @classmethod
    def of(cls, title: str, columns: list[str], rows: list[list[str]], empty: str = "", order: int = 50) -> "Section":
        """With so many rows as a person reads; the others are counted."""
        return cls(title, columns, rows[:MOST_ROWS], empty, order, len(rows[MOST_ROWS:]))


@dataclass(frozen=True)
class Sheet:
    """A hand-over sheet: of which body, on which day, its facts in a line each, its sections."""

    body: Body
    day: date
    facts: list[str]
    sections: list[Section]


Teller = Callable[[User, Body], list[Section]]
_tellers: list[Teller] = []


def hands_over(teller: Teller) -> Teller:
    """Register the sections of a room; it shows only what this reader may read."""
    _tellers.append(teller)
    return teller


@cache
def _load() -> None:
    for app in apps.get_app_configs():
        if app.name.startswith("tiwizi.") and app.label != "network" and find_spec(f"{app.name}.handover"):
            import_module(f"{app.name}.handover")


def sheet_of(user: User, body: Body) -> Sheet:
    """The sheet of a body for a reader. A number of queries that does not grow with what there is."""
    _load()
    sections = [one for teller in _tellers for one in teller(user, body)]
    place = " ▸ ".join(str(one) for one in queries.place_of(body))
    facts = [str(body.kind.name), place, _span(body.start, body.end)]
    return Sheet(body, queries.today(), facts, sorted(sections, key=lambda section: section.order))


def day_or_nothing(day: date | None) -> str:
    """A day in words, nothing when there is none."""
    return wording.day(day) if day else ""


def _span(start: date | None, end: date | None) -> str:
    told = [_("since %(day)s") % {"day": wording.day(start)}] if start else []
    told += [_("until %(day)s") % {"day": wording.day(end)}] if end else []
    return ", ".join(told)


@hands_over
def seats(user: User, body: Body) -> list[Section]:
    """Who sits here."""
    sides = {"north": _("North"), "south": _("South"), "member": _("member"), "donor": _("donor")}
    rows = [
        [str(seat.organisation), sides.get(seat.side, seat.side), _span(seat.start, seat.end)]
        for seat in queries.seated(body).now
    ]
    columns = [_("Organisation"), _("Side"), _("Since, until")]
    return [Section.of(_("Who sits here"), columns, rows, _("Organisations sit in the bodies below."), order=10)]


@hands_over
def roles(user: User, body: Body) -> list[Section]:
    """Who holds which role here and above, with addresses; only for who may read people."""
    if not may(user, Action.READ_PEOPLE, body):
        return []
    held: list[Mandate] = queries.mandates_in(queries.reach(body))
    rows = [
        [m.user.called, str(ROLES[m.role].name), str(m.body), m.user.email, day_or_nothing(m.end)]
        for m in held
        if m.role in ROLES
    ]
    columns = [_("Who"), _("Role"), _("Where"), _("E-mail address"), _("Until")]
    return [Section.of(_("People and contacts"), columns, rows, _("Nobody holds a role here today."), order=15)]


@hands_over
def contacts(user: User, body: Body) -> list[Section]:
    """How the body and who sits in it are reached; only for who may read people."""
    if not may(user, Action.READ_PEOPLE, body):
        return []
    rows = [
        [str(owner), one.office, one.mail, one.phone, one.address, one.website]
        for owner, one in building.contacts_in(body)
        if one is not None
    ]
    columns = [_("Who"), _("Office in charge"), _("E-mail address"), _("Telephone"), _("Postal address"), _("Web site")]
    return [Section.of(_("How to reach them"), columns, rows, _("Nobody said yet how they are reached."), order=16)]


@hands_over
def decisions(user: User, body: Body) -> list[Section]:
    """What was decided and is not done yet; then what was done in the last two years."""
    kept = Decision.objects.filter(body=body, archived_at__isnull=True)
    waiting = [
        [wording.day(d.day), d.text, d.decided_by, d.owner, day_or_nothing(d.due)] for d in kept.filter(done_on=None)
    ]
    done = [[wording.day(d.day), d.text, d.decided_by, day_or_nothing(d.done_on)] for d in kept.exclude(done_on=None)]
    columns = [_("Day"), _("Decision"), _("Decided by")]
    return [
        Section.of(_("Decisions that wait"), [*columns, _("Who sees to it"), _("By when")], waiting,
                   _("No decision waits."), order=20),
        Section.of(_("Decisions that are done"), [*columns, _("Done on")], done, _("None yet."), order=80),
    ]  # fmt: skip
