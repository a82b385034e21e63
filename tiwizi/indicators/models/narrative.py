"""What figures do not say: a result's year in words with its score, and remarks on a figure."""

import uuid

from django.db import models
from django.db.models import Q

from tiwizi.base.merging import Merge
from tiwizi.framework.models import Result
from tiwizi.indicators.models.definitions import Indicator, Period
from tiwizi.network.models import Body


class Review(models.Model):
    """How a result went in a year, as the donor asks for in April: a score from A to D, why, lessons learned."""

    merged: Merge | None = None  # what the last change merged, for who made it

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    body = models.ForeignKey(Body, models.PROTECT, related_name="reviews")
    result = models.ForeignKey(Result, models.PROTECT, related_name="reviews")
    year = models.PositiveSmallIntegerField()
    score = models.CharField(max_length=1, blank=True)
    justification = models.TextField(blank=True)
    lessons = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["year"]
        constraints = [
            models.UniqueConstraint(fields=["body", "result", "year"], name="review_once_a_year"),
            models.CheckConstraint(condition=Q(score__in=["", "A", "B", "C", "D"]), name="review_score_known"),
        ]

    def __str__(self) -> str:
        return f"{self.body}, {self.result}, {self.year}"


class Remark(models.Model):
    """A word on a figure of a body; several make a thread. Written by an account, whose id it keeps."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="remarks")
    body = models.ForeignKey(Body, models.PROTECT, related_name="+")
    period = models.ForeignKey(Period, models.PROTECT, related_name="+")
    text = models.TextField()
    author = models.UUIDField()
    at = models.DateTimeField(auto_now_add=True)
    archived_at = models.DateTimeField(null=True)
    archive_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        return f"{self.body}, {self.indicator}, {self.period}"
