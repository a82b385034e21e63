"""The hand-over sheet: the same on the page, in the PDF and in the Word file; who may not read people sees none."""

import io
import unicodedata
from datetime import date

import docx
import pypdf
import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from tiwizi.base.errors import Refusal
from tiwizi.interop.pdf import pdf_of
from tiwizi.network import rules
from tiwizi.network.handover import sheet_of
from tiwizi.plans.models import JointPart

pytestmark = pytest.mark.django_db


@pytest.fixture
def full(cast):
    """Jette-Belfaa with a plan, an agreement, and two decisions."""
    by = {"by": cast.jette_coordinator, "body": cast.jette, "decided_by": "Le gouverneur, réunion tripartite"}
    rules.record_decision(text="Le salaire est repris par la province", day=date(2018, 1, 8), owner="Province", **by)
    done = rules.record_decision(text="Le centre <ouvre> & reste", day=date(2018, 1, 9), **by)
    rules.close_decision(by=cast.jette_coordinator, decision=done, on=date(2018, 2, 1))
    own = cast.activity(cast.plan_jette, "J1", cost_cents=420_000)
    together = cast.activity(cast.plan_etterbeek, "C1", collective=True, title="Formation commune")
    JointPart.objects.create(
        collective=together, replaced=own, body=cast.jette, alone_cents=420_000, share_cents=123_456
    )
    return cast


def on_page(client, language="fr"):
    client.cookies["tiwizi_language"] = language
    answer = client.get(reverse("portal:handover", args=["jette-belfaa"]))
    soup = BeautifulSoup(answer.content, "html.parser")
    return [[cell.get_text() for cell in row.select("th, td")] for row in soup.select("main tbody tr")]


def test_page_and_word_say_the_same(full, signed_in):
    client = signed_in(full.elected)
    answer = client.get(reverse("interop:handover-word", args=["jette-belfaa"]))
    document = docx.Document(io.BytesIO(answer.content))
    in_word = [[cell.text for cell in row.cells] for table in document.tables for row in table.rows[1:]]
    assert in_word == on_page(client)
    told = [cell for row in in_word for cell in row]
    assert "Le salaire est repris par la province" in told
    assert "Le centre <ouvre> & reste" in told
    assert any("1\u202f234,56" in cell for cell in told)


def _letters(text):
    """A text without its spaces, which a PDF places by itself, and without ligatures."""
    return "".join(unicodedata.normalize("NFKC", text).split())


@pytest.mark.slow
def test_the_pdf_says_it_too(full, signed_in):
    client = signed_in(full.elected)
    answer = client.get(reverse("interop:handover-pdf", args=["jette-belfaa"]))
    read = pypdf.PdfReader(io.BytesIO(answer.content))
    told = _letters("".join(page.extract_text() for page in read.pages))
    cells = [_letters(cell) for row in on_page(client) for cell in row]
    assert len(cells) > 30
    assert [cell for cell in cells if cell not in told] == []
    assert read.trailer["/Root"]["/Lang"] == "fr"
    assert "/StructTreeRoot" in read.trailer["/Root"]  # a screen reader finds its way


@pytest.mark.slow
def test_the_pdf_in_arabic_has_its_letters(full, signed_in):
    client = signed_in(full.elected)
    client.cookies["tiwizi_language"] = "ar"
    answer = client.get(reverse("interop:handover-pdf", args=["jette-belfaa"]))
    read = pypdf.PdfReader(io.BytesIO(answer.content))
    told = unicodedata.normalize("NFKC", "".join(page.extract_text() for page in read.pages))
    assert sum("\u0600" <= letter <= "\u06ff" for letter in told) > 200
    assert "\ufffd" not in told
    assert "belfaa" in told.lower()


def test_arabic_stands_from_the_right(full, signed_in):
    client = signed_in(full.elected)
    client.cookies["tiwizi_language"] = "ar"
    answer = client.get(reverse("interop:handover-word", args=["jette-belfaa"]))
    document = docx.Document(io.BytesIO(answer.content))
    assert all(p._p.pPr is not None and "w:bidi" in p._p.pPr.xml for p in document.paragraphs if p.text)


def test_who_may_not_read_people_sees_no_address(full, signed_in):
    assert any("@" in cell for row in on_page(signed_in(full.elected)) for cell in row)
    assert not any("@" in cell for row in on_page(signed_in(full.association)) for cell in row)
    document = signed_in(full.association).get(reverse("interop:handover-word", args=["jette-belfaa"]))
    told = docx.Document(io.BytesIO(document.content))
    assert not any("@" in cell.text for table in told.tables for row in table.rows for cell in row.cells)


def test_where_pango_is_missing_the_page_says_so(full, signed_in, monkeypatch):
    import builtins

    real = builtins.__import__

    def without(name, *rest, **more):
        if name == "weasyprint":
            raise OSError("cannot load library 'libpango-1.0-0'")
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    answer = signed_in(full.elected).get(reverse("interop:handover-pdf", args=["jette-belfaa"]))
    assert answer.status_code == 503
    assert "Pango" in answer.text
    with pytest.raises(Refusal) as caught:
        pdf_of("<p>")
    assert caught.value.code == "pdf-missing"


def test_queries_do_not_grow(cast, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    cast.activity(cast.plan_jette, "A1")
    sheet_of(cast.elected, cast.jette)
    with CaptureQueriesContext(connection) as few:
        sheet_of(cast.elected, cast.jette)
    for k in range(120):
        cast.activity(cast.plan_jette, f"B{k}", window_end=date(2030, 1, 6))
        rules.record_decision(
            by=cast.jette_coordinator, body=cast.jette, text=f"D{k}", day=date(2018, 1, 8), decided_by="Conseil"
        )
    with CaptureQueriesContext(connection) as many:
        sheet = sheet_of(cast.elected, cast.jette)
    assert len(many) == len(few)
    waiting = next(section for section in sheet.sections if section.order == 20)
    assert (len(waiting.rows), waiting.more) == (100, 20)
