"""What is measured: indicators, their breakdowns, the periods of reporting, who reports, and targets."""

import uuid

from django.db import models
from django.db.models import F, Q

from tiwizi.base.fields import TranslatedField
from tiwizi.base.merging import Merge
from tiwizi.framework.models import Framework, Result, TargetGroup
from tiwizi.network.models import Body, Dated, Organisation


class Described(models.Model):
    """What an indicator counts and how, alike in the library and in a framework."""

    class Counts(models.TextChoices):
        ACTS = "acts"
        PERSONS = "persons"
        STRUCTURES = "structures"
        MONEY = "money"
        SCALE = "scale"
        TEXT = "text"

    class Calculation(models.TextChoices):
        SUM = "sum"
        LATEST = "latest"
        RATIO = "ratio"
        AVERAGE = "average"
        MAXIMUM = "maximum"
        UNIQUE = "unique"

    class Direction(models.TextChoices):
        UP = "up"
        DOWN = "down"

    class Frequency(models.TextChoices):  # in which periods it is asked: `queries/asked.py`
        PERIOD = "period"
        YEAR = "year"
        END = "end"

    name = TranslatedField()
    counts = models.CharField(max_length=12)
    unit = TranslatedField()
    calculation = models.CharField(max_length=10, default=Calculation.SUM)
    direction = models.CharField(max_length=4, default=Direction.UP)
    decimals = models.PositiveSmallIntegerField(default=0)
    frequency = models.CharField(max_length=6, default=Frequency.PERIOD)
    verification = TranslatedField(blank=True)  # means of verification
    note = TranslatedField(blank=True)  # what is counted and what is not

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(counts__in=["acts", "persons", "structures", "money", "scale", "text"]),
                name="%(class)s_counts_known",
            ),
            models.CheckConstraint(
                condition=Q(calculation__in=["sum", "latest", "ratio", "average", "maximum", "unique"]),
                name="%(class)s_calculation_known",
            ),
            models.CheckConstraint(condition=Q(direction__in=["up", "down"]), name="%(class)s_direction_known"),
            models.CheckConstraint(condition=Q(decimals__lte=4), name="%(class)s_decimals"),
            models.CheckConstraint(
                condition=Q(frequency__in=["period", "year", "end"]), name="%(class)s_frequency_known"
            ),
        ]

    def __str__(self) -> str:
        return str(self.name)


class LibraryIndicator(Described):
    """An indicator to be taken into frameworks, of every programme on this installation."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    code = models.SlugField(max_length=40, unique=True)
    source = models.CharField(max_length=300, blank=True)

    class Meta(Described.Meta):
        ordering = ["code"]


class Indicator(Described):
    """What measures a result. Baseline and source as they were found before the programme."""

    merged: Merge | None = None  # what the last change merged, for who made it

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    result = models.ForeignKey(Result, models.PROTECT, related_name="indicators")
    code = models.CharField(max_length=30)
    position = models.PositiveIntegerField()
    library = models.ForeignKey(LibraryIndicator, models.PROTECT, null=True, related_name="uses")
    # The same indicator in an earlier version of the framework: what was reported there counts here.
    previous = models.OneToOneField("self", models.PROTECT, null=True, related_name="following")
    baseline = models.DecimalField(null=True, max_digits=20, decimal_places=4)
    baseline_date = models.DateField(null=True)
    baseline_source = models.CharField(max_length=300, blank=True)
    public = models.BooleanField(default=True)
    illustrative = models.BooleanField(default=False)
    archived_at = models.DateTimeField(null=True)
    archive_reason = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta(Described.Meta):
        ordering = ["result__position", "position"]
        constraints = [
            *Described.Meta.constraints,
            models.UniqueConstraint(fields=["result", "code"], name="indicator_code_once"),
            models.CheckConstraint(condition=~Q(previous=F("id")), name="indicator_not_own_previous"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class BreakdownSet(models.Model):
    """A way to split a figure: sex, age, target group, commune..."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    framework = models.ForeignKey(Framework, models.PROTECT, related_name="breakdown_sets")
    code = models.SlugField(max_length=40)
    name = TranslatedField()
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["framework", "code"], name="breakdown_set_once")]

    def __str__(self) -> str:
        return str(self.name)


class Category(models.Model):
    """One part of a set, in use from a day to a day: a later one takes nothing from what was entered before."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    set = models.ForeignKey(BreakdownSet, models.PROTECT, related_name="categories")
    code = models.SlugField(max_length=40)
    name = TranslatedField()
    position = models.PositiveSmallIntegerField()
    target_group = models.ForeignKey(TargetGroup, models.PROTECT, null=True, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    start = models.DateField(null=True)
    end = models.DateField(null=True)

    objects = Dated.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["set", "code"], name="category_once"),
            models.CheckConstraint(
                condition=Q(start__isnull=True) | Q(end__isnull=True) | Q(end__gte=F("start")),
                name="category_life_in_order",
            ),
        ]

    def __str__(self) -> str:
        return str(self.name)


class Breakdown(models.Model):
    """An indicator is reported by a set, from a day to a day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="breakdowns")
    set = models.ForeignKey(BreakdownSet, models.PROTECT, related_name="+")
    start = models.DateField(null=True)
    end = models.DateField(null=True)

    objects = Dated.as_manager()

    class Meta:
        ordering = ["set__position"]
        constraints = [
            models.UniqueConstraint(fields=["indicator", "set"], name="breakdown_once"),
            models.CheckConstraint(
                condition=Q(start__isnull=True) | Q(end__isnull=True) | Q(end__gte=F("start")),
                name="breakdown_life_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator}: {self.set}"


class Period(models.Model):
    """A span that is reported on, of every framework of its body; sheets are due on a day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    body = models.ForeignKey(Body, models.PROTECT, related_name="periods")
    code = models.CharField(max_length=20)
    start = models.DateField()
    end = models.DateField()
    due = models.DateField()

    class Meta:
        ordering = ["start"]
        constraints = [
            models.UniqueConstraint(fields=["body", "code"], name="period_code_once"),
            models.UniqueConstraint(fields=["body", "start"], name="period_once_per_start"),
            models.CheckConstraint(condition=Q(end__gt=F("start"), due__gte=F("end")), name="period_in_order"),
        ]

    def __str__(self) -> str:
        return self.code


class Assignment(models.Model):
    """A body reports an indicator, in the periods that end between two days."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="assignments")
    body = models.ForeignKey(Body, models.PROTECT, related_name="assignments")
    start = models.DateField(null=True)
    end = models.DateField(null=True)

    objects = Dated.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["indicator", "body"], name="assignment_once"),
            models.CheckConstraint(
                condition=Q(start__isnull=True) | Q(end__isnull=True) | Q(end__gte=F("start")),
                name="assignment_life_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.body}: {self.indicator}"


class Target(models.Model):
    """What a body is to reach: in one period, or over the whole life of the framework (no period)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="targets")
    body = models.ForeignKey(Body, models.PROTECT, related_name="targets")
    period = models.ForeignKey(Period, models.PROTECT, null=True, related_name="targets")
    value = models.DecimalField(max_digits=20, decimal_places=4)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["indicator", "body", "period"], name="target_once_a_period"),
            models.UniqueConstraint(
                fields=["indicator", "body"], condition=Q(period__isnull=True), name="target_once_for_life"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.body}, {self.indicator}: {self.value}"
