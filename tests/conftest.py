"""What every test may use: the cast, and a browser-like client signed in as one of it."""

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
        return client

    return make
