"""Who knows a password guesses at the second step: that stops nobody else, is recorded, and the owner is told."""

import json

import pytest
from django.test import Client

from tests.accounts.test_lockout import EMAIL, OFFICE, PASSWORD, STRANGER
from tests.accounts.test_passwords import choose, link_of
from tests.factories import passkeys
from tests.factories.codes import code_of
from tests.factories.mail import send_waiting, text_of
from tiwizi.accounts.models import User
from tiwizi.base.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("forgotten_tries")]
ASK, SECRET = "/sign-in/second-factor/", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


@pytest.fixture
def user() -> User:
    from allauth.mfa.totp.internal.auth import TOTP

    user = User.objects.create_user(EMAIL, PASSWORD, name="Animation")
    TOTP.activate(user, SECRET)
    return user


def enter(client: Client, code: str, password: str = PASSWORD) -> bool:
    client.post("/sign-in/", {"login": EMAIL, "password": password})
    client.post(ASK, {"code": code})
    inside = "_auth_user_id" in client.session
    if inside:
        client.post("/sign-out/")
    return inside


def guess(address: str = STRANGER, times: int = 6) -> Client:
    thief = Client(REMOTE_ADDR=address)
    thief.post("/sign-in/", {"login": EMAIL, "password": PASSWORD})
    for n in range(times):
        thief.post(ASK, {"code": f"00000{n}"})
    return thief


def test_a_known_device_enters_while_a_thief_guesses(user):
    mine = Client(REMOTE_ADDR=OFFICE)
    assert enter(mine, code_of(SECRET))
    guess()
    assert not enter(Client(REMOTE_ADDR="198.51.100.1"), code_of(SECRET, steps=1))  # unknown places wait together
    assert enter(mine, code_of(SECRET, steps=1))


def test_many_places_have_no_more_tries_together(user):
    for n in range(6):
        guess(f"203.0.113.{n}", times=1)
    assert AuditEntry.objects.filter(act="fail-second-factor").count() == 5


def test_who_has_no_known_device_enters_by_the_letter(user, mail_server):
    guess()
    fresh = Client(REMOTE_ADDR="198.51.100.1")
    assert not enter(fresh, code_of(SECRET))
    fresh.post("/password/forgotten/", {"email": EMAIL})
    send_waiting()
    link = next(link_of(text_of(one)) for one in mail_server.letters() if "/password/new/" in text_of(one))
    choose(fresh, link, "quatre mots bien choisis")
    assert enter(fresh, code_of(SECRET), "quatre mots bien choisis")


def test_a_known_device_is_no_place_to_guess(user):
    mine = Client(REMOTE_ADDR=OFFICE)
    assert enter(mine, code_of(SECRET))
    for n in range(5):
        assert not enter(mine, f"00000{n}")
    assert not enter(mine, code_of(SECRET, steps=1))


def test_a_right_code_uses_up_no_try(user):
    mine = Client(REMOTE_ADDR=OFFICE)
    for steps in (-1, 0, 1):
        assert enter(mine, code_of(SECRET, steps=steps))
    assert not AuditEntry.objects.filter(act="fail-second-factor").exists()


def test_each_wrong_code_is_recorded_without_a_name(user):
    guess(times=2)
    entries = AuditEntry.objects.filter(act="fail-second-factor")
    assert [(one.actor, one.object_id, one.after) for one in entries] == [(None, str(user.pk), None)] * 2


def test_a_wrong_passkey_is_recorded_too(user):
    passkeys.kept(user)
    client = Client()
    client.post("/sign-in/", {"login": EMAIL, "password": PASSWORD})
    client.get(ASK)
    other = passkeys.Passkey()
    other.user = ""
    wrong = other.sign({"publicKey": {"challenge": b"not asked for"}})
    client.post(ASK, {"credential": json.dumps(wrong)})
    assert AuditEntry.objects.filter(act="fail-second-factor").count() == 1
    assert "_auth_user_id" not in client.session


def test_the_owner_is_told_once_an_hour(user, mail_server, settings):
    settings.MAIL = True
    guess(times=8)
    guess("203.0.113.77", times=3)
    assert send_waiting() == ["accounts.warning-letter done"]
    assert PASSWORD not in text_of(mail_server.letters()[0])
