"""Facts and groupings from JSON, with every fault named at once."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from tiwizi_engine.errors import EngineError
from tiwizi_engine.reading import Reader, kind_of
from tiwizi_engine.rollup.exact import LARGEST, exact
from tiwizi_engine.rollup.facts import CALCULATIONS, RATIO, UNIQUE, Fact
from tiwizi_engine.rollup.graph import Grouping, Groupings

MOST_FAULTS = 100  # told at once
NEAR = Fraction(1, 10**9)  # how far from 1 shares may add up


class Names:
    """Names and their positions, in the order in which they first came."""

    def __init__(self) -> None:
        self.all: list[Any] = []
        self._at: dict[Any, int] = {}

    def __contains__(self, name: Any) -> bool:
        return name in self._at

    def __getitem__(self, name: Any) -> int:
        return self._at[name]

    def put(self, name: Any) -> int:
        """The position of a name, which is new or not."""
        if name not in self._at:
            self._at[name] = len(self.all)
            self.all.append(name)
        return self._at[name]


@dataclass
class Input:
    """What a file says. `facts` are in the order given, `None` where one does not apply; `shares` and `details` (the
    breakdown by dimension) stand beside them. A category is a pair (dimension, name).
    """

    bodies: Names = field(default_factory=Names)
    indicators: Names = field(default_factory=Names)
    periods: Names = field(default_factory=Names)
    categories: Names = field(default_factory=Names)
    members: Names = field(default_factory=Names)
    ids: Names = field(default_factory=Names)
    calculations: list[str] = field(default_factory=list)
    facts: list[Fact | None] = field(default_factory=list)
    shares: list[dict[int, float] | None] = field(default_factory=list)
    details: list[dict[str, dict[str, float]]] = field(default_factory=list)
    groupings: Groupings = field(default_factory=lambda: Groupings(0, 0, []))


def read(source: Any, lenient: bool = False) -> Input:
    """Raises one `EngineError` that names every fault, a line each."""
    return _Reading(lenient).read(source)


class _Reading:
    def __init__(self, lenient: bool) -> None:
        self.lenient = lenient
        self.found = Input()
        self.faults: list[EngineError] = []

    def read(self, source: Any) -> Input:
        reader = Reader(source, "", self.lenient)
        self._try(lambda: self._periods(reader.items("periods")))
        self._try(lambda: self._indicators(reader.get("indicators")))
        links: list[Grouping] = []
        self._try(lambda: links.extend(self._links(reader.items("groupings"))))
        self._try(lambda: self._facts(reader.items("facts")))
        self._try(reader.done)
        found = self.found
        self._try(lambda: self._connect(links))
        if len(self.faults) == 1:
            raise self.faults[0]
        if self.faults:
            told = [str(fault) for fault in self.faults[:MOST_FAULTS]]
            more = len(self.faults) - len(told)
            raise EngineError("", "\n".join(told + [f"and {more} more"] * bool(more)))
        return found

    def _try(self, act: Callable[[], Any]) -> Any:
        """What an act returns, or `None` and its fault is kept."""
        try:
            return act()
        except EngineError as fault:
            self.faults.append(fault)
            return None

    def _fault(self, where: str, sentence: str) -> None:
        self.faults.append(EngineError(where, sentence))

    def _connect(self, links: list[Grouping]) -> None:
        found = self.found
        found.groupings = Groupings(len(found.bodies.all), len(found.periods.all), links, found.bodies.all)

    def _periods(self, given: list[Any]) -> None:
        for k, name in enumerate(given):
            if not isinstance(name, str) or not name:
                self._fault(f"periods[{k}]", f"expected a text, got {kind_of(name)}")
            elif name in self.found.periods:
                self._fault(f"periods[{k}]", f"{name!r} stands twice")
            else:
                self.found.periods.put(name)

    def _indicators(self, given: Any) -> None:
        if not isinstance(given, dict):
            raise EngineError("indicators", f"expected an object, got {kind_of(given)}")
        for name, about in given.items():
            self.found.indicators.put(name)
            self.found.calculations.append(CALCULATIONS[0])
            self._try(lambda name=name, about=about: self._indicator(name, about))  # type: ignore[misc]

    def _indicator(self, name: str, about: Any) -> None:
        reader = Reader(about, f"indicators.{name}", self.lenient)
        calculation = reader.text("calculation")
        if calculation not in CALCULATIONS:
            expected = f"expected one of {', '.join(CALCULATIONS)}, got {calculation!r}"
            raise EngineError(reader.name("calculation"), expected)
        self.found.calculations[-1] = calculation
        reader.done()

    def _links(self, given: list[Any]) -> list[Grouping]:
        made = (self._try(lambda k=k, one=one: self._link(f"groupings[{k}]", one)) for k, one in enumerate(given))  # type: ignore[misc]
        return [one for one in made if one is not None]

    def _link(self, where: str, one: Any) -> Grouping:
        if not isinstance(one, list) or len(one) not in (2, 3):
            raise EngineError(where, f"expected [body, grouping] or [body, grouping, dates], got {kind_of(one)}")
        for k in (0, 1):
            if not isinstance(one[k], str) or not one[k]:
                raise EngineError(f"{where}[{k}]", f"expected a text, got {kind_of(one[k])}")
        body, above = self.found.bodies.put(one[0]), self.found.bodies.put(one[1])
        if len(one) == 2:
            return Grouping(body, above)
        reader = Reader(one[2], f"{where}[2]", self.lenient)
        first, last = (self._date(reader, name) for name in ("from", "to"))
        reader.done()
        if first is not None and last is not None and last < first:
            raise EngineError(where, f"ends ({one[2]['to']}) before it begins ({one[2]['from']})")
        return Grouping(body, above, first, last)

    def _date(self, reader: Reader, name: str) -> int | None:
        if reader.get(name, None) is None:
            return None
        return self._position(reader, name, self.found.periods, "period")

    def _position(self, reader: Reader, name: str, known: Names, what: str) -> int:
        given = reader.text(name)
        if given not in known:
            raise EngineError(reader.name(name), f"there is no {what} {given!r}")
        return known[given]

    # Facts

    def _facts(self, given: list[Any]) -> None:
        for k, one in enumerate(given):
            self._try(lambda k=k, one=one: self._fact(Reader(one, f"facts[{k}]", self.lenient)))  # type: ignore[misc]

    def _fact(self, reader: Reader) -> None:
        found = self.found
        self._try(lambda: self._id(reader))
        indicator = self._try(lambda: self._position(reader, "indicator", found.indicators, "indicator"))
        period = self._try(lambda: self._position(reader, "period", found.periods, "period"))
        bodies = self._try(lambda: self._bodies(reader)) or ()
        shares = self._try(lambda: self._shares(reader, bodies))
        details = self._try(lambda: self._breakdown(reader)) or {}
        applies = not self._try(lambda: reader.truth("not_applicable", False))
        how = CALCULATIONS.index(found.calculations[indicator]) if indicator is not None else None
        value = self._number(reader, "value")
        above, below = (self._number(reader, name) if how in (RATIO, None) else None for name in NUMBERS[1:])
        members = self._try(lambda: self._members(reader)) if how in (UNIQUE, None) else None
        self._try(reader.done)
        if how in (RATIO, UNIQUE) and value is not None:
            has = "numerator and denominator" if how == RATIO else "members"
            self._fault(reader.name("value"), f"expected {has} for a {CALCULATIONS[how]}, got a value")
        if indicator is None or period is None or not bodies:
            return
        flat = {
            found.categories.put((dimension, name)): number
            for dimension, inside in details.items()
            for name, number in inside.items()
        }
        fact = Fact(indicator, period, bodies, above if how == RATIO else value, below, members, flat)
        found.facts.append(fact if applies else None)
        found.shares.append(shares)
        found.details.append(details)

    def _id(self, reader: Reader) -> None:
        id = reader.text("id")
        if id in self.found.ids:
            raise EngineError(reader.name("id"), f"{id!r} is the id of facts[{self.found.ids[id]}] too")
        self.found.ids.put(id)

    def _bodies(self, reader: Reader) -> tuple[int, ...]:
        names = reader.items("bodies")
        if not names:
            raise EngineError(reader.name("bodies"), "expected a body at least, got none")
        for k, name in enumerate(names):
            if not isinstance(name, str) or not name:
                raise EngineError(f"{reader.name('bodies')}[{k}]", f"expected a text, got {kind_of(name)}")
            if name in names[:k]:
                raise EngineError(f"{reader.name('bodies')}[{k}]", f"{name!r} stands twice")
        return tuple(self.found.bodies.put(name) for name in names)

    def _number(self, reader: Reader, name: str) -> float | None:
        return (
            None
            if reader.get(name, None) is None
            else self._try(lambda: _number(reader.source[name], reader.name(name)))
        )

    def _shares(self, reader: Reader, bodies: tuple[int, ...]) -> dict[int, float] | None:
        given = reader.get("shares", None)
        if given is None:
            return None
        where = reader.name("shares")
        if not isinstance(given, dict):
            raise EngineError(where, f"expected an object, got {kind_of(given)}")
        shares: dict[int, float] = {}
        for name, share in given.items():
            if name not in self.found.bodies or self.found.bodies[name] not in bodies:
                raise EngineError(f"{where}.{name}", "is not a body of this fact")
            number = _number(share, f"{where}.{name}")
            if number < 0:
                raise EngineError(f"{where}.{name}", f"expected a share of 0 or more, got {share}")
            shares[self.found.bodies[name]] = number
        total = sum(map(exact, shares.values()), Fraction(0))
        if abs(total - 1) > NEAR:
            raise EngineError(where, f"expected shares that add up to 1, got {float(total)}")
        return shares

    def _breakdown(self, reader: Reader) -> dict[str, dict[str, float]]:
        given, where = reader.get("breakdown", None), reader.name("breakdown")
        if given is None:
            return {}
        if not isinstance(given, dict):
            raise EngineError(where, f"expected an object of dimensions, got {kind_of(given)}")
        for dimension, inside in given.items():
            if not isinstance(inside, dict):
                raise EngineError(f"{where}.{dimension}", f"expected an object of categories, got {kind_of(inside)}")
        return {
            dimension: {name: _number(number, f"{where}.{dimension}.{name}") for name, number in inside.items()}
            for dimension, inside in given.items()
        }

    def _members(self, reader: Reader) -> frozenset[int] | None:
        if reader.get("members", None) is None:
            return None
        names = reader.items("members")
        for k, name in enumerate(names):
            if isinstance(name, bool) or not isinstance(name, str | int):
                raise EngineError(f"{reader.name('members')}[{k}]", f"expected a text, got {kind_of(name)}")
        return frozenset(self.found.members.put(name) for name in names)


NUMBERS = ("value", "numerator", "denominator")


def _number(given: Any, where: str) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float) or not math.isfinite(given):
        raise EngineError(where, f"expected a number, got {kind_of(given)}")
    if abs(given) > LARGEST:
        raise EngineError(where, f"expected a number of at most 2^53 either way, got {given}"[:120])
    return float(given)
