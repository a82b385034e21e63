"""Exchanges of experience: requests, offers, who may go to whom, what comes out. `match` finds, `check` proves."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from tiwizi_engine.errors import EngineError
from tiwizi_engine.matching.facts import Facts, Id

MOST = 1_000_000  # of a capacity, of visits, of a priority: sums of them stay exact
UNLIKE_KM = 100  # two subjects with nothing in common weigh as much as so many kilometres


@dataclass(frozen=True, kw_only=True)
class _Side(Facts):
    """A partnership, what it is about (a kind, a title or both), where; languages that its people speak."""

    partner: Id
    declines: AbstractSet[Id] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.kind is None and self.title is None:
            raise self.fault("kind", "expected a kind or a title")
        if self.x is None:
            raise self.fault("x", "is missing")
        if not self.languages:
            raise self.fault("languages", "expected at least one")

    def _within(self, name: str, least: int) -> None:
        value = getattr(self, name)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= MOST:
            raise self.fault(name, f"expected a whole number from {least} to {MOST}, got {value!r}")


@dataclass(frozen=True, kw_only=True)
class Request(_Side):
    """Experience sought: so many `visits`, from one offer or several. `declines`: offers it does not want.

    `priority` weighs each visit, from 0 on.
    """

    visits: int = 1
    priority: int = 1

    def __post_init__(self) -> None:
        super().__post_init__()
        self._within("visits", 1)
        self._within("priority", 0)


@dataclass(frozen=True, kw_only=True)
class Offer(_Side):
    """Experience given: at most `capacity` visits. `declines`: requests that it does not want."""

    capacity: int = 1

    def __post_init__(self) -> None:
        super().__post_init__()
        self._within("capacity", 0)


@dataclass(frozen=True)
class Limits:
    """Who may go to whom. `km` by road (`None`: any); `alike`: titles at least so alike where kinds differ.

    `weeks`: at least so many in common, when both say when.
    """

    km: float | None = None
    alike: float = 0.5
    weeks: int = 1

    def __post_init__(self) -> None:
        if self.km is not None and not self.km >= 0:
            raise EngineError("limits.km", f"expected 0 kilometres or more, got {self.km}")
        if not 0 < self.alike <= 1:
            raise EngineError("limits.alike", f"expected a number above 0 and up to 1, got {self.alike}")
        if self.weeks < 1:
            raise EngineError("limits.weeks", f"expected at least 1, got {self.weeks}")


@dataclass(frozen=True)
class Pair:
    """So many visits of an offer for a request, at a `cost` each, and why they fit.

    `likeness` of the titles; 1 where the kind is the same. `weeks` in common, `None` when one does not say when.
    """

    request: Id
    offer: Id
    visits: int
    cost: int
    same_kind: bool
    likeness: float
    km: float
    weeks: int | None
    languages: tuple[str, ...]


# Why an offer does not serve a request, in the order in which it is asked.
WHY = ("topic", "own", "language", "weeks", "distance", "declined", "full")


@dataclass(frozen=True)
class Unserved:
    """A request that lacks `visits`. `why`: the question at which the last of the offers fell out.

    `topic` (nobody offers it), `own` (only its own partnership does), `language`, `weeks`, `distance`, `declined` (by
    one or the other), `full` (those that fit are taken by others). `count` offers had come as far as this; `offers`
    names the first of them, the nearest first.
    """

    request: Id
    visits: int
    why: str
    count: int
    offers: tuple[Id, ...]


@dataclass(frozen=True)
class Matching:
    """Pairs and what is left, in the order of the requests; visits in all, their priorities and their cost added."""

    pairs: tuple[Pair, ...]
    unserved: tuple[Unserved, ...]
    visits: int
    value: int
    cost: int


def pair_cost(km: float, likeness: float) -> int:
    """What a visit costs: kilometres, and what the subjects lack in likeness as if it were kilometres; whole."""
    return round(km + UNLIKE_KM * (1 - likeness))
