"""The strategic frame: objective, numbered intermediate results, target groups."""

import uuid

from django.db import models
from django.db.models import F, Q

from tiwizi.base.fields import TranslatedField
from tiwizi.network.models import Body


class Framework(models.Model):
    """The strategic plan of a programme or country, for a period, in one currency."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    body = models.ForeignKey(Body, models.PROTECT, related_name="frameworks")
    name = TranslatedField()
    objective = TranslatedField()
    start = models.DateField()
    end = models.DateField()
    currency = models.CharField(max_length=3, default="EUR")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="framework_period_in_order"),
            models.UniqueConstraint(fields=["body", "start"], name="framework_once_per_start"),
        ]

    def __str__(self) -> str:
        return str(self.name)


class Result(models.Model):
    """A numbered intermediate result (RI 1, RI 2, ...)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    framework = models.ForeignKey(Framework, models.PROTECT, related_name="results")
    number = models.CharField(max_length=20)
    name = TranslatedField()
    position = models.PositiveSmallIntegerField()
    illustrative = models.BooleanField(default=False)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["framework", "number"], name="result_number_once")]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class TargetGroup(models.Model):
    """Whom the programme is for; an `audience` is whom its trainings address (officials, elected members)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    framework = models.ForeignKey(Framework, models.PROTECT, related_name="target_groups")
    code = models.SlugField(max_length=40)
    name = TranslatedField()
    position = models.PositiveSmallIntegerField()
    audience = models.BooleanField(default=False)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["framework", "code"], name="target_group_once")]

    def __str__(self) -> str:
        return str(self.name)
