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


@transaction.atomic
def sign_plan(*, by: User, plan: Plan, version: int) -> Signature:
    """Stand by the plan as it stands in `version`. Refused: `plan-not-handed-in`, `plan-state` (it changed since it
    was read), `signed-already`."""
    require(by, Action.SIGN_PLAN, plan.body)
    plan = Plan.objects.select_for_update(of=("self",)).select_related("body").get(pk=plan.pk)
    if plan.state not in SIGNED:
        raise Refusal(
            "plan-not-handed-in",
            _("A plan is signed once it is handed in; this one is still being written."),
            _("Its coordinators hand it in."),
        )
    if version != plan.version:
        raise Refusal(
            "plan-state",
            _("The plan has changed meanwhile, or its state does not allow this."),
            _("Look at the plan as it stands now, then decide."),
        )
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


def end_signatures(plan: Plan) -> None:
    """What was signed is no longer what stands. Part of returning or amending a plan, which is on record."""
    _standing(plan).update(ended_at=timezone.now())


def _standing(plan: Plan) -> QuerySet[Signature]:
    return Signature.objects.filter(plan=plan, ended_at__isnull=True)
