"""The job of a round's run."""

from tiwizi.base.jobs import Hold, handles
from tiwizi.pooling import rules
from tiwizi.pooling.models import Run


@handles("pooling.run")
def run(hold: Hold) -> None:
    """Compute outside any transaction, write the proposals in the one that ends the job."""
    found = Run.objects.select_related("round").get(pk=hold.payload["run"])
    answer = rules.compute(found, lambda done, stage: hold.progress(done, stage))
    with hold.completing():
        rules.complete_run(run=found, answer=answer)
