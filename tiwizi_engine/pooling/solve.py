"""The front door: the best plan, lexicographically, with its proof."""

from dataclasses import replace

from tiwizi_engine.errors import EngineError
from tiwizi_engine.pooling.arrange import arrange
from tiwizi_engine.pooling.candidates import Candidates
from tiwizi_engine.pooling.choice import Choice, singles
from tiwizi_engine.pooling.climb import Climb, climb
from tiwizi_engine.pooling.master import Master
from tiwizi_engine.pooling.plan import Plan
from tiwizi_engine.pooling.problem import Problem
from tiwizi_engine.pooling.progress import Clock, Progress, Stop, Told
from tiwizi_engine.pooling.settle import settle

__all__ = ["Progress", "Stop", "solve"]

PROOF = Stop()


def solve(
    problem: Problem,
    *,
    stop: Stop = PROOF,
    seed: int = 1,
    method: str = "nucleolus",
    progress: Told | None = None,
) -> Plan:
    """The best plan: fewest mandatory missed, then most value, then least cost; shares by `method` within budgets.

    Same input and seed, same answer, unless `stop.seconds` cuts it short. `progress` is told each stage; when it
    returns True the best plan so far is returned. The bound is valid whatever stopped the search.
    Raises `EngineError` on a problem too large to list its possible events.
    """
    clock = Clock(stop.seconds, progress)
    clock.tell("listing", 0.0)
    start, plan = opening(problem)
    bound, value = climb(search := Climb(problem, Master.of(problem), clock, seed, start, plan), stop.gap)
    clock.tell("shares", 0.9, value=value, bound=bound.value)
    settled = settle(problem, search.plan, method)
    return replace(settled, bound=bound, value=value, seed=seed, seconds=clock.spent)


def opening(problem: Problem) -> tuple[Choice, Plan]:
    """A plan to start from: what was agreed, and what is mandatory alone, as far as budgets allow.

    Raises `EngineError` when the budgets do not even pay for what was agreed.
    """
    nothing = Choice((), ())
    plan, _ = arrange(problem, nothing)
    if plan is None:
        raise EngineError("agreed", "what was agreed costs more than the budgets allow")
    must = [s for s in singles(problem) if problem.interventions[s.intervention].mandatory]
    found = Master(problem, Candidates(), must).solve("mandatory", {"mip_abs_gap": 0.99}).choice
    arranged, _ = arrange(problem, found or nothing)
    return (nothing, plan) if found is None or arranged is None else (found, arranged)
