"""What every test may use: the cast, and a browser-like client signed in as one of it."""

import time
from collections.abc import Callable

import pytest
from django.test import Client


@pytest.fixture
def cast(db):  # type: ignore[no-untyped-def]
    """The people, bodies and plans of `tests/factories/cast.py`."""
    from tests.factories.cast import make_cast

    return make_cast()


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


def just_entered(client: Client, user) -> None:  # type: ignore[no-untyped-def]
    """What the sign-in library notes when somebody gives a password: not asked again for a while."""
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
