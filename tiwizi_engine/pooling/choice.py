"""What a model chooses: the events held, and what is done singly. Everything but weeks and shares of a plan."""

from dataclasses import dataclass

from tiwizi_engine.pooling.both import BOTH, weight
from tiwizi_engine.pooling.candidates import Column
from tiwizi_engine.pooling.payments import periods_of
from tiwizi_engine.pooling.problem import Problem


@dataclass(frozen=True, slots=True)
class Lot:
    """A purchase of a volume in a period, of `least` units or more; `copy` tells those apart that vetoes part."""

    volume: int
    period: int
    least: int
    copy: int


@dataclass(frozen=True, slots=True)
class Single:
    """An intervention done without an event in a budget period, at a cost in cents: alone, by reuse, in a lot."""

    intervention: int
    period: int
    cost: int
    reuse: int | None = None
    lot: Lot | None = None

    def worth(self, p: Problem, objective: str) -> float:
        one = p.interventions[self.intervention]
        return {"mandatory": float(one.mandatory), "value": float(one.value), "saving": -self.cost / 100}[objective]


@dataclass(frozen=True)
class Choice:
    """Events held and singles done."""

    held: tuple[Column, ...]
    singles: tuple[Single, ...]

    def worth(self, p: Problem, objective: str) -> float:
        """Mandatory interventions done, value, cost below zero in whole units (what is kept added), or `both`."""
        if objective == BOTH:
            return weight(p) * self.worth(p, "value") + self.worth(p, "saving")
        return sum(c.worth(p, objective) for c in self.held) + sum(s.worth(p, objective) for s in self.singles)


def singles(p: Problem) -> list[Single]:
    """Every way to do a free intervention alone or by reuse, period by period."""
    found = [
        Single(i, t, p.interventions[i].cost) for i in p.free if p.interventions[i].alone_ok for t in periods_of(p, i)
    ]
    for d, what in enumerate(p.reuse):
        for i, cents in sorted(what.users.items()):
            if i in p.is_free and p.interventions[i].poolable and cents <= p.interventions[i].cost:
                found += [Single(i, t, cents, d) for t in periods_of(p, i)]
    return found
