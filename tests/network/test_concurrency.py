"""Two people at once, on PostgreSQL: a link opens once, and somebody who gives roles remains."""

import pytest
from django.db import connection

from tests.factories.at_once import at_once
from tests.factories.cast import make_cast
from tiwizi.accounts.models import User
from tiwizi.network import rules
from tiwizi.network.models import Invitation, Mandate
from tiwizi.network.queries import today

pytestmark = [
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="SQLite lets one writer in at a time; make test runs PostgreSQL too"
    ),
    pytest.mark.django_db(transaction=True),
    pytest.mark.slow,
]
EMAIL = "elue@belfaa.example"


@pytest.fixture
def cast(transactional_db):
    return make_cast()


def invited(cast, role: str) -> Invitation:
    return rules.invite(
        by=cast.jette_coordinator, body=cast.jette, email=EMAIL, role=role, language="fr", site="http://testserver/"
    )


def accept(invitation: Invitation, name: str) -> User:
    return rules.accept_as_newcomer(
        invitation=invitation, name=name, password="quatre mots bien choisis", language="fr"
    )


def test_one_link_opened_twice_at_once(cast):
    made = invited(cast, "elected")
    given = at_once(lambda: accept(made, "A"), lambda: accept(made, "B"))
    (user,) = User.objects.filter(email=EMAIL)
    assert [one for one in given if one != user] == ["invitation-used"]
    assert Mandate.objects.filter(user=user).count() == 1


def test_two_links_of_one_address_at_once(cast):
    first, second = invited(cast, "elected"), invited(cast, "donor")
    given = at_once(lambda: accept(first, "A"), lambda: accept(second, "B"))
    (user,) = User.objects.filter(email=EMAIL)
    assert [one for one in given if one != user] == ["account-exists"]
    assert Mandate.objects.filter(user=user).count() == 1
    assert Invitation.objects.filter(accepted_at__isnull=True).count() == 1  # still there to be accepted


def test_the_last_two_who_give_roles_leave_at_once(cast):
    mine = Mandate.objects.get(user=cast.programme_coordinator)
    theirs = rules.grant_mandate(by=None, user=cast.donor, body=cast.programme, role=mine.role)
    given = at_once(
        lambda: rules.leave_role(by=cast.programme_coordinator, mandate=mine),
        lambda: rules.leave_role(by=cast.donor, mandate=theirs),
    )
    assert given.count("last-manager") == 1
    assert Mandate.objects.filter(role=mine.role, end=today()).count() == 1
