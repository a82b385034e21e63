"""What proves a figure: documents of the body that reported it."""

import uuid

from django.db import models
from django.db.models import Q

from tiwizi.documents.models import Document
from tiwizi.indicators.models.reports import Measurement


class Evidence(models.Model):
    """A document stands as evidence beside a figure. Taken away with a reason, never deleted, and put back."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    measurement = models.ForeignKey(Measurement, models.PROTECT, related_name="evidence")
    document = models.ForeignKey(Document, models.PROTECT, related_name="+")
    archived_at = models.DateTimeField(null=True)
    archive_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["document__created_at"]
        constraints = [
            models.UniqueConstraint(fields=["measurement", "document"], name="evidence_once"),
            models.CheckConstraint(
                condition=Q(archived_at__isnull=True, archive_reason="")
                | (Q(archived_at__isnull=False) & ~Q(archive_reason="")),
                name="evidence_archived_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measurement}: {self.document}"
