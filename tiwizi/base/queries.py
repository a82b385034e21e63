"""Reads of the job queue and the audit trail."""

from uuid import UUID

from django.db import models

from tiwizi.base.audit import Actor
from tiwizi.base.models import AuditEntry, Job


def job_of(by: Actor, pk: UUID) -> Job | None:
    """A job that this person asked for; None for anybody else's."""
    return Job.objects.filter(pk=pk, requested_by=by.pk).first()


def history_of(obj: models.Model) -> list[AuditEntry]:
    """The acts on one object, newest first."""
    entries = AuditEntry.objects.filter(object_type=obj._meta.label_lower, object_id=str(obj.pk))
    return list(entries.order_by("-id"))
