"""What one may do with documents: add, replace by a new version, describe, archive, restore.

`by=None` is the system itself (the demo loader). Other rooms attach a document by a foreign key to `Document` (or to
`StoredFile`) and add it with `add_document`, which may stand inside their own transaction.
"""

from datetime import date as Day
from pathlib import Path

from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _

from tiwizi.accounts.models import User
from tiwizi.base import audit
from tiwizi.base.errors import Refusal
from tiwizi.base.merging import Answers, Seen, reconcile
from tiwizi.documents import content, queries, store
from tiwizi.documents.models import Document, DocumentKind, DocumentVersion, StoredFile
from tiwizi.network.models import Body
from tiwizi.network.permissions import Action, require

Names = dict[str, str]

# What every installation begins with; a programme renames them and adds its own.
_STANDARD: list[tuple[str, bool, Names]] = [
    ("agreement", True, {"fr": "Convention", "nl": "Overeenkomst", "en": "Agreement", "ar": "اتفاقية"}),
    ("minutes", False, {"fr": "Procès-verbal", "nl": "Verslag van vergadering", "en": "Minutes", "ar": "محضر"}),
    ("report", False, {"fr": "Rapport", "nl": "Rapport", "en": "Report", "ar": "تقرير"}),
    ("evidence", False, {"fr": "Justificatif", "nl": "Bewijsstuk", "en": "Evidence", "ar": "وثيقة إثبات"}),
    ("photo", False, {"fr": "Photo", "nl": "Foto", "en": "Photo", "ar": "صورة"}),
]


@transaction.atomic
def define_kind(*, code: str, name: Names, position: int = 0, in_front: bool = False) -> DocumentKind:
    """A kind of document, or its new name. By the system only."""
    values = {"name": name, "position": position, "in_front": in_front}
    return DocumentKind.objects.update_or_create(code=code, defaults=values)[0]


@transaction.atomic
def define_standard_kinds() -> None:
    """The kinds that every installation begins with, where they are not there; by the system, after migrations."""
    for position, (code, in_front, name) in enumerate(_STANDARD):
        values = {"name": name, "position": position, "in_front": in_front}
        DocumentKind.objects.get_or_create(code=code, defaults=values)


@transaction.atomic
def add_document(
    *,
    by: User | None,
    body: Body,
    kind: str | DocumentKind,
    title: str,
    file: "File[bytes]",
    date: Day | None = None,
    note: str = "",
) -> Document:
    """A body keeps a file as a document. Refused: `document-untitled`, `document-kind-unknown`, `document-held`, and
    whatever `content.examine` refuses."""
    _may_edit(by, body)
    described = _described(kind, title)
    examined = content.examine(file)
    # Two who add the same at the same moment: the second sees the first's.
    Body.objects.select_for_update().get(pk=body.pk)
    if same := queries.held(body, examined.sha256, kind=described[0].code, title=described[1]):
        sentence = _("This file is here already, as “%(title)s”.") % {"title": same}
        raise Refusal("document-held", sentence, _("Open it in the list; a changed file is a new version of it."))
    document = Document.objects.create(body=body, kind=described[0], title=described[1], date=date, note=note.strip())
    version = _write_version(by, document, file, examined, number=1, note="")
    after = {"title": document.title, "kind": document.kind_id, "date": date, "file": version.file_name,
             "sha256": examined.sha256}  # fmt: skip
    audit.record("add-document", document, by=by, body=body.pk, after=after)
    return document


@transaction.atomic
def add_version(*, by: User | None, document: Document, file: "File[bytes]", note: str = "") -> DocumentVersion:
    """A new content takes the place of the latest one, which is kept. Refused: `document-archived`,
    `document-unchanged`, and whatever `content.examine` refuses."""
    _may_edit(by, document.body)
    examined = content.examine(file)
    document = _locked(document)
    _check_live(document)
    latest = document.latest
    if latest.stored.sha256 == examined.sha256:
        sentence = _("This is the same file as the latest version.")
        raise Refusal("document-unchanged", sentence, _("Choose the changed file."), field="file")
    version = _write_version(by, document, file, examined, number=latest.number + 1, note=note)
    before = {"file": latest.file_name, "sha256": latest.stored.sha256}
    after = {"file": version.file_name, "sha256": examined.sha256, "number": version.number}
    audit.record("add-document-version", document, by=by, body=document.body_id, reason=version.note,
                 before=before, after=after)  # fmt: skip
    return version


@transaction.atomic
def change_document(
    *, by: User | None, document: Document, kind: str | DocumentKind, title: str, date: Day | None, note: str,
    version: int | None = None, seen: Seen | None = None, answers: Answers | None = None,
) -> Document:  # fmt: skip
    """Change title, kind, day and note. What others changed since it was `seen` (or since `version`) is merged; where
    both changed a field it is a `Conflict` until `answers` decide. Refused: `document-untitled`,
    `document-kind-unknown`, `document-archived`."""
    _may_edit(by, document.body)
    chosen, titled = _described(kind, title)
    document = _locked(document)
    _check_live(document)
    was = _told(document)
    typed = {"title": titled, "kind": chosen.pk, "date": date, "note": note.strip()}
    document.merged = reconcile(seen or Seen(version), typed, was, version=document.version, answers=answers)
    kept = document.merged.values
    document.kind = DocumentKind.objects.get(pk=kept["kind"])
    document.title, document.note = kept["title"], kept["note"]
    document.date = parse_date(kept["date"]) if isinstance(kept["date"], str) else kept["date"]
    before, after = audit.changed(was, _told(document))
    if after:
        document.version += 1
        document.save(update_fields=["kind", "title", "date", "note", "version"])
        audit.record("change-document", document, by=by, body=document.body_id, before=before, after=after)
    return document


@transaction.atomic
def archive_document(*, by: User | None, document: Document, reason: str) -> Document:
    """Take a document out of the list, with the reason; nothing of it is deleted. Refused: `reason-missing`,
    `document-archived`."""
    _may_edit(by, document.body)
    document = _locked(document)
    _check_live(document)
    if not reason.strip():
        hint = _("One sentence is enough; it stays beside the document.")
        raise Refusal("reason-missing", _("Say why it is archived."), hint, field="reason")
    document.archived_at, document.archive_reason = timezone.now(), reason.strip()
    document.save(update_fields=["archived_at", "archive_reason"])
    audit.record("archive-document", document, by=by, body=document.body_id, reason=document.archive_reason)
    return document


@transaction.atomic
def restore_document(*, by: User | None, document: Document) -> Document:
    """Put an archived document back into the list. Refused: `document-not-archived`."""
    _may_edit(by, document.body)
    document = _locked(document)
    if document.archived_at is None:
        raise Refusal("document-not-archived", _("This document is in the list already."))
    why = document.archive_reason
    document.archived_at, document.archive_reason = None, ""
    document.save(update_fields=["archived_at", "archive_reason"])
    audit.record("restore-document", document, by=by, body=document.body_id, before={"reason": why})
    return document


@transaction.atomic
def keep_file(*, by: User | None, file: "File[bytes]", examined: content.Examined | None = None) -> StoredFile:
    """A content, once. The act that calls this asks whether `by` may, and records who brought the file for what.

    The row comes first: until this transaction ends, nobody else can keep or remove the same content. Should it be
    undone later, the file is named by nothing and goes with `remove_leftovers`.
    """
    found = examined or content.examine(file)
    values = {"size": found.size, "media_type": found.media_type, "file": store.name_of(found.sha256)}
    stored, new = StoredFile.objects.get_or_create(sha256=found.sha256, defaults=values)
    if not new and store.is_there(found.sha256, found.size):
        return stored
    store.write(file, found.sha256)
    return stored


def remove_leftovers() -> int:
    """Files that no row names and parts that nobody writes any more, gone after an hour; how many. By the system."""
    removed = 0
    for sha256, path in store.leftovers():
        if not sha256:
            path.unlink(missing_ok=True)
            removed += 1
        else:
            removed += _remove_unnamed(sha256, path)
    return removed


def _remove_unnamed(sha256: str, path: Path) -> bool:
    """While a row of its own stands, for the moment of the removal, nobody can begin to keep the same content."""
    try:
        with transaction.atomic():
            StoredFile.objects.create(sha256=sha256, size=1, media_type="", file=store.name_of(sha256))
            path.unlink(missing_ok=True)
            transaction.set_rollback(True)
    except IntegrityError:
        return False
    return True


def _may_edit(by: User | None, body: Body) -> None:
    if by is not None:
        require(by, Action.EDIT_DOCUMENTS, body)


def _described(kind: str | DocumentKind, title: str) -> tuple[DocumentKind, str]:
    """The kind and the title as they are kept."""
    titled = " ".join(title.split())
    if not titled:
        raise Refusal("document-untitled", _("A document needs a title."), field="title")
    chosen = kind if isinstance(kind, DocumentKind) else DocumentKind.objects.filter(code=kind).first()
    if chosen is None:
        raise Refusal("document-kind-unknown", _("There is no such kind."), _("Choose one of the list."), field="kind")
    return chosen, titled[:200]


def _write_version(
    by: User | None, document: Document, file: "File[bytes]", examined: content.Examined, *, number: int, note: str
) -> DocumentVersion:
    stored = keep_file(by=by, file=file, examined=examined)
    return DocumentVersion.objects.create(
        document=document, number=number, stored=stored, file_name=examined.name, note=" ".join(note.split())[:300],
        added_by=by,
    )  # fmt: skip


def _locked(document: Document) -> Document:
    return Document.objects.select_for_update(of=("self",)).select_related("body", "kind").get(pk=document.pk)


def _check_live(document: Document) -> None:
    if document.archived_at is not None:
        raise Refusal("document-archived", _("This document is archived."), _("Restore it first."))


def _told(document: Document) -> dict[str, object]:
    return {"title": document.title, "kind": document.kind_id, "date": document.date, "note": document.note}
