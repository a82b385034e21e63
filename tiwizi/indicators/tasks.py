"""The job that follows a change of groupings."""

from tiwizi.base.jobs import Hold, handles
from tiwizi.framework.models import Framework
from tiwizi.indicators import rules


@handles(rules.RENEW)
def renew(hold: Hold) -> None:
    """Renew the totals of every framework."""
    frames = list(Framework.objects.order_by("start", "pk"))
    for k, framework in enumerate(frames):
        hold.progress(k / len(frames), "renewing-totals")
        rules.renew_all(framework=framework)
