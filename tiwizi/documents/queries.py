"""Reads of documents. Who may read them is asked by the page or the rule."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet

from tiwizi.accounts.models import User
from tiwizi.documents.models import Document, DocumentKind, DocumentVersion
from tiwizi.network.models import Body
from tiwizi.network.permissions import Action, may
from tiwizi.network.queries import folded


def _with_versions(documents: "QuerySet[Document]") -> "QuerySet[Document]":
    versions = DocumentVersion.objects.select_related("stored", "added_by")
    return documents.select_related("kind").prefetch_related(Prefetch("versions", versions))


def documents_of(body: Body, *, kind: str = "", text: str = "", archived: bool = False) -> list[Document]:
    """The documents of a body, the latest first, each with its versions. Two queries.

    `text` is looked for in titles, notes and file names, whatever accents and capitals.
    """
    found = _with_versions(Document.objects.filter(body=body, archived_at__isnull=not archived))
    documents = list(found.filter(kind=kind) if kind else found)
    if wanted := folded(text.strip()):
        documents = [one for one in documents if wanted in folded(f"{one.title} {one.note} {one.latest.file_name}")]
    return sorted(documents, key=lambda one: (one.date or one.created_at.date(), one.created_at), reverse=True)


def documents_in_front(body: Body) -> list[Document]:
    """Those that the body's overview shows, such as the agreements of a partnership. Two queries."""
    shown = Document.objects.filter(body=body, archived_at__isnull=True, kind__in_front=True)
    return sorted(_with_versions(shown), key=lambda one: (one.date or one.created_at.date(), one.title), reverse=True)


def document_of(body: Body, pk: UUID) -> Document | None:
    """A document of this body, archived or not, with its versions."""
    return _with_versions(Document.objects.filter(body=body, pk=pk)).first()


def documents_with(ids: Iterable[UUID]) -> list[Document]:
    """Documents by their ids with their versions, for the rooms that link to them. Two queries."""
    return list(_with_versions(Document.objects.filter(pk__in=list(ids)).select_related("body")))


def held(body: Body, sha256: str, *, kind: str, title: str) -> Document | None:
    """The document here that has this content today under this kind and title: it would be the same once more."""
    same = Document.objects.filter(body=body, archived_at__isnull=True, kind=kind, title=title)
    found = _with_versions(same.filter(versions__stored__sha256=sha256).distinct())
    return next((one for one in found if one.latest.stored.sha256 == sha256), None)


def kinds() -> list[DocumentKind]:
    return list(DocumentKind.objects.all())


@dataclass(frozen=True)
class Kept:
    """How many documents a body keeps in its list, and how many are archived."""

    live: int
    archived: int


def kept(body: Body) -> Kept:
    """What the page's filters offer. One query."""
    live, away = Count("pk", filter=Q(archived_at__isnull=True)), Count("pk", filter=Q(archived_at__isnull=False))
    return Kept(**Document.objects.filter(body=body).aggregate(live=live, archived=away))


def may_read(user: User, body: Body) -> bool:
    """May this person open the documents of this body?"""
    return bool(may(user, Action.READ_DOCUMENTS, body))
