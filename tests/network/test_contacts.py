"""How bodies and organisations are reached: kept apart, read by who may read people, never by others."""

import pytest
from django.urls import reverse

from tiwizi.base.errors import Conflict, Refusal
from tiwizi.base.merging import Seen
from tiwizi.network import rules
from tiwizi.network.handover import sheet_of
from tiwizi.network.models import Contact
from tiwizi.network.queries import building

pytestmark = pytest.mark.django_db
HALL = {
    "office": "Secrétariat communal", "mail": "commune@belfaa.example", "phone": "+212 528 00 11 22",
    "address": "Route d’Agadir\n80000 Belfaa", "website": "https://belfaa.example/",
}  # fmt: skip


def said(cast, **facts):
    how = {"by": cast.jette_coordinator, "body": cast.jette, "organisation": cast.belfaa, "seen": Seen(1)}
    return rules.set_contact(**how, **HALL | facts)


def test_a_coordinator_says_how_a_commune_is_reached(cast):
    kept = said(cast)
    assert building.contact_facts(building.contact_of(cast.belfaa)) == HALL
    assert (kept.version, kept.body) == (2, None)
    own = rules.set_contact(by=cast.jette_coordinator, body=cast.jette, seen=Seen(1), mail="jette@belfaa.example")
    assert own.body == cast.jette


@pytest.mark.parametrize("who", ["elected", "association", "donor", "neighbour", "stranger", "etterbeek_coordinator"])
def test_others_do_not(cast, who):
    with pytest.raises(Refusal) as caught:
        rules.set_contact(by=getattr(cast, who), body=cast.jette, seen=Seen(1), mail="a@b.example")
    assert caught.value.code == "not-allowed"
    assert not Contact.objects.exists()


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"mail": "pas une adresse"}, "contact-mail"),
        ({"phone": "appelez-moi"}, "contact-phone"),
        ({"website": "javascript:alert(1)"}, "contact-website"),
    ],
)
def test_what_is_no_address_is_refused(cast, facts, code):
    with pytest.raises(Refusal) as caught:
        said(cast, **facts)
    assert (caught.value.code, caught.value.field) == (code, next(iter(facts)))


def test_only_of_who_sits_in_the_body(cast):
    with pytest.raises(Refusal) as caught:
        rules.set_contact(
            by=cast.jette_coordinator, body=cast.jette, organisation=cast.ait_baha, seen=Seen(1), mail="a@b.example"
        )
    assert caught.value.code == "not-seated"


def test_two_say_it_at_once(cast):
    said(cast)
    read = Seen(2, HALL)
    how = {"by": cast.jette_coordinator, "body": cast.jette, "organisation": cast.belfaa, "seen": read}
    rules.set_contact(**how, **HALL | {"phone": "+212 528 99 99 99"})
    kept = rules.set_contact(**how, **HALL | {"office": "Bureau d’ordre"})
    assert (kept.phone, kept.office) == ("+212 528 99 99 99", "Bureau d’ordre")
    with pytest.raises(Conflict):
        rules.set_contact(**how, **HALL | {"phone": "+212 528 77 77 77"})


def test_read_by_who_may_read_people_and_by_nobody_else(cast, signed_in):
    contact = said(cast)
    page = reverse("network:contacts", args=["jette-belfaa"])
    history = reverse("network:history", args=["jette-belfaa", "network.contact", contact.pk])
    words = [HALL["mail"], HALL["phone"], HALL["office"]]
    for who in ("jette_coordinator", "animator", "programme_coordinator"):
        client = signed_in(getattr(cast, who))
        assert all(word in client.get(page).text for word in words)
        assert HALL["mail"] in client.get(history).text
        handed = str(sheet_of(getattr(cast, who), cast.jette).sections)
        assert all(word in handed for word in words)
    for who in ("association", "neighbour"):  # they read the body, not its people
        client = signed_in(getattr(cast, who))
        assert client.get(page).status_code == 403
        assert client.get(history).status_code == 404
        read = [sheet_of(getattr(cast, who), cast.jette).sections]
        for name in ("portal:body", "network:people", "network:life", "network:network", "portal:handover"):
            read.append(client.get(reverse(name, args=["jette-belfaa"])).text)
        story = reverse("network:history", args=["jette-belfaa", "network.body", cast.jette.pk])
        read.append(client.get(story).text)
        assert not any(word in str(one) for one in read for word in words)
    assert signed_in(None).get(page).status_code == 302


def test_it_is_kept_on_a_page(cast, signed_in):
    client = signed_in(cast.jette_coordinator)
    address = reverse("network:contact", args=["jette-belfaa", cast.belfaa.pk])
    form = client.get(address)
    sealed = form.context["seen"]
    assert client.post(address, HALL | {"seen": sealed}).status_code == 302
    assert building.contact_of(cast.belfaa).website == HALL["website"]
    again = client.post(address, HALL | {"seen": client.get(address).context["seen"], "mail": "x"})
    assert again.status_code == 422
    other = reverse("network:contact", args=["jette-belfaa", cast.ait_baha.pk])
    assert client.get(other).status_code == 404


def test_the_table_asks_two_queries_whatever_its_size(cast, django_assert_num_queries):
    said(cast)
    with django_assert_num_queries(2):
        assert len(building.contacts_in(cast.jette)) == 3
