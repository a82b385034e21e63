"""What waits for a person in the rounds."""

from uuid import UUID

from django.db.models import Prefetch
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tiwizi.accounts.models import User
from tiwizi.base.todo import ToDo
from tiwizi.network import queries as network
from tiwizi.network.permissions import Action, bodies_where
from tiwizi.plans.models import Activity
from tiwizi.plans.queries import plans_below_each
from tiwizi.pooling.models import Proposal, ProposalPart, Round, Run
from tiwizi.pooling.queries.rounds import as_it_is


def to_do(user: User) -> list[ToDo]:
    """Parts to answer, refusals to look at, rounds to close. Few queries, whatever the number of rounds."""
    answers, runs = bodies_where(user, Action.ANSWER_PROPOSAL), bodies_where(user, Action.RUN_ROUND)
    return _answers(answers) + _led(runs) + _first_rounds(user)


def _answers(bodies: set[UUID]) -> list[ToDo]:
    waiting = ProposalPart.objects.filter(
        body__in=bodies, answer=ProposalPart.Answer.AWAITED, proposal__state=Proposal.State.PENDING
    ).select_related("proposal__round__body", "proposal__kind", "body")
    found = []
    for part in waiting.order_by("proposal__created_at"):
        proposal = part.proposal
        sentence = _("Answer for %(body)s: %(kind)s, proposal %(number)s.") % {
            "body": part.body, "kind": proposal.kind, "number": proposal.number,
        }  # fmt: skip
        href = reverse("pooling:proposal", args=[proposal.round.body.slug, proposal.round_id, proposal.number])
        found.append(ToDo(sentence, href, part.body, proposal.created_at))
    return found


def _first_rounds(user: User) -> list[ToDo]:
    """Groups that a person leads, whose partners have plans and that never had a round."""
    led = [mandate.body for mandate in network.mandates_of(user) if mandate.role == "animator"]
    begun = set(Round.objects.filter(body__in=led).values_list("body", flat=True)) if led else set()
    groups = {body.pk: body for body in led if body.pk not in begun}
    if not groups:
        return []
    below = plans_below_each(groups.values())
    filled = Activity.objects.filter(plan__in=set().union(*below.values()), archived_at__isnull=True)
    plans = set(filled.order_by().values_list("plan", flat=True).distinct())
    ready = [groups[pk] for pk, found in below.items() if len({p.body_id for p in found if p.pk in plans}) > 1]
    return [
        ToDo(
            _("Open a first round of pooling in %(body)s.") % {"body": body},
            reverse("pooling:round-open", args=[body.slug]), body, None,
        )
        for body in ready
    ]  # fmt: skip


def _led(bodies: set[UUID]) -> list[ToDo]:
    rounds = Round.objects.filter(body__in=bodies).exclude(state=Round.State.CLOSED).select_related("body")
    found = []
    answers = Prefetch("runs", Run.objects.filter(plan__isnull=False).only("round_id", "number"))
    for round in map(as_it_is, rounds.prefetch_related("proposals", answers)):
        latest = next((run.pk for run in round.runs.all()), None)
        href = reverse("pooling:round", args=[round.body.slug, round.pk])
        # What was refused in an earlier run has been looked at: another run came after.
        refused = [one for one in round.proposals.all() if one.state == Proposal.State.REFUSED and one.run_id == latest]
        pending = [one for one in round.proposals.all() if one.state == Proposal.State.PENDING]
        if round.state == Round.State.OPEN:
            found.append(ToDo(_("Run the round “%(round)s”.") % {"round": round}, href, round.body, round.created_at))
        if refused:
            sentence = ngettext(
                "%(count)s proposal of “%(round)s” was refused: look for another.",
                "%(count)s proposals of “%(round)s” were refused: look for others.",
                len(refused),
            ) % {"count": len(refused), "round": round}
            found.append(ToDo(sentence, href, round.body, round.created_at))
        elif round.state == Round.State.PROPOSED and not pending:
            sentence = _("Every proposal of “%(round)s” is answered: close the round.") % {"round": round}
            found.append(ToDo(sentence, href, round.body, round.created_at))
    return found
