"""Readings of network workbooks."""

import uuid

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from tiwizi.network.models.bodies import Body


class NetworkImport(models.Model):
    """One reading of a network workbook: what it says, its faults, what it would change."""

    class State(models.TextChoices):
        CHECKING = "checking"  # a worker looks what it would change
        CHECKED = "checked"
        APPLYING = "applying"  # a worker does it
        APPLIED = "applied"
        UNDOING = "undoing"  # a worker takes it back
        UNDONE = "undone"
        DISCARDED = "discarded"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    body = models.ForeignKey(Body, models.PROTECT, related_name="network_imports")
    requested_by = models.UUIDField(null=True)
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=10, default=State.CHECKED)
    entries = models.JSONField(default=list, encoder=DjangoJSONEncoder)  # one a row, as understood
    faults = models.JSONField(default=list, encoder=DjangoJSONEncoder)  # sheet, cell, code, parameters
    changes = models.JSONField(default=list, encoder=DjangoJSONEncoder)  # per row: new, changed (from, to), same
    undo = models.JSONField(default=list, encoder=DjangoJSONEncoder)  # one a thing written: what it was, what it is
    job = models.UUIDField(null=True)  # who does it while a state says that a worker does
    refused = models.CharField(max_length=40, blank=True)  # the code of what stood in the worker's way
    created_at = models.DateTimeField(auto_now_add=True)
    applied_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["checking", "checked", "applying", "applied", "undoing", "undone", "discarded"]),
                name="network_import_state_known",
            )
        ]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.state})"
