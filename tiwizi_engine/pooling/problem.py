"""The pooling problem: frozen data that refuse bad values at birth. Format: `docs/formats/pooling.md`.

Money is kept in whole cents, except the tariffs of kinds, which the format counts in whole units.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from tiwizi_engine.errors import EngineError
from tiwizi_engine.money import to_cents, to_units
from tiwizi_engine.reading import Reader


@dataclass(frozen=True)
class Meta:
    """Horizon and general rules. `min_saving` in cents: the least an event must save to be worth it."""

    weeks: int
    period_weeks: int
    periods: int
    max_members: int
    min_members: int = 2
    min_saving: int = 0
    seed: int | None = None
    n: int | None = None
    version: int = 1

    def __post_init__(self) -> None:
        for name in ("weeks", "period_weeks", "periods", "max_members", "min_members"):
            if getattr(self, name) < 1:
                raise EngineError(f"meta.{name}", f"expected at least 1, got {getattr(self, name)}")
        if self.periods * self.period_weeks < self.weeks:
            raise EngineError(
                "meta.periods", f"{self.periods} periods of {self.period_weeks} weeks do not cover {self.weeks}"
            )


@dataclass(frozen=True)
class Commune:
    """A possible host: kilometres on a plane, seats, percent of the fixed cost, weeks when it cannot."""

    x: float
    y: float
    region: int
    venue: int
    host_factor: int
    blocked: frozenset[int]
    hosts: bool


@dataclass(frozen=True)
class Partnership:
    """Who pays: budget and caps of each period in cents; whom it will not pool with."""

    commune: int
    region: int
    language: str
    budget: int
    period_cap: tuple[int, ...]
    no_pool: frozenset[int]


@dataclass(frozen=True)
class Kind:
    """A tariff in whole units: once an event, for each participant, for each participant and 100 km."""

    fixed: int
    per_head: int
    min_pool: int
    max_pool: int
    rate: int
    radius: int | None = None


@dataclass(frozen=True)
class Intervention:
    """What a partnership wants to do: `cost` alone in cents, a window of weeks (both included)."""

    partnership: int
    kind: int
    languages: tuple[str, ...]
    target: str
    n: int
    cost: int
    value: int
    start: int
    end: int
    mandatory: bool
    alone_ok: bool
    hosts: tuple[int, ...]
    pin_host: int | None = None
    prefer: frozenset[int] = frozenset()
    bonus: int = 0
    home: int | None = None
    pin_week: int | None = None
    poolable: bool = True
    direct_at: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Event:
    """A shared event: host commune, week, language, members and their shares in cents (in the members' order)."""

    host: int
    week: int
    language: str
    members: tuple[int, ...]
    shares: tuple[int, ...]

    @classmethod
    def from_dict(cls, row: Any, where: str, lenient: bool = False) -> "Event":
        read = Reader(row, where, lenient)
        event = cls(
            read.integer("host"),
            read.integer("week"),
            read.text("language"),
            tuple(read.integers("members")),
            tuple(to_cents(s, f"{where}.shares") for s in read.items("shares")),
        )
        read.done()
        if len(event.members) != len(event.shares):
            raise EngineError(
                f"{where}.shares", f"expected {len(event.members)} shares, one a member, got {len(event.shares)}"
            )
        return event

    def to_dict(self) -> dict[str, Any]:
        return {
            "host": self.host,
            "week": self.week,
            "language": self.language,
            "members": list(self.members),
            "shares": [to_units(s) for s in self.shares],
        }


@dataclass(frozen=True)
class Refused:
    """No event may hold this intervention together with all of these."""

    intervention: int
    members: frozenset[int]


@dataclass(frozen=True)
class MustJoin:
    """This intervention is shared only together with all of these."""

    intervention: int
    members: frozenset[int]


@dataclass(frozen=True)
class Reuse:
    """Something that exists: what it costs each user to adapt it, in cents, by intervention. No place, no week."""

    users: Mapping[int, int]


@dataclass(frozen=True)
class Volume:
    """A purchase whose unit price falls with quantity.

    `prices`: (least units, price of every unit in cents), quantities growing and prices falling. `buyers`: units that
    an intervention needs.
    """

    prices: tuple[tuple[int, int], ...]
    buyers: Mapping[int, int]

    def price(self, units: int) -> int | None:
        """Of each of so many units, in cents; None below the least order."""
        reached = [price for least, price in self.prices if least <= units]
        return reached[-1] if reached else None


@dataclass(frozen=True)
class Stability:
    """What it is worth, in cents, to keep each of these events of an earlier plan: members, host and week."""

    worth: int
    events: tuple[Event, ...]


@dataclass(frozen=True)
class Problem:
    """The whole problem. Build it with `from_dict`, which names the field that does not fit."""

    meta: Meta
    communes: tuple[Commune, ...]
    partnerships: tuple[Partnership, ...]
    kinds: tuple[Kind, ...]
    interventions: tuple[Intervention, ...]
    agreed: tuple[Event, ...] = ()
    refused: tuple[Refused, ...] = ()
    must_join: tuple[MustJoin, ...] = ()
    reuse: tuple[Reuse, ...] = ()
    volume: tuple[Volume, ...] = ()
    stability: Stability | None = None

    @classmethod
    def from_dict(cls, source: Any, lenient: bool = False) -> "Problem":
        """Read the format. Raises `EngineError` naming the field; unknown fields too, unless `lenient`."""
        from tiwizi_engine.pooling.reading import read_problem

        return read_problem(source, lenient)

    def to_dict(self) -> dict[str, Any]:
        """The format again; `from_dict` of it is equal to this problem."""
        from tiwizi_engine.pooling.reading import write_problem

        return write_problem(self)

    @cached_property
    def kept(self) -> Mapping[tuple[frozenset[int], int, int], int]:
        """What it is worth to have an event again, in cents, by members, host and week."""
        if self.stability is None:
            return {}
        return {(frozenset(e.members), e.host, e.week): self.stability.worth for e in self.stability.events}

    @cached_property
    def free(self) -> tuple[int, ...]:
        """Interventions that no agreed event holds."""
        taken = {i for event in self.agreed for i in event.members}
        return tuple(i for i in range(len(self.interventions)) if i not in taken)

    @cached_property
    def is_free(self) -> frozenset[int]:
        """The same, for asking one by one."""
        return frozenset(self.free)
