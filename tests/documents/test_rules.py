from datetime import date

import pytest
from django.core.files.base import File
from django.db import IntegrityError, transaction

from tests.factories.files import JPEG, PDF, upload
from tiwizi.base import audit
from tiwizi.base.errors import Conflict, Refusal
from tiwizi.base.models import AuditEntry
from tiwizi.base.queries import history_of
from tiwizi.documents import queries, rules, store
from tiwizi.documents.models import Document, DocumentKind, DocumentVersion, StoredFile

OTHER = PDF + b"% other\n%%EOF\n"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    options = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = settings.STORAGES | {"default": options}
    return tmp_path


@pytest.fixture
def document(cast) -> Document:
    return rules.add_document(
        by=cast.jette_coordinator, body=cast.jette, kind="agreement", title=" La  convention ", file=upload(),
        date=date(2015, 6, 1), note="Signée à Belfaa",
    )  # fmt: skip


def code_of(act, **values) -> str:
    with pytest.raises(Refusal) as caught:
        act(**values)
    return caught.value.code


def files(folder) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_every_installation_has_the_standard_kinds(db):
    assert [kind.code for kind in queries.kinds()] == ["agreement", "minutes", "report", "evidence", "photo"]
    rules.define_kind(code="minutes", name={"fr": "Compte rendu"}, position=1)
    rules.define_standard_kinds()
    assert str(DocumentKind.objects.get(code="minutes")) == "Compte rendu", "what a programme renamed stays"


def test_a_document_is_kept_with_its_record(cast, document, folder):
    latest = document.latest
    assert (document.title, document.kind_id, latest.number) == ("La convention", "agreement", 1)
    assert latest.added_by == cast.jette_coordinator
    assert latest.stored.file.read() == PDF
    latest.stored.file.close()
    assert files(folder) == [latest.stored.sha256]
    (entry,) = history_of(document)
    assert (entry.act, entry.actor, entry.body) == ("add-document", cast.jette_coordinator.pk, cast.jette.pk)
    assert entry.after["sha256"] == latest.stored.sha256


def test_a_content_is_kept_once_whoever_brings_it(cast, document, folder):
    for by, body in [(cast.etterbeek_coordinator, cast.etterbeek), (cast.animator, cast.souss)]:
        rules.add_document(by=by, body=body, kind="report", title="Même fichier", file=upload(name="autre.pdf"))
    rules.add_document(by=cast.jette_coordinator, body=cast.jette, kind="evidence", title="Preuve", file=upload())
    assert StoredFile.objects.count() == len(files(folder)) == 1
    assert DocumentVersion.objects.count() == 4


def test_the_same_once_more_is_told(cast, document):
    values = {"by": cast.jette_coordinator, "body": cast.jette, "kind": "agreement", "title": "La convention"}
    assert code_of(rules.add_document, **values, file=upload()) == "document-held"
    assert rules.add_document(**values, file=upload(OTHER))
    rules.archive_document(by=cast.jette_coordinator, document=document, reason="Double")
    assert rules.add_document(**values, file=upload())


@pytest.mark.parametrize("who", ["neighbour", "etterbeek_coordinator", "elected", "association", "donor", "stranger"])
def test_who_may_not_changes_nothing(cast, document, folder, who):
    by, before = getattr(cast, who), AuditEntry.objects.count()
    described = {"kind": "report", "title": "x", "date": None, "note": ""}
    acts = [
        (rules.add_document, {"body": cast.jette, "kind": "report", "title": "x", "file": upload(OTHER)}),
        (rules.add_version, {"document": document, "file": upload(OTHER)}),
        (rules.change_document, {"document": document, "version": 1, **described}),
        (rules.archive_document, {"document": document, "reason": "x"}),
        (rules.restore_document, {"document": document}),
    ]
    for act, values in acts:
        assert code_of(act, by=by, **values) == "not-allowed"
    assert AuditEntry.objects.count() == before
    assert len(files(folder)) == 1


def test_a_role_above_reaches_and_the_loader_may(cast):
    for by in (cast.programme_coordinator, cast.animator, None):
        assert rules.add_document(by=by, body=cast.jette, kind="minutes", title=f"{by}", file=upload())


def test_a_new_version_keeps_the_old(cast, document):
    version = rules.add_version(
        by=cast.jette_coordinator, document=document, file=upload(JPEG, "scan.jpg"), note="Scan"
    )
    document = queries.document_of(cast.jette, document.pk)
    assert [(one.number, one.file_name) for one in document.versions.all()] == [(2, "scan.jpg"), (1, "convention.pdf")]
    assert document.latest == version
    assert code_of(rules.add_version, by=cast.jette_coordinator, document=document, file=upload(JPEG, "x.jpg")) == (
        "document-unchanged"
    )
    assert rules.add_version(by=cast.jette_coordinator, document=document, file=upload()).number == 3
    assert StoredFile.objects.count() == 2


def test_what_is_missing_or_unknown(cast):
    values = {"by": cast.jette_coordinator, "body": cast.jette, "file": upload()}
    assert code_of(rules.add_document, **values, kind="agreement", title=" ") == "document-untitled"
    assert code_of(rules.add_document, **values, kind="poem", title="x") == "document-kind-unknown"


def test_describing_it_again_and_two_at_once(cast, document):
    by, changed = cast.jette_coordinator, {"kind": "report", "title": "Rapport", "date": None, "note": ""}
    document = rules.change_document(by=by, document=document, version=1, **changed)
    assert (document.version, document.kind_id, document.date) == (2, "report", None)
    assert history_of(document)[0].before == {
        "title": "La convention", "kind": "agreement", "date": "2015-06-01", "note": "Signée à Belfaa"
    }  # fmt: skip
    with pytest.raises(Conflict) as caught:
        rules.change_document(by=by, document=document, version=1, **changed | {"title": "Autre"})
    assert caught.value.code == "changed-meanwhile"
    assert {clash.name: (clash.theirs[clash.name], clash.mine[clash.name]) for clash in caught.value.merge.clashes} == {
        "title": ("Rapport", "Autre")
    }
    rules.change_document(by=by, document=document, version=1, **changed)  # the same again changes nothing
    assert len(history_of(document)) == 2


def test_archived_with_a_reason_and_put_back(cast, document):
    by = cast.jette_coordinator
    assert code_of(rules.archive_document, by=by, document=document, reason=" ") == "reason-missing"
    rules.archive_document(by=by, document=document, reason="Remplacée par l'avenant")
    assert queries.documents_of(cast.jette) == []
    assert queries.documents_in_front(cast.jette) == []
    assert queries.documents_of(cast.jette, archived=True) == [document]
    described = {"kind": "report", "title": "x", "date": None, "note": ""}
    for act, values in [
        (rules.archive_document, {"reason": "x"}),
        (rules.add_version, {"file": upload(OTHER)}),
        (rules.change_document, {"version": 1, **described}),
    ]:
        assert code_of(act, by=by, document=document, **values) == "document-archived"
    rules.restore_document(by=by, document=document)
    assert queries.documents_of(cast.jette) == [document]
    assert code_of(rules.restore_document, by=by, document=document) == "document-not-archived"
    assert history_of(document)[0].before == {"reason": "Remplacée par l'avenant"}


def test_the_database_keeps_the_reason_beside_the_archiving(document):
    for wrong in ({"archive_reason": "x"}, {"archived_at": document.created_at}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Document.objects.filter(pk=document.pk).update(**wrong)


def test_a_record_that_fails_undoes_the_act(cast, monkeypatch):
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("no place for the record")

    monkeypatch.setattr(audit, "record", fail)
    with pytest.raises(RuntimeError):
        rules.add_document(by=cast.jette_coordinator, body=cast.jette, kind="report", title="x", file=upload())
    assert not Document.objects.exists()
    assert not StoredFile.objects.exists()


class Breaking(File):
    """Can be read once, for its checksum; then the disk fails."""

    def __init__(self) -> None:
        super().__init__(upload().file, name="convention.pdf")
        self.reads = 0

    def read(self, size: int = -1) -> bytes:
        self.reads += 1
        if self.reads > 5:
            raise OSError("the disk is gone")
        return self.file.read(size)


def test_an_upload_that_breaks_leaves_nothing(cast, folder):
    with pytest.raises(OSError, match="gone"):
        rules.add_document(by=cast.jette_coordinator, body=cast.jette, kind="report", title="x", file=Breaking())
    assert files(folder) == []
    assert not StoredFile.objects.exists()


def test_a_file_that_was_lost_comes_back_with_the_same_content(cast, document, folder):
    sha256 = document.latest.stored.sha256
    (folder / store.name_of(sha256)).unlink()
    rules.add_document(by=cast.jette_coordinator, body=cast.jette, kind="report", title="Encore", file=upload())
    assert files(folder) == [sha256]


def test_searching_ignores_accents_and_capitals(cast, document):
    rules.add_document(by=None, body=cast.jette, kind="photo", title="Élèves", file=upload(JPEG, "تلاميذ.jpg"))
    found = {
        text: [d.title for d in queries.documents_of(cast.jette, text=text)] for text in ["ELEVES", "تلاميذ", "bel"]
    }
    assert found == {"ELEVES": ["Élèves"], "تلاميذ": ["Élèves"], "bel": ["La convention"]}
    assert [d.title for d in queries.documents_of(cast.jette, kind="photo")] == ["Élèves"]
    assert [d.title for d in queries.documents_with([document.pk])] == ["La convention"]


def test_reading_many_takes_as_many_queries_as_one(cast, document, django_assert_num_queries):
    for number in range(6):
        rules.add_document(by=None, body=cast.jette, kind="photo", title=f"Photo {number}", file=upload(JPEG, "a.jpg"))
    with django_assert_num_queries(2):
        assert len([one.latest.stored.size for one in queries.documents_of(cast.jette)]) == 7


def test_another_room_may_attach_inside_its_own_transaction(cast):
    def attach() -> None:
        with transaction.atomic():
            rules.add_document(by=cast.jette_coordinator, body=cast.jette, kind="evidence", title="x", file=upload())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        attach()
    assert not Document.objects.exists()
