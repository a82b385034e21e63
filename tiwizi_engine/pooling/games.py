"""The cost game of a shared event: what each group of its members could do without the others.

Groups are whole numbers, member k is bit k. Rules are asked of all 2^n groups at once.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache

import numpy as np

from tiwizi_engine.pooling.admission import Admission
from tiwizi_engine.pooling.costs import direct_cost, event_cost, fixed_cost, home_of
from tiwizi_engine.pooling.problem import Event, Problem
from tiwizi_engine.sharing import Game, Gathering, worst_objection
from tiwizi_engine.sharing.levels import payments

MOST_MEMBERS = 12  # whose groups are listed


def event_game(problem: Problem, event: Event) -> Game:
    """Players are the members (named by their position in the problem); costs in cents.

    A group costs the least at which it could do these activities alone, split, or together at another admissible host
    and week; all the members together cost what the event costs. Budgets and other events' weeks are set aside: the
    game says what a group could do by itself, not what is left over for it.

    Above 12 members the groups are too many to list: then a group acts alone, or meets where the event is held, of
    whatever size (`Gathering`).
    """
    players = [str(i) for i in event.members]
    heads = [problem.interventions[i].n for i in event.members]
    if len(players) > MOST_MEMBERS:
        return Game.of_gathering(players, _gathering(problem, event), heads)
    if len(players) == 2:  # the commonest event by far: nobody can part with anybody
        costs = np.array([0.0, *(float(problem.interventions[i].cost) for i in event.members), 0.0])
    else:
        costs = _parted(_Groups(problem, event.members).together())
    costs[-1] = event_cost(problem, event.members, event.host)
    return Game.of_table(players, costs.tolist(), kind="cost", heads=heads)


def _gathering(p: Problem, event: Event) -> Gathering:
    alone = tuple(float(p.interventions[i].cost) for i in event.members)
    direct = tuple(float(direct_cost(p, i, event.host)) for i in event.members)
    return Gathering(alone, direct, float(fixed_cost(p, p.interventions[event.members[0]].kind, event.host)))


class _Groups:
    """The rules of shared events, for every group of some members, all of one kind."""

    def __init__(self, p: Problem, members: tuple[int, ...]) -> None:
        self.p, self.members, self.admission = p, members, Admission(p)
        self.ones = [p.interventions[i] for i in members]
        self.masks = np.arange(1 << len(members))
        self.apart = payments([one.cost for one in self.ones])
        self.heads = payments([one.n for one in self.ones])
        weeks = [sorted(self.admission.weeks_of(i)) or [p.meta.weeks, -1] for i in members]
        # Each member's weeks are an interval, so a group's are: from the latest start to the earliest end.
        self.start = _fold(np.maximum, [w[0] for w in weeks], 0)
        self.end = _fold(np.minimum, [w[-1] for w in weeks], p.meta.weeks - 1)
        self.company = self._company()

    def together(self) -> np.ndarray:
        """The cost of each group in one event at its cheapest host, or alone where that is less or none admits it."""
        best = self.apart.copy()
        at: dict[int, list[int]] = defaultdict(list)
        for k, i in enumerate(self.members):
            for host in self.ones[k].hosts:
                if self.admission.may_be_at(i, host):
                    at[host].append(k)
        for host, welcome in at.items():
            if len(welcome) > 1:
                groups, costs = self._at(host, welcome)
                best[groups] = np.minimum(best[groups], costs)
        return best

    def _at(self, host: int, welcome: list[int]) -> tuple[np.ndarray, np.ndarray]:
        """The groups that this host admits, and what each costs there."""
        p, commune, kind = self.p, self.p.communes[host], self.p.kinds[self.ones[0].kind]
        seats = min(kind.max_pool, commune.venue)
        good = self.company & self._only(welcome) & (self.heads >= kind.min_pool) & (self.heads <= seats)
        good &= _next_open(p, host)[np.minimum(self.start, p.meta.weeks)] <= self.end
        if not commune.hosts:
            good &= ~self._only(k for k in range(len(self.members)) if not self._at_home(k, host))
        direct = [float(self.admission.direct(i, host)) if k in welcome else 0.0 for k, i in enumerate(self.members)]
        groups = np.flatnonzero(good)
        return groups, fixed_cost(p, self.ones[0].kind, host) + payments(direct)[groups]

    def _at_home(self, k: int, host: int) -> bool:
        return host in (self.p.partnerships[self.ones[k].partnership].commune, home_of(self.p, self.members[k]))

    def _only(self, places: Iterable[int]) -> np.ndarray:
        """Which groups hold none but these members?"""
        outside = ~sum(1 << k for k in places)
        only: np.ndarray = (self.masks & outside) == 0
        return only

    def _company(self) -> np.ndarray:
        """Which groups may meet wherever it is: number, partners, vetoes, a common language."""
        meta, places = self.p.meta, range(len(self.members))
        size = payments([1.0] * len(places))
        good = (size >= max(2, meta.min_members)) & (size <= meta.max_members)
        for k in places:
            for j in places[:k]:
                if not self.admission.may_meet(self.members[j], self.members[k]):
                    good &= (self.masks >> j & self.masks >> k & 1) == 0
        if meta.min_members > 1:
            for q in {one.partnership for one in self.ones}:
                good &= ~self._only(k for k in places if self.ones[k].partnership == q)
        speaks = np.zeros(len(good), dtype=bool)
        for word in {word for one in self.ones for word in one.languages}:
            speaks |= self._only(k for k in places if word in self.ones[k].languages)
        return good & speaks


def _fold(rule: np.ufunc, numbers: list[int], start: int) -> np.ndarray:
    """A number of each group by mask: the start, folded with its members' numbers."""
    found = np.array([start])
    for x in numbers:
        found = np.concatenate([found, rule(found, x)])
    return found


def _next_open(p: Problem, host: int) -> np.ndarray:
    """By week: the first week from it on in which this host can; a number past the end when there is none."""
    never = p.meta.weeks + 1
    blocked = p.communes[host].blocked
    weeks = [never if w in blocked else w for w in range(p.meta.weeks)]
    return np.minimum.accumulate(np.array([*weeks, never])[::-1])[::-1]


def _parted(together: np.ndarray) -> np.ndarray:
    """The least cost of each group, parted as is cheapest. Member by member: the last one's part is any that holds it,
    the others' best is known.
    """
    costs = together.copy()
    costs[0] = 0.0
    for k in range((len(costs) - 1).bit_length()):
        part, rest, starts = _parts(k)
        sums = together[part | 1 << k] + costs[rest]
        costs[1 << k : 2 << k] = np.minimum.reduceat(sums, starts)
    return costs


@cache
def _parts(k: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """All pairs of a group of the first k members and a part of it: parts, rests, and where each group begins.

    3^k pairs, grown member by member: each is outside, in the part, or in the rest.
    """
    part, rest = np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int64)
    for bit in (1 << j for j in range(k)):
        part = np.concatenate([part, part | bit, part])
        rest = np.concatenate([rest, rest, rest | bit])
    order = np.argsort(part | rest, kind="stable")
    part, rest = part[order], rest[order]
    starts = np.flatnonzero(np.diff(part | rest, prepend=-1))
    return part, rest, starts


def hosts_of(problem: Problem, admission: Admission, group: tuple[int, ...]) -> list[tuple[int, int]]:
    """Every host at which a group could meet in some week, with the cost in cents, cheapest first."""
    for a, i in enumerate(group):
        if not all(admission.may_meet(i, j) for j in group[:a]):
            return []
    if admission.language(group) is None:
        return []
    found = []
    for host in range(len(problem.communes)):
        if all(admission.may_be_at(i, host) for i in group) and _admits(admission, group, host):
            found.append((host, event_cost(problem, group, host)))
    return sorted(found, key=lambda pair: (pair[1], pair[0]))


def _admits(admission: Admission, group: tuple[int, ...], host: int) -> bool:
    return admission.fits(group, host) and admission.accepts(host, group) and bool(admission.weeks(group, host))


def objection(
    problem: Problem, event: Event, game: Game, shares: Sequence[int]
) -> tuple[tuple[int, ...], float] | None:
    """The group (interventions) that would gain most by leaving, and how much in cents; None when none is found.

    Of an event with too many members to list their groups, the one that the game names, or the best at another host:
    all who pay more here than their direct cost there, those who gain most a head first while there are seats.
    """
    found = worst_objection(game, [float(s) for s in shares])
    named = [] if found is None else [(found[1], tuple(event.members[k] for k in found[0]))]
    if len(event.members) > MOST_MEMBERS:
        admission = Admission(problem)
        named += [best for host in range(len(problem.communes)) if (best := _at(admission, event, shares, host))]
    gain, group = max(named, key=lambda one: one[0], default=(0.0, ()))
    return (group, gain) if group else None


def _at(a: Admission, event: Event, shares: Sequence[int], host: int) -> tuple[float, tuple[int, ...]] | None:
    """Who of an event, but not all, would do best at a host by themselves, and their gain; None if nothing."""
    kind = a.p.interventions[event.members[0]].kind
    gains = {
        i: share - a.direct(i, host) for i, share in zip(event.members, shares, strict=True) if a.may_be_at(i, host)
    }
    heads = {i: a.p.interventions[i].n for i in gains}
    seats = min(a.p.kinds[kind].max_pool, a.p.communes[host].venue)
    most = min(a.p.meta.max_members, len(event.members) - 1)
    group: list[int] = []
    for i in sorted(gains, key=lambda i: (-gains[i] / heads[i], i)):
        if gains[i] > 0 and heads[i] <= seats and len(group) < most:
            group.append(i)
            seats -= heads[i]
    gain = sum(gains[i] for i in group) - fixed_cost(a.p, kind, host)
    members = tuple(i for i in event.members if i in group)
    return (float(gain), members) if gain > 0 and _admits(a, members, host) else None
