"""Files that attack, and files that only look strange: each gets a clear sentence, or just works."""

import io
import zipfile

import pytest

from tests.factories.files import GOOD, JPEG, PDF, PNG, office, upload, zipped
from tiwizi.base.errors import Refusal
from tiwizi.documents import content
from tiwizi.documents.content import MEDIA_TYPES, clean_name, examine

PROGRAM = b"MZ\x90\0" + bytes(200)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><html><script>alert(1)</script></html>"
OLE = bytes.fromhex("D0CF11E0A1B11AE1") + bytes(600)


def refused(data: bytes, name: str) -> Refusal:
    with pytest.raises(Refusal) as caught:
        examine(upload(data, name))
    assert caught.value.field == "file"
    assert str(caught.value.sentence)
    assert str(caught.value.hint), "says what to do"
    return caught.value


@pytest.mark.parametrize("ending", list(MEDIA_TYPES))
def test_every_kind_that_is_taken_is_recognised(ending):
    found = examine(upload(GOOD[ending], f"Fichier.{ending.upper()}"))
    assert (found.media_type, found.size) == (MEDIA_TYPES[ending], len(GOOD[ending]))
    assert found.name == f"Fichier.{ending.upper()}"


@pytest.mark.parametrize("ending", list(MEDIA_TYPES))
@pytest.mark.parametrize("data", [PROGRAM, SVG, HTML, OLE, zipped({"a.txt": "x"}), b"\0" * 50, bytes(range(256))])
def test_something_else_under_an_allowed_name_is_refused(ending, data):
    assert refused(data, f"rapport.{ending}").code == "file-not-what-it-says"


@pytest.mark.parametrize("ending", [e for e in MEDIA_TYPES if e not in {"txt", "csv"}])
@pytest.mark.parametrize("other", ["pdf", "png", "docx", "ods", "txt"])
def test_one_kind_under_the_name_of_another_is_refused(ending, other):
    if ending != other:
        assert refused(GOOD[other], f"x.{ending}").code == "file-not-what-it-says"


@pytest.mark.parametrize(
    "name",
    ["photo.svg", "page.html", "p.htm", "p.xhtml", "p.xml", "m.docm", "m.xlsm", "m.doc", "run.exe", "run.js", "a.zip",
     "convention.pdf.exe", "convention.pdf.html", "photo.png.svg", "noending", ".htaccess"],
)  # fmt: skip
def test_a_name_that_ends_otherwise_is_refused_whatever_it_holds(name):
    no_ending = name in {"noending", ".htaccess"}
    assert refused(PDF, name).code == ("file-name-refused" if no_ending else "file-kind-refused")


@pytest.mark.parametrize("name", ["../../etc/passwd.pdf", "/etc/a.pdf", "..\\a.pdf", "C:\\a.pdf", "a\0.pdf", "", ".."])
def test_a_name_with_a_way_in_it_is_refused(name):
    with pytest.raises(Refusal) as caught:
        clean_name(name)
    assert caught.value.code == "file-name-refused"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("اتفاقية الشراكة.pdf", "اتفاقية الشراكة.pdf"),
        ("L’accord d'Aït Baha (signé).pdf", "L’accord d'Aït Baha (signé).pdf"),
        ("ⵜⵉⵡⵉⵣⵉ.pdf", "ⵜⵉⵡⵉⵣⵉ.pdf"),
        ("e\u0301tat.pdf", "état.pdf"),
        ("rapport\u202efdp.pdf", "rapportfdp.pdf"),  # would be shown as "rapportfdp.pdf" turned round
        ("deux\nlignes\r\n.pdf", "deux lignes.pdf"),
        ("  ...caché.pdf", "caché.pdf"),
        ('a"; filename="b.exe.pdf', 'a"; filename="b.exe.pdf'),
        ("a" * 400 + ".pdf", "a" * 146 + ".pdf"),
        ("convention.exe.pdf", "convention.exe.pdf"),
    ],
)
def test_a_strange_name_is_kept_or_cleaned(said, kept):
    assert clean_name(said) == kept
    assert clean_name(kept) == kept


def test_a_double_ending_is_judged_by_its_last_and_by_its_content():
    assert examine(upload(PDF, "convention.exe.pdf")).media_type == "application/pdf"
    assert refused(PROGRAM, "convention.exe.pdf").code == "file-not-what-it-says"


def test_what_begins_as_two_things_is_refused():
    """A page before a PDF, a PDF after a picture's head, an archive behind a program."""
    assert refused(HTML + PDF, "a.pdf").code == "file-not-what-it-says"
    assert refused(b"\n" + PDF, "a.pdf").code == "file-not-what-it-says"
    assert refused(PNG + HTML, "a.png").code == "file-damaged"
    assert refused(PROGRAM + GOOD["docx"], "a.docx").code == "file-not-what-it-says"
    assert refused(b"PK\x03\x04" + bytes(30) + GOOD["docx"], "a.docx").code == "file-damaged"


@pytest.mark.parametrize("ending", ["pdf", "png"])
def test_what_was_cut_is_refused(ending):
    assert refused(GOOD[ending][:-12], f"a.{ending}").code == "file-damaged"


@pytest.mark.parametrize("ending", ["docx", "odt"])
def test_an_office_file_that_was_cut_or_changed_is_refused(ending):
    whole = GOOD[ending]
    assert refused(whole[:-20], f"a.{ending}").code == "file-damaged"
    at = whole.index(b"PK\x01\x02")
    wrong = bytearray(office(ending, note=b"0123456789" * 40))
    wrong[60] ^= 0xFF
    assert refused(bytes(wrong), f"a.{ending}").code in {"file-damaged", "file-not-what-it-says"}
    assert refused(whole[:at], f"a.{ending}").code == "file-damaged"


def test_a_bomb_is_refused_before_it_unpacks():
    bomb = office("docx", word__media=b"\0" * (60 * 1024 * 1024))
    assert len(bomb) < 100_000
    assert refused(bomb, "a.docx").code == "file-too-large-inside"


def test_many_members_and_a_great_sum_are_refused(monkeypatch):
    many = zipped({f"word/{n}": "" for n in range(content.MOST_MEMBERS + 1)})
    assert refused(many, "a.docx").code == "file-too-large-inside"
    monkeypatch.setattr(content, "MOST_BYTES_INSIDE", 10)
    assert refused(GOOD["docx"], "a.docx").code == "file-too-large-inside"


def test_a_member_that_lies_about_its_size_is_refused():
    """The directory says ten bytes, the member unpacks to a million."""
    data = bytearray(office("docx", word__x=b"\0" * 1_000_000))
    at = data.index(b"PK\x01\x02", data.index(b"word/x", data.index(b"PK\x01\x02")) - 60)
    data[at + 24 : at + 28] = (10).to_bytes(4, "little")
    assert refused(bytes(data), "a.docx").code == "file-damaged"


@pytest.mark.parametrize("part", ["word__vbaProject.bin", "xl__vbaProject.bin", "xl__macrosheets__sheet1.xml",
                                  "word__activeX__a.bin"])  # fmt: skip
def test_macros_are_refused_whatever_the_file_is_called(part):
    assert refused(office("docx", **{part: b"x"}), "a.docx").code == "file-has-macros"


@pytest.mark.parametrize("part", ["Basic__Standard__Module1.xml", "Scripts__python__a.py"])
def test_macros_of_open_documents_are_refused(part):
    assert refused(office("odt", **{part: b"x"}), "a.odt").code == "file-has-macros"


def test_a_file_of_the_kind_with_macros_is_refused_under_the_other_name():
    macro = "application/vnd.ms-word.document.macroEnabled.main+xml"
    assert refused(office("docx", main=macro), "a.docx").code == "file-not-what-it-says"


@pytest.mark.parametrize("name", ["../x", "/x", "a\\b", "word/../../x"])
def test_an_archive_with_a_way_out_is_refused(name):
    out = io.BytesIO(office("docx"))
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(zipfile.ZipInfo(name), "x")
    assert refused(out.getvalue(), "a.docx").code == "file-damaged"


def test_a_name_twice_in_an_archive_is_refused():
    out = io.BytesIO(office("docx"))
    with zipfile.ZipFile(out, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("word/document.xml", "other")
    assert refused(out.getvalue(), "a.docx").code == "file-damaged"


def test_a_file_with_a_password_is_refused():
    locked = OLE + "EncryptedPackage".encode("utf-16-le")
    assert refused(locked, "a.docx").code == "file-locked"
    data = bytearray(GOOD["docx"])
    for mark, at in [(b"PK\x01\x02", 8), (b"PK\x03\x04", 6)]:
        place = data.index(mark)
        data[place + at] |= 1
    assert refused(bytes(data), "a.docx").code == "file-locked"


@pytest.mark.parametrize("data", [SVG, b"  \n" + HTML, "\ufeff<svg/>".encode(), b"a\0b", b"\x1b[31m"])
def test_text_that_is_markup_or_no_text_is_refused(data):
    assert refused(data, "a.txt").code == "file-not-what-it-says"


def test_text_in_another_encoding_says_what_to_do():
    refusal = refused("élèves".encode("cp1252"), "a.csv")
    assert "UTF-8" in str(refusal)


def test_an_empty_file_and_one_too_large(settings):
    assert refused(b"", "a.pdf").code == "file-empty"
    settings.DOCUMENT_MAX_BYTES = len(PDF) - 1
    assert refused(PDF, "a.pdf").code == "file-too-large"


def test_the_setting_takes_kinds_away_and_adds_none_that_is_not_checked(settings):
    settings.DOCUMENT_KINDS = frozenset({"pdf", "exe", "svg"})
    assert content.allowed() == ["pdf"]
    assert refused(JPEG, "a.jpg").code == "file-kind-refused"
    assert refused(SVG, "a.svg").code == "file-kind-refused"
