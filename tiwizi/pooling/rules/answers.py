"""What partners say to a proposal: accept or refuse their part, take an answer back; the agreement when all accept."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from tiwizi.accounts.models import User
from tiwizi.base import audit
from tiwizi.base.errors import Refusal
from tiwizi.network.models import Body
from tiwizi.network.permissions import Action, require
from tiwizi.plans import rules as plans
from tiwizi.pooling import queries
from tiwizi.pooling.models import Condition, Proposal, ProposalPart
from tiwizi.pooling.rules.rounds import unclosed

Answer = ProposalPart.Answer


@transaction.atomic
def accept_part(*, by: User, part: ProposalPart, reason: str = "", share_cents: int | None = None) -> ProposalPart:
    """Accept one's part. When it was the last, the collective activity is written with the agreed shares.

    `share_cents`: the share that the person saw; another one now is refused (`share-changed`).
    """
    require(by, Action.ANSWER_PROPOSAL, part.body)
    proposal, part = _locked(part)
    if share_cents is not None and share_cents != part.share_cents:
        raise Refusal("share-changed", _("The share is no longer the one you saw."), _("Look at it again."))
    if broken := queries.what_broke(proposal):
        raise Refusal("proposal-stale", broken, _("Ask the animator to run the round again."))
    _answer(by, part, Answer.ACCEPTED, reason)
    if not proposal.parts.exclude(answer=Answer.ACCEPTED).exists():
        _agree(by, proposal)
    return part


@transaction.atomic
def refuse_part(*, by: User, part: ProposalPart, reason: str) -> ProposalPart:
    """Refuse one's part, with the reason: the whole proposal goes back, and will not come again with these partners."""
    require(by, Action.ANSWER_PROPOSAL, part.body)
    if not reason.strip():
        raise Refusal("reason-missing", _("Say why: the partners will read it."), field="reason")
    proposal, part = _locked(part)
    _answer(by, part, Answer.REFUSED, reason)
    others = [str(one.activity_id) for one in proposal.parts.all() if one.pk != part.pk]
    Condition.objects.create(
        round=proposal.round, sort=Condition.Sort.REFUSED, activity=part.activity, members=others,
        reason=reason.strip(), set_by=by.pk,
    )  # fmt: skip
    _set_state(proposal, Proposal.State.REFUSED)
    audit.record("refuse-proposal", proposal, by=by, body=proposal.round.body_id, reason=reason)
    return part


@transaction.atomic
def take_back_answer(*, by: User, part: ProposalPart) -> ProposalPart:
    """Take an acceptance back while others have not all answered."""
    require(by, Action.ANSWER_PROPOSAL, part.body)
    proposal, part = _locked(part, answer=Answer.ACCEPTED)
    part.answer, part.reason, part.answered_by, part.answered_at = Answer.AWAITED, "", None, None
    part.save(update_fields=["answer", "reason", "answered_by", "answered_at"])
    told = {"proposal": proposal.number, "activity": str(part.activity)}
    audit.record("take-back-answer", proposal, by=by, body=part.body_id, before=told)
    return part


@transaction.atomic
def release_proposal(*, by: User, proposal: Proposal, reason: str) -> Proposal:
    """Put what was accepted or agreed back into play: the next run may propose otherwise. An agreement is dissolved."""
    require(by, Action.RUN_ROUND, proposal.round.body)
    if not reason.strip():
        raise Refusal("reason-missing", _("Say why: the partners will read it."), field="reason")
    proposal = _locked_proposal(proposal)
    if proposal.state not in (Proposal.State.PENDING, Proposal.State.AGREED):
        raise Refusal("proposal-over", _("This proposal is no longer open."))
    before = {"state": proposal.state}
    if proposal.collective is not None:
        plans.dissolve_collective_activity(by=by, activity=proposal.collective, reason=reason)
        proposal.collective = None
    proposal.state = Proposal.State.REPLACED
    proposal.save(update_fields=["state", "collective"])
    audit.record("release-proposal", proposal, by=by, body=proposal.round.body_id, reason=reason, before=before)
    return proposal


def _locked_proposal(proposal: Proposal) -> Proposal:
    """The proposal as it stands now; its round first, so that answers and runs take turns."""
    unclosed(proposal.round)
    found = Proposal.objects.select_for_update(of=("self",)).select_related("round__body", "kind", "host")
    return found.get(pk=proposal.pk)


def _locked(part: ProposalPart, answer: str = Answer.AWAITED) -> tuple[Proposal, ProposalPart]:
    proposal = _locked_proposal(part.proposal)
    if proposal.state != Proposal.State.PENDING:
        raise Refusal("proposal-over", _("This proposal is no longer open."), _("Look at the latest proposals."))
    part = proposal.parts.select_related("activity__plan__body", "body").get(pk=part.pk)
    if part.answer != answer:
        raise Refusal("part-answered", _("This part has been answered already."))
    return proposal, part


def _answer(by: User, part: ProposalPart, answer: str, reason: str) -> None:
    part.answer, part.reason, part.answered_by, part.answered_at = answer, reason.strip(), by.pk, timezone.now()
    part.save(update_fields=["answer", "reason", "answered_by", "answered_at"])
    told = {"activity": str(part.activity), "share_cents": part.share_cents, "proposal": part.proposal.number}
    act = "accept-part" if answer == Answer.ACCEPTED else "refuse-part"
    audit.record(act, part.proposal, by=by, body=part.body_id, reason=reason, after=told)


def _agree(by: User, proposal: Proposal) -> None:
    """Every partner has accepted: the collective activity stands in the group's plan."""
    parts = list(proposal.parts.select_related("activity__plan__body", "activity__commune", "body"))
    _check_money(proposal, parts)
    collective = plans.create_collective_activity(
        by=by,
        body=proposal.round.body,
        kind=proposal.kind,
        title=_title(proposal, parts),
        host=proposal.host,
        week=queries.when(proposal),
        language=proposal.language,
        parts=[(part.activity, part.alone_cents, part.share_cents) for part in parts],
        cost_cents=proposal.cost_cents,
    )
    proposal.state, proposal.collective = Proposal.State.AGREED, collective
    proposal.save(update_fields=["state", "collective"])
    told = {"collective": str(collective), "cost_cents": proposal.cost_cents}
    audit.record("agree-proposal", proposal, by=by, body=proposal.round.body_id, after=told)


def _check_money(proposal: Proposal, parts: list[ProposalPart]) -> None:
    """Each partner can pay its share beside what it has agreed to in this round and in others.

    Its body is locked, so that two rounds that agree at once take turns. Refused: `budget-promised`.
    """
    bodies = {part.body_id for part in parts}
    list(Body.objects.select_for_update().filter(pk__in=bodies).order_by("pk"))
    promised = queries.promised_elsewhere(proposal.round) + queries.agreed_here(proposal.round)
    for part in parts:
        promised[part.body_id] += part.share_cents
    for partner in proposal.round.partners.filter(body__in=bodies).select_related("body"):
        if partner.budget_cents is not None and promised[partner.body_id] > partner.budget_cents:
            raise Refusal(
                "budget-promised",
                _("%(body)s has promised its money elsewhere since.") % {"body": partner.body},
                _("Ask the animator to run the round again."),
            )


def _title(proposal: Proposal, parts: list[ProposalPart]) -> str:
    """In French, the language of the programme's plans: a title is stored once, and read by all."""
    with override("fr"):
        places = dict.fromkeys(str(part.activity.commune or part.body) for part in parts)
        return gettext("%(kind)s, together: %(places)s") % {"kind": proposal.kind, "places": ", ".join(places)}


def _set_state(proposal: Proposal, state: str) -> None:
    proposal.state = state
    proposal.save(update_fields=["state"])
