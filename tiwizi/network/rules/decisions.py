"""What was decided for a body: recorded, done, put aside with a reason."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tiwizi.accounts.models import User
from tiwizi.base import audit
from tiwizi.base.errors import Refusal
from tiwizi.network import queries
from tiwizi.network.models import Body, Decision
from tiwizi.network.permissions import Action, require


@transaction.atomic
def record_decision(
    *, by: User, body: Body, text: str, day: date, decided_by: str, owner: str = "", due: date | None = None
) -> Decision:
    """A decision, by an office in words ("the governor"), with who sees to it and until when. Refused:
    `decision-empty`, `decision-future`, `life-order`."""
    require(by, Action.RECORD_DECISION, body)
    for name, said in (("text", text), ("decided_by", decided_by)):
        if not said.strip():
            raise Refusal("decision-empty", _("Say what was decided, and which office decided it."), field=name)
    if day > queries.today():
        raise Refusal("decision-future", _("This day is still to come."), _("Record it once it is taken."), field="day")
    if due and due < day:
        raise Refusal("life-order", _("It ends before it begins."), _("Check both dates."), field="due")
    made = Decision.objects.create(
        body=body, text=text.strip(), day=day, decided_by=decided_by.strip(), owner=owner.strip(), due=due
    )
    told = {"text": made.text, "day": day, "decided_by": made.decided_by, "owner": made.owner, "due": due}
    audit.record("record-decision", made, by=by, body=body.pk, after=told)
    return made


@transaction.atomic
def close_decision(*, by: User, decision: Decision, on: date) -> Decision:
    """What was decided is done. Refused: `life-order`."""
    require(by, Action.RECORD_DECISION, decision.body)
    if on < decision.day:
        raise Refusal("life-order", _("It ends before it begins."), _("Check both dates."), field="on")
    before, decision.done_on = decision.done_on, on
    decision.save(update_fields=["done_on"])
    told = ({"done_on": before}, {"done_on": on})
    audit.record("close-decision", decision, by=by, body=decision.body_id, before=told[0], after=told[1])
    return decision


@transaction.atomic
def archive_decision(*, by: User, decision: Decision, reason: str) -> Decision:
    """Put a decision aside that was recorded wrongly; an empty reason is refused (`reason-missing`)."""
    require(by, Action.RECORD_DECISION, decision.body)
    if not reason.strip():
        raise Refusal("reason-missing", _("Say why: others will read it."), field="reason")
    decision.archived_at, decision.archive_reason = timezone.now(), reason.strip()
    decision.save(update_fields=["archived_at", "archive_reason"])
    audit.record("archive-decision", decision, by=by, body=decision.body_id, reason=reason.strip())
    return decision


@transaction.atomic
def recover_decision(*, by: User, decision: Decision) -> Decision:
    """Take a decision up again that was put aside."""
    require(by, Action.RECORD_DECISION, decision.body)
    decision.archived_at, decision.archive_reason = None, ""
    decision.save(update_fields=["archived_at", "archive_reason"])
    audit.record("recover-decision", decision, by=by, body=decision.body_id)
    return decision
