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
