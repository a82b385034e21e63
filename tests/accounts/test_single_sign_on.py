"""Single sign-on against a real provider of OpenID Connect, in a process of its own on this machine."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
import requests
from allauth.socialaccount.models import SocialAccount, SocialToken
from bs4 import BeautifulSoup
from django.test import Client

from tests.factories.codes import code_of
from tests.factories.mail import send_waiting
from tiwizi.accounts.models import User
from tiwizi.base.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("forgotten_tries"), pytest.mark.slow]
EMAIL, PASSWORD = "animation@test.example", "un mot de passe long"
BEGIN = "/sign-in/single/oidc/"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The provider's address, once it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), "--user", "unused"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(200):
            with socket.socket() as trial:
                if trial.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=10)


@pytest.fixture
def provider(server, settings):  # type: ignore[no-untyped-def]
    """The site with the provider in its settings; `provider.says(sub, **claims)` sets what it knows of somebody."""
    app = settings.OIDC_APP | {"client_id": "tiwizi", "secret": "s", "settings": {"server_url": server}}
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}
    settings.OIDC_APP = app | {"name": "Commune de Jette"}

    def says(sub: str, **claims: object) -> None:
        requests.put(f"{server}/users/{sub}", json=claims, timeout=5).raise_for_status()

    return SimpleNamespace(address=server, says=says)


@pytest.fixture
def user() -> User:
    return User.objects.create_user(EMAIL, PASSWORD, name="Animation")


def back(client: Client, sub: str, following: str = ""):  # type: ignore[no-untyped-def]
    """From our button to the provider, where `sub` agrees, and back to us."""
    leaving = client.post(BEGIN + following)
    assert leaving.status_code == 302
    agreed = requests.post(leaving.url, data={"sub": sub}, allow_redirects=False, timeout=5)
    assert agreed.status_code == 302, agreed.text
    return client.get(agreed.headers["Location"].removeprefix("http://testserver"))


def signed(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_off_unless_set(client):
    assert client.get(BEGIN).status_code == client.post(BEGIN).status_code == 404
    assert client.get(f"{BEGIN}back/").status_code == 404
    assert "single" not in client.get("/sign-in/").content.decode()


def test_a_verified_address_opens_its_account(client, user, provider):
    provider.says("s1", email="Animation@TEST.example", email_verified=True)
    form = BeautifulSoup(client.get("/sign-in/").content, "html.parser").select_one(f'form[action="{BEGIN}"]')
    assert "Commune de Jette" in form.text
    assert back(client, "s1", "?next=/roles/").url == "/roles/"
    assert client.session["_auth_user_id"] == str(user.pk)
    assert SocialAccount.objects.get().user == user
    assert SocialAccount.objects.get().extra_data == {}
    assert list(AuditEntry.objects.values_list("act", flat=True)) == ["link-single-sign-on", "sign-in"]
    assert send_waiting() == ["accounts.notice-letter done"]
    assert not SocialToken.objects.exists()  # nothing of the provider is kept that opens anything there
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    # The next time it is the person there who is known, whatever the address.
    provider.says("s1", email="ailleurs@test.example", email_verified=False)
    again = Client()
    back(again, "s1")
    assert signed(again)
    assert SocialAccount.objects.get().extra_data == {}
    assert AuditEntry.objects.exclude(act="sign-in").count() == 1


@pytest.mark.parametrize("verified", [False, None, "true"])
def test_an_address_that_is_not_verified_opens_nothing(client, user, provider, verified):
    provider.says("s2", email=EMAIL, **({} if verified is None else {"email_verified": verified}))
    answer = back(client, "s2")
    assert answer.context["refusal"].code == "single-sign-on-unverified"
    assert not signed(client)
    assert not SocialAccount.objects.exists()


def test_nobody_gets_an_account_that_way(client, user, provider):
    provider.says("s3", email="personne@test.example", email_verified=True)
    answer = back(client, "s3")
    assert answer.context["refusal"].code == "single-sign-on-unknown"
    assert answer.status_code == 403
    assert User.objects.count() == 1
    assert not signed(client)


def test_a_closed_account_stays_closed(client, user, provider):
    provider.says("s4", email=EMAIL, email_verified=True)
    User.objects.update(is_active=False)
    assert back(client, "s4").context["refusal"].code == "account-closed"
    assert not signed(client)


def test_the_second_factor_is_still_asked(client, user, provider):
    from allauth.mfa.totp.internal.auth import TOTP

    TOTP.activate(user, "ABCDEFGHIJKLMNOP")
    provider.says("s5", email=EMAIL, email_verified=True)
    assert back(client, "s5").url == "/sign-in/second-factor/"
    assert not signed(client)
    client.post("/sign-in/second-factor/", {"code": code_of("ABCDEFGHIJKLMNOP")})
    assert signed(client)


def test_an_answer_that_nobody_asked_for_opens_nothing(client, user, provider):
    provider.says("s6", email=EMAIL, email_verified=True)
    theirs = Client()
    leaving = theirs.post(BEGIN)
    agreed = requests.post(leaving.url, data={"sub": "s6"}, allow_redirects=False, timeout=5)
    answer = client.get(agreed.headers["Location"].removeprefix("http://testserver"))
    assert answer.status_code == 401
    assert BeautifulSoup(answer.content, "html.parser").select_one('main a[href="/sign-in/"]')
    assert not signed(client)


def test_turning_back_at_the_provider(client, user, provider):
    leaving = client.post(BEGIN)
    refused = requests.post(leaving.url, data={"action": "deny"}, allow_redirects=False, timeout=5)
    answer = client.get(refused.headers["Location"].removeprefix("http://testserver"), follow=True)
    assert BeautifulSoup(answer.content, "html.parser").select_one('main a[href="/sign-in/"]')
    assert not signed(client)


def test_a_provider_that_does_not_answer(client, user, provider, settings):
    app = settings.OIDC_APP | {"settings": {"server_url": "http://127.0.0.1:9"}}
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
    answer = client.post(BEGIN)
    assert answer.status_code == 502
    assert BeautifulSoup(answer.content, "html.parser").h1.text


def test_the_way_to_the_provider_is_asked_for_by_post(client, user, provider):
    assert client.get(BEGIN).status_code != 302
