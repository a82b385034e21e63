"""What waits for a person in the plans."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Count, Exists, Max, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tiwizi.accounts.models import User
from tiwizi.base.models import AuditEntry
from tiwizi.base.todo import ToDo
from tiwizi.network.permissions import Action, bodies_where
from tiwizi.plans.models import SIGNED, Plan, Signature

State = Plan.State


def to_do(user: User) -> list[ToDo]:
    """Plans to hand in, to sign, to validate or to take back, and activities whose cost is not known. Five queries at
    most."""
    signs = bodies_where(user, Action.SIGN_PLAN, below=False)
    submits, validates = bodies_where(user, Action.SUBMIT_PLAN, below=False), bodies_where(user, Action.VALIDATE_PLAN)
    live = Q(activities__archived_at__isnull=True)
    priceless = live & Q(activities__cost_cents__isnull=True, activities__joint_part__isnull=True)
    plans = list(
        Plan.objects.filter(body__in=submits | validates | signs)
        .select_related("body__kind")
        .annotate(
            lines=Count("activities", filter=live),
            priceless=Count("activities", filter=priceless),
            signed=Exists(Signature.objects.standing().filter(plan=OuterRef("pk"), signed_by=user.pk)),
        )
    )
    since = _since(plans)
    found: list[ToDo] = []
    for plan in plans:
        if plan.body_id in signs and plan.state in SIGNED and not plan.signed:
            href = reverse("plans:plan", args=[plan.body.slug]) + "#signatures"
            sentence = _("Read and sign the plan of %(body)s.") % {"body": plan.body}
            found.append(ToDo(sentence, href, plan.body, since.get(str(plan.pk))))
        for sentence, query in _sentences(plan, plan.body_id in submits, plan.body_id in validates):
            href = reverse("plans:plan", args=[plan.body.slug]) + query
            found.append(ToDo(sentence, href, plan.body, since.get(str(plan.pk))))
    return found


def _sentences(plan: Plan, submits: bool, validates: bool) -> list[tuple[str, str]]:
    told = {"body": plan.body, "reason": plan.state_reason}
    lines, priceless = plan.lines, plan.priceless  # type: ignore[attr-defined]
    found = []
    if validates and plan.state == State.SUBMITTED:
        found.append((_("Read and validate the plan of %(body)s.") % told, "#plan-state"))
    if submits and plan.state == State.RETURNED:
        found.append((_("The plan of %(body)s was returned: “%(reason)s”") % told, "#plan-state"))
    if submits and lines and plan.state in (State.DRAFT, State.AMENDED):
        found.append((_("Hand in the plan of %(body)s when it is ready.") % told, "#plan-state"))
    if submits and priceless:
        sentence = ngettext(
            "%(count)s activity of %(body)s has no cost yet.",
            "%(count)s activities of %(body)s have no cost yet.",
            priceless,
        )
        found.append((sentence % (told | {"count": priceless}), "?unknown_cost=on"))
    return found


def _since(plans: Sequence[Plan]) -> dict[str, datetime]:
    """When each plan last changed its state or its lines."""
    ids = [str(plan.pk) for plan in plans]
    entries = AuditEntry.objects.filter(object_type="plans.plan", object_id__in=ids)
    return dict(entries.values_list("object_id").annotate(last=Max("at")))
