"""Pages on which a body's life is read and changed, and pages read as of a day."""

from datetime import date

import pytest
from bs4 import BeautifulSoup
from django.test import RequestFactory
from django.urls import reverse

from tiwizi.base.errors import Refusal
from tiwizi.network import rules
from tiwizi.network.models import Body, Grouping, Membership
from tiwizi.network.pages import asked_day

pytestmark = pytest.mark.django_db


def read(client, name, *arguments, **query):
    answer = client.get(reverse(name, args=arguments), query)
    assert answer.status_code == 200
    return BeautifulSoup(answer.content, "html.parser").main.get_text(" ", strip=True)


def act(client, body, code, **typed):
    return client.post(reverse("network:life-act", args=[body.slug, code]), typed)


@pytest.fixture
def manager(cast, signed_in):
    client = signed_in(cast.programme_coordinator)
    client.cookies["tiwizi_language"] = "en"
    return client


@pytest.fixture
def moved(cast):
    """Jette left Belfaa for Aït Baha on the first of September 2018."""
    jette = cast.jette.memberships.get(side="north").organisation
    into = [rules.Newcomer("jette-ait-baha", {"fr": "Jette–Aït Baha"}, [(jette, "north"), (cast.ait_baha, "south")])]
    return rules.divide_body(
        by=cast.programme_coordinator, body=cast.jette, into=into, on=date(2018, 9, 1), reason="Nouveau partenaire"
    )[0]


def test_who_manages_sees_acts_and_others_do_not(cast, signed_in):
    managing = read(signed_in(cast.programme_coordinator), "network:life", "jette-belfaa")
    reading = read(signed_in(cast.elected), "network:life", "jette-belfaa")
    assert "Souss-Massa" in managing
    assert "Belfaa" in reading
    href = reverse("network:life-act", args=["jette-belfaa", "close"])
    assert href in signed_in(cast.programme_coordinator).get(reverse("network:life", args=["jette-belfaa"])).text
    assert href not in signed_in(cast.elected).get(reverse("network:life", args=["jette-belfaa"])).text


def test_an_act_is_looked_at_before_it_is_done(cast, manager):
    typed = {"on": "2018-08-31", "reason": "Fin"}
    looked = act(manager, cast.jette, "close", **typed)
    page = BeautifulSoup(looked.content, "html.parser").main.get_text(" ", strip=True)
    assert "Coordination Jette" in page  # whose role would end
    assert "Plan 18 mois" in page  # what would be left open
    assert Body.objects.get(pk=cast.jette.pk).end is None
    done = act(manager, cast.jette, "close", done="1", **typed)
    assert done.status_code == 302
    assert Body.objects.get(pk=cast.jette.pk).end == date(2018, 8, 31)


def test_a_refusal_stands_on_the_page_and_keeps_what_was_typed(cast, manager):
    answer = act(manager, cast.souss, "close", done="1", on="2018-08-31", reason="Ma raison")
    assert answer.status_code == 422
    assert "Ma raison" in answer.text
    assert "Etterbeek" in BeautifulSoup(answer.content, "html.parser").find(role="alert").get_text()


def test_every_act_has_its_page_and_works(cast, manager):
    tie, seat = Grouping.objects.get(body=cast.jette, whole=cast.theme), cast.jette.memberships.get(side="south")
    done = {"done": "1", "on": "2018-09-01", "reason": "Essai"}
    name = {"name_fr": "Jette–Belfaa et Aït Baha", "name_ar": "جيت"}
    for code, typed in [
        ("seat", {"organisation": cast.ait_baha.pk, "side": "south"}),
        ("unseat", {"seat": seat.pk}),
        ("leave", {"tie": tie.pk}),
        ("join", {"whole": cast.north.pk}),
        ("rename", name),
        ("merge", {"bodies": [cast.etterbeek.pk], "slug": "ensemble", "name_fr": "Ensemble", "on": "2019-01-01"}),
    ]:
        assert manager.get(reverse("network:life-act", args=["jette-belfaa", code])).status_code == 200
        answer = act(manager, cast.jette, code, **(done | typed))
        assert answer.status_code == 302, (code, BeautifulSoup(answer.content, "html.parser").main.get_text(" "))
    merged = Body.objects.get(slug="ensemble")
    assert set(merged.predecessors.all()) == {cast.jette, cast.etterbeek}
    assert Membership.objects.get(pk=seat.pk).end == date(2018, 9, 1)


def test_going_on_as_two_and_opening_again(cast, manager):
    jette, belfaa = (cast.jette.memberships.get(side=side).organisation for side in ("north", "south"))
    typed = {"on": "2018-09-01", "reason": "Deux", "done": "1", "name_1": "Un", "slug_1": "un", "north_1": [jette.pk]}
    second = {"name_2": "Deux", "slug_2": "deux", "north_2": [jette.pk], "south_2": [cast.ait_baha.pk]}
    answer = act(manager, cast.jette, "go-on", **typed, **second)
    assert answer.status_code == 422  # nobody on the South's side of the first
    answer = act(manager, cast.jette, "go-on", **typed, **second, south_1=[belfaa.pk])
    assert answer.status_code == 302
    assert {body.slug for body in cast.jette.offshoots.all()} == {"un", "deux"}
    act(manager, cast.schaerbeek, "close", on="2018-08-31", reason="Erreur", done="1")
    assert act(manager, cast.schaerbeek, "reopen", reason="Mauvaise instance", done="1").status_code == 302
    assert Body.objects.get(pk=cast.schaerbeek.pk).end is None


def test_an_unknown_act_is_no_page(cast, manager):
    assert manager.get(reverse("network:life-act", args=["jette-belfaa", "destroy"])).status_code == 404


# --- As of a day ---


def test_a_group_is_read_as_of_a_day(cast, manager, moved):
    before = read(manager, "portal:body", "souss-massa", on="2018-08-31")
    after = read(manager, "portal:body", "souss-massa", on="2018-09-01")
    assert "Jette–Belfaa" in before
    assert "Jette–Aït Baha" not in before
    assert "Jette–Aït Baha" in after
    assert "Back to today" in before


def test_people_names_and_place_follow_the_day(cast, manager, moved):
    assert "Former members" in read(manager, "network:people", "jette-belfaa", on="2018-09-01")
    assert "Former members" not in read(manager, "network:people", "jette-belfaa", on="2018-08-31")
    rules.rename_body(
        by=cast.programme_coordinator, body=moved, name={"fr": "Jette et Aït Baha"}, on=date(2020, 1, 1), reason="x"
    )
    then = BeautifulSoup(
        manager.get(reverse("portal:body", args=[moved.slug]), {"on": "2019-01-01"}).content, "html.parser"
    )
    assert then.h1.get_text() == "Jette–Aït Baha"
    assert {a["href"].partition("?")[2] for a in then.select(".room-tabs a, .place ol a")} == {"on=2019-01-01"}


def test_totals_follow_the_day(cast, manager, moved):
    cast.activity(cast.plan_jette, participants=12)
    cast.activity(cast.plan_etterbeek, participants=12)
    figures = BeautifulSoup(
        manager.get(reverse("portal:body", args=["souss-massa"]), {"on": "2018-10-01"}).content, "html.parser"
    ).select_one(".figure-item dd")
    assert figures.get_text(" ", strip=True).startswith("1")  # Jette-Belfaa was gone by then
    figures = BeautifulSoup(
        manager.get(reverse("portal:body", args=["souss-massa"]), {"on": "2018-08-01"}).content, "html.parser"
    ).select_one(".figure-item dd")
    assert figures.get_text(" ", strip=True).startswith("2")


@pytest.mark.parametrize("day", ["hier", "2018-02-30", "0001-01-01"])
def test_no_day_is_a_clear_page(cast, manager, day):
    answer = manager.get(reverse("portal:body", args=["souss-massa"]), {"on": day})
    assert answer.status_code == 400
    assert "2018-06-30" in answer.text
    with pytest.raises(Refusal) as caught:
        asked_day(RequestFactory().get("/", {"on": day}))
    assert caught.value.code == "day-unknown"


def test_queries_do_not_grow_with_what_happened(cast, manager, moved, django_assert_max_num_queries):
    for code in ("life", "people"):
        with django_assert_max_num_queries(40):
            read(manager, f"network:{code}", "souss-massa", on="2018-09-01")


def test_going_on_in_a_body_that_exists(cast, manager):
    seat = cast.jette.memberships.get(side="south")
    page = manager.get(reverse("network:life-act", args=["jette-belfaa", "go-on-in"]))
    assert "Etterbeek" in page.text
    typed = {"into": str(cast.etterbeek.pk), "seats": [str(seat.pk)], "on": "2018-09-01", "reason": "Ensemble"}
    looked = act(manager, cast.jette, "go-on-in", **typed)
    assert "Belfaa" in looked.text
    assert not cast.etterbeek.memberships.filter(organisation=cast.belfaa).exists()
    done = act(manager, cast.jette, "go-on-in", done="1", **typed)
    assert done["Location"] == reverse("network:life", args=["etterbeek-ait-baha"])
    assert cast.etterbeek.memberships.filter(organisation=cast.belfaa).exists()
