"""Bodies inside bodies, as columns of boxes from the widest to the smallest, with a line for each tie.

A body that belongs to several wider ones has several lines: the structure is a graph, and this is how it is read.
"""

from dataclasses import dataclass, field

from django.utils.translation import get_language_bidi

BOX_WIDTH, BOX_HEIGHT, GAP_X, GAP_Y, MARGIN = 196, 40, 44, 8, 6
LONGEST = 26  # characters of a name inside a box


@dataclass(frozen=True)
class Box:
    """One body: its key, name, a short hint (its kind, how many are below), the same in words for who points at it,
    where it leads; `here` is the page's own."""

    key: object
    label: str
    hint: str = ""
    told: str = ""
    href: str = ""
    here: bool = False
    closed: bool = False


@dataclass(frozen=True)
class Placed:
    """A box on paper; `text` is the name as far as it fits."""

    box: Box
    x: float
    y: float
    text: str
    text_x: float


@dataclass(frozen=True)
class Drawing:
    """Boxes and the paths between them on a paper of `width` x `height`."""

    width: float
    height: float
    boxes: list[Placed]
    ties: list[str]
    anchor: str


@dataclass(frozen=True)
class Levels:
    """Columns of boxes, the widest bodies first, and ties as (key of the part, key of the whole)."""

    columns: list[list[Box]]
    ties: list[tuple[object, object]] = field(default_factory=list)
    title: str = ""

    def drawing(self) -> Drawing:
        """The geometry; read from the right in Arabic. Boxes of a column stand near those that they belong to."""
        columns = self._ordered()
        tallest = max(map(len, columns), default=0)
        height = 2 * MARGIN + tallest * (BOX_HEIGHT + GAP_Y) - GAP_Y
        width = 2 * MARGIN + len(columns) * (BOX_WIDTH + GAP_X) - GAP_X
        mirrored = get_language_bidi()
        places: dict[object, Placed] = {}
        for k, column in enumerate(columns):
            x = MARGIN + k * (BOX_WIDTH + GAP_X)
            x = width - x - BOX_WIDTH if mirrored else x
            top = (height - len(column) * (BOX_HEIGHT + GAP_Y) + GAP_Y) / 2
            for row, box in enumerate(column):
                text = box.label if len(box.label) <= LONGEST else box.label[: LONGEST - 1].rstrip() + "…"
                text_x = x + BOX_WIDTH - 10 if mirrored else x + 10
                places[box.key] = Placed(box, x, top + row * (BOX_HEIGHT + GAP_Y), text, text_x)
        ties = [_path(places[whole], places[part]) for part, whole in self.ties if {part, whole} <= set(places)]
        return Drawing(width, height, list(places.values()), ties, "end" if mirrored else "start")

    def _ordered(self) -> list[list[Box]]:
        """Each column by the mean place of what its boxes belong to, so that lines cross little."""
        found: list[list[Box]] = []
        place: dict[object, float] = {}
        for column in self.columns:
            near = {box.key: self._near(box.key, place) for box in column}
            ordered = sorted(column, key=lambda box: near[box.key])
            place |= {box.key: row / len(ordered) for row, box in enumerate(ordered)}
            found.append(ordered)
        return found

    def _near(self, key: object, place: dict[object, float]) -> float:
        above = [place[whole] for part, whole in self.ties if part == key and whole in place]
        return sum(above) / len(above) if above else 0.0


def _path(whole: Placed, part: Placed) -> str:
    """A curve from the side of the wider body that faces its part."""
    forward = part.x > whole.x
    x1, x2 = (whole.x + BOX_WIDTH, part.x) if forward else (whole.x, part.x + BOX_WIDTH)
    y1, y2, middle = whole.y + BOX_HEIGHT / 2, part.y + BOX_HEIGHT / 2, (x1 + x2) / 2
    return f"M{x1:g} {y1:g}C{middle:g} {y1:g} {middle:g} {y2:g} {x2:g} {y2:g}"
