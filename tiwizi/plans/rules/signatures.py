"""Elected members stand by a plan that was handed in."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tiwizi.accounts.models import User
from tiwizi.base import audit
from tiwizi.base.errors import Refusal
from tiwizi.network.permissions import Action, require
from tiwizi.plans.models import SIGNED, Plan, Signature
from tiwizi.plans.rules.plans import changed_meanwhile, locked


@transaction.atomic
def sign_plan(*, by: User, plan: Plan, version: int) -> Signature:
    """Stand by the plan as it stands in `version`. Refused: `plan-not-handed-in`, `plan-state` (it changed since it
    was read), `signed-already`."""
    require(by, Action.SIGN_PLAN, plan.body)
    plan = locked(plan)
    if plan.state not in SIGNED:
        raise Refusal(
            "plan-not-handed-in",
            _("A plan is signed once it is handed in; this one is still being written."),
            _("Its coordinators hand it in."),
        )
    if version != plan.version:
        raise changed_meanwhile()
    if _standing(plan).filter(signed_by=by.pk).exists():
        raise Refusal("signed-already", _("You signed this plan already."))
    signature = Signature.objects.create(plan=plan, signed_by=by.pk, on_behalf=by.acting_for)
    audit.record("sign-plan", plan, by=by, body=plan.body_id, after={"state": plan.state})
    return signature


@transaction.atomic
def take_signature_back(*, by: User, plan: Plan, reason: str) -> Signature:
    """No longer stand by a plan, and say why. Refused: `signature-missing`, `reason-missing`."""
    require(by, Action.SIGN_PLAN, plan.body)
    signature = _standing(plan).select_for_update(of=("self",)).filter(signed_by=by.pk).first()
    if signature is None:
        raise Refusal("signature-missing", _("You have not signed this plan."))
    if not reason.strip():
        raise Refusal("reason-missing", _("Say why."), field="reason")
    signature.ended_at = timezone.now()
    signature.save(update_fields=["ended_at"])
    audit.record("take-signature-back", plan, by=by, body=plan.body_id, reason=reason.strip())
    return signature


def _standing(plan: Plan) -> QuerySet[Signature]:
    return Signature.objects.standing().filter(plan=plan)
