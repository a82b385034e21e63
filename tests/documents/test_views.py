import errno
from unittest import mock

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.base.test_middleware import Unreadable
from tests.factories.files import GOOD, JPEG, PDF, upload
from tiwizi.base.errors import Refusal
from tiwizi.documents import rules, views
from tiwizi.documents.models import Document, StoredFile

LIST = "/b/jette-belfaa/documents/"
ADD = f"{LIST}add/"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    options = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = settings.STORAGES | {"default": options}
    return tmp_path


@pytest.fixture
def coordinator(cast, signed_in) -> Client:
    return signed_in(cast.jette_coordinator)


@pytest.fixture
def document(cast) -> Document:
    return rules.add_document(
        by=cast.jette_coordinator, body=cast.jette, kind="agreement", title="La convention", file=upload()
    )


def typed(data: bytes = PDF, name: str = "convention.pdf", **values: str) -> dict[str, object]:
    return {"kind": "agreement", "title": "", "file": SimpleUploadedFile(name, data)} | values


def soup_of(answer) -> BeautifulSoup:
    return BeautifulSoup(answer.content, "html.parser")


def test_a_document_is_added_listed_and_read_back(coordinator):
    name = "اتفاقية l'accord «final».pdf"
    answer = coordinator.post(ADD, typed(name=name, note="<b>Signée</b>"), follow=True)
    assert answer.status_code == 200
    assert b"<b>Sign" not in answer.content
    document = Document.objects.get()
    assert document.title == "اتفاقية l'accord «final»"
    assert name in soup_of(answer).text
    file = coordinator.get(f"{LIST}{document.pk}/1/")
    assert b"".join(file.streaming_content) == PDF
    file.close()


def test_a_file_is_served_so_that_nothing_of_it_runs(coordinator, document):
    answer = coordinator.get(f"{LIST}{document.pk}/1/")
    answer.close()
    headers = answer.headers
    assert headers["Content-Type"] == "application/pdf"
    assert headers["Content-Disposition"] == 'attachment; filename="convention.pdf"'
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox; frame-ancestors 'none'"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "private, no-store"
    assert headers["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("name", ['a"; filename="b.exe.pdf', "a\r\nSet-Cookie: x=y.pdf", "تقرير.pdf", "%0d%0aX: y.pdf"])
def test_a_name_cannot_write_headers(coordinator, cast, name):
    document = rules.add_document(by=None, body=cast.jette, kind="report", title="x", file=upload(name=name))
    answer = coordinator.get(f"{LIST}{document.pk}/1/")
    answer.close()
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Content-Disposition"].startswith("attachment; filename")
    assert "\n" not in answer.headers["Content-Disposition"]


def test_a_file_has_no_address_of_its_own(coordinator, document):
    place = StoredFile.objects.get().file.name
    for path in (
        f"/{place}",
        f"/static/{place}",
        f"/static/../files/{place}",
        f"/files/{place}",
        "/static/%2e%2e/secret-key",
    ):
        assert coordinator.get(path).status_code == 404, path


@pytest.mark.parametrize(
    ("data", "name"), [(b"<svg/>", "a.svg"), (b"MZ", "a.pdf"), (b"", "a.pdf"), (GOOD["docx"], "a.pdf")]
)
def test_a_refused_file_is_told_beside_its_field_and_nothing_stays(coordinator, folder, data, name):
    answer = coordinator.post(ADD, typed(data, name, title="Gardé dans le formulaire"))
    assert answer.status_code == 422
    soup = soup_of(answer)
    assert soup.select_one("#id_file_error").text.strip()
    assert soup.select_one("#id_title")["value"] == "Gardé dans le formulaire"
    assert [path for path in folder.rglob("*") if path.is_file()] == []
    assert not Document.objects.exists()


@pytest.mark.parametrize("who", [None, "stranger", "neighbour", "association", "elected"])
@pytest.mark.parametrize("length", [100, 20 * 1024 * 1024])
def test_nothing_of_a_request_is_read_from_who_may_not_add(cast, signed_in, who, length):
    client = signed_in(getattr(cast, who) if who else None)
    answer = client.generic(
        "POST", ADD, b"", "multipart/form-data; boundary=XX", CONTENT_LENGTH=str(length), **{"wsgi.input": Unreadable()}
    )
    assert answer.status_code in {302, 403, 404}


def test_a_request_may_be_larger_here_and_nowhere_else(coordinator, settings):
    for path, most in [(ADD, settings.DOCUMENT_MAX_BYTES), ("/b/jette-belfaa/plan/add/", 5 * 1024 * 1024)]:
        for length, status in [(most + 2 * 1024 * 1024, 413)]:
            answer = coordinator.generic(
                "POST", path, b"", "multipart/form-data; boundary=XX", CONTENT_LENGTH=str(length),
                **{"wsgi.input": Unreadable()},
            )  # fmt: skip
            assert answer.status_code == status, path
    large = PDF + b"%" * (8 * 1024 * 1024) + b"\n%%EOF\n"
    assert coordinator.post(ADD, typed(large)).status_code == 302


@pytest.mark.parametrize("what", ["add/", "{pk}/version/"])
def test_a_form_without_its_token_adds_nothing(cast, signed_in, document, what):
    client = signed_in(cast.jette_coordinator)
    client.handler.enforce_csrf_checks = True
    before = StoredFile.objects.count()
    assert client.post(f"{LIST}{what.format(pk=document.pk)}", typed(JPEG, "a.jpg")).status_code == 403
    token = soup_of(client.get(ADD)).select_one("form[method=post] [name=csrfmiddlewaretoken]")["value"]
    values = typed(JPEG, "a.jpg", csrfmiddlewaretoken=token)
    assert client.post(f"{LIST}{what.format(pk=document.pk)}", values).status_code == 302
    assert StoredFile.objects.count() == before + 1


@pytest.mark.parametrize("who", ["neighbour", "association"])
def test_who_has_no_role_here_is_told_why_and_reads_no_file(cast, signed_in, document, who):
    client = signed_in(getattr(cast, who))
    answer = client.get(LIST)
    assert answer.status_code == 200
    assert "La convention" not in answer.text
    assert soup_of(answer).select_one(".empty")
    assert client.get(f"{LIST}{document.pk}/").status_code == 403
    assert client.get(f"{LIST}{document.pk}/1/").status_code == 403
    assert "La convention" not in client.get("/b/jette-belfaa/").text


@pytest.mark.parametrize("who", ["elected", "jette_coordinator", "animator", "programme_coordinator", "donor"])
def test_who_works_here_or_above_reads_it_also_on_the_overview(cast, signed_in, document, who):
    client = signed_in(getattr(cast, who))
    for path in (LIST, f"{LIST}{document.pk}/", "/b/jette-belfaa/"):
        assert f"{LIST}{document.pk}/1/" in client.get(path).text, path


def test_minutes_do_not_stand_on_the_overview(cast, coordinator):
    rules.add_document(by=None, body=cast.jette, kind="minutes", title="Le comité", file=upload())
    assert "Le comité" not in coordinator.get("/b/jette-belfaa/").text


def test_filters_stand_in_the_address(cast, coordinator, document):
    rules.add_document(by=None, body=cast.jette, kind="photo", title="Élèves", file=upload(JPEG, "a.jpg"))
    assert "La convention" not in coordinator.get(LIST, {"kind": "photo"}).text
    assert "Élèves" in coordinator.get(LIST, {"text": "eleves"}).text
    assert "Élèves" not in coordinator.get(LIST, {"text": "rien"}).text
    assert coordinator.get(LIST, {"kind": "poem", "page": "x"}).status_code == 200


def test_a_long_list_has_pages_and_as_many_queries(cast, coordinator, django_assert_max_num_queries):
    for number in range(60):
        rules.add_document(
            by=None, body=cast.jette, kind="photo", title=f"Photo {number:02}", file=upload(JPEG, "a.jpg")
        )
    with django_assert_max_num_queries(20):
        answer = coordinator.get(LIST, {"kind": "photo"})
    assert len(soup_of(answer).select("tbody tr")) == 50
    following = soup_of(answer).select_one("a[rel=next]")["href"]
    assert "kind=photo" in following
    assert len(soup_of(coordinator.get(LIST + following)).select("tbody tr")) == 10


def test_a_new_version_a_change_archived_and_put_back(coordinator, document):
    page = f"{LIST}{document.pk}/"
    assert (
        coordinator.post(f"{page}version/", {"file": SimpleUploadedFile("a.jpg", JPEG), "note": "Scan"}).status_code
        == 302
    )
    for number, data in [(1, PDF), (2, JPEG)]:
        assert b"".join(coordinator.get(f"{page}{number}/").streaming_content) == data
    assert coordinator.get(f"{page}3/").status_code == 404
    changed = {"kind": "report", "title": "Bilan annuel", "date": "2016-05-01", "note": "", "version": "1"}
    assert coordinator.post(f"{page}change/", changed).status_code == 302
    late = coordinator.post(f"{page}change/", changed | {"title": "Autre titre"})
    assert late.status_code == 409
    soup = soup_of(late)
    assert "Bilan annuel" in soup.main.get_text()
    assert soup.select_one("[name=title]")["value"] == "Autre titre"
    chosen = {"looked-at": soup.select_one("[name=looked-at]")["value"], "keep:title": "theirs"}
    assert coordinator.post(f"{page}change/", changed | {"title": "Autre titre"} | chosen).status_code == 302
    assert coordinator.post(f"{page}archive/", {"reason": ""}).status_code == 422
    assert coordinator.post(f"{page}archive/", {"reason": "Doublon"}).status_code == 302
    coordinator.get(LIST)  # says it once more
    assert "Bilan annuel" not in coordinator.get(LIST).text
    assert "Doublon" in coordinator.get(LIST, {"archived": "on"}).text
    assert coordinator.post(f"{page}restore/").status_code == 302
    assert "Bilan annuel" in coordinator.get(LIST).text


def test_a_file_that_is_gone_says_so(coordinator, document, folder):
    for path in folder.rglob("*"):
        if path.is_file():
            path.unlink()
    version = document.latest
    with pytest.raises(Refusal) as caught:
        views._attachment(version)
    assert caught.value.code == "file-gone"
    answer = coordinator.get(f"{LIST}{document.pk}/1/")
    assert answer.status_code == 404
    assert str(caught.value.sentence) in soup_of(answer).text


def test_no_place_left_is_a_clear_page_and_leaves_nothing(coordinator, folder):
    coordinator.raise_request_exception = False
    full = OSError(errno.ENOSPC, "No space left on device")
    with mock.patch("tiwizi.documents.store.publish", side_effect=full):
        answer = coordinator.post(ADD, typed(title="Convention 2015"))
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert [path for path in folder.rglob("*") if path.is_file()] == []
    assert not Document.objects.exists()
