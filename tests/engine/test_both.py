"""Value and cost sought at once find and prove what one after the other do."""

from dataclasses import replace

import pytest

from bench.problems import problem
from tests.engine.instances import with_options
from tests.engine.test_solve import figures, sample
from tiwizi_engine.pooling import Problem, climb, solve
from tiwizi_engine.pooling.both import precise, spendable, value_within, weight


def apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on one is sought after the other."""
    monkeypatch.setattr("tiwizi_engine.pooling.both.SMALL", -1)


@pytest.mark.parametrize("seed", range(2))
def test_both_at_once_are_what_one_after_the_other_are(seed: int, monkeypatch: pytest.MonkeyPatch):
    source = Problem.from_dict(problem(40, seed))
    at_once = solve(source)
    apart(monkeypatch)
    assert not precise(source)
    found = figures(source, at_once)
    assert found == figures(source, solve(source))
    assert found == (at_once.bound.mandatory_missed, at_once.bound.value, at_once.bound.cost)


@pytest.mark.parametrize("seed", range(300, 330))
def test_the_optional_lists_count_the_same(seed: int, monkeypatch: pytest.MonkeyPatch):
    source = Problem.from_dict(with_options(seed))
    found = figures(source, solve(source))
    apart(monkeypatch)
    assert figures(source, solve(source)) == found


def test_a_point_of_value_counts_for_more_than_all_money():
    source = sample(12)
    most = spendable(source)
    assert 0 < most <= sum(one.cost for one in source.interventions)
    assert weight(source) * 100 > most + sum(source.kept.values())
    # The dearest plan of value 7 has no higher bound than the cheapest of value 7, and both say 7.
    assert value_within(source, 7.0 * weight(source)) == 7
    assert value_within(source, 7.0 * weight(source) - most / 100) == 7


def test_budgets_without_end_do_not_make_it_imprecise():
    source = sample(12)
    rich = replace(
        source,
        partnerships=tuple(
            replace(one, budget=10**15, period_cap=(10**15,) * source.meta.periods) for one in source.partnerships
        ),
    )
    assert spendable(rich) == sum(rich.interventions[i].cost for i in rich.free)
    assert precise(rich)
    plan = solve(rich)
    assert figures(rich, plan) == (plan.bound.mandatory_missed, plan.bound.value, plan.bound.cost)


def test_what_is_not_proven_at_once_is_sought_one_after_the_other(monkeypatch: pytest.MonkeyPatch):
    source = Problem.from_dict(problem(40, 1))
    plan = solve(source)
    monkeypatch.setattr(climb, "both_step", lambda search: (climb.ceiling(search.p), False))
    assert figures(source, solve(source)) == figures(source, plan)
