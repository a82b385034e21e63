"""The database gone, or no place left: a clear page in every language, and what was typed can be sent again."""

import errno
from unittest import mock

import pytest
from bs4 import BeautifulSoup
from django.db import IntegrityError, InterfaceError, OperationalError, connection
from django.test import Client

from tests.plans.test_views_activity import typed
from tiwizi.plans import rules
from tiwizi.plans.models import Activity

ADD = "/b/jette-belfaa/plan/add/"
FULL = OSError(errno.ENOSPC, "No space left on device")


@pytest.fixture
def coordinator(cast, signed_in) -> Client:
    client = signed_in(cast.jette_coordinator)
    client.raise_request_exception = False
    return client


def broken(error: Exception):  # type: ignore[no-untyped-def]
    """The database answers every query with this error."""
    return mock.patch.object(connection, "cursor", side_effect=error)


@pytest.mark.parametrize(
    "error", [OperationalError("the server closed the connection"), InterfaceError("closed"), FULL]
)
@pytest.mark.parametrize("path", ["/", ADD, "/bodies/"])
def test_a_page_says_so_in_every_language(coordinator, path, error):
    with broken(error):
        answer = coordinator.get(path)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    soup = BeautifulSoup(answer.content, "html.parser")
    assert [part["lang"] for part in soup.select("div")] == ["fr", "nl", "en", "ar"]
    assert "Tiwizi can neither read nor write at the moment." in soup.select_one("div[lang=en]").text
    assert soup.select_one("div[lang=ar]")["dir"] == "rtl"
    assert len({part.text for part in soup.select("div")}) == 4
    assert not soup.select("form")


def test_what_was_typed_is_sent_again_by_a_button(coordinator):
    entry = typed(title='Une "formation" <b>à finir</b>', languages=["fr", "ar"])
    with broken(OperationalError("database or disk is full")):
        answer = coordinator.post(ADD, entry)
    assert answer.status_code == 503
    assert not Activity.objects.exists()
    form = BeautifulSoup(answer.content, "html.parser").select_one("form[method=post]")
    assert form["action"] == ADD
    again: dict[str, list[str]] = {}
    for field in form.select("input"):
        again.setdefault(field["name"], []).append(field["value"])
    assert coordinator.post(form["action"], again).status_code == 302
    added = Activity.objects.get()
    assert (added.title, added.languages) == (entry["title"], ["fr", "ar"])


def test_a_full_disk_in_the_middle_of_an_act_leaves_nothing_of_it(coordinator):
    with mock.patch.object(rules.activities.audit, "record", side_effect=OperationalError("disk is full")):
        assert coordinator.post(ADD, typed()).status_code == 503
    assert not Activity.objects.exists()


def test_no_password_is_written_on_the_page(db):
    client = Client(raise_request_exception=False)
    with broken(OperationalError("gone")):
        answer = client.post("/sign-in/", {"login": "a@b.example", "password": "very secret"})
    assert answer.status_code == 503
    assert b"a@b.example" in answer.content
    assert b"very secret" not in answer.content


def test_another_error_is_not_taken_for_it(coordinator):
    with mock.patch.object(rules.activities.audit, "record", side_effect=IntegrityError("a fault of ours")):
        answer = coordinator.post(ADD, typed())
    assert answer.status_code == 500
    assert b"broke on our side" in answer.content
