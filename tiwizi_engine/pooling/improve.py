"""A part of a plan made better, the rest left as it is."""

from dataclasses import dataclass

from tiwizi_engine.pooling.climb import Climb, mandatory_step, value_step
from tiwizi_engine.pooling.compact import model_of
from tiwizi_engine.pooling.part import Part
from tiwizi_engine.pooling.plan import Plan
from tiwizi_engine.pooling.progress import Clock


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
