"""What the front pages show, asked from the rooms."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Subquery
from django.urls import reverse
from django.utils.functional import Promise

from tiwizi.accounts.models import User
from tiwizi.base.models import AuditEntry
from tiwizi.base.todo import ToDo
from tiwizi.framework.queries import framework_of
from tiwizi.indicators.models import Basis
from tiwizi.indicators.queries import todo as sheets
from tiwizi.indicators.queries.publication import open_publications, public_indicators
from tiwizi.network import queries as network
from tiwizi.network import todo as roles
from tiwizi.network.models import Body, Membership
from tiwizi.network.permissions import Action, bodies_where
from tiwizi.plans import queries as plans
from tiwizi.plans.models import Activity, Plan
from tiwizi.plans.queries.history import ACTS as PLAN_ACTS
from tiwizi.pooling import queries as pooling
from tiwizi.pooling.models import Proposal, Round, RoundPartner

# A workbook of forty rows is one piece of news, not forty; a computation is news when its proposals come.
QUIET = {"import-activity", "check-import", "discard-import", "start-run", "discard-run", "set-kind", "set-host"}
NEWS = 8


def to_do(user: User) -> list[ToDo]:
    """What waits for a person in every room, the oldest first."""
    found = roles.to_do(user) + plans.to_do(user) + sheets.to_do(user) + pooling.to_do(user)
    return sorted(found, key=lambda one: one.since.timestamp() if one.since else 0.0)


@dataclass(frozen=True)
class News:
    """One act in a body: when, who (empty: the system), what, on which thing, and where that is read."""

    at: datetime
    who: str
    act: str | Promise
    body: Body | None
    thing: str
    href: str


def news(user: User, bodies: set[UUID]) -> list[News]:
    """The latest acts in bodies: in their plans, and in rounds where the person may read them; a few queries.

    An import, done or undone, is one line, not one for each of its activities.
    """
    rounds = bodies_where(user, Action.READ_ROUND)
    plan_acts = set(PLAN_ACTS) - QUIET
    round_acts = set(pooling.ACTS) - QUIET - plan_acts
    of_plans = AuditEntry.objects.filter(body__in=bodies, act__in=plan_acts).exclude(
        act__in=["apply-import", "undo-import"], object_type="plans.activity"
    )
    of_rounds = AuditEntry.objects.filter(body__in=bodies & rounds, act__in=round_acts)
    found = [*of_plans.order_by("-id")[:NEWS], *of_rounds.order_by("-id")[:NEWS]]
    latest = sorted(found, key=lambda entry: -entry.pk)[:NEWS]
    who = network.signatures(latest)
    told = {body.pk: body for body in Body.objects.filter(pk__in={entry.body for entry in latest})}
    things = _things(latest)
    words: dict[str, Any] = pooling.ACTS | PLAN_ACTS
    return [
        News(e.at, who[e.pk], words[e.act], told.get(e.body) if e.body else None, *_about(e, things)) for e in latest
    ]


Things = defaultdict[str, tuple[str, str]]


def _about(entry: AuditEntry, things: Things) -> tuple[str, str]:
    """The name and the address of what an act was about; an import is named by its file."""
    name, href = things[entry.object_id]
    return str((entry.after or {}).get("file") or name), href


def _things(entries: list[AuditEntry]) -> Things:
    """The name and the address of each entry's object, by its id; empty for what has no page of its own."""
    ids: defaultdict[str, set[str]] = defaultdict(set)
    for entry in entries:
        ids[entry.object_type].add(entry.object_id)
    found: Things = defaultdict(lambda: ("", ""))
    for plan in Plan.objects.filter(pk__in=ids["plans.plan"]).select_related("body"):
        found[str(plan.pk)] = plan.title, reverse("plans:plan", args=[plan.body.slug])
    for activity in Activity.objects.filter(pk__in=ids["plans.activity"]).select_related("plan__body"):
        found[str(activity.pk)] = (
            str(activity),
            reverse("plans:activity-detail", args=[activity.plan.body.slug, activity.pk]),
        )
    for one in Proposal.objects.filter(pk__in=ids["pooling.proposal"]).select_related("round__body", "kind"):
        href = reverse("pooling:proposal", args=[one.round.body.slug, one.round_id, one.number])
        found[str(one.pk)] = f"{one.number}. {one.kind}", href
    rounds = {one.pk: one for one in Round.objects.filter(pk__in=ids["pooling.round"]).select_related("body")}
    partners = RoundPartner.objects.filter(pk__in=ids["pooling.roundpartner"]).select_related("round__body")
    for pk, round in (rounds | {partner.pk: partner.round for partner in partners}).items():
        found[str(pk)] = round.title, reverse("pooling:round", args=[round.body.slug, round.pk])
    return found


@dataclass(frozen=True)
class Part:
    """A body directly below, with its figures counted once."""

    body: Body
    closed: bool
    totals: plans.Totals | None


@dataclass(frozen=True)
class Overview:
    """A body at a glance: everything below it counted once."""

    totals: plans.Totals
    states: dict[str, int]
    parts: list[Part]
    seats: list[Membership]

    @property
    def overlaps(self) -> bool:
        """Do some bodies sit in several of the parts, so that the parts add up to more than the whole?"""
        return sum(part.totals.count for part in self.parts if part.totals) > self.totals.count


def overview(body: Body, *, on: date | None = None) -> Overview:
    """A body and everything below it, at any time or on a day; a body that has ended is shown as it was."""
    day = on or min(network.today(), body.end or date.max)
    parts = network.parts_of(body, on=day, alive=on is not None)
    below = network.bodies_below(body, first=on or body.start or date.min, last=on or body.end or date.max)
    totals = plans.totals_of_each([body, *parts], on=on)
    return Overview(
        totals=totals[body.pk],
        states=plans.plans_by_state(body, on=on),
        parts=[Part(one, one.end is not None and one.end < (on or network.today()), totals[one.pk]) for one in parts],
        seats=[seat for seat in network.organisations_of(below, on=on) if _sat(seat, body)],
    )


def _sat(seat: Membership, body: Body) -> bool:
    """Did the seat live during the body's life?"""
    return not (seat.end and body.start and seat.end < body.start)


def moment() -> str:
    """What changes with every act, with totals made again by a job, and with the day. One query."""
    made = Basis.objects.order_by("-at").values("at")[:1]
    last = AuditEntry.objects.annotate(made=Subquery(made)).order_by("-pk").values_list("pk", "made").first()
    return f"{last} {network.today()}"


def public_addresses() -> list[tuple[str, list[UUID]]]:
    """The programmes whose results are open, by the last part of their address, with their public indicators. Two
    queries, and two for each programme."""
    found = []
    for one in open_publications():
        framework = framework_of(one.body, [one.body])
        if framework is not None:
            found.append((one.body.slug, list(public_indicators(framework).values_list("pk", flat=True))))
    return found
