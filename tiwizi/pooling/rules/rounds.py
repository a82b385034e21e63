"""What one may do with a round before and after it runs: open it, keep an activity out, close it."""

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tiwizi.accounts.models import User
from tiwizi.base import audit
from tiwizi.base.errors import Refusal
from tiwizi.network import queries as network
from tiwizi.network.models import Body
from tiwizi.network.permissions import Action, require
from tiwizi.plans.models import Activity, Plan
from tiwizi.pooling import queries
from tiwizi.pooling.models import (
    METHODS,
    Proposal,
    Round,
    RoundActivity,
    RoundHost,
    RoundKind,
    RoundPartner,
)

State = Round.State
MOST_WEEKS = 260
MOST_MEMBERS = 12


@transaction.atomic
def open_round(
    *,
    by: User,
    body: Body,
    title: str,
    start: date,
    weeks: int,
    method: str = "nucleolus",
    min_saving_cents: int = 0,
    max_members: int = 8,
) -> Round:
    """Open a round for a group over whole weeks from a Monday, with the partners' budgets, kinds and hosts as they
    stand in their plans. Refused: see the sentences."""
    require(by, Action.RUN_ROUND, body)
    said = {"title": title.strip(), "start": start, "weeks": weeks, "method": method}
    said |= {"min_saving_cents": min_saving_cents, "max_members": max_members}
    check_rules(said)
    plans = _partner_plans(body, start, weeks)
    if len({plan.body_id for plan in plans}) < 2:
        raise Refusal(
            "round-no-partners",
            _("Fewer than two partnerships of this group have a plan in these weeks."),
            _("Choose other weeks, or open the round in a wider group."),
            field="start",
        )
    round = Round.objects.create(body=body, opened_by=by.pk, **said)
    _invite(round, plans)
    audit.record("open-round", round, by=by, body=body.pk, after=said)
    return round


def check_rules(said: dict[str, Any]) -> None:
    """Refuse rules that no round can have."""
    if not said["title"]:
        raise Refusal("round-title-missing", _("Give the round a title."), field="title")
    if said["start"].weekday() != 0:
        raise Refusal("round-start-not-monday", _("A round begins on a Monday."), field="start")
    if not 1990 <= said["start"].year <= 2100:
        raise Refusal("round-start-year", _("A round begins in a year from 1990 to 2100."), field="start")
    if not 1 <= said["weeks"] <= MOST_WEEKS:
        raise Refusal("round-weeks", _("A round lasts from 1 to 260 weeks."), field="weeks")
    if said["method"] not in METHODS:
        raise Refusal("method-unknown", _("There is no such way of sharing."), field="method")
    if said["min_saving_cents"] < 0:
        raise Refusal("min-saving-negative", _("The least saving is zero or more."), field="min_saving_cents")
    if not 2 <= said["max_members"] <= MOST_MEMBERS:
        raise Refusal("max-members", _("A shared activity joins 2 to 12 activities."), field="max_members")


def _partner_plans(body: Body, start: date, weeks: int) -> list[Plan]:
    """Plans of the partnerships below that meet the round's weeks."""
    last = start + timedelta(weeks=weeks, days=-1)
    partnerships = network.partnerships_below(body, first=start, last=last)
    found = Plan.objects.filter(body__in=partnerships, start__lte=last, end__gte=start)
    return list(found.select_related("body", "framework").order_by("body__slug", "start"))


def _invite(round: Round, plans: list[Plan]) -> None:
    """Copy partners, kinds and hosts into the round: changing them here changes nobody's plan."""
    bodies = {plan.body_id: plan.body for plan in plans}
    RoundPartner.objects.bulk_create(
        RoundPartner(round=round, body=body, budget_cents=_budget([plan for plan in plans if plan.body_id == pk]))
        for pk, body in bodies.items()
    )
    kinds = {kind.pk: kind for plan in plans for kind in plan.framework.activity_kinds.all()}
    RoundKind.objects.bulk_create(
        RoundKind(
            round=round,
            kind=kind,
            fixed_cents=kind.fixed_cents,
            per_head_cents=kind.per_head_cents,
            travel_rate_cents=kind.travel_rate_cents,
            pool_min=kind.pool_min,
            pool_max=kind.pool_max,
        )
        for kind in kinds.values()
    )
    _invite_hosts(round, list(bodies.values()))


def _budget(plans: list[Plan]) -> int | None:
    """The money for pooling of a partner's plans, in cents; not known when one of them does not say."""
    said = [plan.pooling_budget_cents for plan in plans]
    return None if None in said else sum(cents for cents in said if cents is not None)


def _invite_hosts(round: Round, bodies: list[Body]) -> None:
    last = queries.end_of(round)
    seats = [s for s in network.organisations_of(bodies) if s.side == "south" and _sits(s, round.start, last)]
    communes = {seat.organisation_id: seat.organisation for seat in seats}
    terms, spans = network.hosting_of(communes.values()), network.unavailable_spans(round.start, last)
    RoundHost.objects.bulk_create(
        RoundHost(
            round=round,
            organisation=commune,
            accepts=terms[pk].accepts if pk in terms else True,
            seats=terms[pk].seats if pk in terms else None,
            cost_percent=terms[pk].cost_percent if pk in terms else 100,
            blocked_weeks=network.unavailable_weeks(spans, commune, round.start, round.weeks),
        )
        for pk, commune in communes.items()
    )


def _sits(seat: Any, first: date, last: date) -> bool:
    return (seat.start is None or seat.start < last) and (seat.end is None or seat.end >= first)


@transaction.atomic
def opt_out(*, by: User, round: Round, activity: Activity, reason: str) -> RoundActivity:
    """A partnership keeps one of its activities out of the round, and says why."""
    require(by, Action.OPT_OUT, activity.plan.body)
    round = unclosed(round)
    if not reason.strip():
        raise Refusal("reason-missing", _("Say why: the partners will read it."), field="reason")
    if not queries.candidates(round).filter(pk=activity.pk).exists():
        raise Refusal("activity-not-in-round", _("This activity does not take part in the round."))
    _refuse_while_promised(round, activity)
    place, _new = RoundActivity.objects.update_or_create(
        round=round, activity=activity, defaults={"included": False, "reason": reason.strip()}
    )
    audit.record("opt-out", activity, by=by, body=activity.plan.body_id, reason=reason, after={"round": str(round)})
    return place


@transaction.atomic
def opt_in(*, by: User, round: Round, activity: Activity) -> RoundActivity:
    """The activity takes part again."""
    require(by, Action.OPT_OUT, activity.plan.body)
    round = unclosed(round)
    place = RoundActivity.objects.filter(round=round, activity=activity, included=False).first()
    if place is None:
        raise Refusal("activity-not-out", _("This activity is not kept out of the round."))
    place.included, place.reason = True, ""
    place.save(update_fields=["included", "reason"])
    audit.record("opt-in", activity, by=by, body=activity.plan.body_id, after={"round": str(round)})
    return place


@transaction.atomic
def close_round(*, by: User, round: Round) -> Round:
    """End a round: what is agreed stands in the plans, what still waits lapses."""
    round = locked(by, round)
    lapsed = round.proposals.filter(state=Proposal.State.PENDING).update(state=Proposal.State.REPLACED)
    keep(round, {"state": State.CLOSED, "closed_at": timezone.now()})
    agreed = round.proposals.filter(state=Proposal.State.AGREED).count()
    audit.record("close-round", round, by=by, body=round.body_id, after={"agreed": agreed, "lapsed": lapsed})
    return round


def locked(by: User, round: Round) -> Round:
    """The round as it stands now, locked, once the actor may lead it. Refused: see `unclosed`."""
    require(by, Action.RUN_ROUND, round.body)
    return unclosed(round)


def unclosed(round: Round) -> Round:
    """The round as it stands now, locked, its state mended after a failed run: every act on a round begins here.

    Refused: `round-closed`, `round-running`.
    """
    found = Round.objects.select_for_update(of=("self",)).select_related("body").get(pk=round.pk)
    was, found = found.state, queries.as_it_is(found)
    if found.state == State.RUNNING:
        raise Refusal("round-running", _("The round is being computed."), _("Wait for its end, or stop it."))
    if found.state == State.CLOSED:
        raise Refusal("round-closed", _("This round is closed."), _("Open another one."))
    if found.state != was:
        Round.objects.filter(pk=found.pk).update(state=found.state)
    return found


def _refuse_while_promised(round: Round, activity: Activity) -> None:
    """An activity in a proposal is answered there; keeping it out aside would leave the partners waiting."""
    if round.proposals.filter(state__in=["pending", "agreed"], parts__activity=activity).exists():
        raise Refusal(
            "activity-proposed",
            _("This activity stands in a proposal."),
            _("Refuse your part of the proposal first."),
        )


def keep(round: Round, values: dict[str, Any]) -> None:
    """Write some values of a round as its next version; the calling act checks and records."""
    for name, value in values.items():
        setattr(round, name, value)
    round.version += 1
    round.save(update_fields=[*values, "state", "version"])
