"""Documents of bodies, their versions, and the files behind them, each kept once."""

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q

from tiwizi.base.fields import TranslatedField
from tiwizi.base.merging import Merge
from tiwizi.network.models import Body

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class StoredFile(models.Model):
    """A content, kept once whoever brought it and under whatever names. Written by `rules.keep_file` only.

    Its place is made of its checksum, so that no name that somebody typed ever reaches the disk.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    sha256 = models.CharField(max_length=64, unique=True)
    size = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=100)  # what the content was found to be, not what was said
    file = models.FileField(max_length=100)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(size__gt=0), name="stored_file_not_empty"),
        ]

    def __str__(self) -> str:
        return self.sha256


class DocumentKind(models.Model):
    """Agreement, minutes, report...: data, so that a programme adds its own."""

    code = models.SlugField(primary_key=True, max_length=40)
    name = TranslatedField()
    position = models.PositiveSmallIntegerField(default=0)
    in_front = models.BooleanField(default=False)  # also shown on the body's overview, as its agreements are

    class Meta:
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return str(self.name)


class Document(models.Model):
    """Something that a body keeps: a title, a kind, a day; its content is the latest of its versions.

    It is archived with a reason, never deleted, and can be put back.
    """

    merged: Merge | None = None  # what the last change merged, for who made it

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    body = models.ForeignKey(Body, models.PROTECT, related_name="documents")
    kind = models.ForeignKey(DocumentKind, models.PROTECT, related_name="documents")
    title = models.CharField(max_length=200)
    date = models.DateField(null=True)  # the day that the document bears; null: it bears none
    note = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    archived_at = models.DateTimeField(null=True)
    archive_reason = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)  # of title, kind, day and note: see `rules.change_document`

    if TYPE_CHECKING:
        versions: RelatedManager["DocumentVersion"]

    class Meta:
        ordering = ["-created_at", "title"]
        indexes = [models.Index(fields=["body", "-created_at"], name="document_of_body")]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="document_titled"),
            models.CheckConstraint(
                condition=Q(archived_at__isnull=True, archive_reason="")
                | (Q(archived_at__isnull=False) & ~Q(archive_reason="")),
                name="document_archived_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def latest(self) -> "DocumentVersion":
        """What is read today. No query after `queries.documents_of`, which fetches the versions."""
        return max(self.versions.all(), key=lambda one: one.number)


class DocumentVersion(models.Model):
    """A content of a document, with the name that the file came under. A later one keeps the earlier ones."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    document = models.ForeignKey(Document, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    stored = models.ForeignKey(StoredFile, models.PROTECT, related_name="versions")
    file_name = models.CharField(max_length=150)
    note = models.CharField(max_length=300, blank=True)  # what changed
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["document", "number"], name="document_version_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="document_version_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.number})"

    @property
    def ending(self) -> str:
        """PDF, DOCX...: what the file's name ends in, as a list shows it."""
        return self.file_name.rpartition(".")[2].upper()
