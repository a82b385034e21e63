"""Evidence beside a figure: documents of the body that reports it, added, taken away, put back."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tiwizi.accounts.models import User
from tiwizi.base import audit
from tiwizi.base.errors import Refusal
from tiwizi.documents.models import Document
from tiwizi.documents.rules import add_document
from tiwizi.indicators.models import Evidence, Measurement, Report
from tiwizi.indicators.rules.reports import check_open, locked
from tiwizi.network.permissions import Action, require


@transaction.atomic
def add_evidence(*, by: User | None, measurement: Measurement, **document: Any) -> Evidence:
    """Keep a file among the body's documents and let it stand beside a figure, or neither. `document`: as
    `documents.rules.add_document` takes it. Refused: as that, and as `attach_evidence`."""
    if by is not None:
        require(by, Action.REPORT, measurement.report.body)
    check_evidence(measurement.report)
    added = add_document(by=by, body=measurement.report.body, **document)
    return attach_evidence(by=by, measurement=measurement, document=added)


@transaction.atomic
def attach_evidence(*, by: User | None, measurement: Measurement, document: Document) -> Evidence:
    """A document that the body keeps already stands beside a figure as its evidence; one that was taken away stands
    there again. Refused: `evidence-certified`, `evidence-elsewhere`, `evidence-document-archived`, `evidence-held`."""
    if by is not None:
        require(by, Action.REPORT, measurement.report.body)
    report = locked(measurement.report)
    check_evidence(report)
    if document.body_id != report.body_id:
        raise Refusal("evidence-elsewhere", _("Evidence is a document of the body that reports the figure."))
    if Document.objects.filter(pk=document.pk, archived_at__isnull=False).exists():
        sentence, hint = _("This document is archived."), _("Put it back into the list of documents first.")
        raise Refusal("evidence-document-archived", sentence, hint, field="document")
    found, new = Evidence.objects.get_or_create(measurement=measurement, document=document)
    if not new and found.archived_at is None:
        raise Refusal("evidence-held", _("This document stands beside the figure already."), field="document")
    if not new:
        return _put_back(by, report, found)
    _record("attach-evidence", by, report, found)
    return found


@transaction.atomic
def remove_evidence(*, by: User | None, evidence: Evidence, reason: str) -> Evidence:
    """Take a document away from a figure, with the reason, while the sheet is open: what others accepted rests on it.
    The document itself stays. Refused: `report-locked`, `evidence-removed`, `reason-missing`."""
    report = _opened(by, evidence)
    check_open(report)
    evidence = Evidence.objects.get(pk=evidence.pk)
    if evidence.archived_at is not None:
        raise Refusal("evidence-removed", _("This evidence is taken away already."))
    if not reason.strip():
        hint = _("One sentence is enough; it stays in the history of the figure.")
        raise Refusal("reason-missing", _("Say why it is taken away."), hint, field="reason")
    evidence.archived_at, evidence.archive_reason = timezone.now(), reason.strip()
    evidence.save(update_fields=["archived_at", "archive_reason"])
    _record("remove-evidence", by, report, evidence, reason=evidence.archive_reason)
    return evidence


@transaction.atomic
def restore_evidence(*, by: User | None, evidence: Evidence) -> Evidence:
    """Put evidence back beside its figure. Refused: `evidence-certified`, `evidence-not-removed`."""
    report = _opened(by, evidence)
    check_evidence(report)
    evidence = Evidence.objects.get(pk=evidence.pk)
    if evidence.archived_at is None:
        raise Refusal("evidence-not-removed", _("This evidence stands beside the figure already."))
    return _put_back(by, report, evidence)


def check_evidence(report: Report) -> None:
    """Evidence may still come when a sheet is handed in, because who validates it may ask for some; not when it is
    certified (`evidence-certified`)."""
    if report.state == Report.State.CERTIFIED:
        sentence = _("This sheet is certified and locked; its evidence cannot change now.")
        raise Refusal("evidence-certified", sentence, _("Ask who certified it to open it again, with the reason."))


def _opened(by: User | None, evidence: Evidence) -> Report:
    report = evidence.measurement.report
    if by is not None:
        require(by, Action.REPORT, report.body)
    return locked(report)


def _put_back(by: User | None, report: Report, evidence: Evidence) -> Evidence:
    evidence.archived_at, evidence.archive_reason = None, ""
    evidence.save(update_fields=["archived_at", "archive_reason"])
    _record("restore-evidence", by, report, evidence)
    return evidence


def _record(act: str, by: User | None, report: Report, evidence: Evidence, *, reason: str = "") -> None:
    """In the story of the figure. The document stands in it as its id: a title is for who may read documents."""
    after = {"document": str(evidence.document_id)}
    audit.record(act, evidence.measurement, by=by, body=report.body_id, reason=reason, after=after)
