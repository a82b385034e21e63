"""Slots: places for events that are too many to list. The model (`compact`) chooses who comes.

A slot is a host in one budget period and one language, with all who could come together. Windows are intervals, so a
group has a common week exactly when its windows overlap two by two (Helly 1923), and only the weeks count in which the
set of who is free is not part of another week's: its maximal cliques. A second slot of the same kind is needed only
where two events could not as well be one, because of seats, vetoes or refusals.

Which event is held in which week is left open, until too many want the same. The weeks in question are then told apart
(`apart`): each gets slots of its own.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from itertools import combinations

from tiwizi_engine.pooling.admission import Admission, parted_by
from tiwizi_engine.pooling.candidates import Column
from tiwizi_engine.pooling.costs import fixed_cost
from tiwizi_engine.pooling.problem import Problem

Apart = Mapping[int, Set[int]]  # by host: the weeks that have slots of their own


@dataclass(frozen=True, slots=True)
class Slot:
    """Who may come (`members`, with what each costs there and can give to the fixed cost, in cents), where and when.

    `seats`: most participants. `copy`: 0 for the first of several like slots, used in this order. `foes`: groups of
    members of whom no two may meet.
    """

    members: tuple[int, ...]
    host: int
    period: int
    weeks: tuple[int, ...]
    language: str
    copy: int
    fixed: int
    seats: int
    direct: tuple[int, ...]
    room: tuple[int, ...]
    foes: tuple[tuple[int, ...], ...]

    def event(self, a: Admission, members: tuple[int, ...]) -> Column:
        """The event that these of its members make."""
        at = {i: k for k, i in enumerate(self.members)}
        direct, room = (tuple(of[at[i]] for i in members) for of in (self.direct, self.room))
        common = a.weeks(members, self.host)
        weeks = tuple(w for w in self.weeks if w in common)
        value = sum(a.worth(i, self.host) for i in members)
        return Column(members, self.host, self.period, weeks, self.language, self.fixed, direct, room, value)


def slots(a: Admission, ids: Sequence[int], apart: Apart) -> Iterator[Slot]:
    """The slots of one group (`groups`), host by host and period by period."""
    p = a.p
    kind = p.interventions[ids[0]].kind
    for host in sorted({h for i in ids for h in p.interventions[i].hosts}):
        seats = min(p.kinds[kind].max_pool, p.communes[host].venue)
        here = [i for i in ids if a.may_be_at(i, host) and p.interventions[i].n <= seats]
        here = [i for i in here if a.wanted.get(i, frozenset()).issubset(here)]
        room = {i: p.interventions[i].cost - a.direct(i, host) for i in here}
        fixed = fixed_cost(p, kind, host)
        for weeks, language, members in _meetings(a, host, here, apart.get(host, frozenset())):
            if not _could_be_held(p, host, members, sum(sorted(map(room.__getitem__, members))[-p.meta.max_members :])):
                continue
            first = Slot(
                members,
                host,
                weeks[0] // p.meta.period_weeks,
                weeks,
                language,
                0,
                fixed,
                seats,
                tuple(a.direct(i, host) for i in members),
                tuple(room[i] for i in members),
                _foes(a, members),
            )
            yield from (replace(first, copy=copy) for copy in range(_copies(a, first)))


def _meetings(
    a: Admission, host: int, here: Sequence[int], apart: Set[int]
) -> Iterator[tuple[tuple[int, ...], str, tuple[int, ...]]]:
    """(weeks, language, members): the largest groups with a common week and language, in each period."""
    p, length = a.p, a.p.meta.period_weeks
    tongues = sorted({word for i in here for word in p.interventions[i].languages})
    speakers = {word: frozenset(i for i in here if word in p.interventions[i].languages) for word in tongues}
    booked = {event.week for event in p.agreed if event.host == host}
    spans: dict[tuple[int, int], list[int]] = defaultdict(list)  # the weeks that are one, by period, or one week alone
    for week in sorted(a.open_weeks[host] - booked):
        spans[(week // length, week if week in apart else -1)].append(week)
    for _, weeks in sorted(spans.items()):
        free = {frozenset(i for i in here if week in a.weeks_of(i)) for week in weeks}
        chosen: dict[frozenset[int], str] = {}
        for word in tongues:
            for group in free:
                chosen.setdefault(group & speakers[word], word)
        largest = [group for group in chosen if group and not any(group < other for other in chosen)]
        for group in sorted(largest, key=sorted):
            yield tuple(weeks), chosen[group], tuple(sorted(group))


def _could_be_held(p: Problem, host: int, members: Sequence[int], room: int) -> bool:
    """Are there enough partners, participants and money (`room`: the most that can be given) for one event?"""
    ones = [p.interventions[i] for i in members]
    kind = ones[0].kind
    partners = {one.partnership for one in ones}
    return (
        len(members) >= p.meta.min_members
        and (p.meta.min_members == 1 or len(partners) >= 2)
        and sum(one.n for one in ones) >= p.kinds[kind].min_pool
        and room >= fixed_cost(p, kind, host) + p.meta.min_saving
        and (p.communes[host].hosts or bool(at_home(p, host, members)))
    )


def at_home(p: Problem, host: int, members: Sequence[int]) -> list[int]:
    """Those whose own commune it is."""
    return [
        i for i in members if host in (p.partnerships[p.interventions[i].partnership].commune, p.interventions[i].home)
    ]


def _foes(a: Admission, members: tuple[int, ...]) -> tuple[tuple[int, ...], ...]:
    """Groups in which nobody may meet anybody; every two who may not meet are in one of them."""
    of: dict[int, set[int]] = defaultdict(set)
    for i, j in a.quarrels(members):
        of[i].add(j)
        of[j].add(i)
    found: list[tuple[int, ...]] = []
    seen: set[tuple[int, int]] = set()
    for i in sorted(of):
        for j in sorted(of[i]):
            if i < j and (i, j) not in seen:
                clique, common = [i, j], of[i] & of[j]
                while common:
                    clique.append(min(common))
                    common = common & of[clique[-1]]
                seen.update(combinations(sorted(clique), 2))
                found.append(tuple(sorted(clique)))
    return tuple(found)


def refusals(p: Problem, members: Sequence[int]) -> list[frozenset[int]]:
    """Sets of these members that somebody refuses."""
    here = set(members)
    return sorted({r.members | {r.intervention} for r in p.refused if r.members | {r.intervention} <= here}, key=sorted)


def _copies(a: Admission, slot: Slot) -> int:
    """How many events the slot's place can need at once: more of them could be joined two by two until these are left.

    Two events that cannot be joined have too many members or participants together, or contain a refusal or veto
    together. Each of the latter parts just one pair of events. Of the former, at most one of two has half of what may
    come or less.
    """
    p, size = a.p, len(slot.members)
    heads = sum(p.interventions[i].n for i in slot.members)
    joined = parted_by(len(refusals(p, slot.members)) + len(a.quarrels(slot.members)))
    if heads > slot.seats or size > p.meta.max_members:
        joined += 2 * heads // slot.seats + 2 * size // p.meta.max_members
    least = p.kinds[p.interventions[slot.members[0]].kind].min_pool
    need = slot.fixed + p.meta.min_saving
    limits = [joined, len(slot.weeks), size // p.meta.min_members]
    limits += [heads // least] if least > 0 else []
    limits += [sum(slot.room) // need] if need > 0 else []
    return min(limits)
