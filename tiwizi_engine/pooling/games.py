"""The cost game of a shared event: what each group of its members could do without the others."""

from tiwizi_engine.pooling.admission import Admission
from tiwizi_engine.pooling.costs import event_cost
from tiwizi_engine.pooling.problem import Event, Problem
from tiwizi_engine.sharing import Game


def event_game(problem: Problem, event: Event) -> Game:
    """Players are the members (named by their position in the problem); costs in cents.

    A group costs the least at which it could do these activities alone, split, or together at another admissible host
    and week; all the members together cost what the event costs. Budgets and other events' weeks are set aside: the
    game says what a group could do by itself, not what is left over for it.
    """
    members = event.members
    size = len(members)
    admission = Admission(problem)
    together = [0] * (1 << size)
    for mask in range(1, 1 << size):
        together[mask] = _at_once(problem, admission, tuple(members[k] for k in range(size) if mask >> k & 1))
    costs = list(together)
    for mask in range(1, 1 << size):
        costs[mask] = _split(mask, together, costs)
    costs[-1] = event_cost(problem, members, event.host)
    heads = [problem.interventions[i].n for i in members]
    return Game.of_table([str(i) for i in members], costs, kind="cost", heads=heads)


def _split(mask: int, together: list[int], costs: list[int]) -> int:
    """The cheapest way to part a group, its parts already known. The first member's part is enumerated."""
    lowest = mask & -mask
    best = together[mask]
    part = (mask - 1) & mask
    while part:
        if part & lowest:
            best = min(best, together[part] + costs[mask ^ part])
        part = (part - 1) & mask
    return best


def _at_once(problem: Problem, admission: Admission, group: tuple[int, ...]) -> int:
    """One activity alone, or a group in one event at its cheapest host; without any, the sum of acting alone."""
    apart = sum(problem.interventions[i].cost for i in group)
    hosts = [host for host, cost in hosts_of(problem, admission, group)] if len(group) > 1 else []
    return min([apart, *(event_cost(problem, group, host) for host in hosts)])


def hosts_of(problem: Problem, admission: Admission, group: tuple[int, ...]) -> list[tuple[int, int]]:
    """Every host at which a group could meet in some week, with the cost in cents, cheapest first."""
    for a, i in enumerate(group):
        if not all(admission.may_meet(i, j) for j in group[:a]):
            return []
    if admission.language(group) is None:
        return []
    found = []
    for host in range(len(problem.communes)):
        welcome = all(admission.may_be_at(i, host) for i in group)
        if welcome and admission.fits(group, host) and admission.accepts(host, group) and admission.weeks(group, host):
            found.append((host, event_cost(problem, group, host)))
    return sorted(found, key=lambda pair: (pair[1], pair[0]))
