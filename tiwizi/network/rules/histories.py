"""Putting an earlier state of an object back, as a new act of the room that the object belongs to."""

from typing import Any

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from tiwizi.accounts.models import User
from tiwizi.base.errors import Refusal
from tiwizi.base.models import AuditEntry
from tiwizi.network import histories
from tiwizi.network.models import Body
from tiwizi.network.permissions import Action, require


def earlier_state(obj: Model, entry: AuditEntry) -> dict[str, Any]:
    """What an object said after an act. Refused: `state-forgotten`, when words in between were erased."""
    try:
        return histories.state_after(obj, entry)
    except histories.Forgotten as error:
        raise Refusal(
            "state-forgotten",
            _("What stood here then is no longer known: words of the trail were erased since."),
            _("Change it by hand."),
        ) from error


def put_back(*, by: User, body: Body, obj: Model, entry: AuditEntry, version: int, reason: str) -> object:
    """Let an object say again what it said after an act. The room's own rule asks who may, checks, writes and records.

    Refused: `not-put-back` where no rule puts anything back, `reason-missing`, `state-forgotten`, `state-same`, and
    whatever that rule refuses; `changed-meanwhile` when the object is no longer what was looked at.
    """
    require(by, Action.READ, body)
    kind = histories.kind_of(obj)
    if kind.put_back is None or (entry.object_type, entry.object_id) != (kind.code, str(obj.pk)):
        raise Refusal("not-put-back", _("An earlier state of this cannot be put back."), _("Change it by hand."))
    values = earlier_state(obj, entry)
    if not reason.strip():
        raise Refusal("reason-missing", _("Say why: others will read it."), field="reason")
    if not histories.difference(obj, values):
        raise Refusal("state-same", _("It says just this today."), _("There is nothing to put back."))
    return kind.put_back(by=by, body=body, obj=obj, values=values, version=version, reason=reason)
