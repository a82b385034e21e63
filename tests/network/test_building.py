"""A network is built without code: levels, kinds, organisations, bodies; each by a rule that asks who may."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import translation

from tests.factories.cast import person
from tiwizi.base.errors import Conflict, Refusal
from tiwizi.base.merging import Seen
from tiwizi.base.models import AuditEntry
from tiwizi.network import histories, queries, rules
from tiwizi.network.models import Body, BodyKind, Grouping, Organisation, OrganisationKind
from tiwizi.network.queries import building

pytestmark = pytest.mark.django_db

COMMUNE = {
    "kind": "commune", "country": "MA", "scheme": "HCP", "ref": "09.163.01.27", "province": "Chtouka",
    "region": "Souss",
    "lat": 30.1, "lon": -9.3, "population": 1000, "population_year": 2014,
}  # fmt: skip
BODY = {"kind": "partnership", "start": date(2018, 1, 1), "uncertain": False, "note": ""}


def refused(code, rule, **how):
    with pytest.raises(Refusal) as caught:
        rule(**how)
    assert caught.value.code == code
    return caught.value


def commune(cast, **facts):
    typed = COMMUNE | {"name_fr": "Sidi Bibi"} | facts
    return rules.register_organisation(by=cast.programme_coordinator, body=cast.programme, **typed)


def seen(thing):
    return Seen(thing.version, building.facts_of(thing))


# --- Levels and kinds ---


def test_a_level_is_added_and_worded(cast):
    by = cast.programme_coordinator
    level = rules.add_level(by=by, body=cast.programme, name_fr="Arrondissement", name_ar="مقاطعة", rank=4)
    assert (level.code, level.rank, level.name["ar"]) == ("arrondissement", 4, "مقاطعة")
    changed = rules.change_level(by=by, body=cast.programme, kind=level, seen=seen(level), name_nl="Wijk", rank=5)
    assert (changed.name["fr"], changed.name["nl"], changed.rank) == ("Arrondissement", "Wijk", 5)
    assert [event.act for event in histories.story(changed)]
    assert AuditEntry.objects.filter(object_type="network.bodykind", object_id="arrondissement").count() == 2


def test_a_level_in_arabic_or_tifinagh_only_gets_an_address(cast):
    by = cast.programme_coordinator
    codes = [
        rules.add_level(by=by, body=cast.programme, rank=3, **{field: name}).code
        for field, name in (("name_ar", "تعاونية"), ("name_fr", "ⵜⴰⵡⵉⵣⵉ"), ("name_fr", "L'Union d'Agadir"))
    ]
    assert codes == ["level", "level-2", "lunion-dagadir"]


def test_what_a_level_may_not_be(cast):
    by, programme = cast.programme_coordinator, cast.programme
    refused("unnamed", rules.add_level, by=by, body=programme, name_fr="  ", rank=1)
    refused("level-rank", rules.add_level, by=by, body=programme, name_fr="Trop", rank=99)
    group = cast.souss.kind
    refused("level-order", rules.change_level, by=by, body=programme, kind=group, seen=seen(group), rank=9)
    group.refresh_from_db()
    assert group.rank == 2


def test_who_may_not_build(cast):
    level, kind = BodyKind.objects.get(pk="country"), OrganisationKind.objects.get(pk="commune")
    for who in (cast.animator, cast.jette_coordinator, cast.stranger, cast.association):
        how = {"by": who, "body": cast.programme}
        refused("not-allowed", rules.add_level, name_fr="X", rank=1, **how)
        refused("not-allowed", rules.change_level, kind=level, seen=seen(level), name_fr="X", **how)
        refused("not-allowed", rules.add_organisation_kind, name_fr="X", **how)
        refused("not-allowed", rules.change_organisation_kind, kind=kind, seen=seen(kind), name_fr="X", **how)
        refused("not-allowed", rules.register_organisation, name_fr="X", **COMMUNE, **how)
        town = cast.belfaa
        refused("not-allowed", rules.change_organisation, organisation=town, seen=seen(town), name_fr="X", **how)
        refused("not-allowed", rules.found_with_seats, by=who, wholes=[cast.souss], name_fr="X", **BODY)
        refused("not-allowed", rules.change_body, by=who, body=cast.jette, seen=seen(cast.jette), name_fr="X")


def test_who_manages_a_group_only_does_not_change_the_levels_of_the_programme(cast):
    regional = person("regional", "Gestion régionale", "programme_coordinator", cast.souss)
    refused("not-allowed", rules.add_level, by=regional, body=cast.souss, name_fr="X", rank=1)
    body = rules.found_with_seats(by=regional, wholes=[cast.souss], **BODY | {"kind": "thematic-group"}, name_fr="Eau")
    assert Grouping.objects.get(body=body).whole == cast.souss


def test_what_another_programme_uses_stays(cast):
    other = Body.objects.create(slug="autre", kind=cast.programme.kind, name={"fr": "Autre programme"})
    by, kind = cast.programme_coordinator, cast.programme.kind
    refused("shared-elsewhere", rules.change_level, by=by, body=cast.programme, kind=kind, seen=seen(kind), name_fr="X")
    Body.objects.filter(pk=other.pk).delete()
    rules.change_level(by=by, body=cast.programme, kind=kind, seen=seen(kind), name_fr="X")


def test_a_kind_of_organisation(cast):
    by = cast.programme_coordinator
    kind = rules.add_organisation_kind(by=by, body=cast.programme, name_fr="Ministère", name_nl="Ministerie")
    kind = rules.change_organisation_kind(by=by, body=cast.programme, kind=kind, seen=seen(kind), name_en="Ministry")
    assert dict(kind.name) == {"fr": "Ministère", "nl": "Ministerie", "en": "Ministry"}
    assert kind.code == "ministere"


# --- Organisations ---


def test_an_organisation_is_added_and_corrected(cast):
    town = commune(cast, name_ar="سيدي بيبي")
    assert (town.slug, town.kind_id, town.ref, town.lat) == ("sidi-bibi", "commune", "09.163.01.27", 30.1)
    by = cast.programme_coordinator
    kept = rules.change_organisation(by=by, body=cast.programme, organisation=town, seen=seen(town), population=2000)
    assert (kept.population, kept.population_year, kept.version) == (2000, 2014, 2)
    assert AuditEntry.objects.get(act="change-organisation").before == {"population": 1000}
    assert commune(cast, scheme="", ref="").slug == "sidi-bibi-2"


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"name_fr": "", "scheme": "", "ref": ""}, "unnamed"),
        ({"country": "Maroc"}, "country-code"),
        ({"ref": ""}, "code-half"),
        ({"lon": None}, "point-half"),
        ({"slug": "belfaa"}, "slug-taken"),
    ],
)
def test_what_an_organisation_may_not_be(cast, facts, code):
    typed = COMMUNE | {"name_fr": "Sidi Bibi"} | facts
    refused(code, rules.register_organisation, by=cast.programme_coordinator, body=cast.programme, **typed)
    assert not Organisation.objects.filter(slug="sidi-bibi").exists()


def test_a_code_belongs_to_one_organisation(cast):
    commune(cast)
    again = COMMUNE | {"name_fr": "Autre"}
    refused("code-taken", rules.register_organisation, by=cast.programme_coordinator, body=cast.programme, **again)


def test_two_people_correct_an_organisation_at_once(cast):
    town, by = commune(cast), cast.programme_coordinator
    how = {"by": by, "body": cast.programme, "organisation": town, "seen": seen(town)}
    rules.change_organisation(name_fr="Sidi-Bibi", **how)
    kept = rules.change_organisation(name_ar="سيدي بيبي", population=5, **how)
    assert dict(kept.name) == {"fr": "Sidi-Bibi", "ar": "سيدي بيبي"}
    with pytest.raises(Conflict):
        rules.change_organisation(name_fr="Sidi Bibi Centre", **how)


def test_an_organisation_that_sits_elsewhere_is_not_changed(cast):
    other = Body.objects.create(slug="autre", kind=cast.programme.kind, name={"fr": "Autre programme"})
    rules.seat_organisation(by=None, body=other, organisation=cast.belfaa, side="member")
    how = {"by": cast.programme_coordinator, "body": cast.programme, "organisation": cast.belfaa}
    refused("shared-elsewhere", rules.change_organisation, seen=seen(cast.belfaa), name_fr="X", **how)


# --- Bodies ---


def test_a_partnership_is_founded_with_its_communes(cast):
    ixelles = commune(cast, name_fr="Ixelles", country="BE", scheme="NIS", ref="21009")
    seats = [(ixelles, "north"), (cast.belfaa, "south"), (cast.ait_baha, "south")]
    body = rules.found_with_seats(
        by=cast.programme_coordinator, wholes=[cast.souss, cast.theme], seats=seats, **BODY,
        name_fr="Ixelles–Belfaa", name_ar="إكسيل - بلفاع",
    )  # fmt: skip
    assert body.slug == "ixelles-belfaa"
    assert {tie.whole for tie in body.groupings.all()} == {cast.souss, cast.theme}
    assert {(s.organisation, s.side, s.start) for s in body.memberships.all()} == {(*s, BODY["start"]) for s in seats}


def test_a_group_needs_nobody_and_a_partnership_somebody_on_each_side(cast):
    by = cast.programme_coordinator
    group = rules.found_with_seats(by=by, wholes=[cast.country], **BODY | {"kind": "regional-group"}, name_ar="الشرق")
    assert (group.slug, group.memberships.count()) == ("regional-group", 0)
    how = {"by": by, "wholes": [cast.souss], "name_fr": "Demi", **BODY}
    refusal = refused("side-empty", rules.found_with_seats, seats=[(cast.belfaa, "south")], **how)
    assert refusal.field == "north"
    refused("seat-taken", rules.found_with_seats, seats=[(cast.belfaa, "south"), (cast.belfaa, "north")], **how)
    assert not Body.objects.filter(slug__startswith="demi").exists()


def test_a_body_lies_in_wider_ones(cast):
    how = {"by": cast.programme_coordinator, "name_fr": "À l’envers"}
    refused("level-order", rules.found_with_seats, wholes=[cast.jette], **BODY | {"kind": "country"}, **how)
    refused("no-whole", rules.found_with_seats, wholes=[], **BODY, **how)
    refused("life-order", rules.found_with_seats, wholes=[cast.souss], end=date(2017, 1, 1), **BODY, **how)
    refused("slug-taken", rules.found_with_seats, wholes=[cast.souss], slug="jette-belfaa", **BODY, **how)
    refused("unnamed", rules.found_with_seats, by=how["by"], wholes=[cast.souss], **BODY)


def test_a_body_is_corrected(cast):
    by = cast.programme_coordinator
    body = rules.change_body(by=by, body=cast.jette, seen=seen(cast.jette), name_ar="جيت - بلفاع", note="À voir")
    assert (body.name["fr"], body.name["ar"], body.note) == ("Jette–Belfaa", "جيت - بلفاع", "À voir")
    refused("level-order", rules.change_body, by=by, body=body, seen=seen(body), kind="programme")
    Grouping.objects.filter(body=body, whole=cast.souss).update(start=date(2015, 1, 1))
    refused("life-holds", rules.change_body, by=by, body=body, seen=seen(body), start=date(2016, 1, 1))
    assert rules.change_body(by=by, body=body, seen=seen(body), start=date(2014, 1, 1)).start == date(2014, 1, 1)
    with translation.override("en"):
        assert "corrected" in str(histories.story(body)[0].act)


def test_a_correction_does_not_undo_another_name(cast):
    """Somebody read the page before the body took another name: that name is asked about, not overwritten."""
    by, read = cast.programme_coordinator, seen(cast.jette)
    rules.rename_body(by=by, body=cast.jette, name={"fr": "Jette–Belfaa et Biougra"}, on=date(2018, 9, 1), reason="Oui")
    kept = rules.change_body(by=by, body=cast.jette, seen=read, note="Vu", **{"name_fr": "Jette–Belfaa"})
    assert (kept.name["fr"], kept.note) == ("Jette–Belfaa et Biougra", "Vu")
    with pytest.raises(Conflict):
        rules.change_body(by=by, body=cast.jette, seen=read, name_fr="Jette–Belfâa")


def test_a_short_name_taken_between_looking_and_writing(cast, monkeypatch):
    """As when another programme is faster: a name that was made is made anew, one that was typed is told."""
    how = {"by": cast.programme_coordinator, "body": cast.programme}
    given = iter(["belfaa", "belfaa", "belfaa-2"])
    monkeypatch.setattr("tiwizi.network.rules.building.address_of", lambda *args: next(given))
    assert rules.register_organisation(**how, **COMMUNE, name_fr="Belfaa").slug == "belfaa-2"
    typed = COMMUNE | {"scheme": "", "ref": "", "name_fr": "Belfaa", "slug": "belfaa"}
    refused("slug-taken", rules.register_organisation, **how, **typed)
    given = iter(["jette-belfaa", "jette-belfaa-2"])
    body = rules.found_with_seats(by=how["by"], wholes=[cast.souss], **BODY, name_fr="Jette–Belfaa")
    assert body.slug == "jette-belfaa-2"


# --- Pages ---


@pytest.fixture
def manager(cast, signed_in):
    client = signed_in(cast.programme_coordinator)
    client.cookies["tiwizi_language"] = "en"
    return client


def test_a_whole_small_network_is_built_on_pages(cast, manager):
    def post(name, *more, slug="programme", **typed):
        answer = manager.post(reverse(f"network:{name}", args=[slug, *more]), typed)
        assert answer.status_code == 302, answer.content.decode()[:3000]
        return answer

    post("level-add", name_fr="Comité local", rank="4")
    post("organisation-kind-add", name_fr="Coopérative")
    town = {"kind": "cooperative", "country": "ma", "name_fr": "Coopérative de l'Arganier", "name_ar": "تعاونية"}
    post("organisation-add", **town)
    made = Organisation.objects.get(slug="cooperative-de-larganier")
    assert made.country == "MA"
    answer = post(
        "found", name_fr="Comité d'Aït Baha", kind="comite-local", wholes=[str(cast.etterbeek.pk)],
        member=[str(made.pk)], start="2018-03-01",
    )  # fmt: skip
    assert answer["Location"] == reverse("network:life", args=["comite-dait-baha"])
    body = Body.objects.get(slug="comite-dait-baha")
    assert body in queries.bodies_below(cast.souss, first=date(2018, 4, 1), last=date(2018, 4, 1))
    assert "Coopérative" in manager.get(reverse("network:people", args=[body.slug]), {"on": "2018-04-01"}).text
    page = manager.get(reverse("network:build", args=["programme"])).text
    assert "Comité local" in page


def test_an_edit_on_a_page_merges_and_asks(cast, manager):
    address = reverse("network:organisation", args=["programme", cast.belfaa.pk])
    facts = {name: value for name, value in building.facts_of(cast.belfaa).items() if value is not None}
    sealed = seen(cast.belfaa).sealed(cast.belfaa.pk)
    first = facts | {"province": "Chtouka Aït Baha"}
    assert manager.post(address, first | {"seen": sealed}).status_code == 302
    assert manager.post(address, facts | {"name_nl": "Belfaa (NL)", "seen": sealed}).status_code == 302
    cast.belfaa.refresh_from_db()
    assert (cast.belfaa.province, cast.belfaa.name["nl"]) == ("Chtouka Aït Baha", "Belfaa (NL)")
    clash = manager.post(address, facts | {"province": "Autre", "seen": sealed})
    assert clash.status_code == 409
    assert "Chtouka Aït Baha" in clash.text


def test_a_refusal_stands_beside_its_field(cast, manager):
    typed = {"name_fr": "X", "kind": "partnership", "wholes": [str(cast.souss.pk)], "south": [str(cast.belfaa.pk)]}
    answer = manager.post(reverse("network:found", args=["programme"]), typed)
    assert answer.status_code == 422
    assert "A partnership has somebody on each side" in answer.text
    body = manager.get(reverse("network:edit", args=["jette-belfaa"])).text
    assert "Jette–Belfaa" in body


def test_lists_ask_as_much_of_many_organisations(cast, manager, django_assert_max_num_queries):
    for name in ("build", "organisations", "found"):
        address = reverse(f"network:{name}", args=["programme"])
        manager.get(address)
    for number in range(30):
        commune(cast, name_fr=f"Commune {number}", scheme="", ref="")
    for name in ("build", "organisations", "found"):
        with django_assert_max_num_queries(30):
            manager.get(reverse(f"network:{name}", args=["programme"]))
