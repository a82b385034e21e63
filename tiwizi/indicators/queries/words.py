"""What codes of results are called, and how a figure was computed, in the reader's words."""

from decimal import ROUND_HALF_UP, Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tiwizi.indicators.models import Indicator, Report

Words = dict[str, str | Promise]
CALCULATIONS: Words = {
    "sum": _("added up"),
    "latest": _("latest value stands"),
    "ratio": _("ratio"),
    "average": _("average"),
    "maximum": _("largest value"),
    "unique": _("different ones counted once"),
}
FREQUENCIES: Words = {
    "period": _("at every period"),
    "year": _("once a year"),
    "end": _("at the end of the programme"),
}
# What a reader needs to compute the figure again from the lines below it.
COMPUTED: Words = {
    "sum": _("Every figure below is added, each once, also when several bodies share it."),
    "latest": _("The latest figure of each body and activity stands until a later one comes; these are added."),
    "ratio": _("All numerators are added and divided by all denominators added: never an average of rates."),
    "average": _("All figures below are added and divided by how many there are."),
    "maximum": _("The largest of the figures below."),
    "unique": _("Names that stand in several figures are counted once."),
}
# The same for who sees the total only.
COMPUTED_PUBLICLY: Words = {
    "sum": _("The figures of all partners are added, each once, also when several partners did it together."),
    "latest": _("The latest figure of each partner stands until a later one comes; these are added, each once."),
    "ratio": _("All numerators are added and divided by all denominators added: never an average of rates."),
    "average": _("The figures of all partners are added and divided by how many there are."),
    "maximum": _("The largest of the figures of all partners."),
    "unique": _("What several partners named is counted once."),
}
TEXT = _("This indicator is told in words; words have no total.")
SOURCES: Words = {
    "own": _("own target"),
    "below": _("targets of the bodies below, added"),
    "periods": _("targets of the periods together"),
    "overlap": _("no target: those of groups that share partners cannot be added"),
}
STATES: Words = {
    Report.State.DRAFT: _("Draft"),
    Report.State.SUBMITTED: _("Handed in"),
    Report.State.RETURNED: _("Returned"),
    Report.State.VALIDATED: _("Validated"),
    Report.State.CERTIFIED: _("Certified"),
}
LOOKS = {"submitted": "wait", "validated": "good", "certified": "good", "returned": "bad"}
SCORES: Words = {
    "A": _("reached or beyond what was planned"),
    "B": _("on the way, small delays"),
    "C": _("difficulties that need a decision"),
    "D": _("seriously off the way"),
}
COVERED: Words = {"nothing": _("nothing planned"), "planned": _("planned"), "reported": _("reported")}
# A shape beside each word, so that a glance is enough and colour never alone.
SHAPES = {"nothing": "○", "planned": "◐", "reported": "●"}


def places(indicator: Indicator) -> int:
    """How many decimals a figure of this indicator is shown with: a rate of whole numbers is no whole number."""
    return max(indicator.decimals, 2) if indicator.calculation in ("ratio", "average") else indicator.decimals


def shown(indicator: Indicator, value: Decimal | None) -> Decimal | None:
    """A figure as every page and file shows it; a part that is no whole number keeps two decimals."""
    if value is None:
        return None
    digits = places(indicator)
    rounded = value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    if digits >= 2 or rounded == value:
        return rounded
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)
