"""Which documents stand beside figures, who may read them, and where the means of verification ask for some."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from tiwizi.accounts.models import User
from tiwizi.documents.models import Document
from tiwizi.documents.queries import documents_with
from tiwizi.indicators.models import Evidence, Indicator, Measurement
from tiwizi.indicators.queries.sheets import Cell
from tiwizi.network.permissions import Action, bodies_where


@dataclass
class Proof:
    """The evidence of one figure: how many documents there are, and those that the reader may open."""

    count: int = 0
    documents: list[Document] = field(default_factory=list)


def counted(measurements: Iterable[UUID]) -> dict[UUID, int]:
    """How many documents stand beside each figure. One query."""
    those = Evidence.objects.filter(measurement__in=list(measurements), archived_at__isnull=True)
    return Counter(those.order_by().values_list("measurement_id", flat=True))


def proofs_of(measurements: Iterable[Measurement], reader: User) -> dict[UUID, Proof]:
    """The evidence of these figures (with their reports). That there is some is told to whoever reads the figure; which
    it is, to who may read documents of the body. Five queries at most, one where there is none."""
    bodies = {one.pk: one.report.body_id for one in measurements}
    those = Evidence.objects.filter(measurement__in=list(bodies), archived_at__isnull=True).order_by()
    links = list(those.values_list("measurement_id", "document_id"))
    if not links:
        return {}
    allowed = bodies_where(reader, Action.READ_DOCUMENTS)
    known = {one.pk: one for one in documents_with(pk for cell, pk in links if bodies[cell] in allowed)}
    found: dict[UUID, Proof] = defaultdict(Proof)
    for cell, pk in links:
        found[cell].count += 1
        if pk in known:
            found[cell].documents.append(known[pk])
    for proof in found.values():
        proof.documents.sort(key=lambda one: (one.created_at, one.title))
    return dict(found)


def of_figure(measurement: Measurement) -> tuple[list[Evidence], list[Evidence]]:
    """What stands beside a figure, and what was taken away. Three queries."""
    those = list(Evidence.objects.filter(measurement=measurement).select_related("measurement__report__body"))
    known = {one.pk: one for one in documents_with(one.document_id for one in those)}
    for one in those:
        one.document = known[one.document_id]
    return [one for one in those if one.archived_at is None], [one for one in those if one.archived_at is not None]


def evidence_of(measurement: Measurement, pk: UUID) -> Evidence | None:
    """One of a figure."""
    found = Evidence.objects.select_related("measurement__report__body", "document")
    return found.filter(measurement=measurement, pk=pk).first()


def asks_for_evidence(indicator: Indicator, measurement: Measurement | None) -> bool:
    """The indicator names means of verification and the cell states a figure: of a zero there is nothing to show."""
    if measurement is None or not str(indicator.verification):
        return False
    return bool(measurement.value or measurement.denominator or measurement.members or measurement.text)


def address_of(measurement: Measurement) -> tuple[str, str]:
    """The period's name and the key of the cell, as the addresses of its evidence hold them. No query when the report
    was read with its period."""
    cell = Cell(measurement.indicator, None, measurement, [])
    key = cell.key + (f".{measurement.activity_id.hex}" if measurement.activity_id else "")
    return measurement.report.period.code, key
