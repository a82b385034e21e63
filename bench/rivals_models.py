"""The pooling problem as one compact model of events, as somebody writes it who does not list groups of members.

A place is where an event may be: a kind and target group, a host, a budget period, a language. For each place there is
*y* (is there an event?), and for each intervention that could come *x* (does it?) and *f* (what it gives to the fixed
cost). Windows are intervals, so of the weeks of a period only those make places whose set of possible members is part
of no other's; a place has copies where seats, sizes or vetoes may ask for several events there. In which week of the
period an event is held is found afterwards; a host whose events do not fit its weeks then gets places for each single
week, of which one is used at most. All is in whole numbers, so that the same rows go to HiGHS and to CP-SAT.

The rules of admission, the costs and the check are the engine's; its columns, slots and reductions are not used.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from math import gcd

from tiwizi_engine.pooling.admission import Admission
from tiwizi_engine.pooling.candidates import Column
from tiwizi_engine.pooling.choice import Choice, Single
from tiwizi_engine.pooling.costs import fixed_cost
from tiwizi_engine.pooling.plan import Plan
from tiwizi_engine.pooling.problem import Problem

Row = dict[int, int]
Who = tuple[str, frozenset[int]]  # a language, and who could come


@dataclass(frozen=True)
class Place:
    """`y` is a variable; `x` and `f` give each member's."""

    host: int
    period: int
    language: str
    y: int
    x: dict[int, int]
    f: dict[int, int]


@dataclass
class Model:
    """Variables from 0 to `high`; rows are (least or None, coefficients, most or None). Money counts `unit` cents."""

    unit: int
    high: list[int] = field(default_factory=list)
    money: set[int] = field(default_factory=set)  # variables that need not be whole
    rows: list[tuple[int | None, Row, int | None]] = field(default_factory=list)
    value: Row = field(default_factory=dict)
    cost: Row = field(default_factory=dict)
    must: Row = field(default_factory=dict)
    alone: dict[tuple[int, int], int] = field(default_factory=dict)  # intervention, period
    places: list[Place] = field(default_factory=list)

    def binary(self) -> int:
        self.high.append(1)
        return len(self.high) - 1

    def amount(self, most: int) -> int:
        self.high.append(most)
        self.money.add(len(self.high) - 1)
        return len(self.high) - 1

    def row(self, low: int | None, row: Row, high: int | None) -> None:
        self.rows.append((low, row, high))


def build(p: Problem, strict: Iterable[int] = (), *, hard: bool = True) -> Model:
    """The model; `strict`: hosts whose weeks are told apart; `hard`: all that is mandatory must be done."""
    if p.agreed:
        raise ValueError("the rivals take no agreed events")
    return _Builder(p, frozenset(strict), hard).build()


class _Builder:
    def __init__(self, p: Problem, strict: frozenset[int], hard: bool) -> None:
        self.p, self.strict, self.hard = p, strict, hard
        self.a, self.model = Admission(p), Model(_unit(p))
        self.once: dict[int, Row] = defaultdict(dict)
        self.pays: dict[tuple[int, int], Row] = defaultdict(dict)  # partnership, period
        self.events: dict[tuple[int, int], Row] = defaultdict(dict)  # host, period: its y
        self.events_of_week: dict[tuple[int, int], Row] = defaultdict(dict)

    def build(self) -> Model:
        self._singles()
        groups: dict[tuple[int, str], list[int]] = defaultdict(list)
        for i, one in enumerate(self.p.interventions):
            groups[one.kind, one.target].append(i)
        for (kind, _), ids in sorted(groups.items()):
            for host in sorted({h for i in ids for h in self.p.interventions[i].hosts}):
                here = [i for i in ids if self.a.may_be_at(i, host)]
                if len(here) >= self.p.meta.min_members:
                    self._host(kind, host, here)
        self._whole_problem()
        return self.model

    def _singles(self) -> None:
        m, length = self.model, self.p.meta.period_weeks
        for i, one in enumerate(self.p.interventions):
            if one.alone_ok:
                for t in range(one.start // length, one.end // length + 1):
                    k = m.alone[i, t] = m.binary()
                    m.value[k], m.cost[k], m.must[k] = one.value, one.cost // m.unit, int(one.mandatory)
                    self.once[i][k] = 1
                    self.pays[one.partnership, t][k] = one.cost // m.unit

    def _host(self, kind: int, host: int, here: list[int]) -> None:
        length = self.p.meta.period_weeks
        for t in range(self.p.meta.periods):
            weeks = [w for w in range(t * length, (t + 1) * length) if w in self.a.open_weeks[host]]
            there = {w: self._there(here, w) for w in weeks}
            if host in self.strict:
                for w in weeks:
                    for word, members in _largest(there[w]):
                        for place in self._places(kind, host, t, word, sorted(members), 1):
                            self.events_of_week[host, w][place.y] = 1
            else:
                for word, members in _largest(who for w in weeks for who in there[w]):
                    ids = sorted(members)
                    places = self._places(kind, host, t, word, ids, self._copies(kind, host, ids))
                    for one, other in pairwise(places):
                        self.model.row(0, {one.y: 1, other.y: -1}, None)  # copies are alike: the first is used first

    def _there(self, here: list[int], week: int) -> list[Who]:
        words: dict[str, set[int]] = defaultdict(set)
        for i in here:
            if week in self.a.weeks_of(i):
                for word in self.p.interventions[i].languages:
                    words[word].add(i)
        return [(word, frozenset(members)) for word, members in sorted(words.items())]

    def _seats(self, kind: int, host: int) -> int:
        return min(self.p.kinds[kind].max_pool, self.p.communes[host].venue)

    def _copies(self, kind: int, host: int, ids: list[int]) -> int:
        """How many events may be wanted: two that could be one are better one, as that saves a fixed cost."""
        heads, seats, meta = sum(self.p.interventions[i].n for i in ids), self._seats(kind, host), self.p.meta
        together = not self._vetoes(ids) and not self._refused(ids)
        if together and heads <= seats and len(ids) <= meta.max_members:
            return 1
        most = min(len(ids) // meta.min_members, heads // max(1, self.p.kinds[kind].min_pool), meta.period_weeks)
        if together and seats:  # of each two, seats or members are too many: their fillings add up to more than 1
            most = min(most, -(-2 * (heads * meta.max_members + len(ids) * seats) // (seats * meta.max_members)) - 1)
        return max(1, most)

    def _vetoes(self, ids: list[int]) -> list[tuple[int, int]]:
        return [(i, j) for k, i in enumerate(ids) for j in ids[k + 1 :] if not self.a.may_meet(i, j)]

    def _refused(self, ids: list[int]) -> list[frozenset[int]]:
        every = [r.members | {r.intervention} for r in self.p.refused]
        return [group for group in every if group <= set(ids)]

    def _places(self, kind: int, host: int, t: int, word: str, ids: list[int], copies: int) -> list[Place]:
        """The copies of one place, with their rows; none when no event there could pay for itself."""
        p, m = self.p, self.model
        fixed = fixed_cost(p, kind, host) // m.unit
        need = fixed + max(0, p.meta.min_saving) // m.unit
        room = {i: (p.interventions[i].cost - self.a.direct(i, host)) // m.unit for i in ids}
        best = sorted(room.values(), reverse=True)[: p.meta.max_members]
        heads = sum(p.interventions[i].n for i in ids)
        if sum(best) < need or len(ids) < p.meta.min_members or heads < p.kinds[kind].min_pool:
            return []
        found = []
        for _ in range(copies):
            y, x = m.binary(), {i: m.binary() for i in ids}
            f = {i: m.amount(min(room[i], fixed)) for i in ids}
            place = Place(host, t, word, y, x, f)
            m.places.append(place)
            found.append(place)
            self.events[host, t][y] = 1
            m.cost[y] = fixed
            self._members(place, room)
            self._money(place, room, fixed, need)
            self._company(place, kind)
        return found

    def _members(self, place: Place, room: dict[int, int]) -> None:
        p, m = self.p, self.model
        for i, k in place.x.items():
            one, direct = p.interventions[i], self.a.direct(i, place.host) // m.unit
            m.value[k], m.cost[k], m.must[k] = self.a.worth(i, place.host), direct, int(one.mandatory)
            self.once[i][k] = 1
            pays = self.pays[one.partnership, place.period]
            pays[k], pays[place.f[i]] = direct, 1
            m.row(None, {k: 1, place.y: -1}, 0)
            m.row(None, {place.f[i]: 1, k: -m.high[place.f[i]]}, 0)

    def _money(self, place: Place, room: dict[int, int], fixed: int, need: int) -> None:
        m = self.model
        m.row(0, dict.fromkeys(place.f.values(), 1) | {place.y: -fixed}, 0)
        if need > fixed:
            m.row(0, {k: room[i] for i, k in place.x.items()} | {place.y: -need}, None)

    def _company(self, place: Place, kind: int) -> None:
        """Sizes, partners, vetoes, refusals, and somebody at home where the host asks for it."""
        p, m, x, y = self.p, self.model, place.x, place.y
        ids, meta = sorted(x), p.meta
        heads = {k: p.interventions[i].n for i, k in x.items()}
        m.row(None, heads | {y: -self._seats(kind, place.host)}, 0)
        m.row(0, heads | {y: -p.kinds[kind].min_pool}, None)
        m.row(None, dict.fromkeys(x.values(), 1) | {y: -meta.max_members}, 0)
        m.row(0, dict.fromkeys(x.values(), 1) | {y: -meta.min_members}, None)
        if meta.min_members > 1:
            for q in {p.interventions[i].partnership for i in ids}:
                others = {k: 1 for i, k in x.items() if p.interventions[i].partnership != q}
                m.row(0, others | {y: -1}, None)
        for i, j in self._vetoes(ids):
            m.row(None, {x[i]: 1, x[j]: 1, y: -1}, 0)
        for group in self._refused(ids):
            m.row(None, {x[i]: 1 for i in group}, len(group) - 1)
        if not p.communes[place.host].hosts:
            m.row(0, {x[i]: 1 for i in ids if self.a.accepts(place.host, (i,))} | {y: -1}, None)

    def _whole_problem(self) -> None:
        """Each once; a host's events fit its weeks; budgets and caps."""
        p, m = self.p, self.model
        for i, one in enumerate(p.interventions):
            must = self.hard and one.mandatory
            if self.once[i] or must:
                m.row(1 if must else None, self.once[i], 1)
        for (host, t), row in self.events.items():
            weeks = range(t * p.meta.period_weeks, (t + 1) * p.meta.period_weeks)
            m.row(None, row, sum(w in self.a.open_weeks[host] for w in weeks))
        for row in self.events_of_week.values():
            m.row(None, row, 1)
        for q, partner in enumerate(p.partnerships):
            rows = [self.pays.get((q, t), {}) for t in range(p.meta.periods)]
            for row, cap in zip(rows, partner.period_cap, strict=True):
                m.row(None, row, cap // m.unit)
            m.row(None, {k: money for row in rows for k, money in row.items()}, partner.budget // m.unit)


def _largest(sets: Iterable[Who]) -> Iterator[Who]:
    """Those that are part of no other, each once."""
    kept: list[frozenset[int]] = []
    for word, members in sorted(sets, key=lambda who: (-len(who[1]), who[0], sorted(who[1]))):
        if not any(members <= other for other in kept):
            kept.append(members)
            yield word, members


def _unit(p: Problem) -> int:
    """The largest amount in cents that divides all costs: small numbers are what CP-SAT likes. Money that may be spent
    is rounded down to it, which takes nothing from anybody: whole costs and budgets have whole shares."""
    known = [one.cost for one in p.interventions] + [c for one in p.interventions for c in one.direct_at.values()]
    return gcd(100, p.meta.min_saving, *known)


def chosen(p: Problem, m: Model, values: list[int]) -> Choice:
    """What a solution holds, as the engine's weeks and shares are found for it."""
    a = Admission(p)
    held = []
    for place in m.places:
        if values[place.y]:
            ids = tuple(i for i, k in sorted(place.x.items()) if values[k])
            weeks = sorted(w for w in a.weeks(ids, place.host) if w // p.meta.period_weeks == place.period)
            direct = tuple(a.direct(i, place.host) for i in ids)
            room = tuple(p.interventions[i].cost - d for i, d in zip(ids, direct, strict=True))
            fixed = fixed_cost(p, p.interventions[ids[0]].kind, place.host)
            worth = sum(a.worth(i, place.host) for i in ids)
            held.append(Column(ids, place.host, place.period, tuple(weeks), place.language, fixed, direct, room, worth))
    alone = (Single(i, t, p.interventions[i].cost) for (i, t), k in m.alone.items() if values[k])
    return Choice(tuple(held), tuple(alone))


def start(p: Problem, m: Model, plan: Plan) -> list[int]:
    """The variables of a plan in which everything is done alone."""
    values = [0] * len(m.high)
    for i, week in plan.alone:
        values[m.alone[i, week // p.meta.period_weeks]] = 1
    return values
