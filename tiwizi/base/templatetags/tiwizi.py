"""Tags and filters of every page."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django import template
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString

from tiwizi.base import wording
from tiwizi.base.pictures.bars import Pair
from tiwizi.base.pictures.curve import Curve
from tiwizi.base.pictures.levels import Levels
from tiwizi.base.pictures.map import Map
from tiwizi.base.pictures.progress import Progress, Spark
from tiwizi.base.pictures.small import progress_svg, spark_svg
from tiwizi.base.pictures.timeline import Timeline

register = template.Library()


def _or_unknown(value: Any, write: Callable[[Any], str]) -> SafeString:
    if value is None or value == "":
        return format_html('<span class="hint">{}</span>', wording.not_known())
    return wording.isolated(write(value))


@register.filter
def money(cents: int | None, currency: str = "EUR") -> SafeString:
    """`{{ cents|money:"EUR" }}`: to the cent."""
    return _or_unknown(cents, lambda c: wording.amount(c, currency))


@register.filter
def euros(cents: int | None) -> SafeString:
    """`{{ cents|euros }}`: without cents when whole."""
    return _or_unknown(cents, lambda c: wording.amount(c, whole=True))


@register.filter
def number(value: float | None, decimals: int = 0) -> SafeString:
    return _or_unknown(value, lambda v: wording.number(v, decimals))


@register.filter
def percent(share: float | None, decimals: int = 0) -> SafeString:
    return _or_unknown(share, lambda s: wording.percent(s, decimals))


@register.filter
def day(value: date | None) -> SafeString:
    return _or_unknown(value, wording.day)


@register.filter
def month(value: date | None) -> SafeString:
    return _or_unknown(value, wording.month)


@register.filter
def language_name(code: str) -> str:
    return wording.language_name(code)


@register.filter
def plain_amount(cents: int, currency: str = "EUR") -> str:
    """An amount for a picture or an attribute, where no markup may stand."""
    return wording.amount(cents, currency, whole=True)


@register.filter
def unlocalized(value: float) -> str:
    """A coordinate for SVG: a point as decimal mark whatever the language."""
    return f"{value:g}"


@register.filter
def lookup(mapping: dict[Any, Any], key: Any) -> Any:
    """`{{ mapping|lookup:key }}`, None when absent."""
    return mapping.get(key)


@register.filter
def at(those: list[Any], place: int) -> Any:
    """`{{ columns|at:forloop.counter0 }}`: what stands at a place of a list."""
    return those[place]


@register.simple_tag
def draw_map(picture: Map) -> SafeString:
    return render_to_string("base/pictures/map.html", {"map": picture, "drawing": picture.drawing()})


@register.simple_tag
def draw_curve(picture: Curve) -> SafeString:
    return render_to_string("base/pictures/curve.html", {"curve": picture, "drawing": picture.drawing()})


@register.simple_tag
def draw_levels(picture: Levels) -> SafeString:
    return render_to_string("base/pictures/levels.html", {"levels": picture, "drawing": picture.drawing()})


@register.simple_tag
def draw_timeline(picture: Timeline) -> SafeString:
    return render_to_string("base/pictures/timeline.html", {"timeline": picture, "drawing": picture.drawing()})


@register.simple_tag
def draw_progress(picture: Progress) -> SafeString:
    """A bar of baseline, actual and target; the page includes `base/pictures/hatch.html` once."""
    return progress_svg(picture)


@register.simple_tag
def draw_spark(picture: Spark) -> SafeString:
    return spark_svg(picture)


@register.simple_tag
def draw_pair(alone: int, together: int, currency: str = "EUR") -> SafeString:
    """Two bars: what it costs alone, what it costs together (cents)."""
    return render_to_string("base/pictures/pair.html", {"pair": Pair(alone, together), "currency": currency})


@register.simple_tag(takes_context=True)
def query(context: dict[str, Any], **changes: Any) -> str:
    """The address' query with some values changed (None removes one): filters stay in the address."""
    values: QueryDict = context["request"].GET.copy()
    for name, value in changes.items():
        if value is None:
            values.pop(name, None)
        else:
            values[name] = value
    return f"?{values.urlencode()}" if values else "?"
