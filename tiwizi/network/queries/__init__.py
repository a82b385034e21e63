"""Reads of the network: who is above, who is below, who holds what."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, cached_property, partial
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from tiwizi.accounts.models import User
from tiwizi.base.fields import Spoken
from tiwizi.base.models import AuditEntry
from tiwizi.base.queries import history_of
from tiwizi.base.reading import once
from tiwizi.network.models import (
    Body,
    BodyKind,
    Delegation,
    Grouping,
    HostingTerms,
    Invitation,
    Mandate,
    Membership,
    Organisation,
    OrganisationKind,
    UnavailableSpan,
    alive,
)


@once
def today() -> date:
    return timezone.localdate()


@dataclass(frozen=True)
class Graph:
    """The groupings alive in a span of days, as ids: `up[body]` are its wholes, `down[whole]` its parts."""

    up: dict[UUID, list[UUID]]
    down: dict[UUID, list[UUID]]

    def above(self, body: UUID) -> frozenset[UUID]:
        """Every whole that the body belongs to, by any path, itself included."""
        return self._above(body)

    def below(self, body: UUID) -> frozenset[UUID]:
        """Every part of the body, by any path, itself included, each once."""
        return self._below(body)

    # A page asks for the same bodies many times.
    @cached_property
    def _above(self) -> Callable[[UUID], frozenset[UUID]]:
        return cache(partial(_closure, self.up))

    @cached_property
    def _below(self) -> Callable[[UUID], frozenset[UUID]]:
        return cache(partial(_closure, self.down))


def _closure(edges: dict[UUID, list[UUID]], start: UUID) -> frozenset[UUID]:
    seen, waiting = {start}, [start]
    while waiting:
        for following in edges.get(waiting.pop(), ()):
            if following not in seen:
                seen.add(following)
                waiting.append(following)
    return frozenset(seen)


@once
def graph(first: date | None = None, last: date | None = None) -> Graph:
    """The groupings alive at some time between two days (today when none is given). One query."""
    first = first or today()
    up: dict[UUID, list[UUID]] = defaultdict(list)
    down: dict[UUID, list[UUID]] = defaultdict(list)
    last = last or first
    for body, whole, start, end in groupings():
        if alive(start, end, first, last):
            up[body].append(whole)
            down[whole].append(body)
    return Graph(dict(up), dict(down))


@once
def groupings() -> list[tuple[UUID, UUID, date | None, date | None]]:
    """Every grouping of the installation: body, whole, first and last day. One query."""
    rows = Grouping.objects.order_by("body_id", "whole_id", "start")
    return list(rows.values_list("body_id", "whole_id", "start", "end"))


def _life(body: Body, on: date | None = None) -> tuple[date, date]:
    """The span in which to read a body's groupings: a day when one is given, else its own life."""
    if on:
        return on, on
    return body.start or date.min, body.end or date.max


@once
def reach(body: Body, *, wide: bool = False, on: date | None = None) -> frozenset[UUID]:
    """Bodies in which a mandate counts for this body: itself and those above; `wide`: the whole programme's.

    Groupings are read over the body's life: one may still read what a closed partnership did.
    """
    all_of_it = graph(*_life(body, on))
    above = all_of_it.above(body.pk)
    if not wide:
        return above
    tops = (one for one in above if not all_of_it.up.get(one))
    return frozenset().union(*(all_of_it.below(one) for one in tops))


@once
def mandates_of(user: User, *, on: date | None = None) -> list[Mandate]:
    """The mandates that count for a person on a day, with their bodies: their own, and those of whom they stand in
    for (these name another `user`). One query."""
    day = on or today()
    lent = Delegation.objects.on(day).filter(user=user, revoked_at__isnull=True, mandate__user__is_active=True)
    counting = Mandate.objects.on(day).filter(Q(user=user) | Q(pk__in=lent.values("mandate_id")))
    return list(counting.select_related("body__kind"))


def mandates_in(bodies: Iterable[UUID], *, on: date | None = None) -> list[Mandate]:
    """The mandates held in these bodies on a day by people whose account is open, the widest body last."""
    held = Mandate.objects.on(on or today()).filter(body__in=list(bodies), user__is_active=True)
    return list(held.select_related("body__kind", "user").order_by("-body__kind__rank", "body__slug", "user__name"))


def coming_mandates_of(user: User) -> list[Mandate]:
    """The mandates that a person holds today or will hold."""
    coming = Mandate.objects.filter(Q(end__isnull=True) | Q(end__gte=today()), user=user)
    return list(coming.select_related("body__kind").order_by("body__slug", "role"))


def bodies_of_person(user: User) -> list[Body]:
    """The bodies in which a person ever held a role, for oneself or standing in."""
    return bodies_by_person([user.pk]).get(user.pk, [])


def bodies_by_person(people: Iterable[UUID]) -> dict[UUID, list[Body]]:
    """The bodies in which each of these people ever held a role, for oneself or standing in. Three queries."""
    ids = list(people)
    pairs = {
        *Mandate.objects.filter(user__in=ids).values_list("user_id", "body_id"),
        *Delegation.objects.filter(user__in=ids).values_list("user_id", "mandate__body_id"),
    }
    found: dict[UUID, list[Body]] = defaultdict(list)
    for body in Body.objects.filter(pk__in={place for _who, place in pairs}).select_related("kind"):
        for user in ids:
            if (user, body.pk) in pairs:
                found[user].append(body)
    return dict(found)


def offers_to(user: User) -> list[Delegation]:
    """The roles that a person is asked to take for some days and has not answered."""
    live = Delegation.objects.filter(end__gte=today(), revoked_at__isnull=True, email=user.email.lower())
    return list(live.select_related("mandate__body__kind", "mandate__user"))


def delegations_of(user: User) -> tuple[list[Delegation], list[Delegation]]:
    """Those that a person gave (offers that nobody answered among them) and those that they were given, today's and
    the coming ones."""
    live = Delegation.objects.filter(end__gte=today(), revoked_at__isnull=True)
    live = live.select_related("mandate__body__kind", "mandate__user", "user")
    return list(live.filter(mandate__user=user)), list(live.filter(user=user))


def open_invitations(body: Body) -> list[Invitation]:
    """The invitations to a body that nobody has answered yet, expired ones included."""
    waiting = Invitation.objects.filter(body=body, accepted_at__isnull=True, withdrawn_at__isnull=True)
    return list(waiting.select_related("invited_by"))


def bodies_below(body: Body, *, first: date | None = None, last: date | None = None) -> list[Body]:
    """The body and all its parts at some time between two days (default: today), each once, by rank and name."""
    ids = graph(first, last).below(body.pk)
    return list(Body.objects.filter(pk__in=ids).select_related("kind"))


def parts_of(body: Body, *, on: date | None = None, alive: bool = False) -> list[Body]:
    """The direct parts of a body on a day; `alive`: without those that had ended by then or begun only later."""
    ids = Grouping.objects.on(on or today()).filter(whole=body).values("body_id")
    parts: Any = Body.objects.filter(pk__in=ids)
    return list((parts.on(on or today()) if alive else parts).select_related("kind"))


def wholes_of(body: Body, *, on: date | None = None) -> list[Body]:
    """Every body directly above, at any time of the body's life or on a day, widest first."""
    everything = graph(*_life(body, on))
    direct = everything.up.get(body.pk, ())
    return [whole for whole in _bodies(everything.above(body.pk)).values() if whole.pk in direct]


@once
def _bodies(ids: frozenset[UUID]) -> dict[UUID, Body]:
    """Some bodies by their ids, widest first."""
    return {one.pk: one for one in Body.objects.filter(pk__in=ids).select_related("kind")}


def name_on(body: Body, day: date) -> Spoken:
    """How a body was called on a day."""
    former = body.former_names.filter(until__gte=day).first()
    return Spoken(former.name if former else body.name)


def closing_of(body: Body) -> dict[str, Any] | None:
    """What the latest closing of a body ended (`ended`: rows of each kind with the ends that they had), and the end
    that the body had `before`; None when it was not closed, or opened again, or nobody knows any more."""
    entry = history_of(body).filter(act__in=["close-body", "reopen-body"]).first()
    if entry is None or entry.act == "reopen-body" or not entry.after:
        return None
    return {"ended": entry.after["ended"], "before": parse_date((entry.before or {}).get("end") or "")}


def election_of(body: Body) -> dict[str, Any] | None:
    """The latest election of a body as it was recorded (`on`, `ended`: ids with their former ends, `invited`: ids);
    None when there was none, it was taken back, or its words were erased."""
    entry = history_of(body).filter(act__in=["hold-election", "undo-election"]).first()
    if entry is None or entry.act == "undo-election" or not entry.after:
        return None
    ended = {pk: parse_date(end) if end else None for pk, end in entry.after["ended"].items()}
    return {"on": parse_date(entry.after["on"]), "ended": ended, "invited": entry.after["invited"]}


@once
def place_of(body: Body, *, on: date | None = None) -> list[Body]:
    """The path from the programme down to the body (at any time of its life, or on a day), for the header; of crossing
    groupings the regional one."""
    everything = graph(*_life(body, on))
    bodies = _bodies(everything.above(body.pk))
    path = [bodies[body.pk]]
    while wholes := [bodies[pk] for pk in everything.up.get(path[0].pk, ())]:
        path.insert(0, max(wholes, key=lambda b: (b.kind.rank, b.kind_id == "regional-group", b.slug)))
    return path


def organisations_of(bodies: Iterable[Body], *, on: date | None = None) -> list[Membership]:
    """The seats in these bodies (on a day, or at any time), with their organisations."""
    seats = Membership.objects.filter(body__in=list(bodies)).select_related("organisation__kind", "body")
    return list((seats.on(on) if on else seats).order_by("side", "organisation__slug"))


def communes_of(body: Body, *, side: str | None = None) -> list[Organisation]:
    """The organisations that sit in a body, once each; `side` keeps one side."""
    seats = Membership.objects.filter(body=body)
    seats = seats.filter(side=side) if side else seats
    return list(Organisation.objects.filter(pk__in=seats.values("organisation_id")))


def partnerships_below(body: Body, *, first: date, last: date) -> list[Body]:
    """The partnerships (widest rank number: the bodies that have a North and a South side) below a body."""
    ids = graph(first, last).below(body.pk)
    return list(
        Body.objects.during(first, last)
        .filter(pk__in=ids, memberships__side=Membership.Side.SOUTH)
        .distinct()
        .select_related("kind")
    )


def visible_bodies(user: User) -> list[Body]:
    """The bodies of the programmes in which a person holds a mandate today, closed ones included."""
    everything = graph(date.min, date.max)
    ids: set[UUID] = set()
    for mandate in mandates_of(user):
        for above in everything.above(mandate.body_id):
            ids |= everything.below(above)
    return list(Body.objects.filter(pk__in=ids).select_related("kind"))


def names_of(ids: Iterable[UUID | None]) -> dict[UUID | None, str]:
    """Names of accounts by id, for the audit trail; the system has no name here."""
    return {user.pk: user.called for user in User.objects.filter(pk__in=[i for i in ids if i])}


def signatures(entries: Iterable[AuditEntry]) -> dict[int, str]:
    """Who did what stands in the trail, by the entries' ids: a name, or both names where somebody stood in for
    another. One query; the system has no name here."""
    entries = list(entries)
    names = names_of({one for entry in entries for one in (entry.actor, entry.on_behalf)})
    told = {}
    for entry in entries:
        told[entry.pk] = named(names, entry.actor, entry.on_behalf)
    return told


def named(names: Mapping[UUID | None, str], actor: UUID | None, on_behalf: UUID | None) -> str:
    """A name of these, or both where somebody stood in for another."""
    who, other = names.get(actor, ""), names.get(on_behalf, "") if on_behalf else ""
    return _("%(who)s for %(other)s") % {"who": who, "other": other} if other else who


def hosting_of(organisations: Iterable[Organisation]) -> dict[UUID, HostingTerms]:
    """What these communes offer when they receive others, by their ids; those who never said are absent."""
    return {terms.organisation_id: terms for terms in HostingTerms.objects.filter(organisation__in=list(organisations))}


def unavailable_spans(first: date, last: date) -> list[UnavailableSpan]:
    """Everybody's and each commune's unavailable days that touch a stretch of days."""
    return list(UnavailableSpan.objects.filter(start__lte=last, end__gte=first).select_related("organisation"))


def unavailable_weeks(
    spans: Iterable[UnavailableSpan], organisation: Organisation, start: date, weeks: int
) -> list[int]:
    """The weeks (0 is that of the Monday `start`) in which a commune cannot receive: three working days are gone."""
    mine = [span for span in spans if span.organisation_id in (None, organisation.pk)]
    found = []
    for week in range(weeks):
        monday = start + timedelta(weeks=week)
        working = [monday + timedelta(days=k) for k in range(5)]
        if sum(any(span.start <= day <= span.end for span in mine) for day in working) >= 3:
            found.append(week)
    return found


@dataclass(frozen=True)
class Seated:
    """Who sits in a body: its seats now and before, its mandates today and later, and those that ended."""

    now: list[Membership]
    before: list[Membership]
    mandates: list[Mandate]
    ended: list[Mandate]


def seated(body: Body, *, on: date | None = None) -> Seated:
    """The seats and mandates of a body today or on a day; a closed body is shown as it was when it ended. What comes
    only later than the day that was asked for is left out."""
    day = on or min(today(), body.end or date.max)
    seats = [s for s in organisations_of([body]) if on is None or s.start is None or s.start <= on]
    now = [s for s in seats if alive(s.start, s.end, day)]
    mandates = list(Mandate.objects.filter(body=body).select_related("user").order_by("role", "user__name"))
    mandates = [m for m in mandates if on is None or m.start is None or m.start <= on]
    ended = [m for m in mandates if m.end is not None and m.end < (on or today())]
    return Seated(now, [s for s in seats if s not in now], [m for m in mandates if m not in ended], ended)


def life_of(body: Body) -> dict[str, list[Any]]:
    """What happened to a body, for its page: names, ties above, seats, who came before and after. Five queries."""
    ties: Any = Grouping.objects.filter(body=body).select_related("whole__kind").order_by("start", "whole__slug")
    seats: Any = Membership.objects.filter(body=body).select_related("organisation").order_by("start", "side")
    return {
        "names": list(body.former_names.all()),
        "ties": list(ties),
        "seats": list(seats),
        "before": [*body.predecessors.all(), *([body.origin] if body.origin else [])],
        "after": [*([body.successor] if body.successor else []), *body.offshoots.all()],
    }


def context_words() -> set[str]:
    """The words of four letters or more in names of bodies, organisations and their kinds, in every language. Four
    queries."""
    names: list[dict[str, str]] = []
    for model in (Body, Organisation, BodyKind, OrganisationKind):
        names += model.objects.values_list("name", flat=True)
    words = {word for name in names for text in name.values() for word in re.findall(r"\w+", folded(text))}
    return {word for word in words if len(word) > 3}


def search_bodies(user: User, text: str) -> list[Body]:
    """The bodies that a person may read whose name or communes hold the text, whatever accents and capitals."""
    wanted = folded(text)
    bodies = sorted(visible_bodies(user), key=lambda b: (b.kind.rank, b.kind_id, folded(str(b))))
    words = {body.pk: [body.slug, *body.name.values()] for body in bodies}
    for seat in Membership.objects.filter(body__in=bodies).select_related("organisation"):
        words[seat.body_id] += seat.organisation.name.values()
    return [body for body in bodies if wanted in folded(" ".join(words[body.pk]))]


def folded(text: str) -> str:
    """Text without accents and capitals, for searching."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in plain if not unicodedata.combining(c))


_ALIKE = str.maketrans({"’": "'", "–": "-", "—": "-"})


def plain_name(text: str) -> str:
    """A name as a workbook's is compared: whatever accents, capitals, blanks, apostrophes and dashes."""
    return " ".join(folded(text).translate(_ALIKE).split())
