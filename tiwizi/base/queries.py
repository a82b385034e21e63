"""Reads of the job queue, the audit trail and drafts."""

import json
import re
from collections.abc import Sequence
from uuid import UUID

from django.db import models

from tiwizi.base.audit import Actor
from tiwizi.base.models import AuditEntry, Draft, Job


def job_of(by: Actor, pk: UUID) -> Job | None:
    """A job that this person asked for; None for anybody else's."""
    return Job.objects.filter(pk=pk, requested_by=by.pk).first()


def history_of(obj: models.Model) -> "models.QuerySet[AuditEntry]":
    """The acts on one object, newest first."""
    entries = AuditEntry.objects.filter(object_type=obj._meta.label_lower, object_id=str(obj.pk))
    return entries.order_by("-id")


def draft_of(by: Actor, path: str) -> Draft | None:
    """What this person has typed into the form of an address and not sent."""
    return Draft.objects.filter(owner=by.pk, path=path).first()


def entries_naming(words: Sequence[str]) -> list[AuditEntry]:
    """The entries of the trail in whose words one of these stands, as a whole word and whatever its capitals."""
    found: dict[int, AuditEntry] = {}
    for word in filter(None, words):
        written = json.dumps(word, ensure_ascii=False)[1:-1]  # as it stands in the text that is kept
        whole = re.compile(rf"(?<!\w){re.escape(written)}(?!\w)", re.IGNORECASE)
        for entry in AuditEntry.objects.filter(words__text__icontains=written).order_by("id"):
            if whole.search(entry.words.text):
                found[entry.pk] = entry
    return list(found.values())
