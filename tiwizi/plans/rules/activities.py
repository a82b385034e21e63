"""What one may do with the activities of a plan: add, change, archive, restore.

An activity that a collective one replaces is under agreement: it stays as it is until the agreement is dissolved.
A collective activity itself is written by `rules.collective` only.
"""

from itertools import count
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from tiwizi.accounts.models import User
from tiwizi.base import audit
from tiwizi.base.errors import Refusal
from tiwizi.base.merging import Answers, Seen, reconcile
from tiwizi.network.permissions import Action, require
from tiwizi.plans.models import Activity, JointPart, Plan
from tiwizi.plans.queries.vocabulary import natural_values, next_reference
from tiwizi.plans.rules.drafts import FIELDS, Cleaned, Fault, clean
from tiwizi.plans.rules.plans import amend_plan, check_open

__all__ = [
    "FIELDS", "Cleaned", "Fault", "add_activity", "archive_activity", "change_activity", "clean", "refuse_faults",
    "restore_activity", "why_not_edit", "write_activity",
]  # fmt: skip

_MANY = ["other_targets", "hosts", "avoid"]
_SETS = {*_MANY, "languages"}
ASIDE = "~"  # after the reference of an activity whose import was undone
_TOGETHER = [("window_start", "window_end")]  # a period with one edge of each writer is nobody's


class FaultyActivity(Refusal):
    """Values that cannot be written, with every fault; `field` is the first one's."""

    def __init__(self, faults: list[Fault]) -> None:
        many = len(faults)
        sentence = ngettext("One field is not right yet.", "%(count)s fields are not right yet.", many)
        super().__init__("activity-faulty", sentence % {"count": many}, faults[0].sentence, field=faults[0].field)
        self.faults = faults


def refuse_faults(cleaned: Cleaned) -> None:
    """Raise `FaultyActivity` when there is any fault."""
    if cleaned.faults:
        raise FaultyActivity(cleaned.faults)


@transaction.atomic
def add_activity(*, by: User, plan: Plan, **values: Any) -> Activity:
    """Add a local activity to a plan. `values` are natural codes (see `drafts.FIELDS`)."""
    require(by, Action.EDIT_PLAN, plan.body)
    plan = _open_plan(plan)
    cleaned = clean(plan, values)
    refuse_faults(cleaned)
    activity = write_activity(plan, cleaned)
    audit.record("add-activity", activity, by=by, body=plan.body_id, after=natural_values(activity))
    amend_plan(by=by, plan=plan)
    return activity


@transaction.atomic
def change_activity(
    *,
    by: User,
    activity: Activity,
    version: int | None = None,
    seen: Seen | None = None,
    answers: Answers | None = None,
    reason: str = "",
    puts_back: bool = False,
    **fields: Any,
) -> Activity:
    """Change some fields (natural codes). `seen` is what was read, or `version` its version alone.

    What others changed since is merged (`merged` of the answer); where both changed a field it is a `Conflict`, until
    `answers` decide. `puts_back`: these are the values of an earlier state.
    """
    require(by, Action.EDIT_PLAN, activity.plan.body)
    plan, activity = _open_plan(activity.plan), _locked(activity)
    _check_own(activity)
    before = natural_values(activity)
    merged = reconcile(
        seen or Seen(version), fields, before, version=activity.version, answers=answers,
        sets=_SETS, together=_TOGETHER,
    )  # fmt: skip
    cleaned = clean(plan, before | merged.values, existing=activity)
    refuse_faults(cleaned)
    activity = write_activity(plan, cleaned, existing=activity)
    was, now = audit.changed(before, natural_values(activity))
    if now:
        act = "put-back-activity" if puts_back else "change-activity"
        audit.record(act, activity, by=by, body=plan.body_id, reason=reason.strip(), before=was, after=now)
        amend_plan(by=by, plan=plan)
    activity.merged = merged
    return activity


@transaction.atomic
def archive_activity(*, by: User, activity: Activity, reason: str) -> Activity:
    """Take an activity out of its plan, and say why; it can be restored. It keeps its reference."""
    require(by, Action.EDIT_PLAN, activity.plan.body)
    if not reason.strip():
        raise Refusal("reason-missing", _("Say why: others will read it."), field="reason")
    plan, activity = _open_plan(activity.plan), _locked(activity)
    _check_own(activity)
    activity.archived_at, activity.archive_reason = timezone.now(), reason.strip()
    _save_next(activity, ["archived_at", "archive_reason"])
    audit.record("archive-activity", activity, by=by, body=plan.body_id, reason=activity.archive_reason)
    amend_plan(by=by, plan=plan)
    return activity


@transaction.atomic
def restore_activity(*, by: User, activity: Activity) -> Activity:
    """Put an archived activity back into its plan."""
    require(by, Action.EDIT_PLAN, activity.plan.body)
    plan, activity = _open_plan(activity.plan), _locked(activity)
    if activity.archived_at is None:
        raise Refusal("activity-not-archived", _("This activity is in the plan already."))
    if activity.collective:
        raise Refusal(
            "activity-dissolved",
            _("This collective activity was dissolved and cannot be put back."),
            _("Agree on it again in a round of pooling."),
        )
    before = {"reference": activity.reference}
    activity.reference = first_free(plan, activity.reference.partition(ASIDE)[0], besides=activity)
    activity.archived_at, activity.archive_reason = None, ""
    _save_next(activity, ["archived_at", "archive_reason", "reference"])
    was, now = audit.changed(before, {"reference": activity.reference})
    audit.record("restore-activity", activity, by=by, body=plan.body_id, before=was or None, after=now or None)
    amend_plan(by=by, plan=plan)
    return activity


def archive_imported(activity: Activity, *, reason: str) -> None:
    """Archive an activity of an import that is undone; no permission, no audit: the calling act's.

    Its reference is free again, so that the workbook can be mended and imported once more.
    """
    activity.archived_at, activity.archive_reason = timezone.now(), reason
    taken = set(Activity.objects.filter(plan=activity.plan_id).values_list("reference", flat=True))
    names = (f"{activity.reference[:16]}{ASIDE}{number}" for number in count(1))
    activity.reference = next(name for name in names if name not in taken)
    _save_next(activity, ["archived_at", "archive_reason", "reference"])


def first_free(plan: Plan, reference: str, *, besides: Activity) -> str:
    """A reference if nobody else in the plan has it, else the first free one of the same letter."""
    taken = Activity.objects.filter(plan=plan, reference=reference).exclude(pk=besides.pk)
    return next_reference(plan, reference[:1].upper() or "A") if taken.exists() else reference


def write_activity(plan: Plan, cleaned: Cleaned, existing: Activity | None = None) -> Activity:
    """Write cleaned values as a new activity, or over an existing one; no permission, no audit: the calling act's.

    Raises `FaultyActivity` for values with faults. A call that changes nothing writes nothing.
    """
    refuse_faults(cleaned)
    one = {name: value for name, value in cleaned.values.items() if name not in _MANY}
    many = {name: cleaned.values[name] for name in _MANY}
    activity = Activity.objects.create(plan=plan, **one) if existing is None else _write_over(existing, one, many)
    for name, objects in many.items():
        if objects or existing is not None:
            getattr(activity, name).set(objects)
    return activity


def _write_over(activity: Activity, one: dict[str, Any], many: dict[str, list[Any]]) -> Activity:
    differing = [name for name, value in one.items() if getattr(activity, name) != value]
    links = any({o.pk for o in getattr(activity, name).all()} != {o.pk for o in many[name]} for name in many)
    for name in differing:
        setattr(activity, name, one[name])
    if differing or links:
        _save_next(activity, differing)
    return activity


def _save_next(activity: Activity, fields: list[str]) -> None:
    """Save some fields as the next version."""
    activity.version += 1
    activity.save(update_fields=[*fields, "version"])


def _open_plan(plan: Plan) -> Plan:
    """The plan as it stands now, locked, or a `Refusal` when it cannot be edited in its state."""
    plan = Plan.objects.select_for_update(of=("self",)).select_related("body", "framework").get(pk=plan.pk)
    check_open(plan)
    return plan


def _locked(activity: Activity) -> Activity:
    return Activity.objects.select_for_update().get(pk=activity.pk)


def _check_own(activity: Activity) -> None:
    """Refuse what is under agreement, and what is archived."""
    if activity.collective:
        raise Refusal(
            "activity-collective",
            _("This activity stands on an agreement between partners; it is not changed here."),
            _("The group's animator can dissolve it in its round of pooling."),
        )
    part = JointPart.objects.filter(replaced=activity).select_related("collective").first()
    if part is not None:
        raise Refusal(
            "activity-replaced",
            _("This activity is now done together, as “%(collective)s”.") % {"collective": part.collective},
            _("Its agreed share stands as long as the collective activity does."),
        )
    if activity.archived_at is not None:
        raise Refusal("activity-archived", _("This activity is archived."), _("Restore it first."))


def why_not_edit(*, by: User, activity: Activity) -> Refusal | None:
    """What stands in the way of this person's editing this activity, to be told on its page; `None`: nothing."""
    try:
        require(by, Action.EDIT_PLAN, activity.plan.body)
        check_open(activity.plan)
        _check_own(activity)
    except Refusal as refusal:
        return refusal
    return None
