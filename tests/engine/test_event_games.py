"""What each group of an event could do without the others, and the words for why shares are bent."""

from itertools import combinations
from typing import Any

import pytest

from tests.engine.instances import tiny
from tiwizi_engine.errors import EngineError
from tiwizi_engine.pooling import REASONS, Event, Plan, Problem, Reason, check, event_game, explain, settle
from tiwizi_engine.pooling.admission import Admission
from tiwizi_engine.pooling.costs import event_cost
from tiwizi_engine.pooling.games import hosts_of
from tiwizi_engine.pooling.plan import Bound
from tiwizi_engine.sharing import METHODS, is_nucleolus, method_shares


def plainly(p: Problem, event: Event) -> list[int]:
    """Group by group, host by host, parting by parting: what `event_game` reckons for all groups at once."""
    members, admission = event.members, Admission(p)
    together, costs = [0], [0]
    for mask in range(1, 1 << len(members)):
        group = tuple(i for k, i in enumerate(members) if mask >> k & 1)
        hosts = hosts_of(p, admission, group) if len(group) > 1 else []
        together.append(min([sum(p.interventions[i].cost for i in group), *(cost for _, cost in hosts)]))
        best, part = together[mask], (mask - 1) & mask
        while part:
            best = min(best, together[part] + costs[mask ^ part])
            part = (part - 1) & mask
        costs.append(best)
    return [*costs[:-1], event_cost(p, members, event.host)]


@pytest.mark.slow
def test_the_games_of_tiny_problems_are_those_reckoned_plainly():
    differ = 0
    for seed in range(120):
        p = Problem.from_dict(tiny(seed))
        for size in range(1, len(p.interventions) + 1):
            for members in combinations(range(len(p.interventions)), size):
                if len({p.interventions[i].kind for i in members}) > 1:
                    continue
                event = Event(seed % 3, 0, "fr", members, (0,) * size)
                found = event_game(p, event).table.tolist()
                assert found == plainly(p, event), (seed, members)
                differ += found[:-1] != [
                    sum(p.interventions[i].cost for k, i in enumerate(members) if mask >> k & 1)
                    for mask in range((1 << size) - 1)
                ]
    assert differ > 100  # games in which some group saves by itself


def like(count: int, budget: float = 9000, caps: tuple[float, float] = (9000, 9000), **changes: Any) -> dict[str, Any]:
    """Partners who all wish the same, at one place: alone 1,000 each, 100 of it for its participants."""
    commune = {"x": 0, "y": 0, "region": 0, "venue": 2000, "host_factor": 100, "blocked": [], "hosts": True}
    partner = {
        "commune": 0, "region": 0, "language": "fr", "budget": budget, "period_cap": list(caps), "no_pool": [],
    }  # fmt: skip
    wish = {
        "kind": 0, "languages": ["fr"], "target": "youth", "n": 10, "cost": 1000, "value": 1, "start": 0, "end": 5,
        "mandatory": False, "alone_ok": True, "hosts": [0, 1], "pin_host": None, "prefer": [], "bonus": 0,
    }  # fmt: skip
    return {
        "meta": {"weeks": 6, "period_weeks": 3, "periods": 2, "max_members": 99, "min_saving": 0},
        "communes": [commune, commune | {"x": 50, "host_factor": 50}],
        "partnerships": [dict(partner) for _ in range(count)],
        "kinds": [{"fixed": 1000, "per_head": 10, "min_pool": 0, "max_pool": 2000, "rate": 0}],
        "interventions": [wish | {"partnership": q} for q in range(count)],
    } | changes


def one_event(source: dict[str, Any], members: tuple[int, ...], week: int = 1) -> tuple[Problem, Plan]:
    event = Event(0, week, "fr", members, (0,) * len(members))
    return Problem.from_dict(source), Plan((), (event,), Bound(0, len(members), None), len(members))


def test_a_place_that_costs_less_is_seen_by_the_game():
    p, plan = one_event(like(3), (0, 1, 2))
    game = event_game(p, plan.events[0])
    assert game.of([0, 1]) == 2 * 10_000 + 50_000
    assert game.total == 3 * 10_000 + 100_000


def varied(count: int) -> dict[str, Any]:
    source = like(count)
    for k, wish in enumerate(source["interventions"]):
        wish |= {"cost": 300 + 17 * (k % 40), "n": 5 + k % 9, "hosts": [0]}
    source["kinds"][0]["fixed"] = 12_000
    return source


@pytest.mark.slow
@pytest.mark.parametrize("method", METHODS)
def test_a_plenary_of_sixty_is_settled_and_explained(method: str):
    p, plan = one_event(varied(60), tuple(range(60)))
    settled = settle(p, plan, method)
    assert check(p, settled).errors == ()
    (story,) = explain(p, settled, method)
    assert {name: sum(shares) for name, shares in story.shares.items()} == dict.fromkeys(METHODS, story.cost)
    assert story.objections["chosen"] is None
    assert story.reasons[-1] == Reason("nobody-better-alone", {})
    assert story.constrained == (settled.events[0].shares != story.shares[method])


def test_the_nucleolus_of_a_plenary_is_that_of_its_groups_where_none_has_another_place():
    """Twelve members are shared from the table of groups, thirteen by the closed form: the same game at one place."""
    source = varied(13)
    source["kinds"][0]["fixed"] = 2_000
    p, plan = one_event(source, tuple(range(13)))
    game = event_game(p, plan.events[0])
    table = game.of_table(game.players, game.as_table(), kind="cost")
    assert table.table.tolist() == plainly(p, plan.events[0])
    assert is_nucleolus(table, method_shares(game, "nucleolus"))


def test_a_group_of_a_plenary_that_would_do_better_elsewhere_is_named():
    """The other place costs half, and takes all but one; the game of the place where they meet does not know."""
    source = like(14)
    source["interventions"][3] |= {"hosts": [0]}
    p, plan = one_event(source, tuple(range(14)))
    settled = settle(p, plan, "nucleolus")
    (story,) = explain(p, settled)
    others = tuple(i for i in range(14) if i != 3)
    saved = sum(s for i, s in enumerate(settled.events[0].shares) if i != 3) - 13 * 10_000 - 50_000
    assert story.reasons[-1] == Reason("group-would-save", {"members": others, "amount": saved})
    source["communes"][1]["venue"] = 70  # seats for seven: they would save nothing
    p = Problem.from_dict(source)
    (story,) = explain(p, settled)
    assert story.reasons[-1].key == "nobody-better-alone"


def keys(reasons: tuple[Reason, ...]) -> dict[str, dict[str, Any]]:
    return {one.key: dict(one.numbers) for one in reasons}


def test_a_full_budget_and_who_pays_for_it_are_named():
    source = like(2)
    source["partnerships"][0]["budget"] = 400
    p, plan = one_event(source, (0, 1))
    (story,) = explain(p, settle(p, plan, "nucleolus"))
    assert story.constrained
    assert keys(story.reasons) == {
        "budget-binds": {"partnership": 0, "budget": 40_000, "would_pay": 60_000, "pays": 40_000},
        "bent-for-another": {"intervention": 1, "method": 60_000, "pays": 80_000, "partnerships": (0,)},
        # At the other place the two would pay 350 each.
        "nobody-better-alone": {},
    }
    assert story.to_dict()["reasons"][1]["partnerships"] == [0]


def test_a_full_period_is_named():
    source = like(2)
    source["partnerships"][0]["period_cap"] = [9000, 500]
    p, plan = one_event(source, (0, 1), week=4)
    (story,) = explain(p, settle(p, plan, "equal"), "equal")
    found = keys(story.reasons)
    assert found["cap-binds"] == {"partnership": 0, "period": 1, "cap": 50_000, "would_pay": 60_000, "pays": 50_000}
    assert "budget-binds" not in found


def test_a_budget_that_other_activities_use_is_told_whole():
    source = like(2)
    source["interventions"].append(source["interventions"][0] | {"kind": 0})
    source["partnerships"][0]["budget"] = 1500
    p, plan = one_event(source, (0, 1))
    plan = Plan(((2, 0),), plan.events, plan.bound, plan.value)
    (story,) = explain(p, settle(p, plan, "nucleolus"))
    binds = keys(story.reasons)["budget-binds"]
    assert binds == {"partnership": 0, "budget": 150_000, "would_pay": 160_000, "pays": 150_000}


def test_the_band_is_named_on_both_sides():
    """By heads, one with hardly any participants pays less than its own cost, one with many more than alone."""
    source = like(2)
    source["interventions"][0] |= {"n": 1, "direct_at": {"0": 300}}
    source["interventions"][1] |= {"n": 99, "cost": 1100, "direct_at": {"0": 90}}
    p, plan = one_event(source, (0, 1))
    (story,) = explain(p, settle(p, plan, "heads"), "heads")
    found = keys(story.reasons)
    cost = 100_000 + 30_000 + 9_000
    assert found["band-low"] == {"intervention": 0, "direct": 30_000, "method": cost // 100, "pays": 30_000}
    assert found["band-high"] == {
        "intervention": 1, "alone": 110_000, "method": cost - cost // 100, "pays": cost - 30_000,
    }  # fmt: skip


def test_a_group_that_would_save_is_named():
    source = like(3)
    source["interventions"][2] |= {"hosts": [0]}
    p, plan = one_event(source, (0, 1, 2))
    amounts = [45_000, 45_000, 40_000]
    settled = settle(p, plan, "nucleolus", by_hand={0: amounts})
    assert settled.events[0].shares == tuple(amounts)
    (story,) = explain(p, settled, by_hand={0: amounts})
    assert not story.constrained
    assert story.reasons == (Reason("group-would-save", {"members": (0, 1), "amount": 20_000}),)
    (as_method,) = explain(p, settled)
    assert as_method.constrained


def test_shares_by_hand_are_bent_to_budgets_too():
    source = like(2)
    source["partnerships"][0]["budget"] = 400
    p, plan = one_event(source, (0, 1))
    typed = {0: [70_000, 50_000]}
    settled = settle(p, plan, "equal", by_hand=typed)
    assert settled.events[0].shares == (40_000, 80_000)
    (story,) = explain(p, settled, "equal", by_hand=typed)
    assert story.constrained
    assert keys(story.reasons)["budget-binds"]["would_pay"] == 70_000


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({0: [1, 2]}, "by_hand[0].amounts"),
        ({0: [120_000]}, "by_hand[0].amounts"),
        ({0: [-1, 120_001]}, "by_hand[0].amounts[0]"),
        ({1: [60_000, 60_000]}, "by_hand[1]"),
        ({-1: [60_000, 60_000]}, "by_hand[-1]"),
    ],
)
def test_shares_by_hand_that_do_not_fit_name_the_event(typed: dict[int, list[int]], field: str):
    p, plan = one_event(like(2), (0, 1))
    for act in (settle, explain):
        with pytest.raises(EngineError) as caught:
            act(p, plan, "equal", typed)
        assert caught.value.field == field


def test_an_agreed_event_keeps_its_shares_and_needs_no_reason():
    agreed = {"host": 0, "week": 1, "language": "fr", "members": [0, 1], "shares": [700, 500]}
    p, _ = one_event(like(2, agreed=[agreed]), (0, 1))
    plan = Plan((), p.agreed, Bound(0, 2, None), 2)
    settled = settle(p, plan, "nucleolus")
    assert settled.events == p.agreed
    (story,) = explain(p, settled)
    assert [one.key for one in story.reasons] == ["nobody-better-alone"]
    with pytest.raises(EngineError, match="not agreed"):
        settle(p, plan, "nucleolus", {0: [60_000, 60_000]})


def test_a_reason_has_a_known_key_and_its_numbers():
    with pytest.raises(EngineError, match="key: expected one of"):
        Reason("weather", {})
    with pytest.raises(EngineError, match="numbers: budget-binds needs partnership"):
        Reason("budget-binds", {"partnership": 1})
    assert Reason("nobody-better-alone", {}).to_dict() == {"key": "nobody-better-alone"}
    assert all(name.islower() for name in REASONS)
