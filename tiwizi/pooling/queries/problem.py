"""A round as the engine reads it: `docs/formats/pooling.md`, with lists that say whose each position is."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from tiwizi.network import queries as network
from tiwizi.network.models import Body, Organisation
from tiwizi.plans.models import Activity
from tiwizi.pooling.models import Condition, Proposal, ProposalPart, Round, RoundActivity
from tiwizi.pooling.queries.validity import Standing, promised_elsewhere
from tiwizi.pooling.queries.weeks import end_of

KM_PER_DEGREE = 111.2


@dataclass(frozen=True)
class Labels:
    """Whose each position of the problem is: ids as text, as the run keeps them."""

    partnerships: list[str]
    communes: list[str]
    kinds: list[str]
    interventions: list[str]
    agreed: list[str]  # proposals that this run must keep, in the order of the problem's `agreed`


def candidates(round: Round) -> QuerySet[Activity]:
    """Activities of the round's partners that the round could take, by its kinds and horizon; opted-out ones too.

    What another group already does together is left out; what this round agreed stays in, for its budget.
    """
    partners = round.partners.filter(takes_part=True).values("body")
    kinds = round.kinds.filter(included=True).values("kind")
    free = Q(joint_part__isnull=True) | Q(joint_part__collective__proposal__round=round)
    found = Activity.objects.filter(
        free,
        plan__body__in=partners,
        kind__in=kinds,
        archived_at__isnull=True,
        collective=False,
        window_start__lt=end_of(round),
        window_end__gte=round.start,
    )
    return (
        found.select_related("plan__body", "kind", "commune", "main_target")
        .prefetch_related("hosts", "avoid")
        .order_by("plan__body__slug", "reference", "pk")
    )


def taking_part(round: Round) -> list[Activity]:
    """The activities that the next run takes."""
    out = round.activities.filter(included=False).values("activity")
    return list(candidates(round).exclude(pk__in=out))


def opted_out(round: Round) -> list[RoundActivity]:
    """Activities that their partnerships keep out of the round, with their reasons."""
    return list(round.activities.filter(included=False).select_related("activity__plan__body", "activity__kind"))


def kept_proposals(round: Round) -> list[Proposal]:
    """What a new run must leave as it is: agreed proposals, and those that a partner accepted and that still stand."""
    accepted = ProposalPart.objects.filter(answer=ProposalPart.Answer.ACCEPTED).values("proposal")
    pending = Q(state=Proposal.State.PENDING, pk__in=accepted)
    found = round.proposals.filter(Q(state=Proposal.State.AGREED) | pending).select_related("host")
    standing = Standing(round)
    found = found.prefetch_related(
        "parts__body", "parts__activity__hosts", "parts__activity__avoid", "parts__activity__joint_part"
    )
    return [one for one in found if one.state == "agreed" or not standing.broke(one)]


def build_problem(round: Round) -> tuple[dict[str, Any], Labels]:
    """The problem of a round that is ready (`readiness` found nothing missing), and whose each position is."""
    return _Builder(round).build()


class _Builder:
    """One round on its way to the engine."""

    def __init__(self, round: Round) -> None:
        self.round = round
        self.activities = taking_part(round)
        self.partners = list(round.partners.filter(takes_part=True).select_related("body"))
        self.bodies = {partner.body_id: k for k, partner in enumerate(self.partners)}
        self.kinds = list(round.kinds.filter(included=True).select_related("kind"))
        self.kind_index = {one.kind_id: k for k, one in enumerate(self.kinds)}
        self.hosts = {host.organisation_id: host for host in round.hosts.all()}
        self.places = self._places()
        self.place_index = {place.pk: k for k, place in enumerate(self.places)}
        self.index = {activity.pk: k for k, activity in enumerate(self.activities)}
        self.conditions = list(round.conditions.filter(lifted_at__isnull=True))
        self.promised = promised_elsewhere(round)

    def _places(self) -> list[Organisation]:
        homes = {activity.commune_id for activity in self.activities} | {p.pk for p in self._seats().values()}
        wanted = set(self.hosts) | {pk for pk in homes if pk}
        return list(Organisation.objects.filter(pk__in=wanted).order_by("slug"))

    def _seats(self) -> dict[UUID, Organisation]:
        if not hasattr(self, "_seat"):
            self._seat = first_south([partner.body for partner in self.partners])
        return self._seat

    def build(self) -> tuple[dict[str, Any], Labels]:
        kept = [one for one in kept_proposals(self.round) if self._has_room(one)]
        problem = {
            "meta": self._meta(),
            "communes": self._communes(),
            "partnerships": [self._partnership(partner) for partner in self.partners],
            "kinds": [self._kind(one) for one in self.kinds],
            "interventions": [self._intervention(activity) for activity in self.activities],
        }
        if kept:
            problem["agreed"] = [self._event(one) for one in kept]
        if refused := self._refused():
            problem["refused"] = refused
        return problem, self._labels(kept)

    def _has_room(self, proposal: Proposal) -> bool:
        """Are its place and activities in the problem? If not, its money is promised as if elsewhere."""
        parts = proposal.parts.all()
        known = proposal.host_id in self.place_index and all(part.activity_id in self.index for part in parts)
        for part in parts if not known else ():
            self.promised[part.body_id] += part.share_cents
        return known

    def _labels(self, kept: list[Proposal]) -> Labels:
        return Labels(
            partnerships=[str(partner.body_id) for partner in self.partners],
            communes=[str(place.pk) for place in self.places],
            kinds=[str(one.kind_id) for one in self.kinds],
            interventions=[str(activity.pk) for activity in self.activities],
            agreed=[str(one.pk) for one in kept],
        )

    def _meta(self) -> dict[str, Any]:
        r = self.round
        return {
            "weeks": r.weeks,
            "period_weeks": r.period_weeks,
            "periods": math.ceil(r.weeks / r.period_weeks),
            "max_members": r.max_members,
            "min_saving": units(r.min_saving_cents),
        }

    def _communes(self) -> list[dict[str, Any]]:
        """Places on a plane, in kilometres: good to a percent over a region, and the same for every reader."""
        middle = math.cos(math.radians(sum(p.lat or 0 for p in self.places) / max(1, len(self.places))))
        return [self._commune(place, middle) for place in self.places]

    def _commune(self, place: Organisation, cos: float) -> dict[str, Any]:
        host = self.hosts.get(place.pk)
        # The format lets a commune that refuses others still receive its own partners: no seats says no to all.
        seats = 0 if host is None or not host.accepts else 1_000_000 if host.seats is None else host.seats
        return {
            "x": round((place.lon or 0) * KM_PER_DEGREE * cos, 3),
            "y": round((place.lat or 0) * KM_PER_DEGREE, 3),
            "region": 0,
            "venue": seats,
            "host_factor": host.cost_percent if host else 100,
            "blocked": [week for week in host.blocked_weeks if week < self.round.weeks] if host else [],
            "hosts": bool(host and host.accepts),
        }

    def _partnership(self, partner: Any) -> dict[str, Any]:
        budget = units(max(0, (partner.budget_cents or 0) - self.promised[partner.body_id]))
        periods = math.ceil(self.round.weeks / self.round.period_weeks)
        home = self._seats().get(partner.body_id)
        return {
            "commune": self.place_index[home.pk] if home else 0,
            "region": 0,
            "language": "fr",
            "budget": budget,
            "period_cap": [budget] * periods,
            "no_pool": self._no_pool(partner.body_id),
        }

    def _no_pool(self, body: UUID) -> list[int]:
        pairs = [c for c in self.conditions if c.sort == Condition.Sort.FORBID_PAIR]
        others = {c.other_body_id for c in pairs if c.body_id == body} | {
            c.body_id for c in pairs if c.other_body_id == body
        }
        for activity in self.activities:
            if activity.plan.body_id == body:
                others |= {avoided.pk for avoided in activity.avoid.all()}
        return sorted(self.bodies[other] for other in others if other in self.bodies)

    def _kind(self, one: Any) -> dict[str, Any]:
        return {
            "fixed": one.fixed_cents // 100,
            "per_head": one.per_head_cents // 100,
            "min_pool": one.pool_min,
            "max_pool": one.pool_max,
            "rate": one.travel_rate_cents // 100,
            "radius": one.kind.radius_km,
        }

    def _intervention(self, activity: Activity) -> dict[str, Any]:
        own = activity.commune_id or self._seats()[activity.plan.body_id].pk
        wanted = {host.pk for host in activity.hosts.all()} or set(self.hosts)
        hosts = sorted(self.place_index[pk] for pk in wanted | {own} if pk in self.place_index)
        row: dict[str, Any] = {
            "partnership": self.bodies[activity.plan.body_id],
            "kind": self.kind_index[activity.kind_id],
            "languages": list(activity.languages),
            "target": activity.main_target.code,
            "n": activity.participants,
            "cost": units(activity.cost_cents),
            "value": activity.priority,
            "start": max(0, self._week(activity.window_start)),
            "end": min(self.round.weeks - 1, self._week(activity.window_end)),
            "mandatory": activity.mandatory,
            "alone_ok": True,
            "hosts": hosts,
            "pin_host": None,
            "prefer": [],
            "bonus": 0,
            "home": self.place_index[own],
        }
        if not activity.poolable:
            row["poolable"] = False
        return row | self._decided(activity)

    def _decided(self, activity: Activity) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for condition in self.conditions:
            if condition.activity_id != activity.pk:
                continue
            if condition.sort == Condition.Sort.PIN_HOST:
                found["pin_host"] = self.place_index.get(condition.organisation_id)  # type: ignore[arg-type]
            elif condition.sort == Condition.Sort.FIX_WEEK:
                found["pin_week"] = condition.week
        return found

    def _week(self, day: date) -> int:
        return (day - self.round.start).days // 7

    def _event(self, proposal: Proposal) -> dict[str, Any]:
        parts = list(proposal.parts.all())
        return {
            "host": self.place_index[proposal.host_id],
            "week": proposal.week,
            "language": proposal.language,
            "members": [self.index[part.activity_id] for part in parts],
            "shares": [units(part.share_cents) for part in parts],
        }

    def _refused(self) -> list[dict[str, Any]]:
        found = []
        for one in self.conditions:
            if one.sort != Condition.Sort.REFUSED or one.activity_id not in self.index:
                continue
            members = [self.index.get(UUID(str(pk))) for pk in one.members]
            if None not in members:  # with a member gone, this group cannot come back anyway
                found.append({"intervention": self.index[one.activity_id], "members": sorted(members)})  # type: ignore[type-var]
        return found


def units(cents: int | None) -> int | float:
    """Cents in the format's units: whole where they can be."""
    cents = cents or 0
    return cents // 100 if cents % 100 == 0 else cents / 100


def first_south(bodies: Iterable[Body]) -> dict[UUID, Organisation]:
    """The first commune of the South side of each partnership: its home when an activity names none."""
    found: dict[UUID, Organisation] = {}
    for seat in network.organisations_of(bodies):
        if seat.side == "south":
            found.setdefault(seat.body_id, seat.organisation)
    return found
