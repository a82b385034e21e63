"""How the trail of rounds is told, and how earlier rules, partners, tariffs and places are put back."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from tiwizi.accounts.models import User
from tiwizi.base import wording
from tiwizi.base.merging import Seen
from tiwizi.base.models import AuditEntry
from tiwizi.network.histories import Kind, Tell, tells
from tiwizi.network.histories.network import day, yes_or_no
from tiwizi.network.models import Body
from tiwizi.pooling import queries, rules
from tiwizi.pooling.models import Proposal, Round, RoundHost, RoundKind, RoundPartner

RULES: dict[str, str | Promise] = {
    "title": _("Title"),
    "method": _("How costs are shared"),
    "min_saving_cents": _("Least saving worth doing together"),
    "max_members": _("Most activities in one shared activity"),
}
PARTNER: dict[str, str | Promise] = {"takes_part": _("takes part"), "budget_cents": _("Money for this round")}
KIND: dict[str, str | Promise] = {
    "included": _("takes part"),
    "fixed_cents": _("Once"),
    "per_head_cents": _("For each participant"),
    "travel_rate_cents": _("Travel, for each participant and 100 km"),
    "pool_min": _("Least participants"),
    "pool_max": _("Most participants"),
}
HOST: dict[str, str | Promise] = {
    "accepts": _("receives"),
    "seats": _("Seats"),
    "cost_percent": _("Level of cost, in percent"),
    "blocked_weeks": _("Closed weeks"),
}
DECIDED: dict[str, str | Promise] = {
    "start": _("From the week of"),
    "weeks": _("How many weeks"),
    "proposal": _("Proposal"),
    "activity": _("Activity"),
    "collective": _("Collective activity"),
    "share_cents": _("Agreed share"),
    "cost_cents": _("Cost together"),
    "organisation": _("Place"),
    "week": _("Week of the round"),
    "body": _("Partner"),
    "other_body": _("not with"),
    "run": _("Computation"),
    "proposals": _("Proposals"),
    "saving_cents": _("Saving"),
    "agreed": _("Agreed"),
    "lapsed": _("Lapsed"),
}


def tell(name: str, value: Any) -> str:
    """A value of a round, its settings or its proposals, in words; what is not known is empty."""
    if value is None or value in ("", []):
        return ""
    if name.endswith("_cents"):
        return wording.amount(value, whole=True)
    if name == "method":
        return str(queries.METHOD_NAMES.get(value, value))
    if name == "start":
        return day(value)
    if name == "week":  # they are counted from 0, and people count from 1
        return str(value + 1) if isinstance(value, int) else str(value)
    if name == "blocked_weeks":
        return ngettext("%(count)s week", "%(count)s weeks", len(value)) % {"count": len(value)}
    return yes_or_no(value) if isinstance(value, bool) else str(value)


def _teller(obj: Model, entries: Sequence[AuditEntry]) -> Tell:
    return tell


def _weeks_of(host: RoundHost, entries: Sequence[AuditEntry]) -> Tell:
    """Closed weeks by their first days."""

    def told(name: str, value: Any) -> str:
        if name != "blocked_weeks" or not value:
            return tell(name, value)
        return ", ".join(wording.day(queries.monday_of(host.round, week)) for week in sorted(value))

    return told


def _parts(round: Round) -> list[Model]:
    """What a round's story is made of besides itself."""
    return [
        *round.proposals.select_related("round", "kind"),
        *round.partners.select_related("body", "round"),
        *round.kinds.select_related("kind", "round"),
        *round.hosts.select_related("organisation", "round"),
    ]


def _round_of(obj: Any) -> Round:
    return obj if isinstance(obj, Round) else obj.round


def _bodies(obj: Any) -> list[Body]:
    return [_round_of(obj).body]


def _reads_round(by: User, obj: Any, body: Body) -> bool:
    return queries.may_read_round(by, _round_of(obj))


def _about(name: str, row: Any) -> str:
    return str(getattr(row, name))


def _rules_page(obj: Any, body: Body) -> str:
    return reverse("pooling:round-rules", args=[body.slug, obj.round_id])


def _put_back_round(*, by: User, body: Body, obj: Round, values: dict[str, Any], version: int, reason: str) -> Round:
    return rules.change_rules(by=by, round=obj, seen=Seen(version), reason=reason, puts_back=True, **values)


def _put_back_row(*, by: User, body: Body, obj: Any, values: dict[str, Any], version: int, reason: str) -> Round:
    said = {"by": by, "round": obj.round, "seen": Seen(version), "reason": reason}
    return rules.change_settings(**said, rows={obj: values}, puts_back=True)


tells(
    Kind(
        Round,
        _("Pooling round"),
        acts=queries.ACTS,
        labels=RULES | DECIDED,
        bodies=_bodies,
        address=lambda round, body: reverse("pooling:round", args=[body.slug, round.pk]),
        tab="pooling",
        related=("body",),
        readable=_reads_round,
        teller=_teller,
        parts=_parts,
        values=queries.general_values,
        put_back=_put_back_round,
    )
)
tells(
    Kind(
        Proposal,
        _("Proposal"),
        acts=queries.ACTS,
        labels=DECIDED,
        title=lambda one: f"{one.number}. {one.kind}",
        bodies=_bodies,
        address=lambda one, body: reverse("pooling:proposal", args=[body.slug, one.round_id, one.number]),
        tab="pooling",
        related=("round__body", "kind"),
        readable=_reads_round,
        teller=_teller,
    )
)
_ROWS: list[tuple[type[Model], str | Promise, dict[str, str | Promise], str]] = [
    (RoundPartner, _("Partner in a round"), PARTNER, "body"),
    (RoundKind, _("Kind of activity in a round"), KIND, "kind"),
    (RoundHost, _("Place in a round"), HOST, "organisation"),
]
for model, name, labels, about in _ROWS:
    tells(
        Kind(
            model,
            name,
            acts=queries.ACTS,
            labels=labels,
            title=partial(_about, about),
            bodies=_bodies,
            address=_rules_page,
            tab="pooling",
            related=("round__body", about),
            readable=_reads_round,
            teller=_weeks_of if model is RoundHost else _teller,
            values=queries.row_values,
            version=lambda row: int(row.round.version),
            put_back=_put_back_row,
        )
    )
