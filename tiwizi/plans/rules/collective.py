"""Collective activities: what partners agreed to do together, standing for their own activities, with shares.

Consent is the pooling room's matter: it calls `create_collective_activity` when the last partner has accepted. Here
the actor must at least be someone who reads the group's rounds, in the group or in one of the partners; whoever may
run the group's rounds may dissolve.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tiwizi.accounts.models import User
from tiwizi.base import audit
from tiwizi.base.errors import Refusal
from tiwizi.network.models import Body, Organisation
from tiwizi.network.permissions import Action, may, require
from tiwizi.plans.models import Activity, ActivityKind, JointPart, Plan
from tiwizi.plans.queries.vocabulary import is_monday, next_reference
from tiwizi.plans.rules.plans import amend_plan, check_open

Part = tuple[Activity, int, int]  # the partner's own activity, its cost alone, its agreed share (cents)


@transaction.atomic
def create_collective_activity(
    *,
    by: User | None,
    body: Body,
    kind: ActivityKind,
    title: str,
    host: Organisation,
    week: date,
    language: str,
    parts: Sequence[Part],
    cost_cents: int,
) -> Activity:
    """Write an agreed collective activity into the group's own plan, in place of the partners' activities.

    `week` is a Monday. The shares must add up to `cost_cents` exactly, each at most its cost alone. Two calls at once
    cannot replace the same activity: the group and the activities are locked, and the database keeps one part each.
    `by=None` is the system itself (a loader).
    """
    if by is not None:
        _require_reader(by, body, parts)
    _check_shares(parts, cost_cents)
    body, own = _locked(body, parts)
    _check_activities(own, kind, week)
    collective = _write_collective(
        _group_plan(by, body, own, week), own, kind=kind, title=title, host=host, week=week, language=language,
        cost_cents=cost_cents,
    )  # fmt: skip
    _link(collective, own, parts)
    told = {"title": title, "host": host.slug, "week": week, "cost_cents": cost_cents, "parts": _told_parts(own, parts)}
    audit.record("create-collective", collective, by=by, body=body.pk, after=told)
    for one, alone, share in ((own[a.pk], alone, share) for a, alone, share in parts):
        after = {"collective": str(collective), "alone_cents": alone, "share_cents": share}
        audit.record("join-collective", one, by=by, body=one.plan.body_id, after=after)
    return collective


@transaction.atomic
def dissolve_collective_activity(*, by: User, activity: Activity, reason: str) -> Activity:
    """End an agreement: the collective activity is archived and each partner's own activity stands again."""
    require(by, Action.RUN_ROUND, activity.plan.body)
    activity = Activity.objects.select_for_update(of=("self",)).select_related("plan__body").get(pk=activity.pk)
    if not activity.collective or activity.archived_at is not None:
        raise Refusal("not-collective", _("This is not a collective activity in force."))
    if not reason.strip():
        raise Refusal("reason-missing", _("Say why: the partners will read it."), field="reason")
    check_open(activity.plan)
    amend_plan(by=by, plan=activity.plan)
    parts = list(activity.parts.select_related("replaced__plan"))
    before = {"parts": [_told_part(p.replaced, p.alone_cents, p.share_cents) for p in parts]}
    activity.archived_at, activity.archive_reason = timezone.now(), reason.strip()
    activity.version += 1
    activity.save(update_fields=["archived_at", "archive_reason", "version"])
    activity.parts.all().delete()
    audit.record("dissolve-collective", activity, by=by, body=activity.plan.body_id, reason=reason, before=before)
    for part in parts:
        was = {"collective": str(activity), "share_cents": part.share_cents}
        audit.record("leave-collective", part.replaced, by=by, body=part.body_id, reason=reason, before=was)
    return activity


def _require_reader(by: User, body: Body, parts: Sequence[Part]) -> None:
    """A round is read in its group and in each of its partnerships; nobody else writes its outcome."""
    partners = {activity.plan.body_id: activity.plan.body for activity, _alone, _share in parts}
    if not any(may(by, Action.READ_ROUND, partner) for partner in partners.values()):
        require(by, Action.READ_ROUND, body)


def _check_shares(parts: Sequence[Part], cost_cents: int) -> None:
    if len({activity.pk for activity, _alone, _share in parts}) != len(parts) or not parts:
        raise Refusal("parts-missing", _("A collective activity stands for one or more activities, each once."))
    if sum(share for _activity, _alone, share in parts) != cost_cents:
        raise Refusal("shares-differ", _("The shares do not add up to the cost."))
    for activity, alone, share in parts:
        if not 0 <= share <= alone:
            raise Refusal(
                "share-above-alone",
                _("“%(activity)s” would pay more than alone, or less than nothing.") % {"activity": activity},
            )


def _locked(body: Body, parts: Sequence[Part]) -> tuple[Body, dict[Any, Activity]]:
    """The group and the activities as they stand now, locked; the group first: its agreements take turns."""
    body = Body.objects.select_for_update().get(pk=body.pk)
    ids = [activity.pk for activity, _alone, _share in parts]
    found = Activity.objects.select_for_update(of=("self",)).select_related("plan__body", "plan__framework", "kind")
    return body, {activity.pk: activity for activity in found.filter(pk__in=ids).order_by("pk")}


def _check_activities(own: dict[Any, Activity], kind: ActivityKind, week: date) -> None:
    taken = JointPart.objects.filter(replaced__in=own).select_related("replaced", "collective").first()
    if taken is not None:
        raise Refusal(
            "activity-replaced",
            _("“%(activity)s” is already done together, as “%(collective)s”.")
            % {"activity": taken.replaced, "collective": taken.collective},
        )
    if not is_monday(week):
        raise Refusal("week-not-monday", _("A week is named by its Monday."), field="week")
    for activity in own.values():
        _check_activity(activity, kind, week)


def _check_activity(activity: Activity, kind: ActivityKind, week: date) -> None:
    told = {"activity": activity}
    if activity.archived_at is not None:
        raise Refusal("activity-archived", _("“%(activity)s” is archived.") % told)
    if activity.collective:
        raise Refusal("activity-collective", _("“%(activity)s” is itself a collective activity.") % told)
    if activity.kind_id != kind.pk:
        raise Refusal("kind-differs", _("“%(activity)s” is of another kind.") % told)
    if not activity.window_start <= week <= activity.window_end:
        raise Refusal(
            "week-outside-window",
            _("The agreed week is outside the period of “%(activity)s”.") % told,
            _("Run the round again with the plans as they stand now."),
        )


def _group_plan(by: User | None, body: Body, own: dict[Any, Activity], week: date) -> Plan:
    """The group's own plan that holds the week, amended if it was validated; opened when there is none.

    Refused while it is handed in: `plan-submitted`.
    """
    plan = Plan.objects.filter(body=body, start__lte=week, end__gte=week + timedelta(days=6)).first()
    if plan is not None:
        check_open(plan)
        return amend_plan(by=by, plan=plan)
    plans = [activity.plan for activity in own.values()]
    start, end = min(p.start for p in plans), max(p.end for p in plans)
    if Plan.objects.filter(body=body, start__lte=end, end__gte=start).exists():
        raise Refusal(
            "group-plan-elsewhere",
            _("The group's own plan does not reach this week."),
            _("Open a plan of the group for this period first."),
        )
    plan = Plan.objects.create(
        body=body,
        framework=plans[0].framework,
        title=gettext("Collective activities of %(body)s") % {"body": body},
        start=start,
        end=end,
        illustrative=any(p.illustrative for p in plans),
    )
    audit.record("open-plan", plan, by=by, body=body.pk, after={"title": plan.title, "start": start, "end": end})
    return plan


def _write_collective(plan: Plan, own: dict[Any, Activity], **said: Any) -> Activity:
    """The collective line: heads added up (unknown when one is), the partners' target groups together."""
    members = list(own.values())
    heads = [activity.participants for activity in members]
    collective = Activity.objects.create(
        plan=plan,
        reference=next_reference(plan, "C"),
        title=said["title"][:200],
        kind=said["kind"],
        result_id=members[0].result_id,
        main_target_id=members[0].main_target_id,
        commune=said["host"],
        host=said["host"],
        window_start=said["week"],
        window_end=said["week"] + timedelta(days=6),
        participants=None if None in heads else sum(h for h in heads if h is not None),
        languages=[said["language"]],
        cost_cents=said["cost_cents"],
        cost_basis=gettext("Agreed between the partners"),
        priority=max(activity.priority for activity in members),
        mandatory=any(activity.mandatory for activity in members),
        poolable=False,
        collective=True,
    )
    targets = {target for activity in members for target in activity.other_targets.all()}
    targets |= {activity.main_target for activity in members}
    collective.other_targets.set([t for t in targets if t.pk != collective.main_target_id])
    collective.hosts.set([said["host"]])
    return collective


def _link(collective: Activity, own: dict[Any, Activity], parts: Sequence[Part]) -> None:
    JointPart.objects.bulk_create(
        JointPart(
            collective=collective,
            replaced=own[activity.pk],
            body=own[activity.pk].plan.body,
            alone_cents=alone,
            share_cents=share,
        )
        for activity, alone, share in parts
    )


def _told_parts(own: dict[Any, Activity], parts: Sequence[Part]) -> list[dict[str, Any]]:
    return [_told_part(own[activity.pk], alone, share) for activity, alone, share in parts]


def _told_part(activity: Activity, alone: int, share: int) -> dict[str, Any]:
    return {"activity": str(activity), "id": str(activity.pk), "alone_cents": alone, "share_cents": share}
