"""What rounds of pooling say to somebody who takes a body over."""

from django.db.models import Q
from django.utils.translation import gettext as _

from tiwizi.accounts.models import User
from tiwizi.base import wording
from tiwizi.network.handover import Section, hands_over
from tiwizi.network.models import Body
from tiwizi.network.permissions import Action, may
from tiwizi.pooling.models import Proposal, ProposalPart, Round


@hands_over
def rounds(user: User, body: Body) -> list[Section]:
    """Rounds that are not closed, and the answers that others wait for."""
    if not may(user, Action.READ_ROUND, body):
        return []
    mine = Round.objects.filter(Q(body=body) | Q(partners__body=body)).exclude(state=Round.State.CLOSED)
    rows = [[one.title, str(one.body)] for one in mine.distinct().select_related("body")]
    waiting = ProposalPart.objects.filter(
        body=body, answer=ProposalPart.Answer.AWAITED, proposal__state=Proposal.State.PENDING
    ).select_related("proposal__round", "proposal__kind")
    answers = [
        [p.proposal.round.title, f"{p.proposal.number}. {p.proposal.kind}", wording.amount(p.share_cents, "EUR")]
        for p in waiting
    ]
    return [
        Section.of(_("Answers that others wait for"), [_("Round"), _("Proposal"), _("Our share")], answers,
                   _("No answer is awaited."), order=25),
        Section.of(_("Rounds of pooling that are open"), [_("Round"), _("Led by")], rows,
                   _("No round is open."), order=40),
    ]  # fmt: skip
