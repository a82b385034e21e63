"""Shares that spread the burden evenly over the partnerships of a plan, not over the members of each event.

A partnership's burden is what it pays divided by what the same would cost it alone. `limits` finds the least distance
between the largest and the smallest burden that band, budgets and caps allow (one linear programme), and what each
partnership then pays at least and at most.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor

import highspy
import numpy as np

from tiwizi_engine.pooling.payments import apart, payments
from tiwizi_engine.pooling.plan import Plan
from tiwizi_engine.pooling.problem import Problem
from tiwizi_engine.solver import INFINITY, new_solver, row_matrix

Cell = tuple[int, int]  # an event and a member's place in it


@dataclass(frozen=True)
class Share:
    """What one member may pay, in cents."""

    cell: Cell
    low: int
    high: int


def limits(
    p: Problem, plan: Plan, shares: Sequence[Share], costs: Sequence[int], caps: Mapping[tuple[int, int], int]
) -> dict[int, tuple[int, int]] | None:
    """By partnership: the least and the most cents of its shares in an even plan; None when no shares fit.

    `costs`: of each event. `caps`: what is left for shares by (partnership, period), and by (partnership, -1) in all.
    """
    paid, alone = _apart(p, plan), _alone(p, plan)
    rows, low, high = _rows(p, plan, shares, costs, caps)
    least, most = len(shares), len(shares) + 1  # the variables of the smallest and the largest burden
    partners = sorted(q for q in alone if alone[q] > 0)
    owned: dict[int, list[int]] = defaultdict(list)
    for v, share in enumerate(shares):
        owned[_partner(p, plan, share.cell)].append(v)
    for q in partners:
        own = dict.fromkeys(owned[q], 1.0 / alone[q])
        rows += [own | {most: -1.0}, own | {least: -1.0}]
        low += [-INFINITY, -paid[q] / alone[q]]
        high += [-paid[q] / alone[q], INFINITY]
    lp = highspy.HighsLp()
    lp.num_col_ = len(shares) + 2
    lp.col_cost_ = np.array([0.0] * len(shares) + [-1.0, 1.0])
    lp.col_lower_ = np.array([float(share.low) for share in shares] + [0.0, 0.0])
    lp.col_upper_ = np.array([float(share.high) for share in shares] + [INFINITY, INFINITY])
    lp.row_lower_, lp.row_upper_ = np.array(low), np.array(high)
    row_matrix(lp, rows)
    h = new_solver(solver="simplex")
    h.passModel(lp)
    h.run()
    if h.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    small, large = h.getSolution().col_value[-2:]
    # Whole cents around the exact limits: then whole shares exist wherever real ones do.
    return {
        q: (max(0, floor(small * alone[q] - paid[q] - 1e-6)), ceil(large * alone[q] - paid[q] + 1e-6)) for q in partners
    }


def _rows(
    p: Problem, plan: Plan, shares: Sequence[Share], costs: Sequence[int], caps: Mapping[tuple[int, int], int]
) -> tuple[list[dict[int, float]], list[float], list[float]]:
    """Shares add up to each event's cost; budgets and caps hold."""
    events: list[dict[int, float]] = [{} for _ in costs]
    purses: dict[tuple[int, int], dict[int, float]] = defaultdict(dict)
    for v, share in enumerate(shares):
        q, event = _partner(p, plan, share.cell), plan.events[share.cell[0]]
        events[share.cell[0]][v] = 1.0
        for period in (event.week // p.meta.period_weeks, -1):
            purses[q, period][v] = 1.0
    low = [float(cost) for cost in costs] + [-INFINITY] * len(purses)
    high = [float(cost) for cost in costs] + [float(caps[key]) for key in purses]
    return [*events, *purses.values()], low, high


def _partner(p: Problem, plan: Plan, cell: Cell) -> int:
    return p.interventions[plan.events[cell[0]].members[cell[1]]].partnership


def _apart(p: Problem, plan: Plan) -> dict[int, int]:
    """Cents that each partnership pays outside events."""
    paid: dict[int, int] = defaultdict(int)
    for i, _, cents in apart(p, plan):
        paid[p.interventions[i].partnership] += cents
    return paid


def _alone(p: Problem, plan: Plan) -> dict[int, int]:
    """Cents that all it does would cost each partnership alone."""
    alone: dict[int, int] = defaultdict(int)
    for i, _, _ in payments(p, plan):
        alone[p.interventions[i].partnership] += p.interventions[i].cost
    return alone
