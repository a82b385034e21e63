"""Beginning from an earlier plan: what is still possible of it, and never a worse answer."""

import json
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest

from bench.problems import problem
from tests.engine.instances import with_options
from tests.engine.test_command_line import engine
from tests.engine.test_solve import a_pair
from tiwizi_engine.pooling import Bound, Plan, Problem, Stop, check, solve
from tiwizi_engine.pooling.arrange import score
from tiwizi_engine.pooling.resume import resume


@pytest.mark.slow
def test_a_plan_is_its_own_start():
    for seed in range(80):
        p = Problem.from_dict(with_options(seed))
        plan = solve(p)
        again = resume(p, plan)
        assert again is not None
        assert score(p, again)[:2] == score(p, plan)[:2], seed
        assert solve(p, start=plan).bound == plan.bound


@pytest.mark.slow
def test_what_is_left_of_a_plan_is_sound_whatever_has_changed():
    """The plan of one problem, as a start for another that differs in everything."""
    for seed in range(80):
        stranger = solve(Problem.from_dict(with_options(seed + 1)))
        p = Problem.from_dict(with_options(seed))
        left = resume(p, stranger)
        assert left is None or check(p, replace(left, bound=Bound(0, 10**6, None))).errors == (), seed
        assert solve(p, start=stranger).bound == solve(p).bound, seed


def test_less_money_keeps_the_most_valuable():
    source = a_pair()
    source["interventions"][1] |= {"hosts": [], "value": 3}
    source["interventions"][0] |= {"hosts": []}
    source["interventions"].append(source["interventions"][1] | {"value": 4})
    source["partnerships"][1]["budget"] = 1000
    p = Problem.from_dict(source)
    left = resume(p, Plan(((0, 0), (1, 0), (2, 0)), (), Bound(0, 12, None), 12))
    assert left is not None
    assert sorted(i for i, _ in left.alone) == [0, 2]


def test_an_answer_is_never_worse_than_its_start():
    p = Problem.from_dict(problem(120, 4))
    good = solve(p, stop=Stop(gap=0.01))
    hurried = solve(p, stop=Stop(seconds=0.01), start=good)
    assert check(p, hurried).errors == ()
    assert hurried.value == good.value


@pytest.mark.slow
def test_a_sweep_goes_on_from_a_plan(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(import_module("tiwizi_engine.pooling.solve"), "MONOLITH", 100)
    p = Problem.from_dict(problem(200, 9))
    first = solve(p, stop=Stop(rounds=1))
    more = solve(p, stop=Stop(rounds=1), start=first)
    assert check(p, more).errors == ()
    assert more.value >= first.value
    assert solve(p, stop=Stop(rounds=0), start=first).value == first.value


def test_the_command_line_takes_a_start(tmp_path: Path):
    source, plan = tmp_path / "problem.json", tmp_path / "plan.json"
    source.write_text(json.dumps(a_pair()))
    plan.write_text(json.dumps(solve(Problem.from_dict(a_pair())).to_dict()))
    done = engine("pool", source, "--start", plan)
    assert done.returncode == 0
    assert json.loads(done.stdout)["events"] == json.loads(plan.read_text())["events"]
