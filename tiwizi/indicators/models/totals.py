"""Totals as they stand in the database: always what the engine makes of the facts (`indicators/doctor.py` asks)."""

from django.db import models

from tiwizi.base.fields import WideDecimalField
from tiwizi.indicators.models.definitions import Indicator, Period
from tiwizi.network.models import Body


class Total(models.Model):
    """A body's figure in a period, each fact in it once; no period: over all of them (different ones only).

    `own`: the body's own part (of what is added). `numerator`, `denominator`: of a ratio; of an average, the sum and
    the number of facts. `counted`, `silent`: facts that said something, and those that are due and did not.
    `settled`, `shared`: of those counted, how many the level above accepted, and how many belong to several bodies.
    """

    id = models.BigAutoField(primary_key=True)
    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="totals")
    body = models.ForeignKey(Body, models.CASCADE, related_name="+")
    period = models.ForeignKey(Period, models.CASCADE, null=True, related_name="+")
    value = WideDecimalField(null=True, max_digits=30, decimal_places=8)
    own = WideDecimalField(null=True, max_digits=30, decimal_places=8)
    numerator = WideDecimalField(null=True, max_digits=30, decimal_places=8)
    denominator = WideDecimalField(null=True, max_digits=30, decimal_places=8)
    counted = models.PositiveIntegerField(default=0)
    silent = models.PositiveIntegerField(default=0)
    settled = models.PositiveIntegerField(default=0)
    shared = models.PositiveIntegerField(default=0)
    by = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["body", "indicator", "period"], name="total_once_a_period"),
            models.UniqueConstraint(
                fields=["body", "indicator"], condition=models.Q(period__isnull=True), name="total_once_for_life"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.body}, {self.indicator}, {self.period}: {self.value}"


RENEW = "indicators.renew"  # the job that makes the totals again when groupings changed


class Basis(models.Model):
    """On which groupings the totals of a framework's body stand."""

    body = models.OneToOneField(Body, models.CASCADE, primary_key=True, related_name="+")
    fingerprint = models.CharField(max_length=64)
    at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.body}: {self.fingerprint[:8]}"
