"""Pictures drawn on the server: data in, geometry out, SVG by a template. Each has its table or list beside it."""

from tiwizi.base.pictures.bars import Pair
from tiwizi.base.pictures.curve import Curve, Step
from tiwizi.base.pictures.levels import Box, Levels
from tiwizi.base.pictures.map import Line, Map, Point
from tiwizi.base.pictures.progress import Moment, Progress, Spark
from tiwizi.base.pictures.timeline import Bar, Row, Span, Timeline

__all__ = [
    "Bar", "Box", "Curve", "Levels", "Line", "Map", "Moment", "Pair", "Point", "Progress", "Row", "Span", "Spark",
    "Step", "Timeline",
]  # fmt: skip
