"""The audit trail and the job queue."""

import uuid

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q


class AuditEntry(models.Model):
    """One act: who, what, on which object, when, why, before and after. Never changed, never deleted.

    The actor is an id without foreign key: `base` knows no accounts, and a person may leave.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(auto_now_add=True)
    actor = models.UUIDField(null=True)  # null: the system itself (loader, worker)
    on_behalf = models.UUIDField(null=True)  # in whose name, when it is not the actor's own
    act = models.CharField(max_length=60)
    object_type = models.CharField(max_length=60)
    object_id = models.CharField(max_length=40)
    body = models.UUIDField(null=True)
    reason = models.TextField(blank=True)
    before = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    after = models.JSONField(null=True, encoder=DjangoJSONEncoder)

    class Meta:
        indexes = [
            models.Index(fields=["object_type", "object_id", "id"], name="audit_object"),
            models.Index(fields=["body", "id"], name="audit_body"),
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.object_type} {self.object_id}"


class Job(models.Model):
    """A piece of long work. A worker holds it by a lease; `attempts` is the fence that stops a late worker."""

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    kind = models.CharField(max_length=60)
    payload = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    # The same key is never queued twice; null, not empty, for jobs without one: they are not each other's double.
    key = models.CharField(max_length=120, unique=True, null=True)  # noqa: DJ001
    state = models.CharField(max_length=10, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    max_attempts = models.PositiveSmallIntegerField(default=3)
    lease_until = models.DateTimeField(null=True)
    not_before = models.DateTimeField(null=True)  # when it may be tried again
    progress = models.PositiveSmallIntegerField(default=0)  # percent
    stage = models.CharField(max_length=60, blank=True)
    detail = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    error = models.TextField(blank=True)
    requested_by = models.UUIDField(null=True)
    cancel_asked = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["state", "created_at"], name="job_queue")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["queued", "running", "done", "failed", "cancelled"]), name="job_state_known"
            ),
            models.CheckConstraint(condition=Q(progress__lte=100), name="job_progress_percent"),
            models.CheckConstraint(
                condition=~Q(state="running") | Q(lease_until__isnull=False), name="job_running_leased"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"

    @property
    def is_over(self) -> bool:
        return self.state in {self.State.DONE, self.State.FAILED, self.State.CANCELLED}
