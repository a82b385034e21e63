"""What one may do with a plan: open it, say its money for pooling, and bring it through its states."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tiwizi.accounts.models import User
from tiwizi.base import audit
from tiwizi.base.errors import Refusal
from tiwizi.base.merging import Answers, Seen, reconcile
from tiwizi.framework.models import Framework
from tiwizi.network import queries as network
from tiwizi.network.models import Body
from tiwizi.network.permissions import Action, require
from tiwizi.plans.models import ActivityKind, Plan, Signature

State = Plan.State

# (state, act) -> (state after, what the actor must be allowed to do)
WORKFLOW: dict[tuple[str, str], tuple[str, Action]] = {
    (State.DRAFT, "submit"): (State.SUBMITTED, Action.SUBMIT_PLAN),
    (State.RETURNED, "submit"): (State.SUBMITTED, Action.SUBMIT_PLAN),
    (State.AMENDED, "submit"): (State.SUBMITTED, Action.SUBMIT_PLAN),
    (State.SUBMITTED, "return"): (State.RETURNED, Action.VALIDATE_PLAN),
    (State.SUBMITTED, "validate"): (State.VALIDATED, Action.VALIDATE_PLAN),
    (State.VALIDATED, "amend"): (State.AMENDED, Action.EDIT_PLAN),
}
# The permission that each act needs, whatever the state: asked first, so that nobody learns a state by trying.
NEEDED: dict[str, Action] = {act: action for (_state, act), (_after, action) in WORKFLOW.items()}


@transaction.atomic
def define_kind(
    *, by: User | None, framework: Framework, code: str, name: dict[str, str], **tariff: Any
) -> ActivityKind:
    """Define a kind of activity with its tariff, or change the tariff of one that exists.

    `tariff`: `fixed_cents`, `per_head_cents`, `travel_rate_cents` (participant and 100 km), `pool_min`, `pool_max`,
    `radius_km`. `by=None` is the system itself (a loader).
    """
    if by is not None:
        require(by, Action.VALIDATE_PLAN, framework.body)
    _check_tariff(tariff)
    kind, new = ActivityKind.objects.update_or_create(framework=framework, code=code, defaults={"name": name, **tariff})
    audit.record("define-kind", kind, by=by, body=framework.body_id, after={"new": new, "name": name, **tariff})
    return kind


def _check_tariff(tariff: dict[str, Any]) -> None:
    for name in ("fixed_cents", "per_head_cents", "travel_rate_cents"):
        if tariff[name] < 0:
            raise Refusal("tariff-negative", _("A tariff is zero or more."), field=name)
    if not 1 <= tariff["pool_min"] <= tariff["pool_max"]:
        raise Refusal(
            "tariff-sizes", _("The smallest group is one or more, and not above the largest."), field="pool_min"
        )


@transaction.atomic
def open_plan(
    *,
    by: User | None,
    body: Body,
    framework: Framework,
    title: str,
    start: date,
    end: date,
    pooling_budget_cents: int | None = None,
    illustrative: bool = False,
) -> Plan:
    """Open a body's operational plan for a period inside the strategy. `by=None` is the system itself (a loader)."""
    if by is not None:
        require(by, Action.EDIT_PLAN, body)
    _check_period(body, framework, start, end)
    _check_budget(pooling_budget_cents)
    if not title.strip():
        raise Refusal("plan-title-missing", _("Give the plan a title."), field="title")
    plan = Plan.objects.create(
        body=body,
        framework=framework,
        title=title.strip(),
        start=start,
        end=end,
        pooling_budget_cents=pooling_budget_cents,
        illustrative=illustrative,
    )
    told = {"title": plan.title, "start": start, "end": end, "pooling_budget_cents": pooling_budget_cents}
    audit.record("open-plan", plan, by=by, body=body.pk, after=told)
    return plan


def _check_period(body: Body, framework: Framework, start: date, end: date) -> None:
    if end <= start:
        raise Refusal("plan-period-order", _("The plan ends before it begins."), field="end")
    if start < framework.start or end > framework.end:
        raise Refusal(
            "plan-outside-framework",
            _("The plan lies outside the strategic plan, which runs from %(first)s to %(last)s.")
            % {"first": framework.start, "last": framework.end},
            field="start",
        )
    if framework.body_id not in network.reach(body):
        raise Refusal("framework-elsewhere", _("This strategic plan belongs to another programme."), field="framework")
    if Plan.objects.filter(body=body, start__lte=end, end__gte=start).exists():
        raise Refusal("plan-overlaps", _("A plan of this body already covers part of this period."), field="start")


def _check_budget(cents: int | None) -> None:
    if cents is not None and cents < 0:
        raise Refusal("budget-negative", _("A budget is zero or more."), field="pooling_budget_cents")


@transaction.atomic
def set_budget(
    *,
    by: User | None,
    plan: Plan,
    pooling_budget_cents: int | None,
    version: int | None = None,
    seen: Seen | None = None,
    answers: Answers | None = None,
    reason: str = "",
    puts_back: bool = False,
) -> Plan:
    """Say how much money the body can put into rounds of pooling; `None`: not said. `by=None`: the system itself.

    `seen`, `version`, `answers`, `puts_back`: as for an activity; without any, whatever stands gives way.
    """
    if by is not None:
        require(by, Action.EDIT_PLAN, plan.body)
    _check_budget(pooling_budget_cents)
    plan = locked(plan)
    was, now = {"pooling_budget_cents": plan.pooling_budget_cents}, {"pooling_budget_cents": pooling_budget_cents}
    read = seen or Seen(plan.version if version is None else version)
    plan.merged = reconcile(read, now, was, version=plan.version, answers=answers)
    if plan.merged.values == was:
        return plan
    plan.pooling_budget_cents = plan.merged.values["pooling_budget_cents"]
    _save_next(plan, ["pooling_budget_cents"])
    act = "put-back-plan" if puts_back else "set-budget"
    audit.record(act, plan, by=by, body=plan.body_id, reason=reason.strip(), before=was, after=plan.merged.values)
    return plan


@transaction.atomic
def rename_plan(
    *,
    by: User,
    plan: Plan,
    title: str,
    seen: Seen,
    answers: Answers | None = None,
    reason: str = "",
    puts_back: bool = False,
) -> Plan:
    """Another title for a plan, in any state: it changes nothing that was validated. Refused: `plan-title-missing`,
    `changed-meanwhile`."""
    require(by, Action.EDIT_PLAN, plan.body)
    if not title.strip():
        raise Refusal("plan-title-missing", _("Give the plan a title."), field="title")
    plan = locked(plan)
    was = {"title": plan.title}
    plan.merged = reconcile(seen, {"title": title.strip()}, was, version=plan.version, answers=answers)
    if plan.merged.values == was:
        return plan
    plan.title = plan.merged.values["title"]
    _save_next(plan, ["title"])
    act = "put-back-plan" if puts_back else "rename-plan"
    audit.record(act, plan, by=by, body=plan.body_id, reason=reason.strip(), before=was, after=plan.merged.values)
    return plan


@transaction.atomic
def submit_plan(*, by: User, plan: Plan, version: int | None = None) -> Plan:
    """Hand the plan in for validation. It cannot be edited until it is returned or validated."""
    require(by, NEEDED["submit"], plan.body)
    if not plan.activities.filter(archived_at__isnull=True).exists():
        raise Refusal("plan-empty", _("This plan has no activity yet."), _("Add one or import a workbook first."))
    return _advance(plan, "submit", by=by, version=version)


@transaction.atomic
def return_plan(*, by: User, plan: Plan, reason: str, version: int | None = None) -> Plan:
    """Send a submitted plan back to those who wrote it, with the reason."""
    require(by, NEEDED["return"], plan.body)
    if not reason.strip():
        raise Refusal("reason-missing", _("Say why, so that they know what to change."), field="reason")
    return _advance(plan, "return", by=by, reason=reason.strip(), version=version)


@transaction.atomic
def validate_plan(*, by: User, plan: Plan, version: int | None = None) -> Plan:
    """Accept a submitted plan as it stands."""
    require(by, NEEDED["validate"], plan.body)
    return _advance(plan, "validate", by=by, version=version)


@transaction.atomic
def amend_plan(*, by: User | None, plan: Plan) -> Plan:
    """An edit of a validated plan amends it: it must be validated again. Other states stay. Part of the editing act."""
    if plan.state != State.VALIDATED:
        return plan
    return _advance(plan, "amend", by=by)


def check_open(plan: Plan) -> None:
    """Refuse an edit while others read the plan to validate it."""
    if plan.state == State.SUBMITTED:
        raise Refusal(
            "plan-submitted",
            _("This plan is handed in and waits for validation; it cannot be changed now."),
            _("Ask the programme coordinator to return it."),
        )


def _advance(plan: Plan, act: str, *, by: User | None, reason: str = "", version: int | None = None) -> Plan:
    plan = locked(plan)
    step = WORKFLOW.get((plan.state, act))
    changed = version is not None and version != plan.version
    if step is None or changed:
        raise changed_meanwhile()
    before, plan.state, plan.state_reason = plan.state, step[0], reason
    _save_next(plan, ["state", "state_reason"])
    if act in ("return", "amend"):  # what was signed is no longer what stands
        Signature.objects.standing().filter(plan=plan).update(ended_at=timezone.now())
    states = ({"state": before}, {"state": plan.state})
    audit.record(f"{act}-plan", plan, by=by, body=plan.body_id, reason=reason, before=states[0], after=states[1])
    return plan


def changed_meanwhile() -> Refusal:
    """The plan is no longer as it was read."""
    return Refusal(
        "plan-state",
        _("The plan has changed meanwhile, or its state does not allow this."),
        _("Look at the plan as it stands now, then decide."),
    )


def locked(plan: Plan) -> Plan:
    """The plan as it stands, kept from others until the act is done."""
    return Plan.objects.select_for_update(of=("self",)).select_related("body", "framework").get(pk=plan.pk)


def _save_next(plan: Plan, fields: list[str]) -> None:
    plan.version += 1
    plan.save(update_fields=[*fields, "version"])
