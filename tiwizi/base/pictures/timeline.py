"""A timeline: weeks as columns, rows of bars, shaded spans, today as a line. Time runs with the reader's script."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils import formats, timezone
from django.utils.translation import get_language_bidi

WIDTH = 1000
LABEL = 190
LANE = 20
GAP = 8
HEAD = 30


@dataclass(frozen=True)
class Bar:
    """One thing from a day to a day; `shared` things are drawn with a mark, `state` names their look."""

    first: date
    last: date
    label: str
    href: str = ""
    kind: str = ""
    shared: bool = False
    state: str = ""


@dataclass(frozen=True)
class Row:
    label: str
    href: str = ""
    bars: list[Bar] = field(default_factory=list)


@dataclass(frozen=True)
class Span:
    """A shaded time (holidays), with its name."""

    first: date
    last: date
    label: str


@dataclass(frozen=True)
class Box:
    """A bar on the paper."""

    x: float
    y: float
    width: float
    height: float
    bar: Bar
    text: str

    @property
    def text_x(self) -> float:
        return self.x + 4

    @property
    def text_y(self) -> float:
        return self.y + self.height - 5


@dataclass(frozen=True)
class Band:
    """A row on the paper with its boxes."""

    y: float
    height: float
    row: Row
    boxes: list[Box]

    @property
    def text_y(self) -> float:
        return self.y + 15


@dataclass(frozen=True)
class Tick:
    x: float
    label: str


@dataclass(frozen=True)
class Drawing:
    width: int
    height: float
    label_x: float
    label_anchor: str
    plot_left: float
    plot_right: float
    bands: list[Band]
    ticks: list[Tick]
    shades: list[tuple[float, float, str]]
    today_x: float | None


@dataclass(frozen=True)
class Timeline:
    """`weeks` weeks from `start`; labels every month, or every fourth week when `step` is "week"."""

    start: date
    weeks: int
    rows: list[Row]
    shaded: list[Span] = field(default_factory=list)
    step: str = "month"
    title: str = ""
    lane: int = LANE  # height of a bar with its gap; less when there are many

    @property
    def end(self) -> date:
        return self.start + timedelta(weeks=self.weeks)

    def drawing(self) -> Drawing | None:
        """The geometry, or None when there is nothing to draw."""
        if not self.rows or self.weeks < 1:
            return None
        bands, y = [], float(HEAD)
        for row in self.rows:
            band = self._band(row, y)
            bands.append(band)
            y += band.height
        rtl = get_language_bidi()
        today = timezone.localdate()
        return Drawing(
            width=WIDTH,
            height=y + 4,
            label_x=WIDTH - 2 if rtl else 2,
            label_anchor="start",
            plot_left=0 if rtl else LABEL,
            plot_right=WIDTH - LABEL if rtl else WIDTH,
            bands=bands,
            ticks=self._ticks(),
            shades=[(*self._stretch(s.first, s.last), s.label) for s in self.shaded if self._shows(s.first, s.last)],
            today_x=self._x(today) if self.start <= today < self.end else None,
        )

    def _shows(self, first: date, last: date) -> bool:
        return first < self.end and last >= self.start

    def _x(self, day: date) -> float:
        """A day's place; mirrored when the script runs from right to left."""
        part = ((day - self.start).days) / (7 * self.weeks)
        along = (WIDTH - LABEL) * min(max(part, 0.0), 1.0)
        return round(WIDTH - LABEL - along if get_language_bidi() else LABEL + along, 1)

    def _stretch(self, first: date, last: date) -> tuple[float, float]:
        """Left edge and width of a span, both days included."""
        a, b = self._x(first), self._x(last + timedelta(days=1))
        return min(a, b), max(round(abs(b - a), 1), 3.0)

    def _band(self, row: Row, y: float) -> Band:
        lanes: list[date] = []  # the last day taken in each lane
        boxes = []
        for bar in sorted(row.bars, key=lambda b: (b.first, b.last)):
            if not self._shows(bar.first, bar.last):
                continue
            lane = next((i for i, last in enumerate(lanes) if last < bar.first), len(lanes))
            lanes[lane:] = [bar.last, *lanes[lane + 1 :]]
            x, width = self._stretch(bar.first, bar.last)
            text = bar.label if len(bar.label) * 6.2 < width else bar.label[: max(0, int(width / 6.2) - 1)]
            cut = f"{text.rstrip()}…" if text != bar.label and len(text) > 3 else text
            shown = cut if len(cut) > 3 or cut == bar.label else ""
            boxes.append(Box(x, y + GAP / 2 + lane * self.lane, width, self.lane - min(3, self.lane // 4), bar, shown))
        return Band(y, max(max(len(lanes), 1) * self.lane, LANE) + GAP, row, boxes)

    def _ticks(self) -> list[Tick]:
        if self.step == "week":
            days = [self.start + timedelta(weeks=w) for w in range(0, self.weeks, max(1, self.weeks // 18))]
            return [Tick(self._x(day), formats.date_format(day, "j M")) for day in days]
        days, day = [], self.start.replace(day=1)
        while day < self.end:
            days.append(max(day, self.start))
            day = (day.replace(day=28) + timedelta(days=7)).replace(day=1)
        form = "M y" if self.weeks > 60 else "F Y"
        return [
            Tick(self._x(d), formats.date_format(d, form if d.month == 1 or d == self.start else "M")) for d in days
        ]
