import gzip
import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.instances import brute_force, tiny, with_options
from tiwizi_engine.errors import EngineError
from tiwizi_engine.pooling import (
    Event,
    Plan,
    Problem,
    Progress,
    Stop,
    candidates,
    check,
    explain,
    settle,
    solve,
    without_pooling,
)
from tiwizi_engine.pooling.admission import Admission
from tiwizi_engine.pooling.arrange import score

DATA = Path(__file__).parent / "data"


def sample(size: int) -> Problem:
    return Problem.from_dict(json.loads(gzip.decompress((DATA / f"pooling-{size}.json.gz").read_bytes())))


def figures(problem: Problem, plan: Plan) -> tuple[int, int, int]:
    report = check(problem, plan)
    assert report.errors == ()
    assert report.value == plan.value
    return report.mandatory_missed, report.value, report.cost


@pytest.mark.slow
@pytest.mark.parametrize("block", range(20))
def test_the_best_plan_of_tiny_problems_is_the_one_found_by_trying_everything(block: int):
    for seed in range(block * 50, block * 50 + 50):
        source = tiny(seed)
        problem = Problem.from_dict(source)
        plan = solve(problem)
        found = figures(problem, plan)
        assert found == brute_force(source), f"seed {seed}"
        assert (plan.bound.mandatory_missed, plan.bound.value, plan.bound.cost) == found, f"seed {seed}"


@pytest.mark.slow
@pytest.mark.parametrize("block", range(10))
def test_with_optional_lists_too_the_best_plan_is_the_one_found_by_trying_everything(block: int):
    for seed in range(block * 30, block * 30 + 30):
        source = with_options(seed)
        problem = Problem.from_dict(source)
        plan = solve(problem)
        missed, value, _ = figures(problem, plan)
        found = missed, value, -score(problem, plan).saving
        assert found == brute_force(source), f"seed {seed}"
        assert (plan.bound.mandatory_missed, plan.bound.value, plan.bound.cost) == found, f"seed {seed}"
        assert Plan.from_dict(plan.to_dict()).to_dict() == plan.to_dict()


def test_tiny_problems_are_not_trivial():
    plans = [solve(Problem.from_dict(tiny(seed))) for seed in range(60)]
    assert sum(1 for plan in plans if plan.events) >= 15


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 2), st.integers(1, 2000))
def test_more_budget_never_lowers_the_value(seed: int, who: int, more: int):
    poor = tiny(seed)
    rich = json.loads(json.dumps(poor))
    rich["partnerships"][who]["budget"] += more
    before, after = (figures(p, solve(p)) for p in map(Problem.from_dict, (poor, rich)))
    assert (-after[0], after[1]) >= (-before[0], before[1])


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6))
def test_lifting_vetoes_never_lowers_the_value(seed: int):
    strict = tiny(seed)
    free = json.loads(json.dumps(strict))
    for partner in free["partnerships"]:
        partner["no_pool"] = []
    free.pop("refused", None)
    before, after = (figures(p, solve(p)) for p in map(Problem.from_dict, (strict, free)))
    assert (-after[0], after[1]) >= (-before[0], before[1])


@pytest.mark.slow
@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6), st.randoms(use_true_random=False))
def test_the_order_of_interventions_changes_nothing(seed: int, shuffle):
    source = tiny(seed)
    source.pop("refused", None)
    mixed = json.loads(json.dumps(source))
    shuffle.shuffle(mixed["interventions"])
    one, other = (figures(p, solve(p)) for p in map(Problem.from_dict, (source, mixed)))
    assert one == other


@pytest.mark.slow
@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([1e-9, 0.001, 0.01]))
def test_whatever_stops_it_the_plan_is_sound_and_the_bound_holds(seed: int, seconds: float):
    problem = Problem.from_dict(tiny(seed))
    cut, full = solve(problem, stop=Stop(seconds=seconds)), solve(problem)
    assert check(problem, cut).errors == ()
    assert cut.bound.mandatory_missed <= full.bound.mandatory_missed
    assert cut.bound.value >= full.value
    assert cut.gap >= 0


@pytest.mark.slow
def test_the_sample_of_120_is_proven():
    problem = sample(120)
    heard: list[Progress] = []
    plan = solve(problem, progress=heard.append)  # None, which append gives, does not stop it
    assert [one.done for one in heard] == sorted(one.done for one in heard)
    assert any(one.gap is not None for one in heard if one.stage in ("value", "cost"))
    assert figures(problem, plan)[0] == 0
    assert plan.proven
    assert plan.bound.cost is not None


def test_the_same_seed_gives_the_same_plan():
    problem = Problem.from_dict(tiny(7))
    assert replace(solve(problem, seed=3), seconds=0.0) == replace(solve(problem, seed=3), seconds=0.0)


def test_a_caller_may_stop_it():
    problem = sample(12)
    stages: list[str] = []
    plan = solve(problem, progress=lambda told: stages.append(told.stage) or told.stage == "value")
    assert "value" in stages
    assert check(problem, plan).errors == ()


def test_a_caller_may_stop_it_in_the_middle_of_a_stage():
    """The solver itself is stopped, not only the stages after it; the plan so far is sound and its bound holds."""
    problem = sample(120)
    heard: list[Progress] = []

    def told(progress: Progress) -> bool:
        heard.append(progress)
        return sum(one.stage == "value" for one in heard) > 1

    plan = solve(problem, progress=told)
    assert "cost" not in {one.stage for one in heard}
    assert check(problem, plan).errors == ()
    assert plan.bound.value >= plan.value


def test_without_pooling_nothing_is_shared_and_value_is_never_higher():
    for seed in range(20):
        problem = Problem.from_dict(tiny(seed) | {"refused": []})
        apart = solve(without_pooling(problem))
        assert apart.events == () or problem.meta.min_members == 1
        assert (-check(problem, apart).mandatory_missed, apart.value) <= (
            -check(problem, solve(problem)).mandatory_missed,
            solve(problem).value,
        )


def a_pair() -> dict:
    """Two neighbours, one training: alone 1,000 each; together 300 + 10 × 20 heads + nothing for the road."""
    commune = {"x": 0, "y": 0, "region": 0, "venue": 50, "host_factor": 100, "blocked": [], "hosts": True}
    partner = {"region": 0, "language": "fr", "budget": 5000, "period_cap": [5000], "no_pool": []}
    wish = {
        "kind": 0, "languages": ["fr"], "target": "staff", "n": 10, "cost": 1000, "value": 5, "start": 0, "end": 3,
        "mandatory": False, "alone_ok": True, "hosts": [0, 1], "pin_host": None, "prefer": [], "bonus": 0,
    }  # fmt: skip
    return {
        "meta": {"weeks": 4, "period_weeks": 4, "periods": 1, "max_members": 8},
        "communes": [commune, commune],
        "partnerships": [partner | {"commune": 0}, partner | {"commune": 1}],
        "kinds": [{"fixed": 300, "per_head": 10, "min_pool": 2, "max_pool": 50, "rate": 10}],
        "interventions": [wish | {"partnership": 0}, wish | {"partnership": 1}],
    }


def test_a_pair_that_a_person_can_check():
    plan = solve(Problem.from_dict(a_pair()))
    (event,) = plan.events
    assert event.members == (0, 1)
    assert event.shares == (25_000, 25_000)  # (300 + 200) / 2 euros
    assert plan.bound.cost == 50_000


def test_a_pinned_host_and_week_are_kept():
    source = a_pair()
    source["interventions"][0] |= {"pin_host": 1, "pin_week": 2}
    (event,) = solve(Problem.from_dict(source)).events
    assert (event.host, event.week) == (1, 2)


def test_refusals_vetoes_and_small_savings_keep_apart():
    for change in (
        {"refused": [{"intervention": 1, "members": [0, 1]}]},
        {"meta": a_pair()["meta"] | {"min_saving": 1501}},
    ):
        assert solve(Problem.from_dict(a_pair() | change)).events == ()
    source = a_pair()
    source["partnerships"][0]["no_pool"] = [1]
    assert solve(Problem.from_dict(source)).events == ()
    exact = Problem.from_dict(a_pair() | {"meta": a_pair()["meta"] | {"min_saving": 1500}})
    assert len(solve(exact).events) == 1


def test_an_agreed_event_stays_as_it_was_agreed():
    source = a_pair()
    agreed = {"host": 1, "week": 3, "language": "fr", "members": [0, 1], "shares": [300, 200]}
    problem = Problem.from_dict(source | {"agreed": [agreed]})
    plan = solve(problem)
    assert plan.events == (Event(1, 3, "fr", (0, 1), (30_000, 20_000)),)
    assert plan.value == 10
    assert check(problem, replace(plan, events=())).errors[0].rule == "agreed"


def test_an_agreed_event_takes_its_week_and_its_money():
    source = a_pair()
    source["interventions"] += [dict(one) for one in source["interventions"]]
    agreed = {"host": 0, "week": 0, "language": "fr", "members": [0, 1], "shares": [250, 250]}
    source["communes"] = [source["communes"][0], source["communes"][1] | {"blocked": [0, 1, 2, 3]}]
    problem = Problem.from_dict(source | {"agreed": [agreed]})
    events = solve(problem).events
    assert len(events) == 2
    assert events[1].week != 0
    source["partnerships"][0]["budget"] = 300
    poorer = Problem.from_dict(source | {"agreed": [agreed]})
    assert check(poorer, solve(poorer)).errors == ()


def test_budgets_bend_the_shares_and_it_is_said():
    source = a_pair()
    source["partnerships"][0]["budget"] = 240
    problem = Problem.from_dict(source)
    plan = solve(problem)
    assert plan.events[0].shares == (24_000, 26_000)
    (story,) = explain(problem, plan)
    assert story.constrained
    assert story.shares["nucleolus"] == (25_000, 25_000)
    assert story.saving == 150_000
    assert [host.host for host in story.hosts] == [0, 1]


def test_methods_settle_differently_and_exactly():
    source = a_pair()
    source["interventions"][1]["n"] = 21
    source["interventions"][1]["cost"] = 1333.33
    problem = Problem.from_dict(source)
    plan = solve(problem)
    cost = sum(plan.events[0].shares)
    seen = {
        settle(problem, plan, m).events[0].shares for m in ("nucleolus", "shapley", "equal", "proportional", "heads")
    }
    assert len(seen) >= 3
    assert {sum(shares) for shares in seen} == {cost}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lambda p: p["meta"].pop("weeks"), "meta.weeks"),
        (lambda p: p["meta"].update(weeks=0), "meta.weeks"),
        (lambda p: p["meta"].update(periods=0), "meta.periods"),
        (lambda p: p.update(surprise=1), "surprise"),
        (lambda p: p.update(reuse=[{"users": {"x": 1}}]), "reuse[0].users"),
        (lambda p: p.update(reuse=[{"users": {"7": 1}}]), "reuse[0].users"),
        (lambda p: p.update(volume=[{"prices": [], "buyers": {}}]), "volume[0].prices"),
        (
            lambda p: p.update(
                volume=[{"prices": [{"from": 1, "price": 5}, {"from": 9, "price": 6}], "buyers": {"0": 1}}]
            ),
            "volume[0].prices[1]",
        ),
        (lambda p: p.update(volume=[{"prices": [{"from": 1, "price": 5}], "buyers": {"0": 0}}]), "volume[0].buyers.0"),
        (lambda p: p.update(must_join=[{"intervention": 0, "members": [9]}]), "must_join[0]"),
        (lambda p: p.update(stability={"worth": -1, "events": []}), "stability.worth"),
        (lambda p: p.update(stability={"worth": 1}), "stability.events"),
        (lambda p: p.update(communes={}), "communes"),
        (lambda p: p["communes"][0].update(x="far"), "communes[0].x"),
        (lambda p: p["communes"][0].update(x=float("nan")), "communes[0].x"),
        (lambda p: p["communes"][0].update(blocked=[9]), "communes[0].blocked"),
        (lambda p: p["partnerships"][1].update(commune=7), "partnerships[1].commune"),
        (lambda p: p["partnerships"][0].update(budget=-1), "partnerships[0].budget"),
        (lambda p: p["partnerships"][0].update(budget=1.005), "partnerships[0].budget"),
        (lambda p: p["partnerships"][0].update(period_cap=[]), "partnerships[0].period_cap"),
        (lambda p: p["kinds"][0].update(max_pool=1), "kinds[0].max_pool"),
        (lambda p: p["interventions"][0].update(kind=4), "interventions[0].kind"),
        (lambda p: p["interventions"][0].update(end=0, start=1), "interventions[0].end"),
        (lambda p: p["interventions"][0].update(mandatory="yes"), "interventions[0].mandatory"),
        (lambda p: p["interventions"][0].update(n=0), "interventions[0].n"),
        (lambda p: p["interventions"][0].update(hosts=[5]), "interventions[0].hosts"),
        (
            lambda p: p.update(agreed=[{"host": 0, "week": 0, "language": "fr", "members": [0], "shares": []}]),
            "agreed[0].shares",
        ),
        (lambda p: p.update(refused=[{"intervention": 9, "members": []}]), "refused[0]"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named(change, field: str):
    source = a_pair()
    change(source)
    with pytest.raises(EngineError) as caught:
        Problem.from_dict(source)
    assert caught.value.field == field


def test_a_problem_reads_back_as_it_was_written():
    for seed in range(30):
        problem = Problem.from_dict(tiny(seed))
        assert Problem.from_dict(json.loads(json.dumps(problem.to_dict()))) == problem


def test_one_partner_has_nobody_to_share_with():
    source = a_pair()
    source["partnerships"] = source["partnerships"][:1]
    for one in source["interventions"]:
        one["partnership"] = 0
    plan = solve(Problem.from_dict(source))
    assert plan.events == ()
    assert (plan.value, plan.bound.cost) == (10, 200_000)


def test_an_empty_problem_has_an_empty_plan():
    source = a_pair() | {"interventions": []}
    problem = Problem.from_dict(source)
    plan = solve(problem)
    assert (plan.value, plan.gap, plan.events) == (0, 0.0, ())


@pytest.mark.parametrize("values", [{"gap": -1.0}, {"gap": 1.0}, {"seconds": 0.0}])
def test_a_stop_that_means_nothing_is_refused(values: dict):
    with pytest.raises(EngineError):
        Stop(**values)


def test_groups_that_can_never_save_enough_are_not_walked():
    """Eighteen like activities and a saving that none can reach: a handful of groups is tried, not 2 to the 18."""
    source = tiny(1)
    source.pop("refused", None)
    source["meta"] |= {"max_members": 12, "min_saving": 10_000_000}
    wish = source["interventions"][0] | {"kind": 0, "target": "youth", "languages": ["fr"], "hosts": [0, 1, 2],
                                         "start": 0, "end": 5, "pin_host": None, "n": 4, "cost": 5000}  # fmt: skip
    source["interventions"] = [wish | {"partnership": k % 3} for k in range(18)]
    problem = Problem.from_dict(source)
    grower = candidates._Grower(Admission(problem), list(range(18)))
    assert list(grower.walk()) == []
    assert grower.tried <= 3 * 19
