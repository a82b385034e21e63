"""What a model chooses: the events held, and what is done singly. Everything but weeks and shares of a plan."""

from dataclasses import dataclass

from tiwizi_engine.pooling.candidates import Column
from tiwizi_engine.pooling.problem import Problem


@dataclass(frozen=True, slots=True)
class Single:
    """An intervention done without others in a budget period, at a cost in cents: alone, or by a reuse."""

    intervention: int
    period: int
    cost: int
    reuse: int | None = None

    def worth(self, p: Problem, objective: str) -> float:
        one = p.interventions[self.intervention]
        return {"mandatory": float(one.mandatory), "value": float(one.value), "saving": -self.cost / 100}[objective]


@dataclass(frozen=True)
class Choice:
    """Events held and singles done."""

    held: tuple[Column, ...]
    singles: tuple[Single, ...]

    def worth(self, p: Problem, objective: str) -> float:
        """Mandatory interventions done, value, or cost below zero in whole units (what is kept added)."""
        return sum(c.worth(p, objective) for c in self.held) + sum(s.worth(p, objective) for s in self.singles)


def singles(p: Problem) -> list[Single]:
    """Every way to do a free intervention without others, period by period."""
    found = []
    for i in p.free:
        one = p.interventions[i]
        first, last = (week // p.meta.period_weeks for week in (one.start, one.end))
        if one.alone_ok:
            found += [Single(i, t, one.cost) for t in range(first, last + 1)]
    return found
