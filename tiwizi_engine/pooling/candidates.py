"""Every shared event that the rules allow, as columns of the model.

A column is a group of members at a host in one budget period, with the weeks in which it could take place. Groups are
grown one member at a time and cut as soon as a rule that more members cannot mend is broken.
"""

from dataclasses import dataclass

from tiwizi_engine.errors import EngineError
from tiwizi_engine.pooling.costs import direct_cost, fixed_cost, weeks_between
from tiwizi_engine.pooling.problem import Problem

MOST_COLUMNS = 400_000
MOST_GROUPS = 4_000_000  # tried, whether they become columns or not


@dataclass(frozen=True)
class Column:
    """A possible event; `room` is each member's alone minus direct cost: the most it can give to the fixed cost."""

    members: tuple[int, ...]
    host: int
    period: int
    weeks: tuple[int, ...]
    language: str
    fixed: int
    direct: tuple[int, ...]
    room: tuple[int, ...]
    value: int

    @property
    def cost(self) -> int:
        return self.fixed + sum(self.direct)


class Admission:
    """Who may be at which host, with whom and when: the rules, asked many times."""

    def __init__(self, p: Problem) -> None:
        self.p = p
        self.direct = {
            (i, h): direct_cost(p, i, h) for i in range(len(p.interventions)) for h in p.interventions[i].hosts
        }
        self.tried = 0
        self.open_weeks = [weeks_between(0, p.meta.weeks - 1) - c.blocked for c in p.communes]

    def may_be_at(self, i: int, host: int) -> bool:
        """Is this intervention welcome there, and cheaper than alone before any fixed cost?"""
        one = self.p.interventions[i]
        if (i, host) not in self.direct or one.pin_host not in (None, host) or not one.poolable:
            return False
        return self.direct[i, host] < one.cost

    def weeks_of(self, i: int) -> frozenset[int]:
        one = self.p.interventions[i]
        window = weeks_between(one.start, one.end)
        return window if one.pin_week is None else window & {one.pin_week}

    def may_meet(self, i: int, j: int) -> bool:
        """No veto between the two partnerships."""
        a, b = self.p.interventions[i].partnership, self.p.interventions[j].partnership
        return b not in self.p.partnerships[a].no_pool and a not in self.p.partnerships[b].no_pool

    def accepts(self, host: int, members: tuple[int, ...]) -> bool:
        """The host accepts shared events, or is a member's own commune."""
        p = self.p
        if p.communes[host].hosts:
            return True
        return any(
            host in (p.partnerships[p.interventions[i].partnership].commune, p.interventions[i].home) for i in members
        )

    def refused(self, members: tuple[int, ...]) -> bool:
        group = set(members)
        return any(r.intervention in group and r.members <= group for r in self.p.refused)

    def language(self, members: tuple[int, ...]) -> str | None:
        """A language that every member accepts: the first one's first."""
        first = self.p.interventions[members[0]].languages
        return next((w for w in first if all(w in self.p.interventions[i].languages for i in members)), None)

    def weeks(self, members: tuple[int, ...], host: int) -> frozenset[int]:
        """The weeks in which these could meet at this host."""
        common = self.open_weeks[host]
        for i in members:
            common = common & self.weeks_of(i)
        return common

    def fits(self, members: tuple[int, ...], host: int) -> bool:
        """Sizes, seats and partners of a complete group at a host."""
        p = self.p
        kind = p.kinds[p.interventions[members[0]].kind]
        heads = sum(p.interventions[i].n for i in members)
        partners = {p.interventions[i].partnership for i in members}
        enough = p.meta.min_members == 1 or len(partners) >= 2
        size = p.meta.min_members <= len(members) <= p.meta.max_members
        return enough and size and kind.min_pool <= heads <= min(kind.max_pool, p.communes[host].venue)


def columns(p: Problem) -> list[Column]:
    """Every column among the free interventions. Raises `EngineError` when there are too many to list."""
    admission = Admission(p)
    found: list[Column] = []
    for group in _groups(p):
        for host in range(len(p.communes)):
            here = [i for i in group if admission.may_be_at(i, host)]
            if len(here) >= p.meta.min_members:
                _grow(admission, (), here, host, found)
    return found


def _groups(p: Problem) -> list[list[int]]:
    """Free interventions of one kind and one target group."""
    groups: dict[tuple[int, str], list[int]] = {}
    for i in p.free:
        groups.setdefault((p.interventions[i].kind, p.interventions[i].target), []).append(i)
    return [groups[key] for key in sorted(groups)]


def _grow(a: Admission, members: tuple[int, ...], rest: list[int], host: int, found: list[Column]) -> None:
    p = a.p
    a.tried += 1
    if a.tried > MOST_GROUPS:
        raise EngineError("interventions", f"more than {MOST_GROUPS} groups to try: narrow windows, hosts or kinds")
    if members and not _may_pay(a, members, rest, host):
        return
    if len(members) >= p.meta.min_members:
        found.extend(_columns_of(a, members, host))
        if len(found) > MOST_COLUMNS:
            raise EngineError(
                "interventions", f"more than {MOST_COLUMNS} possible events: narrow windows, hosts or kinds"
            )
    if len(members) == p.meta.max_members:
        return
    for position, i in enumerate(rest):
        bigger = (*members, i)
        kind = p.kinds[p.interventions[i].kind]
        seats = min(kind.max_pool, p.communes[host].venue)
        if sum(p.interventions[j].n for j in bigger) > seats or not all(a.may_meet(i, j) for j in members):
            continue
        if a.language(bigger) and a.weeks(bigger, host):
            _grow(a, bigger, rest[position + 1 :], host, found)


def _may_pay(a: Admission, members: tuple[int, ...], rest: list[int], host: int) -> bool:
    """Could these, with the best of the rest, pay the fixed cost and save what is asked? More can only be fewer."""
    p = a.p
    room = [p.interventions[i].cost - a.direct[i, host] for i in rest]
    best = sum(sorted(room, reverse=True)[: p.meta.max_members - len(members)])
    room_of_members = sum(p.interventions[i].cost - a.direct[i, host] for i in members)
    fixed = fixed_cost(p, p.interventions[members[0]].kind, host)
    return room_of_members + best - fixed >= max(0, p.meta.min_saving)


def _columns_of(a: Admission, members: tuple[int, ...], host: int) -> list[Column]:
    """One column a budget period, when the group pays for itself."""
    p = a.p
    if not a.fits(members, host) or not a.accepts(host, members) or a.refused(members):
        return []
    direct = tuple(a.direct[i, host] for i in members)
    room = tuple(p.interventions[i].cost - d for i, d in zip(members, direct, strict=True))
    fixed = fixed_cost(p, p.interventions[members[0]].kind, host)
    if sum(room) - fixed < p.meta.min_saving or sum(room) < fixed:
        return []
    periods: dict[int, list[int]] = {}
    for week in sorted(a.weeks(members, host)):
        periods.setdefault(week // p.meta.period_weeks, []).append(week)
    ones = [p.interventions[i] for i in members]
    value = sum(one.value + (one.bonus if host in one.prefer else 0) for one in ones)
    language = a.language(members) or ""
    return [
        Column(members, host, period, tuple(weeks), language, fixed, direct, room, value)
        for period, weeks in sorted(periods.items())
    ]
