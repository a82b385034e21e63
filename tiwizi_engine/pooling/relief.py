"""When what must be done cannot all be done: the least money that would help, and what no money helps."""

import math
from collections import defaultdict
from dataclasses import dataclass, replace

import highspy
import numpy as np

from tiwizi_engine.pooling.arrange import arrange
from tiwizi_engine.pooling.choice import Choice
from tiwizi_engine.pooling.climb import Climb, mandatory_step
from tiwizi_engine.pooling.compact import model_of
from tiwizi_engine.pooling.master import SOLVER, Line, Master, Tag, outcome
from tiwizi_engine.pooling.payments import payments
from tiwizi_engine.pooling.problem import Problem
from tiwizi_engine.pooling.progress import Clock
from tiwizi_engine.pooling.solve import opening
from tiwizi_engine.solver import INFINITY, new_solver

WHOLE = 1_500  # free interventions; of more, only those that must be done are looked at
TRIES = 20  # choices that lack weeks or cents
SECONDS = 20.0  # for each model


@dataclass(frozen=True)
class Relief:
    """`budgets` and `caps`: cents to add, by partnership and by (partnership, period). `never`: mandatory interventions
    that stay undone with all the money in the world, because of places, weeks, partners or languages.

    `proven`: less money would not do, but for less than a whole unit in each place.
    """

    budgets: dict[int, int]
    caps: dict[tuple[int, int], int]
    never: tuple[int, ...]
    proven: bool = True

    def applied(self, p: Problem) -> Problem:
        """The problem with that much more money, and without the duty to do the impossible."""
        partners = tuple(
            replace(
                one,
                budget=one.budget + self.budgets.get(q, 0),
                period_cap=tuple(cap + self.caps.get((q, t), 0) for t, cap in enumerate(one.period_cap)),
            )
            for q, one in enumerate(p.partnerships)
        )
        ones = tuple(
            replace(one, mandatory=one.mandatory and i not in self.never) for i, one in enumerate(p.interventions)
        )
        return replace(p, partnerships=partners, interventions=ones)


def relief(p: Problem) -> Relief | None:
    """The least more money, over all budgets and caps of periods, with which all that is mandatory can be done, rounded
    up to whole units in each. None when none was found in time.
    """
    p = _bare(p)
    model, never = model_of(p), _impossible(p)
    must = frozenset(i for i in p.free if p.interventions[i].mandatory) - never
    for _ in range(TRIES):
        choice, budgets, caps, proven = _cheapest(model, must)
        if choice is None:
            return None
        found = Relief(budgets, caps, tuple(sorted(never)), proven)
        plan, crowd = arrange(found.applied(p), choice)
        if plan is not None:
            return found
        if crowd is not None:
            model.forbid_overbooking(*crowd)
        else:
            model.forbid(choice)
    return None


def _bare(p: Problem) -> Problem:
    """A large problem without what need not be done."""
    if len(p.free) <= WHOLE:
        return p
    ones = tuple(one if one.mandatory else replace(one, poolable=False, alone_ok=False) for one in p.interventions)
    return replace(p, interventions=ones)


def _impossible(p: Problem) -> frozenset[int]:
    """What stays undone when everybody could pay for everything."""
    wishes: dict[int, int] = defaultdict(int)
    for one in p.interventions:
        wishes[one.partnership] += one.cost
    more = {(q, t): wishes[q] for q in wishes for t in range(p.meta.periods)}
    rich = Relief(dict(wishes), more, ()).applied(p)
    search = Climb(rich, model_of(rich), Clock(SECONDS, None), 1, opening(rich))
    mandatory_step(search)
    done = {one.intervention for one in payments(rich, search.plan)}
    return frozenset(i for i in p.free if p.interventions[i].mandatory) - done


Cheapest = tuple[Choice | None, dict[int, int], dict[tuple[int, int], int], bool]


def _cheapest(model: Master, must: frozenset[int]) -> Cheapest:
    """The choice with all of these that lacks the least money; what it lacks, in cents; whether that is proven."""
    rows: list[Line] = []
    lacks: list[Tag] = []
    for line in model.lines():
        if line.tag[0] in {"cap", "budget"}:
            rows.append(line._replace(row=dict(line.row) | {model.size + len(lacks): -1.0}))
            lacks.append(line.tag)
        else:
            rows.append(line)
    lp = _with_money(model, rows, len(lacks))
    least = np.array(lp.col_lower_)
    done_at = model.done_at
    least[[done_at[i] for i in must]] = 1.0
    lp.col_lower_ = least
    h = new_solver(**(SOLVER | {"time_limit": SECONDS}))
    h.passModel(lp)
    h.run()
    values, _, optimal = outcome(h)
    if values is None:
        return None, {}, {}, False
    more = [100 * math.ceil(x - 1e-6) for x in values[model.size :]]
    budgets = {q: cents for (kind, q, _), cents in zip(lacks, more, strict=True) if kind == "budget" and cents > 0}
    caps = {(q, t): cents for (kind, q, t), cents in zip(lacks, more, strict=True) if kind == "cap" and cents > 0}
    return model.choice_of(values[: model.size]), budgets, caps, optimal


def _with_money(model: Master, rows: list[Line], lacks: int) -> highspy.HighsLp:
    """The model's rows, and a variable for the money that each budget or cap lacks, to be as little as can be."""
    lp = model.with_lines(np.zeros(model.size), rows)
    lp.num_col_ = model.size + lacks
    lp.col_cost_ = np.array([0.0] * model.size + [-1.0] * lacks)
    lp.col_lower_ = np.append(lp.col_lower_, np.zeros(lacks))
    lp.col_upper_ = np.append(lp.col_upper_, np.full(lacks, INFINITY))
    lp.integrality_ = list(lp.integrality_) + [highspy.HighsVarType.kContinuous] * lacks
    return lp
