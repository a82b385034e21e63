"""Tags of the pages of results."""

from decimal import Decimal

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tiwizi.base import wording
from tiwizi.base.pictures import Moment, Progress, Spark
from tiwizi.indicators.models import Indicator
from tiwizi.indicators.queries.results import Line
from tiwizi.indicators.queries.words import shown

register = template.Library()


def _text(indicator: Indicator, value: Decimal | None) -> str:
    """A figure for a sentence or an attribute."""
    rounded = shown(indicator, value)
    if rounded is None:
        return _("not reported")
    return wording.number(rounded, max(0, -int(rounded.as_tuple().exponent)))


@register.filter
def figure(value: Decimal | None, indicator: Indicator) -> SafeString:
    """`{{ line.value|figure:indicator }}`: as every page and file shows it."""
    if value is None:
        return format_html('<span class="hint">{}</span>', _("not reported"))
    return wording.isolated(_text(indicator, value))


@register.filter
def way(line: Line) -> Progress:
    """Baseline, actual and target as a bar."""
    indicator = line.indicator
    target = line.target.value if line.target else None
    said = [(_("Baseline"), indicator.baseline), (_("Actual"), line.value), (_("Target"), target)]
    label = ", ".join(wording.labelled(name, _text(indicator, value)) for name, value in said if value is not None)
    added = indicator.calculation == Indicator.Calculation.SUM
    # What is added and has no own part comes from below.
    own = line.own if line.own is not None or not added else Decimal()
    return Progress(line.value, target, None if added else indicator.baseline, own, label)


@register.filter
def spark(line: Line) -> Spark:
    """The periods as a small line."""
    said = [wording.labelled(cell.period, _text(line.indicator, cell.value)) for cell in line.cells]
    return Spark([Moment(cell.value, cell.missing > 0) for cell in line.cells], " · ".join(said))
