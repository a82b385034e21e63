"""The world of `world.py`, made once for the tests of a file."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from tests.factories.cast import make_cast
from tests.house.world import World, make_world


@pytest.fixture(scope="module")
def whole_world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Made once; each test runs inside a savepoint of this transaction, which is thrown away at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_world(make_cast())
        transaction.set_rollback(True)


@pytest.fixture
def world(whole_world: World, db: None) -> World:
    return whole_world
