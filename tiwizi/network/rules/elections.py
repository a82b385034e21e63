"""An election turns everybody over: the roles of those who leave end, those who come are invited, in one act."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tiwizi.accounts.models import User
from tiwizi.base import audit
from tiwizi.base.errors import Refusal
from tiwizi.network import queries
from tiwizi.network.models import Body, Invitation, Mandate
from tiwizi.network.permissions import Action, require
from tiwizi.network.rules.ends import give_back_ends
from tiwizi.network.rules.invitations import invite, withdraw_invitation
from tiwizi.network.rules.mandates import end_mandate, may_give


@transaction.atomic
def hold_election(
    *,
    by: User,
    body: Body,
    leaving: Sequence[Mandate],
    arriving: Sequence[Mapping[str, Any]],
    on: date,
    reason: str,
    site: str,
) -> list[Invitation]:
    """End these roles of a body with a day, and invite others (`email`, `role`, `language`, `name`) from the next one;
    all or nothing. Returns the invitations. Refused: `reason-missing`, `election-empty`, `mandate-elsewhere`,
    and what ending a role and inviting refuse."""
    require(by, Action.GIVE_ROLES, body)
    if not reason.strip():
        raise Refusal("reason-missing", _("Say why: others will read it."), field="reason")
    if not leaving and not arriving:
        raise Refusal("election-empty", _("Choose who leaves, or say who arrives."), field="leaving")
    if any(mandate.body_id != body.pk for mandate in leaving):
        raise Refusal("mandate-elsewhere", _("One of these roles is held in another body."), field="leaving")
    ends = {str(mandate.pk): mandate.end and mandate.end.isoformat() for mandate in leaving}
    for mandate in leaving:
        end_mandate(by=by, mandate=mandate, on=on)
    first = max(on + timedelta(days=1), queries.today())
    made = [invite(by=by, body=body, site=site, start=first, **one) for one in arriving]
    told = {"on": on, "ended": ends, "invited": [str(one.pk) for one in made]}
    audit.record("hold-election", body, by=by, body=body.pk, reason=reason.strip(), after=told)
    return made


@transaction.atomic
def undo_election(*, by: User, body: Body) -> list[Mandate]:
    """Take the latest election back while nobody who was invited has come: roles go on, invitations are withdrawn.
    Refused: `no-election`, `election-begun`, and what giving these roles refuses."""
    require(by, Action.GIVE_ROLES, body)
    held = queries.election_of(body)
    if held is None:
        raise Refusal("no-election", _("No election was recorded here that could be taken back."))
    if Invitation.objects.filter(pk__in=held["invited"], accepted_at__isnull=False).exists():
        raise Refusal("election-begun", _("Somebody has come already: end and give roles one by one."))
    for invitation in Invitation.objects.filter(pk__in=held["invited"], withdrawn_at__isnull=True):
        withdraw_invitation(by=by, invitation=invitation)
    held_on = Mandate.objects.filter(pk__in=held["ended"], end=held["on"]).select_related("body", "user")
    for mandate in held_on:
        may_give(by, body, mandate.role)
    back = give_back_ends(Mandate, held["ended"], since=held["on"])
    for mandate in back:
        told = ({"end": mandate.ended}, {"end": mandate.end})
        audit.record("end-mandate", mandate, by=by, body=body.pk, before=told[0], after=told[1])
    audit.record("undo-election", body, by=by, body=body.pk)
    return back
