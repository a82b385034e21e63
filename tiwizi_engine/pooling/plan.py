"""A plan: what is done alone and when, the shared events, and what no plan can beat."""

from dataclasses import dataclass, replace
from typing import Any

from tiwizi_engine import VERSION
from tiwizi_engine.errors import EngineError
from tiwizi_engine.money import to_cents, to_units
from tiwizi_engine.pooling.problem import Event
from tiwizi_engine.reading import Reader


@dataclass(frozen=True)
class Bound:
    """What no plan can beat, proven; `cost` in cents, None until value is proven."""

    mandatory_missed: int
    value: int
    cost: int | None


@dataclass(frozen=True)
class Order:
    """A purchase that several make together in a budget period: `volume` names it, `buyers` are interventions."""

    volume: int
    period: int
    buyers: tuple[int, ...]

    @classmethod
    def from_dict(cls, row: Any, where: str, lenient: bool = False) -> "Order":
        read = Reader(row, where, lenient)
        order = cls(read.integer("volume"), read.integer("period"), tuple(read.integers("buyers")))
        read.done()
        return order


@dataclass(frozen=True)
class Plan:
    """`alone`: (intervention, week) pairs; `events`: shared ones; `value` as the solver counted it.

    `reused`: (intervention, what it reuses, budget period); `orders`: purchases made together.
    """

    alone: tuple[tuple[int, int], ...]
    events: tuple[Event, ...]
    bound: Bound
    value: int
    seed: int = 1
    seconds: float = 0.0
    version: str = VERSION
    reused: tuple[tuple[int, int, int], ...] = ()
    orders: tuple[Order, ...] = ()

    @property
    def gap(self) -> float:
        """How far from the best possible value, as a share of this plan's."""
        return (self.bound.value - self.value) / max(1, self.value)

    @property
    def proven(self) -> bool:
        return self.bound.value == self.value

    def with_events(self, events: tuple[Event, ...]) -> "Plan":
        return replace(self, events=events)

    @classmethod
    def from_dict(cls, source: Any, lenient: bool = False) -> "Plan":
        read = Reader(source, "", lenient)
        bound = Reader(read.get("bound"), "bound", lenient)
        cost = bound.get("cost", None)
        alone = [(i, week) for i, week in _numbers("alone", read.items("alone"), 2)]
        reused = [(i, what, period) for i, what, period in _numbers("reused", read.items("reused", []), 3)]
        orders = tuple(Order.from_dict(o, f"orders[{k}]", lenient) for k, o in enumerate(read.items("orders", [])))
        events = tuple(Event.from_dict(e, f"events[{k}]", lenient) for k, e in enumerate(read.items("events")))
        top = Bound(
            bound.integer("mandatory_missed"),
            bound.integer("value"),
            None if cost is None else to_cents(cost, "bound.cost"),
        )
        gap = read.number("gap")
        plan = cls(
            tuple(alone),
            events,
            top,
            0,
            read.integer("seed", 1),
            read.number("seconds"),
            str(read.get("version", VERSION)),
            tuple(reused),
            orders,
        )
        read.done()
        return replace(plan, value=_value_from_gap(top.value, gap))

    def to_dict(self) -> dict[str, Any]:
        """The format; `reused` and `orders` only where there are some."""
        cost = None if self.bound.cost is None else to_units(self.bound.cost)
        more: dict[str, Any] = {"reused": [list(one) for one in self.reused]} if self.reused else {}
        if self.orders:
            more["orders"] = [vars(order) | {"buyers": list(order.buyers)} for order in self.orders]
        return {
            "alone": [list(pair) for pair in self.alone],
            "events": [event.to_dict() for event in self.events],
            **more,
            "bound": {"mandatory_missed": self.bound.mandatory_missed, "value": self.bound.value, "cost": cost},
            "gap": self.gap,
            "seconds": round(self.seconds, 3),
            "seed": self.seed,
            "version": self.version,
        }


def _numbers(name: str, source: list[Any], size: int) -> list[list[int]]:
    """Rows of so many whole numbers."""
    rows = [Reader({"numbers": row}, f"{name}[{k}]").integers("numbers") for k, row in enumerate(source)]
    for k, row in enumerate(rows):
        if len(row) != size:
            raise EngineError(f"{name}[{k}]", f"expected {size} numbers, got {len(row)}")
    return rows


def _value_from_gap(bound: int, gap: float) -> int:
    """The value behind a written gap: gap = (bound - value) / max(1, value)."""
    return round(bound / (1 + gap)) if bound >= 1 + gap else 0
