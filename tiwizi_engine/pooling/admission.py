"""Who may be at which host, with whom and when: the rules of shared events, asked one group at a time."""

import math
from functools import cached_property
from itertools import combinations

from tiwizi_engine.pooling.costs import direct_cost, weeks_between
from tiwizi_engine.pooling.problem import Problem

Members = tuple[int, ...]


def parted_by(quarrels: int) -> int:
    """The largest number of groups of which every two can have a quarrel of their own: c * (c - 1) / 2 pairs."""
    return (1 + math.isqrt(1 + 8 * quarrels)) // 2


class Admission:
    """The rules of one problem. Interventions, hosts and weeks are positions in its lists; money is in cents."""

    def __init__(self, p: Problem) -> None:
        self.p = p
        self._direct: dict[tuple[int, int], int] = {}

    @cached_property
    def open_weeks(self) -> list[frozenset[int]]:
        """By commune: the weeks in which it can hold a shared event."""
        return [weeks_between(0, self.p.meta.weeks - 1) - c.blocked for c in self.p.communes]

    def direct(self, i: int, host: int) -> int:
        """What one member's presence costs at a host."""
        known = self._direct.get((i, host))
        if known is None:
            known = self._direct[i, host] = direct_cost(self.p, i, host)
        return known

    def may_be_at(self, i: int, host: int) -> bool:
        """Is this intervention welcome there, and cheaper than alone before any fixed cost?"""
        one = self.p.interventions[i]
        if host not in one.hosts or one.pin_host not in (None, host) or not one.poolable:
            return False
        return self.direct(i, host) < one.cost

    def weeks_of(self, i: int) -> frozenset[int]:
        one = self.p.interventions[i]
        window = weeks_between(one.start, one.end)
        return window if one.pin_week is None else window & {one.pin_week}

    def may_meet(self, i: int, j: int) -> bool:
        """No veto between the two partnerships."""
        a, b = self.p.interventions[i].partnership, self.p.interventions[j].partnership
        return b not in self.p.partnerships[a].no_pool and a not in self.p.partnerships[b].no_pool

    def accepts(self, host: int, members: Members) -> bool:
        """The host accepts shared events, or is a member's own commune."""
        p = self.p
        if p.communes[host].hosts:
            return True
        return any(
            host in (p.partnerships[p.interventions[i].partnership].commune, p.interventions[i].home) for i in members
        )

    @cached_property
    def _refusals(self) -> dict[int, list[frozenset[int]]]:
        of: dict[int, list[frozenset[int]]] = {}
        for r in self.p.refused:
            of.setdefault(r.intervention, []).append(r.members)
        return of

    def refused(self, members: Members) -> bool:
        """Does somebody refuse to be with all of some others that are here, or ask for somebody who is not?"""
        if not self._refusals and not self.wanted:
            return False
        group = set(members)
        return any(others <= group for i in members for others in self._refusals.get(i, ())) or any(
            not self.wanted.get(i, group) <= group for i in members
        )

    @cached_property
    def wanted(self) -> dict[int, frozenset[int]]:
        """By intervention: with whom it is shared, or not at all (`must_join`)."""
        of: dict[int, frozenset[int]] = {}
        for wish in self.p.must_join:
            of[wish.intervention] = of.get(wish.intervention, frozenset()) | wish.members
        return of

    def quarrels(self, members: Members) -> list[tuple[int, int]]:
        """The pairs of these between whom there is a veto."""
        return [(i, j) for i, j in combinations(members, 2) if not self.may_meet(i, j)]

    def language(self, members: Members) -> str | None:
        """A language that every member accepts: the first one's first."""
        first = self.p.interventions[members[0]].languages
        return next((w for w in first if all(w in self.p.interventions[i].languages for i in members)), None)

    def weeks(self, members: Members, host: int) -> frozenset[int]:
        """The weeks in which these could meet at this host."""
        common = self.open_weeks[host]
        for i in members:
            common = common & self.weeks_of(i)
        return common

    def worth(self, i: int, host: int) -> int:
        """The value of an intervention done together at a host."""
        one = self.p.interventions[i]
        return one.value + (one.bonus if host in one.prefer else 0)

    def company(self, members: Members) -> bool:
        """The rules of a complete group wherever it meets: its size, its partners, refusals."""
        meta = self.p.meta
        partners = {self.p.interventions[i].partnership for i in members}
        enough = meta.min_members == 1 or len(partners) >= 2
        return enough and meta.min_members <= len(members) <= meta.max_members and not self.refused(members)

    def fits(self, members: Members, host: int) -> bool:
        """Sizes, seats and partners of a complete group at a host."""
        p = self.p
        kind = p.kinds[p.interventions[members[0]].kind]
        heads = sum(p.interventions[i].n for i in members)
        partners = {p.interventions[i].partnership for i in members}
        enough = p.meta.min_members == 1 or len(partners) >= 2
        size = p.meta.min_members <= len(members) <= p.meta.max_members
        return enough and size and kind.min_pool <= heads <= min(kind.max_pool, p.communes[host].venue)
