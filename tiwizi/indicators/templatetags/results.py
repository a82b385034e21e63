"""Tags of the pages of results.

An indicator stands dozens of times on one page, where templates took most of its time: it is written straight away, as
the small pictures are. Every text goes through `escape`; what does not is a number or was written here.
"""

from collections.abc import Iterator
from decimal import Decimal
from html import escape
from itertools import groupby

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tiwizi.base import wording
from tiwizi.base.pictures import Moment, Progress, Spark
from tiwizi.base.pictures.small import progress_svg, spark_svg
from tiwizi.indicators.models import Indicator
from tiwizi.indicators.queries.results import Line
from tiwizi.indicators.queries.words import CALCULATIONS, FREQUENCIES, SOURCES, shown

register = template.Library()


class _Figures:
    """The figures of one indicator as every page shows them. What the reader's language decides is asked once."""

    def __init__(self, indicator: Indicator) -> None:
        self.indicator, self.write, self.silent = indicator, wording.writer(), _("not reported")

    def text(self, value: Decimal | None) -> str:
        """A figure for a sentence or an attribute."""
        rounded = shown(self.indicator, value)
        return self.silent if rounded is None else self.write(rounded)

    def markup(self, value: Decimal | None) -> str:
        if value is None:
            return f'<span class="hint">{escape(self.silent)}</span>'
        return f"<bdi>{self.text(value)}</bdi>"


@register.filter
def figure(value: Decimal | None, indicator: Indicator) -> SafeString:
    """`{{ line.value|figure:indicator }}`: as every page and file shows it."""
    return mark_safe(_Figures(indicator).markup(value))  # noqa: S308 (a number, or escaped)


@register.filter
def often(indicator: Indicator) -> str:
    """`{{ indicator|often }}`: how often it is reported; nothing where that is every period."""
    return "" if indicator.frequency == Indicator.Frequency.PERIOD else str(FREQUENCIES[indicator.frequency])


@register.filter
def way(line: Line) -> Progress:
    """Baseline, actual and target as a bar."""
    indicator, figures = line.indicator, _Figures(line.indicator)
    target = line.target.value if line.target else None
    said = [(_("Baseline"), indicator.baseline), (_("Actual"), line.value), (_("Target"), target)]
    label = ", ".join(wording.labelled(name, figures.text(value)) for name, value in said if value is not None)
    added = indicator.calculation == Indicator.Calculation.SUM
    # What is added and has no own part comes from below.
    own = line.own if line.own is not None or not added else Decimal()
    return Progress(line.value, target, None if added else indicator.baseline, own, label)


@register.filter
def spark(line: Line) -> Spark:
    """The periods as a small line; those in which nothing is asked make no gap in it."""
    words, figures = wording.labels(), _Figures(line.indicator)
    cells = [cell for cell in line.cells if cell.asked or cell.value is not None]
    said = [words % {"label": cell.period, "text": figures.text(cell.value)} for cell in cells]
    return Spark([Moment(cell.value, cell.missing > 0) for cell in cells], " · ".join(said))


@register.simple_tag
def draw_line(line: Line, address: str, query: str) -> SafeString:
    """An indicator on the page of results. `address`: of the page that its figure opens into."""
    indicator, link = line.indicator, escape(f"{address}?{query}" if query else address)
    told = [indicator.unit, CALCULATIONS[indicator.calculation], often(indicator)]
    told += [_("illustrative")] if indicator.illustrative else []
    pieces = [
        f'<article class="tile measure" aria-labelledby="i-{indicator.pk}"><div class="measure-name">'
        f'<h3 id="i-{indicator.pk}"><span class="hint">{escape(indicator.code)}</span> {escape(str(indicator.name))}'
        f'</h3><p class="hint">{" · ".join(escape(str(one)) for one in told if one)}</p></div>'
    ]
    if indicator.counts == Indicator.Counts.TEXT:
        pieces.append(f'<p><a href="{link}">{escape(_("Read what was told"))}</a></p>')
    else:
        pictures = progress_svg(way(line)) + spark_svg(spark(line))
        pieces += [_figures(line, link), f'<div class="measure-pictures">{pictures}</div>']
        pieces += [_notes(line), _more(line, link)]
    return mark_safe("".join([*pieces, "</article>"]))  # noqa: S308 (each piece is escaped)


def _figures(line: Line, link: str) -> str:
    """What was reached (a link to what it is made of), what was to be, how far it is, where it began."""
    indicator, target, figures = line.indicator, line.target, _Figures(line.indicator)
    said = [("measure-actual", _("Actual"), f'<a href="{link}">{figures.markup(line.value)}</a>')]
    if target is not None and target.value is not None:
        source = "" if target.source == "own" else f' <span class="hint">{escape(str(SOURCES[target.source]))}</span>'
        said.append(("", _("Target"), figures.markup(target.value) + source))
    if line.progress is not None:
        said.append(("", _("Progress"), f"<bdi>{wording.percent(line.progress)}</bdi>"))
    if indicator.baseline is not None:
        said.append(("", _("Baseline"), figures.markup(indicator.baseline)))
    if line.own is not None and line.own != line.value:
        said.append(("", _("Of which own"), figures.markup(line.own)))
    inside = "".join(f'<div><dt>{escape(name)}</dt><dd class="{look}">{text}</dd></div>' for look, name, text in said)
    return f'<dl class="measure-figures">{inside}</dl>'


def _notes(line: Line) -> str:
    """What a reader must know to judge the figure: what is missing, accepted, shared, or does not add up."""
    inside = " ".join(f'<span class="{look}">{escape(text)}</span>' for look, text in _noted(line))
    return f'<p class="hint measure-notes">{inside}</p>'


def _noted(line: Line) -> Iterator[tuple[str, str]]:
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


def _more(line: Line, link: str) -> str:
    """The way to the periods, and the breakdowns folded; nothing where nothing was told."""
    if not line.counted:
        return ""
    code = escape(line.indicator.code)
    opens = f'{escape(_("Period by period"))}<span class="visually-hidden"> {code}</span>'
    parts = f'<details class="quiet"><summary>{escape(_("Breakdown"))}</summary>{_parts(line)}</details>'
    folded = f" {parts}" if line.parts else ""
    return f'<div class="measure-more"><a class="small no-print" href="{link}">{opens}</a>{folded}</div>'


@register.simple_tag
def draw_parts(line: Line) -> SafeString:
    """The breakdowns of a figure, set by set."""
    return mark_safe(_parts(line))  # noqa: S308 (each name is escaped)


def _parts(line: Line) -> str:
    figures = _Figures(line.indicator)
    sets = groupby(line.parts, key=lambda part: part.category.set)
    return "".join(
        f'<dl class="parts"><div><dt class="parts-set">{escape(str(one))}</dt></div>'
        + "".join(
            f"<div><dt>{escape(str(part.category))}</dt><dd>{figures.markup(part.value)}</dd></div>" for part in those
        )
        + "</dl>"
        for one, those in sets
    )
