"""The lives of bodies: leaving, closing, merging, dividing, another name. What was stays readable at its dates.

Each act names a day and a reason. Everybody needs MANAGE_NETWORK in every body concerned.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tiwizi.accounts.models import User
from tiwizi.base import audit
from tiwizi.base.errors import Refusal
from tiwizi.network import queries
from tiwizi.network.models import (
    Body,
    BodyKind,
    FormerName,
    Grouping,
    Invitation,
    Mandate,
    Membership,
    Organisation,
)
from tiwizi.network.permissions import Action, require
from tiwizi.network.rules.bodies import Names, found_body, group_body, in_order, name_successor, seat_organisation
from tiwizi.network.rules.ends import Ended, give_back_ends

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Newcomer:
    """A body that is to begin: its address, name and who sits in it, on which side."""

    slug: str
    name: Names
    seats: Sequence[tuple[Organisation, str]] = ()
    kind: BodyKind | None = None  # that of the body before it when none is given
    wholes: Sequence[Body] = field(default_factory=list)  # besides those of the body before it


def _needed(reason: str) -> str:
    if not reason.strip():
        raise Refusal("reason-missing", _("Say why: others will read it."), field="reason")
    return reason.strip()


@transaction.atomic
def leave_group(*, by: User, grouping: Grouping, on: date, reason: str) -> Grouping:
    """The last day on which a body belongs to a wider one. Refused: `reason-missing`, `life-order`, `already-ended`,
    `no-whole` when it would belong nowhere afterwards."""
    require(by, Action.MANAGE_NETWORK, grouping.whole)
    why = _needed(reason)
    _check_open(grouping, on)
    others = Grouping.objects.filter(body=grouping.body).exclude(pk=grouping.pk)
    if not others.on(on + DAY).exists():
        sentence = _("%(body)s would belong to no wider body afterwards.") % {"body": grouping.body}
        raise Refusal("no-whole", sentence, _("Let it join another one first, or close it."))
    _end(by, grouping, on, why, "leave-group", grouping.body)
    return grouping


@transaction.atomic
def leave_seat(*, by: User, seat: Membership, on: date, reason: str) -> Membership:
    """An organisation's last day in a body. Refused: `reason-missing`, `life-order`, `already-ended`, `side-empty`
    when nobody would sit on its side of a partnership."""
    require(by, Action.MANAGE_NETWORK, seat.body)
    why = _needed(reason)
    _check_open(seat, on)
    beside = Membership.objects.filter(body=seat.body, side=seat.side).exclude(pk=seat.pk)
    if seat.side in (Membership.Side.NORTH, Membership.Side.SOUTH) and not beside.on(on + DAY).exists():
        sentence = _("Nobody would sit on this side of %(body)s afterwards.") % {"body": seat.body}
        raise Refusal("side-empty", sentence, _("Seat another organisation first, or close the body."))
    _end(by, seat, on, why, "leave-seat", seat.body)
    return seat


def _check_open(row: Grouping | Membership, on: date) -> None:
    in_order(row.start, on)
    if row.end is not None and row.end <= on:
        raise Refusal("already-ended", _("This ended before that day already."), field="on")


def _end(by: User, row: Grouping | Membership, on: date, reason: str, act: str, body: Body) -> None:
    before, row.end = row.end, on
    row.save(update_fields=["end"])
    audit.record(act, row, by=by, body=body.pk, reason=reason, before={"end": before}, after={"end": on})


@transaction.atomic
def rename_body(*, by: User, body: Body, name: Names, on: date, reason: str) -> Body:
    """Another name from a day on; the former one is shown for the days before. Refused: `reason-missing`,
    `body-unnamed`, `renamed-that-day`, `life-order`."""
    require(by, Action.MANAGE_NETWORK, body)
    why = _needed(reason)
    if not any(text.strip() for text in name.values()):
        raise Refusal("body-unnamed", _("Give the body a name in one language at least."), field="name")
    in_order(body.start, on)
    if body.former_names.filter(until__gte=on - DAY).exists():
        raise Refusal("renamed-that-day", _("It took another name on that day or later already."), field="on")
    Body.objects.select_for_update().get(pk=body.pk)
    body.refresh_from_db(fields=["name", "version"])
    FormerName.objects.create(body=body, name=dict(body.name), until=on - DAY)
    before, body.name = dict(body.name), name
    body.version += 1
    body.save(update_fields=["name", "version"])
    told = {"name": before}, {"name": name, "start": on}
    audit.record("rename-body", body, by=by, body=body.pk, reason=why, before=told[0], after=told[1])
    return body


@transaction.atomic
def close_body(*, by: User, body: Body, on: date, reason: str, successor: Body | None = None) -> Body:
    """The last day of a body: its ties, seats and roles end with it, its open invitations are withdrawn. The roles of
    a programme itself stay, so that somebody can finish. Refused: `reason-missing`, `life-order`, `already-ended`,
    `parts-alive`, `life-later`, `successor-circle`."""
    require(by, Action.MANAGE_NETWORK, body)
    return close_now(by, body, on, _needed(reason), successor)


def close_now(by: User, body: Body, on: date, reason: str, successor: Body | None = None) -> Body:
    """Close a body, whoever was asked whether they may: also for a workbook."""
    body = Body.objects.select_for_update().get(pk=body.pk)
    in_order(body.start, on)
    if body.end is not None and body.end <= on:
        raise Refusal("already-ended", _("%(body)s ended before that day already.") % {"body": body}, field="on")
    _check_parts(body, on)
    ended = _end_what_hangs(body, on)
    before, body.end = body.end, on
    body.save(update_fields=["end"])
    after = {"end": on, "ended": ended}
    audit.record("close-body", body, by=by, body=body.pk, reason=reason, before={"end": before}, after=after)
    if successor is not None:
        name_successor(by=by, body=body, successor=successor)
    return body


def _check_parts(body: Body, on: date) -> None:
    """No part may be left alone."""
    parts = Grouping.objects.on(on + DAY).filter(whole=body).values("body_id")
    for part in Body.objects.filter(pk__in=parts):
        elsewhere = Grouping.objects.on(on + DAY).filter(body=part).exclude(whole=body)
        if not elsewhere.exists():
            sentence = _("%(part)s belongs to nothing else and would be left alone.") % {"part": part}
            raise Refusal("parts-alive", sentence, _("Close it first, or let it join another body."))


def _end_what_hangs(body: Body, on: date) -> dict[str, dict[str, str | None]]:
    """End what belongs to the body on its last day; which rows, with the ends that they had, so that it can be
    undone."""
    ended: dict[str, dict[str, str | None]] = {}
    for name, rows in _hanging(body, on).items():
        if later := rows.filter(start__gt=on).first():
            sentence = _("“%(what)s” begins only after that day.") % {"what": later}
            raise Refusal("life-later", sentence, _("Take it back first, or choose a later day."), field="on")
        ended[name] = {str(row.pk): row.end.isoformat() if row.end else None for row in rows}
        rows.model.objects.filter(pk__in=list(ended[name])).update(end=on)
    waiting = Invitation.objects.filter(body=body, accepted_at__isnull=True, withdrawn_at__isnull=True)
    waiting.update(withdrawn_at=timezone.now())
    return ended


def _hanging(body: Body, on: date) -> dict[str, Any]:
    """The ties, seats and roles that live after a day."""
    ties = Grouping.objects.during(on + DAY, date.max)
    found = {
        "ties": (ties.filter(body=body) | ties.filter(whole=body)).distinct(),
        "seats": Membership.objects.during(on + DAY, date.max).filter(body=body),
        "mandates": Mandate.objects.during(on + DAY, date.max).filter(body=body),
    }
    if not queries.wholes_of(body):
        del found["mandates"]
    return found


@transaction.atomic
def reopen_body(*, by: User, body: Body, reason: str) -> Body:
    """Undo a closing: what ended with the body goes on as it would have. Refused: `reason-missing`, `not-closed`,
    `has-successor`."""
    require(by, Action.MANAGE_NETWORK, body)
    why = _needed(reason)
    return reopen_now(by, body, why)


def reopen_now(by: User, body: Body, reason: str) -> Body:
    """Undo a closing, whoever was asked whether they may: also for a workbook."""
    closing = queries.closing_of(body)
    if closing is None or body.end is None:
        raise Refusal("not-closed", _("This body was not closed here."))
    if body.successor_id or body.offshoots.exists():
        raise Refusal("has-successor", _("Others went on after it: it cannot be opened again."))
    models: dict[str, Ended] = {"ties": Grouping, "seats": Membership, "mandates": Mandate}
    for name, rows in closing["ended"].items():
        give_back_ends(models[name], rows, since=body.end)
    before, body.end = body.end, closing["before"]
    body.save(update_fields=["end"])
    told = {"end": before}, {"end": body.end}
    audit.record("reopen-body", body, by=by, body=body.pk, reason=reason, before=told[0], after=told[1])
    return body


@transaction.atomic
def merge_bodies(*, by: User, bodies: Sequence[Body], into: Newcomer, on: date, reason: str) -> Body:
    """Several bodies go on as one from a day; it has their seats (unless `into` names others) and belongs wherever
    they did. Refused: `merge-few`, and what founding and closing refuse."""
    why = _needed(reason)
    if len({body.pk for body in bodies}) < 2:
        raise Refusal("merge-few", _("Choose two bodies at least."), field="bodies")
    for body in bodies:
        require(by, Action.MANAGE_NETWORK, body)
    seats = into.seats or [(s.organisation, s.side) for s in _seats(bodies, on)]
    new = _begin(by, bodies, into, seats, on)
    for body in bodies:
        close_now(by, body, on - DAY, why, successor=new)
    audit.record("merge-bodies", new, by=by, body=new.pk, reason=why, after={"from": [body.slug for body in bodies]})
    return new


@transaction.atomic
def divide_body(*, by: User, body: Body, into: Sequence[Newcomer], on: date, reason: str) -> list[Body]:
    """A body goes on as one other or several from a day; each belongs wherever it did. One only: a new partner, a new
    life ("Jette leaves Sidi Bibi and joins Belfaa"). Refused: `divide-none`, `side-empty`, and what founding and
    closing refuse."""
    require(by, Action.MANAGE_NETWORK, body)
    why = _needed(reason)
    if not into:
        raise Refusal("divide-none", _("Say what follows."), field="into")
    new = [_begin(by, [body], one, one.seats, on) for one in into]
    Body.objects.filter(pk__in=[one.pk for one in new]).update(origin=body)
    close_now(by, body, on - DAY, why, successor=new[0] if len(new) == 1 else None)
    audit.record("divide-body", body, by=by, body=body.pk, reason=why, after={"into": [one.slug for one in new]})
    return list(Body.objects.filter(pk__in=[one.pk for one in new]))


@transaction.atomic
def go_on_in(*, by: User, body: Body, into: Body, seats: Sequence[Membership], on: date, reason: str) -> Body:
    """A body goes on in one that exists already, from a day: who is chosen sits there too, on the side where it sat;
    the other body follows this one. Refused: `reason-missing`, `not-seated` of who does not sit here, and what seating
    and closing refuse (`outside-life`, `parts-alive`, `successor-circle`...)."""
    for one in (body, into):
        require(by, Action.MANAGE_NETWORK, one)
    why = _needed(reason)
    sitting = {seat.organisation_id for seat in _seats([into], on + DAY)}
    for seat in seats:
        if seat.body_id != body.pk:
            raise Refusal("not-seated", _("%(who)s does not sit in this body.") % {"who": seat.organisation})
        if seat.organisation_id not in sitting:
            seat_organisation(by=by, body=into, organisation=seat.organisation, side=seat.side, start=on)
    close_now(by, body, on - DAY, why, successor=into)
    audit.record("go-on-in", body, by=by, body=body.pk, reason=why, after={"into": [into.slug]})
    audit.record("take-in", into, by=by, body=into.pk, reason=why, after={"from": [body.slug]})
    return into


def _seats(bodies: Iterable[Body], on: date) -> list[Membership]:
    """Who sits in any of these bodies on the eve of a day, each organisation once."""
    sitting = Membership.objects.on(on - DAY).filter(body__in=list(bodies)).select_related("organisation")
    return list({seat.organisation_id: seat for seat in sitting}.values())


def _begin(
    by: User, before: Sequence[Body], new: Newcomer, seats: Iterable[tuple[Organisation, str]], on: date
) -> Body:
    """Found what follows: in the same wider bodies, from the same day on."""
    ties = Grouping.objects.on(on - DAY).filter(body__in=list(before)).select_related("whole__kind")
    wholes = {tie.whole_id: tie.whole for tie in ties} | {whole.pk: whole for whole in new.wholes}
    gone = {body.pk for body in before}
    kept = [whole for pk, whole in wholes.items() if pk not in gone]
    body = found_body(by=by, slug=new.slug, kind=new.kind or before[0].kind, name=new.name, wholes=kept, start=on)
    sides = set()
    for organisation, side in seats:
        seat_organisation(by=by, body=body, organisation=organisation, side=side, start=on)
        sides.add(side)
    had = {seat.side for seat in _seats(before, on)} & {Membership.Side.NORTH, Membership.Side.SOUTH}
    if missing := had - sides:
        sentence = _("A partnership has somebody on each side: %(body)s lacks one.") % {"body": body}
        raise Refusal("side-empty", sentence, _("Choose who sits there."), field=f"seats-{missing.pop()}")
    return body


__all__ = [
    "Newcomer",
    "close_body",
    "divide_body",
    "go_on_in",
    "group_body",
    "leave_group",
    "leave_seat",
    "merge_bodies",
    "rename_body",
    "reopen_body",
]
