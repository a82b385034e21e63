"""Every shared event that the rules allow, as columns of the model.

A column is a group of members at a host in one budget period, with the weeks in which it could take place. Groups are
grown one member at a time; a host leaves a group as soon as more members cannot make it fit again, and a group without
host, week or language grows no further. Sets of weeks, languages and members are bits of whole numbers.

Of the hosts of one group those stay that no other beats: at a host that costs no more in all and asks no member for
more than it would pay anyway, every sharing of the dearer host can be had for no more. Beaten hosts matter only when
their better is booked out; they are kept in its shadow (`Candidates.shadow`) for that case.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from tiwizi_engine.errors import EngineError
from tiwizi_engine.pooling.admission import Admission
from tiwizi_engine.pooling.costs import fixed_cost
from tiwizi_engine.pooling.problem import Problem

MOST_COLUMNS = 400_000
TRIES = 10  # groups tried for each column allowed, whether they become columns or not


class TooMany(EngineError):
    """More possible events than can be listed."""


@dataclass(frozen=True, slots=True)
class Column:
    """A possible event; `room` is each member's alone minus direct cost: the most it can give to the fixed cost.

    Money in cents. `kept`: it is an event of an earlier plan in its week, worth keeping (`stability`).
    """

    members: tuple[int, ...]
    host: int
    period: int
    weeks: tuple[int, ...]
    language: str
    fixed: int
    direct: tuple[int, ...]
    room: tuple[int, ...]
    value: int
    kept: bool = False

    @property
    def cost(self) -> int:
        return self.fixed + sum(self.direct)

    def worth(self, p: Problem, objective: str) -> float:
        """What it adds to an objective: `mandatory` interventions done, `value`, or `saving` (cost below zero)."""
        if objective == "mandatory":
            return float(sum(p.interventions[i].mandatory for i in self.members))
        if objective == "value":
            return float(self.value)
        kept = p.stability.worth if self.kept and p.stability else 0
        return (kept - self.cost) / 100


@dataclass
class Candidates:
    """The columns of a problem; `shadow[c]`: columns that column c makes needless while its host has weeks."""

    columns: list[Column] = field(default_factory=list)
    shadow: dict[int, list[Column]] = field(default_factory=dict)


def candidates(p: Problem, most: int = MOST_COLUMNS, first: int | None = None) -> Candidates:
    """Every column among the free interventions, of those with a member below `first` where it is given.

    Raises `TooMany` when there are more than `most`.
    """
    found = Candidates()
    admission = Admission(p)
    tries = TRIES * most
    for ids in groups(p):
        # Members stand in growing order, so a group has one below `first` if its first member is.
        beginners = len(ids) if first is None else sum(i < first for i in ids)
        grower = _Grower(admission, ids, tries, beginners)
        for columns in grower.walk():
            _keep(found, columns)
            if len(found.columns) > most:
                raise TooMany("interventions", f"more than {most} possible events: narrow windows, hosts or kinds")
        tries -= grower.tried
        if tries <= 0:
            raise TooMany("interventions", f"more than {TRIES * most} groups to try: narrow windows, hosts or kinds")
    if first is None:
        found.columns += kept_columns(p)
    return found


def kept_columns(p: Problem) -> list[Column]:
    """Events of an earlier plan that are worth keeping and still possible, each in its week."""
    admission = Admission(p)
    found = [column_of(admission, tuple(sorted(members)), host, {week}) for members, host, week in p.kept]
    return [replace(column, kept=True) for column in found if column is not None]


def column_of(a: Admission, members: tuple[int, ...], host: int, weeks: Iterable[int]) -> Column | None:
    """The column of one event, in one of these weeks of one period; None when a rule forbids it."""
    ones = [a.p.interventions[i] for i in members]
    like = len({(one.kind, one.target) for one in ones}) == 1
    if not like or not all(i in a.p.is_free and a.may_be_at(i, host) for i in members):
        return None
    language = a.language(members)
    if language is None or not a.company(members) or a.quarrels(members):
        return None
    possible = _bits(a.weeks(members, host).intersection(weeks))
    return next(_columns_at(a, members, host, possible, language), None)


def groups(p: Problem) -> list[list[int]]:
    """Free interventions of one kind and one target group that may be pooled at all."""
    groups: dict[tuple[int, str], list[int]] = defaultdict(list)
    for i in p.free:
        if p.interventions[i].poolable:
            groups[p.interventions[i].kind, p.interventions[i].target].append(i)
    return [groups[key] for key in sorted(groups)]


def _bits(positions: Iterable[int]) -> int:
    return sum(1 << k for k in set(positions))


def _positions(bits: int) -> Iterator[int]:
    while bits:
        low = bits & -bits
        yield low.bit_length() - 1
        bits ^= low


@dataclass(slots=True)
class _Group:
    """Members (places in `ids`), what they have in common, and what they can give at each host that is left."""

    members: tuple[int, ...]
    heads: int
    weeks: int
    languages: int
    hosts: list[tuple[int, int]]


class _Grower:
    """Groups among interventions of one kind and one target group, given by their numbers."""

    def __init__(
        self, a: Admission, ids: list[int], most: int = TRIES * MOST_COLUMNS, beginners: int | None = None
    ) -> None:
        p = a.p
        self.beginners = len(ids) if beginners is None else beginners
        self.a, self.p, self.ids, self.tried, self.most = a, p, ids, 0, most
        self.kind = p.interventions[ids[0]].kind
        tongues = sorted({word for i in ids for word in p.interventions[i].languages})
        self.tongue = {word: k for k, word in enumerate(tongues)}
        self.languages = [_bits(self.tongue[w] for w in p.interventions[i].languages) for i in ids]
        self.weeks = [_bits(a.weeks_of(i)) for i in ids]
        self.heads = [p.interventions[i].n for i in ids]
        self.rooms = [
            {h: p.interventions[i].cost - a.direct(i, h) for h in p.interventions[i].hosts if a.may_be_at(i, h)}
            for i in ids
        ]
        self.at: dict[int, list[tuple[int, int]]] = defaultdict(list)  # host: (room, place), largest room first
        for k, rooms in enumerate(self.rooms):
            for host, room in rooms.items():
                self.at[host].append((room, k))
        for known in self.at.values():
            known.sort(key=lambda pair: (-pair[0], pair[1]))
        self.open = {h: _bits(a.open_weeks[h]) for h in self.at}
        self.seats = {h: min(p.kinds[self.kind].max_pool, p.communes[h].venue) for h in self.at}
        self.fixed = {h: fixed_cost(p, self.kind, h) for h in self.at}
        self.need = {h: fixed + max(0, p.meta.min_saving) for h, fixed in self.fixed.items()}
        self.friends = [self._friends(k) for k in range(len(ids))]

    def _friends(self, k: int) -> int:
        """Later places that may stand in one group with this one."""
        near = _bits(j for host in self.rooms[k] for _, j in self.at[host] if j > k)
        weeks, languages = self.weeks[k], self.languages[k]
        return _bits(
            j
            for j in _positions(near)
            if weeks & self.weeks[j] and languages & self.languages[j] and self.a.may_meet(self.ids[k], self.ids[j])
        )

    def walk(self) -> Iterator[list[Column]]:
        """The columns of each group that makes some, group by group."""
        every = (1 << self.beginners) - 1
        start = _Group((), 0, -1, -1, [(h, 0) for h in sorted(self.at)])
        stack = [(start, every)]
        while stack:
            group, rest = stack.pop()
            self.tried += 1
            if self.tried > self.most:
                return
            if len(group.members) >= self.p.meta.min_members and (columns := self._columns(group)):
                yield columns
            if len(group.members) < self.p.meta.max_members:
                stack.extend(reversed(list(self._bigger(group, rest))))

    def _bigger(self, group: _Group, rest: int) -> Iterator[tuple[_Group, int]]:
        for k in _positions(rest):
            later = (rest if group.members else -1) & self.friends[k]
            weeks, languages = group.weeks & self.weeks[k], group.languages & self.languages[k]
            if not weeks or not languages:
                continue
            heads, rooms, members = group.heads + self.heads[k], self.rooms[k], (*group.members, k)
            hosts = [
                (h, room + rooms[h])
                for h, room in group.hosts
                if h in rooms
                and heads <= self.seats[h]
                and weeks & self.open[h]
                and self._may_pay(h, room + rooms[h], later, len(members))
            ]
            if hosts:
                yield _Group(members, heads, weeks, languages, hosts), later

    def _may_pay(self, host: int, room: int, later: int, size: int) -> bool:
        """Could these, with the best of those that may still come, pay the fixed cost and save what is asked?"""
        need, left = self.need[host] - room, self.p.meta.max_members - size
        if need <= 0:
            return True
        for more, k in self.at[host]:
            if not left:
                break
            if later >> k & 1:
                need -= more
                left -= 1
                if need <= 0:
                    return True
        return False

    def _columns(self, group: _Group) -> list[Column]:
        """The group at each host, in each period, when the rules of a complete group hold."""
        members = tuple(self.ids[k] for k in group.members)
        if not self.a.company(members):
            return []
        language = next(w for w in self.p.interventions[members[0]].languages if group.languages >> self.tongue[w] & 1)
        hosts = [h for h, room in group.hosts if room >= self.need[h]]
        return [c for h in hosts for c in _columns_at(self.a, members, h, group.weeks & self.open[h], language)]


def _columns_at(a: Admission, members: tuple[int, ...], host: int, weeks: int, language: str) -> Iterator[Column]:
    """A group at a host, one column a period, when the rules of a complete group hold there."""
    p = a.p
    if not a.fits(members, host) or not a.accepts(host, members):
        return
    fixed = fixed_cost(p, p.interventions[members[0]].kind, host)
    direct = tuple(a.direct(i, host) for i in members)
    room = tuple(p.interventions[i].cost - d for i, d in zip(members, direct, strict=True))
    if sum(room) < fixed + max(0, p.meta.min_saving) or min(room) <= 0:
        return
    value = sum(a.worth(i, host) for i in members)
    periods: dict[int, list[int]] = defaultdict(list)
    for week in _positions(weeks):
        periods[week // p.meta.period_weeks].append(week)
    for period, ones in sorted(periods.items()):
        yield Column(members, host, period, tuple(ones), language, fixed, direct, room, value)


def _keep(found: Candidates, columns: Sequence[Column]) -> None:
    """The columns of one group: those that no other beats, the others in the shadow of their better."""
    best: dict[int, list[int]] = defaultdict(list)
    for column in sorted(columns, key=lambda c: (c.period, c.cost, -c.value, c.host)):
        better = next((b for b in best[column.period] if _beats(found.columns[b], column)), None)
        if better is None:
            best[column.period].append(len(found.columns))
            found.columns.append(column)
        else:
            found.shadow.setdefault(better, []).append(column)


def _beats(one: Column, other: Column) -> bool:
    """Whatever the members pay at the other host, at this one they can pay no more each, for no less value."""
    if one.cost > other.cost or one.value < other.value:
        return False
    alone = sum(other.direct) + sum(other.room)
    return all(
        d <= max(e, other.cost - (alone - e - r)) for d, e, r in zip(one.direct, other.direct, other.room, strict=True)
    )
