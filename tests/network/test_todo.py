"""Who gives roles is told in time that one ends and nobody follows."""

from datetime import timedelta

import pytest

from tiwizi.network.models import Mandate
from tiwizi.network.queries import today
from tiwizi.network.todo import SOON, to_do


@pytest.fixture
def ending(cast):
    """The elected member's mandate ends in a month."""
    Mandate.objects.filter(user=cast.elected).update(end=today() + timedelta(days=30))


def test_a_role_that_ends_soon(cast, ending):
    for who in (cast.jette_coordinator, cast.programme_coordinator):
        (one,) = to_do(who)
        assert "Jette–Belfaa" in str(one.sentence)
        assert one.href == "/b/jette-belfaa/people/"
    for who in (cast.neighbour, cast.animator, cast.elected, cast.stranger):
        assert to_do(who) == []


def test_somebody_follows(cast, ending):
    Mandate.objects.create(user=cast.stranger, body=cast.jette, role="elected", start=today() + timedelta(days=31))
    assert to_do(cast.jette_coordinator) == []


@pytest.mark.parametrize("days", [-1, SOON.days + 1])
def test_what_is_over_or_far_away_does_not_wait(cast, days):
    Mandate.objects.filter(user=cast.elected).update(end=today() + timedelta(days=days))
    assert to_do(cast.jette_coordinator) == []


def test_an_election_is_one_line_a_body(cast, django_assert_max_num_queries):
    Mandate.objects.filter(body__in=[cast.jette, cast.etterbeek]).update(end=today() + timedelta(days=3))
    with django_assert_max_num_queries(4):
        lines = to_do(cast.programme_coordinator)
    assert {one.body for one in lines} == {cast.jette, cast.etterbeek}


def test_the_home_page_says_it(cast, signed_in, ending):
    assert "/b/jette-belfaa/people/" in signed_in(cast.jette_coordinator).get("/").content.decode()
