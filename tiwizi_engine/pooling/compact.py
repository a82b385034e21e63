"""The master model for problems with events too many to list: those that can be are columns, the others get slots.

To the variables of `Master` each slot e (`slots`) adds y_e (is an event held?), x_ie (does member i come?), f_ie (what
i gives to the fixed cost) and one f_e for all whose budgets can never bind. Rows of a slot, for an event or none:

- x_ie <= y_e; for members who exclude each other, the sum of their x_ie <= y_e;
- sizes: members, participants, another partnership than one's own; the own commune of a host that asks for it;
- f_ie <= min(alone - direct, fixed) x_ie, and their sum is fixed * y_e; what is saved is enough.

So a group is not a variable but a solution: 60 partners in one event take 60 variables. The price is a weaker
relaxation, so whatever can be listed is. (Plant location with x_ie <= y_e: Balinski 1965.)
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import highspy
import numpy as np

from tiwizi_engine.pooling.admission import Admission
from tiwizi_engine.pooling.both import BOTH
from tiwizi_engine.pooling.candidates import Candidates, Column, TooMany, candidates, groups, kept_columns
from tiwizi_engine.pooling.choice import Choice, Single
from tiwizi_engine.pooling.lots import every_single
from tiwizi_engine.pooling.master import Line, Master, Row, Tag, Vector
from tiwizi_engine.pooling.payments import committed
from tiwizi_engine.pooling.plan import Plan
from tiwizi_engine.pooling.problem import Event, Intervention, Problem
from tiwizi_engine.pooling.slots import Slot, at_home, refusals, slots
from tiwizi_engine.solver import INFINITY

FEW, MANY = 1_000, 20_000  # events of one kind and target group, and of all that have more than a few, that are listed
Held = tuple[Slot, tuple[int, ...]]  # a slot and who comes


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a slot's variables are: its event at `y`, member k at `y + 1 + k`; `gives[k]` what member k gives from.

    Those whose budgets never bind share one variable.
    """

    y: int
    gives: tuple[int, ...]
    end: int


@dataclass
class Compact(Master):
    """`crowded`: groups of interventions whose events are not listed. `apart`: by host, weeks told apart."""

    crowded: list[list[int]] = field(default_factory=list)
    apart: dict[int, frozenset[int]] = field(default_factory=dict)
    never: list[tuple[set[Column | Single], list[Held]]] = field(default_factory=list)  # what `forbid` was told

    def __post_init__(self) -> None:
        self.admission = Admission(self.p)
        self._last: dict[Column, Slot] = {}
        self._build()

    @classmethod
    def of(cls, p: Problem, few: int = FEW, many: int = MANY) -> "Compact":
        """What `listing` lists as columns, the rest in slots; with 0 and 0 all that is shared is in slots."""
        listed, crowded = listing(p, few, many)
        return cls(p, listed, every_single(p), crowded=crowded)

    def _build(self) -> None:
        self.slots: list[Slot] = [s for ids in self.crowded for s in slots(self.admission, ids, self.apart)]

    @property
    def size(self) -> int:
        return self._places[-1].end if self.slots else super().size

    @property
    def _places(self) -> list[_Place]:
        found, at = [], super().size
        for slot in self.slots:
            first = at + 1 + len(slot.members)
            bound = [i for i in slot.members if i not in self._ample]
            own = {i: first + k for k, i in enumerate(bound)}
            purse = first + len(bound)
            at = purse + (len(bound) < len(slot.members))
            found.append(_Place(first - 1 - len(slot.members), tuple(own.get(i, purse) for i in slot.members), at))
        return found

    @cached_property
    def _ample(self) -> frozenset[int]:
        """Interventions of partnerships that could pay for all they want alone, whatever the period."""
        p, taken = self.p, committed(self.p)
        wants: dict[int, int] = defaultdict(int)
        for i in p.free:
            wants[p.interventions[i].partnership] += p.interventions[i].cost
        rich = set()
        for q, cents in wants.items():
            left = [cap - taken[q, t] for t, cap in enumerate(p.partnerships[q].period_cap)]
            whole = p.partnerships[q].budget - sum(taken[q, t] for t in range(p.meta.periods))
            if cents <= min([whole, *left]):
                rich.add(q)
        return frozenset(i for i in p.free if p.interventions[i].partnership in rich)

    def forbid_overbooking(self, host: int, weeks: frozenset[int]) -> None:
        """Besides the row for all events: where slots compete too, these weeks are told apart, one event each."""
        super().forbid_overbooking(host, weeks)
        if any(event.host == host and weeks.intersection(event.weeks) for event in self._last):
            self.overbooked += [(host, frozenset({week})) for week in sorted(weeks - self._booked(host))]
            self.apart[host] = self.apart.get(host, frozenset()) | weeks
            self._build()

    def _crowd(self, host: int, weeks: frozenset[int]) -> list[int]:
        held = [
            place.y
            for slot, place in zip(self.slots, self._places, strict=True)
            if slot.host == host and weeks.issuperset(slot.weeks)
        ]
        return super()._crowd(host, weeks) + held

    def forbid(self, choice: Choice) -> None:
        """Not exactly this choice again. Who comes to a slot counts both ways: one more member may help to pay."""
        held = [(self._last[column], column.members) for column in choice.held if column in self._last]
        rest: set[Column | Single] = {*choice.singles, *(column for column in choice.held if column not in self._last)}
        self.never.append((rest, held))

    def vector(self, objective: str) -> Vector:
        vector = super().vector(objective)
        if objective == BOTH:
            return vector  # of the other two, which have their slots
        for slot, place in zip(self.slots, self._places, strict=True):
            vector[place.y] = -slot.fixed / 100 if objective == "saving" else 0.0
            vector[place.y + 1 : place.y + 1 + len(slot.members)] = self._worth(slot, objective)
        return vector

    def _worth(self, slot: Slot, objective: str) -> list[float]:
        """What each member adds to an objective when it comes."""
        if objective == "mandatory":
            return [float(self.p.interventions[i].mandatory) for i in slot.members]
        if objective == "value":
            return [float(self.admission.worth(i, slot.host)) for i in slot.members]
        return [-direct / 100 for direct in slot.direct]

    def with_lines(self, objective: Vector, rows: list[Line]) -> highspy.HighsLp:
        lp = super().with_lines(objective, rows)
        kinds, upper = list(lp.integrality_), np.array(lp.col_upper_)
        for slot, place in zip(self.slots, self._places, strict=True):
            binary = slice(place.y, place.y + 1 + len(slot.members))
            kinds[binary] = [highspy.HighsVarType.kInteger] * (1 + len(slot.members))
            upper[binary] = 1.0
        lp.integrality_, lp.col_upper_ = kinds, upper
        return lp

    def lines(self) -> Iterator[Line]:
        """Rows that all share (each once, budgets, caps) with the slots' part in them; then each slot's own."""
        more = self._shared()
        for line in super().lines():
            yield line._replace(row=line.row | more.pop(line.tag, {}))
        for tag, row in more.items():
            yield Line(-INFINITY, self._limit(tag), row, tag)
        places = self._places
        for k, (slot, place) in enumerate(zip(self.slots, places, strict=True)):
            if slot.copy:
                yield Line(-INFINITY, 0.0, {place.y: 1.0, places[k - 1].y: -1.0})
            yield from self._company(slot, place.y)
            yield from self._money(slot, place)
        yield from self._never_again()

    def _shared(self) -> dict[Tag, Row]:
        more: dict[Tag, Row] = defaultdict(lambda: defaultdict(float))
        for slot, place in zip(self.slots, self._places, strict=True):
            for k, i in enumerate(slot.members):
                more["once", i, 0][place.y + 1 + k] = 1.0
                if i not in self._ample:
                    q = self.p.interventions[i].partnership
                    for tag in (("cap", q, slot.period), ("budget", q, 0)):
                        more[tag] |= {place.y + 1 + k: slot.direct[k] / 100, place.gives[k]: 1.0}
        return more

    def _limit(self, tag: Tag) -> float:
        """Of a budget or a cap for which slots are all there is."""
        kind, q, period = tag
        partner, taken = self.p.partnerships[q], committed(self.p)
        if kind == "cap":
            return (partner.period_cap[period] - taken[q, period]) / 100
        return (partner.budget - sum(taken[q, t] for t in range(self.p.meta.periods))) / 100

    def _company(self, slot: Slot, y: int) -> Iterator[Line]:
        """Who may come to one event together."""
        p, meta, at = self.p, self.p.meta, {i: y + 1 + k for k, i in enumerate(slot.members)}
        ones = {i: p.interventions[i] for i in slot.members}
        quarrel = {i for clique in slot.foes for i in clique}
        for clique in (*slot.foes, *((i,) for i in slot.members if i not in quarrel)):
            yield Line(-INFINITY, 0.0, {at[i]: 1.0 for i in clique} | {y: -1.0})
        for refused in refusals(p, slot.members):
            yield Line(-INFINITY, 0.0, {at[i]: 1.0 for i in refused} | {y: 1.0 - len(refused)})
        yield from self._joined(at)
        yield Line(0.0, INFINITY, {at[i]: 1.0 for i in slot.members} | {y: -float(meta.min_members)})
        if len(slot.members) > meta.max_members:
            yield Line(-INFINITY, 0.0, {at[i]: 1.0 for i in slot.members} | {y: -float(meta.max_members)})
        heads = {at[i]: float(one.n) for i, one in ones.items()}
        if sum(heads.values()) > slot.seats:
            yield Line(-INFINITY, 0.0, heads | {y: -float(slot.seats)})
        least = p.kinds[ones[slot.members[0]].kind].min_pool
        if least > 0:
            yield Line(0.0, INFINITY, {v: min(n, float(least)) for v, n in heads.items()} | {y: -float(least)})
        if meta.min_members > 1:
            for q, count in Counter(one.partnership for one in ones.values()).items():
                if count > 1:
                    yield Line(0.0, INFINITY, {at[i]: 1.0 for i in ones if ones[i].partnership != q} | {y: -1.0})
        if not p.communes[slot.host].hosts:
            yield Line(0.0, INFINITY, {at[i]: 1.0 for i in at_home(p, slot.host, slot.members)} | {y: -1.0})

    def _joined(self, at: Mapping[int, int]) -> Iterator[Line]:
        """Whoever must join others comes with all of them."""
        for i, others in self.admission.wanted.items():
            for j in sorted(others - {i}) if i in at else ():
                yield Line(0.0, INFINITY, {at[i]: -1.0} | ({at[j]: 1.0} if j in at else {}))

    def _money(self, slot: Slot, place: _Place) -> Iterator[Line]:
        """Members give the fixed cost, none more than its room; what an event saves is enough."""
        room = [min(one, slot.fixed) / 100 for one in slot.room]
        purse: dict[int, Row] = defaultdict(dict)
        for k, variable in enumerate(place.gives):
            purse[variable][place.y + 1 + k] = -room[k]
        for variable, row in purse.items():
            yield Line(-INFINITY, 0.0, row | {variable: 1.0})
        yield Line(0.0, 0.0, dict.fromkeys(purse, 1.0) | {place.y: -slot.fixed / 100})
        if self.p.meta.min_saving > 0:
            need = slot.fixed + self.p.meta.min_saving
            saved = {place.y + 1 + k: min(one, need) / 100 for k, one in enumerate(slot.room)}
            yield Line(0.0, INFINITY, saved | {place.y: -need / 100})

    def _never_again(self) -> Iterator[Line]:
        at = dict(zip(self.slots, self._places, strict=True))
        for rest, held in self.never:
            if any(slot not in at for slot, _ in held):
                continue  # its weeks were told apart since: should it come again, it is forbidden again
            row = {v: 1.0 for v, one in enumerate((*self.columns, *self.singles)) if one in rest}
            most = len(row) - 1.0
            for slot, members in held:
                here = {at[slot].y + 1 + k: 1.0 if i in members else -1.0 for k, i in enumerate(slot.members)}
                row |= here
                most += len(members)
            yield Line(-INFINITY, most, row)

    def choice_of(self, values: Vector) -> Choice:
        choice = super().choice_of(values)
        self._last = {}
        for slot, place in zip(self.slots, self._places, strict=True):
            if values[place.y] > 0.5:
                comes = values[place.y + 1 : place.y + 1 + len(slot.members)] > 0.5
                members = tuple(i for i, x in zip(slot.members, comes, strict=True) if x)
                self._last[slot.event(self.admission, members)] = slot
        return Choice((*choice.held, *self._last), choice.singles)

    def _values(self, plan: Plan) -> highspy.HighsSolution | None:
        """The variables of a plan; None when it holds an event that is no column and has no slot."""
        crowded = {i for ids in self.crowded for i in ids}
        listed = tuple(e for e in plan.events if e.members[0] not in crowded and e not in self.p.agreed)
        known = super()._values(plan.with_events(listed))
        if known is None:
            return None
        values = np.array(known.col_value)
        left = dict(zip(self.slots, self._places, strict=True))
        done_at = self.done_at
        for event in plan.events:
            if event.members[0] not in crowded:
                continue
            slot = next((s for s in left if _holds(s, event)), None)
            if slot is None:
                return None
            place = left.pop(slot)
            values[place.y] = 1.0
            for i, share in zip(event.members, event.shares, strict=True):
                k = slot.members.index(i)
                values[place.y + 1 + k] = values[done_at[i]] = 1.0
                values[place.gives[k]] += (share - slot.direct[k]) / 100
        known.col_value = values.tolist()
        return known


def _holds(slot: Slot, event: Event) -> bool:
    return slot.host == event.host and event.week in slot.weeks and set(event.members) <= set(slot.members)


def listing(p: Problem, few: int = FEW, many: int = MANY) -> tuple[Candidates, list[list[int]]]:
    """The columns of groups that can be listed, and the groups that cannot.

    Up to `few` columns each group is listed; those that have more share in `many`. So it takes seconds at most to know
    what is too much.
    """
    each = groups(p)
    nobody = [replace(one, poolable=False) for one in p.interventions]
    known = {k: _listed(p, nobody, ids, few) for k, ids in enumerate(each)}
    rest = [k for k, listed in known.items() if listed is None]
    if rest and many // len(rest) > few:
        known |= {k: _listed(p, nobody, each[k], many // len(rest)) for k in rest}
    found = Candidates()
    for listed in known.values():
        if listed is not None:
            first = len(found.columns)
            found.columns += listed.columns
            found.shadow |= {first + c: columns for c, columns in listed.shadow.items()}
    crowded = {i for k, ids in enumerate(each) if known[k] is None for i in ids}
    found.columns += [c for c in kept_columns(p) if crowded.issuperset(c.members)]
    return found, [ids for ids, listed in zip(each, known.values(), strict=True) if listed is None]


def _listed(p: Problem, nobody: Sequence[Intervention], ids: Sequence[int], most: int) -> Candidates | None:
    """The columns of one group; None when they are more than `most`. `nobody`: all interventions, not to be pooled."""
    ones = list(nobody)
    for i in ids:
        ones[i] = p.interventions[i]
    try:
        return candidates(replace(p, interventions=tuple(ones)), most)
    except TooMany:
        return None


def model_of(p: Problem) -> Master:
    """`Master` when all possible events can be listed, `Compact` when those of some groups cannot."""
    listed, crowded = listing(p)
    known = every_single(p)
    return Compact(p, listed, known, crowded=crowded) if crowded else Master(p, listed, known)
