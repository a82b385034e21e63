"""What the front pages show, asked from the rooms."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.functional import Promise

from tiwizi.accounts.models import User
from tiwizi.base.models import AuditEntry
from tiwizi.base.todo import ToDo
from tiwizi.network import queries as network
from tiwizi.network.models import Body, Membership
from tiwizi.network.permissions import Action, bodies_where
from tiwizi.plans import queries as plans
from tiwizi.plans.queries.history import ACTS as PLAN_ACTS
from tiwizi.pooling import queries as pooling

# A workbook of forty rows is one piece of news, not forty; a computation is news when its proposals come.
QUIET = {"import-activity", "check-import", "discard-import", "start-run", "discard-run", "set-kind", "set-host"}
NEWS = 8


def to_do(user: User) -> list[ToDo]:
    """What waits for a person in every room, the oldest first."""
    found = plans.to_do(user) + pooling.to_do(user)
    return sorted(found, key=lambda one: one.since.timestamp() if one.since else 0.0)


@dataclass(frozen=True)
class News:
    """One act in a body: when, who (empty: the system), what."""

    at: datetime
    who: str
    act: str | Promise
    body: Body | None


def news(user: User, bodies: set[UUID]) -> list[News]:
    """The latest acts in bodies: in their plans, and in rounds where the person may read them. Four queries."""
    rounds = bodies_where(user, Action.READ_ROUND)
    plan_acts = set(PLAN_ACTS) - QUIET
    round_acts = set(pooling.ACTS) - QUIET
    entries = list(AuditEntry.objects.filter(body__in=bodies, act__in=plan_acts).order_by("-id")[:NEWS]) + list(
        AuditEntry.objects.filter(body__in=bodies & rounds, act__in=round_acts - plan_acts).order_by("-id")[:NEWS]
    )
    latest = sorted(entries, key=lambda entry: -entry.pk)[:NEWS]
    names = network.names_of({entry.actor for entry in latest})
    told = {body.pk: body for body in Body.objects.filter(pk__in={entry.body for entry in latest})}
    words: dict[str, Any] = pooling.ACTS | PLAN_ACTS
    return [News(e.at, names.get(e.actor, ""), words[e.act], told.get(e.body) if e.body else None) for e in latest]


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
    plan: Any

    @property
    def overlaps(self) -> bool:
        """Do some bodies sit in several of the parts, so that the parts add up to more than the whole?"""
        return sum(part.totals.count for part in self.parts if part.totals) > self.totals.count


def overview(body: Body) -> Overview:
    """A body and everything below it; a body that has ended is shown as it was."""
    day = min(network.today(), body.end or date.max)
    parts = network.parts_of(body, on=day)
    below = network.bodies_below(body, first=body.start or date.min, last=body.end or date.max)
    totals = plans.totals_of_each([body, *parts])
    return Overview(
        totals=totals[body.pk],
        states=plans.plans_by_state(body),
        parts=[Part(one, one.end is not None and one.end < network.today(), totals[one.pk]) for one in parts],
        seats=[seat for seat in network.organisations_of(below) if _sat(seat, body)],
        plan=plans.plan_of(body),
    )


def _sat(seat: Membership, body: Body) -> bool:
    """Did the seat live during the body's life?"""
    return not (seat.end and body.start and seat.end < body.start)
