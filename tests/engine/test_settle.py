"""Shares that a budget bends: exact, within every limit, and spread over the events of who cannot pay."""

from typing import Any

import pytest

from bench.problems import problem as generated
from tests.engine.instances import tiny, with_options
from tests.engine.test_solve import a_pair
from tiwizi_engine.errors import EngineError
from tiwizi_engine.pooling import Event, Plan, Problem, Stop, check, settle, solve
from tiwizi_engine.pooling.plan import Bound
from tiwizi_engine.pooling.settle import _tied
from tiwizi_engine.sharing import METHODS


def _two_events(budget: int) -> Problem:
    """Partner 0 shares two like events with partner 1, each of cost 1,200: alone 1,000 each, 100 of it its own."""
    source = tiny(1)
    commune = {"x": 0, "y": 0, "region": 0, "venue": 60, "host_factor": 100, "blocked": [], "hosts": True}
    partner = {"commune": 0, "region": 0, "language": "fr", "period_cap": [9000, 9000], "no_pool": []}
    wish = {
        "languages": ["fr"], "target": "youth", "n": 10, "cost": 1000, "value": 1, "start": 0, "end": 5,
        "mandatory": False, "alone_ok": True, "hosts": [0], "pin_host": None, "prefer": [], "bonus": 0,
    }  # fmt: skip
    source |= {
        "communes": [commune],
        "partnerships": [partner | {"budget": budget}, partner | {"budget": 9000}],
        "kinds": [{"fixed": 1000, "per_head": 10, "min_pool": 0, "max_pool": 40, "rate": 0}] * 2,
        "interventions": [wish | {"partnership": p, "kind": k} for k in (0, 1) for p in (0, 1)],
    }
    source.pop("refused", None)
    source["meta"] |= {"min_saving": 0, "max_members": 4}
    return Problem.from_dict(source)


def _settled(budget: int) -> list[tuple[int, ...]]:
    problem = _two_events(budget)
    events = (Event(0, 1, "fr", (0, 1), (0, 0)), Event(0, 2, "fr", (2, 3), (0, 0)))
    plan = settle(problem, Plan((), events, Bound(0, 4, None), 4), "nucleolus")
    assert check(problem, plan).ok
    return [event.shares for event in plan.events]


def test_shares_of_the_method_stand_when_the_budget_allows_them():
    assert _settled(9000) == [(60_000, 60_000), (60_000, 60_000)]


def test_what_a_budget_lacks_is_spread_over_its_events():
    """With 800 in place of 1,200, each event gives way by about 200; none is bent by the whole 400."""
    shares = _settled(800)
    assert sum(mine for mine, _other in shares) == 80_000
    assert all(abs(mine - 40_000) <= 4_000 for mine, _other in shares), shares
    assert all(sum(pair) == 120_000 for pair in shares)


def test_an_even_burden_is_shared_over_the_whole_plan():
    """Two events of the same two partners. In the second one has no room to give, so it gives more in the first."""
    source = a_pair()
    source["interventions"] += [one | {"start": 2} for one in source["interventions"]]
    for k, one in enumerate(source["interventions"]):
        one["end"] = 1 if k < 2 else 3
    source["interventions"][2] |= {"cost": 120, "n": 10}
    problem = Problem.from_dict(source)
    plan = solve(problem, method="even")
    assert len(plan.events) == 2
    report = check(problem, plan)
    assert report.errors == ()
    # Alone 1,120 and 2,000; together 500 + 500. Both pay 1000 / 3120 of what alone would cost.
    assert report.spread < 0.00002
    paid = dict.fromkeys((0, 1), 0)
    for event in plan.events:
        for i, share in zip(event.members, event.shares, strict=True):
            paid[problem.interventions[i].partnership] += share
    assert sorted(paid.values()) == [35_897, 64_103]


@pytest.mark.slow
def test_no_method_spreads_the_burden_more_evenly():
    better = 0
    for seed in range(120):
        problem = Problem.from_dict(with_options(seed))
        plan = solve(problem)
        spreads = {}
        for method in (*METHODS, "even"):
            report = check(problem, settle(problem, plan, method))
            assert report.errors == (), (seed, method)
            spreads[method] = report.spread
        assert spreads["even"] <= min(spreads.values()) + 0.0001, seed
        better += spreads["even"] < spreads["nucleolus"] - 0.01
    assert better > 5


def test_a_method_that_does_not_exist_is_refused_before_anything_is_solved():
    told: list[object] = []
    with pytest.raises(EngineError, match=r"method: expected one of nucleolus, .*, even, got 'fair'"):
        solve(Problem.from_dict(a_pair()), method="fair", progress=told.append)
    assert told == []


def test_events_that_nobody_ties_together_are_settled_as_if_the_others_were_not():
    """Two regions far from each other, both with budgets that bind."""
    problem = Problem.from_dict(_twice(generated(60, 0)))
    plan = solve(problem, stop=Stop(gap=0.02))
    groups = _tied(problem, plan)
    assert sorted(k for group in groups for k in group) == list(range(len(plan.events)))
    assert len(groups) > 1
    for method in METHODS:
        whole = settle(problem, plan, method)
        assert check(problem, whole).ok
        for group in groups:
            some = settle(problem, plan.with_events(tuple(plan.events[k] for k in group)), method)
            assert [whole.events[k] for k in group] == list(some.events)


def _twice(source: dict[str, Any]) -> dict[str, Any]:
    """The same problem a second time, far away."""
    places, partners = len(source["communes"]), len(source["partnerships"])
    far = [one | {"x": one["x"] + 9000} for one in source["communes"]]
    others = [
        one | {"commune": one["commune"] + places, "no_pool": [q + partners for q in one["no_pool"]]}
        for one in source["partnerships"]
    ]
    wishes = [
        one
        | {
            "partnership": one["partnership"] + partners,
            "hosts": [h + places for h in one["hosts"]],
            "prefer": [h + places for h in one["prefer"]],
            "pin_host": None if one["pin_host"] is None else one["pin_host"] + places,
        }
        for one in source["interventions"]
    ]
    more = {"communes": far, "partnerships": others, "interventions": wishes}
    return source | {name: source[name] + added for name, added in more.items()}
