"""A part of a plan made better, the rest left as it is."""

from dataclasses import dataclass

from tiwizi_engine.pooling.arrange import score
from tiwizi_engine.pooling.climb import Climb, mandatory_step, value_step
from tiwizi_engine.pooling.compact import model_of
from tiwizi_engine.pooling.part import Cutter, Part, Whole
from tiwizi_engine.pooling.plan import Plan
from tiwizi_engine.pooling.problem import Problem
from tiwizi_engine.pooling.progress import Clock

REPAIR_GAP = 0.001
REPAIR_SECONDS = 5.0


@dataclass(frozen=True)
class Improve:
    """One block's work: a better plan of a part, within seconds (None: until its gap is reached)."""

    part: Part
    gap: float
    seconds: float | None
    seed: int

    def run(self) -> Plan:
        p, plan = self.part.problem, self.part.plan
        search = Climb(p, model_of(p), Clock(self.seconds, None), self.seed, plan, warm=True)
        mandatory_step(search)
        value_step(search, self.gap)
        return search.plan


def repair(p: Problem, seed: int, plan: Plan, around: frozenset[int], seconds: float | None = REPAIR_SECONDS) -> Plan:
    """The plan, as good as it can be made for the partnerships of some interventions."""
    whole = Whole(p, plan)
    for part in Cutter(p, plan).parts([sorted({p.interventions[i].partnership for i in around})]):
        whole.put(part, Improve(part, REPAIR_GAP, seconds, seed).run())
    mended = whole.plan()
    return max(mended, plan, key=lambda one: score(p, one))
