"""A limit in seconds holds: what comes after the search has its time, and a solver that is late once is asked less."""

import time
from dataclasses import dataclass, field
from typing import Any

import pytest

from bench.problems import problem
from tests.engine.instances import tiny
from tiwizi_engine.crew import HERE
from tiwizi_engine.pooling import Plan, Problem, Stop, check, solve
from tiwizi_engine.pooling.climb import Climb
from tiwizi_engine.pooling.master import Master, Outcome, Watch
from tiwizi_engine.pooling.progress import Clock
from tiwizi_engine.pooling.solve import opening
from tiwizi_engine.pooling.sweep import SETTLES, Sweep


@dataclass
class Hands:
    """A clock that goes on when it is told to."""

    now: float = 1000.0

    def go(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch) -> Hands:
    found = Hands()
    monkeypatch.setattr(time, "monotonic", lambda: found.now)
    return found


def test_what_comes_after_is_timed_and_its_seconds_are_kept(hands: Hands):
    clock = Clock(30.0, None, began=hands.now)
    hands.go(10.0)
    clock.keep(lambda: hands.go(2.0), times=1.5)
    assert clock.left == 30.0 - 12.0 - 3.0
    hands.go(100.0)
    assert clock.left == 0.0


def test_without_a_limit_nothing_is_tried_nor_kept(hands: Hands):
    clock = Clock(None, None, began=hands.now)
    clock.keep(lambda: pytest.fail("tried"))
    assert clock.kept == 0.0


@dataclass
class Late(Master):
    """A model whose solver always takes so many seconds more than it may."""

    hands: Hands = field(default_factory=Hands)
    limits: list[float] = field(default_factory=list)

    def solve(
        self, objective: str, options: dict[str, Any], watch: Watch | None = None, start: Plan | None = None
    ) -> Outcome:
        self.limits.append(options["time_limit"])
        self.hands.go(options["time_limit"] + 2.0)
        return Outcome(None, 100.0, False)


def test_a_solver_that_was_late_gets_as_much_less(hands: Hands):
    p = Problem.from_dict(tiny(3))
    known = Master.of(p)
    model = Late(p, known.listed, known.singles, hands=hands)
    search = Climb(p, model, Clock(40.0, None, began=hands.now), 1, opening(p))
    for _ in range(3):
        search.step("value", gap=0.0, within=0.99, stage="value", span=(0.0, 1.0))
    # First 85 % of 40; of the 4 seconds that are left then, 2 are for being late again; then there is no time for more.
    assert model.limits == pytest.approx([34.0, 2.0])
    assert search.clock.spent == pytest.approx(40.0)


def test_the_time_of_settling_is_taken_off_the_search(monkeypatch: pytest.MonkeyPatch):
    """Settling that takes long is tried once, and the cost is sought in what is left beside it."""
    from importlib import import_module

    front = import_module("tiwizi_engine.pooling.solve")
    settle, tried = front.settle, []

    def slow(p: Problem, plan: Plan, method: str) -> Plan:
        tried.append(time.monotonic())
        time.sleep(0.5)
        found: Plan = settle(p, plan, method)
        return found

    monkeypatch.setattr(front, "settle", slow)
    p = Problem.from_dict(problem(60, 2))
    near = Stop(gap=0.001, seconds=60.0)  # for which the cost is sought after the value
    plan = solve(p, stop=near)
    assert len(tried) == 2
    assert check(p, plan).errors == ()
    solve(p, stop=Stop(gap=0.001))
    assert len(tried) == 3  # no limit, no trial


def swept(hands: Hands) -> tuple[Sweep, Plan]:
    """A sweep whose shares take a second for each event, and a plan with events."""
    p = Problem.from_dict(problem(60, 0))
    plan = solve(p, stop=Stop(gap=0.05))
    clock = Clock(1000.0, None, began=hands.now)
    return Sweep(p, plan, Stop(), clock, HERE, 1, lambda _, one: hands.go(len(one.events))), plan


def test_the_time_of_settling_grows_with_the_events_of_the_whole(hands: Hands):
    sweep, plan = swept(hands)
    count = len(plan.events)
    assert count > 1
    sweep._keep_time(sweep.p, plan, 7 * count)
    assert sweep.clock.kept == pytest.approx(SETTLES * 7 * count)
    sweep._keep_time(sweep.p, plan.with_events(()), 7 * count)  # a block without events tells nothing
    assert sweep.clock.kept == pytest.approx(SETTLES * 7 * count)


def test_no_round_begins_when_the_time_is_over(hands: Hands, monkeypatch: pytest.MonkeyPatch):
    sweep, _ = swept(hands)
    hands.go(1000.0)
    for name in ("_improved", "crew"):
        monkeypatch.setattr(sweep, name, None)  # whoever uses it fails
    sweep.price(0, must=True)
    sweep.improve(0)
    sweep.cheapen(1)
