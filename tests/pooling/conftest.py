"""What the tests of the room share."""

import pytest

from tests.factories.rounds import proposed


@pytest.fixture
def as_(cast, signed_in):
    """`as_("animator")`: that person's client, whose pages are in English; `as_(None)`: a visitor's."""

    def make(who):
        client = signed_in(getattr(cast, who) if who else None)
        client.cookies["tiwizi_language"] = "en"
        return client

    return make


@pytest.fixture
def waiting(cast):
    """A round and its one proposal, that both partners have still to answer."""
    return proposed(cast)
