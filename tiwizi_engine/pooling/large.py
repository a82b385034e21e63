"""Shares of events with more members than a table of their groups can hold."""

from tiwizi_engine.pooling.costs import direct_cost, event_cost
from tiwizi_engine.pooling.problem import Event, Problem

TABLED = 12  # members; of more, not every group is asked what it could do without the others


def large_shares(problem: Problem, event: Event, method: str) -> list[float] | None:
    """A method's shares in cents when any group would hold the same event at the same host; None where none apply.

    Then a group costs the fixed cost and its members' direct costs, and both the Shapley value and the nucleolus give
    each its direct cost and an equal part of the fixed cost: members differ in nothing else.
    """
    cost, size = event_cost(problem, event.members, event.host), len(event.members)
    if method in {"proportional", "heads"}:
        ones = [problem.interventions[i] for i in event.members]
        weights = [one.cost if method == "proportional" else one.n for one in ones]
        return [cost * w / sum(weights) for w in weights] if sum(weights) else None
    if method == "equal":
        return [cost / size] * size
    direct = [direct_cost(problem, i, event.host) for i in event.members]
    return [d + (cost - sum(direct)) / size for d in direct]
