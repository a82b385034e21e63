"""Reads of the strategic frame."""

from tiwizi.framework.models import Framework
from tiwizi.network.models import Body
from tiwizi.network.queries import place_of


def framework_of(body: Body, path: list[Body] | None = None) -> Framework | None:
    """The frame that a body plans in: its own or the nearest above it. `path`: its place, when it was read already."""
    path = path or place_of(body)
    frames = {frame.body_id: frame for frame in Framework.objects.filter(body__in=path).order_by("start")}
    for one in reversed(path):
        if one.pk in frames:
            return frames[one.pk]
    return None
