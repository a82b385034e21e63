"""The second factor: added with a proof, asked at sign-in, lost and found again."""

import pytest
from allauth.mfa.models import Authenticator
from bs4 import BeautifulSoup
from django.core.management import CommandError, call_command
from django.test import Client

from tests.factories.codes import code_of
from tests.factories.mail import send_waiting
from tiwizi.accounts.models import User
from tiwizi.base.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("forgotten_tries")]
PASSWORD = "un mot de passe long"
EMAIL = "animation@test.example"
ADD = "/account/second-factor/application/"
ASK = "/sign-in/second-factor/"
CODES = "/account/second-factor/codes/"


@pytest.fixture
def user() -> User:
    return User.objects.create_user(EMAIL, PASSWORD, name="Animation", language="nl")


def page(answer) -> BeautifulSoup:  # type: ignore[no-untyped-def]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    return BeautifulSoup(answer.content, "html.parser")


def sign_in(client: Client):  # type: ignore[no-untyped-def]
    return client.post("/sign-in/", {"login": EMAIL, "password": PASSWORD})


def signed(client: Client) -> bool:
    return "_auth_user_id" in client.session


def enrol(client: Client) -> str:
    """Add an application as a person does; its secret."""
    secret = page(client.get(ADD)).select_one("main details code").text.replace(" ", "")
    assert client.post(ADD, {"code": code_of(secret)}).url == CODES
    return secret


def codes(client: Client) -> list[str]:
    return [code.text for code in page(client.get(CODES)).select("main .codes code")]


def test_an_application_is_added_with_a_first_code(user, signed_in):
    client = signed_in(user)
    shown = page(client.get(ADD))
    picture = shown.select_one("main svg.qr")
    assert picture["aria-label"]
    assert len(picture.path["d"]) > 1000
    secret = enrol(client)
    assert len(secret) == 32
    assert AuditEntry.objects.get().act == "add-totp"
    assert send_waiting() == ["accounts.notice-letter done"]


def test_the_picture_holds_the_key(user, signed_in):
    from tiwizi.accounts.views.second_factor import drawn

    shown = page(signed_in(user).get(ADD))
    link = shown.select_one("main a[href^='otpauth:']")["href"]
    assert "issuer=Tiwizi" in link
    assert drawn(link)["path"] == shown.select_one("main svg.qr").path["d"]


def test_the_secret_is_encrypted_in_the_database(user, signed_in):
    secret = enrol(signed_in(user))
    for one in Authenticator.objects.all():
        assert secret not in str(one.data)
    assert Authenticator.objects.get(type="totp").wrap().validate_code(code_of(secret, steps=1))


def test_a_wrong_first_code_adds_nothing(user, signed_in):
    client = signed_in(user)
    client.get(ADD)
    assert page(client.post(ADD, {"code": "000000"})).select(".field-error")
    assert not Authenticator.objects.exists()
    assert not AuditEntry.objects.exists()


def test_a_failed_record_undoes_the_act(user, signed_in, monkeypatch):
    from tiwizi.base import audit

    client = signed_in(user)
    secret = page(client.get(ADD)).select_one("main details code").text.replace(" ", "")

    def fails(*args: object, **kwargs: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(audit, "record", fails)
    with pytest.raises(RuntimeError):
        client.post(ADD, {"code": code_of(secret)})
    assert not Authenticator.objects.exists()


def test_signing_in_with_a_code(client, user, signed_in):
    secret = enrol(signed_in(user))
    assert sign_in(client).url == ASK
    assert not signed(client)
    assert client.get("/account/").status_code == 302
    assert page(client.get(ASK)).select_one('main input[name="code"]')
    assert client.post(ASK, {"code": code_of(secret)}).url == "/"
    assert signed(client)
    assert client.cookies["tiwizi_language"].value == "nl"


def test_a_code_works_once(user, signed_in):
    secret = enrol(signed_in(user))
    code = code_of(secret)
    first, second = Client(), Client()
    sign_in(first)
    first.post(ASK, {"code": code})
    sign_in(second)
    second.post(ASK, {"code": code})
    assert (signed(first), signed(second)) == (True, False)


def test_a_wrong_code_lets_nobody_in_and_guessing_is_stopped(client, user, signed_in):
    enrol(signed_in(user))
    sign_in(client)
    words = [page(client.post(ASK, {"code": f"00000{n}"})).select_one(".field-error").text for n in range(7)]
    assert not signed(client)
    assert len(set(words)) == 2  # wrong; then too many


def test_the_second_step_alone_opens_nothing(client, user, signed_in):
    enrol(signed_in(user))
    assert client.get(ASK).url.startswith("/sign-in/")
    assert client.post(ASK, {"code": "123456"}).url.startswith("/sign-in/")


def test_a_recovery_code_works_once(user, signed_in):
    client = signed_in(user)
    enrol(client)
    kept = codes(client)
    assert len(set(kept)) == 10
    for expected in (True, False):
        visitor = Client()
        sign_in(visitor)
        visitor.post(ASK, {"code": kept[0]})
        assert signed(visitor) is expected
    assert kept[0] not in codes(client)


def test_recovery_codes_as_a_file_and_new_ones(user, signed_in):
    client = signed_in(user)
    enrol(client)
    kept = codes(client)
    file = client.get(f"{CODES}text/")
    assert file.headers["Content-Type"].startswith("text/plain")
    assert all(code in file.content.decode() for code in kept)
    assert client.post(f"{CODES}new/").url == CODES
    assert not set(codes(client)) & set(kept)
    assert AuditEntry.objects.latest("pk").act == "renew-recovery-codes"


def test_removing_the_application_takes_its_codes_along(user, signed_in):
    client = signed_in(user)
    enrol(client)
    assert page(client.get(f"{ADD}remove/")).select_one("main form button")
    assert client.post(f"{ADD}remove/").url == "/account/second-factor/"
    assert not Authenticator.objects.exists()
    assert AuditEntry.objects.latest("pk").act == "remove-totp"


@pytest.mark.parametrize("address", [ADD, f"{ADD}remove/", f"{CODES}new/", "/account/second-factor/passkeys/add/"])
def test_after_a_while_one_proves_again_who_one_is(user, signed_in, address):
    client = signed_in(user)
    enrol(client)
    session = client.session
    session["account_authentication_methods"] = []
    session.save()
    if address == ADD:
        Authenticator.objects.all().delete()
    again = client.get(address)
    assert again.url.startswith("/sign-in/again/")
    assert page(client.get(again.url)).select_one('main input[name="password"]')
    assert page(client.post(again.url, {"password": "faux"})).select(".field-error")
    assert client.post(again.url, {"password": PASSWORD}).url == address


def test_nobody_sees_the_codes_of_a_session_left_open(user, signed_in):
    client = signed_in(user)
    enrol(client)
    kept = codes(client)
    session = client.session
    session["account_authentication_methods"] = []
    session.save()
    assert not set(codes(client)) & set(kept)
    assert client.get(f"{CODES}text/").status_code in {302, 403}


def test_who_runs_the_machine_helps_who_lost_everything(user, signed_in, capsys):
    client = signed_in(user)
    enrol(client)
    client.get("/account/")
    call_command("recover", EMAIL, "--second-factor", "--site", "http://testserver/")
    link = next(word for word in capsys.readouterr().out.split() if word.startswith("http://"))
    assert not Authenticator.objects.exists()
    entry = AuditEntry.objects.latest("pk")
    assert (entry.act, entry.actor) == ("forget-second-factor", None)
    assert page(Client().get(link, follow=True)).select_one('main input[name="password1"]')


def test_nobody_helps_an_account_that_is_not_there(user):
    with pytest.raises(CommandError, match=r"personne@test\.example"):
        call_command("recover", "personne@test.example")
