"""How the trail of plans and activities is told, and how an earlier state of them is put back."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tiwizi.accounts.models import User
from tiwizi.base.merging import Seen
from tiwizi.base.models import AuditEntry
from tiwizi.network.histories import Kind, Tell, tells
from tiwizi.network.models import Body
from tiwizi.plans import rules
from tiwizi.plans.models import Activity, ActivityKind, Plan
from tiwizi.plans.queries.history import ACTIVITY_ACTS, LABELS, PLAN_ACTS, Teller
from tiwizi.plans.queries.vocabulary import Vocabulary, natural_values
from tiwizi.plans.rules.entries import native

TARIFF: dict[str, str | Promise] = {
    "fixed_cents": _("Once"),
    "per_head_cents": _("For each participant"),
    "travel_rate_cents": _("Travel, for each participant and 100 km"),
    "pool_min": _("Least participants"),
    "pool_max": _("Most participants"),
}


def _of_plan(plan: Plan, entries: Sequence[AuditEntry]) -> Tell:
    return Teller(Vocabulary(plan)).tell


def _of_activity(activity: Activity, entries: Sequence[AuditEntry]) -> Tell:
    return Teller(Vocabulary(activity.plan)).tell


def _of_kind(kind: ActivityKind, entries: Sequence[AuditEntry]) -> Tell:
    return Teller(Vocabulary(Plan(framework=kind.framework, body=kind.framework.body))).tell


def _put_back_activity(
    *, by: User, body: Body, obj: Activity, values: dict[str, Any], version: int, reason: str
) -> Activity:
    seen = Seen(version)
    return rules.change_activity(by=by, activity=obj, seen=seen, reason=reason, puts_back=True, **native(values))


@transaction.atomic
def _put_back_plan(*, by: User, body: Body, obj: Plan, values: dict[str, Any], version: int, reason: str) -> Plan:
    how: dict[str, Any] = {"by": by, "reason": reason, "puts_back": True}
    plan = rules.rename_plan(plan=obj, title=values["title"], seen=Seen(version), **how)
    budget = values["pooling_budget_cents"]
    return rules.set_budget(plan=plan, pooling_budget_cents=budget, seen=Seen(plan.version), **how)


tells(
    Kind(
        Plan,
        _("Operational plan"),
        acts=PLAN_ACTS,
        labels=LABELS,
        bodies=lambda plan: [plan.body],
        address=lambda plan, body: reverse("plans:plan", args=[body.slug]),
        tab="plan",
        related=("body", "framework"),
        teller=_of_plan,
        values=lambda plan: {"title": plan.title, "pooling_budget_cents": plan.pooling_budget_cents},
        put_back=_put_back_plan,
    )
)
tells(
    Kind(
        Activity,
        _("Activity"),
        acts=ACTIVITY_ACTS,
        labels=LABELS,
        bodies=lambda activity: [activity.plan.body],
        address=lambda activity, body: reverse("plans:activity-detail", args=[body.slug, activity.pk]),
        tab="plan",
        related=("plan__body", "plan__framework", "kind", "result", "main_target", "commune"),
        teller=_of_activity,
        values=natural_values,
        put_back=_put_back_activity,
    )
)
tells(
    Kind(
        ActivityKind,
        _("Kind of activity"),
        acts={"define-kind": _("defined the kind and its tariff")},
        labels=TARIFF,
        bodies=lambda kind: [kind.framework.body],
        address=lambda kind, body: reverse("plans:plan", args=[body.slug]),
        tab="plan",
        related=("framework__body",),
        teller=_of_kind,
    )
)
