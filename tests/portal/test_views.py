"""Home, a body at a glance, credits: what each person sees, and what no longer waits."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils.translation import override

from tests.factories.cast import END
from tests.factories.rounds import opened, proposed, run, with_plans
from tests.pooling.pages import agree, page, part_of, text
from tiwizi.base import wording
from tiwizi.network.models import Body, Grouping, Membership
from tiwizi.network.permissions import ROLES
from tiwizi.plans import queries as plans
from tiwizi.plans import rules as plan_rules
from tiwizi.plans.models import Plan
from tiwizi.plans.rules import imports
from tiwizi.pooling import rules

HOME = "portal:home"


@pytest.fixture
def open_(cast, signed_in):
    """`open_("animator", "jette-belfaa")`: the page of a body, or home, as that person reads it in English."""

    def get(who, slug=None):
        client = signed_in(getattr(cast, who) if who else None)
        client.cookies["tiwizi_language"] = "en"
        return client.get(reverse("portal:body", args=[slug]) if slug else reverse(HOME))

    return get


def waits(soup):
    """What the list of tasks says; nothing when there is none."""
    return [text(link) for link in soup.select(".tile-do .todo-list a")]


def news(soup):
    heading = soup.find("h2", string="What changed")
    return [text(item) for item in heading.find_next_sibling().select("li")]


def figure(soup, label):
    return text(soup.find("dt", string=label).find_next_sibling("dd"))


# --- Home ---


def test_a_visitor_reads_what_it_is_and_nothing_of_the_programme(cast, open_):
    proposed(cast)
    soup = page(open_(None))
    assert soup.select_one(f"main a[href='{reverse('account_login')}']")
    assert "Many small partners, one programme" in text(soup.h1)
    for name in ("Jette", "Souss", "Automne 2017", "preschool-training"):
        assert name not in text(soup)


@pytest.mark.parametrize(
    ("who", "slug"),
    [("programme_coordinator", "programme"), ("animator", "souss-massa"), ("jette_coordinator", "jette-belfaa"),
     ("etterbeek_coordinator", "etterbeek-ait-baha"), ("neighbour", "schaerbeek-al-hoceima"),
     ("elected", "jette-belfaa"), ("association", "jette-belfaa"), ("donor", "programme")],
)  # fmt: skip
def test_each_finds_where_they_act_and_what_their_role_may(cast, open_, who, slug):
    soup = page(open_(who))
    user = getattr(cast, who)
    assert user.name in text(soup.h1)
    (tile,) = soup.select("main .tile:not(.tile-do)")
    assert tile.a["href"] == reverse("portal:body", args=[slug])
    with override("en"):
        assert str(ROLES[user.mandates.get().role].sentence) in text(tile)
    links = {link["href"] for link in tile.select(".actions a")}
    assert links == {reverse("plans:plan", args=[slug]), reverse("pooling:rounds", args=[slug])}


def test_without_a_role_one_is_told_who_gives_it(open_):
    soup = page(open_("stranger"))
    assert "You hold no role today" in text(soup)
    assert "Nothing waits for you" in text(soup)
    assert news(soup) == []


def test_a_task_leaves_the_list_when_it_is_done(cast, open_):
    _round, proposal = proposed(cast)
    answer = "Answer for Jette–Belfaa: preschool-training, proposal 1."
    hand_in = "Hand in the plan of Jette–Belfaa when it is ready."
    assert waits(page(open_("jette_coordinator"))) == [hand_in, answer]
    assert waits(page(open_("jette_coordinator", "jette-belfaa"))) == [hand_in, answer]
    assert waits(page(open_("jette_coordinator", "nord"))) == []  # elsewhere
    plan_rules.submit_plan(by=cast.jette_coordinator, plan=cast.plan_jette)
    assert waits(page(open_("jette_coordinator"))) == [answer]
    validate = "Read and validate the plan of Jette–Belfaa."
    assert validate in waits(page(open_("programme_coordinator")))
    plan_rules.validate_plan(by=cast.programme_coordinator, plan=cast.plan_jette)
    assert validate not in waits(page(open_("programme_coordinator")))
    rules.accept_part(by=cast.jette_coordinator, part=part_of(proposal, cast.jette))
    assert waits(page(open_("jette_coordinator"))) == []
    assert "Nothing waits for you" in text(page(open_("jette_coordinator")))


def test_who_only_reads_has_nothing_to_do(cast, open_):
    proposed(cast)
    for who in ("elected", "association", "donor", "stranger"):
        assert waits(page(open_(who))) == []


# --- What changed ---


@pytest.mark.parametrize(
    ("who", "reads"), [("animator", True), ("programme_coordinator", True), ("donor", True), ("association", False),
                       ("neighbour", False)],
)  # fmt: skip
def test_acts_of_a_round_are_news_to_those_who_read_rounds_there(cast, open_, who, reads):
    with_plans(cast)
    run(cast, opened(cast))
    for soup in (page(open_(who)), page(open_(who, "souss-massa")), page(open_(who, "maroc"))):
        told = news(soup)
        assert any("Animation Souss-Massa opened the round" in one for one in told) is reads
        assert any("Tiwizi found the best plan" in one for one in told) is reads
        assert not any("asked for a computation" in one for one in told)


def test_an_answer_is_news_in_its_partnership(cast, open_):
    _round, proposal = proposed(cast)
    rules.accept_part(by=cast.jette_coordinator, part=part_of(proposal, cast.jette))
    act = "Coordination Jette accepted its part"
    for who, reads in [("elected", True), ("animator", True), ("association", False), ("neighbour", False)]:
        assert any(act in one for one in news(page(open_(who, "jette-belfaa")))) is reads, who


def test_acts_on_a_plan_are_news_to_all_who_read_it(cast, open_):
    plan_rules.submit_plan(by=cast.jette_coordinator, plan=cast.activity(cast.plan_jette).plan)
    for who in ("association", "neighbour", "animator"):
        (one,) = news(page(open_(who, "jette-belfaa")))
        assert "Coordination Jette" in one
    assert news(page(open_("neighbour", "etterbeek-ait-baha"))) == []
    assert len(news(page(open_("neighbour", "maroc")))) == 1


def links(soup):
    heading = soup.find("h2", string="What changed")
    return {link["href"]: text(link) for link in heading.find_next_sibling().select("li > a")}


def test_news_name_what_they_are_about_and_lead_there(cast, open_):
    round, proposal = proposed(cast)
    activity = cast.activity(cast.plan_jette, "Z1", title="Vieux titre")
    plan_rules.change_activity(by=cast.jette_coordinator, activity=activity, version=1, title="Bilan social")
    plan_rules.submit_plan(by=cast.jette_coordinator, plan=cast.plan_jette)
    rules.accept_part(by=cast.jette_coordinator, part=part_of(proposal, cast.jette))
    found = links(page(open_("jette_coordinator")))
    page_of_proposal = reverse("pooling:proposal", args=["souss-massa", round.pk, proposal.number])
    assert found == {
        reverse("plans:activity-detail", args=["jette-belfaa", activity.pk]): "Z1 Bilan social",
        reverse("plans:plan", args=["jette-belfaa"]): cast.plan_jette.title,
        page_of_proposal: f"{proposal.number}. {proposal.kind}",
    }
    above = links(page(open_("animator", "souss-massa")))
    assert above[reverse("pooling:round", args=["souss-massa", round.pk])] == round.title
    for href in above:
        assert open_("animator").client.get(href).status_code == 200, href


def test_an_import_and_its_undo_are_one_line_each_whatever_it_holds(cast, open_):
    like = plans.natural_values(cast.activity(cast.plan_jette))
    rows = [
        {"sheet": "Plan", "row": row, "cells": {}, "values": like | {"reference": f"N{row}"}} for row in range(5, 17)
    ]
    read = imports.check_import(
        by=cast.jette_coordinator, plan=cast.plan_jette, filename="plan.xlsx", entries=rows, faults=[]
    )
    read = imports.apply_import(by=cast.jette_coordinator, plan_import=read)
    imports.undo_import(by=cast.jette_coordinator, plan_import=read)
    undone, done = news(page(open_("jette_coordinator")))
    assert "undid an import plan.xlsx" in undone
    assert "imported a workbook plan.xlsx" in done


# --- A body at a glance ---


@pytest.mark.parametrize(
    ("slug", "count", "parts"),
    [("programme", "4", ["maroc"]), ("maroc", "4", ["souss-massa", "nord", "petite-enfance"]),
     ("souss-massa", "3", ["jette-belfaa", "etterbeek-ait-baha"]), ("nord", "1", ["schaerbeek-al-hoceima"]),
     ("petite-enfance", "3", ["jette-belfaa", "schaerbeek-al-hoceima"]), ("jette-belfaa", "2", [])],
)  # fmt: skip
def test_each_level_counts_what_lies_below_once(cast, open_, slug, count, parts):
    with_plans(cast)
    soup = page(open_("association", slug))
    assert figure(soup, "Activities planned").split("each")[0] == count
    assert {link["href"] for link in soup.select("ul.cards h3 a")} == {
        reverse("portal:body", args=[part]) for part in parts
    }
    assert soup.select_one("figure.timeline svg")
    assert "without" not in figure(soup, "Cost")
    assert soup.select_one("nav a[aria-current=page]")["href"] == reverse("portal:body", args=[slug])


def test_what_is_not_known_is_said_and_never_zero(cast, open_):
    plans = with_plans(cast)
    for activity in (plans.jette, plans.alone):
        activity.cost_cents = activity.participants = None
        activity.save()
    soup = page(open_("association", "jette-belfaa"))
    assert "without 2 activities whose cost is not known" in figure(soup, "Cost")
    assert "not known for 2 activities" in figure(soup, "Participants")
    soup = page(open_("association", "souss-massa"))
    assert figure(soup, "Cost") == "€4,200without 2 activities whose cost is not known"


def test_what_is_saved_together_is_shown_at_each_level(cast, open_):
    _round, proposal = proposed(cast)
    label = "Saved by doing it together"
    assert page(open_("animator", "souss-massa")).find("dt", string=label) is None
    agree(cast, proposal)
    share = part_of(proposal, cast.jette)
    saved = {"souss-massa": proposal.alone_cents - proposal.cost_cents, "jette-belfaa": share.saving_cents}
    for slug, cents in saved.items():
        with override("en"):
            amount = wording.amount(cents, whole=True)
        assert figure(page(open_("animator", slug)), label) == f"{amount}1 collective activity", slug
    assert page(open_("animator", "nord")).find("dt", string=label) is None


def test_a_body_without_a_plan_leads_to_it(cast, open_):
    Plan.objects.filter(body=cast.schaerbeek).delete()
    soup = page(open_("neighbour", "schaerbeek-al-hoceima"))
    assert "No plan yet" in text(soup)
    assert soup.select_one(f".empty a[href='{reverse('plans:plan', args=['schaerbeek-al-hoceima'])}']")
    assert soup.select_one("figure.timeline") is None
    soup = page(open_("neighbour", "nord"))
    assert "no plan in these years" in text(soup.select_one("ul.cards"))


def test_a_partnership_that_ended_is_shown_as_it_was(cast, open_):
    with_plans(cast)
    Body.objects.filter(pk=cast.jette.pk).update(end=END)
    Grouping.objects.filter(body=cast.jette).update(end=END)
    Membership.objects.filter(body=cast.jette).update(end=END)
    soup = page(open_("association", "jette-belfaa"))
    assert figure(soup, "Activities planned") == "2"
    assert "Belfaa" in text(soup.select_one("main aside figure"))
    group = page(open_("animator", "souss-massa"))
    assert figure(group, "Activities planned").startswith("3")  # it belonged there during its plan
    assert [link["href"] for link in group.select("ul.cards h3 a")] == [
        reverse("portal:body", args=["etterbeek-ait-baha"])
    ]


def test_a_group_that_ended_marks_its_closed_partnerships(cast, open_):
    with_plans(cast)
    for body in (cast.jette, cast.souss):
        Body.objects.filter(pk=body.pk).update(end=END)
    Grouping.objects.filter(whole=cast.souss).update(end=date(2018, 12, 30))
    cards = {text(card.a): text(card) for card in page(open_("donor", "souss-massa")).select("ul.cards li")}
    assert "closed" in cards["Jette–Belfaa"]
    assert "closed" not in cards["Etterbeek–Aït Baha"]


def test_a_body_is_read_in_its_programme_only(open_):
    assert open_("stranger", "souss-massa").status_code == 404
    assert open_(None, "souss-massa").url.startswith(reverse("account_login"))
    assert open_("donor", "nowhere").status_code == 404


# --- Credits ---


def test_credits_are_public(signed_in):
    soup = page(signed_in(None).get(reverse("portal:credits")))
    for source in ("Haut-Commissariat au Plan", "GeoNames", "Statbel", "BeST", "EUPL-1.2", "Noto Sans Arabic"):
        assert source in str(soup.main), source
