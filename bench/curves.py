"""Small curves over sizes, side by side, as the text of a picture (SVG) that reads on light and on dark paper."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 250, 190  # of one panel
LEFT, RIGHT, TOP, FOOT = 48, 16, 34, 30
INK, LINE, GRID = "#667085", "#0e7c66", "#98a2b3"


@dataclass(frozen=True)
class Panel:
    """One curve: a name, a unit, and a figure for each size; `log`: each step of the scale is ten times the last."""

    name: str
    unit: str
    figures: Sequence[float]
    log: bool = True


def drawing(title: str, sizes: Sequence[int], panels: Sequence[Panel]) -> str:
    """The whole picture; sizes grow along a scale of powers."""
    width = WIDTH * len(panels)
    inside = "\n".join(
        f'<g transform="translate({WIDTH * k} 0)">\n{_panel(sizes, panel)}\n</g>' for k, panel in enumerate(panels)
    )
    said = "; ".join(f"{panel.name} ({panel.unit}): " + ", ".join(map(_short, panel.figures)) for panel in panels)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {HEIGHT}" width="{width}" height="{HEIGHT}"'
        f' role="img" font-family="sans-serif" font-size="11" fill="{INK}">\n'
        f"<title>{escape(title)}</title>\n<desc>{escape(said)}, for {', '.join(map(_short, sizes))}</desc>\n"
        f"{inside}\n</svg>\n"
    )


def _panel(sizes: Sequence[int], panel: Panel) -> str:
    across = [math.log10(n) for n in sizes]
    ticks = _ticks(panel)
    scale = [math.log10(t) for t in ticks] if panel.log else ticks
    ups = [math.log10(max(f, ticks[0])) if panel.log else f for f in panel.figures]
    xs = [_place(x, min(across), max(across), LEFT, WIDTH - RIGHT) for x in across]
    ys = [_place(y, scale[0], scale[-1], HEIGHT - FOOT, TOP) for y in ups]
    parts = [f'<text x="{LEFT}" y="16" font-weight="bold">{escape(panel.name)}, {escape(panel.unit)}</text>']
    for tick, at in zip(ticks, scale, strict=True):
        y = _place(at, scale[0], scale[-1], HEIGHT - FOOT, TOP)
        parts.append(f'<path d="M{LEFT} {y}H{WIDTH - RIGHT}" stroke="{GRID}" stroke-width="0.5"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{y + 4}" text-anchor="end">{_short(tick)}</text>')
    for n, x in zip(sizes, xs, strict=True):
        parts.append(f'<text x="{x}" y="{HEIGHT - 10}" text-anchor="middle">{_short(n)}</text>')
    points = " ".join(f"{x},{y}" for x, y in zip(xs, ys, strict=True))
    parts.append(f'<polyline points="{points}" fill="none" stroke="{LINE}" stroke-width="2"/>')
    for x, y, figure in zip(xs, ys, panel.figures, strict=True):
        parts.append(f'<circle cx="{x}" cy="{y}" r="3" fill="{LINE}"><title>{_short(figure)}</title></circle>')
    return "\n".join(parts)


def _ticks(panel: Panel) -> list[float]:
    """Powers of ten around the figures, or five even steps from nothing."""
    most = max([*panel.figures, 1e-9])
    if not panel.log:
        step = 10.0 ** math.floor(math.log10(most))
        step *= next(k for k in (0.25, 0.5, 1, 1.5, 2, 2.5) if 4 * k * step >= most)
        return [k * step for k in range(5)]
    least = min(f for f in [*panel.figures, most] if f > 0)
    low, high = math.floor(math.log10(least)), math.ceil(math.log10(most))
    return [10.0**k for k in range(low, max(high, low + 1) + 1)]


def _place(x: float, low: float, high: float, start: float, end: float) -> float:
    share = 0.5 if high == low else (x - low) / (high - low)
    return round(start + (end - start) * share, 1)


def _short(x: float) -> str:
    """Thousands as k."""
    return f"{x / 1000:g}k" if x >= 1000 else f"{x:.3g}"
