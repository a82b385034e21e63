"""Evidence beside figures: who may add it, when, who may open it, and where it is missing."""

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories.files import JPEG, PDF, upload
from tiwizi.base.errors import Refusal
from tiwizi.base.models import AuditEntry
from tiwizi.documents import rules as documents
from tiwizi.documents.models import Document
from tiwizi.indicators import doctor, rules
from tiwizi.indicators.models import Evidence, Indicator, Measurement, Report
from tiwizi.indicators.queries.evidence import address_of, counted, proofs_of
from tiwizi.network import histories
from tiwizi.network.archives import archived_in

pytestmark = pytest.mark.django_db
SHEET = reverse("indicators:sheet", args=["jette-belfaa", "2018-1"])


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    options = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = settings.STORAGES | {"default": options}


@pytest.fixture
def kept(figures) -> Document:
    cast = figures.measured.cast
    return documents.add_document(
        by=cast.jette_coordinator, body=cast.jette, kind="evidence", title="Liste de présence", file=upload()
    )


@pytest.fixture
def proof(figures, kept) -> Evidence:
    return rules.attach_evidence(by=figures.measured.cast.jette_coordinator, measurement=figures.cell, document=kept)


def code_of(act, **values) -> str:
    with pytest.raises(Refusal) as caught:
        act(**values)
    return caught.value.code


def address(figures) -> str:
    return reverse("indicators:evidence", args=["jette-belfaa", *address_of(figures.cell)])


def verified(figures) -> None:
    Indicator.objects.filter(pk=figures.measured.trained.pk).update(verification={"fr": "Listes de présence"})


def test_a_file_is_kept_and_stands_beside_the_figure_or_neither(figures):
    cast = figures.measured.cast
    how = {"by": cast.jette_coordinator, "measurement": figures.cell, "kind": "evidence", "title": "Photo"}
    rules.add_evidence(**how, file=upload(JPEG, "photo.jpg"))
    assert counted([figures.cell.pk, figures.shared.pk]) == {figures.cell.pk: 1}
    assert code_of(rules.add_evidence, **how, file=upload(b"<html>", "x.html"))
    assert Document.objects.count() == Evidence.objects.count() == 1
    Report.objects.update(state="certified")
    assert code_of(rules.add_evidence, **(how | {"title": "B"}), file=upload()) == "evidence-certified"
    assert Document.objects.count() == 1


def test_who_may_not_report_adds_and_takes_nothing(figures, kept, proof):
    cast = figures.measured.cast
    for user in (cast.donor, cast.elected):
        assert code_of(rules.attach_evidence, by=user, measurement=figures.cell, document=kept) == "not-allowed"
        new = {"kind": "evidence", "title": "X", "file": upload(JPEG, "x.jpg")}
        assert code_of(rules.add_evidence, by=user, measurement=figures.cell, **new) == "not-allowed"
        assert code_of(rules.remove_evidence, by=user, evidence=proof, reason="Non") == "not-allowed"
        assert code_of(rules.restore_evidence, by=user, evidence=proof) == "not-allowed"
    assert Document.objects.count() == Evidence.objects.filter(archived_at=None).count() == 1


def test_what_cannot_be_evidence(figures, kept, proof):
    cast = figures.measured.cast
    how = {"by": cast.jette_coordinator, "measurement": figures.cell}
    assert code_of(rules.attach_evidence, **how, document=kept) == "evidence-held"
    other = documents.add_document(by=None, body=cast.etterbeek, kind="evidence", title="A", file=upload())
    assert code_of(rules.attach_evidence, **how, document=other) == "evidence-elsewhere"
    away = documents.add_document(by=None, body=cast.jette, kind="evidence", title="B", file=upload())
    documents.archive_document(by=None, document=away, reason="Doublon")
    assert code_of(rules.attach_evidence, **how, document=away) == "evidence-document-archived"


def test_taken_away_with_a_reason_while_the_sheet_is_open_and_put_back(figures, kept, proof):
    cast = figures.measured.cast
    by = cast.jette_coordinator
    assert code_of(rules.remove_evidence, by=by, evidence=proof, reason="Erreur") == "report-locked"
    rules.return_report(by=cast.animator, report=figures.cell.report, reason="À revoir")
    assert code_of(rules.remove_evidence, by=by, evidence=proof, reason=" ") == "reason-missing"
    assert code_of(rules.restore_evidence, by=by, evidence=proof) == "evidence-not-removed"
    rules.remove_evidence(by=by, evidence=proof, reason="Autre formation")
    assert code_of(rules.remove_evidence, by=by, evidence=proof, reason="Encore") == "evidence-removed"
    assert counted([figures.cell.pk]) == {}
    assert [(one.reason, bool(one.recover)) for one in archived_in(by, cast.jette) if "Liste" in one.title] == [
        ("Autre formation", True)
    ]
    assert not [one for one in archived_in(cast.association, cast.jette) if "Liste" in one.title]
    rules.restore_evidence(by=by, evidence=proof)
    rules.remove_evidence(by=by, evidence=proof, reason="Encore une erreur")
    rules.attach_evidence(by=by, measurement=figures.cell, document=kept)  # chosen again: the same row
    assert counted([figures.cell.pk]) == {figures.cell.pk: 1}
    assert Evidence.objects.count() == 1


def test_the_story_of_the_figure_tells_it_by_title(figures, proof):
    entry = AuditEntry.objects.get(act="attach-evidence")
    assert entry.after == {"document": str(proof.document_id)}
    assert entry.body == figures.measured.cast.jette.pk
    told = [change.after for one in histories.story(figures.cell) for change in one.said]
    assert "Liste de présence" in told


def test_the_database_keeps_each_once(figures, kept, proof):
    for wrong in ({}, {"archive_reason": "sans date"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Evidence.objects.create(measurement=figures.cell, document=kept, **wrong)


def test_doctor_finds_evidence_of_another_body(figures, proof):
    assert list(doctor.evidence()) == []
    Document.objects.update(body=figures.measured.cast.etterbeek)
    assert len(list(doctor.evidence())) == 1


def test_that_there_is_some_is_told_to_all_which_it_is_to_who_reads_documents(figures, proof, signed_in):
    cast = figures.measured.cast
    page = reverse("indicators:figure", args=["jette-belfaa", figures.measured.trained.pk])
    file = reverse("documents:file", args=["jette-belfaa", proof.document_id, 1])
    for user, opens in ((cast.elected, True), (cast.animator, True), (cast.association, False)):
        mine = proofs_of([figures.cell], user)[figures.cell.pk]
        assert (mine.count, len(mine.documents)) == (1, int(opens))
        client = signed_in(user)
        answer = client.get(page)
        assert answer.status_code == 200
        assert (file in answer.content.decode()) is opens
        assert ("Liste de présence" in answer.content.decode()) is opens
        answer = client.get(file)
        assert answer.status_code == (200 if opens else 403)
        if opens:
            assert b"".join(answer) == PDF


def test_the_sheet_and_the_figure_say_where_evidence_is_missing(figures, kept, signed_in):
    client = signed_in(figures.measured.cast.jette_coordinator)
    key = address_of(figures.cell)[1]
    page = reverse("indicators:figure", args=["jette-belfaa", figures.measured.trained.pk])

    def marks():
        row = BeautifulSoup(client.get(SHEET).content, "html.parser").select_one(f'tr[data-cell="{key}"]')
        told = BeautifulSoup(client.get(page).content, "html.parser").select("[data-missing=evidence]")
        return len(row.select("[data-missing=evidence]")), [one.text for one in row.select(".badge-good")], len(told)

    assert marks() == (0, [], 0)  # nothing is asked for
    verified(figures)
    assert marks() == (1, [], 2)  # Jette's own, and the one that the group leads
    rules.attach_evidence(by=None, measurement=figures.cell, document=kept)
    assert marks() == (0, ["1"], 1)
    Measurement.objects.filter(pk=figures.shared.pk).update(value=0)
    assert marks() == (0, ["1"], 0)  # of a zero there is nothing to show


def test_added_chosen_taken_away_and_put_back_on_its_page(figures, kept, signed_in):
    cast = figures.measured.cast
    client, path = signed_in(cast.jette_coordinator), address(figures)
    file = SimpleUploadedFile("photo.jpg", JPEG)
    sent = {"file-file": file, "file-kind": "photo", "file-title": "Photo"}
    assert client.post(path, sent).status_code == 302
    assert client.post(path, {"chosen-document": kept.pk, "choose": "1"}).status_code == 302
    assert Evidence.objects.count() == 2
    assert client.post(path, {"chosen-document": kept.pk, "choose": "1"}).status_code == 422
    assert client.post(path, {"file-kind": "photo"}).status_code == 422
    again = {"file-file": SimpleUploadedFile("p.jpg", JPEG), "file-kind": "photo", "file-title": "Photo"}
    assert client.post(path, again).status_code == 422  # held already, said beside the form
    rules.return_report(by=cast.animator, report=figures.cell.report, reason="À revoir")
    one = Evidence.objects.get(document=kept)
    args = ["jette-belfaa", *address_of(figures.cell), one.pk]
    client.post(reverse("indicators:evidence-remove", args=args), {"reason": ""})
    assert Evidence.objects.filter(archived_at=None).count() == 2
    client.post(reverse("indicators:evidence-remove", args=args), {"reason": "Autre formation"})
    assert Evidence.objects.get(archived_at=None).document.title == "Photo"
    assert "Autre formation" in client.get(path).content.decode()
    client.post(reverse("indicators:evidence-restore", args=args))
    assert Evidence.objects.filter(archived_at=None).count() == 2


def test_a_cell_without_a_figure_says_so_and_takes_nothing(measured, signed_in):
    client = signed_in(measured.cast.jette_coordinator)
    path = reverse("indicators:evidence", args=["jette-belfaa", "2018-1", measured.trained.pk.hex])
    assert SHEET in client.get(path).content.decode()
    client.post(path, {"file-file": SimpleUploadedFile("a.pdf", PDF), "file-kind": "evidence", "file-title": "A"})
    assert not Document.objects.exists()
    assert client.get(path.replace(measured.trained.pk.hex, "0" * 32)).status_code == 404


def test_queries_do_not_grow_with_evidence(figures, signed_in):
    cast = figures.measured.cast
    client = signed_in(cast.programme_coordinator)
    paths = [SHEET, reverse("indicators:figure", args=["programme", figures.measured.trained.pk])]

    def add(title, body, cell):
        one = documents.add_document(by=None, body=body, kind="evidence", title=title, file=upload())
        rules.attach_evidence(by=None, measurement=cell, document=one)

    def asked(path):
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert client.get(path).status_code == 200
        return len(caught)

    add("A", cast.jette, figures.cell)
    before = [asked(path) for path in paths]
    for k in range(6):
        add(f"J{k}", cast.jette, figures.cell)
        add(f"S{k}", cast.souss, figures.shared)
    assert [asked(path) for path in paths] == before
