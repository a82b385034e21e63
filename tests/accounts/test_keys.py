"""Replacing the installation's key, what the log says of signing in, and what signing out leaves in the browser."""

import logging
from io import StringIO

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from cryptography.fernet import InvalidToken
from django.core.management import CommandError, call_command
from django.urls import reverse

from tests.factories import passkeys
from tests.factories.codes import code_of
from tiwizi.accounts.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("forgotten_tries")]
PASSWORD, EMAIL, SEED = "un mot de passe long", "animation@test.example", "ABCDEFGHIJKLMNOP"


@pytest.fixture
def user() -> User:
    return User.objects.create_user(EMAIL, PASSWORD, name="Animation")


@pytest.fixture
def factors(user, settings) -> list[str]:  # type: ignore[no-untyped-def]
    """Every kind of second factor, made with the key before; the recovery codes."""
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "the key before", []
    TOTP.activate(user, SEED)
    passkeys.kept(user)
    codes: list[str] = RecoveryCodes.activate(user).get_unused_codes()
    return codes


def works() -> bool:
    return bool(Authenticator.objects.get(type="totp").wrap().validate_code(code_of(SEED, steps=1)))


def test_a_new_key_still_reads_what_the_one_before_encrypted(user, factors, settings):
    settings.SECRET_KEY = "a new key"
    with pytest.raises(InvalidToken):
        works()
    settings.SECRET_KEY_FALLBACKS = ["the key before"]
    assert works()


def test_after_renewing_the_key_before_can_go(user, factors, settings):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a new key", ["the key before"]
    passkey = Authenticator.objects.get(type="webauthn").data
    out = StringIO()
    call_command("renew_keys", stdout=out)
    assert "2 second factors" in out.getvalue()
    settings.SECRET_KEY_FALLBACKS = []
    assert works()
    assert Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes() == factors
    assert Authenticator.objects.get(type="webauthn").data == passkey
    settings.SECRET_KEY = "the key before"
    with pytest.raises(InvalidToken):
        works()


def test_without_the_key_before_nothing_is_changed(user, factors, settings):
    kept = list(Authenticator.objects.order_by("pk").values_list("data", flat=True))
    settings.SECRET_KEY = "a new key"
    with pytest.raises(CommandError, match="Nothing was changed"):
        call_command("renew_keys")
    assert list(Authenticator.objects.order_by("pk").values_list("data", flat=True)) == kept


def test_codes_of_an_older_library_are_renewed_too(user, settings):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "the key before", []
    data = {"migrated_codes": [get_adapter().encrypt("12345678")], "used_mask": 0}
    kept = Authenticator.objects.create(user=user, type="recovery_codes", data=data)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a new key", ["the key before"]
    call_command("renew_keys", stdout=StringIO())
    settings.SECRET_KEY_FALLBACKS = []
    kept.refresh_from_db()
    assert kept.wrap().get_unused_codes() == ["12345678"]


def test_who_is_signed_in_stays_so_while_the_key_before_is_known(client, user, settings):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "the key before", []
    client.post("/sign-in/", {"login": EMAIL, "password": PASSWORD})
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a new key", ["the key before"]
    assert client.get(reverse("accounts:account")).status_code == 200


# --- The log ---


@pytest.mark.parametrize("typed", [EMAIL, "personne@test.example", "x\n2026 forged"])
def test_a_wrong_password_is_a_line_in_which_nothing_was_typed(client, user, caplog, typed):
    with caplog.at_level(logging.WARNING, logger="tiwizi.sign-in"):
        client.post("/sign-in/", {"login": typed, "password": "un faux mot"}, REMOTE_ADDR="192.0.2.7")
    said = [record.getMessage() for record in caplog.records if record.name == "tiwizi.sign-in"]
    if "\n" in typed:
        assert said == []  # no address: the form itself refuses it
    else:
        assert said == [f"wrong password from 192.0.2.7 for account {user.pk if typed == EMAIL else 'none'}"]
    assert "un faux mot" not in caplog.text


def test_a_right_password_is_no_such_line(client, user, caplog):
    client.post("/sign-in/", {"login": EMAIL, "password": PASSWORD})
    assert "wrong password" not in caplog.text


# --- Signing out ---


@pytest.mark.parametrize("way", ["signing out", "closing", "erased"])
def test_leaving_clears_the_browser_and_keeps_what_the_device_is(client, user, way):
    client.post("/sign-in/", {"login": EMAIL, "password": PASSWORD})
    assert "tiwizi_device" in client.cookies
    address, typed = {
        "signing out": ("account_logout", {}),
        "closing": ("network:leave-everything", {"close": "on"}),
        "erased": ("network:ask-erasure", {"sure": "on"}),
    }[way]
    answer = client.post(reverse(address), typed)
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert "_auth_user_id" not in client.session
    assert client.cookies["tiwizi_device"].value
    assert "Clear-Site-Data" not in client.get("/").headers
