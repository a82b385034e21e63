"""What things cost, exactly as the format says. In cents; roundings are those of whole units."""

import math
from functools import cache

from tiwizi_engine.pooling.problem import Problem

ROAD = 1.3  # roads are longer than straight lines


def home_of(p: Problem, i: int) -> int:
    """The commune from which an intervention's participants set out."""
    one = p.interventions[i]
    return p.partnerships[one.partnership].commune if one.home is None else one.home


def kilometres(p: Problem, a: int, b: int) -> float:
    """Road distance between two communes."""
    here, there = p.communes[a], p.communes[b]
    return ROAD * math.hypot(here.x - there.x, here.y - there.y)


def direct_cost(p: Problem, i: int, host: int) -> int:
    """What one member's presence costs at a host: heads and travel; a known cost (`direct_at`) replaces it."""
    one = p.interventions[i]
    if host in one.direct_at:
        return one.direct_at[host]
    kind = p.kinds[one.kind]
    home = home_of(p, i)
    travel = 0 if home == host else round(2 * kilometres(p, home, host) * one.n * kind.rate / 100)
    return 100 * (kind.per_head * one.n + travel)


def fixed_cost(p: Problem, kind: int, host: int) -> int:
    """What an event costs once, at a host."""
    return 100 * (p.kinds[kind].fixed * p.communes[host].host_factor // 100)


def event_cost(p: Problem, members: tuple[int, ...], host: int) -> int:
    """Fixed cost plus the members' direct costs."""
    return fixed_cost(p, p.interventions[members[0]].kind, host) + sum(direct_cost(p, i, host) for i in members)


@cache
def weeks_between(start: int, end: int) -> frozenset[int]:
    return frozenset(range(start, end + 1))
