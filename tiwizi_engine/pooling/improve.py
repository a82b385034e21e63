"""A part of a plan made better, the rest left as it is."""

from dataclasses import dataclass

from tiwizi_engine.pooling.candidates import Candidates
from tiwizi_engine.pooling.climb import FORESIGHT, Climb, cost_step, mandatory, mandatory_step, value_step
from tiwizi_engine.pooling.compact import model_of
from tiwizi_engine.pooling.part import Part
from tiwizi_engine.pooling.plan import Plan
from tiwizi_engine.pooling.problem import Problem
from tiwizi_engine.pooling.progress import Clock
from tiwizi_engine.pooling.relaxation import Prices, sharing


@dataclass(frozen=True)
class Improve:
    """One block's work: a better plan of a part, within seconds (None: until its gap is reached).

    `cheaper`: what is sought is less cost for the value that the plan has, and the gap is that of the cost.

    With the prices of the whole, events that are worth far less than their members' prices say are left out: less by
    more than `far` of their value.
    """

    part: Part
    gap: float
    seconds: float | None
    seed: int
    prices: Prices | None = None
    far: float = 0.2
    cheaper: bool = False

    def run(self) -> Plan:
        p, plan = self.part.problem, self.part.plan
        model = model_of(p)
        if self.prices is not None:
            model.listed = promising(p, model.listed, self.prices, plan, self.far)
        search = Climb(p, model, Clock(self.seconds, None), self.seed, plan, warm=True)
        mandatory_step(search)
        if not self.cheaper:
            value_step(search, self.gap)
        elif search.score.mandatory == mandatory(p):  # else the model may trade what must be done for cost
            model.foresee("value", FORESIGHT * search.clock.left)
            cost_step(search, self.gap)
        return search.plan


def promising(p: Problem, listed: Candidates, prices: Prices, plan: Plan, far: float) -> Candidates:
    """The events that are worth nearly what their members' prices say, and those that the plan holds."""
    held = {frozenset(event.members) for event in plan.events}
    found = Candidates()
    for c, column in enumerate(listed.columns):
        if sharing(p, column, prices)[0] >= -far * column.value or frozenset(column.members) in held:
            if c in listed.shadow:
                found.shadow[len(found.columns)] = listed.shadow[c]
            found.columns.append(column)
    return found
