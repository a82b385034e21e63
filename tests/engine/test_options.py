"""What exists already, what is bought together, who must join whom, and earlier plans worth keeping."""

from dataclasses import replace
from importlib import import_module
from typing import Any

import pytest

from bench.problems import problem
from tests.engine.instances import with_options
from tests.engine.test_solve import a_pair
from tests.engine.test_sweep import priced
from tiwizi_engine.pooling import Bound, Event, Plan, Problem, Stop, check, solve, without_pooling
from tiwizi_engine.pooling.compact import Compact
from tiwizi_engine.pooling.plan import Order
from tiwizi_engine.pooling.sweep import Round

GOOD = Event(0, 0, "fr", (0, 1), (25_000, 25_000))
BARE = Plan((), (), Bound(0, 10**6, None), 0)


def pair(**more: Any) -> Problem:
    return Problem.from_dict(a_pair() | more)


def rules(p: Problem, plan: Plan) -> set[str]:
    return {fault.rule for fault in check(p, plan).errors}


def test_what_exists_is_adapted_where_that_is_cheaper():
    # Together 250 each; adapting costs the first 180, and the second then 1,000 alone or 300 adapted: 480 in all.
    plan = solve(pair(reuse=[{"users": {"0": 180, "1": 300}}]))
    assert plan.events == ()
    assert sorted(plan.reused) == [(0, 0, 0), (1, 0, 0)]
    assert plan.bound.cost == 48_000


def test_adapting_serves_who_may_not_act_alone_and_never_costs_more_than_alone():
    source = a_pair()
    for one in source["interventions"]:
        one |= {"hosts": [], "alone_ok": False}
    source["reuse"] = [{"users": {"0": 400, "1": 1000.01}}]
    plan = solve(Problem.from_dict(source))
    assert plan.reused == ((0, 0, 0),)
    assert plan.alone == ()


def test_a_purchase_waits_for_enough_units():
    prices = [{"from": 5, "price": 90}, {"from": 12, "price": 15.5}]
    plan = solve(pair(volume=[{"prices": prices, "buyers": {"0": 5, "1": 7}}]))
    assert plan.orders == (Order(0, 0, (0, 1)),)  # 12 units at 15.50: 186 in all, less than 500 together
    assert plan.bound.cost == 18_600
    few = solve(pair(volume=[{"prices": prices, "buyers": {"0": 5, "1": 6}}]))
    assert few.orders == ()  # at 90 a unit each pays 450 or more
    assert few.events != ()


def test_partners_that_exclude_each_other_order_apart():
    source = a_pair() | {"volume": [{"prices": [{"from": 5, "price": 10}], "buyers": {"0": 5, "1": 5}}]}
    source["partnerships"][0]["no_pool"] = [1]
    plan = solve(Problem.from_dict(source))
    assert sorted(order.buyers for order in plan.orders) == [(0,), (1,)]
    assert check(Problem.from_dict(source), plan).errors == ()


def test_who_must_join_somebody_comes_with_them_or_acts_alone():
    source = a_pair()
    source["interventions"].append(source["interventions"][1] | {"end": 0})
    source["interventions"][0]["start"] = 1  # the third and the first have no week in common
    wish = [{"intervention": 1, "members": [0, 2]}]
    plan = solve(Problem.from_dict(source | {"must_join": wish}))
    assert plan.events == ()
    assert len(solve(Problem.from_dict(source)).events) == 1


def test_an_earlier_event_is_kept_as_long_as_it_is_worth_it():
    earlier = {"host": 1, "week": 2, "language": "fr", "members": [1, 0], "shares": [250, 250]}
    source = a_pair()
    source["communes"][1] = source["communes"][1] | {"host_factor": 110}  # 30 more than the other
    kept = solve(Problem.from_dict(source | {"stability": {"worth": 31, "events": [earlier]}}))
    assert [(e.host, e.week) for e in kept.events] == [(1, 2)]
    assert kept.bound.cost == 53_000 - 3_100
    left = solve(Problem.from_dict(source | {"stability": {"worth": 29, "events": [earlier]}}))
    assert [e.host for e in left.events] == [0]
    assert left.bound.cost == 50_000


def test_an_earlier_event_that_breaks_a_rule_is_not_kept():
    earlier = {"host": 1, "week": 2, "language": "fr", "members": [1, 0], "shares": [250, 250]}
    source = a_pair() | {"stability": {"worth": 500, "events": [earlier]}}
    source["communes"][1] = source["communes"][1] | {"blocked": [2]}
    plan = solve(Problem.from_dict(source))
    assert plan.bound.cost == 50_000
    assert check(Problem.from_dict(source), plan).errors == ()


@pytest.mark.parametrize(
    ("plan", "rule"),
    [
        (replace(BARE, reused=((0, 0, 0), (1, 0, 0))), "reuse"),  # the second is no user
        (replace(BARE, reused=((0, 3, 0),)), "reuse"),
        (replace(BARE, reused=((0, 1, 0),)), "reuse"),  # 1,100, more than alone
        (replace(BARE, reused=((0, 0, 1),)), "window"),
        (replace(BARE, reused=((0, 0, 0),), alone=((0, 0),)), "once"),
        (replace(BARE, reused=((9, 0, 0),)), "reuse"),
        (replace(BARE, orders=(Order(1, 0, (0,)),)), "order"),
        (replace(BARE, orders=(Order(0, 0, (0,)),)), "order"),  # below the least quantity
        (replace(BARE, orders=(Order(0, 0, (9,)),)), "order"),
        (replace(BARE, orders=(Order(0, 7, (0, 1)),)), "window"),
        (replace(BARE, orders=(Order(0, 0, (0, 1)),), events=(GOOD,)), "once"),
        (replace(BARE, events=(GOOD,)), "must_join"),
    ],
)
def test_a_plan_that_breaks_a_rule_of_these_is_seen(plan: Plan, rule: str):
    p = pair(
        reuse=[{"users": {"0": 100}}, {"users": {"0": 1100}}],
        volume=[{"prices": [{"from": 9, "price": 10}], "buyers": {"0": 5, "1": 5}}],
        must_join=[{"intervention": 0, "members": [2]}],
        interventions=[*a_pair()["interventions"], a_pair()["interventions"][0]],
    )
    assert rules(p, replace(BARE, reused=((0, 0, 0),))) == set()
    assert rules(p, replace(BARE, orders=(Order(0, 0, (0, 1)),))) == set()
    assert rule in rules(p, plan)


def test_budgets_pay_for_adapting_and_for_orders():
    source = a_pair() | {"reuse": [{"users": {"0": 100}}]}
    source["volume"] = [{"prices": [{"from": 1, "price": 20}], "buyers": {"1": 5}}]
    source["partnerships"][0]["budget"] = source["partnerships"][1]["budget"] = 99.99
    plan = replace(BARE, reused=((0, 0, 0),), orders=(Order(0, 0, (1,)),))
    assert rules(Problem.from_dict(source), plan) == {"budget"}
    assert check(Problem.from_dict(source), plan).cost == 20_000
    assert solve(Problem.from_dict(source)).value == 0


def test_without_pooling_nothing_is_reused_or_ordered():
    plan = solve(without_pooling(pair(reuse=[{"users": {"0": 1}}])))
    assert plan.reused == ()
    assert len(plan.alone) == 2


@pytest.mark.slow
def test_slots_agree_with_columns_on_optional_lists():
    for seed in range(60):
        p = Problem.from_dict(with_options(seed))
        found = [solve(p)]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(import_module("tiwizi_engine.pooling.solve"), "model_of", lambda p: Compact.of(p, 0, 0))
            found.append(solve(p))
        bounds = {plan.bound for plan in found}
        assert len(bounds) == 1, f"seed {seed}: {bounds}"
        assert check(p, found[1]).errors == ()


@pytest.mark.slow
@pytest.mark.parametrize("size", [1, 9])
def test_a_bound_from_prices_holds_with_optional_lists(size: int):
    for seed in range(60):
        p = Problem.from_dict(with_options(seed))
        plan = solve(p)
        for _, bound in priced(p, size, 2, plan.bound.mandatory_missed == 0):
            assert bound >= plan.value - 1e-6, (seed, size)


@pytest.mark.slow
def test_a_swept_plan_keeps_the_rules_of_optional_lists(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(import_module("tiwizi_engine.pooling.solve"), "MONOLITH", 100)
    for name, sizes in (("ROUNDS", (Round(60, 0.004, 0.2), Round(100, 0.003, 0.1))), ("PRICED", 120)):
        monkeypatch.setattr(import_module("tiwizi_engine.pooling.sweep"), name, sizes)
    source = problem(240, 3)
    ones = source["interventions"]
    source["reuse"] = [{"users": {str(i): ones[i]["cost"] // 3 for i in range(0, 240, 17)}}]
    buyers = {str(i): 1 + i % 7 for i in range(0, 240, 5)}
    prices = [{"from": 4, "price": 300}, {"from": 20, "price": 180}, {"from": 60, "price": 90}]
    source["volume"] = [{"prices": prices, "buyers": buyers}]
    first = solve(Problem.from_dict(source), stop=Stop(rounds=1))
    joined = [(e.members[0], e.members[1]) for e in first.events][:5]
    source["must_join"] = [{"intervention": i, "members": [j]} for i, j in joined]
    source["stability"] = {"worth": 100, "events": [e.to_dict() for e in first.events[5:15]]}
    p = Problem.from_dict(source)
    plan = solve(p, stop=Stop(rounds=3))
    assert check(p, plan).errors == ()
    assert plan.reused
    assert len(plan.orders) >= 2
    assert plan.value <= plan.bound.value
