"""Evidence that was taken away from figures of a body."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tiwizi.accounts.models import User
from tiwizi.documents.queries import may_read
from tiwizi.indicators.models import Evidence
from tiwizi.indicators.queries.evidence import address_of
from tiwizi.network.archives import MOST, Archived, keeps, takers
from tiwizi.network.models import Body
from tiwizi.network.permissions import Action, may


@keeps
def evidence(by: User, body: Body) -> Iterator[Archived]:
    """Only for who may read the documents of the body. Few queries, however many there are."""
    if not may_read(by, body):
        return
    those = Evidence.objects.filter(measurement__report__body=body, archived_at__isnull=False)
    those = those.select_related("document", "measurement__report__period", "measurement__indicator")
    found = list(those.order_by("-archived_at")[:MOST])
    who, allowed = takers([one.measurement for one in found], ["remove-evidence"]), may(by, Action.REPORT, body)
    for one in found:
        name, _entry = who.get(str(one.measurement_id), ("", None))
        at = address_of(one.measurement)
        yield Archived(
            _("Evidence"),
            f"{one.document.title} · {one.measurement.indicator} · {one.measurement.report.period}",
            one.archive_reason,
            one.archived_at,
            name,
            reverse("indicators:evidence", args=[body.slug, *at]),
            recover=reverse("indicators:evidence-restore", args=[body.slug, *at, one.pk]) if allowed else "",
            why_not=allowed.reason,
        )
