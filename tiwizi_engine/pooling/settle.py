"""Shares in whole cents: the chosen method's, bent as little as possible where budgets or the band bind.

Band: nobody pays less than its own direct cost (nobody is carried by others) nor more than alone. When the method's
shares, rounded by largest remainder, respect band, budgets and period caps, they are the shares. Otherwise deviations
from them are minimised, a large one counting for more than two of half its size, so that what a budget cannot pay is
borne by all its events rather than by one. Each deviation is a stack of steps of growing price: a flow from events to
partnerships with laminar capacities, so that with whole cents in, the vertices are whole cents out (Hoffman and
Kruskal, 1956).
"""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import highspy
import numpy as np

from tiwizi_engine.errors import EngineError
from tiwizi_engine.money import round_cents, split_cents
from tiwizi_engine.pooling.costs import direct_cost, event_cost
from tiwizi_engine.pooling.evenness import Share, limits
from tiwizi_engine.pooling.games import event_game
from tiwizi_engine.pooling.payments import apart
from tiwizi_engine.pooling.plan import Plan
from tiwizi_engine.pooling.problem import Event, Problem
from tiwizi_engine.sharing import METHODS, Game, by_amounts, method_shares
from tiwizi_engine.solver import new_solver, row_matrix

STEPS = 24  # of the widest deviation
EVEN = "even"  # a method of whole plans
Typed = Mapping[int, Sequence[int]]
_Key = tuple[str, int, int]  # a row: an event's cost, a partnership's cap in a period or its budget


def settle(problem: Problem, plan: Plan, method: str, by_hand: Typed | None = None) -> Plan:
    """The plan with the shares of a method (`nucleolus`, `shapley`, `equal`, `proportional`, `heads`), or `even`: those
    that spread the burden most evenly over the partnerships of the whole plan.

    `by_hand`: shares that people typed, in cents, by the position of an event in the plan, in place of the method's;
    raises `EngineError` when they do not add up. Agreed events keep theirs. Raises ValueError when no shares fit the
    budgets (a plan of `solve` always has some).
    """
    known_method(method)
    typed = checked(problem, plan, by_hand or {})
    if method == EVEN:
        shares = _evenly(problem, plan, typed)
    else:
        asked = [typed.get(k) or _asked(problem, event, method) for k, event in enumerate(plan.events)]
        shares = _within(problem, plan, asked)
    if shares is None:
        raise ValueError("no shares fit the budgets of this plan")
    return plan.with_events(
        tuple(Event(e.host, e.week, e.language, e.members, tuple(s)) for e, s in zip(plan.events, shares, strict=True))
    )


def known_method(method: str) -> None:
    """Raises `EngineError` for a method that `settle` does not know."""
    if method not in (*METHODS, EVEN):
        raise EngineError("method", f"expected one of {', '.join((*METHODS, EVEN))}, got {method!r}")


def _evenly(problem: Problem, plan: Plan, typed: Mapping[int, tuple[int, ...]]) -> list[list[int]] | None:
    """Within an event, as near to the members' costs alone as that allows. What was typed is not moved."""
    periods, budgets = _caps(problem, plan)
    fixed = {k: [(s, s) for s in given] for k, given in typed.items()}
    bands = [fixed.get(k) or _limits(problem, event) for k, event in enumerate(plan.events)]
    shares = [Share((e, m), low, high) for e, band in enumerate(bands) for m, (low, high) in enumerate(band)]
    costs = [_cost(problem, event) for event in plan.events]
    left = periods | {(q, -1): cents for q, cents in budgets.items()}
    if min(left.values(), default=0) < 0:
        return None
    even = limits(problem, plan, shares, costs, left)
    targets = [typed.get(k) or _by_cost(problem, event) for k, event in enumerate(plan.events)]
    if even is None or not shares:
        return _within(problem, plan, targets)
    return _nearest(problem, plan, targets, periods, budgets, even, bands)


def _by_cost(problem: Problem, event: Event) -> tuple[int, ...]:
    """In proportion to what it would cost each alone."""
    if event in problem.agreed:
        return event.shares
    alone = [problem.interventions[i].cost for i in event.members]
    return tuple(split_cents(_cost(problem, event), alone))


def _cost(problem: Problem, event: Event) -> int:
    if event in problem.agreed:
        return sum(event.shares)
    return event_cost(problem, event.members, event.host)


def checked(problem: Problem, plan: Plan, by_hand: Typed) -> dict[int, tuple[int, ...]]:
    """Shares typed for some events, when they add up to what the event costs; `EngineError` names the event if not."""
    found = {}
    for k, amounts in by_hand.items():
        if not 0 <= k < len(plan.events) or plan.events[k] in problem.agreed:
            raise EngineError(f"by_hand[{k}]", "expected the position of an event that is not agreed yet")
        event = plan.events[k]
        try:
            given = by_amounts(event_cost(problem, event.members, event.host), amounts, len(event.members))
        except EngineError as fault:
            raise EngineError(f"by_hand[{k}].{fault.field}", fault.sentence) from None
        found[k] = tuple(given)
    return found


def _asked(problem: Problem, event: Event, method: str) -> tuple[int, ...]:
    if event in problem.agreed:
        return event.shares
    return wished(problem, event, method, event_game(problem, event))


def wished(problem: Problem, event: Event, method: str, game: Game) -> tuple[int, ...]:
    """The method's shares of an event's cost in whole cents, before band and budgets; they may lie outside them."""
    exact = method_shares(game, method)
    cost = event_cost(problem, event.members, event.host)
    if exact is None:
        return tuple(split_cents(cost, [1] * len(event.members)))
    # A float of the solver may be a hair below a whole cent; so small a hair is not a remainder.
    return tuple(round_cents(cost, [round(x, 6) for x in exact]))


def shares_within_budgets(problem: Problem, plan: Plan) -> list[list[int]] | None:
    """Some exact shares for every event, or None when budgets and caps allow none."""
    return _within(problem, plan, [_by_cost(problem, event) for event in plan.events])


def _limits(problem: Problem, event: Event) -> list[tuple[int, int]]:
    if event in problem.agreed:
        return [(s, s) for s in event.shares]
    return [(direct_cost(problem, i, event.host), problem.interventions[i].cost) for i in event.members]


def _caps(problem: Problem, plan: Plan) -> tuple[dict[tuple[int, int], int], dict[int, int]]:
    """What is left for shares: by (partnership, period), and by partnership, in cents."""
    periods = {(q, t): cap for q, one in enumerate(problem.partnerships) for t, cap in enumerate(one.period_cap)}
    budgets = {q: one.budget for q, one in enumerate(problem.partnerships)}
    for i, period, cents in apart(problem, plan):
        q = problem.interventions[i].partnership
        periods[q, period] -= cents
        budgets[q] -= cents
    return periods, budgets


def _within(problem: Problem, plan: Plan, targets: list[tuple[int, ...]]) -> list[list[int]] | None:
    """The shares nearest to the targets that respect band, budgets and caps."""
    periods, budgets = _caps(problem, plan)
    if min([*periods.values(), *budgets.values()], default=0) < 0:
        return None
    if _respects(problem, plan, targets, periods, budgets):
        return [list(t) for t in targets]
    return _nearest(problem, plan, targets, periods, budgets)


def _respects(
    problem: Problem,
    plan: Plan,
    shares: list[tuple[int, ...]],
    periods: dict[tuple[int, int], int],
    budgets: dict[int, int],
) -> bool:
    left_period, left = dict(periods), dict(budgets)
    for event, given in zip(plan.events, shares, strict=True):
        if any(not low <= s <= high for s, (low, high) in zip(given, _limits(problem, event), strict=True)):
            return False
        for i, share in zip(event.members, given, strict=True):
            q = problem.interventions[i].partnership
            left_period[q, event.week // problem.meta.period_weeks] -= share
            left[q] -= share
    return min([*left_period.values(), *left.values()], default=0) >= 0


def _nearest(
    problem: Problem,
    plan: Plan,
    targets: list[tuple[int, ...]],
    periods: dict[tuple[int, int], int],
    budgets: dict[int, int],
    even: Mapping[int, tuple[int, int]] | None = None,
    bands: Sequence[Sequence[tuple[int, int]]] | None = None,
) -> list[list[int]] | None:
    """Minimise a convex price of |share - target|: the target, pulled into the band, plus steps up or down.

    `even`: what each partnership's shares come to at least and at most; `bands`: of shares, where they are narrower.
    Events that no partnership ties together, not even through others, are settled apart: the time grows with them, not
    faster.
    """
    if bands is None:
        bands = [_limits(problem, event) for event in plan.events]
    base = [
        [min(max(share, low), high) for share, (low, high) in zip(target, band, strict=True)]
        for target, band in zip(targets, bands, strict=True)
    ]
    for tied in _tied(problem, plan):
        cells = [(e, m) for e in tied for m in range(len(plan.events[e].members))]
        constant: dict[_Key, int] = defaultdict(int)
        for e, m in cells:
            for key in _keys(problem, plan, e, m):
                constant[key] += base[e][m]
        bounds = {key: _bound(problem, plan, key, paid, periods, budgets, even or {}) for key, paid in constant.items()}
        if all(low <= 0 <= high for low, high in bounds.values()):
            continue
        steps = _steps([base[e][m] for e, m in cells], [bands[e][m] for e, m in cells])
        rows: dict[_Key, dict[int, float]] = {key: {} for key in bounds}  # one without a step that can move still binds
        for v, step in enumerate(steps):
            for key in _keys(problem, plan, *cells[step.cell]):
                rows[key][v] = step.sign
        answer = _flow(steps, list(rows.values()), list(bounds.values()))
        if answer is None:
            return None
        for step, moved in zip(steps, answer, strict=True):
            e, m = cells[step.cell]
            base[e][m] += round(step.sign) * moved
    return base


def _tied(problem: Problem, plan: Plan) -> list[list[int]]:
    """The events of a plan, those together that share partnerships, directly or through others."""
    above = list(range(len(problem.partnerships)))

    def top(q: int) -> int:
        while above[q] != q:
            above[q] = above[above[q]]
            q = above[q]
        return q

    partners = [[problem.interventions[i].partnership for i in event.members] for event in plan.events]
    for first, *others in partners:
        for q in others:
            above[top(q)] = top(first)
    found: dict[int, list[int]] = defaultdict(list)
    for e, here in enumerate(partners):
        found[top(here[0])].append(e)
    return list(found.values())


@dataclass(frozen=True)
class _Step:
    """A stretch of one share's deviation, in cents, at one price a cent; `sign` +1 up, -1 down."""

    cell: int
    sign: float
    width: int
    price: float


def _steps(base: list[int], limits: list[tuple[int, int]]) -> list[_Step]:
    """Stacks of steps of one width for all: their prices 1, 3, 5... follow the square of the deviation."""
    width = max(1, math.ceil(max((high - low for low, high in limits), default=0) / STEPS))
    found = []
    for cell, (low, high) in enumerate(limits):
        for sign, room in ((1.0, high - base[cell]), (-1.0, base[cell] - low)):
            for k, start in enumerate(range(0, room, width)):
                found.append(_Step(cell, sign, min(width, room - start), 2.0 * k + 1.0))
    return found


def _keys(problem: Problem, plan: Plan, e: int, m: int) -> list[_Key]:
    """The rows that one share stands in: its event's cost, its partner's budget and period cap."""
    event = plan.events[e]
    q = problem.interventions[event.members[m]].partnership
    return [("event", e, 0), ("period", q, event.week // problem.meta.period_weeks), ("budget", q, 0)]


def _bound(
    problem: Problem,
    plan: Plan,
    key: _Key,
    constant: int,
    periods: dict[tuple[int, int], int],
    budgets: dict[int, int],
    even: Mapping[int, tuple[int, int]],
) -> tuple[float, float]:
    if key[0] == "event":
        cost = _cost(problem, plan.events[key[1]])
        return cost - constant, cost - constant
    if key[0] == "period":
        return -highspy.kHighsInf, periods[key[1], key[2]] - constant
    least, most = even.get(key[1], (-highspy.kHighsInf, highspy.kHighsInf))
    return least - constant, min(most, budgets[key[1]]) - constant


def _flow(steps: list[_Step], rows: list[dict[int, float]], bounds: list[tuple[float, float]]) -> list[int] | None:
    """Least price of the steps taken under the rows; whole numbers (a vertex of a network matrix)."""
    lp = highspy.HighsLp()
    lp.num_col_ = len(steps)
    lp.col_cost_ = np.array([step.price for step in steps])
    lp.col_lower_, lp.col_upper_ = np.zeros(len(steps)), np.array([float(step.width) for step in steps])
    lp.row_lower_ = np.array([low for low, _ in bounds], dtype=float)
    lp.row_upper_ = np.array([high for _, high in bounds], dtype=float)
    row_matrix(lp, rows)
    h = new_solver(solver="simplex")
    h.passModel(lp)
    h.run()
    if h.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    whole = [round(v) for v in h.getSolution().col_value]
    fits = all(
        low - 0.5 < sum(x * whole[v] for v, x in row.items()) < high + 0.5
        for row, (low, high) in zip(rows, bounds, strict=True)
    )
    return whole if fits else None
