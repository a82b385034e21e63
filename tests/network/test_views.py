"""The pages: people of a body, changing place, roles; who may open them, and what each shows to whom."""

from datetime import date
from itertools import pairwise

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tiwizi.accounts.models import User
from tiwizi.network import rules
from tiwizi.network.models import Body, Grouping, Membership, Organisation
from tiwizi.network.permissions import ROLES

PEOPLE = "/b/jette-belfaa/people/"
PAGES = [PEOPLE, "/bodies/", "/roles/"]


def page(response, status=200):
    assert response.status_code == status, response.content.decode()[:2000]
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    return BeautifulSoup(response.content, "html.parser")


def words(soup) -> str:
    return " ".join(soup.text.split())


@pytest.mark.parametrize("address", PAGES)
def test_a_visitor_signs_in_first(cast, signed_in, address):
    response = signed_in(None).get(address)
    assert (response.status_code, response.url) == (302, f"/sign-in/?next={address}")


def test_a_stranger_cannot_tell_a_body_from_none(cast, signed_in):
    client = signed_in(cast.stranger)
    there, nowhere = (page(client.get(f"/b/{slug}/people/"), 404).main for slug in ("jette-belfaa", "nulle-part"))
    assert str(there) == str(nowhere)
    assert "jette-belfaa" not in str(page(signed_in(cast.stranger).get("/bodies/")).main)


def test_another_programmes_body_is_not_there_whatever_is_asked(cast, signed_in):
    other = Body.objects.create(slug="autre-programme", kind=cast.programme.kind, name={"fr": "Autre programme"})
    client = signed_in(cast.programme_coordinator)
    for address in (f"/b/{other.slug}/", f"/b/{other.slug}/people/", f"/b/{other.slug}/plan/"):
        assert client.get(address).status_code == 404
    assert client.get(f"/b/{other.slug}/plan/open/").status_code == 404  # which asks for more than to read
    assert client.post(f"/b/{other.slug}/pooling/open/", {}).status_code == 404


def test_who_reads_a_body_is_told_what_may_not_be_done_there(cast, signed_in):
    soup = page(signed_in(cast.neighbour).get("/b/jette-belfaa/plan/open/"), 403)
    assert soup.select_one("main .lead").text


def test_a_body_that_is_not_there(cast, signed_in):
    assert signed_in(cast.animator).get("/b/nulle-part/people/").status_code == 404


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("language", ["fr", "nl", "en", "ar"])
def test_every_page_in_every_language(cast, signed_in, address, language):
    client = signed_in(cast.neighbour)
    client.cookies["tiwizi_language"] = language
    soup = page(client.get(address))
    assert (soup.html["lang"], soup.html["dir"]) == (language, "rtl" if language == "ar" else "ltr")
    assert len(soup.select("h1")) == 1
    levels = [int(heading.name[1]) for heading in soup.select("h1, h2, h3, h4")]
    assert all(following - before <= 1 for before, following in pairwise(levels)), levels


# --- The frame of a body's pages ---


def test_the_place_and_the_tabs_of_a_body(cast, signed_in):
    soup = page(signed_in(cast.jette_coordinator).get(PEOPLE))
    place = [(link.text, link.get("aria-current")) for link in soup.select(".place ol a")]
    assert place == [("Programme", None), ("Maroc", None), ("Souss-Massa", None), ("Jette–Belfaa", "location")]
    assert [a["href"] for a in soup.select(".room-tabs [aria-current=page]")] == [PEOPLE]
    assert len(soup.select(".room-tabs a")) == 6
    assert [a["href"] for a in soup.select(".body-facts a")] == [reverse("portal:body", args=["petite-enfance"])]


def test_the_life_of_a_body_and_who_goes_on(cast, signed_in):
    Body.objects.filter(pk=cast.etterbeek.pk).update(
        start=date(2014, 1, 1), end=date(2018, 6, 30), successor=cast.jette, uncertain=True
    )
    facts = page(signed_in(cast.animator).get("/b/etterbeek-ait-baha/people/")).select_one(".body-facts")
    assert "1er\u00a0janvier\u00a02014" in facts.text
    assert "30\u00a0juin\u00a02018" in facts.text
    assert facts.select_one(".badge-uncertain")
    assert facts.select_one(f'a[href="{reverse("portal:body", args=["jette-belfaa"])}"]')
    after = page(signed_in(cast.animator).get(PEOPLE))
    assert after.select_one('aside a[href="/b/etterbeek-ait-baha/people/"]')


# --- People ---


def test_members_roles_and_the_map(cast, signed_in):
    soup = page(signed_in(cast.jette_coordinator).get(PEOPLE))
    members, roles = soup.select("main table")
    assert [row.th.contents[0].strip() for row in members.select("tbody tr")] == ["Jette", "Belfaa"]
    assert len(roles.select("tbody tr")) == 3
    assert [t.text for t in soup.select("svg circle title")] == ["Jette", "Belfaa"]


@pytest.mark.parametrize(
    ("who", "shown"),
    [("jette_coordinator", True), ("animator", True), ("neighbour", False), ("association", False), ("donor", True)],
)
def test_addresses_are_for_who_works_there(cast, signed_in, who, shown):
    soup = page(signed_in(getattr(cast, who)).get(PEOPLE))
    assert bool(soup.select("main a[href^='mailto:']")) is shown
    assert (cast.elected.email in soup.main.text) is shown


def test_what_a_group_is_made_of(cast, signed_in):
    soup = page(signed_in(cast.animator).get("/b/souss-massa/people/"))
    assert {a["href"] for a in soup.select("aside ul a")} == {PEOPLE, "/b/etterbeek-ait-baha/people/"}
    assert len(soup.select("main table")) == 1  # roles; nobody sits in a group itself
    assert not soup.select("svg")


def test_former_members_and_unknown_figures(cast, signed_in):
    Membership.objects.filter(organisation=cast.belfaa).update(end=date(2018, 6, 30))
    Organisation.objects.filter(slug="jette").update(population=52_000, population_year=2017, region="Bruxelles")
    soup = page(signed_in(cast.jette_coordinator).get(PEOPLE))
    assert "30\u00a0juin\u00a02018" in soup.select_one("main h3 + ul li").text
    (row,) = soup.select("main table")[0].select("tbody tr")
    assert "52\u202f000" in row.text
    assert "(2017)" in row.text
    soup = page(signed_in(cast.jette_coordinator).get("/b/etterbeek-ait-baha/people/"))
    assert not soup.select("main table")[0].select("td.num")[0].text.strip()  # not known is not 0


def test_the_number_of_queries_does_not_grow_with_people(cast, signed_in):
    client = signed_in(cast.animator)

    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            page(client.get("/b/souss-massa/people/"))
        return len(captured)

    count()
    before = count()
    for n in range(15):
        kind = cast.belfaa.kind
        town = rules.add_organisation(slug=f"t{n}", kind=kind, name={"fr": f"T{n}"}, country="MA", lat=30.0, lon=-9.0)
        rules.seat_organisation(by=None, body=cast.souss, organisation=town, side="member")
        body = rules.found_body(by=None, slug=f"p{n}", kind=cast.jette.kind, name={"fr": "P"}, wholes=[cast.souss])
        Body.objects.filter(pk=body.pk).update(successor=cast.souss)
        user = User.objects.create_user(f"p{n}@test.example", name=f"P{n}")
        rules.grant_mandate(by=None, user=user, body=cast.souss, role="elected")
    assert count() == before
    assert before <= 20


# --- Changing place ---


def test_every_body_by_level_and_closed_ones_marked(cast, signed_in):
    Body.objects.filter(pk=cast.etterbeek.pk).update(end=date(2018, 6, 30))
    soup = page(signed_in(cast.neighbour).get("/bodies/"))
    assert len(soup.select("#bodies li")) == 8
    assert len(soup.select("#bodies h2")) == 5
    marked = [item.a.text for item in soup.select("#bodies li") if item.select_one(".badge")]
    assert marked == ["Etterbeek–Aït Baha"]


def test_searching_by_the_address_and_by_typing(cast, signed_in):
    client = signed_in(cast.neighbour)
    whole = page(client.get("/bodies/", {"q": " AIT "}))
    assert [a["href"] for a in whole.select("#bodies li a")] == [reverse("portal:body", args=["etterbeek-ait-baha"])]
    assert whole.select_one("#q")["value"] == "AIT"
    fragment = client.get("/bodies/", {"q": "ait"}, headers={"HX-Request": "true"})
    assert b"<html" not in fragment.content
    assert len(page(fragment).select("li")) == 1
    nothing = page(client.get("/bodies/", {"q": "<b>rien</b>"}))
    assert not nothing.select("#bodies li")
    assert nothing.select_one("#bodies p").text
    assert "<b>rien" not in str(nothing)


def test_the_number_of_queries_does_not_grow_with_bodies(cast, signed_in):
    client = signed_in(cast.animator)

    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            page(client.get("/bodies/", {"q": "e"}))
        return len(captured)

    before = count()
    for n in range(20):
        body = Body.objects.create(slug=f"e{n}", kind=cast.jette.kind, name={"fr": f"E{n}"})
        Grouping.objects.create(body=body, whole=cast.souss)
        Membership.objects.create(body=body, organisation=cast.belfaa, side="south")
    assert count() == before


# --- Roles ---


def test_every_role_in_plain_words(cast, signed_in):
    soup = page(signed_in(cast.stranger).get("/roles/"))
    names = [dt.text for dt in soup.select("main dl > dt")]
    assert names == [*(str(role.name) for role in ROLES.values()), "Visiteur, visiteuse"]
    assert all(dd.text for dd in soup.select("dl dd"))
