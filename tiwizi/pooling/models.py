"""From similar needs to one shared activity: rounds, their rules, runs, proposals, answers."""

import uuid

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q

from tiwizi.base.merging import Merge
from tiwizi.network.models import Body, Organisation
from tiwizi.plans.models import Activity, ActivityKind

METHODS = ["nucleolus", "shapley", "equal", "proportional", "heads"]


class Round(models.Model):
    """A group's search for what to do together over a horizon of whole weeks. Money in whole cents."""

    class State(models.TextChoices):
        OPEN = "open"  # rules are set, activities taken in or out
        RUNNING = "running"  # the engine computes
        PROPOSED = "proposed"  # partners answer
        CLOSED = "closed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    body = models.ForeignKey(Body, models.PROTECT, related_name="rounds")
    title = models.CharField(max_length=200)
    start = models.DateField()  # a Monday
    weeks = models.PositiveSmallIntegerField(default=78)
    period_weeks = models.PositiveSmallIntegerField(default=26)
    method = models.CharField(max_length=20, default="nucleolus")
    min_saving_cents = models.BigIntegerField(default=0)
    max_members = models.PositiveSmallIntegerField(default=8)
    state = models.CharField(max_length=10, default=State.OPEN)
    opened_by = models.UUIDField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    merged: Merge | None = None  # what the last change merged, for who made it

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["open", "running", "proposed", "closed"]), name="round_state_known"
            ),
            models.CheckConstraint(condition=Q(method__in=METHODS), name="round_method_known"),
            models.CheckConstraint(condition=Q(weeks__gte=1, period_weeks__gte=1), name="round_horizon_positive"),
            models.CheckConstraint(condition=Q(min_saving_cents__gte=0), name="round_min_saving_positive"),
        ]

    def __str__(self) -> str:
        return self.title


class RoundPartner(models.Model):
    """A partnership in a round, with the money it can spend in it. Null: not yet said, and the round cannot run."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    round = models.ForeignKey(Round, models.CASCADE, related_name="partners")
    body = models.ForeignKey(Body, models.PROTECT, related_name="+")
    takes_part = models.BooleanField(default=True)
    budget_cents = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["body__slug"]
        constraints = [
            models.UniqueConstraint(fields=["round", "body"], name="round_partner_once"),
            models.CheckConstraint(
                condition=Q(budget_cents__isnull=True) | Q(budget_cents__gte=0), name="round_partner_budget_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.body} in {self.round}"


class RoundKind(models.Model):
    """A kind of activity in a round, with the tariff that the round reckons with."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    round = models.ForeignKey(Round, models.CASCADE, related_name="kinds")
    kind = models.ForeignKey(ActivityKind, models.PROTECT, related_name="+")
    included = models.BooleanField(default=True)
    fixed_cents = models.BigIntegerField()
    per_head_cents = models.BigIntegerField()
    travel_rate_cents = models.BigIntegerField()
    pool_min = models.PositiveIntegerField()
    pool_max = models.PositiveIntegerField()

    class Meta:
        ordering = ["kind__code"]
        constraints = [
            models.UniqueConstraint(fields=["round", "kind"], name="round_kind_once"),
            models.CheckConstraint(condition=Q(pool_max__gte=F("pool_min")), name="round_kind_sizes_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} in {self.round}"


class RoundHost(models.Model):
    """A commune that may receive a shared activity: seats, cost level (percent), weeks in which it cannot."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    round = models.ForeignKey(Round, models.CASCADE, related_name="hosts")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    accepts = models.BooleanField(default=True)
    seats = models.PositiveIntegerField(null=True)
    cost_percent = models.PositiveSmallIntegerField(default=100)
    blocked_weeks = models.JSONField(default=list)  # week numbers of the round, from 0

    class Meta:
        ordering = ["organisation__slug"]
        constraints = [models.UniqueConstraint(fields=["round", "organisation"], name="round_host_once")]

    def __str__(self) -> str:
        return f"{self.organisation} in {self.round}"


class RoundActivity(models.Model):
    """An activity's place in a round: in, or kept out by its partnership with a reason."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    round = models.ForeignKey(Round, models.CASCADE, related_name="activities")
    activity = models.ForeignKey(Activity, models.PROTECT, related_name="round_places")
    included = models.BooleanField(default=True)
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["activity__reference"]
        constraints = [models.UniqueConstraint(fields=["round", "activity"], name="round_activity_once")]

    def __str__(self) -> str:
        return f"{self.activity} in {self.round}"


class Condition(models.Model):
    """What people decided and the computation respects: a pinned host, a fixed week, a forbidden pair, a refusal."""

    class Sort(models.TextChoices):
        PIN_HOST = "pin-host"  # activity, organisation
        FIX_WEEK = "fix-week"  # activity, week
        FORBID_PAIR = "forbid-pair"  # body, other_body
        REFUSED = "refused"  # activity, members: not together with all of these again

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    round = models.ForeignKey(Round, models.CASCADE, related_name="conditions")
    sort = models.CharField(max_length=12)
    activity = models.ForeignKey(Activity, models.PROTECT, null=True, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    body = models.ForeignKey(Body, models.PROTECT, null=True, related_name="+")
    other_body = models.ForeignKey(Body, models.PROTECT, null=True, related_name="+")
    week = models.PositiveSmallIntegerField(null=True)
    members = models.JSONField(default=list, encoder=DjangoJSONEncoder)  # activity ids of a refused proposal
    reason = models.TextField(blank=True)
    set_by = models.UUIDField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(sort="pin-host", activity__isnull=False, organisation__isnull=False)
                | Q(sort="fix-week", activity__isnull=False, week__isnull=False)
                | Q(sort="forbid-pair", body__isnull=False, other_body__isnull=False)
                | Q(sort="refused", activity__isnull=False),
                name="condition_complete",
            )
        ]

    def __str__(self) -> str:
        return f"{self.sort} in {self.round}"


class Run(models.Model):
    """One computation, with its exact input, method, seed, engine version and answer.

    A run that is proven can be replayed before those who pay; one that the clock stopped says its distance instead.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    round = models.ForeignKey(Round, models.CASCADE, related_name="runs")
    number = models.PositiveIntegerField()
    job = models.UUIDField(null=True)
    seed = models.PositiveIntegerField(default=1)
    method = models.CharField(max_length=20, default="nucleolus")
    engine_version = models.CharField(max_length=20, blank=True)
    problem = models.JSONField(encoder=DjangoJSONEncoder)
    labels = models.JSONField(
        default=dict, encoder=DjangoJSONEncoder
    )  # index -> id, for interventions, partners, communes
    plan = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    alone_plan = models.JSONField(null=True, encoder=DjangoJSONEncoder)  # the same budgets without pooling
    figures = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    requested_by = models.UUIDField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["round", "number"], name="run_number_once")]

    def __str__(self) -> str:
        return f"run {self.number} of {self.round}"


class Proposal(models.Model):
    """A shared activity that a run proposes. People decide: it is agreed only when every partner accepts."""

    class State(models.TextChoices):
        PENDING = "pending"
        AGREED = "agreed"
        REFUSED = "refused"
        REPLACED = "replaced"  # a later run proposes otherwise

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    round = models.ForeignKey(Round, models.CASCADE, related_name="proposals")
    run = models.ForeignKey(Run, models.CASCADE, related_name="proposals")
    number = models.PositiveIntegerField()
    kind = models.ForeignKey(ActivityKind, models.PROTECT, related_name="+")
    host = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    week = models.PositiveSmallIntegerField()
    language = models.CharField(max_length=5)
    participants = models.PositiveIntegerField()
    cost_cents = models.BigIntegerField()
    alone_cents = models.BigIntegerField()
    story = models.JSONField(default=dict, encoder=DjangoJSONEncoder)  # the engine's explanation: keys and numbers
    state = models.CharField(max_length=10, default=State.PENDING)
    collective = models.OneToOneField(Activity, models.PROTECT, null=True, related_name="proposal")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["pending", "agreed", "refused", "replaced"]), name="proposal_state_known"
            ),
            models.CheckConstraint(
                condition=(Q(state="agreed") & Q(collective__isnull=False))
                | (~Q(state="agreed") & Q(collective__isnull=True)),
                name="proposal_agreed_has_activity",
            ),
            models.UniqueConstraint(fields=["round", "number"], name="proposal_number_once"),
        ]

    def __str__(self) -> str:
        return f"proposal {self.number} of {self.round}"

    @property
    def saving_cents(self) -> int:
        return self.alone_cents - self.cost_cents


class ProposalPart(models.Model):
    """One partner's activity in a proposal, its share, and its answer with its reason."""

    class Answer(models.TextChoices):
        AWAITED = "awaited"
        ACCEPTED = "accepted"
        REFUSED = "refused"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="parts")
    activity = models.ForeignKey(Activity, models.PROTECT, related_name="proposal_parts")
    body = models.ForeignKey(Body, models.PROTECT, related_name="+")
    participants = models.PositiveIntegerField()
    alone_cents = models.BigIntegerField()
    direct_cents = models.BigIntegerField()
    share_cents = models.BigIntegerField()
    answer = models.CharField(max_length=10, default=Answer.AWAITED)
    reason = models.TextField(blank=True)
    answered_by = models.UUIDField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["activity__reference"]
        constraints = [
            models.UniqueConstraint(fields=["proposal", "activity"], name="proposal_part_once"),
            models.CheckConstraint(
                condition=Q(answer="awaited", answered_at__isnull=True)
                | Q(answer__in=["accepted", "refused"], answered_at__isnull=False),
                name="proposal_part_answer_dated",
            ),
            models.CheckConstraint(
                condition=~Q(answer="refused") | ~Q(reason=""), name="proposal_part_refusal_reasoned"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.activity} in {self.proposal}"

    @property
    def saving_cents(self) -> int:
        return self.alone_cents - self.share_cents
