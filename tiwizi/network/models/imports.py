"""Readings of network workbooks."""

from django.db import models
from django.db.models import Q

from tiwizi.base.models import WorkbookImport
from tiwizi.network.models.bodies import Body


class NetworkImport(WorkbookImport):
    """One reading of a network workbook. A large one is looked at, written and taken back by a worker."""

    class State(models.TextChoices):
        CHECKING = "checking"  # a worker looks what it would change
        CHECKED = "checked"
        APPLYING = "applying"  # a worker does it
        APPLIED = "applied"
        UNDOING = "undoing"  # a worker takes it back
        UNDONE = "undone"
        DISCARDED = "discarded"

    body = models.ForeignKey(Body, models.PROTECT, related_name="network_imports")
    job = models.UUIDField(null=True)  # who does it while a state says that a worker does
    refused = models.CharField(max_length=40, blank=True)  # the code of what stood in the worker's way

    class Meta(WorkbookImport.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["checking", "checked", "applying", "applied", "undoing", "undone", "discarded"]),
                name="network_import_state_known",
            )
        ]
