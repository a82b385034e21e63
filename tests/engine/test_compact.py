"""Events too many to list: slots give the same answers as listing, and as trying everything."""

import random
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest

from bench.plenary import plenary
from tests.engine.instances import Best, brute_force, tiny
from tests.engine.test_solve import a_pair, figures, sample
from tiwizi_engine.pooling import Plan, Problem, Progress, Stop, check, first, settle, solve
from tiwizi_engine.pooling.admission import Admission
from tiwizi_engine.pooling.candidates import groups
from tiwizi_engine.pooling.climb import Climb, climb
from tiwizi_engine.pooling.compact import Compact, listing, model_of
from tiwizi_engine.pooling.master import Master
from tiwizi_engine.pooling.progress import Clock
from tiwizi_engine.pooling.slots import slots
from tiwizi_engine.pooling.solve import opening

Source = dict[str, Any]


def in_slots(problem: Problem) -> tuple[Plan, Compact]:
    """The best plan by a model in which no event is listed, and that model."""
    model = Compact.of(problem, 0, 0)
    assert model.columns == []
    search = Climb(problem, model, Clock(None, None), 1, opening(problem))
    bound = climb(search, 0.0, lambda _, plan: plan)
    return replace(search.plan, bound=bound, value=search.score.value), model


def answer(source: Source) -> tuple[Best, Compact]:
    problem = Problem.from_dict(source)
    plan, model = in_slots(problem)
    found = figures(problem, plan)
    assert (plan.bound.mandatory_missed, plan.bound.value, plan.bound.cost) == found
    return found, model


def tight(seed: int) -> Source:
    """A tiny problem with few open weeks and seats, so that events compete and one host holds several."""
    source, r = tiny(seed), random.Random(seed)
    for commune in source["communes"]:
        commune |= {
            "blocked": sorted(r.sample(range(6), r.randint(2, 4))),
            "venue": r.choice([15, 20, 25]),
            "hosts": r.random() < 0.9,
        }
    for one in source["interventions"]:
        one |= {
            "hosts": sorted({0, r.randrange(3)}),
            "pin_host": None,
            "pin_week": r.randint(0, 5) if r.random() < 0.2 else None,
            "languages": r.choice([["fr"], ["fr", "ar"], ["ar", "fr"]]),
            "cost": r.choice([900, 1500, 1999.99]),
            "mandatory": r.random() < 0.4,
            "alone_ok": r.random() < 0.4,
        }
    for partner in source["partnerships"]:
        partner |= {"budget": r.choice([1500, 2500, 6000]), "period_cap": [r.choice([1200, 5000]) for _ in range(2)]}
    for kind in source["kinds"]:
        kind |= {"fixed": r.choice([100, 300, 800]), "min_pool": r.choice([0, 5, 12])}
    source["meta"] |= {"min_members": r.choice([1, 1, 2]), "min_saving": r.choice([0, 0, 50])}
    return source


@pytest.mark.slow
@pytest.mark.parametrize("make", [tiny, tight])
@pytest.mark.parametrize("block", range(10))
def test_slots_give_what_trying_everything_gives(make: Callable[[int], Source], block: int):
    for seed in range(block * 25, block * 25 + 25):
        source = make(seed)
        assert answer(source)[0] == brute_force(source), f"seed {seed}"


def test_tight_problems_need_more_slots_and_weeks_told_apart():
    models = [answer(tight(seed))[1] for seed in range(60)]
    assert sum(any(slot.copy for slot in model.slots) for model in models) >= 3
    assert sum(bool(model.apart) for model in models) >= 3


@pytest.mark.slow
@pytest.mark.parametrize("size", [40, 60])
def test_slots_give_what_listing_gives(size: int):
    whole = sample(120)
    problem = replace(whole, interventions=whole.interventions[:size])
    listed, (slotted, _) = solve(problem), in_slots(problem)
    assert figures(problem, slotted) == figures(problem, listed)
    assert slotted.bound == listed.bound


def test_what_can_be_listed_is():
    problem = sample(120)
    model = model_of(problem)
    assert type(model) is Master
    assert model.columns == Master.of(problem).columns
    assert model.listed.shadow == Master.of(problem).listed.shadow


def crowd(size: int, **change: Any) -> Source:
    """Many like the pair of `a_pair`, each its own partnership, all at the first commune."""
    pair = a_pair()
    pair["meta"]["max_members"] = size
    pair["communes"][0]["venue"] = pair["kinds"][0]["max_pool"] = 10 * size
    pair["partnerships"] = [pair["partnerships"][0] for _ in range(size)]
    pair["interventions"] = [pair["interventions"][0] | {"partnership": q, "hosts": [0]} for q in range(size)]
    for one in pair["interventions"]:
        one |= change
    return pair


def test_a_hundred_meet_in_one_event_that_fills_the_hall():
    source = crowd(100)
    problem = Problem.from_dict(source)
    plan = solve(problem)
    (event,) = plan.events
    assert figures(problem, plan) == (0, 500, 100 * (300 + 100 * 100))
    assert event.members == tuple(range(100))
    assert set(event.shares) == {10_300}  # each its own hundred, and an equal part of three hundred
    assert plan.bound.cost == sum(event.shares)
    for method in ("shapley", "equal", "proportional", "heads"):
        assert settle(problem, plan, method).events[0].shares == event.shares


def test_one_seat_too_few_makes_two_events():
    source = crowd(30)
    source["communes"][0]["venue"] = 299
    problem = Problem.from_dict(source)
    plan = solve(problem)
    assert figures(problem, plan) == (0, 150, 100 * (2 * 300 + 30 * 100))
    assert len({event.week for event in plan.events}) == 2
    source["communes"][0]["blocked"] = [0, 1, 2]  # one event only, then; one is left over, alone
    problem = Problem.from_dict(source)
    assert figures(problem, solve(problem)) == (0, 150, 100 * (300 + 29 * 100 + 1000))


def test_camps_that_exclude_each_other_meet_apart():
    source = crowd(18)
    for q, partner in enumerate(source["partnerships"]):
        source["partnerships"][q] = partner | {"no_pool": [o for o in range(18) if o % 3 != q % 3]}
    found, model = answer(source)
    assert found == (0, 90, 100 * (3 * 300 + 18 * 100))
    assert sorted(len(column.members) for column in model.solve("saving", {}).choice.held) == [6, 6, 6]


def test_when_all_exclude_all_nobody_meets():
    source = crowd(20)
    for q, partner in enumerate(source["partnerships"]):
        source["partnerships"][q] = partner | {"no_pool": [o for o in range(20) if o != q]}
    assert in_slots(Problem.from_dict(source))[0].events == ()


@pytest.mark.parametrize(
    "change",
    [{"poolable": False}, {"hosts": []}, {"cost": 100}, {"n": 201, "cost": 9000}, {"end": 0, "pin_week": 3}],
    ids=["not to be pooled", "no host", "cheaper alone", "larger than the hall", "no week"],
)
def test_without_a_slot_all_is_done_alone(change: Source):
    source = crowd(20, **change)
    source["partnerships"] = [q | {"budget": 10**5, "period_cap": [10**5]} for q in source["partnerships"]]
    plan, model = in_slots(Problem.from_dict(source))
    assert model.slots == []
    assert (plan.events, len(plan.alone)) == ((), 20)


def test_an_empty_problem_has_an_empty_plan_in_slots_too():
    plan, _ = in_slots(Problem.from_dict(a_pair() | {"interventions": []}))
    assert (plan.events, plan.alone, plan.bound.value) == ((), (), 0)


def test_every_two_who_may_not_meet_are_in_a_group_of_foes():
    r = random.Random(1)
    source = crowd(12)
    for q, partner in enumerate(source["partnerships"]):
        source["partnerships"][q] = partner | {"no_pool": [o for o in range(12) if o != q and r.random() < 0.3]}
    admission = Admission(Problem.from_dict(source))
    (slot, *_) = slots(admission, groups(admission.p)[0], {})
    parted = {pair for clique in slot.foes for pair in combinations(clique, 2)}
    assert parted == {(i, j) for i, j in combinations(range(12), 2) if not admission.may_meet(i, j)}
    assert max(map(len, slot.foes)) > 2


def test_languages_that_add_nobody_and_weeks_that_add_nobody_have_no_slots():
    source = crowd(6)
    source["interventions"][0] |= {"languages": ["ar", "fr"], "start": 2}
    source["interventions"][1] |= {"languages": ["ar", "fr"], "end": 1}
    admission = Admission(Problem.from_dict(source))
    found = {(slot.language, slot.members) for slot in slots(admission, groups(admission.p)[0], {})}
    assert found == {("fr", (0, 2, 3, 4, 5)), ("fr", (1, 2, 3, 4, 5))}


def test_a_choice_that_is_forbidden_does_not_come_again():
    problem = Problem.from_dict(crowd(4))
    model = Compact.of(problem, 0, 0)
    model.floor("value", 20)
    seen = set()
    for _ in range(5):
        choice = model.solve("saving", {}).choice
        assert choice is not None
        seen.add((choice.held, choice.singles))
        model.forbid(choice)
    assert len(seen) == 5


def test_a_plan_is_known_to_the_model_that_starts_from_it():
    problem = Problem.from_dict(plenary(5, partners=14, wishes=6))
    plan = solve(problem, stop=Stop(gap=0.01))
    model = Compact.of(problem, 0, 0)
    lp, known = model.model(model.vector("value")), model._values(plan)
    assert known is not None
    rows = list(model.lines())
    assert len(rows) == lp.num_row_
    for line in rows:
        total = sum(x * known.col_value[v] for v, x in line.row.items())
        assert line.low - 1e-6 <= total <= line.high + 1e-6
    assert model.vector("value") @ known.col_value == check(problem, plan).value


@pytest.fixture
def every_model_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(first, "LARGE", 0)


@pytest.mark.usefixtures("every_model_is_large")
def test_a_large_model_starts_from_a_plan_without_its_slots_and_finds_the_same():
    problem = Problem.from_dict(crowd(40))
    stages: list[Progress] = []
    plan = solve(problem, progress=stages.append)
    assert figures(problem, plan) == (0, 200, 100 * (300 + 40 * 100))
    assert plan.proven
    assert 200 in {one.value for one in stages if one.stage == "listing"}  # all alone, before any event
    assert [one.done for one in stages] == sorted(one.done for one in stages)


@pytest.mark.usefixtures("every_model_is_large")
def test_who_has_enough_of_the_first_plan_gets_it():
    problem = Problem.from_dict(crowd(40))
    plan = solve(problem, progress=lambda told: told.stage == "listing" and told.value == 200)
    assert (len(plan.alone), plan.events) == (40, ())
    assert check(problem, plan).errors == ()


@pytest.mark.parametrize("seconds", [0.001, 2.5])
def test_whenever_time_is_up_the_plan_is_sound_and_the_bound_holds(seconds: float):
    problem = Problem.from_dict(plenary(3, partners=20, wishes=5))
    plan = solve(problem, stop=Stop(seconds=seconds))
    assert check(problem, plan).errors == ()


@pytest.mark.slow
def test_a_plenary_is_near_to_its_bound_within_seconds():
    problem = Problem.from_dict(plenary(1, partners=40, wishes=4))
    assert [len(ids) for ids in listing(problem)[1]] == [40]
    plan = solve(problem, stop=Stop(gap=0.01), progress=lambda told: told.stage == "cost")
    assert figures(problem, plan)[1] > 0
    assert max(len(event.members) for event in plan.events) > 12
    assert plan.gap <= 0.01
