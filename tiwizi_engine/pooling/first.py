"""A first plan for a model with slots, which may be so large that it finds none in time."""

from tiwizi_engine.pooling.candidates import Candidates
from tiwizi_engine.pooling.climb import Climb, mandatory_step, value_step
from tiwizi_engine.pooling.compact import Compact
from tiwizi_engine.pooling.master import Master
from tiwizi_engine.pooling.plan import Plan
from tiwizi_engine.pooling.progress import Clock, Progress

GAP = 0.01
LARGE = 30_000  # variables of a model, which then starts from the plan
SHARE = 0.2  # of the time, for each of two models


def first_plan(model: Compact, plan: Plan, clock: Clock, seed: int) -> tuple[Plan, bool]:
    """(the plan made better, whether to start from it) by what is done alone; and for a large model also by events that
    could be listed. What this proves is not kept: it holds for plans without the other events."""

    def hear(one: Progress) -> bool:
        clock.tell("listing", 0.05, one.value)
        return clock.cancelled

    p, large = model.p, model.size > LARGE
    for listed in (Candidates(), model.listed) if large else (Candidates(),):
        seconds = None if clock.seconds is None else SHARE * clock.left
        smaller = Master(p, Candidates(list(listed.columns), dict(listed.shadow)), model.singles)
        search = Climb(p, smaller, Clock(seconds, hear), seed, plan, warm=True)
        mandatory_step(search)
        value_step(search, GAP)
        plan = search.plan
        clock.tell("listing", 0.05, search.score.value)
        if clock.left <= 0:
            break
    return plan, large
