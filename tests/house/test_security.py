"""Headers on every kind of answer, secrets in no file, licences of what is installed, and a checklist that names only
tests that exist."""

import re
import sys
from pathlib import Path

import pytest
from django.http import HttpResponse
from django.test import Client

from tests.house.sources import ROOT, text, tracked
from tests.house.world import World

sys.path.insert(0, str(ROOT / "scripts"))

import licences

# One answer of each kind: what it is asked for, and what it must be.
KINDS = {
    "the front page": ("/", 200),
    "a page of a body": ("/b/jette-belfaa/", 200),
    "a form": ("/b/jette-belfaa/documents/add/", 200),
    "a table as CSV": ("/b/jette-belfaa/plan/activities.csv", 200),
    "a workbook": ("/b/jette-belfaa/plan/workbook.xlsx", 200),
    "a file of a document": ("/b/jette-belfaa/documents/{document}/1/", 200),
    "nothing there": ("/b/nowhere/", 404),
    "not allowed": ("/b/souss-massa/pooling/open/", 403),
    "another method": ("/b/jette-belfaa/plan/budget/", 405),
    "a way on": ("/activities/{activity}/", 302),
}


@pytest.fixture
def client(world: World, signed_in) -> Client:  # type: ignore[no-untyped-def]
    return signed_in(world.cast.jette_coordinator)


def _safe(answer: HttpResponse) -> None:
    headers = answer.headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "Access-Control-Allow-Origin" not in headers
    assert not {"Server", "X-Powered-By"} & set(headers)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_answer_has_its_headers(kind: str, client: Client, world: World):
    path, status = KINDS[kind]
    answer = client.get(path.format(document=world.document.pk, activity=world.activity.pk))
    assert answer.status_code == status
    answer.close()
    _safe(answer)
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    if answer.headers.get("Content-Type", "").startswith("text/"):
        assert "charset=utf-8" in answer.headers["Content-Type"]


def test_an_answer_before_everything_else_has_its_headers(db):
    answer = Client().generic("POST", "/sign-in/", b"", CONTENT_LENGTH=str(10**9))
    assert answer.status_code == 413
    _safe(answer)


# --- Secrets ---

# Written in pieces, so that this file does not find itself.
SECRETS = {
    "private key": re.compile("-----BEGIN " + r"[A-Z ]*PRIVATE KEY"),
    "age key": re.compile("AGE-SECRET" + r"-KEY-1[0-9A-Z]{50}"),
    "access key": re.compile(
        r"\b(?:AK" + "IA|AS" + r"IA)[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36}\b|\bglpat-[\w-]{20}"
    ),
    "address with a password": re.compile(r"\b[a-z]+://[\w.-]+:(?!password@)[^\s@/{}'\"$<]+@[\w.-]+\.\w"),
    "set in the code": re.compile(
        r"^\s*\w*(?:SECRET|PASSWORD|API_KEY|TOKEN)\w*\s*(?::\s*\w+\s*)?=\s*[\"'][^\"'{}\s]{8,}[\"']", re.MULTILINE
    ),
}
# Passwords that protect nothing: of the demo, whose accounts are public, and of tests.
KNOWN = re.compile(r"tiwizi-demo-2017|test|example|django\.contrib", re.IGNORECASE)


def _found(content: str) -> list[str]:
    hits = [(name, hit) for name, pattern in SECRETS.items() for hit in pattern.finditer(content)]
    return [name for name, hit in hits if not KNOWN.search(hit[0])]


def test_no_file_holds_a_secret():
    found = []
    for path in tracked():
        if {"vendor", "tests"} & set(path.parts) or path.suffix in {".gz", ".xlsx", ".woff2", ".png"}:
            continue
        content = (ROOT / path).read_bytes()
        if b"\0" not in content:
            found += [f"{path}: {name}" for name in _found(content.decode())]
    assert found == []


def test_the_search_would_find_something():
    planted = [
        "-----BEGIN " + "RSA PRIVATE KEY-----",
        "AGE-SECRET" + "-KEY-1" + "Q" * 58,
        "AK" + "IA" + "ABCDEFGHIJKLMNOP",
        "postgresql://admin:" + "hunter22@db.commune.be/x",
        'SECRET_KEY = "' + 'abcdefgh12345678"',
    ]
    assert [len(_found(one)) for one in planted] == [1] * len(planted)
    assert _found('SECRET_KEY = os.environ["TIWIZI_SECRET_KEY"]') == []


# --- Licences ---


def test_the_page_of_licences_is_what_is_installed():
    assert licences.PAGE.read_text() == licences.page(), "run scripts/licences.py"


def test_every_package_needed_to_run_it_has_a_licence_that_we_take():
    assert licences.doubtful() == []
    assert "not said" not in licences.page()


# --- The checklist ---

# How many requirements of levels 1 and 2 each section of ASVS 5.0.0 has; in all of them these come first.
SECTIONS = {
    "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2, "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1, "3.2": 2, "3.3": 4,
    "3.4": 6, "3.5": 5, "3.7": 2, "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4, "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3,
    "6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4, "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5,
    "7.5": 2, "7.6": 2, "8.1": 2, "8.2": 3, "8.3": 1, "8.4": 1, "9.1": 3, "9.2": 4, "10.1": 2, "10.2": 2, "10.3": 4,
    "10.4": 11, "10.5": 5, "10.6": 2, "10.7": 3, "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4, "11.5": 1, "11.6": 1,
    "12.1": 3, "12.2": 2, "12.3": 4, "13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5, "14.1": 2, "14.2": 4, "14.3": 3,
    "15.1": 3, "15.2": 3, "15.3": 7, "16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3, "17.1": 1, "17.2": 4,
    "17.3": 2,
}  # fmt: skip
ANSWERS = {"tested", "by design", "partly", "not met", "not examined", "operator", "does not apply"}
ROW = re.compile(r"^\| ([\d., –]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)


def _numbers(cell: str) -> list[str]:
    """ "1.1.1, 1.2.3–1.2.5" as its single numbers."""
    numbers = []
    for part in cell.replace(" ", "").split(","):
        first, _, last = part.partition("–")
        section, _, start = first.rpartition(".")
        end = last.rpartition(".")[2] or start
        numbers += [f"{section}.{number}" for number in range(int(start), int(end) + 1)]
    return numbers


def _rows() -> list[tuple[str, str, str, str]]:
    return ROW.findall(text(Path("docs/security.md")))


def test_the_checklist_answers_every_requirement_once():
    wanted = sorted(f"{section}.{n}" for section, count in SECTIONS.items() for n in range(1, count + 1))
    assert sorted(number for row in _rows() for number in _numbers(row[0])) == wanted


def test_every_line_has_an_answer_and_its_test_or_reason():
    for numbers, _asked, answer, proof in _rows():
        assert answer in ANSWERS, (numbers, answer)
        assert proof.strip(" -"), numbers
        assert ("::" in proof) or answer != "tested", f"{numbers}: names no test"


def test_every_test_that_the_checklist_names_exists():
    named = set(re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", text(Path("docs/security.md"))))
    assert len(named) > 40
    assert sorted(f"{p}::{name}" for p, name in named if not (ROOT / p).exists()) == []
    assert sorted(f"{p}::{name}" for p, name in named if f"def {name}(" not in text(Path(p))) == []


def test_the_counts_at_its_head_are_those_of_its_lines():
    counted = dict.fromkeys(ANSWERS, 0)
    for numbers, _asked, answer, _proof in _rows():
        counted[answer] += len(_numbers(numbers))
    told = dict(re.findall(r"^- (\d+) ([a-z ]+)$", text(Path("docs/security.md")), re.MULTILINE))
    assert {answer: int(number) for number, answer in told.items()} == counted
