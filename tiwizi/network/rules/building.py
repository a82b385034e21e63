"""Building a network on pages and by workbook: organisations, bodies with who sits in them, their plain facts."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tiwizi.accounts.models import User
from tiwizi.base import audit
from tiwizi.base.errors import Refusal
from tiwizi.base.merging import Answers, Seen, Values
from tiwizi.network.models import Body, BodyKind, Grouping, Membership, Organisation
from tiwizi.network.permissions import Action, bodies_where, require
from tiwizi.network.queries import building
from tiwizi.network.rules.bodies import found_body, in_order, seat_organisation
from tiwizi.network.rules.codes import check_code, completed, tidied
from tiwizi.network.rules.kinds import address_of, check_named, check_order, check_reach, hold, merged, write
from tiwizi.network.rules.names import plant

_TOGETHER = (("scheme", "ref"), ("lat", "lon"), ("population", "population_year"))
_COUNTRY = re.compile(r"[A-Z]{2}")
SIDES = (Membership.Side.NORTH, Membership.Side.SOUTH)


@transaction.atomic
def register_organisation(*, by: User, body: Body, slug: str = "", **facts: Any) -> Organisation:
    """A commune, an association... with its public facts (`building.FACTS`, `name_fr`...). A code of a public list
    gives what was left empty.

    Refused: `unnamed`, `country-code`, `code-half`, `code-taken`, `code-unknown`, `kbo-wrong`, `code-country`,
    `point-half`, `slug-taken`.
    """
    require(by, Action.MANAGE_NETWORK, body)
    hold(body)
    facts = completed(facts)
    name = check_organisation(facts)
    columns = columns_of(Organisation, facts)
    organisation = plant(
        Organisation, "slug", slug, partial(address_of, name, Organisation.objects.all(), "slug", "organisation"),
        lambda chosen: Organisation.objects.create(slug=chosen, name=name, **columns),
    )  # fmt: skip
    audit.record("register-organisation", organisation, by=by, body=body.pk, after=building.facts_of(organisation))
    return organisation


def check_organisation(facts: Values, existing: Organisation | None = None) -> dict[str, str]:
    """Raise what is wrong with an organisation's facts; its name by language."""
    name = check_named(facts)
    if not _COUNTRY.fullmatch(facts["country"]):
        hint = _("Write BE for Belgium, MA for Morocco.")
        raise Refusal("country-code", _("A country is two capital letters."), hint, field="country")
    if bool(facts["scheme"]) != bool(facts["ref"]):
        raise Refusal("code-half", _("A code needs both: the list that it is from, and its number."), field="ref")
    if (facts["lat"] is None) != (facts["lon"] is None):
        raise Refusal("point-half", _("A place on the map needs both its latitude and its longitude."), field="lat")
    check_code(facts, building.facts_of(existing) if existing else None)
    same = Organisation.objects.filter(scheme=facts["scheme"], ref=facts["ref"]).exclude(ref="")
    if other := (same.exclude(pk=existing.pk) if existing else same).first():
        raise Refusal("code-taken", _("%(other)s has this code.") % {"other": other}, field="ref")
    return name


def columns_of(model: type, facts: Values) -> dict[str, Any]:
    """The columns of a table that these facts fill."""
    return {column: facts[column.removesuffix("_id")] for column in building.FACTS[model]}


@transaction.atomic
def change_organisation(
    *,
    by: User,
    body: Body,
    organisation: Organisation,
    seen: Seen,
    answers: Answers | None = None,
    reason: str = "",
    puts_back: bool = False,
    **facts: Any,
) -> Organisation:
    """Correct an organisation's public facts. `puts_back`: these are the values of an earlier state.

    Refused: what registering refuses, `shared-elsewhere` when it sits in a body that one does not manage;
    `changed-meanwhile`.
    """
    require(by, Action.MANAGE_NETWORK, body)
    organisation = Organisation.objects.select_for_update(of=("self",)).select_related("kind").get(pk=organisation.pk)
    seated = Membership.objects.filter(organisation=organisation).values("body")
    check_reach(Body.objects.filter(pk__in=seated), bodies_where(by, Action.MANAGE_NETWORK))
    was, now = merged(organisation, tidied(facts, organisation.scheme), seen, answers, _TOGETHER)
    name = check_organisation(now, organisation)
    if now != was:
        write(organisation, now, name)
        before, after = audit.changed(was, building.facts_of(organisation))
        act = "put-back-organisation" if puts_back else "change-organisation"
        audit.record(act, organisation, by=by, body=body.pk, reason=reason, before=before, after=after)
    return organisation


@transaction.atomic
def found_with_seats(
    *,
    by: User,
    wholes: Sequence[Body],
    seats: Iterable[tuple[Organisation, str]] = (),
    slug: str = "",
    end: date | None = None,
    **facts: Any,
) -> Body:
    """A new body inside wider ones, with who sits in it from its first day. `facts`: `kind` (its code), `start`,
    `uncertain`, `note`, `name_fr`...

    Refused: `unnamed`, `level-order`, `side-empty` with one side of a partnership only, and what founding, tying and
    seating refuse.
    """
    for whole in wholes:
        require(by, Action.MANAGE_NETWORK, whole)
    if wholes:
        hold(wholes[0])
    name, kind, seats = check_named(facts), BodyKind.objects.get(pk=facts["kind"]), list(seats)
    check_sides({side for _organisation, side in seats})
    for whole in wholes:
        check_order(kind, whole, next(iter(name.values())))
    plain = {"start": facts["start"], "end": end, "uncertain": facts["uncertain"], "note": facts["note"]}
    body = plant(
        Body, "slug", slug, partial(address_of, name, Body.objects.all(), "slug", kind.code),
        lambda chosen: found_body(by=by, slug=chosen, kind=kind, name=name, wholes=list(wholes), **plain),
    )  # fmt: skip
    for organisation, side in seats:
        seat_organisation(by=by, body=body, organisation=organisation, side=side, start=facts["start"], end=end)
    return body


def check_sides(sides: set[str]) -> None:
    """Raise `side-empty` where one side only has somebody: a partnership has both."""
    if missing := set(SIDES) - sides if sides & set(SIDES) else set():
        side = missing.pop()
        raise Refusal(
            "side-empty",
            _("A partnership has somebody on each side: one is empty."),
            _("Choose who sits there, or nobody on both sides."),
            field=side,
        )


@transaction.atomic
def change_body(
    *,
    by: User,
    body: Body,
    seen: Seen,
    answers: Answers | None = None,
    reason: str = "",
    puts_back: bool = False,
    **facts: Any,
) -> Body:
    """Correct a body's plain facts: spelling or translations of its name, level, first day, note. Another name from a
    day on is `rename_body`, its end `close_body`. `puts_back`: these are the values of an earlier state.

    Refused: `unnamed`, `level-order`, `life-order`, `life-holds` when something of it began before; and
    `changed-meanwhile`.
    """
    require(by, Action.MANAGE_NETWORK, body)
    body = Body.objects.select_for_update(of=("self",)).select_related("kind").get(pk=body.pk)
    was, now = merged(body, facts, seen, answers)
    name = check_named(now)
    if now["kind"] != was["kind"]:
        _check_kind(body, BodyKind.objects.get(pk=now["kind"]))
    if now["start"] != was["start"]:
        _check_start(body, now["start"])
    if now != was:
        write(body, now, name)
        before, after = audit.changed(was, building.facts_of(body))
        act = "put-back-body" if puts_back else "change-body"
        audit.record(act, body, by=by, body=body.pk, reason=reason, before=before, after=after)
    return body


def _check_kind(body: Body, kind: BodyKind) -> None:
    for tie in Grouping.objects.filter(Q(body=body) | Q(whole=body)).select_related("body__kind", "whole__kind"):
        part, whole = (kind, tie.whole.kind) if tie.body_id == body.pk else (tie.body.kind, kind)
        if whole.rank > part.rank:
            sentence = _("%(body)s cannot belong to %(whole)s: its level is the wider one.")
            told = sentence % {"body": tie.body, "whole": tie.whole}
            raise Refusal("level-order", told, _("Choose another level, or another body."), field="kind")


def _check_start(body: Body, start: date | None) -> None:
    in_order(start, body.end)
    if start is None:
        return
    early: list[Any] = [
        *Grouping.objects.filter(Q(body=body) | Q(whole=body), start__lt=start).select_related("body", "whole")[:1],
        *Membership.objects.filter(body=body, start__lt=start).select_related("body", "organisation")[:1],
        *Grouping.objects.filter(Q(body=body) | Q(whole=body), end__lt=start).select_related("body", "whole")[:1],
        *Membership.objects.filter(body=body, end__lt=start).select_related("body", "organisation")[:1],
    ]
    if early:
        sentence = _("“%(what)s” lies before that day.") % {"what": early[0]}
        raise Refusal("life-holds", sentence, _("Choose an earlier day."), field="start")
