"""A figure on its way: a bar from where it began to where it is, with the target; and its periods as a small line.

Both read from where the reader's script begins.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import get_language_bidi

WIDTH, HEIGHT = 240, 34
MARGIN = 6
BAR_Y, BAR_HEIGHT = 10, 14
LEAST = 2  # a bar that is not nothing is seen

Number = Decimal | None


@dataclass(frozen=True)
class Stretch:
    """A piece of a bar: left edge and width."""

    x: float
    width: float


@dataclass(frozen=True)
class ProgressDrawing:
    width: int
    height: int
    bar_y: int
    bar_height: int
    track: Stretch
    own: Stretch | None
    others: Stretch | None
    whole: Stretch | None
    baseline_x: float | None
    target_x: float | None


@dataclass(frozen=True)
class Progress:
    """Where a figure began, where it is, where it shall be. `own`: the part that is the body's own; None: not told
    apart. `label`: the same in words."""

    actual: Number
    target: Number = None
    baseline: Number = None
    own: Number = None
    label: str = ""

    def drawing(self) -> ProgressDrawing | None:
        """The geometry, or None when there is neither a figure nor a target to draw."""
        known = [float(one) for one in (self.actual, self.target, self.baseline) if one is not None]
        if self.actual is None and self.target is None:
            return None
        low, high = min(0.0, *known), max(0.0, *known)
        scale = _Scale(low, high if high > low else low + 1, get_language_bidi())
        own, others, whole = self._pieces(scale)
        return ProgressDrawing(
            WIDTH,
            HEIGHT,
            BAR_Y,
            BAR_HEIGHT,
            scale.stretch(low, high if high > low else low + 1),
            own,
            others,
            whole,
            None if self.baseline is None else scale.x(float(self.baseline)),
            None if self.target is None else scale.x(float(self.target)),
        )

    def _pieces(self, scale: "_Scale") -> tuple[Stretch | None, Stretch | None, Stretch | None]:
        """The own part first, what is others' after it; or all of it one piece when nothing is told apart."""
        if not self.actual:
            return None, None, None
        actual = float(self.actual)
        if self.own is None or actual < 0:
            return None, None, scale.stretch(0, actual)
        own = min(max(float(self.own), 0), actual)
        return (
            scale.stretch(0, own) if own > 0 else None,
            scale.stretch(own, actual) if own < actual else None,
            None,
        )


@dataclass(frozen=True)
class _Scale:
    low: float
    high: float
    right_to_left: bool

    def x(self, value: float) -> float:
        along = (WIDTH - 2 * MARGIN) * (value - self.low) / (self.high - self.low)
        return round(WIDTH - MARGIN - along if self.right_to_left else MARGIN + along, 1)

    def stretch(self, first: float, last: float) -> Stretch:
        one, other = sorted((self.x(first), self.x(last)))
        return Stretch(one, max(LEAST, round(other - one, 1)))


SPARK_WIDTH, SPARK_HEIGHT = 150, 34
SPARK_X, SPARK_Y = 7, 6


@dataclass(frozen=True)
class SparkDrawing:
    width: int
    height: int
    lines: list[str]
    dots: list[tuple[float, float]]
    gaps: list[tuple[float, float]]  # periods that are over and said nothing


@dataclass(frozen=True)
class Moment:
    """One period: its figure, and whether one was due."""

    value: Number
    due: bool = False


@dataclass(frozen=True)
class Spark:
    """The figures of periods in order of time. Where nothing was told, the line is broken."""

    moments: Sequence[Moment]
    label: str = ""

    def drawing(self) -> SparkDrawing | None:
        """The geometry, or None when fewer than two periods have a figure: one point says no more than its number."""
        values = [float(one.value) for one in self.moments if one.value is not None]
        if len(values) < 2:
            return None
        low, high, places = min(0.0, *values), max(values), self._places()
        spots: list[tuple[float, float] | None] = [
            None if one.value is None else (x, _y(float(one.value), low, high))
            for x, one in zip(places, self.moments, strict=True)
        ]
        gaps = [
            (x, float(SPARK_HEIGHT - SPARK_Y))
            for x, one in zip(places, self.moments, strict=True)
            if one.value is None and one.due
        ]
        return SparkDrawing(SPARK_WIDTH, SPARK_HEIGHT, _runs(spots), [one for one in spots if one], gaps)

    def _places(self) -> list[float]:
        """Where each period stands, from where the reader's script begins."""
        right_to_left, step = get_language_bidi(), (SPARK_WIDTH - 2 * SPARK_X) / max(1, len(self.moments) - 1)
        along = [SPARK_X + step * k for k in range(len(self.moments))]
        return [round(SPARK_WIDTH - one if right_to_left else one, 1) for one in along]


def _y(value: float, low: float, high: float) -> float:
    return round(SPARK_HEIGHT - SPARK_Y - (SPARK_HEIGHT - 2 * SPARK_Y) * (value - low) / ((high - low) or 1), 1)


def _runs(spots: Sequence[tuple[float, float] | None]) -> list[str]:
    """The stretches without a gap, as points of lines; a lone point has its dot."""
    found, run = [], []
    for spot in [*spots, None]:
        if spot is not None:
            run.append(f"{spot[0]:g},{spot[1]:g}")
            continue
        if len(run) > 1:
            found.append(" ".join(run))
        run = []
    return found
