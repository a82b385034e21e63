"""What every test may use: the cast, and a browser-like client signed in as one of it."""

import socket
import time
from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from django.test import Client, TransactionTestCase


@pytest.fixture
def cast(db):  # type: ignore[no-untyped-def]
    """The people, bodies and plans of `tests/factories/cast.py`."""
    from tests.factories.cast import make_cast

    return make_cast()


@pytest.fixture(scope="session", autouse=True)
def _emptied_between_tests() -> Iterator[None]:
    """A test with transactions of its own ends by emptying the tables; the audit trail's guards would refuse it."""
    empty = TransactionTestCase._fixture_teardown

    def lifted(test: TransactionTestCase) -> None:
        from tiwizi.base import guards

        guards.remove(connection)
        empty(test)
        guards.install(connection)

    TransactionTestCase._fixture_teardown = lifted  # type: ignore[method-assign]
    yield
    TransactionTestCase._fixture_teardown = empty  # type: ignore[method-assign]


@pytest.fixture
def signed_in() -> Callable[..., Client]:
    """`signed_in(user)` is a client of that person; `signed_in(None)` is a visitor's."""

    def make(user=None) -> Client:  # type: ignore[no-untyped-def]
        client = Client()
        if user is not None:
            client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
            just_entered(client, user)
        return client

    return make


@pytest.fixture
def mail_server(settings):  # type: ignore[no-untyped-def]
    """A real mail server on this machine; the letters that it was given."""
    from aiosmtpd.controller import Controller

    from tests.factories.mail import Box

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    box = Box()
    controller = Controller(
        box, hostname="127.0.0.1", port=port, authenticator=box.authenticate, auth_require_tls=False
    )
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "tiwizi", "secret"
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    yield box
    controller.stop()


@pytest.fixture
def forgotten_tries(settings):  # type: ignore[no-untyped-def]
    """Tries of other tests do not count here."""
    from django.core.cache import cache

    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()
    yield
    cache.clear()


def just_entered(client: Client, user) -> None:  # type: ignore[no-untyped-def]
    """What the sign-in library notes when somebody gives a password: not asked again for a while."""
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
