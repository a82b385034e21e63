"""Two curves over money: what is done together, what is done alone, with the present amount marked."""

from dataclasses import dataclass, field

from django.utils.translation import get_language_bidi

WIDTH, HEIGHT = 640, 260
LEFT, RIGHT, TOP, FOOT = 48, 44, 14, 34


@dataclass(frozen=True)
class Step:
    """At this much money (cents), what is done together and what alone, in the same unit."""

    money: int
    together: float
    alone: float


@dataclass(frozen=True)
class Tick:
    x: float
    cents: int


@dataclass(frozen=True)
class Drawing:
    """Coordinates on a paper of `width` x `height`."""

    width: int
    height: int
    together: str
    alone: str
    between: str
    ticks: list[Tick]
    heights: list[tuple[float, int]]
    now_x: float | None
    base_y: float


@dataclass(frozen=True)
class Curve:
    """Steps by growing money; `now`: the money that there is (cents); `most`: what all of it would come to."""

    steps: list[Step]
    now: int
    most: float
    title: str = ""
    names: tuple[str, str] = field(default=("", ""))

    def drawing(self) -> Drawing | None:
        """The geometry, or None with fewer than two steps: one point is no curve."""
        if len(self.steps) < 2:
            return None
        together = [(self._x(s.money), self._y(s.together)) for s in self.steps]
        alone = [(self._x(s.money), self._y(s.alone)) for s in self.steps]
        inside = self.steps[0].money <= self.now <= self.steps[-1].money
        return Drawing(
            width=WIDTH,
            height=HEIGHT,
            together=_path(together),
            alone=_path(alone),
            between=_path([*together, *reversed(alone)]),
            ticks=[Tick(self._x(s.money), s.money) for s in self.steps[:: max(1, len(self.steps) // 4)]],
            heights=[(self._y(self.most * k / 4), round(self.most * k / 4)) for k in range(5)],
            now_x=self._x(self.now) if inside else None,
            base_y=float(HEIGHT - FOOT),
        )

    def _x(self, money: int) -> float:
        first, last = self.steps[0].money, self.steps[-1].money
        along = (WIDTH - LEFT - RIGHT) * (money - first) / max(1, last - first)
        return round(WIDTH - LEFT - along if get_language_bidi() else LEFT + along, 1)

    def _y(self, value: float) -> float:
        return round(HEIGHT - FOOT - (HEIGHT - FOOT - TOP) * value / max(1.0, self.most), 1)


def _path(points: list[tuple[float, float]]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in points)
