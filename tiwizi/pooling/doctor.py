"""What must hold between the rows of rounds, and no constraint of a table can say."""

from collections.abc import Iterator

from django.db.models import Count, F, Q, Sum

from tiwizi.base.doctor import examines
from tiwizi.base.models import AuditEntry, Job
from tiwizi.pooling.models import Proposal, ProposalPart, Round, Run


@examines("Proposals add up, and are agreed by all or not at all")
def proposals() -> Iterator[str]:
    summed = Proposal.objects.annotate(paid=Sum("parts__share_cents")).select_related("round")
    for one in summed.exclude(paid=F("cost_cents")):
        yield f"{one}: the shares are {one.paid} cents, the cost {one.cost_cents}."
    not_all = ProposalPart.objects.filter(proposal__state=Proposal.State.AGREED).exclude(answer="accepted")
    for part in not_all.select_related("proposal__round", "activity"):
        yield f"{part}: agreed without this partner's yes."
    for one in summed.filter(state=Proposal.State.AGREED, collective__archived_at__isnull=False):
        yield f"{one}: agreed, and its collective activity is archived."


@examines("Every computation ended once, with its answer")
def runs() -> Iterator[str]:
    entries = AuditEntry.objects.filter(act__in=["complete-run", "discard-run"], object_type="pooling.round")
    recorded = dict(entries.values_list("object_id").annotate(Count("pk")).order_by())
    ended = Count("runs", filter=Q(runs__ended_at__isnull=False))
    for round in Round.objects.annotate(ended=ended):
        if round.ended != recorded.get(str(round.pk), 0):
            yield f"{round}: {round.ended} computations ended, {recorded.get(str(round.pk), 0)} ends are recorded."
    done = Job.objects.filter(kind="pooling.run", state=Job.State.DONE).values_list("pk", flat=True)
    for run in Run.objects.filter(ended_at__isnull=True, job__in=done).select_related("round"):
        yield f"{run}: its job is done, and its answer is not there."
