"""An election turns over a commune: all or nothing, looked at first, taken back while nobody has come."""

from datetime import date, timedelta

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from tests.factories.cast import person
from tiwizi.base.errors import Refusal
from tiwizi.network import queries, rules
from tiwizi.network.models import Invitation, Mandate

pytestmark = pytest.mark.django_db
NEW = {"email": "nouvelle@belfaa.example", "role": "elected", "language": "ar", "name": "Nouvelle élue"}


def hold(cast, **values):
    given = {
        "by": cast.jette_coordinator, "body": cast.jette, "leaving": [Mandate.objects.get(user=cast.elected)],
        "arriving": [NEW], "on": queries.today(), "reason": "Élections", "site": "http://testserver/",
    }  # fmt: skip
    return rules.hold_election(**(given | values))


def refused(code, act, /, *arguments, **values):
    with pytest.raises(Refusal) as caught:
        act(*arguments, **values)
    assert caught.value.code == code


def test_roles_end_and_others_are_invited_from_the_next_day(cast):
    (made,) = hold(cast)
    assert Mandate.objects.get(user=cast.elected).end == queries.today()
    assert made.start == queries.today() + timedelta(days=1)
    newcomer = rules.accept_as_newcomer(
        invitation=made, name="Nouvelle", password="quatre mots bien choisis", language="ar"
    )
    assert not queries.mandates_of(newcomer)
    assert queries.mandates_of(newcomer, on=made.start)


def test_taken_back_while_nobody_has_come(cast):
    mandate = Mandate.objects.get(user=cast.elected)
    mandate.end = date(2030, 12, 31)
    mandate.save()
    (made,) = hold(cast)
    rules.undo_election(by=cast.jette_coordinator, body=cast.jette)
    mandate.refresh_from_db()
    made.refresh_from_db()
    assert mandate.end == date(2030, 12, 31)
    assert made.withdrawn_at is not None
    refused("no-election", rules.undo_election, by=cast.jette_coordinator, body=cast.jette)


def test_not_taken_back_once_somebody_has_come(cast):
    (made,) = hold(cast)
    rules.accept_as_newcomer(invitation=made, name="N", password="quatre mots bien choisis", language="fr")
    refused("election-begun", rules.undo_election, by=cast.jette_coordinator, body=cast.jette)
    assert Mandate.objects.get(user=cast.elected).end == queries.today()


def test_all_or_nothing(cast):
    refused("address-wrong", hold, cast, arriving=[NEW, NEW | {"email": "personne"}])
    refused("reason-missing", hold, cast, reason="")
    refused("election-empty", hold, cast, leaving=[], arriving=[])
    elsewhere = Mandate.objects.get(user=cast.etterbeek_coordinator)
    refused("mandate-elsewhere", hold, cast, leaving=[elsewhere])
    assert not Invitation.objects.exists()
    assert Mandate.objects.get(user=cast.elected).end is None


@pytest.mark.parametrize("who", ["neighbour", "elected", "association", "donor", "stranger", "animator"])
def test_who_may_not(cast, who):
    refused("not-allowed", hold, cast, by=getattr(cast, who))
    hold(cast)
    refused("not-allowed", rules.undo_election, by=getattr(cast, who), body=cast.jette)


def test_nobody_ends_a_role_above_their_own(cast):
    above = person("coord", "Coordination", "programme_coordinator", cast.jette)
    refused("role-above-own", hold, cast, leaving=[Mandate.objects.get(user=above)])


def test_the_page_looks_first_then_does_and_offers_the_sheet(cast, signed_in):
    client = signed_in(cast.jette_coordinator)
    address = reverse("network:election", args=["jette-belfaa"])
    soup = BeautifulSoup(client.get(address).content, "html.parser")
    assert [box["value"] for box in soup.select("input[name=leaving][checked]")] == [
        str(Mandate.objects.get(user=cast.elected).pk)
    ]
    typed = {
        "leaving": [str(Mandate.objects.get(user=cast.elected).pk)], "on": str(queries.today()), "role": "elected",
        "arriving": "nouvelle@belfaa.example Nouvelle élue\n\nautre@belfaa.example; Autre", "language": "fr",
        "reason": "Élections communales",
    }  # fmt: skip
    looked = client.post(address, typed)
    assert "autre@belfaa.example" in BeautifulSoup(looked.content, "html.parser").select_one(".note").get_text()
    assert not Invitation.objects.exists()
    assert client.post(address, typed | {"arriving": "Nouvelle sans adresse"}).status_code == 422
    done = client.post(address, typed | {"done": "1"})
    assert reverse("portal:handover", args=["jette-belfaa"]) in done.text
    assert {one.name for one in Invitation.objects.all()} == {"Nouvelle élue", "Autre"}
    assert client.post(reverse("network:undo-election", args=["jette-belfaa"])).status_code == 302
    assert Mandate.objects.get(user=cast.elected).end is None
