"""How the trail of the network is told: bodies and who sits in them, mandates, invitations, organisations."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Model
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tiwizi.accounts.models import User
from tiwizi.base import wording
from tiwizi.base.fields import Spoken
from tiwizi.base.models import AuditEntry
from tiwizi.network import queries
from tiwizi.network.histories import Kind, Tell, returning, tells
from tiwizi.network.models import (
    Body,
    BodyKind,
    Decision,
    Delegation,
    Grouping,
    HostingTerms,
    Invitation,
    Mandate,
    Membership,
    Organisation,
    OrganisationKind,
    UnavailableSpan,
)
from tiwizi.network.permissions import ROLES, Action, may
from tiwizi.network.queries import building

SIDES: dict[str, str | Promise] = {
    Membership.Side.NORTH: gettext_lazy("North"),
    Membership.Side.SOUTH: gettext_lazy("South"),
    Membership.Side.MEMBER: gettext_lazy("member"),
    Membership.Side.DONOR: gettext_lazy("donor"),
}
_DAYS = {"start", "end", "day", "due", "done_on"}
_PEOPLE = {"user", "deputy"}


def day(value: Any) -> str:
    """A day out of the trail, in words."""
    found = parse_date(value) if isinstance(value, str) else value
    return wording.day(found) if found else ""


def yes_or_no(value: Any) -> str:
    """A yes or no out of the trail."""
    return _("yes") if value else _("no")


def _teller(obj: Model, entries: Sequence[AuditEntry]) -> Tell:
    """Days, roles, sides, names: people, bodies and organisations are fetched once for all entries."""
    said = [(entry.before or {}) | (entry.after or {}) for entry in entries]
    people = queries.names_of(UUID(values[name]) for values in said for name in _PEOPLE if values.get(name))
    slugs = {values[name] for values in said for name in ("whole", "successor") if values.get(name)}
    bodies = {body.slug: str(body) for body in Body.objects.filter(slug__in=slugs)} if slugs else {}
    seats = {values["organisation"] for values in said if values.get("organisation")}
    sitting = {one.slug: str(one) for one in Organisation.objects.filter(slug__in=seats)} if seats else {}

    kinds: dict[str, str] = {}
    if any("kind" in values for values in said) or isinstance(obj, Body | Organisation):
        kinds = {kind.pk: str(kind) for model in (BodyKind, OrganisationKind) for kind in model._default_manager.all()}
    named: dict[str, Mapping[str, object]] = {
        "whole": bodies, "successor": bodies, "organisation": sitting, "side": SIDES, "kind": kinds,
    }  # fmt: skip

    def tell(name: str, value: Any) -> str:
        if value is None or value == "":
            return ""
        if name in _PEOPLE:
            return people.get(UUID(value), "")
        if name == "role":
            return _role(value)
        if name in _DAYS:
            return day(value)
        if name == "name":
            return str(Spoken(value))
        if name in named:
            return str(named[name].get(value, value))
        return yes_or_no(value) if isinstance(value, bool) else str(value)

    return tell


def _body_parts(body: Body) -> list[Model]:
    """What a body's story is made of besides itself."""
    seats = body.memberships.select_related("organisation")
    ties = body.groupings.select_related("whole")
    held = body.mandates.select_related("user", "body")
    return [*seats, *ties, *held, *body.decisions.all()]


def _role(code: str) -> str:
    return str(ROLES[code].name) if code in ROLES else code


def _held(mandate: Mandate) -> str:
    return f"{mandate.user}, {_role(mandate.role)}"


def _people(obj: Any, body: Body) -> str:
    return reverse("network:people", args=[body.slug])


def reads_people(by: User, obj: Any, body: Body) -> bool:
    return bool(may(by, Action.READ_PEOPLE, body))


def _gives_roles(by: User, obj: Any, body: Body) -> bool:
    return bool(may(by, Action.GIVE_ROLES, body))


TAKEN_BACK = gettext_lazy("took back what a workbook brought")
LIFE: dict[str, str | Promise] = {"start": gettext_lazy("First day"), "end": gettext_lazy("Last day")}
NAMES: dict[str, str | Promise] = {
    "name_fr": gettext_lazy("Name in French"),
    "name_nl": gettext_lazy("Name in Dutch"),
    "name_en": gettext_lazy("Name in English"),
    "name_ar": gettext_lazy("Name in Arabic"),
}
ROLE: dict[str, str | Promise] = {"user": gettext_lazy("Who"), "role": gettext_lazy("Role")}

tells(
    Kind(
        Body,
        gettext_lazy("Body"),
        acts={
            "found-body": gettext_lazy("founded the body"),
            "name-successor": gettext_lazy("named who goes on after it"),
            "change-body": gettext_lazy("corrected what is said of the body"),
            "put-back-body": gettext_lazy("put an earlier state of the body back"),
            "undo-network": TAKEN_BACK,
            "rename-body": gettext_lazy("gave it another name"),
            "hold-election": gettext_lazy("recorded an election"),
            "undo-election": gettext_lazy("took an election back"),
            "close-body": gettext_lazy("closed the body"),
            "reopen-body": gettext_lazy("opened the body again"),
            "merge-bodies": gettext_lazy("merged bodies into this one"),
            "go-on-in": gettext_lazy("let it go on in another body that exists"),
            "take-in": gettext_lazy("took in what another body was"),
            "divide-body": gettext_lazy("let it go on as another body"),
        },
        labels={"name": gettext_lazy("Name"), "successor": gettext_lazy("Successor")}
        | LIFE
        | NAMES
        | {
            "kind": gettext_lazy("Level"),
            "uncertain": gettext_lazy("Still to be confirmed"),
            "note": gettext_lazy("Remark"),
        },
        bodies=lambda body: [body],
        address=lambda body, _under: reverse("portal:body", args=[body.slug]),
        teller=_teller,
        parts=_body_parts,
        values=building.facts_of,
        before=returning.before_of_body,
        put_back=returning.plain_facts,
    )
)
tells(
    Kind(
        Membership,
        gettext_lazy("Seat"),
        acts={
            "seat-organisation": gettext_lazy("gave a seat"),
            "leave-seat": gettext_lazy("ended a seat"),
            "correct-seat": gettext_lazy("corrected a seat by a workbook"),
            "undo-network": TAKEN_BACK,
        },
        labels={"organisation": gettext_lazy("Organisation"), "side": gettext_lazy("Side")} | LIFE,
        title=lambda seat: str(seat.organisation),
        bodies=lambda seat: [seat.body],
        address=_people,
        tab="people",
        related=("body", "organisation"),
        teller=_teller,
    )
)
tells(
    Kind(
        Grouping,
        gettext_lazy("Tie to a wider body"),
        acts={
            "group-body": gettext_lazy("tied the body to a wider one"),
            "leave-group": gettext_lazy("ended the tie to a wider body"),
            "correct-tie": gettext_lazy("corrected the tie by a workbook"),
            "undo-network": TAKEN_BACK,
        },
        labels={"whole": gettext_lazy("Belongs to")} | LIFE,
        title=lambda tie: str(tie.whole),
        bodies=lambda tie: [tie.body],
        address=_people,
        tab="people",
        related=("body", "whole"),
        teller=_teller,
    )
)
tells(
    Kind(
        Mandate,
        gettext_lazy("Role"),
        acts={
            "grant-mandate": gettext_lazy("gave a role"),
            "end-mandate": gettext_lazy("set the last day of a role"),
        },
        labels=ROLE | LIFE,
        title=_held,
        bodies=lambda mandate: [mandate.body],
        address=_people,
        tab="people",
        related=("body", "user"),
        teller=_teller,
    )
)
tells(
    Kind(
        Delegation,
        gettext_lazy("Standing in"),
        acts={
            "lend-mandate": gettext_lazy("offered a role for some days"),
            "accept-offer": gettext_lazy("agreed to stand in"),
            "take-back-mandate": gettext_lazy("ended the standing in"),
        },
        labels={"deputy": gettext_lazy("Who stands in")} | LIFE,
        title=lambda lent: str(lent.user or gettext_lazy("Offered, no answer yet")),
        bodies=lambda lent: [lent.mandate.body],
        address=_people,
        tab="people",
        related=("mandate__body", "mandate__user", "user"),
        readable=reads_people,
        teller=_teller,
    )
)
tells(
    Kind(
        Invitation,
        gettext_lazy("Invitation"),
        acts={
            "invite": gettext_lazy("invited somebody"),
            "withdraw-invitation": gettext_lazy("withdrew the invitation"),
            "accept-invitation": gettext_lazy("accepted the invitation"),
        },
        labels={"role": gettext_lazy("Role")} | LIFE,
        title=lambda invitation: _role(invitation.role),
        bodies=lambda invitation: [invitation.body],
        address=_people,
        tab="people",
        related=("body",),
        readable=_gives_roles,
        teller=_teller,
    )
)
tells(
    Kind(
        Decision,
        gettext_lazy("Decision"),
        acts={
            "record-decision": gettext_lazy("recorded a decision"),
            "close-decision": gettext_lazy("said that it is done"),
            "archive-decision": gettext_lazy("put the decision aside"),
            "recover-decision": gettext_lazy("took the decision up again"),
        },
        labels={
            "text": gettext_lazy("Decision"),
            "decided_by": gettext_lazy("Decided by"),
            "owner": gettext_lazy("Who sees to it"),
            "day": gettext_lazy("Day"),
            "due": gettext_lazy("By when"),
            "done_on": gettext_lazy("Done on"),
        },
        bodies=lambda decision: [decision.body],
        address=lambda _decision, body: reverse("network:decisions", args=[body.slug]),
        related=("body",),
        teller=_teller,
    )
)
tells(
    Kind(
        Organisation,
        gettext_lazy("Organisation"),
        acts={
            "add-organisation": gettext_lazy("added the organisation"),
            "register-organisation": gettext_lazy("added the organisation"),
            "change-organisation": gettext_lazy("changed what is said of the organisation"),
            "put-back-organisation": gettext_lazy("put an earlier state of the organisation back"),
            "undo-network": TAKEN_BACK,
        },
        labels={"slug": gettext_lazy("Short name")}
        | NAMES
        | {
            "kind": gettext_lazy("Kind of organisation"),
            "country": gettext_lazy("Country"),
            "region": gettext_lazy("Region"),
            "province": gettext_lazy("Province"),
            "scheme": gettext_lazy("List of the code"),
            "ref": gettext_lazy("Code in that list"),
            "lat": gettext_lazy("Latitude"),
            "lon": gettext_lazy("Longitude"),
            "population": gettext_lazy("Inhabitants"),
            "population_year": gettext_lazy("In the year"),
        },
        bodies=lambda one: [*one.bodies.select_related("kind", "successor"), *building.programmes()],
        address=_people,
        tab="people",
        parts=lambda organisation: [
            *HostingTerms.objects.filter(organisation=organisation).select_related("organisation"),
            *organisation.unavailable.all(),
        ],
        teller=_teller,
        values=building.facts_of,
        put_back=returning.organisation,
    )
)
tells(
    Kind(
        HostingTerms,
        gettext_lazy("What a place offers"),
        acts={"set-hosting-terms": gettext_lazy("said what the place offers")},
        labels={
            "accepts": gettext_lazy("receives"),
            "seats": gettext_lazy("Seats"),
            "cost_percent": gettext_lazy("Level of cost, in percent"),
        },
        title=lambda terms: str(terms.organisation),
        bodies=lambda terms: list(terms.organisation.bodies.all()),
        address=_people,
        tab="people",
        related=("organisation",),
        teller=_teller,
    )
)
tells(
    Kind(
        UnavailableSpan,
        gettext_lazy("Days on which a place is closed"),
        acts={"add-unavailable-span": gettext_lazy("said on which days the place is closed")},
        labels=LIFE,
        bodies=lambda span: list(span.organisation.bodies.all()) if span.organisation else [],
        address=_people,
        tab="people",
        related=("organisation",),
        teller=_teller,
    )
)
