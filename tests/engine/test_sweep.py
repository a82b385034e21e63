"""Large problems: bounds from prices, blocks, and rounds that never worsen a plan; the same plan whoever works."""

from dataclasses import replace
from importlib import import_module

import numpy as np
import pytest

from bench.problems import problem
from tests.engine.instances import tiny
from tiwizi_engine.crew import HERE, crew_of
from tiwizi_engine.pooling import Plan, Problem, Stop, check, solve
from tiwizi_engine.pooling.arrange import score
from tiwizi_engine.pooling.blocks import blocks
from tiwizi_engine.pooling.candidates import candidates
from tiwizi_engine.pooling.improve import Improve
from tiwizi_engine.pooling.part import Cutter
from tiwizi_engine.pooling.prices import Neighbours, Reprice, first_prices, of_part, parts_of_bound, put
from tiwizi_engine.pooling.relaxation import Prices, sharing
from tiwizi_engine.pooling.sweep import Round


def priced(p: Problem, size: int, passes: int, must: bool) -> list[tuple[Prices, float]]:
    """Prices and their bound after each pass over the map, from the simplest on."""
    prices, neighbours = first_prices(p), Neighbours(p)
    found = [(prices.copy(), float(parts_of_bound(p, prices).sum()))]
    for number in range(passes):
        for wave in neighbours.waves(blocks(p, size, number)):
            for part, own in wave:
                put(prices, part, Reprice(part, own, of_part(prices, part), must).run())
        found.append((prices.copy(), float(parts_of_bound(p, prices).sum())))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("size", [1, 2, 9])
def test_a_bound_from_prices_holds_for_the_best_plan(size: int):
    for seed in range(60):
        p = Problem.from_dict(tiny(seed))
        plan = solve(p)
        must = plan.bound.mandatory_missed == 0
        for _, bound in priced(p, size, 3, must):
            assert bound >= plan.value - 1e-6, (seed, size)


@pytest.mark.slow
def test_passes_lower_the_bound_and_no_event_is_worth_more_than_its_prices():
    p = Problem.from_dict(problem(300, 11))
    found = priced(p, 100, 3, must=True)
    bounds = [bound for _, bound in found]
    assert bounds == sorted(bounds, reverse=True)
    assert bounds[-1] < 0.97 * bounds[0]
    prices = found[-1][0]
    assert max(sharing(p, column, prices)[0] for column in candidates(p).columns) <= 1e-6


@pytest.mark.slow
def test_prices_of_one_block_are_those_of_the_whole_relaxation():
    """All in one block: the bound is near the proven best value, as the relaxation is tight."""
    p = Problem.from_dict(problem(100, 5))
    (_, _), (_, bound) = priced(p, 1000, 1, must=True)
    best = solve(p)
    assert best.value <= bound <= 1.02 * best.value


def test_blocks_hold_every_partnership_once():
    p = Problem.from_dict(problem(600, 3))
    busy = sorted({one.partnership for one in p.interventions})
    for number in range(3):
        cut = blocks(p, 150, number)
        assert sorted(q for block in cut for q in block) == busy
    assert blocks(p, 150, 0) != blocks(p, 150, 1)


def test_waves_hold_every_block_once_and_no_two_neighbours():
    p = Problem.from_dict(problem(600, 3))
    neighbours = Neighbours(p)
    seen: list[int] = []
    for wave in neighbours.waves(blocks(p, 150, 0)):
        own = [set(part.ids[:count]) for part, count in wave]
        for k, (part, count) in enumerate(wave):
            others = set().union(*own[:k], *own[k + 1 :])
            assert not others & set(part.ids[count:])
        seen += [i for ids in own for i in ids]
    assert sorted(seen) == list(p.free)


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    # By import_module: in the package, `solve` and `sweep` are the functions.
    monkeypatch.setattr(import_module("tiwizi_engine.pooling.solve"), "MONOLITH", 100)
    for name, sizes in (("ROUNDS", (Round(60, 0.004, 0.2), Round(100, 0.003, 0.1))), ("PRICED", 120)):
        monkeypatch.setattr(import_module("tiwizi_engine.pooling.sweep"), name, sizes)


@pytest.mark.slow
@pytest.mark.usefixtures("small_blocks")
def test_a_swept_plan_is_sound_near_its_bound_and_better_each_round():
    p = Problem.from_dict(problem(300, 7))
    plans = [solve(p, stop=Stop(rounds=rounds)) for rounds in (0, 1, 3)]
    for plan in plans:
        report = check(p, plan)
        assert report.errors == ()
        assert report.mandatory_missed == 0
        assert plan.bound.value >= plan.value == report.value
    values = [plan.value for plan in plans]
    assert values == sorted(values)
    assert plans[-1].gap < 0.05


@pytest.mark.slow
@pytest.mark.usefixtures("small_blocks")
def test_the_same_swept_plan_whoever_works():
    p = Problem.from_dict(problem(200, 9))
    stop = Stop(rounds=2)

    def plan(crew: object) -> Plan:
        return replace(solve(p, stop=stop, crew=crew), seconds=0.0)  # type: ignore[arg-type]

    with crew_of("pool:2") as pool:
        assert plan(pool) == plan(HERE)


@pytest.mark.slow
@pytest.mark.usefixtures("small_blocks")
def test_a_sweep_that_is_stopped_at_once_has_a_sound_plan_and_a_bound():
    p = Problem.from_dict(problem(200, 9))
    for seconds in (0.001, 1.0):
        plan = solve(p, stop=Stop(seconds=seconds))
        assert check(p, plan).errors == ()
        assert plan.bound.value >= plan.value
    told = solve(p, progress=lambda one: one.stage == "value")
    assert check(p, told).errors == ()


def test_first_prices_are_all_that_could_be_worth():
    p = Problem.from_dict(tiny(3))
    prices = first_prices(p)
    assert np.all(prices.budget == 0)
    assert parts_of_bound(p, prices).sum() >= sum(one.value for one in p.interventions)


@pytest.mark.slow
@pytest.mark.usefixtures("small_blocks")
def test_when_value_is_sought_no_more_the_same_value_is_sought_for_less(monkeypatch: pytest.MonkeyPatch):
    p = Problem.from_dict(problem(300, 7))
    cheaper = solve(p, stop=Stop(rounds=1))
    monkeypatch.setattr(import_module("tiwizi_engine.pooling.sweep").Sweep, "cheapen", lambda self, number: None)
    dearer = solve(p, stop=Stop(rounds=1))
    assert score(p, cheaper) > score(p, dearer)
    assert score(p, cheaper).mandatory == score(p, dearer).mandatory
    assert score(p, cheaper).value >= score(p, dearer).value
    assert check(p, cheaper).errors == ()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_a_block_made_cheaper_loses_nothing_that_it_does(seed: int):
    p = Problem.from_dict(problem(60, seed))
    begun = solve(p, stop=Stop(gap=0.05))
    part = next(Cutter(p, begun).parts([list(range(len(p.partnerships)))]))
    found = Improve(part, 0.0, None, 1, cheaper=True).run()
    old, new = score(part.problem, part.plan), score(part.problem, found)
    assert (new.mandatory, new.value) >= (old.mandatory, old.value)
    assert new >= old
