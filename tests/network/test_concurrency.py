"""Two people at once, on PostgreSQL: a link opens once, a person is erased once, and who gives roles remains."""

from datetime import timedelta
from functools import partial

import pytest
from django.db import connection

from tests.factories.at_once import at_once
from tests.factories.cast import make_cast, person
from tiwizi.accounts.models import User
from tiwizi.base import chain
from tiwizi.base.merging import Seen
from tiwizi.base.models import AuditEntry
from tiwizi.network import rules
from tiwizi.network.models import Body, BodyKind, Contact, Invitation, Mandate, Organisation
from tiwizi.network.queries import today
from tiwizi.network.queries.building import CONTACT, facts_of

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


TOWN = {
    "kind": "commune", "country": "MA", "scheme": "HCP", "ref": "09.163.01.27", "province": "", "region": "",
    "lat": None, "lon": None, "population": None, "population_year": None,
}  # fmt: skip


def test_one_code_given_to_two_organisations_at_once(cast):
    how = {"by": cast.programme_coordinator, "body": cast.programme, **TOWN}
    given = at_once(
        lambda: rules.register_organisation(name_fr="Sidi Bibi", **how),
        lambda: rules.register_organisation(name_fr="Sidi Bibi", **how),
    )
    assert given.count("code-taken") == 1
    assert Organisation.objects.filter(ref="09.163.01.27").count() == 1


def test_one_name_founded_twice_at_once(cast):
    how = {"by": cast.programme_coordinator, "wholes": [cast.souss], "name_fr": "Est", "kind": "regional-group",
           "start": None, "uncertain": False, "note": ""}  # fmt: skip
    given = at_once(lambda: rules.found_with_seats(**how), lambda: rules.found_with_seats(**how))
    assert all(isinstance(one, Body) for one in given), given
    assert set(Body.objects.filter(slug__startswith="est").values_list("slug", flat=True)) == {"est", "est-2"}


@pytest.fixture
def elsewhere(cast):
    """Another programme, and who manages it: nothing is locked in common."""
    programme = Body.objects.create(slug="autre", kind=cast.programme.kind, name={"fr": "Autre programme"})
    return programme, person("autre", "Coordination ailleurs", "programme_coordinator", programme)


GROUP = {"name_fr": "Est", "kind": "regional-group", "start": None, "uncertain": False, "note": ""}


def test_one_short_name_in_two_programmes_at_once(cast, elsewhere):
    programme, other = elsewhere
    found = partial(rules.found_with_seats, **GROUP)
    given = at_once(
        lambda: found(by=cast.programme_coordinator, wholes=[cast.souss]),
        lambda: found(by=other, wholes=[programme]),
    )
    assert {getattr(one, "slug", one) for one in given} == {"est", "est-2"}
    given = at_once(
        lambda: found(by=cast.programme_coordinator, wholes=[cast.souss], slug="ouest"),
        lambda: found(by=other, wholes=[programme], slug="ouest"),
    )
    assert [getattr(one, "slug", one) for one in sorted(given, key=str)] in (["ouest", "slug-taken"],), given
    assert AuditEntry.objects.filter(act="found-body", object_id=str(Body.objects.get(slug="ouest").pk)).count() == 1


def test_one_name_of_a_thing_in_two_programmes_at_once(cast, elsewhere):
    programme, other = elsewhere
    mine, theirs = {"by": cast.programme_coordinator, "body": cast.programme}, {"by": other, "body": programme}
    for act, facts, field in (
        (rules.add_level, {"name_fr": "Comité", "rank": 4}, "code"),
        (rules.add_organisation_kind, {"name_fr": "Coopérative"}, "code"),
        (rules.register_organisation, TOWN | {"scheme": "", "ref": "", "name_fr": "Sidi Bibi"}, "slug"),
    ):
        given = at_once(partial(act, **mine, **facts), partial(act, **theirs, **facts))
        names = sorted(str(getattr(one, field, one)) for one in given)
        assert names[1] == f"{names[0]}-2", names


def test_a_workbook_and_a_page_take_one_short_name_at_once(cast, elsewhere):
    programme, other = elsewhere
    town = {"kind": "commune", "country": "MA", "name_fr": "Sidi Bibi"}
    entry = {"part": "organisations", "sheet": "Organisations", "row": 2, "cells": {}, "values": town}
    kept = rules.check_network(
        by=cast.programme_coordinator, body=cast.programme, filename="x", entries=[entry], faults=[], sha256=""
    )
    facts = TOWN | {"scheme": "", "ref": "", "name_fr": "Sidi Bibi"}
    given = at_once(
        lambda: rules.apply_network(by=cast.programme_coordinator, kept=kept),
        lambda: rules.register_organisation(by=other, body=programme, **facts),
    )
    assert "import-outdated" in given or Organisation.objects.filter(slug="sidi-bibi-2").exists(), given
    assert Organisation.objects.filter(slug="sidi-bibi").count() == 1


def test_two_correct_one_organisation_at_once(cast):
    seen = Seen(1, facts_of(cast.belfaa))
    how = {"by": cast.programme_coordinator, "body": cast.programme, "organisation": cast.belfaa, "seen": seen}
    at_once(
        lambda: rules.change_organisation(province="Chtouka", **how),
        lambda: rules.change_organisation(name_nl="Belfaa (nl)", **how),
    )
    cast.belfaa.refresh_from_db()
    assert (cast.belfaa.province, cast.belfaa.name["nl"], cast.belfaa.version) == ("Chtouka", "Belfaa (nl)", 3)


def test_two_say_first_how_a_body_is_reached(cast):
    how = {"by": cast.jette_coordinator, "body": cast.jette, "seen": Seen(1, dict.fromkeys(CONTACT, ""))}
    at_once(
        lambda: rules.set_contact(mail="a@b.example", **how), lambda: rules.set_contact(office="Secrétariat", **how)
    )
    assert Contact.objects.values_list("mail", "office").get() == ("a@b.example", "Secrétariat")


def test_one_workbook_applied_twice_at_once(cast):
    entry = {"part": "levels", "sheet": "Niveaux", "row": 2, "cells": {}, "values": {"name_fr": "Comité", "rank": 4}}
    kept = rules.check_network(
        by=cast.programme_coordinator, body=cast.programme, filename="x", entries=[entry], faults=[], sha256=""
    )
    act = partial(rules.apply_network, by=cast.programme_coordinator, kept=kept)
    given = at_once(act, act)
    assert given.count("import-state") == 1
    assert BodyKind.objects.filter(pk="comite").count() == 1


def test_the_last_two_who_give_roles_erase_each_other_at_once(cast):
    mine = Mandate.objects.get(user=cast.programme_coordinator)
    rules.grant_mandate(by=None, user=cast.donor, body=cast.programme, role=mine.role)
    for user in (cast.programme_coordinator, cast.donor):
        assert rules.ask_to_be_erased(by=user) is False
    given = at_once(
        lambda: rules.erase_person(by=cast.programme_coordinator, user=cast.donor, reason="asked"),
        lambda: rules.erase_person(by=cast.donor, user=cast.programme_coordinator, reason="asked"),
    )
    assert {"last-manager", "not-allowed"} & set(map(str, given))
    assert User.objects.filter(erased_at__isnull=False).count() == 1


def test_a_person_is_erased_once(cast):
    Mandate.objects.filter(user=cast.elected).update(end=today() - timedelta(days=1))
    given = at_once(
        lambda: rules.erase_person(by=cast.programme_coordinator, user=cast.elected, reason="asked"),
        lambda: rules.ask_to_be_erased(by=User.objects.get(pk=cast.elected.pk)),
    )
    assert given.count("already-erased") == 1
    assert AuditEntry.objects.filter(act="erase-person").count() == 1
    chain.seal_waiting()
    assert chain.verify().faults == 0


def test_an_offer_is_taken_up_once(cast):
    mandate = Mandate.objects.get(user=cast.jette_coordinator)
    offer = rules.lend_mandate(
        by=cast.jette_coordinator, mandate=mandate, email=cast.elected.email, start=today(), end=today(),
        site="http://testserver/",
    )  # fmt: skip
    given = at_once(
        lambda: rules.accept_offer(by=cast.elected, offer=offer),
        lambda: rules.accept_offer(by=cast.elected, offer=offer),
    )
    assert given.count("offer-taken") == 1
    assert AuditEntry.objects.filter(act="accept-offer").count() == 1
