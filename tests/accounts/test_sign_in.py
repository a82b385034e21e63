"""Signing in and out: nothing is told about accounts, nobody is sent elsewhere, guessing is slow."""

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.test import Client, override_settings
from django.urls import NoReverseMatch, reverse

from tiwizi.accounts.demo import PASSWORD as DEMO_PASSWORD
from tiwizi.accounts.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("forgotten_tries")]
PASSWORD = "un mot de passe long"
EMAIL = "animation@test.example"
SIGN_IN = "/sign-in/"


@pytest.fixture
def user() -> User:
    return User.objects.create_user(EMAIL, PASSWORD, name="Animation", language="nl")


def sign_in(client: Client, email: str = EMAIL, password: str = PASSWORD, **more: str):  # type: ignore[no-untyped-def]
    return client.post(SIGN_IN, {"login": email, "password": password, **more})


def signed(client: Client) -> bool:
    return "_auth_user_id" in client.session


def errors(response) -> list[str]:  # type: ignore[no-untyped-def]
    soup = BeautifulSoup(response.content, "html.parser")
    return [p.text.strip() for p in soup.select('[role="alert"] p, .field-error')]


def test_the_page_is_labelled_and_sends_its_token(client):
    soup = BeautifulSoup(client.get(SIGN_IN).content, "html.parser")
    fields = soup.select("main form input:not([type=hidden])")
    assert [field["name"] for field in fields] == ["login", "password"]
    assert all(soup.select_one(f'label[for="{field["id"]}"]') for field in fields)
    assert soup.select_one('main form input[name="csrfmiddlewaretoken"]')


@pytest.mark.parametrize("email", [EMAIL, "Animation@TEST.example", f" {EMAIL} "])
def test_signing_in_whatever_the_capitals(client, user, email):
    response = sign_in(client, email)
    assert (response.status_code, response.url) == (302, reverse("portal:home"))
    assert client.session["_auth_user_id"] == str(user.pk)


def test_signing_in_changes_the_sessions_key(client, user):
    client.session["x"] = 1
    before = client.session.session_key
    sign_in(client)
    assert client.session.session_key != before


def test_the_session_ends_with_the_browser_and_scripts_cannot_read_it(client, user):
    cookie = sign_in(client).cookies["sessionid"]
    assert cookie["max-age"] == ""
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_a_wrong_password_says_nothing_about_the_account(client, user):
    """An address that has an account and one that has none get the same answer, to the letter."""
    known, unknown = sign_in(client, password="faux"), sign_in(client, "personne@test.example", "faux")
    assert errors(known) == errors(unknown) != []
    assert (known.status_code, known.headers["Content-Language"]) == (unknown.status_code, "fr")
    pages = [r.content.decode().replace(EMAIL, "X").replace("personne@test.example", "X") for r in (known, unknown)]
    assert _without_tokens(pages[0]) == _without_tokens(pages[1])
    assert not signed(client)


def _without_tokens(page: str) -> str:
    soup = BeautifulSoup(page, "html.parser")
    for field in soup.select('input[name="csrfmiddlewaretoken"]'):
        field.decompose()
    return str(soup)


def test_an_unknown_account_costs_the_same_time(client, monkeypatch):
    """The library hashes a password also when there is nobody to compare it with."""
    hashed = []
    monkeypatch.setattr(User, "set_password", lambda self, raw: hashed.append(raw))
    sign_in(client, "personne@test.example", "faux")
    assert hashed == ["faux"]


def test_what_was_typed_is_kept_but_never_the_password(client, user):
    page = sign_in(client, password="faux-secret").content.decode()
    assert EMAIL in page
    assert "faux-secret" not in page


@pytest.mark.parametrize(("email", "password"), [("", ""), ("pas une adresse", "x"), (EMAIL, "")])
def test_an_empty_form_says_what_is_missing(client, user, email, password):
    response = sign_in(client, email, password)
    assert response.status_code == 200
    assert errors(response)
    assert not signed(client)


def test_a_closed_account_does_not_open(client, user):
    User.objects.update(is_active=False)
    response = sign_in(client)
    assert response.status_code == 403
    assert response.context["refusal"].code == "account-closed"
    assert not signed(client)
    wrong = sign_in(client, password="faux")
    assert wrong.status_code == 200  # as for any other account


def test_a_session_ends_when_the_account_is_closed(client, user):
    sign_in(client)
    User.objects.update(is_active=False)
    assert client.get(reverse("network:roles")).status_code == 302


def test_guessing_one_password_is_stopped(client, user):
    statuses = [sign_in(client, password=f"faux {n}").status_code for n in range(6)]
    assert statuses[:5] == [200] * 5
    response = sign_in(client)  # the right one now waits as well
    assert not signed(client)
    assert response.status_code in {200, 429}
    assert errors(response) or response.status_code == 429


def test_too_many_tries_get_a_page_of_their_own(client):
    for n in range(31):
        response = client.post(SIGN_IN, {"login": f"{n}@test.example", "password": "faux"})
    assert response.status_code == 429
    soup = BeautifulSoup(response.content, "html.parser")
    assert soup.main.h1.text
    assert "unsafe" not in response.headers["Content-Security-Policy"]


@pytest.mark.parametrize("bad", ["//evil.example/", "https://evil.example/", "javascript:alert(1)", "/\\evil.example"])
def test_nobody_is_sent_elsewhere(client, user, bad):
    assert sign_in(client, next=bad).url == reverse("portal:home")
    assert signed(client)
    assert client.post("/sign-out/", {"next": bad}).url == reverse("portal:home")


def test_who_was_going_somewhere_arrives_there(client, user):
    asked = client.get("/roles/")
    assert asked.url == "/sign-in/?next=/roles/"
    field = BeautifulSoup(client.get(asked.url).content, "html.parser").select_one('main input[name="next"]')
    assert sign_in(client, next=field["value"]).url == "/roles/"


def test_signing_out_needs_a_post(client, user):
    sign_in(client)
    assert client.get("/sign-out/").status_code == 405
    assert signed(client)
    response = client.post("/sign-out/")
    assert (response.status_code, response.url) == (302, reverse("portal:home"))
    assert not signed(client)


def test_signing_in_and_out_needs_the_token(user):
    client = Client(enforce_csrf_checks=True)
    assert sign_in(client).status_code == 403
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    assert client.post("/sign-out/").status_code == 403
    assert signed(client)


@pytest.mark.parametrize("name", ["account_signup", "account_email", "account_inactive", "socialaccount_signup"])
def test_no_address_of_the_library_lets_anybody_make_an_account(name):
    with pytest.raises(NoReverseMatch):
        reverse(name)


# --- The demo's accounts ---


@pytest.fixture
def demo_account() -> User:
    return User.objects.create_user(
        "demo@test.example", DEMO_PASSWORD, name="Animatrice", is_demo=True, demo_sentence={"fr": "Ouvre les tours."}
    )


def test_the_demo_lists_its_accounts_and_fills_one_in(client, user, demo_account):
    with override_settings(DEMO=True):
        soup = BeautifulSoup(client.get(f"{SIGN_IN}?as=demo@test.example").content, "html.parser")
    assert [link["href"] for link in soup.select("main li a")] == ["?as=demo%40test.example"]
    assert "Ouvre les tours." in soup.select_one("main li").text
    assert soup.select_one("main code").text == DEMO_PASSWORD
    assert soup.select_one("#id_login")["value"] == "demo@test.example"


def test_elsewhere_no_account_is_shown(client, user, demo_account):
    with override_settings(DEMO=False):
        page = client.get(f"{SIGN_IN}?as=demo@test.example").content.decode()
    assert 'value="demo@test.example"' not in page
    assert "?as=demo%40" not in page
    assert DEMO_PASSWORD not in page
    assert "Ouvre les tours." not in page


def test_what_the_address_fills_in_is_escaped(client):
    with override_settings(DEMO=True):
        page = client.get(SIGN_IN, {"as": '"><script>alert(1)</script>'}).content.decode()
    assert "<script>alert" not in page
