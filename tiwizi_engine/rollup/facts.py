"""Facts as arrays: one entry each, with their bodies, breakdowns and members as lists that lie end to end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isnan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tiwizi_engine.errors import EngineError
from tiwizi_engine.rollup.exact import LARGEST, Numbers, Whole

CALCULATIONS = ("sum", "latest", "ratio", "average", "maximum", "unique")
SUM, LATEST, RATIO, AVERAGE, MAXIMUM, UNIQUE = range(6)
Truths = NDArray[np.bool_]


@dataclass(frozen=True)
class Fact:
    """One fact. All but numbers are positions; a value of `None` (or nan, as in arrays) is: not reported.

    A ratio has numerator (`value`) and `denominator`, a unique has `members`; `breakdown` is by category.
    """

    indicator: int
    period: int
    bodies: tuple[int, ...]
    value: float | None = None
    denominator: float | None = None
    members: frozenset[int] | None = None
    breakdown: Mapping[int, float] = field(default_factory=dict)

    def reported(self, calculation: int) -> bool:
        if calculation == UNIQUE:
            return self.members is not None
        needed = (self.value, self.denominator) if calculation == RATIO else (self.value,)
        return all(one is not None and not isnan(one) for one in needed)


NOTHING = Fact(0, 0, (0,))  # in the place of a fact that does not apply


@dataclass(frozen=True)
class Facts:
    """`n` facts. Those that do not apply may be left out, or stay for their position's sake (`applies` is false).

    `indicator`, `period`: positions. Fact f has the bodies `body[body_start[f]:body_start[f + 1]]`, each once.
    `value`, `denominator`: numbers, at most 2^53 either way; nan is: not reported (a unique has value 0 when its
    members are known, a ratio needs both). `part_fact` (ascending), `part_category`, `part_value`: the breakdowns;
    a category is a position among all categories of all dimensions, each once a fact. `member_fact` (ascending),
    `member`: who was counted, each once a fact. Raises `EngineError` naming the array and the position.
    """

    indicator: Whole
    period: Whole
    body_start: Whole
    body: Whole
    value: Numbers
    denominator: Numbers | None = None
    part_fact: Whole = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    part_category: Whole = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    part_value: Numbers = field(default_factory=lambda: np.zeros(0))
    member_fact: Whole = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    member: Whole = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    applies: Truths | None = None

    def __post_init__(self) -> None:
        n = len(self.indicator)
        lengths = {"period": n, "value": n, "body_start": n + 1}
        lengths |= {name: n for name in ("denominator", "applies") if getattr(self, name) is not None}
        lengths |= {"part_category": len(self.part_fact), "part_value": len(self.part_fact)}
        lengths["member"] = len(self.member_fact)
        for name, length in lengths.items():
            if len(getattr(self, name)) != length:
                raise EngineError(name, f"expected {length} entries, got {len(getattr(self, name))}")
        sizes = np.diff(self.body_start)
        if self.body_start[0] != 0 or self.body_start[-1] != len(self.body) or (n and sizes.min() < 1):
            raise EngineError("body_start", "expected each fact to have a body at least")
        for name in ("part_fact", "member_fact"):
            owners = getattr(self, name)
            if len(owners) and (owners[0] < 0 or owners[-1] >= n or (owners[1:] < owners[:-1]).any()):
                raise EngineError(name, f"expected positions of facts, from 0 to {n - 1}, ascending")
        for name in ("value", "denominator", "part_value"):
            _small(name, getattr(self, name), blank=name != "part_value")
        self._categories()

    def _categories(self) -> None:
        """Each once a fact. Twice would be counted as two facts, for which a count may have no room (`pieces.py`)."""
        if not len(self.part_category):
            return
        if self.part_category.min() < 0:
            raise EngineError("part_category", "expected positions from 0")
        fact, category = self.part_fact, self.part_category
        if ((fact[1:] != fact[:-1]) | (category[1:] > category[:-1])).all():
            return  # ascending, as most come
        many = int(category.max()) + 1
        key = np.sort(fact * np.int64(many) + category)
        twice = key[1:][key[1:] == key[:-1]]
        if len(twice):
            at, what = divmod(int(twice[0]), many)
            raise EngineError("part_category", f"fact {at} has category {what} twice")

    def __len__(self) -> int:
        return len(self.indicator)

    def within(self, bodies: int, indicators: int, periods: int) -> None:
        """Raises `EngineError` when a position lies outside."""
        for name, most in (("body", bodies), ("indicator", indicators), ("period", periods)):
            those = getattr(self, name)
            if len(those) and (those.min() < 0 or those.max() >= most):
                at = int(np.flatnonzero((those < 0) | (those >= most))[0])
                raise EngineError(f"{name}[{at}]", f"expected a position from 0 to {most - 1}, got {those[at]}")

    @classmethod
    def of(cls, given: Sequence[Fact | None], calculations: Sequence[int]) -> "Facts":
        """Single facts as arrays; `calculations` by indicator. `None` is a fact that does not apply."""
        those = [NOTHING if one is None else one for one in given]
        spoke = [one.reported(calculations[one.indicator]) for one in those]
        # Facts that say nothing have no breakdown that could be counted.
        parts = [(k, *part) for k, one in enumerate(those) if spoke[k] for part in one.breakdown.items()]
        members = [(k, member) for k, one in enumerate(those) for member in sorted(one.members or ())]
        return cls(
            _whole([one.indicator for one in those]),
            _whole([one.period for one in those]),
            np.cumsum(_whole([0, *(len(one.bodies) for one in those)])),
            _whole([body for one in those for body in one.bodies]),
            _numbers([one.value or 0.0 if said else np.nan for one, said in zip(those, spoke, strict=True)]),
            _numbers([one.denominator or 0.0 if said else np.nan for one, said in zip(those, spoke, strict=True)]),
            _whole([k for k, _, _ in parts]),
            _whole([category for _, category, _ in parts]),
            _numbers([part for _, _, part in parts]),
            _whole([k for k, _ in members]),
            _whole([member for _, member in members]),
            np.array([one is not None for one in given], dtype=bool) if None in given else None,
        )

    def replaced(self, changed: Mapping[int, Fact | None], calculations: Sequence[int]) -> "Facts":
        """These facts with others at some positions, which may lie after the last one."""
        at = sorted(changed)
        new = Facts.of([changed[k] for k in at], calculations)
        kept = np.setdiff1d(np.arange(len(self)), _whole(at), assume_unique=True)
        order = np.argsort(np.concatenate([kept, _whole(at)]))
        # First the old ones that are kept, then the new ones, then all in the order of their positions.
        rows = np.concatenate([kept, len(self) + np.arange(len(new))])[order]
        return _together(self, new)._take(rows)

    def _take(self, rows: Whole) -> "Facts":
        sizes = np.diff(self.body_start)[rows]
        place = np.full(len(self), -1)
        place[rows] = np.arange(len(rows))
        part, member = (_moved(place, owner) for owner in (self.part_fact, self.member_fact))
        return Facts(
            self.indicator[rows],
            self.period[rows],
            np.concatenate([[0], np.cumsum(sizes)]),
            self.body[spread_out(self.body_start[rows], sizes)],
            self.value[rows],
            None if self.denominator is None else self.denominator[rows],
            place[self.part_fact[part]],
            self.part_category[part],
            self.part_value[part],
            place[self.member_fact[member]],
            self.member[member],
            None if self.applies is None else self.applies[rows],
        )

    def one(self, at: int, calculations: Sequence[int]) -> Fact:
        """The fact at a position, by itself."""
        indicator = int(self.indicator[at])
        silent = bool(np.isnan(self.value[at]))
        ratio = calculations[indicator] == RATIO and self.denominator is not None
        parts, members = (slice(*np.searchsorted(owner, [at, at + 1])) for owner in (self.part_fact, self.member_fact))
        return Fact(
            indicator,
            int(self.period[at]),
            tuple(self.body[self.body_start[at] : self.body_start[at + 1]].tolist()),
            None if silent else float(self.value[at]),
            None if silent or not ratio or self.denominator is None else float(self.denominator[at]),
            frozenset(self.member[members].tolist()) if calculations[indicator] == UNIQUE and not silent else None,
            dict(zip(self.part_category[parts].tolist(), self.part_value[parts].tolist(), strict=True)),
        )


def _whole(those: Sequence[int]) -> Whole:
    return np.array(those, dtype=np.int64)


def _numbers(those: Sequence[float]) -> Numbers:
    return np.array(those, dtype=np.float64)


def _moved(place: Whole, owner: Whole) -> Whole:
    """Positions of what stays, in the order of its owners' new places."""
    stays = np.flatnonzero(place[owner] >= 0)
    order: Whole = stays[np.argsort(place[owner[stays]], kind="stable")]
    return order


def _together(one: Facts, other: Facts) -> Facts:
    """The facts of both, one after the other."""
    n = len(one)

    def filled(facts: Facts, name: str, value: float) -> NDArray[Any]:
        found: NDArray[Any] | None = getattr(facts, name)
        return np.full(len(facts), value) if found is None else found

    return Facts(
        np.concatenate([one.indicator, other.indicator]),
        np.concatenate([one.period, other.period]),
        np.concatenate([one.body_start, other.body_start[1:] + len(one.body)]),
        np.concatenate([one.body, other.body]),
        np.concatenate([one.value, other.value]),
        np.concatenate([filled(each, "denominator", np.nan) for each in (one, other)]),
        np.concatenate([one.part_fact, other.part_fact + n]),
        np.concatenate([one.part_category, other.part_category]),
        np.concatenate([one.part_value, other.part_value]),
        np.concatenate([one.member_fact, other.member_fact + n]),
        np.concatenate([one.member, other.member]),
        np.concatenate([filled(each, "applies", True).astype(bool) for each in (one, other)]),
    )


def _small(name: str, values: Numbers | None, blank: bool) -> None:
    if values is None or not len(values):
        return
    good = np.abs(values) <= LARGEST
    if blank:
        good |= np.isnan(values)
    if not good.all():
        at = int(np.flatnonzero(~good)[0])
        raise EngineError(f"{name}[{at}]", f"expected a number of at most 2^53 either way, got {values[at]}")


def spread_out(starts: Whole, counts: Whole) -> Whole:
    """Positions starts[k], starts[k] + 1, ... (counts[k] of them) for each k, end to end."""
    ends = np.cumsum(counts, dtype=np.int64)
    total = int(ends[-1]) if len(ends) else 0
    found: Whole = np.arange(total) + np.repeat(np.asarray(starts) - (ends - counts), counts)
    return found


class BodySets:
    """The different sets of bodies that facts have, numbered; `of` is the number of each fact's.

    A set of one body has that body's number, so the first sets are the bodies themselves. `blocks` holds them in
    their order, sets of one size together: a table each, a row of bodies for each set.
    """

    def __init__(self, facts: Facts, bodies: int) -> None:
        self.blocks: list[Whole] = [np.arange(bodies)[:, None]]
        self._number: dict[tuple[int, ...], int] = {}
        self.of = np.zeros(len(facts), dtype=np.int32)
        sizes = np.diff(facts.body_start)
        single = np.flatnonzero(sizes == 1)
        self.of[single] = facts.body.take(facts.body_start.take(single))
        for size in np.flatnonzero(np.bincount(sizes)).tolist():
            if size == 1:
                continue
            those = np.flatnonzero(sizes == size)
            rows = np.sort(facts.body[facts.body_start[those][:, None] + np.arange(size)], axis=1)
            twice = (rows[:, 1:] == rows[:, :-1]).any(axis=1)
            if twice.any():
                raise EngineError(f"body_start[{int(those[twice][0])}]", "a fact names a body twice")
            table, number = _distinct(rows, bodies)
            self.of[those] = number + len(self)
            self.blocks.append(table)

    def __len__(self) -> int:
        return sum(len(block) for block in self.blocks)

    def bodies(self, number: int) -> list[int]:
        """Those of a set."""
        for block in self.blocks:
            if number < len(block):
                found: list[int] = block[number].tolist()
                return found
            number -= len(block)
        raise EngineError("set", f"there is no set {number}")

    def number(self, bodies: Sequence[int]) -> int:
        """The number of a set, a new one if it is new."""
        if not self._number:
            every = (row for block in self.blocks for row in block.tolist())
            self._number = {tuple(row): k for k, row in enumerate(every)}
        key = tuple(sorted(bodies))
        if key not in self._number:
            self._number[key] = len(self._number)
            self.blocks.append(np.array([key]))
        return self._number[key]


def _distinct(rows: Whole, bodies: int) -> tuple[Whole, Whole]:
    """Distinct rows, and which of them each row is."""
    if bodies ** rows.shape[1] < 2**62:
        packed = np.zeros(len(rows), dtype=np.int64)
        for column in range(rows.shape[1]):
            packed = packed * bodies + rows[:, column]
        found, number = numbered(packed)
        table = np.empty((len(found), rows.shape[1]), dtype=rows.dtype)
        table[number] = rows
        return table, number
    order = np.lexsort(rows.T)
    new = np.concatenate([[True], (np.diff(rows[order], axis=0) != 0).any(axis=1)])
    number = np.empty(len(rows), dtype=np.int64)
    number[order] = np.cumsum(new) - 1
    return rows[order[new]], number


def numbered(keys: Whole) -> tuple[Whole, Whole]:
    """The different keys, ascending, and which of them each key is. (`np.unique` is slower with packed numbers.)"""
    order = np.argsort(keys)
    ascending = keys[order]
    new = np.ones(len(keys), dtype=bool)
    np.not_equal(ascending[1:], ascending[:-1], out=new[1:])
    number = np.empty(len(keys), dtype=np.int64)
    number[order] = np.cumsum(new) - 1
    return ascending[new], number
