"""The network workbook: what a programme is made of, a sheet for each kind of thing, in one language.

The same network gives the same bytes, whenever and wherever it is written.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from tiwizi.interop import labels
from tiwizi.interop.network_words import HEADERS, NEEDED, SCHEMA, SHEETS, SIDES
from tiwizi.interop.parts_book import Line, PartsWriter
from tiwizi.interop.words import LANGUAGES, NO, YES
from tiwizi.network import queries
from tiwizi.network.models import Body, BodyKind, Grouping, Membership, Organisation, OrganisationKind
from tiwizi.network.queries import building

_WIDE = {"name_fr", "name_nl", "name_en", "name_ar", "body", "whole", "organisation", "note"}
_CHOSEN = {  # which list a column chooses from; who is new may stand there too
    ("organisations", "kind"): "kinds", ("bodies", "kind"): "levels", ("groupings", "body"): "bodies",
    ("groupings", "whole"): "bodies", ("seats", "body"): "bodies", ("seats", "organisation"): "organisations",
    ("seats", "side"): "sides", ("bodies", "uncertain"): "answers",
}  # fmt: skip


def network_workbook(body: Body, language: str) -> bytes:
    """The workbook of a body's programme: its levels, kinds, organisations, bodies, ties and seats."""
    if language not in LANGUAGES:
        raise ValueError(f"no network workbook in {language!r}: one of {', '.join(LANGUAGES)}")
    with translation.override(language):
        return _Writer(body, language).workbook()


class _Network:
    """What a programme is made of, in a fixed number of queries."""

    def __init__(self, body: Body) -> None:
        ids = queries.reach(body, wide=True)
        self.levels = {one.code: one for one in BodyKind.objects.all()}
        self.kinds = {one.code: one for one in OrganisationKind.objects.order_by("code")}
        self.bodies = {one.slug: one for one in Body.objects.filter(pk__in=ids).select_related("kind")}
        seated = Membership.objects.filter(body__in=ids).select_related("body", "organisation")
        self.seats = list(seated.order_by("body__slug", "side", "organisation__slug", "start"))
        ties = Grouping.objects.filter(body__in=ids).select_related("body", "whole")
        self.ties = list(ties.order_by("body__slug", "whole__slug", "start"))
        self.organisations = {one.slug: one for one in Organisation.objects.select_related("kind")}

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
        return found


class _Writer(PartsWriter):
    def __init__(self, body: Body, language: str) -> None:
        self.network = _Network(body)
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


def _instructions() -> list[str]:
    return [
        _("Each sheet is one kind of thing, each row one thing. Columns marked with * are needed."),
        _("The short name finds a thing again. Empty: found by its name, else it is a new one."),
        _("Ties: which body belongs to which wider one, from when to when. A body may belong to several."),
        _("Seats: which organisation sits in which body, on which side. A partnership has somebody on each."),
        _("Empty days: nobody knows, or it goes on."),
        _("A row that you delete here stays: what ends is ended on the page of its body."),
        _("Nothing is changed before you have seen what would change."),
        _("Do not write names of persons."),
    ]
