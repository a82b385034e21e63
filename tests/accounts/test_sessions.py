"""Where one is signed in, and the end of it."""

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from tiwizi.accounts import rules
from tiwizi.accounts.models import User
from tiwizi.accounts.queries import device_name, sessions_of
from tiwizi.base.errors import Refusal
from tiwizi.base.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("forgotten_tries")]
PASSWORD = "un mot de passe long"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
ANDROID = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36"


@pytest.fixture
def user() -> User:
    return User.objects.create_user("animation@test.example", PASSWORD, name="Animation")


def entered(user: User, agent: str = FIREFOX, address: str = "192.0.2.1") -> Client:
    client = Client(headers={"User-Agent": agent}, REMOTE_ADDR=address)
    assert client.post("/sign-in/", {"login": user.email, "password": PASSWORD}).status_code == 302
    return client


def rows(client: Client) -> list[str]:
    soup = BeautifulSoup(client.get("/account/").content, "html.parser")
    return [" ".join(row.text.split()) for row in soup.select("main tbody tr")]


def test_every_device_is_listed_and_this_one_marked(user):
    desk, phone = entered(user), entered(user, ANDROID, "192.0.2.2")
    seen = rows(desk)
    assert len(seen) == 2
    assert "Chrome, Android" in seen[0]
    assert "192.0.2.2" in seen[0]
    assert "Firefox, Windows" in seen[1]
    assert len(BeautifulSoup(phone.get("/account/").content, "html.parser").select("main tbody form")) == 1


def test_one_device_is_signed_out(user):
    desk, phone = entered(user), entered(user, ANDROID)
    phones = sessions_of(user)[0]
    assert desk.post(f"/account/sessions/{phones.pk}/end/").url == "/account/"
    assert phone.get("/account/").status_code == 302
    assert desk.get("/account/").status_code == 200
    assert AuditEntry.objects.latest("pk").act == "end-session"
    assert len(rows(desk)) == 1


def test_every_other_device_is_signed_out(user):
    here, *others = [entered(user) for _ in range(3)]
    here.post("/account/sessions/end/")
    assert here.get("/account/").status_code == 200
    assert [one.get("/account/").status_code for one in others] == [302, 302]
    entry = AuditEntry.objects.latest("pk")
    assert (entry.act, entry.actor, entry.after) == ("end-other-sessions", user.pk, {"sessions": 2})
    here.post("/account/sessions/end/")
    assert AuditEntry.objects.filter(act="end-other-sessions").count() == 1  # nothing left to end: no act


def test_entering_leaves_an_entry_with_ids_only(user):
    entered(user)
    entry = AuditEntry.objects.get()
    assert (entry.act, entry.actor, entry.object_id) == ("sign-in", user.pk, str(user.pk))
    assert (entry.before, entry.after, entry.reason) == (None, None, "")


def test_who_cannot_be_recorded_does_not_enter(user, monkeypatch):
    from tiwizi.base import audit

    def fails(*args: object, **kwargs: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(audit, "record", fails)
    client = Client()
    with pytest.raises(RuntimeError):
        client.post("/sign-in/", {"login": user.email, "password": PASSWORD})
    assert client.get("/account/").status_code == 302


def test_nobody_ends_anothers_session(user):
    entered(user)
    other = User.objects.create_user("autre@test.example", PASSWORD, name="Autre")
    session = sessions_of(user)[0]
    assert entered(other).post(f"/account/sessions/{session.pk}/end/").status_code == 404
    with pytest.raises(Refusal) as caught:
        rules.end_session(by=other, session=session)
    assert caught.value.code == "session-not-yours"
    assert sessions_of(user)


def test_signing_out_forgets_the_session(user):
    client = entered(user)
    client.post("/sign-out/")
    assert sessions_of(user) == []


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (FIREFOX, "Firefox, Windows"),
        (ANDROID, "Chrome, Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) AppleWebKit Version/18.0 Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge, Windows"),
        ("curl/8.0", "curl/8.0"),
        ("", "?"),
        ("<script>" * 20, ("<script>" * 20)[:40]),
    ],
)
def test_a_device_in_few_words(agent, name):
    assert device_name(agent) == name
