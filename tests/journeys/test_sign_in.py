"""Entering, as people do it: an invitation, a second factor, a lost session, a passkey; in a real browser."""

import re
import time
from collections.abc import Callable

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Visit

Visitor = Callable[..., Visit]
COORDINATOR = "jette@demo.tiwizi.example"
PASSWORD = "quatre mots bien choisis"


def invited(visit: Visitor, email: str) -> str:
    """A coordinator invites; the link that stands on the page, since the demo sends no mail."""
    one = visit(COORDINATOR)
    page = one.open("/b/jette-belfaa/people/")
    page.locator("main a[href$='/people/invite/']").click()
    one.look()
    page.locator("#id_email").fill(email)
    page.locator("#id_name").fill("Élue d’Aït Baha")
    page.locator("#id_role").select_option("elected")
    page.locator("main form button").click()
    one.look()
    return page.locator("main code").inner_text()


def accepted(one: Visit, link: str) -> Page:
    """Name and password; the newcomer stands on the body's page."""
    page = one.page
    page.goto(link)
    one.look()
    page.locator("#id_password").fill(PASSWORD)
    page.locator("main form .btn-do").click()
    page.wait_for_url(re.compile("/b/jette-belfaa/$"))
    return page


def code(secret: str, *, steps: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def sign_in(one: Visit, email: str) -> Page:
    page = one.page
    page.goto(one.site.at("/sign-in/"))
    page.locator("input[name=login]").fill(email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    return page


def sign_out(page: Page) -> None:
    page.locator("details.menu summary").last.click()
    page.locator("form[action='/sign-out/'] button").click()


@pytest.mark.parametrize(("language", "width", "scripts"), [("fr", 1280, True), ("ar", 390, False)])
def test_from_an_invitation_to_a_session_signed_out(visit: Visitor, language: str, width: int, scripts: bool):
    email = f"{language}{width}@test.example"
    link = invited(visit, email)
    one = visit(language=language, width=width)
    page = accepted(one, link)

    # A second factor by application: from the menu, by the key that stands beside the picture.
    page.locator("details.menu summary").last.click()
    page.locator("a.menu-item[href='/account/']").click()
    one.look()
    page.locator("a[href='/account/second-factor/']").click()
    one.look()
    page.locator("a[href$='/application/']").click()
    page.locator("main details summary").click()
    one.look()
    secret = page.locator("main details code").inner_text().replace(" ", "")
    page.locator("#id_code").fill("000000")
    page.locator("main form button").click()
    expect(page.locator(".field-error")).to_be_visible()
    one.look()
    page.locator("#id_code").fill(code(secret))
    page.locator("main form button").click()
    expect(page.locator(".codes li")).to_have_count(10)
    one.look()
    sign_out(page)

    # The password no longer suffices; here without scripts where the line says so.
    other = visit(language=language, width=width, scripts=scripts)
    page = sign_in(other, email)
    page.wait_for_url(re.compile("/sign-in/second-factor/$"))
    page.goto(other.site.at("/account/"))
    assert "/sign-in/" in page.url
    page.goto(other.site.at("/sign-in/second-factor/"))
    page.locator("#id_code").fill(code(secret, steps=1))
    page.locator("main form button").first.click()
    page.wait_for_url(other.site.at("/"))

    # From there the first device, signed in again by a recovery code, is signed out.
    page = sign_in(one, email)
    page.wait_for_url(re.compile("/sign-in/second-factor/$"))
    one.look()
    page.locator("#id_code").fill(code(secret, steps=-1))
    page.locator("main form button").first.click()
    page.wait_for_url(one.site.at("/"))
    page = other.page
    page.goto(other.site.at("/account/"))
    expect(page.locator("main tbody tr")).to_have_count(2)
    page.locator("main tbody form button").click()
    expect(page.locator("main tbody tr")).to_have_count(1)
    one.page.goto(one.site.at("/account/"))
    assert "/sign-in/" in one.page.url


def test_a_link_opens_once(visit: Visitor):
    link = invited(visit, "une-fois@test.example")
    accepted(visit(), link)
    again = visit().page
    answer = again.goto(link)
    assert answer is not None
    assert answer.status == 410


@pytest.mark.parametrize(("language", "width"), [("fr", 1280), ("ar", 390)])
def test_a_passkey_is_made_asked_and_used_alone(visit: Visitor, language: str, width: int):
    """Chromium's virtual authenticator answers in the person's place. A passkey belongs to a name, not to a number."""
    email = f"passkey-{language}@test.example"
    link = invited(visit, email).replace("127.0.0.1", "localhost")
    one = visit(language=language, width=width, host="localhost")
    page = accepted(one, link)
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    kind = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    device.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": kind | {"isUserVerified": True, "automaticPresenceSimulation": True}},
    )
    one.open("/account/second-factor/passkeys/add/")
    page.locator("#passkey-name").fill("Téléphone")
    page.locator("#passkey-button").click()
    expect(page.locator(".codes li")).to_have_count(10)
    one.open("/account/second-factor/")
    expect(page.get_by_text("Téléphone").first).to_be_visible()
    sign_out(page)

    # After the password.
    sign_in(one, email)
    page.wait_for_url(re.compile("/sign-in/second-factor/$"))
    one.look()
    page.locator("#passkey-button").click()
    page.wait_for_url(one.site.at("/"))
    sign_out(page)

    # Alone.
    one.open("/sign-in/")
    page.locator("#passkey-button").click()
    page.wait_for_url(one.site.at("/"))
    one.open("/account/")

    # A person who turns back is told so, and nothing breaks.
    sign_out(page)
    one.open("/sign-in/")
    page.evaluate(
        "() => { navigator.credentials.get = () => Promise.reject(new DOMException('no', 'NotAllowedError')) }"
    )
    page.locator("#passkey-button").click()
    expect(page.locator("[data-passkey-failed]")).to_be_visible()
