"""Passkeys, with one in software that signs as a phone does: added, asked after the password, used alone."""

import json

import pytest
from allauth.mfa.models import Authenticator
from bs4 import BeautifulSoup
from django.test import Client

from tests.factories.passkeys import Passkey
from tiwizi.accounts.models import User
from tiwizi.base.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("forgotten_tries")]
PASSWORD = "un mot de passe long"
ADD, ASK, ALONE = "/account/second-factor/passkeys/add/", "/sign-in/second-factor/", "/sign-in/passkey/"


@pytest.fixture
def user() -> User:
    return User.objects.create_user("animation@test.example", PASSWORD, name="Animation")


def options(answer):  # type: ignore[no-untyped-def]
    form = BeautifulSoup(answer.content, "html.parser").select_one("form[data-options]")
    assert form.has_attr("hidden")  # shown by the script only
    return json.loads(form["data-options"])


def add(client: Client, passkey: Passkey, name: str = "Téléphone"):  # type: ignore[no-untyped-def]
    credential = passkey.register(options(client.get(ADD)))
    return client.post(ADD, {"name": name, "passwordless": "on", "credential": json.dumps(credential)})


def sign_in(client: Client, user: User):  # type: ignore[no-untyped-def]
    return client.post("/sign-in/", {"login": user.email, "password": PASSWORD})


def alone(client: Client, passkey: Passkey):  # type: ignore[no-untyped-def]
    asked = client.get(ALONE, headers={"Accept": "application/json"}).json()["request_options"]
    return client.post(ALONE, {"credential": json.dumps(passkey.sign(asked))})


def signed(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_a_passkey_is_added_and_listed(user, signed_in):
    client = signed_in(user)
    assert add(client, Passkey()).url == "/account/second-factor/codes/"  # the first factor brings recovery codes
    assert AuditEntry.objects.get().act == "add-passkey"
    assert "Téléphone" in client.get("/account/second-factor/").content.decode()


def test_after_the_password_the_passkey(client, user, signed_in):
    passkey = Passkey()
    add(signed_in(user), passkey)
    assert sign_in(client, user).url == ASK
    asked = options(client.get(ASK))
    assert client.post(ASK, {"credential": json.dumps(passkey.sign(asked))}).url == "/"
    assert signed(client)


def test_a_passkey_alone_opens(client, user, signed_in):
    passkey = Passkey()
    add(signed_in(user), passkey)
    assert alone(client, passkey).url == "/"
    assert client.session["_auth_user_id"] == str(user.pk)


def test_another_passkey_opens_nothing(client, user, signed_in):
    add(signed_in(user), Passkey())
    stranger = Passkey()
    stranger.user = Passkey().user or str(user.pk)
    answer = alone(client, stranger)
    assert answer.url == "/sign-in/"
    assert not signed(client)
    assert BeautifulSoup(client.get("/sign-in/").content, "html.parser").select(".messages .note")


def test_a_signature_for_another_site_or_an_old_question_opens_nothing(client, user, signed_in):
    passkey = Passkey()
    add(signed_in(user), passkey)
    asked = client.get(ALONE, headers={"Accept": "application/json"}).json()["request_options"]
    passkey.origin = "https://evil.example"
    client.post(ALONE, {"credential": json.dumps(passkey.sign(asked))})
    assert not signed(client)
    passkey.origin = "https://testserver"
    old = json.dumps(passkey.sign(asked))
    client.get(ALONE, headers={"Accept": "application/json"})
    client.post(ALONE, {"credential": old})
    assert not signed(client)


@pytest.mark.parametrize("credential", ["", "{}", "[]", "null", "pas du json", '{"response": {"userHandle": "x"}}'])
def test_what_is_no_signature_opens_nothing(client, user, credential):
    client.get(ALONE, headers={"Accept": "application/json"})
    assert client.post(ALONE, {"credential": credential}).url == "/sign-in/"
    assert not signed(client)


def test_a_closed_account_stays_closed(client, user, signed_in):
    passkey = Passkey()
    add(signed_in(user), passkey)
    User.objects.update(is_active=False)
    answer = alone(client, passkey)
    assert answer.status_code in {302, 403}
    assert not signed(client)


def test_only_ones_own_passkey_is_removed(user, signed_in):
    client = signed_in(user)
    add(client, Passkey())
    key = Authenticator.objects.get(type="webauthn")
    other = User.objects.create_user("autre@test.example", PASSWORD, name="Autre")
    remove = f"/account/second-factor/passkeys/{key.pk}/remove/"
    assert signed_in(other).post(remove).status_code == 404
    assert "Téléphone" in client.get(remove).content.decode()
    assert client.post(remove).url == "/account/second-factor/"
    assert not Authenticator.objects.exists()
    assert AuditEntry.objects.latest("pk").act == "remove-passkey"


def test_without_scripts_the_page_says_so(user, signed_in):
    soup = BeautifulSoup(signed_in(user).get(ADD).content, "html.parser")
    assert soup.select_one("[data-passkey-missing]").text
    sources = [script["src"] for script in soup.select("script")]
    assert all(source.startswith("/static/") for source in sources)
    assert len([source for source in sources if "webauthn" in source or "passkeys" in source]) == 3
