"""How the trail of documents is told."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tiwizi.accounts.models import User
from tiwizi.base.models import AuditEntry
from tiwizi.documents.models import Document, DocumentKind
from tiwizi.network.histories import Kind, Tell, tells
from tiwizi.network.histories.network import day
from tiwizi.network.models import Body
from tiwizi.network.permissions import Action, may


def _teller(document: Document, entries: Sequence[AuditEntry]) -> Tell:
    kinds = {kind.code: str(kind) for kind in DocumentKind.objects.all()}

    def tell(name: str, value: Any) -> str:
        if value is None or value == "":
            return ""
        if name == "kind":
            return kinds.get(value, str(value))
        return day(value) if name == "date" else str(value)

    return tell


def _reads(by: User, document: Document, body: Body) -> bool:
    return bool(may(by, Action.READ_DOCUMENTS, body))


tells(
    Kind(
        Document,
        _("Document"),
        acts={
            "add-document": _("added the document"),
            "add-document-version": _("replaced it by a new version"),
            "change-document": _("changed what is said of the document"),
            "archive-document": _("archived the document"),
            "restore-document": _("put the document back"),
        },
        labels={
            "title": _("Title"),
            "kind": _("Kind"),
            "date": _("Date"),
            "note": _("Note"),
            "file": _("File"),
            "number": _("Version"),
            "reason": _("Why it was archived"),
        },
        bodies=lambda document: [document.body],
        address=lambda document, body: reverse("documents:document", args=[body.slug, document.pk]),
        tab="documents",
        related=("body",),
        readable=_reads,
        teller=_teller,
    )
)
