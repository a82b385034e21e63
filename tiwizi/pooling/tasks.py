"""The job of a round's run."""

from tiwizi.base.jobs import Cancelled, Hold, LostLease, handles
from tiwizi.pooling import rules
from tiwizi.pooling.models import Run


@handles("pooling.run")
def run(hold: Hold) -> None:
    """Compute outside any transaction, write the proposals in the one that ends the job."""
    found = Run.objects.select_related("round").get(pk=hold.payload["run"])
    ended: list[Exception] = []

    def told(done: float, stage: str) -> bool:
        # Called from inside the solver, through which no exception may pass.
        try:
            hold.progress(done, stage)
        except (Cancelled, LostLease) as end:
            ended.append(end)
        return bool(ended)

    answer = rules.compute(found, told)
    if ended:
        raise ended[0]
    with hold.completing():
        rules.complete_run(run=found, answer=answer)
