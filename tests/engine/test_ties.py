"""Even shares: among plans of the same value and cost the evenest is taken, as trying everything shows."""

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from scipy.optimize import linprog

from tests.engine import instances
from tests.engine.instances import brute_force, tiny
from tiwizi_engine.pooling import Bound, Plan, Problem, Stop, check, solve
from tiwizi_engine.pooling.arrange import score
from tiwizi_engine.pooling.settle import settle
from tiwizi_engine.pooling.ties import spread

Paid = list[tuple[int, int, int]]
TIED = [86, 99, 187]  # of the first three hundred problems, those whose first best plan is not the evenest
SEEDS = [*range(60), *TIED]


def best_ones(p: dict[str, Any]) -> Iterator[tuple[list[dict[str, Any]], Paid]]:
    """Every plan as good as the best: its events, and what is paid outside them."""
    wanted, events = brute_force(p), instances._events(p)

    def grow(chosen: list[dict[str, Any]], start: int) -> Iterator[tuple[list[dict[str, Any]], Paid]]:
        held = {i for e in chosen for i in e["members"]}
        rest = [i for i in range(len(p["interventions"])) if i not in held]
        for paid in ways(rest):
            done = held | {i for i, _, _ in paid}
            missed = sum(o["mandatory"] and i not in done for i, o in enumerate(p["interventions"]))
            value = sum(instances._worth(p, i, e["host"]) for e in chosen for i in e["members"])
            value += sum(p["interventions"][i]["value"] for i, _, _ in paid)
            cost = sum(e["cost"] for e in chosen) + sum(cents for _, _, cents in paid)
            if (missed, value, cost) == wanted and instances._payable(p, chosen, paid):
                yield chosen, paid
        for k in range(start, len(events)):
            one, booked = events[k], {(e["host"], e["week"]) for e in chosen}
            if not held & set(one["members"]) and (one["host"], one["week"]) not in booked:
                yield from grow([*chosen, one], k + 1)

    def ways(rest: list[int]) -> Iterator[Paid]:
        if not rest:
            yield []
            return
        for paid in ways(rest[1:]):
            yield paid
            yield from ([(i, t, cents), *paid] for i, t, cents, _ in instances._apart(p, rest[0]))

    yield from grow([], 0)


def least_spread(p: dict[str, Any], chosen: list[dict[str, Any]], paid: Paid) -> float:
    """The least distance between two burdens, in real numbers, by a linear programme of its own."""
    alone: dict[int, int] = defaultdict(int)
    outside: dict[tuple[int, int], int] = defaultdict(int)
    owner = {i: one["partnership"] for i, one in enumerate(p["interventions"])}
    cost = {i: round(100 * one["cost"]) for i, one in enumerate(p["interventions"])}
    for i, t, cents in paid:
        alone[owner[i]] += cost[i]
        outside[owner[i], t] += cents
    cells = [
        (e, i, d) for e in range(len(chosen)) for i, d in zip(chosen[e]["members"], chosen[e]["direct"], strict=True)
    ]
    for _, i, _ in cells:
        alone[owner[i]] += cost[i]
    if not alone:
        return 0.0
    size = len(cells) + 2
    above, at_most, equal, exactly = [], [], [], []
    for q in alone:
        row = np.zeros(size)
        for k, (_, i, _) in enumerate(cells):
            row[k] = (owner[i] == q) / alone[q]
        own = sum(cents for (who, _), cents in outside.items() if who == q) / alone[q]
        above += [row + np.eye(size)[-1] * -1, -row + np.eye(size)[-2]]
        at_most += [-own, own]
        purses = [(t, p["partnerships"][q]["period_cap"][t]) for t in range(2)]
        for t, cap in [*purses, (None, p["partnerships"][q]["budget"])]:
            inside = [owner[i] == q and t in (None, chosen[e]["week"] // 3) for e, i, _ in cells]
            above.append(np.array([*inside, 0, 0], dtype=float))
            at_most.append(100 * cap - sum(c for (who, s), c in outside.items() if who == q and t in (None, s)))
    for e, event in enumerate(chosen):
        equal.append(np.array([*(k == e for k, _, _ in cells), 0, 0], dtype=float))
        exactly.append(event["cost"])
    limits = [(direct, cost[i]) for _, i, direct in cells] + [(None, None), (None, None)]
    aim = np.zeros(size)
    aim[-1], aim[-2] = 1, -1
    found = linprog(aim, above, at_most, equal or None, exactly or None, limits)
    assert found.status == 0, found.message
    return float(found.fun)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_plan_of_the_same_value_and_cost_is_more_even(seed: int):
    source = tiny(seed)
    problem = Problem.from_dict(source)
    plan = solve(problem, method="even")
    report = check(problem, plan)
    assert report.errors == ()
    assert report.spread == pytest.approx(float(spread(problem, plan)))  # reckoned there by other code
    ones = list(best_ones(source))
    assert ones
    least = min(least_spread(source, chosen, paid) for chosen, paid in ones)
    cent = max((1 / i.cost for i in problem.interventions if i.cost), default=0)
    assert least - 1e-6 <= float(spread(problem, plan)) <= least + 4 * cent


def test_a_more_even_plan_is_preferred_where_there_is_one():
    better = 0
    for seed in TIED:
        problem = Problem.from_dict(tiny(seed))
        first, even = solve(problem), solve(problem, method="even")
        assert score(problem, first) == score(problem, even)
        before = spread(problem, settle(problem, first, "even"))
        assert spread(problem, even) <= before
        better += spread(problem, even) < before
    assert better


def test_who_does_nothing_has_no_burden():
    problem = Problem.from_dict(tiny(0))
    assert spread(problem, Plan((), (), Bound(0, 0, None), 0)) == Fraction()


def test_a_search_cut_short_keeps_a_sound_plan():
    problem = Problem.from_dict(tiny(86))
    assert check(problem, solve(problem, method="even", stop=Stop(seconds=0.001))).errors == ()
