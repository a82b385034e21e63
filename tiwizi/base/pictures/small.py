"""The two small pictures of a page of figures as SVG.

They stand dozens of times on one page, where templates took most of its time: here they are written straight away.
All that goes in is numbers, except the label.
"""

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from tiwizi.base.pictures.progress import Progress, ProgressDrawing, Spark, Stretch


def progress_svg(picture: Progress) -> SafeString:
    """A bar of baseline, actual and target; nothing when there is neither a figure nor a target."""
    drawing = picture.drawing()
    if drawing is None:
        return mark_safe("")
    pieces = [_piece("way-track", drawing.track, drawing, 3)]
    for name, stretch in (("way-own", drawing.own), ("way-whole", drawing.whole), ("way-others", drawing.others)):
        if stretch is not None:
            pieces.append(_piece(name, stretch, drawing, 2))
    if drawing.baseline_x is not None:
        pieces.append(_line("way-baseline", drawing.baseline_x, 5, 29))
    if drawing.target_x is not None:
        pieces.append(_line("way-target", drawing.target_x, 4, 30))
        pieces.append(f'<circle class="way-flag" cx="{drawing.target_x:g}" cy="4" r="4"></circle>')
    return _svg("way", drawing.width, drawing.height, picture.label, pieces)


def spark_svg(picture: Spark) -> SafeString:
    """The periods as a small line; nothing when fewer than two have a figure."""
    drawing = picture.drawing()
    if drawing is None:
        return mark_safe("")
    pieces = [f'<polyline points="{points}"></polyline>' for points in drawing.lines]
    pieces += [f'<circle class="spark-dot" cx="{x:g}" cy="{y:g}" r="2.5"></circle>' for x, y in drawing.dots]
    pieces += [f'<circle class="spark-gap" cx="{x:g}" cy="{y:g}" r="3"></circle>' for x, y in drawing.gaps]
    return _svg("spark", drawing.width, drawing.height, picture.label, pieces)


def _svg(name: str, width: int, height: int, label: str, pieces: list[str]) -> SafeString:
    inside = mark_safe("".join(pieces))  # noqa: S308 (numbers only)
    return format_html(
        '<svg class="{}" viewBox="0 0 {} {}" width="{}" height="{}" role="img" aria-label="{}">{}</svg>',
        name, width, height, width, height, label, inside,
    )  # fmt: skip


def _piece(name: str, stretch: Stretch, drawing: ProgressDrawing, radius: int) -> str:
    fill = ' fill="url(#hatch)"' if name == "way-others" else ""
    place = f'x="{stretch.x:g}" y="{drawing.bar_y}" width="{stretch.width:g}" height="{drawing.bar_height}"'
    return f'<rect class="{name}"{fill} {place} rx="{radius}"></rect>'


def _line(name: str, x: float, top: int, bottom: int) -> str:
    return f'<line class="{name}" x1="{x:g}" x2="{x:g}" y1="{top}" y2="{bottom}"></line>'
