"""A proposal in words, from real runs where they can bring it about; and what waits for whom."""

import pytest
from django.utils.translation import override

from tests.factories.cast import END, START, _partnership, person
from tests.factories.rounds import opened, proposed, run, with_plans
from tests.pooling.pages import agree, amount, page, part_of, text, url
from tiwizi.network.models import BodyKind, Organisation, OrganisationKind
from tiwizi.plans.models import Plan
from tiwizi.pooling import queries, rules
from tiwizi.pooling.models import METHODS


@pytest.fixture(autouse=True)
def english():
    with override("en"):
        yield


@pytest.fixture
def uneven(cast):
    """Two partners of whom one has 30 participants, and the other pays 2,000 alone: less than half of together."""

    def make(**values):
        plans = with_plans(cast)
        plans.jette.participants, plans.jette.cost_cents = 30, 620_000
        plans.etterbeek.cost_cents = 200_000
        plans.jette.save()
        plans.etterbeek.save()
        return run(cast, opened(cast, **values)).proposals.get()

    return make


def third_partner(cast):
    """Anderlecht-Massa: a neighbour with a large training, one kilometre from Belfaa."""
    kind = OrganisationKind.objects.get()
    anderlecht, massa = (
        Organisation.objects.create(
            slug=slug, kind=kind, name={"fr": name}, country=land, lat=lat, lon=lon, approximate=True
        )
        for slug, name, land, lat, lon in [
            ("anderlecht", "Anderlecht", "BE", 50.83, 4.3), ("massa", "Massa", "MA", 30.05, -9.56),
        ]
    )  # fmt: skip
    level = BodyKind.objects.get(code="partnership")
    body = _partnership("anderlecht-massa", level, "Anderlecht–Massa", [anderlecht, massa], cast.souss)
    return Plan.objects.create(body=body, framework=cast.framework, title="Plan 18 mois", start=START, end=END)


@pytest.fixture
def three(cast):
    """Two small trainings and a large one: in equal parts the two small ones would carry the large."""
    plan = third_partner(cast)
    plans = with_plans(cast, budget_cents=9_000_000)
    for activity in (plans.jette, plans.etterbeek):
        activity.participants = 5
        activity.save()
    cast.activity(plan, "M1", participants=45, cost_cents=900_000)
    person("massa", "Coordination Massa", "coordinator_south", plan.body)
    proposal = run(cast, opened(cast)).proposals.get()
    assert proposal.parts.count() == 3
    return proposal


# --- Could anybody do better? ---


def test_when_nobody_could_do_better_it_is_said(cast, waiting):
    _round, proposal = waiting
    assert queries.verdict(proposal) == "Each pays less than alone, and no group of you could do better by itself."


def test_one_who_could_do_better_alone_is_named_with_the_amount(uneven):
    proposal = uneven()
    half = proposal.cost_cents // 2
    assert half > 200_000
    assert queries.verdict(proposal, "equal") == (
        f"Etterbeek–Aït Baha could do it alone for {amount(half - 200_000)} less."
    )
    assert "no group of you could do better" in queries.verdict(proposal)


def test_a_group_that_could_do_better_is_named_with_the_amount(cast, three):
    (equal,) = [way for way in queries.methods(three) if way.code == "equal"]
    shares = {part.body.slug: share for part, share in equal.pairs}
    objection = three.story["objections"]["equal"]
    small = [part_of(three, cast.jette), part_of(three, cast.etterbeek)]
    assert set(objection["members"]) == {str(part.activity_id) for part in small}
    # By themselves the two would pay, at the tariff: once 2,500, 50 for each of 10, and one journey.
    alone = shares["jette-belfaa"] + shares["etterbeek-ait-baha"] - objection["would_save"]
    assert 250_000 + 10 * 5_000 < alone < 250_000 + 10 * 5_000 + 20_000
    assert equal.verdict == (
        f"Etterbeek–Aït Baha + Jette–Belfaa could do it among themselves for {amount(objection['would_save'])} less."
    )


def test_an_objection_to_the_agreed_shares_is_not_hidden(cast, waiting):
    _round, proposal = waiting
    part = part_of(proposal, cast.jette)
    proposal.story["objections"]["chosen"] = {"members": [str(part.activity_id)], "would_save": 12_345}
    assert queries.verdict(proposal) == "Jette–Belfaa could do it alone for €123.45 less."


def test_a_share_that_reaches_the_cost_alone_is_not_called_less(uneven):
    proposal = uneven(method="equal")
    assert proposal.parts.get(alone_cents=200_000).share_cents == 200_000
    assert queries.verdict(proposal) == "Nobody pays more than alone, and no group of you could do better by itself."


def test_a_share_above_the_cost_alone_praises_nothing(cast, waiting):
    _round, proposal = waiting
    part = part_of(proposal, cast.jette)
    part.share_cents = part.alone_cents + 1
    part.save()
    assert queries.verdict(proposal) == ""


# --- Shares that a budget or the cost alone bent ---


def test_bent_shares_are_said(as_, cast, uneven):
    proposal = uneven(method="equal")
    assert "Compared with them: Etterbeek" in queries.constrained(proposal)
    round = proposal.round
    assert "Compared with them" in text(page(as_("animator").get(url("proposal", round, 1))))


def test_exact_shares_say_nothing_of_it(as_, waiting):
    round, proposal = waiting
    assert queries.constrained(proposal) == ""
    assert "Compared with them" not in text(page(as_("animator").get(url("proposal", round, 1))))


# --- Why there ---


def test_why_there_the_other_place_costs_more(uneven):
    proposal = uneven()
    first, second = queries.places(proposal)
    assert first.chosen
    more = amount(second.cost_cents - first.cost_cents).removesuffix(".00")
    assert queries.why_there(proposal) == f"Belfaa costs least: the other possible place would cost {more} more."


def test_why_there_the_other_place_costs_the_same(waiting):
    _round, proposal = waiting  # twelve from each side travel as far
    assert queries.why_there(proposal) == f"{proposal.host} costs least; another place would cost the same."


def test_why_there_the_only_place(cast):
    with_plans(cast)
    round = opened(cast)
    host = round.hosts.get(organisation=cast.ait_baha)
    rules.set_host(by=cast.animator, host=host, accepts=False, seats=60, cost_percent=100, blocked_weeks=[])
    proposal = run(cast, round).proposals.get()
    assert queries.why_there(proposal) == "Belfaa is the only place that all of you accept and that can receive you."


def test_why_there_of_several_places(three):
    assert len(three.story["hosts"]) == 3
    first, second, _third = queries.places(three)
    more = amount(second.cost_cents - first.cost_cents).removesuffix(".00")
    assert queries.why_there(three) == (f"{three.host} costs least of 2 other places: the next would cost {more} more.")


def test_why_there_although_another_place_costs_less(cast, three):
    dearest = queries.places(three)[-1]
    three.host, three.cost_cents = dearest.organisation, dearest.cost_cents
    less = amount(dearest.cost_cents - queries.places(three)[0].cost_cents).removesuffix(".00")
    assert queries.why_there(three).startswith(f"Another place would cost {less} less")


# --- The methods, side by side ---


@pytest.mark.parametrize("chosen", METHODS)
def test_each_method_shares_the_whole_cost(cast, as_, chosen):
    round, proposal = proposed(cast, method=chosen)
    ways = queries.methods(proposal)
    assert [way.code for way in ways] == METHODS
    assert [way.code for way in ways if way.chosen] == [chosen]
    for way in ways:
        assert sum(share for _part, share in way.pairs) == proposal.cost_cents, way.code
        assert way.verdict
    (mine,) = [way for way in ways if way.chosen]
    assert [share for _part, share in mine.pairs] == [part.share_cents for part, _share in mine.pairs]
    table = page(as_("donor").get(url("proposal", round, 1))).select("main table")[1]
    assert text(table.select_one("tr:has(.badge) th")).startswith(str(queries.METHOD_NAMES[chosen]))
    first = [text(cell) for cell in table.select("tbody tr")[0].select("td.num")]
    assert first == [amount(share) for _part, share in ways[0].pairs]


def test_a_method_by_which_one_pays_more_than_alone_says_so(uneven):
    proposal = uneven()
    (equal,) = [way for way in queries.methods(proposal) if way.code == "equal"]
    more = amount(proposal.cost_cents // 2 - 200_000)
    assert equal.verdict == f"Etterbeek–Aït Baha would pay {more} more than alone."


def test_the_methods_keep_the_order_of_the_partners(three):
    """The story lists members in the engine's order, the page by partner: a share stands by its own."""
    for way in queries.methods(three):
        for part, share in way.pairs:
            position = [m["activity"] for m in three.story["members"]].index(str(part.activity_id))
            assert share == three.story["shares"][way.code][position]
    (heads,) = [way for way in queries.methods(three) if way.code == "heads"]
    shares = {part.body.slug: share for part, share in heads.pairs}
    assert shares["anderlecht-massa"] > 4 * shares["jette-belfaa"]


# --- What waits for whom ---


def told(user):
    return [one.sentence for one in queries.to_do(user)]


def test_an_answer_waits_until_it_is_given(cast, waiting):
    _round, proposal = waiting
    (one,) = queries.to_do(cast.jette_coordinator)
    assert one.sentence == "Answer for Jette–Belfaa: preschool-training, proposal 1."
    assert one.href == url("proposal", proposal.round, 1)
    rules.accept_part(by=cast.jette_coordinator, part=part_of(proposal, cast.jette))
    assert told(cast.jette_coordinator) == []
    assert len(told(cast.etterbeek_coordinator)) == 1
    rules.refuse_part(by=cast.etterbeek_coordinator, part=part_of(proposal, cast.etterbeek), reason="Non")
    assert told(cast.etterbeek_coordinator) == []


def test_the_animator_is_led_from_the_first_round_to_its_end(cast):
    plans = with_plans(cast)
    assert told(cast.animator) == ["Open a first round of pooling in Souss-Massa."]
    round = opened(cast)
    assert told(cast.animator) == ["Run the round “Automne 2017”."]
    proposal = run(cast, round).proposals.get()
    assert told(cast.animator) == []
    rules.refuse_part(by=cast.jette_coordinator, part=part_of(proposal, cast.jette), reason="Non")
    assert told(cast.animator) == ["1 proposal of “Automne 2017” was refused: look for another."]
    plans.jette.refresh_from_db()
    cast.activity(cast.plan_jette, "J3")
    again = run(cast, round).proposals.get(state="pending")
    assert told(cast.animator) == []
    agree(cast, again)
    assert told(cast.animator) == ["Every proposal of “Automne 2017” is answered: close the round."]
    rules.close_round(by=cast.animator, round=round)
    assert told(cast.animator) == []
