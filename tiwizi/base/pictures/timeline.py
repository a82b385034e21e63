"""A timeline: weeks as columns, rows of bars, shaded spans, today as a line. Time runs with the reader's script.

By month it fits a page; by week it is a wider paper that scrolls.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils import formats, timezone
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

WIDTH = 1000
LABEL, LABEL_CHARS = 190, 27
WIDE_LABEL, WIDE_LABEL_CHARS = 250, 34
WEEK = 32  # a week's width on the wide paper, twice as much when there are few
FEW_WEEKS = 26
LANE = 20
GAP = 8
HEAD = 36
CHAR = 6.4  # width of a letter of the scale, at most on average


@dataclass(frozen=True)
class Bar:
    """One thing from a day to a day; `shared` things are drawn with a mark, `state` names their look.

    `agreed` are the two days inside it that were agreed on with others: drawn over it, as what is shared.
    """

    first: date
    last: date
    label: str
    href: str = ""
    kind: str = ""
    shared: bool = False
    state: str = ""
    agreed: tuple[date, date] | None = None

    @property
    def look(self) -> str:
        return "shared" if self.shared else self.state or "open"


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
    agreed: tuple[float, float] | None = None  # left edge and width


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
    """A mark of the scale, in two lines; both empty where there is no room."""

    x: float
    label: str
    under: str = ""


@dataclass(frozen=True)
class Drawing:
    width: int
    height: float
    wide: bool
    label_x: float
    label_chars: int
    plot_left: float
    plot_right: float
    bands: list[Band]
    ticks: list[Tick]
    shades: list[tuple[float, float, str]]
    today_x: float | None
    looks: set[str]  # of what is drawn, for the legend


@dataclass(frozen=True)
class Timeline:
    """`weeks` weeks from `start`; a scale of months, or of weeks on a wider paper when `step` is "week"."""

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

    @property
    def wide(self) -> bool:
        return self.step == "week"

    @property
    def label(self) -> int:
        return WIDE_LABEL if self.wide else LABEL

    @property
    def width(self) -> int:
        if not self.wide:
            return WIDTH
        return max(WIDTH, self.label + self.weeks * (2 * WEEK if self.weeks <= FEW_WEEKS else WEEK))

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
            width=self.width,
            height=y + 4,
            wide=self.wide,
            label_x=self.width - 2 if rtl else 2,
            label_chars=WIDE_LABEL_CHARS if self.wide else LABEL_CHARS,
            plot_left=0 if rtl else self.label,
            plot_right=self.width - self.label if rtl else self.width,
            bands=bands,
            ticks=self._ticks(),
            shades=[(*self._stretch(s.first, s.last), s.label) for s in self.shaded if self._shows(s.first, s.last)],
            today_x=self._x(today) if self.start <= today < self.end else None,
            looks={look for band in bands for box in band.boxes for look in _looks(box)},
        )

    def _shows(self, first: date, last: date) -> bool:
        return first < self.end and last >= self.start

    def _x(self, day: date) -> float:
        """A day's place; mirrored when the script runs from right to left."""
        part = ((day - self.start).days) / (7 * self.weeks)
        plot = self.width - self.label
        along = plot * min(max(part, 0.0), 1.0)
        return round(plot - along if get_language_bidi() else self.label + along, 1)

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
            agreed = self._stretch(*bar.agreed) if bar.agreed and self._shows(*bar.agreed) else None
            top, height = y + GAP / 2 + lane * self.lane, self.lane - min(3, self.lane // 4)
            boxes.append(Box(x, top, width, height, bar, agreed))
        return Band(y, max(max(len(lanes), 1) * self.lane, LANE) + GAP, row, boxes)

    def _ticks(self) -> list[Tick]:
        """The marks of the scale; a label that would run into the one before, or off the paper, is left out."""
        shown, taken = [], 0.0
        for day, label, under in self._weeks() if self.wide else self._months():
            part = (day - self.start).days / (7 * self.weeks)
            along, length = (self.width - self.label) * part, CHAR * max(len(label), len(under)) + 2
            fits = along >= taken and along + length <= self.width - self.label
            shown.append(Tick(self._x(day), label, under) if fits else Tick(self._x(day), ""))
            taken = along + length if fits else taken
        return shown

    def _weeks(self) -> list[tuple[date, str, str]]:
        """ISO weeks with their Monday, every second one when there are many."""
        days = [self.start + timedelta(weeks=w) for w in range(0, self.weeks, 1 if self.weeks <= FEW_WEEKS else 2)]
        return [(day, _("W%(number)s") % {"number": day.isocalendar().week}, _short(day, "j N")) for day in days]

    def _months(self) -> list[tuple[date, str, str]]:
        """Months, with the year under the first one and under each January."""
        days, day = [], self.start.replace(day=1)
        while day < self.end:
            days.append(max(day, self.start))
            day = (day.replace(day=28) + timedelta(days=7)).replace(day=1)
        return [(d, _short(d, "N"), str(d.year) if d.month == 1 or d == self.start else "") for d in days]


def _short(day: date, form: str) -> str:
    """The format N tells June from July in every language; M does not in French."""
    return formats.date_format(day, form)


def _looks(box: Box) -> list[str]:
    return [box.bar.look, "shared"] if box.agreed else [box.bar.look]
