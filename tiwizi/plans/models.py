"""Operational plans, their activities, and the imports that fill them."""

import uuid

from django.db import models
from django.db.models import F, Q

from tiwizi.base.fields import TranslatedField
from tiwizi.base.merging import Merge
from tiwizi.base.models import WorkbookImport
from tiwizi.framework.models import Framework, Result, TargetGroup
from tiwizi.network.models import Body, Organisation


class ActivityKind(models.Model):
    """A subject that can be pooled (pre-school training, social diagnosis...), with its usual tariff.

    Money in whole cents; `fixed` is paid once an event, `per_head` for each participant,
    `travel_rate` for each participant and 100 km. A round copies the tariff and may change its copy.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    framework = models.ForeignKey(Framework, models.PROTECT, related_name="activity_kinds")
    code = models.SlugField(max_length=40)
    name = TranslatedField()
    fixed_cents = models.BigIntegerField()
    per_head_cents = models.BigIntegerField()
    travel_rate_cents = models.BigIntegerField()
    pool_min = models.PositiveIntegerField()
    pool_max = models.PositiveIntegerField()
    radius_km = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["framework", "code"], name="activity_kind_once"),
            models.CheckConstraint(
                condition=Q(fixed_cents__gte=0, per_head_cents__gte=0, travel_rate_cents__gte=0),
                name="activity_kind_tariff_positive",
            ),
            models.CheckConstraint(condition=Q(pool_max__gte=F("pool_min")), name="activity_kind_sizes_in_order"),
        ]

    def __str__(self) -> str:
        return str(self.name)


class Plan(models.Model):
    """The operational plan of a body over a period inside the strategy."""

    class State(models.TextChoices):
        DRAFT = "draft"
        SUBMITTED = "submitted"
        RETURNED = "returned"
        VALIDATED = "validated"
        AMENDED = "amended"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    body = models.ForeignKey(Body, models.PROTECT, related_name="plans")
    framework = models.ForeignKey(Framework, models.PROTECT, related_name="plans")
    title = models.CharField(max_length=200)
    start = models.DateField()
    end = models.DateField()
    state = models.CharField(max_length=10, default=State.DRAFT)
    state_reason = models.TextField(blank=True)
    pooling_budget_cents = models.BigIntegerField(null=True)  # for pooling rounds; null: not yet said
    illustrative = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    merged: Merge | None = None  # what the last change merged, for who made it

    class Meta:
        ordering = ["start"]
        constraints = [
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="plan_period_in_order"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "submitted", "returned", "validated", "amended"]),
                name="plan_state_known",
            ),
            models.UniqueConstraint(fields=["body", "start"], name="plan_once_per_start"),
            models.CheckConstraint(
                condition=Q(pooling_budget_cents__isnull=True) | Q(pooling_budget_cents__gte=0),
                name="plan_pooling_budget_positive",
            ),
        ]

    def __str__(self) -> str:
        return self.title


SIGNED = (Plan.State.SUBMITTED, Plan.State.VALIDATED)  # the states in which a plan may be signed


class SignatureQuerySet(models.QuerySet["Signature"]):
    def standing(self) -> "SignatureQuerySet":
        """Those that count."""
        return self.filter(ended_at__isnull=True)


class Signature(models.Model):
    """An elected member stands by a plan as it was handed in. It counts until `ended_at`: when the plan is returned or
    amended, or the member takes it back."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="signatures")
    signed_by = models.UUIDField()
    on_behalf = models.UUIDField(null=True)  # of whom somebody stood in for
    signed_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    objects = SignatureQuerySet.as_manager()

    class Meta:
        ordering = ["signed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "signed_by"], condition=Q(ended_at__isnull=True), name="signature_once_a_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan}: {self.signed_at:%Y-%m-%d}"


class Activity(models.Model):
    """A line of a plan: a local intervention, or a group's collective activity (`collective`).

    Unknown is null, never 0: `cost_cents` and `participants` may be missing in a draft.
    The window is whole weeks, Monday to Sunday, in which the activity can take place.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="activities")
    reference = models.CharField(max_length=20)
    title = models.CharField(max_length=200)
    kind = models.ForeignKey(ActivityKind, models.PROTECT)
    result = models.ForeignKey(Result, models.PROTECT, related_name="activities")
    main_target = models.ForeignKey(TargetGroup, models.PROTECT, related_name="+")
    other_targets = models.ManyToManyField(TargetGroup, blank=True, related_name="+")
    commune = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    window_start = models.DateField()
    window_end = models.DateField()
    participants = models.PositiveIntegerField(null=True)
    languages = models.JSONField(default=list)
    cost_cents = models.BigIntegerField(null=True)
    cost_basis = models.CharField(max_length=300, blank=True)
    priority = models.PositiveSmallIntegerField(default=3)  # 1 (least) to 5 (most)
    mandatory = models.BooleanField(default=False)
    poolable = models.BooleanField(default=True)
    hosts = models.ManyToManyField(Organisation, blank=True, related_name="+")  # none: anywhere in the group
    avoid = models.ManyToManyField(Body, blank=True, related_name="+")
    note = models.TextField(blank=True)
    collective = models.BooleanField(default=False)
    host = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")  # of a collective activity
    archived_at = models.DateTimeField(null=True)
    archive_reason = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)

    merged: Merge | None = None  # what the last change merged, for who made it

    class Meta:
        ordering = ["reference"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "reference"], name="activity_reference_once"),
            models.CheckConstraint(condition=Q(window_end__gt=F("window_start")), name="activity_window_in_order"),
            models.CheckConstraint(condition=Q(priority__range=(1, 5)), name="activity_priority_1_to_5"),
            models.CheckConstraint(
                condition=Q(cost_cents__isnull=True) | Q(cost_cents__gte=0), name="activity_cost_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"


class JointPart(models.Model):
    """A collective activity stands for a partner's own one, with the share that the partner agreed to pay."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    collective = models.ForeignKey(Activity, models.PROTECT, related_name="parts")
    replaced = models.OneToOneField(Activity, models.PROTECT, related_name="joint_part")
    body = models.ForeignKey(Body, models.PROTECT, related_name="+")
    alone_cents = models.BigIntegerField()
    share_cents = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(collective=F("replaced")), name="joint_part_not_itself"),
            models.CheckConstraint(condition=Q(share_cents__gte=0, alone_cents__gte=0), name="joint_part_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.replaced} in {self.collective}"


class PlanImport(WorkbookImport):
    """One reading of a plan workbook."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="imports")

    class Meta(WorkbookImport.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["checked", "applied", "undone", "discarded"]), name="plan_import_state_known"
            )
        ]
