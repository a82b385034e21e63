"""Tags of the pages of results.

Figures and notes of an indicator stand dozens of times on one page, where templates took most of its time: they are
written straight away, as the small pictures are.
"""

from collections.abc import Iterator
from decimal import Decimal

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tiwizi.base import wording
from tiwizi.base.pictures import Moment, Progress, Spark
from tiwizi.indicators.models import Indicator
from tiwizi.indicators.queries.results import Line
from tiwizi.indicators.queries.words import FREQUENCIES, SOURCES, shown

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
def often(indicator: Indicator) -> str:
    """`{{ indicator|often }}`: how often it is reported; nothing where that is every period."""
    return "" if indicator.frequency == Indicator.Frequency.PERIOD else str(FREQUENCIES[indicator.frequency])


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
    """The periods as a small line; those in which nothing is asked make no gap in it."""
    words, cells = wording.labels(), [cell for cell in line.cells if cell.asked or cell.value is not None]
    said = [words % {"label": cell.period, "text": _text(line.indicator, cell.value)} for cell in cells]
    return Spark([Moment(cell.value, cell.missing > 0) for cell in cells], " · ".join(said))


@register.simple_tag
def draw_figures(line: Line, address: str, query: str) -> SafeString:
    """What was reached (a link to what it is made of), what was to be, how far it is, where it began."""
    indicator, target = line.indicator, line.target
    actual = format_html('<a href="{}{}">{}</a>', address, f"?{query}" if query else "", figure(line.value, indicator))
    said = [("measure-actual", _("Actual"), actual)]
    if target is not None and target.value is not None:
        form = "{}" if target.source == "own" else '{} <span class="hint">{}</span>'
        said.append(("", _("Target"), format_html(form, figure(target.value, indicator), SOURCES[target.source])))
    if line.progress is not None:
        said.append(("", _("Progress"), wording.isolated(wording.percent(line.progress))))
    if indicator.baseline is not None:
        said.append(("", _("Baseline"), figure(indicator.baseline, indicator)))
    if line.own is not None and line.own != line.value:
        said.append(("", _("Of which own"), figure(line.own, indicator)))
    inside = format_html_join("", '<div><dt>{1}</dt><dd class="{0}">{2}</dd></div>', said)
    return format_html('<dl class="measure-figures">{}</dl>', inside)


@register.simple_tag
def draw_notes(line: Line) -> SafeString:
    """What a reader must know to judge the figure: what is missing, accepted, shared, or does not add up."""
    inside = format_html_join(" ", '<span class="{}">{}</span>', _notes(line))
    return format_html('<p class="hint measure-notes">{}</p>', inside)


def _notes(line: Line) -> Iterator[tuple[str, str]]:
    if line.target is not None and line.target.source == "overlap":
        yield "", str(SOURCES["overlap"])
    if line.missing:
        yield "badge badge-wait", _missing(line.missing, line.asked)
    elif line.missing == 0 and line.counted:
        yield "", _("nothing missing")
    if line.validated is not None:
        yield "", _("%(share)s validated") % {"share": wording.percent(line.validated)}
    if line.shared:
        shared = ngettext(
            "%(shared)s shared figure, counted once", "%(shared)s shared figures, each counted once", line.shared
        )
        yield "", shared % {"shared": wording.number(line.shared)}
    for one in line.uneven:
        yield "badge badge-bad", _("“%(set)s” does not make up the figure") % {"set": one}


def _missing(missing: int, asked: int | None) -> str:
    counts = {"missing": wording.number(missing), "asked": wording.number(asked or 0)}
    if asked:
        words = ngettext(
            "%(missing)s of %(asked)s figures missing", "%(missing)s of %(asked)s figures missing", missing
        )
        return words % counts
    return ngettext("%(missing)s figure missing", "%(missing)s figures missing", missing) % counts
