"""What is reported: a sheet for each body and period, its figures, and whose they are."""

import uuid

from django.db import models
from django.db.models import Q

from tiwizi.indicators.models.definitions import Indicator, Period
from tiwizi.network.models import Body
from tiwizi.plans.models import Activity


class Report(models.Model):
    """The sheet of a body for a period. What is handed in counts in totals; a draft does not."""

    class State(models.TextChoices):
        DRAFT = "draft"
        SUBMITTED = "submitted"
        RETURNED = "returned"
        VALIDATED = "validated"
        CERTIFIED = "certified"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    body = models.ForeignKey(Body, models.PROTECT, related_name="reports")
    period = models.ForeignKey(Period, models.PROTECT, related_name="reports")
    state = models.CharField(max_length=10, default=State.DRAFT)
    state_reason = models.TextField(blank=True)
    comment = models.TextField(blank=True)
    submitted_at = models.DateTimeField(null=True)
    submitted_by = models.UUIDField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["period__start"]
        constraints = [
            models.UniqueConstraint(fields=["body", "period"], name="report_once"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "submitted", "returned", "validated", "certified"]),
                name="report_state_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.body}, {self.period}"


# Whose figures count in totals, and which of them the level above has accepted.
COUNTED = (Report.State.SUBMITTED, Report.State.VALIDATED, Report.State.CERTIFIED)
SETTLED = (Report.State.VALIDATED, Report.State.CERTIFIED)


class Measurement(models.Model):
    """One figure of a sheet: of the body as a whole, or of one activity. Null is not reported; 0 is zero.

    A ratio has numerator and denominator, a count of different ones its `members` (codes or names of structures, never
    of persons), a text `text`, everything else `value`. `breakdown`: {set: {category: number}} by codes.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    report = models.ForeignKey(Report, models.PROTECT, related_name="measurements")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="measurements")
    activity = models.ForeignKey(Activity, models.PROTECT, null=True, related_name="measurements")
    value = models.DecimalField(null=True, max_digits=20, decimal_places=4)
    numerator = models.DecimalField(null=True, max_digits=20, decimal_places=4)
    denominator = models.DecimalField(null=True, max_digits=20, decimal_places=4)
    members = models.JSONField(null=True)
    text = models.TextField(blank=True)
    not_applicable = models.BooleanField(default=False)
    breakdown = models.JSONField(default=dict)
    comment = models.TextField(blank=True)
    changed_by = models.UUIDField(null=True)
    changed_at = models.DateTimeField(auto_now=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["report", "indicator", "activity"], name="measurement_once_an_activity"),
            models.UniqueConstraint(
                fields=["report", "indicator"], condition=Q(activity__isnull=True), name="measurement_once_a_body"
            ),
            models.CheckConstraint(
                condition=Q(not_applicable=False)
                | Q(value__isnull=True, numerator__isnull=True, denominator__isnull=True, members__isnull=True),
                name="measurement_applies_or_not",
            ),
        ]
        indexes = [models.Index(fields=["indicator", "report"], name="measurement_of_indicator")]

    def __str__(self) -> str:
        return f"{self.report}: {self.indicator}"


class Share(models.Model):
    """A figure of several bodies: whose it is, in whole weights, so that the parts always make the whole."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    measurement = models.ForeignKey(Measurement, models.CASCADE, related_name="shares")
    body = models.ForeignKey(Body, models.PROTECT, related_name="+")
    weight = models.PositiveBigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["measurement", "body"], name="share_once")]

    def __str__(self) -> str:
        return f"{self.body}: {self.weight}"
