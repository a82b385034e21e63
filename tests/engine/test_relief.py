"""When what must be done cannot be: the least money that helps, tried out by solving again."""

from dataclasses import replace

import pytest

from tests.engine.instances import with_options
from tests.engine.test_solve import a_pair
from tiwizi_engine.pooling import Problem, Relief, check, relief, solve


def test_the_cheaper_of_two_ways_is_named():
    source = a_pair()
    for one in source["interventions"]:
        one["mandatory"] = True
    source["partnerships"][0] |= {"budget": 110, "period_cap": [110]}
    source["partnerships"][1] |= {"budget": 300}
    # Together they pay 500, and have 110 and 300: 90 more, in one place for the second, in two for the first.
    assert relief(Problem.from_dict(source)) == Relief({1: 9_000}, {}, ())


def test_what_no_money_helps_is_told_apart():
    source = a_pair()
    source["interventions"][0] |= {"mandatory": True, "alone_ok": False, "hosts": []}
    source["interventions"][1] |= {"mandatory": True, "poolable": False, "cost": 5000.5}
    found = relief(Problem.from_dict(source))
    assert found == Relief({1: 100}, {(1, 0): 100}, (0,))


def test_too_few_weeks_are_no_matter_of_money():
    source = a_pair()
    source["interventions"] += [dict(one) for one in source["interventions"]]
    for one in source["interventions"]:
        one |= {"mandatory": True, "alone_ok": False, "hosts": [0], "start": 1, "end": 1}
    source["meta"]["max_members"] = 2
    found = relief(Problem.from_dict(source))
    assert found is not None
    assert len(found.never) == 2
    assert (found.budgets, found.caps) == ({}, {})


def test_vetoes_all_around_leave_everybody_alone():
    source = a_pair()
    source["partnerships"].append(source["partnerships"][0])
    source["interventions"].append(source["interventions"][0] | {"partnership": 2, "mandatory": True})
    for q, one in enumerate(source["partnerships"]):
        one = source["partnerships"][q] = dict(one)
        one |= {"no_pool": [(q + 1) % 3], "budget": 999}
    problem = Problem.from_dict(source)
    plan = solve(problem)
    assert plan.events == ()
    assert plan.bound.mandatory_missed == 1
    assert relief(problem) == Relief({2: 100}, {}, ())


@pytest.mark.slow
@pytest.mark.parametrize("block", range(4))
def test_that_much_helps_and_less_does_not(block: int):
    for seed in range(block * 40, block * 40 + 40):
        source = with_options(seed)
        for one in source["interventions"]:
            one["mandatory"] = True
        problem = Problem.from_dict(source)
        missed = solve(problem).bound.mandatory_missed
        found = relief(problem)
        assert found is not None, seed
        assert bool(missed) == bool(found.budgets or found.caps or found.never), seed
        richer = found.applied(problem)
        plan = solve(richer)
        assert check(richer, plan).errors == ()
        assert plan.bound.mandatory_missed == 0, seed
        places = len(found.budgets) + len(found.caps)
        for q, cents in found.budgets.items():
            # Rounded up in each place: one place may take over what another was given too much.
            poorer = replace(found, budgets=found.budgets | {q: max(0, cents - 100 * places - 1)})
            assert solve(poorer.applied(problem)).bound.mandatory_missed > 0, (seed, q)
