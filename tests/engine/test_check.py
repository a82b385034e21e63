"""Each rule broken on purpose: the check must see it."""

from dataclasses import replace

import pytest

from tests.engine.test_solve import a_pair
from tiwizi_engine.pooling import Bound, Event, Plan, Problem, check

GOOD = Event(0, 0, "fr", (0, 1), (25_000, 25_000))


def broken(problem: Problem, *events: Event, alone: tuple[tuple[int, int], ...] = ()) -> set[str]:
    plan = Plan(alone, events, Bound(0, 10**6, None), 0)
    return {fault.rule for fault in check(problem, plan).errors}


def test_the_plan_that_the_mutations_start_from_is_good():
    assert broken(Problem.from_dict(a_pair()), GOOD) == set()


@pytest.mark.parametrize(
    ("event", "rule"),
    [
        (replace(GOOD, members=(0,), shares=(40_000,)), "members"),
        (replace(GOOD, shares=(25_000, 24_999)), "shares"),
        (replace(GOOD, shares=(50_000,)), "shares"),
        (replace(GOOD, shares=(9_999, 40_001)), "band"),
        (replace(GOOD, week=9), "window"),
        (replace(GOOD, language="nl"), "language"),
        (replace(GOOD, host=9), "unknown"),
        (replace(GOOD, members=(0, 9)), "unknown"),
        (replace(GOOD, members=(0, 0)), "once"),
    ],
)
def test_a_mutated_event_is_seen(event: Event, rule: str):
    assert rule in broken(Problem.from_dict(a_pair()), event)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (lambda p: p["interventions"][1].update(partnership=0), "partners"),
        (lambda p: p["interventions"][1].update(target="youth"), "target"),
        (lambda p: p["kinds"].append(p["kinds"][0]) or p["interventions"][1].update(kind=1), "kind"),
        (lambda p: p["kinds"][0].update(min_pool=21), "size"),
        (lambda p: p["kinds"][0].update(max_pool=19), "size"),
        (lambda p: p["communes"][0].update(venue=19), "size"),
        (lambda p: p["communes"][0].update(blocked=[0]), "blocked"),
        (lambda p: p["interventions"][0].update(hosts=[1]), "hosts"),
        (lambda p: p["interventions"][0].update(pin_host=1), "pin_host"),
        (lambda p: p["interventions"][0].update(pin_week=2), "pin_week"),
        (lambda p: p["interventions"][0].update(poolable=False), "poolable"),
        (lambda p: p["interventions"][0].update(start=1), "window"),
        (lambda p: p["interventions"][0].update(cost=100), "direct"),
        (lambda p: p["partnerships"][1].update(no_pool=[0]), "no_pool"),
        (lambda p: p["partnerships"][1].update(budget=249.99), "budget"),
        (lambda p: p["partnerships"][1].update(period_cap=[249.99]), "period_cap"),
        (lambda p: p.update(refused=[{"intervention": 0, "members": [1]}]), "refused"),
        (lambda p: p["meta"].update(min_saving=1501), "saving"),
        (lambda p: p["meta"].update(max_members=1), "members"),
    ],
)
def test_a_rule_that_changes_under_a_plan_is_seen(change, rule: str):
    source = a_pair()
    change(source)
    assert rule in broken(Problem.from_dict(source), GOOD)


def test_a_host_that_accepts_no_event_is_seen():
    source = a_pair()
    source["communes"].append(source["communes"][0] | {"hosts": False})
    for one in source["interventions"]:
        one["hosts"] = [0, 1, 2]
    assert "host" in broken(Problem.from_dict(source), replace(GOOD, host=2))


def test_what_is_done_alone_is_checked_too():
    source = a_pair()
    source["interventions"][0]["alone_ok"] = False
    problem = Problem.from_dict(source)
    assert "alone" in broken(problem, alone=((0, 0),))
    assert "window" in broken(problem, alone=((1, 9),))
    assert "unknown" in broken(problem, alone=((7, 0),))
    assert "once" in broken(problem, GOOD, alone=((1, 0),))


def test_two_events_in_one_week_at_one_host_are_seen():
    source = a_pair()
    source["interventions"] += [dict(one) for one in source["interventions"]]
    assert "one event a week" in broken(Problem.from_dict(source), GOOD, replace(GOOD, members=(2, 3)))


def test_a_bound_that_a_plan_beats_is_no_bound():
    problem = Problem.from_dict(a_pair())
    for bound in (Bound(1, 99, None), Bound(0, 9, None), Bound(0, 10, 50_001)):
        assert {f.rule for f in check(problem, Plan((), (GOOD,), bound, 10)).errors} == {"bound"}


def test_the_figures_are_recomputed():
    report = check(Problem.from_dict(a_pair()), Plan((), (GOOD,), Bound(0, 10, 50_000), 10))
    assert (report.mandatory_missed, report.value, report.cost, report.done, report.pooled) == (0, 10, 50_000, 2, 2)
    assert report.spread == 0.0
