"""The network workbook: what a programme is made of, a sheet for each kind of thing, in one language.

The same network gives the same bytes, whenever and wherever it is written.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _

from tiwizi.interop import labels
from tiwizi.interop.network_words import HEADERS, NEEDED, SCHEMA, SHEETS, SIDES
from tiwizi.interop.parts_book import Line, PartsWriter
from tiwizi.interop.words import LANGUAGES, NO, YES
from tiwizi.network import queries
from tiwizi.network.models import Body, BodyKind, Contact, Grouping, Membership, Organisation, OrganisationKind
from tiwizi.network.queries import building

_WIDE = {
    "name_fr", "name_nl", "name_en", "name_ar", "body", "whole", "organisation", "note", "mail", "address", "website",
}  # fmt: skip
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


class _Writer(PartsWriter):
    def __init__(self, body: Body, language: str, contacts_in: set[UUID]) -> None:
        self.network = _Network(body, contacts_in)
        known = {
            part: labels.labels(getattr(self.network, part), language)
            for part in ("levels", "kinds", "organisations", "bodies")
        }
        self.names = known | {
            "sides": {side: words[language] for side, words in SIDES.items()},
            "answers": {"yes": YES[language], "no": NO[language]},
        }
        super().__init__(str(body), language)

    schema, headers, needed, sheets, chosen, wide = SCHEMA, HEADERS, NEEDED, SHEETS, _CHOSEN, _WIDE
    first = "bodies"

    def lines(self) -> Mapping[str, Iterable[Line]]:
        return self.network.lines()

    def instructions(self) -> list[str]:
        return _instructions()


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
