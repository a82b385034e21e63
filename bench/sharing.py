"""Shares of a common cost: tables of 5 to 20 players, structures and samples of many, and all events of a plan."""

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench import problems
from bench.calibration import Row, calibrate, keep, seconds
from tiwizi_engine.pooling import Bound, Event, Plan, Problem, check, event_game, explain, settle
from tiwizi_engine.pooling.candidates import candidates
from tiwizi_engine.sharing import (
    Game,
    Gathering,
    Tree,
    is_nucleolus,
    least_excess,
    method_shares,
    sampled_shapley,
)
from tiwizi_engine.sharing.levels import payments

GAMES = 3  # of each size
HOSTS = 4
CERTIFIED = 16  # players up to whom each nucleolus is certified
LANDINGS = 13_572


def shared_training(seed: int, n: int) -> Game:
    """What a training costs each group: at its cheapest host, or alone where that is less. Like a real proposal."""
    rng = np.random.default_rng(seed)
    costs = payments(rng.integers(900, 2500, n))
    for _ in range(HOSTS):
        costs = np.minimum(costs, rng.integers(1500, 3500) + payments(rng.integers(150, 900, n)))
    costs[0] = 0.0
    return Game.of_table([f"P{k + 1}" for k in range(n)], costs.tolist(), kind="cost")


def noise(seed: int, n: int) -> Game:
    """Every group costs what chance says: harder than anything real."""
    rng = np.random.default_rng(seed)
    costs = payments(np.full(n, 500.0)) + rng.integers(0, 1000, 1 << n)
    costs[0] = 0.0
    return Game.of_table([f"P{k + 1}" for k in range(n)], costs.tolist(), kind="cost")


def slowest(games: list[Game], work: Callable[[Game], Any]) -> float:
    """Milliseconds of the slowest game, each the median of three."""
    return round(1000 * max(seconds(lambda g=game: work(g)) for game in games), 2)  # type: ignore[misc]


def tables(n: int, unit: float) -> Row:
    games = [shared_training(1000 * n + k, n) for k in range(GAMES)]
    hard = [noise(1000 * n + k, n) for k in range(GAMES)] if n <= CERTIFIED else []
    for game in games + hard if n <= CERTIFIED else []:
        if not is_nucleolus(game, method_shares(game, "nucleolus") or []):
            raise SystemExit(f"{n} players: not certified")
    nucleolus = slowest(games, lambda g: method_shares(g, "nucleolus"))
    return {
        "players": n,
        "groups": (1 << n) - 1,
        "Shapley, ms": slowest(games, lambda g: method_shares(g, "shapley")),
        "core, ms": slowest(games, least_excess),
        "nucleolus, ms": nucleolus,
        "nucleolus, loops": round(nucleolus / 1000 / unit, 4),
        "of chance, ms": slowest(hard, lambda g: method_shares(g, "nucleolus")) if hard else None,
    }


def structure(name: str, players: int, form: Tree | Gathering) -> Row:
    return {
        "structure": name,
        "players": players,
        "Shapley, ms": round(1000 * seconds(form.shapley), 1),
        "nucleolus, ms": round(1000 * seconds(form.nucleolus), 1),
        "objection, ms": round(1000 * seconds(lambda: form.objection([0.0] * players)), 1),
    }


def structures() -> list[Row]:
    rng = np.random.default_rng(1)
    types = rng.choice(np.arange(10_000, 43_000, 3_000), LANDINGS).astype(float)
    parents = [-1, *(int(rng.integers(0, k)) for k in range(1, 2000))]
    direct = rng.integers(100, 500, 60).astype(float)
    event = Gathering(tuple(direct + rng.integers(50, 900, 60)), tuple(direct), 9_000.0)
    return [
        structure("airport, 11 types", LANDINGS, Tree.of_needs(types.tolist())),
        structure("tree", 2000, Tree(tuple(parents), tuple(map(float, rng.integers(1, 100, 2000))))),
        structure("event at one place", 60, event),
    ]


def sample(orders: int) -> Row:
    """An airport of 60, given as a function: the error stated, and the true one against the closed form."""
    stated, true = [], []
    needs = np.random.default_rng(1).integers(100, 2000, 60).astype(float)
    exact = np.array(Tree.of_needs(needs.tolist()).shapley())

    def run(seed: int) -> None:
        found = sampled_shapley(60, lambda o: np.maximum.accumulate(needs[o], axis=1), seed=seed, orders=orders)
        stated.append(found.error)
        true.append(float(np.abs(np.array(found.shares) - exact).max()))

    for seed in range(1, 11):
        run(seed)
    return {
        "orders": orders,
        "seconds": round(seconds(lambda: run(1)), 3),
        "mean share": round(float(exact.mean()), 1),
        "largest share": round(float(exact.max()), 1),
        "error stated": round(max(stated), 2),
        "largest true error": round(max(true), 2),
    }


def plan_of(size: int, most: int) -> tuple[Problem, Plan]:
    """A problem with ample money, and a plan taken greedily from its possible events, the largest first."""
    source = problems.problem(size, 1)
    for partner in source["partnerships"]:
        partner["budget"], partner["period_cap"] = 10**7, [10**7] * len(partner["period_cap"])
    problem = Problem.from_dict(source)
    taken: set[int] = set()
    booked: set[tuple[int, int]] = set()
    events = []
    for one in sorted(candidates(problem).columns, key=lambda c: (-len(c.members), c.cost, c.members)):
        week = next((w for w in one.weeks if (one.host, w) not in booked), None)
        if week is None or taken & set(one.members) or len(one.members) > most:
            continue
        taken |= set(one.members)
        booked.add((one.host, week))
        events.append(Event(one.host, week, one.language, one.members, (0,) * len(one.members)))
    value = sum(problem.interventions[i].value + 10 for i in taken)
    return problem, Plan((), tuple(events), Bound(0, value, None), value)


def tight(problem: Problem, plan: Plan) -> Problem:
    """Every third partnership may pay a twentieth less than it does now."""
    paid = [0] * len(problem.partnerships)
    for event in plan.events:
        for i, share in zip(event.members, event.shares, strict=True):
            paid[problem.interventions[i].partnership] += share
    partners = [
        replace(one, budget=paid[q] * 19 // 20) if q % 3 == 0 else one for q, one in enumerate(problem.partnerships)
    ]
    return replace(problem, partnerships=tuple(partners))


def whole_plan(size: int) -> list[Row]:
    problem, plan = plan_of(size, 8)
    games = [event_game(problem, event) for event in plan.events]
    settled = settle(problem, plan, "nucleolus")
    short = tight(problem, settled)
    bent = settle(short, plan, "nucleolus")
    for fault in check(short, bent).errors:
        raise SystemExit(fault.sentence)
    steps: list[tuple[str, Callable[[], Any]]] = [
        ("games of all events", lambda: [event_game(problem, event) for event in plan.events]),
        ("nucleolus of all", lambda: [method_shares(game, "nucleolus") for game in games]),
        ("Shapley of all", lambda: [method_shares(game, "shapley") for game in games]),
        ("settle", lambda: settle(problem, plan, "nucleolus")),
        ("settle, budgets of a third bind", lambda: settle(short, plan, "nucleolus")),
        ("explain, every method", lambda: explain(short, bent)),
    ]
    about = {"interventions": size, "events": len(games), "members at most": max(len(g.players) for g in games)}
    return [about | {"what": what, "seconds": round(seconds(work), 3)} for what, work in steps]


def main() -> None:
    unit = calibrate()
    notes = [
        f"Games: the slowest of {GAMES} of each size, medians of three. Every nucleolus up to {CERTIFIED} players was"
        " certified by Kohlberg's criterion, outside the time shown. `of chance`: tables of random numbers.",
        "Samples: an airport of 60 players given as a function; errors are the largest of ten seeds and all players, in"
        " the units of the shares; the stated one holds with probability 0.99.",
        "Plan: taken greedily from the possible events of a generated problem, shares checked.",
    ]
    found = {
        "Games": [tables(n, unit) for n in (*range(5, 15), 16, 18, 20)],
        "Structures": structures(),
        "Samples": [sample(orders) for orders in (10_000, 100_000, 300_000)],
        "All events of a plan": whole_plan(1000),
    }
    keep("sharing", "Sharing", notes, unit, found)


if __name__ == "__main__":
    main()
