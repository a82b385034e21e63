"""Organisations, bodies and their lives, seats, groupings, hosting.

`by=None` is the system itself (the demo loader, an installation's first steps); everybody else needs MANAGE_NETWORK.
"""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tiwizi.accounts.models import User
from tiwizi.base import audit
from tiwizi.base.errors import Refusal
from tiwizi.network import queries
from tiwizi.network.models import (
    Body,
    BodyKind,
    Grouping,
    HostingTerms,
    Membership,
    Organisation,
    OrganisationKind,
    UnavailableSpan,
)
from tiwizi.network.permissions import Action, require
from tiwizi.network.rules.names import plant

Names = dict[str, str]


def _may(by: User | None, body: Body) -> None:
    if by is not None:
        require(by, Action.MANAGE_NETWORK, body)


def in_order(start: date | None, end: date | None) -> None:
    """Raise `life-order` when a life ends before it begins."""
    if start and end and end < start:
        raise Refusal("life-order", _("It ends before it begins."), _("Check both dates."), field="end")


def within_life(body: Body, start: date | None, end: date | None) -> None:
    """Raise `outside-life` when days lie before a body begins or after it ended. An open day says nothing."""
    early = body.start and any(day < body.start for day in (start, end) if day)
    late = body.end and any(day > body.end for day in (start, end) if day)
    if early or late:
        sentence = _("%(body)s does not exist on all of these days.") % {"body": body}
        raise Refusal("outside-life", sentence, _("Choose days within its life."), field="on")


@transaction.atomic
def define_body_kind(*, code: str, rank: int, name: Names) -> BodyKind:
    """A level of a programme, or its new name. By the system only."""
    return BodyKind.objects.update_or_create(code=code, defaults={"rank": rank, "name": name})[0]


@transaction.atomic
def define_organisation_kind(*, code: str, name: Names) -> OrganisationKind:
    """A kind of organisation, or its new name. By the system only."""
    return OrganisationKind.objects.update_or_create(code=code, defaults={"name": name})[0]


@transaction.atomic
def add_organisation(*, slug: str, kind: OrganisationKind, name: Names, country: str, **facts: object) -> Organisation:
    """A commune, an association... with public facts (codes, place, population). By the system only, for now."""
    organisation = Organisation.objects.create(slug=slug, kind=kind, name=name, country=country, **facts)
    audit.record("add-organisation", organisation, by=None, after={"slug": slug})
    return organisation


@transaction.atomic
def found_body(
    *,
    by: User | None,
    slug: str,
    kind: BodyKind,
    name: Names,
    wholes: list[Body],
    start: date | None = None,
    end: date | None = None,
    uncertain: bool = False,
    note: str = "",
) -> Body:
    """A new body inside the wider ones. Refused: `life-order`, `slug-taken`, `no-whole` (only the system starts a
    programme)."""
    for whole in wholes:
        _may(by, whole)
    if by is not None and not wholes:
        raise Refusal("no-whole", _("A body belongs to a wider one."), _("Say to which."))
    in_order(start, end)
    facts = {"kind": kind, "name": name, "start": start, "end": end, "uncertain": uncertain, "note": note}
    body = plant(Body, "slug", slug, lambda: slug, lambda chosen: Body.objects.create(slug=chosen, **facts))
    audit.record("found-body", body, by=by, body=body.pk, after={"slug": slug, "start": start, "end": end})
    for whole in wholes:
        group_body(by=by, body=body, whole=whole, start=start, end=end)
    return body


@transaction.atomic
def group_body(
    *, by: User | None, body: Body, whole: Body, start: date | None = None, end: date | None = None
) -> Grouping:
    """The body belongs to a wider one, for a time. Refused: `grouping-circle`, `grouping-held`, `life-order`,
    `outside-life` of either."""
    _may(by, whole)
    in_order(start, end)
    for one in (body, whole):
        within_life(one, start, end)
    if body.pk in queries.graph(date.min, date.max).above(whole.pk):
        raise Refusal(
            "grouping-circle",
            _("%(whole)s already belongs to %(body)s: they cannot contain each other.")
            % {"whole": whole, "body": body},
            _("Remove one of the two ties first."),
        )
    if Grouping.objects.during(start or date.min, end or date.max).filter(body=body, whole=whole).exists():
        raise Refusal("grouping-held", _("%(body)s already belongs to it on these days.") % {"body": body})
    grouping = Grouping.objects.create(body=body, whole=whole, start=start, end=end)
    audit.record("group-body", grouping, by=by, body=body.pk, after={"whole": whole.slug})
    return grouping


@transaction.atomic
def seat_organisation(
    *,
    by: User | None,
    body: Body,
    organisation: Organisation,
    side: str,
    start: date | None = None,
    end: date | None = None,
) -> Membership:
    """An organisation takes a seat in a body. Refused: `side-unknown`, `seat-taken` in these days, `life-order`,
    `outside-life` of the body."""
    _may(by, body)
    in_order(start, end)
    within_life(body, start, end)
    if side not in Membership.Side.values:
        raise Refusal("side-unknown", _("There is no such side."), _("Choose one of the list."), field="side")
    sitting = Membership.objects.filter(body=body, organisation=organisation)
    if sitting.during(start or date.min, end or date.max).exists():
        raise Refusal("seat-taken", _("%(who)s already sits in this body on these days.") % {"who": organisation})
    seat = Membership.objects.create(body=body, organisation=organisation, side=side, start=start, end=end)
    audit.record(
        "seat-organisation", seat, by=by, body=body.pk, after={"organisation": organisation.slug, "side": side}
    )
    return seat


@transaction.atomic
def name_successor(*, by: User | None, body: Body, successor: Body) -> Body:
    """Who goes on after a body. Refused: `successor-circle`."""
    _may(by, body)
    following: Body | None = successor
    while following is not None:
        if following == body:
            raise Refusal("successor-circle", _("A body cannot follow itself."), _("Choose another successor."))
        following = following.successor
    body.successor = successor
    body.save(update_fields=["successor"])
    audit.record("name-successor", body, by=by, body=body.pk, after={"successor": successor.slug})
    return body


@transaction.atomic
def set_hosting_terms(
    *, organisation: Organisation, accepts: bool, seats: int | None, cost_percent: int
) -> HostingTerms:
    """What a commune offers when it receives others. By the system only: a round has its own copy to change."""
    values = {"accepts": accepts, "seats": seats, "cost_percent": cost_percent}
    terms, _created = HostingTerms.objects.update_or_create(organisation=organisation, defaults=values)
    audit.record("set-hosting-terms", terms, by=None, after=values)
    return terms


@transaction.atomic
def add_unavailable_span(*, organisation: Organisation | None, start: date, end: date, label: Names) -> UnavailableSpan:
    """Days on which a commune (or everybody) cannot receive. By the system only, for now."""
    in_order(start, end)
    span = UnavailableSpan.objects.create(organisation=organisation, start=start, end=end, label=label)
    audit.record("add-unavailable-span", span, by=None, after={"start": start, "end": end})
    return span
