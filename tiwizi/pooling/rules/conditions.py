"""What the animator decides and the next run respects: a pinned host, a fixed week, two partners kept apart."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tiwizi.accounts.models import User
from tiwizi.base import audit
from tiwizi.base.errors import Refusal
from tiwizi.network.models import Body, Organisation
from tiwizi.pooling import queries
from tiwizi.pooling.models import Condition, Proposal, Round
from tiwizi.pooling.rules.rounds import locked

Sort = Condition.Sort


@transaction.atomic
def pin_host(*, by: User, proposal: Proposal, organisation: Organisation, reason: str = "") -> list[Condition]:
    """The activities of a proposal meet there or not at all, from the next run on."""
    round = locked(by, proposal.round)
    if str(organisation.pk) not in {str(place["host"]) for place in proposal.story.get("hosts", [])}:
        raise Refusal(
            "host-impossible",
            _("These partners cannot meet in %(host)s.") % {"host": organisation},
            _("It lacks seats, is too costly, or one of them does not accept it. Lift an earlier pin first."),
            field="organisation",
        )
    return _for_each(by, round, proposal, Sort.PIN_HOST, reason, organisation=organisation)


@transaction.atomic
def fix_week(*, by: User, proposal: Proposal, week: int, reason: str = "") -> list[Condition]:
    """The activities of a proposal take place in that week or not together, from the next run on."""
    round = locked(by, proposal.round)
    if week not in proposal.story.get("weeks", []):
        raise Refusal("week-impossible", _("In this week one of the partners, or the host, cannot."), field="week")
    return _for_each(by, round, proposal, Sort.FIX_WEEK, reason, week=week)


@transaction.atomic
def forbid_pair(*, by: User, round: Round, body: Body, other_body: Body, reason: str) -> Condition:
    """Two partners are not put together, from the next run on."""
    round = locked(by, round)
    if not reason.strip():
        raise Refusal("reason-missing", _("Say why: the partners will read it."), field="reason")
    partners = set(round.partners.values_list("body_id", flat=True))
    if body.pk == other_body.pk or not {body.pk, other_body.pk} <= partners:
        raise Refusal("pair-unknown", _("Choose two different partners of this round."), field="other_body")
    if any(_same_pair(one, body, other_body) for one in queries.conditions(round)):
        raise Refusal("pair-forbidden", _("These two are already kept apart."), field="other_body")
    condition = Condition.objects.create(
        round=round, sort=Sort.FORBID_PAIR, body=body, other_body=other_body, reason=reason.strip(), set_by=by.pk
    )
    told = {"body": str(body), "other_body": str(other_body)}
    audit.record("forbid-pair", round, by=by, body=round.body_id, reason=reason, after=told)
    return condition


@transaction.atomic
def lift_condition(*, by: User, condition: Condition) -> Condition:
    """What was decided no longer binds the next run; a refusal lifted may be proposed again."""
    round = locked(by, condition.round)
    condition = Condition.objects.select_for_update(of=("self",)).get(pk=condition.pk)
    if condition.lifted_at is not None:
        raise Refusal("condition-lifted", _("This has been lifted already."))
    condition.lifted_at = timezone.now()
    condition.save(update_fields=["lifted_at"])
    told = {"sort": condition.sort, "reason": condition.reason}
    audit.record("lift-condition", round, by=by, body=round.body_id, before=told)
    return condition


@transaction.atomic
def recover_condition(*, by: User, condition: Condition) -> Condition:
    """A decision that was lifted binds the next run again. Refused: `condition-stands`, `condition-overtaken`."""
    round = locked(by, condition.round)
    condition = Condition.objects.select_for_update(of=("self",)).get(pk=condition.pk)
    if condition.lifted_at is None:
        raise Refusal("condition-stands", _("This decision stands already."))
    if any(_same_matter(one, condition) for one in queries.conditions(round)):
        raise Refusal(
            "condition-overtaken", _("Another decision stands on the same matter."), _("Lift that one first.")
        )
    condition.lifted_at = None
    condition.save(update_fields=["lifted_at"])
    told = {"sort": condition.sort, "reason": condition.reason}
    audit.record("recover-condition", round, by=by, body=round.body_id, after=told)
    return condition


def _same_matter(one: Condition, other: Condition) -> bool:
    if one.sort != other.sort:
        return False
    if one.sort == Sort.FORBID_PAIR:
        return {one.body_id, one.other_body_id} == {other.body_id, other.other_body_id}
    return one.sort != Sort.REFUSED and one.activity_id == other.activity_id


def _same_pair(condition: Condition, body: Body, other: Body) -> bool:
    return condition.sort == Sort.FORBID_PAIR and {condition.body_id, condition.other_body_id} == {body.pk, other.pk}


def _for_each(
    by: User,
    round: Round,
    proposal: Proposal,
    sort: str,
    reason: str,
    organisation: Organisation | None = None,
    week: int | None = None,
) -> list[Condition]:
    """One condition for each activity of a proposal; an earlier one of the same sort gives way."""
    activities = [part.activity for part in proposal.parts.select_related("activity")]
    earlier = Condition.objects.filter(round=round, sort=sort, activity__in=activities, lifted_at__isnull=True)
    earlier.update(lifted_at=timezone.now())
    made = Condition.objects.bulk_create(
        Condition(
            round=round, sort=sort, activity=activity, organisation=organisation, week=week, reason=reason.strip(),
            set_by=by.pk,
        )
        for activity in activities
    )  # fmt: skip
    told = {"organisation": str(organisation) if organisation else None, "week": week, "proposal": proposal.number}
    audit.record(sort, round, by=by, body=round.body_id, reason=reason, after=told)
    return made
