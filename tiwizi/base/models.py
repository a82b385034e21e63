"""The audit trail, the job queue, drafts of forms, and what imports of every room have in common."""

import json
import uuid
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property


class Unchangeable(TypeError):
    """Somebody tried to change or remove what was recorded. The database refuses it as well (`base/guards.py`)."""

    def __init__(self) -> None:
        super().__init__("the audit trail is append-only")


class AuditQuerySet(models.QuerySet["AuditEntry"]):
    def update(self, **fields: Any) -> int:
        raise Unchangeable

    def bulk_update(self, *args: Any, **options: Any) -> int:
        raise Unchangeable

    def delete(self) -> tuple[int, dict[str, int]]:
        raise Unchangeable


class AuditManager(models.Manager["AuditEntry"]):
    def get_queryset(self) -> AuditQuerySet:
        """With the words, which are read with nearly every entry: a list is one query."""
        return AuditQuerySet(self.model, using=self._db).select_related("words")


class AuditEntry(models.Model):
    """One act: who, what, on which object, when. Never changed, never deleted; why, before and after are its words.

    `number` and `seal` are its place in the chain, given once by `chain.seal_waiting`. People are ids without foreign
    key: `base` knows no accounts, a person may leave, and erasing a name leaves the chain whole.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(default=timezone.now)
    actor = models.UUIDField(null=True)  # null: the system itself (loader, worker)
    on_behalf = models.UUIDField(null=True)  # in whose name, when it is not the actor's own
    act = models.CharField(max_length=60)
    object_type = models.CharField(max_length=60)
    object_id = models.CharField(max_length=40)
    body = models.UUIDField(null=True)
    words_digest = models.CharField(max_length=64, blank=True)  # empty: the act had no words
    number = models.BigIntegerField(null=True, unique=True)  # null: not sealed yet
    seal = models.CharField(max_length=64, null=True)  # noqa: DJ001 (null with the number)

    objects = AuditManager()

    class Meta:
        indexes = [
            models.Index(fields=["object_type", "object_id", "id"], name="audit_object"),
            models.Index(fields=["body", "id"], name="audit_body"),
            # What waits for its seal is found at once, however long the trail is.
            models.Index(fields=["id"], condition=Q(number__isnull=True), name="audit_waiting"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(number__isnull=True, seal__isnull=True) | Q(number__gte=1, seal__isnull=False),
                name="audit_sealed_whole",
            )
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.object_type} {self.object_id}"

    def delete(self, *args: Any, **options: Any) -> tuple[int, dict[str, int]]:
        raise Unchangeable

    @cached_property
    def _told(self) -> dict[str, Any]:
        words = getattr(self, "words", None)  # none: the act had none, or they were erased
        told: dict[str, Any] = json.loads(words.text) if words else {}
        return told

    @property
    def reason(self) -> str:
        return str(self._told.get("reason", ""))

    @property
    def before(self) -> dict[str, Any] | None:
        return self._told.get("before")

    @property
    def after(self) -> dict[str, Any] | None:
        return self._told.get("after")


class AuditWords(models.Model):
    """Why, before and after of one act: the part that may hold names and free text, so the part that can be erased.

    The entry keeps the digest of salt and text: a changed word shows, and an erased one cannot be guessed from it.
    """

    entry = models.OneToOneField(AuditEntry, models.PROTECT, primary_key=True, related_name="words")
    salt = models.CharField(max_length=32)
    text = models.TextField()  # canonical JSON, kept to the letter: what was hashed is what stands here

    def __str__(self) -> str:
        return f"words of {self.entry_id}"


class AuditHead(models.Model):
    """The end of the chain, one row: a chain whose last entries were removed no longer reaches it."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    number = models.BigIntegerField(default=0)
    seal = models.CharField(max_length=64)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="audit_one_head")]

    def __str__(self) -> str:
        return f"{self.number}:{self.seal}"


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


class Draft(models.Model):
    """What somebody has typed into a form and not yet sent: theirs alone, until they send it or throw it away."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    owner = models.UUIDField()
    path = models.CharField(max_length=300)  # the form's address, with its query
    data = models.JSONField(default=dict)  # each field's name with every value, as typed
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-saved_at"]
        constraints = [models.UniqueConstraint(fields=["owner", "path"], name="draft_once")]

    def __str__(self) -> str:
        return self.path


class WorkbookImport(models.Model):
    """One reading of a workbook: what it says, its faults, what it would change, and how to undo it. Each room's own
    table says of what."""

    class State(models.TextChoices):
        CHECKED = "checked"
        APPLIED = "applied"
        UNDONE = "undone"
        DISCARDED = "discarded"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    requested_by = models.UUIDField(null=True)
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=10, default=State.CHECKED)
    entries = models.JSONField(default=list, encoder=DjangoJSONEncoder)  # one a row, as understood
    faults = models.JSONField(default=list, encoder=DjangoJSONEncoder)  # sheet, cell, code, parameters
    changes = models.JSONField(default=list, encoder=DjangoJSONEncoder)  # per row: new, changed (from, to), same
    undo = models.JSONField(default=list, encoder=DjangoJSONEncoder)  # what stood before, to put back
    created_at = models.DateTimeField(auto_now_add=True)
    applied_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.state})"
