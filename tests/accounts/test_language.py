"""The reader's language: chosen by anybody, kept on the device and on the account."""

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from tiwizi.accounts.models import User

pytestmark = pytest.mark.django_db
COOKIE = "tiwizi_language"
PASSWORD = "un mot de passe long"


@pytest.fixture
def user() -> User:
    return User.objects.create_user("animation@test.example", PASSWORD, name="Animation", language="nl")


def choose(client: Client, language: str, **more: str):  # type: ignore[no-untyped-def]
    return client.post(reverse("accounts:language"), {"language": language, **more})


def spoken(client: Client) -> str:
    return str(BeautifulSoup(client.get("/sign-in/").content, "html.parser").html["lang"])


def test_french_unless_chosen_whatever_the_browser_prefers():
    client = Client(headers={"Accept-Language": "en"})
    assert spoken(client) == "fr"


@pytest.mark.parametrize("language", ["fr", "nl", "en", "ar"])
def test_a_visitor_keeps_a_language(client, language):
    response = choose(client, language, next="/sign-in/")
    assert (response.status_code, response.url) == (302, "/sign-in/")
    cookie = response.cookies[COOKIE]
    assert cookie["max-age"] == 365 * 24 * 3600
    assert cookie["httponly"]
    assert spoken(client) == language


def test_who_is_signed_in_keeps_it_on_the_account(signed_in, user):
    client = signed_in(user)
    choose(client, "ar")
    user.refresh_from_db()
    assert user.language == "ar"
    assert client.cookies[COOKIE].value == "ar"


def test_a_new_device_takes_the_accounts_language(client, user):
    client.post("/sign-in/", {"login": user.email, "password": PASSWORD})
    assert client.cookies[COOKIE].value == "nl"
    client.post("/sign-out/")
    assert spoken(client) == "nl"


def test_a_language_chosen_on_this_device_stays_when_signing_in(client, user):
    choose(client, "ar")
    client.post("/sign-in/", {"login": user.email, "password": PASSWORD})
    assert client.cookies[COOKIE].value == "ar"


def test_a_failed_sign_in_tells_no_language(client, user):
    client.post("/sign-in/", {"login": user.email, "password": "faux"})
    assert COOKIE not in client.cookies


@pytest.mark.parametrize("who", ["visitor", "user"])
@pytest.mark.parametrize("language", ["de", "", "<script>"])
def test_a_language_that_we_do_not_speak_is_refused(client, signed_in, user, who, language):
    client = signed_in(user) if who == "user" else client
    response = choose(client, language)
    assert response.context["refusal"].code == "language-unknown"
    assert response.status_code == 400
    assert COOKIE not in client.cookies


def test_a_forged_cookie_is_ignored(client):
    client.cookies[COOKIE] = "../../etc"
    assert spoken(client) == "fr"


@pytest.mark.parametrize(
    "bad", ["//evil.example/", "https://evil.example/x", "javascript:alert(1)", "", "/\\evil.example"]
)
def test_the_way_back_stays_here(client, bad):
    assert choose(client, "nl", next=bad).url == reverse("portal:home")


def test_choosing_needs_a_post(client):
    assert client.get(reverse("accounts:language")).status_code == 405


def test_every_page_offers_every_language_under_its_own_name(client):
    soup = BeautifulSoup(client.get("/sign-in/?next=/roles/").content, "html.parser")
    form = soup.find("form", action=reverse("accounts:language"))
    buttons = {b["value"]: (b["lang"], b.text) for b in form.select("button")}
    assert buttons == {
        "fr": ("fr", "Français"), "nl": ("nl", "Nederlands"), "en": ("en", "English"), "ar": ("ar", "العربية"),
    }  # fmt: skip
    assert form.select_one('input[name="next"]')["value"] == "/sign-in/?next=/roles/"
    assert form.select_one('[aria-current="true"]')["value"] == "fr"
