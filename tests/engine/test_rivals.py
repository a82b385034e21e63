"""The rivals of the benchmark are right: their proven optimum is ours, on problems in which every rule may bind."""

import pytest

from bench.problems import problem
from bench.rivals_solvers import Solver, by_cp_sat, by_highs, climb
from tests.engine.instances import tiny
from tiwizi_engine.pooling import Problem, check, solve
from tiwizi_engine.pooling.arrange import score

pytestmark = pytest.mark.slow

both = pytest.mark.parametrize("solver", [by_highs, by_cp_sat], ids=["highs", "cp-sat"])


def assert_same(p: Problem, solver: Solver) -> None:
    found = climb(p, solver, 60)
    assert found.cost_proven is not None
    assert [fault for fault in check(p, found.plan).errors if fault.rule != "bound"] == []
    assert score(p, found.plan) == score(p, solve(p))


@both
def test_a_rival_proves_what_we_prove_on_tiny_problems(solver: Solver):
    for seed in range(25):
        assert_same(Problem.from_dict(tiny(seed)), solver)


@both
@pytest.mark.parametrize(("n", "seed"), [(20, 2), (40, 1), (60, 2)])
def test_a_rival_proves_what_we_prove_on_generated_problems(solver: Solver, n: int, seed: int):
    assert_same(Problem.from_dict(problem(n, seed)), solver)


@both
def test_weeks_that_lack_are_told_apart(solver: Solver):
    """Two pairs that could meet at one host only, in one of the two weeks that it has."""
    source = problem(4, 1)
    home = source["communes"][0] | {"hosts": True, "venue": 40, "blocked": [w for w in range(78) if w not in (0, 9)]}
    source["communes"] = [home | {"x": 10.0 * k, "hosts": k == 0} for k in range(4)]
    source["kinds"] = [
        {"fixed": 2_000, "per_head": 10, "min_pool": 4, "max_pool": 40, "rate": 5} for _ in range(2)
    ]  # fmt: skip
    source["partnerships"] = [
        {"commune": q, "region": 0, "language": "fr", "budget": 2_000, "period_cap": [2_000] * 3, "no_pool": []}
        for q in range(4)
    ]  # fmt: skip
    common = {"target": "staff", "languages": ["fr"], "n": 8, "cost": 2_080, "start": 0, "end": 5, "mandatory": False}
    common |= {"alone_ok": True, "hosts": [0], "pin_host": None, "prefer": [], "bonus": 0}
    source["interventions"] = [common | {"partnership": q, "kind": q // 2, "value": 5 + q} for q in range(4)]
    p = Problem.from_dict(source)
    found = climb(p, solver, 60)
    assert found.strict == {0}
    assert len(found.plan.events) == 1
    assert_same(p, solver)
