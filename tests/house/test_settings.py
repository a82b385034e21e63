"""Settings as the environment gives them: what a proxy says is believed only where one was declared."""

import runpy
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

SETTINGS = Path(__file__).resolve().parents[2] / "tiwizi/config/settings.py"
OURS = ["SECURE_SSL_REDIRECT", "SECURE_PROXY_SSL_HEADER", "ALLAUTH_TRUSTED_PROXY_COUNT"]


@pytest.fixture
def installed(settings, monkeypatch):
    """`installed(proxies="1")`: the site as it runs with these values in its environment."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()

    def install(proxies: str | None, https: str = "no") -> None:
        monkeypatch.setenv("TIWIZI_HTTPS", https)
        if proxies is None:
            monkeypatch.delenv("TIWIZI_PROXIES", raising=False)
        else:
            monkeypatch.setenv("TIWIZI_PROXIES", proxies)
        read: dict[str, Any] = runpy.run_path(str(SETTINGS))
        for name in OURS:
            setattr(settings, name, read[name])

    yield install
    cache.clear()


def asked(**headers: str):
    return Client(headers=headers).get("/sign-in/")


@pytest.mark.django_db
def test_https_ends_at_the_proxy(installed):
    installed("1", https="yes")
    assert asked(x_forwarded_proto="https").status_code == 200
    assert asked(x_forwarded_proto="http").url == "https://testserver/sign-in/"
    assert asked().url == "https://testserver/sign-in/"


@pytest.mark.parametrize("proxies", [None, "", "0"])
@pytest.mark.django_db
def test_without_a_proxy_nobody_says_that_his_request_was_encrypted(installed, proxies):
    installed(proxies, https="yes")
    assert asked(x_forwarded_proto="https").status_code == 301


def wrong(times: int, *, chain: str, spoofed: bool = False) -> None:
    """Wrong passwords for accounts that do not exist, all through one proxy."""
    for n in range(times):
        forwarded = f"192.0.2.{n}, {chain}" if spoofed else chain
        said = {"login": f"x{n}@test.example", "password": "wrong-wrong-wrong"}
        Client(headers={"x_forwarded_for": forwarded}).post("/sign-in/", said, REMOTE_ADDR="10.0.0.1")


def enters(cast, chain: str) -> bool:
    from tests.factories.cast import PASSWORD

    said = {"login": cast.donor.email, "password": PASSWORD}
    answer = Client(headers={"x_forwarded_for": chain}).post("/sign-in/", said, REMOTE_ADDR="10.0.0.1")
    return bool(answer.status_code == 302)


def test_a_stranger_behind_the_same_proxy_locks_out_nobody_else(cast, installed):
    installed("1")
    wrong(11, chain="203.0.113.6")
    assert not enters(cast, "203.0.113.6")
    assert enters(cast, "203.0.113.7")


def test_an_address_that_a_visitor_writes_himself_is_not_believed(cast, installed):
    installed("1")
    wrong(11, chain="203.0.113.6", spoofed=True)
    assert not enters(cast, "192.0.2.200, 203.0.113.6")


def test_the_address_is_counted_through_two_proxies(cast, installed):
    installed("2")
    wrong(11, chain="203.0.113.6, 10.0.0.2", spoofed=True)
    assert not enters(cast, "203.0.113.6, 10.0.0.2")
    assert enters(cast, "203.0.113.7, 10.0.0.2")


def test_without_a_proxy_no_forwarded_address_is_believed(cast, installed):
    installed("0")
    for n in range(11):
        wrong(1, chain=f"203.0.113.{n}")
    assert not enters(cast, "203.0.113.200")


@pytest.mark.parametrize("typed", ["yes", "-1", "1.5"])
def test_a_count_that_is_none_stops_the_start_and_names_the_setting(installed, typed):
    with pytest.raises(ImproperlyConfigured, match="TIWIZI_PROXIES"):
        installed(typed)


# --- Mail, second factor, single sign-on ---


def read(monkeypatch, **values: str) -> dict[str, Any]:
    """The settings as they are with these values in the environment."""
    for name in ("HOST", "PORT", "SECURITY", "FROM"):
        monkeypatch.delenv(f"TIWIZI_MAIL_{name}", raising=False)
    for name, value in values.items():
        monkeypatch.setenv(f"TIWIZI_{name}", value)
    return runpy.run_path(str(SETTINGS))


def test_without_a_mail_server_nothing_is_sent(monkeypatch):
    found = read(monkeypatch)
    assert (found["MAIL"], found["EMAIL_BACKEND"].split(".")[-2]) == (False, "dummy")


@pytest.mark.parametrize(
    ("security", "tls", "ssl"),
    [("", True, False), ("starttls", True, False), ("tls", False, True), ("none", False, False)],
)
def test_a_mail_server_is_spoken_to_encrypted_unless_said(monkeypatch, security, tls, ssl):
    found = read(monkeypatch, MAIL_HOST="mail.example", MAIL_FROM="Tiwizi <t@mail.example>", MAIL_SECURITY=security)
    assert found["EMAIL_BACKEND"].split(".")[-2] == "smtp"
    assert (found["MAIL"], found["EMAIL_PORT"], found["EMAIL_USE_TLS"], found["EMAIL_USE_SSL"]) == (True, 587, tls, ssl)


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"MAIL_HOST": "mail.example"}, "TIWIZI_MAIL_FROM"),
        ({"MAIL_SECURITY": "ssl"}, "TIWIZI_MAIL_SECURITY"),
        ({"MAIL_PORT": "smtp"}, "TIWIZI_MAIL_PORT"),
    ],
)
def test_a_mail_setting_that_is_wrong_stops_the_start_and_is_named(monkeypatch, values, named):
    with pytest.raises(ImproperlyConfigured, match=named):
        read(monkeypatch, **values)


def test_the_coordination_of_a_programme_needs_a_second_factor_except_in_the_demo(monkeypatch):
    monkeypatch.delenv("TIWIZI_SECOND_FACTOR", raising=False)
    assert read(monkeypatch, DEMO="no")["SECOND_FACTOR_ROLES"] == "programme_coordinator"
    assert read(monkeypatch, DEMO="yes")["SECOND_FACTOR_ROLES"] == "none"
    assert read(monkeypatch, DEMO="no", SECOND_FACTOR="all")["SECOND_FACTOR_ROLES"] == "all"


def test_forms_leave_for_the_provider_of_single_sign_on_only(monkeypatch):
    plain = read(monkeypatch)
    assert plain["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]["form-action"] == ["'self'"]
    assert plain["SOCIALACCOUNT_PROVIDERS"]["openid_connect"]["APPS"] == []
    on = read(monkeypatch, OIDC_SERVER="https://login.example/realms/commune/", OIDC_CLIENT="tiwizi")
    assert on["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]["form-action"] == ["'self'", "https://login.example"]
    (app,) = on["SOCIALACCOUNT_PROVIDERS"]["openid_connect"]["APPS"]
    assert (app["client_id"], app["settings"]["server_url"]) == ("tiwizi", "https://login.example/realms/commune")
