"""Value and then cost as one objective: each point of value counts for more than all the money that can be spent.

One search then proves both. It is right as long as the solver's numbers tell a cent from nothing beside all the value,
so it is for problems that are small enough.
"""

import math

from tiwizi_engine.pooling.payments import committed
from tiwizi_engine.pooling.problem import Problem

BOTH = "both"
SMALL = 300  # interventions; up to here one search was measured faster than two
PRECISE = 1e10  # up to so much the solver's floats tell cents apart, with digits to spare


def spendable(p: Problem) -> int:
    """Cents that what is not agreed can cost at most: what budgets leave, and no more than all of it done alone."""
    taken, alone = committed(p), [0] * len(p.partnerships)
    for i in p.free:
        alone[p.interventions[i].partnership] += p.interventions[i].cost
    most = 0
    for q, partner in enumerate(p.partnerships):
        caps = [cap - taken[q, t] for t, cap in enumerate(partner.period_cap)]
        left = partner.budget - sum(taken[q, t] for t in range(p.meta.periods))
        most += max(0, min(left, sum(caps), alone[q]))
    return most


def weight(p: Problem) -> int:
    """What a point of value counts for, in whole units of money: more than any two plans differ in cost."""
    return (spendable(p) + sum(p.kept.values())) // 100 + 2


def value_within(p: Problem, bound: float) -> int:
    """The highest value that what is not agreed can have, when both together are at most `bound`."""
    return math.floor((bound + spendable(p) / 100 + 0.01) / weight(p))


def precise(p: Problem) -> bool:
    """Is the problem small enough, in interventions and in money?"""
    value = sum(p.interventions[i].value + p.interventions[i].bonus for i in p.free)
    return len(p.free) <= SMALL and value * weight(p) <= PRECISE
