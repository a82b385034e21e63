"""A map of points: an equirectangular view fitted to them, light enough for a weak line."""

import json
import math
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from django.conf import settings

WIDTH = 640
MARGIN = 46
FOOT = 20  # room for the scale, below every label
MIN_SPAN_KM = 60.0
KM_PER_DEGREE = 111.2
OUTLINES = Path(__file__).parent / "countries.json"


@dataclass(frozen=True)
class Point:
    """A place in WGS84 degrees; `size` is relative to the others'; an approximate point is drawn hollow."""

    lat: float
    lon: float
    label: str
    size: float = 1.0
    href: str = ""
    note: str = ""
    approximate: bool = False
    kind: str = ""


@dataclass(frozen=True)
class Line:
    """A tie between two points of the map, by their positions in its list."""

    start: int
    end: int
    label: str = ""


@dataclass(frozen=True)
class Dot:
    """A point on the paper."""

    x: float
    y: float
    r: float
    point: Point
    label_x: float = 0.0
    label_y: float = 0.0
    anchor: str = "start"
    ring: bool = False
    labelled: bool = True


@dataclass(frozen=True)
class Drawing:
    """What the template writes: coordinates on a paper of `width` × `height`."""

    width: int
    height: int
    dots: list[Dot]
    ties: list[tuple[float, float, float, float]]
    land: list[str]
    scale_km: int
    scale_width: float


@dataclass(frozen=True)
class Map:
    """Points, ties between them, and rings (shared events) around some."""

    points: list[Point]
    lines: list[Line] = field(default_factory=list)
    rings: list[int] = field(default_factory=list)
    title: str = ""
    width: int = WIDTH  # of the paper; less beside a text, so that labels stay readable

    @property
    def has_approximate(self) -> bool:
        return any(point.approximate for point in self.points)

    @property
    def has_links(self) -> bool:
        """An image hides the links inside it from screen readers; a group does not."""
        return any(point.href for point in self.points)

    def drawing(self) -> Drawing | None:
        """The geometry, or None when there is no point."""
        if not self.points:
            return None
        view = _View.fitted(self.points, self.width)
        return Drawing(
            width=self.width,
            height=view.height + FOOT,
            dots=self._dots(view),
            ties=[(*view.place(self.points[t.start]), *view.place(self.points[t.end])) for t in self.lines],
            land=view.land() if settings.MAP_OUTLINES == "countries" else [],
            scale_km=view.scale_km,
            scale_width=round(view.scale_km * view.per_km, 1),
        )

    def _dots(self, view: "_View") -> list[Dot]:
        most = max(point.size for point in self.points) or 1.0
        spread = 6.0 if len({point.size for point in self.points}) > 1 else 0.0
        bare = [(*view.place(p), 6 + spread * math.sqrt(max(p.size, 0) / most), p) for p in self.points]
        taken: list[tuple[float, float, float, float]] = [(x - r, y - r, x + r, y + r) for x, y, r, _ in bare]
        dots: dict[int, Dot] = {}
        for index in sorted(range(len(bare)), key=lambda i: -bare[i][2]):
            x, y, r, point = bare[index]
            spot = _label_spot(x, y, r, point.label, taken, view)
            if spot:
                taken.append(spot[3])
            lx, ly, anchor = spot[:3] if spot else (0.0, 0.0, "start")
            dots[index] = Dot(x, y, round(r, 1), point, lx, ly, anchor, index in self.rings, spot is not None)
        return [dots[index] for index in range(len(bare))]


def _label_spot(
    x: float, y: float, r: float, label: str, taken: list[tuple[float, float, float, float]], view: "_View"
) -> tuple[float, float, str, tuple[float, float, float, float]] | None:
    """The first place around a dot where its label covers nothing; None when there is none (the list has it)."""
    w, h = 7.4 * len(label), 15.0
    spots = [
        (x + r + 4, y + 4.5, "start"),
        (x - r - 4, y + 4.5, "end"),
        (x, y - r - 8, "middle"),
        (x, y + r + 17, "middle"),
    ]
    for lx, ly, anchor in spots:
        left = {"start": lx, "end": lx - w, "middle": lx - w / 2}[anchor]
        box = (left, ly - h, left + w, ly + 3)
        inside = box[0] >= 0 and box[2] <= view.width and box[1] >= 0 and box[3] <= view.height
        if inside and not any(_overlap(box, other) for other in taken):
            return round(lx, 1), round(ly, 1), anchor, box
    return None


def _overlap(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


@dataclass(frozen=True)
class _View:
    """A window on the earth: west and north edges, pixels per kilometre."""

    west: float
    north: float
    per_km: float
    width: int
    height: int
    cos: float

    @classmethod
    def fitted(cls, points: list[Point], width: int) -> "_View":
        lats, lons = [p.lat for p in points], [p.lon for p in points]
        cos = math.cos(math.radians((min(lats) + max(lats)) / 2))
        wide = max((max(lons) - min(lons)) * KM_PER_DEGREE * cos, MIN_SPAN_KM)
        tall = max((max(lats) - min(lats)) * KM_PER_DEGREE, MIN_SPAN_KM * 0.5)
        per_km = min((width - 2 * MARGIN) / wide, 520 / tall)
        height = round(tall * per_km + 2 * MARGIN)
        west = (min(lons) + max(lons)) / 2 - width / 2 / per_km / KM_PER_DEGREE / cos
        north = (min(lats) + max(lats)) / 2 + height / 2 / per_km / KM_PER_DEGREE
        return cls(west, north, per_km, width, height, cos)

    def xy(self, lat: float, lon: float) -> tuple[float, float]:
        x = (lon - self.west) * KM_PER_DEGREE * self.cos * self.per_km
        return round(x, 1), round((self.north - lat) * KM_PER_DEGREE * self.per_km, 1)

    def place(self, point: Point) -> tuple[float, float]:
        return self.xy(point.lat, point.lon)

    @property
    def scale_km(self) -> int:
        """The roundest length that takes about a sixth of the width."""
        room = self.width / 5 / self.per_km
        steps = [k * 10**e for e in range(5) for k in (1, 2, 5)]
        return max(step for step in steps if step <= room or step == 1)

    def land(self) -> list[str]:
        """Outlines as SVG paths; those wholly outside the window are left out."""
        paths = []
        for ring in _rings():
            spots = [self.xy(lat, lon) for lon, lat in ring]
            xs, ys = [s[0] for s in spots], [s[1] for s in spots]
            if max(xs) < 0 or min(xs) > self.width or max(ys) < 0 or min(ys) > self.height:
                continue
            paths.append("M" + "L".join(f"{_near(x, self.width)} {_near(y, self.height)}" for x, y in spots) + "Z")
        return paths


def _near(value: float, edge: float) -> float:
    """Coordinates far outside the paper are pulled near it: the same picture in fewer characters."""
    return round(min(max(value, -4 * edge), 5 * edge), 1)


@lru_cache
def _rings() -> list[list[tuple[float, float]]]:
    return [[(lon, lat) for lon, lat in ring] for ring in json.loads(OUTLINES.read_text())["rings"]]
