"""Places of the public lists: found in four alphabets, chosen into a form, the nearest told where there is none."""

from collections import Counter

import pytest
from django.urls import reverse
from django.utils import translation

from tiwizi.base.errors import Refusal
from tiwizi.base.merging import Seen
from tiwizi.network import places, rules
from tiwizi.network.models import Organisation
from tiwizi.network.queries import building
from tiwizi.network.rules import codes

BELFAA = "09.163.05.11"


# --- The lists ---


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("belfaa", BELFAA),
        ("BELFAÂ", BELFAA),
        ("ⴱⵍⴼⴰⵄ", BELFAA),
        (BELFAA, BELFAA),
        ("ايت باها", "09.163.01.03"),  # without the signs on the alif
        ("aït-baha", "09.163.01.03"),
        ("ⴰⵢⵜ ⴱⴰⵀⴰ", "09.163.01.03"),
        ("mokrisset", "01.405.09.09"),  # Moqrissat
        ("Elsene", "21009"),
        ("ixeles", "21009"),
        ("saint josse", "21014"),
        ("23023", "23106"),  # merged into another in 2025
    ],
)
def test_a_place_is_found_by_any_of_its_names(typed, code):
    assert code in [one.code for one in places.search(typed)][:2]


def test_nothing_is_found_for_nothing():
    assert places.search("") == places.search("  ") == places.search("x" * 300) == places.search("%_'\"") == []


def test_what_a_place_says():
    place = places.place("HCP", "01.511.01.01")
    assert dict(place.name) == {"fr": "Assilah", "ar": "أصيلة"}
    assert (str(place.province), place.lat) == ("Tanger-Assilah", 35.46522)
    assert place.facts["population_year"] == 2024
    assert places.place("HCP", BELFAA).lat is None  # no open source says where: not known, not zero
    leuven = places.place("NIS", "24062")
    assert (leuven.name["nl"], str(leuven.province), str(leuven.region)) == ("Leuven", "Brabant flamand", "Flandre")
    assert str(places.place("NIS", "21010").province) == ""
    assert places.place("KBO", "1") is None


def test_each_list_is_whole():
    hcp, nis = places._listed("HCP"), places._listed("NIS")
    assert [sum(len(code) == n for code in hcp) for n in (2, 6)] == [12, 75]
    assert (len(hcp), len(nis)) == (1639, 565 + 10 + 3)
    assert all(str(one.region) for code, one in hcp.items() if len(code) > 2)
    assert all(str(one.region) for code, one in nis.items() if code[0] != "0")
    with translation.override("en"):
        levels = Counter(one.level for one in (*hcp.values(), *nis.values()))
    assert (levels["Region"], levels["Province"]) == (12 + 3, 75 + 8 + 10)
    assert all(20 < one.lat < 36 and -18 < one.lon < 0 for one in hcp.values() if one.lat is not None)
    assert all(49 < one.lat < 52 and 2 < one.lon < 7 for one in nis.values() if one.lat is not None)


@pytest.mark.parametrize(
    ("typed", "ref", "right"),
    [
        ("0207.366.501", "0207.366.501", True),
        ("BE 0207366501", "0207.366.501", True),
        ("207366501", "0207.366.501", True),  # as a workbook keeps it: without its zero
        ("0207.366.502", "0207.366.502", False),
        ("2207.366.501", "2207.366.501", False),
        ("0207", "0207", False),
        ("٠٢٠٧٣٦٦٥٠١", "٠٢٠٧٣٦٦٥٠١", False),
    ],
)
def test_an_enterprise_number_checks_itself(typed, ref, right):
    assert (places.tidy("KBO", typed), places.enterprise(places.tidy("KBO", typed))) == (ref, right)


@pytest.mark.parametrize(
    ("scheme", "code", "name", "near"),
    [
        ("HCP", "09.163.05.12", "", "Belfaâ"),
        ("HCP", "09.163.50.11", "", "Belfaâ"),
        ("HCP", "99", "Sidi Bibi", "Sidi Bibi"),
        ("NIS", "23023", "", "Pajottegem"),
        ("NIS", "2101", "", "Jette"),
        ("NIS", "", "", "Flandre"),
        ("HCP", "9" * 500, "", "Aousserd"),
    ],
)
def test_what_a_wrong_code_may_mean(scheme, code, name, near):
    found = [str(one) for one in places.nearest(scheme, code, [name])]
    assert near in found or (len(code) > 100 and found)
    assert len(found) <= 4


# --- The rules ---

FACTS = {
    "kind": "commune", "country": "MA", "scheme": "HCP", "ref": "09.163.07.23", "province": "", "region": "",
    "lat": None, "lon": None, "population": None, "population_year": None,
}  # fmt: skip


def refused(code, **how):
    with pytest.raises(Refusal) as caught:
        rules.register_organisation(**how)
    assert caught.value.code == code
    return caught.value


@pytest.mark.django_db
def test_a_code_gives_what_was_left_empty(cast):
    by = {"by": cast.programme_coordinator, "body": cast.programme}
    made = rules.register_organisation(**by, **FACTS)
    assert dict(made.name) == {"fr": "Oued Essafa", "ar": "واد الصفاء"}
    assert (made.province, made.region, made.population_year) == ("Chtouka-Aït Baha", "Souss-Massa", 2024)
    assert (made.lat, made.lon) == (None, None)
    belgian = FACTS | {"country": "BE", "scheme": "nis", "ref": "21009", "population": 5}
    ixelles = rules.register_organisation(**by, **belgian, name_fr="Ixelles, échevinat")
    assert (dict(ixelles.name), ixelles.scheme, ixelles.population) == ({"fr": "Ixelles, échevinat"}, "NIS", 5)
    assert ixelles.population_year is None
    assert round(ixelles.lat or 0, 1) == 50.8


@pytest.mark.django_db
def test_a_code_that_there_is_not_is_refused_with_the_nearest(cast):
    how = {"by": cast.programme_coordinator, "body": cast.programme} | FACTS
    refusal = refused("code-unknown", **how | {"ref": "09.163.05.12", "name_fr": "Sidi Bibi"})
    assert ("Belfaâ 09.163.05.11" in str(refusal), "Sidi Bibi 09.163.01.27" in str(refusal)) == (True, True)
    assert refusal.field == "ref"
    assert refused("code-country", **how | {"scheme": "NIS", "ref": "21009"}).field == "country"
    association = how | {"name_fr": "Brulocalis", "country": "BE", "scheme": "KBO"}
    refused("kbo-wrong", **association | {"ref": "0451.763.938"})
    made = rules.register_organisation(**association | {"ref": "BE0207366501"})
    assert made.ref == "0207.366.501"
    refused("code-taken", **association | {"ref": "0207.366.501", "name_fr": "Une autre"})


@pytest.mark.django_db
def test_a_code_that_stands_is_not_asked_about_again(cast):
    """Lists change; who corrects a name is not held up by an old code."""
    Organisation.objects.filter(pk=cast.belfaa.pk).update(scheme="HCP", ref="09.163.99.99")
    cast.belfaa.refresh_from_db()
    how = {"by": cast.programme_coordinator, "body": cast.programme, "organisation": cast.belfaa}
    seen = Seen(cast.belfaa.version, building.facts_of(cast.belfaa))
    kept = rules.change_organisation(**how, seen=seen, name_nl="Belfaa", ref="09.163.99.99")
    with pytest.raises(Refusal) as caught:
        rules.change_organisation(**how, seen=Seen(kept.version, building.facts_of(kept)), ref="09.163.99.98")
    assert caught.value.code == "code-unknown"


def test_every_fault_of_a_code_has_its_sentence():
    wrong = [FACTS | {"ref": "x"}, FACTS | {"country": "BE"}, FACTS | {"scheme": "KBO", "country": "BE"}]
    for facts in wrong:
        _field, code, told = codes.fault_of(facts)
        assert "%(" not in str(codes.SENTENCES[code]) % told
    assert codes.fault_of(FACTS | {"ref": ""}) is codes.fault_of(FACTS | {"scheme": "ISO"}) is None


# --- The pages ---


@pytest.fixture
def manager(cast, signed_in):
    client = signed_in(cast.programme_coordinator)
    client.cookies["tiwizi_language"] = "en"
    return client


TYPED = {"kind": "commune", "country": "MA", "name_en": "The town of Belfaa", "population": "many"}


def test_a_place_is_chosen_without_scripts_and_nothing_typed_is_lost(manager):
    address = reverse("network:organisation-add", args=["programme"])
    page = manager.post(address, TYPED | {"place-search": "ⴱⵍⴼⴰⵄ", "place-find": "1"}).text
    assert f'value="HCP:{BELFAA}"' in page
    assert 'value="The town of Belfaa"' in page
    page = manager.post(address, TYPED | {"place-search": "ⴱⵍⴼⴰⵄ", "place": f"HCP:{BELFAA}"}).text
    for said in ('value="The town of Belfaa"', 'value="Belfaâ"', 'value="بلفاع"', f'value="{BELFAA}"', "Souss-Massa"):
        assert said in page
    assert not Organisation.objects.filter(ref=BELFAA).exists()
    facts = {name: value for name, value in places.place("HCP", BELFAA).facts.items() if value is not None}
    enter = {"kind": "commune", "enter": "1", "place-search": "ⴱⵍⴼⴰⵄ", "place-asked": "ⴱⵍⴼⴰⵄ"}
    assert manager.post(address, facts | enter).status_code == 302
    assert Organisation.objects.get(ref=BELFAA).name["ar"] == "بلفاع"


def test_the_enter_key_looks_in_the_search_and_keeps_elsewhere(manager):
    address = reverse("network:organisation-add", args=["programme"])
    assert BELFAA in manager.post(address, TYPED | {"enter": "1", "place-search": "belfaa", "place-asked": ""}).text
    answer = manager.post(address, TYPED | {"enter": "1", "place-search": "", "place-asked": ""})
    assert answer.status_code == 422  # kept, if “many” were a number
    page = manager.post(address, {"place-find": "1", "name_fr": "Jette"}).text
    assert 'value="NIS:21010"' in page  # nothing looked for: the name that was typed


def test_another_place_replaces_the_names_of_the_one_before(manager):
    address = reverse("network:organisation-add", args=["programme"])
    first = {name: "" if value is None else value for name, value in places.place("NIS", "21010").facts.items()}
    page = manager.post(address, first | {"place": "NIS:24062"}).text
    assert 'value="Leuven"' in page
    assert 'value="Jette"' not in page
    page = manager.post(address, first | {"place": "NIS:nowhere"}).text
    assert 'value="Jette"' in page


def test_an_organisation_that_stands_takes_the_facts_of_a_place(cast, manager):
    address = reverse("network:organisation", args=["programme", cast.belfaa.pk])
    sealed = Seen(cast.belfaa.version, building.facts_of(cast.belfaa)).sealed(cast.belfaa.pk)
    typed = {"seen": sealed, "name_fr": "Belfaa", "kind": "commune"}
    page = manager.post(address, typed | {"place": f"HCP:{BELFAA}"}).text
    assert f'name="seen" value="{sealed}"' in page
    assert f'value="{BELFAA}"' in page
    Organisation.objects.filter(pk=cast.belfaa.pk).update(scheme="HCP", ref=BELFAA)
    assert "is an organisation already" in manager.post(address, {"place-search": "belfaa", "place-find": "1"}).text


def test_places_are_searched_while_one_types(cast, manager, django_assert_max_num_queries):
    address = reverse("network:places", args=["programme"])
    with django_assert_max_num_queries(20):
        page = manager.get(address, {"place-search": "saint"}).text
    assert "The first 12 of " in page
    assert reverse("network:organisation-add", args=["programme"]) + "?place=NIS%3A21014" in page
    piece = manager.get(address, {"place-search": "saint"}, headers={"hx-request": "true"}).text
    assert ("<html" in piece, 'name="place" value="NIS:21014"' in piece) == (False, True)
    assert "No place of the lists" in manager.get(address, {"place-search": "xyzzy plugh"}).text
    form = manager.get(reverse("network:organisation-add", args=["programme"]), {"place": "NIS:21014"}).text
    assert "Sint-Joost-ten-Node" in form


def test_who_does_not_manage_looks_up_no_places(cast, signed_in):
    for who in (cast.animator, cast.stranger):
        assert signed_in(who).get(reverse("network:places", args=["programme"])).status_code in (403, 404)
