"""What a programme shows to everybody, without signing in."""

import uuid

from django.db import models
from django.db.models import Q

from tiwizi.base.fields import TranslatedField
from tiwizi.network.models import Body


class Publication(models.Model):
    """A programme's accepted results stand open to everybody, from a moment to a moment. Opened again: another row."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    body = models.ForeignKey(Body, models.PROTECT, related_name="publications")
    introduction = TranslatedField(blank=True)
    opened_at = models.DateTimeField(auto_now_add=True)
    opened_by = models.UUIDField(null=True)
    closed_at = models.DateTimeField(null=True)
    close_reason = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["opened_at"]
        constraints = [
            models.UniqueConstraint(fields=["body"], condition=Q(closed_at__isnull=True), name="publication_open_once"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, close_reason="")
                | (Q(closed_at__isnull=False) & ~Q(close_reason="")),
                name="publication_closed_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return str(self.body)
