"""What every test may use: the cast, and a browser-like client signed in as one of it."""

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
        return client

    return make
