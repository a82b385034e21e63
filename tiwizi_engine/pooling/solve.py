"""The front door: the best plan, lexicographically, with its proof."""

from dataclasses import replace

from tiwizi_engine.crew import HERE, Crew
from tiwizi_engine.errors import EngineError
from tiwizi_engine.memory import refuse_large
from tiwizi_engine.pooling.arrange import arrange, score
from tiwizi_engine.pooling.candidates import Candidates
from tiwizi_engine.pooling.choice import Choice
from tiwizi_engine.pooling.climb import Climb, climb
from tiwizi_engine.pooling.compact import Compact, model_of
from tiwizi_engine.pooling.first import first_plan
from tiwizi_engine.pooling.lots import every_single
from tiwizi_engine.pooling.master import Master
from tiwizi_engine.pooling.plan import Plan
from tiwizi_engine.pooling.problem import Problem
from tiwizi_engine.pooling.progress import Clock, Progress, Stop, Told
from tiwizi_engine.pooling.resume import resume
from tiwizi_engine.pooling.settle import EVEN, known_method, settle
from tiwizi_engine.pooling.sweep import sweep
from tiwizi_engine.pooling.ties import evenest

__all__ = ["Progress", "Stop", "solve"]

PROOF = Stop()
MONOLITH = 1_500  # interventions that one model takes at once; more are swept in blocks


def solve(
    problem: Problem,
    *,
    stop: Stop = PROOF,
    seed: int = 1,
    method: str = "nucleolus",
    progress: Told | None = None,
    crew: Crew = HERE,
    start: Plan | None = None,
) -> Plan:
    """The best plan: fewest mandatory missed, then most value, then least cost; shares by `method` within budgets. When
    these are to be `even` and the cost is proven, then the most even burden among plans that are alike in all that.

    `start`: an earlier plan, of which what is still possible is where the search begins; the answer is no worse.
    Same input, seed and start, same answer, unless `stop.seconds` cuts it short. `progress` is told each stage; when
    it returns True the best plan so far is returned. The bound is valid whatever stopped the search.
    Raises `EngineError` on an unknown method, on agreed events that the budgets cannot pay, and on more than the memory
    can hold.
    """
    known_method(method)
    refuse_large(len(problem.interventions))
    clock = Clock(stop.seconds, progress)
    clock.tell("listing", 0.0)
    plan = opening(problem)
    earlier = None if start is None else resume(problem, start)
    begun = earlier is not None and score(problem, earlier) > score(problem, plan)
    if earlier is not None and begun:
        plan = earlier

    def after(p: Problem, plan: Plan) -> Plan:
        return settle(p, plan, method)

    if len(problem.free) > MONOLITH:
        plan, bound = sweep(problem, plan, stop, clock, crew, seed, after)
    else:
        search = _search(problem, plan, clock, seed)
        search.warm |= begun
        bound = climb(search, stop.gap, after)
        if method == EVEN and bound.cost is not None:
            evenest(search, lambda plan: after(problem, plan))
        plan = search.plan
    value = score(problem, plan).value
    clock.tell("shares", 0.9, value=value, bound=bound.value)
    settled = after(problem, plan)
    return replace(settled, bound=bound, value=value, seed=seed, seconds=clock.spent)


def _search(problem: Problem, plan: Plan, clock: Clock, seed: int) -> Climb:
    """The climb over the model that suits: with slots where events are too many to list."""
    model = model_of(problem)
    search = Climb(problem, model, clock, seed, plan)
    if isinstance(model, Compact):
        search.plan, search.warm = first_plan(model, plan, clock, seed)
    return search


def opening(problem: Problem) -> Plan:
    """A plan to start from: what was agreed, and what is mandatory alone, as far as budgets allow.

    Raises `EngineError` when the budgets do not even pay for what was agreed.
    """
    plan, _ = arrange(problem, Choice((), ()))
    if plan is None:
        raise EngineError("agreed", "what was agreed costs more than the budgets allow")
    must = [s for s in every_single(problem) if problem.interventions[s.intervention].mandatory]
    found = Master(problem, Candidates(), must).solve("mandatory", {"mip_abs_gap": 0.99}).choice
    arranged, _ = arrange(problem, found or Choice((), ()))
    return plan if arranged is None else arranged
