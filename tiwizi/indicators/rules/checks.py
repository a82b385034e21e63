"""What can be wrong with what is measured: the same for a page, for the library and for a row of a workbook.

Each check gives every fault that it finds, as the refusal that an act of a page would be.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.validators import slug_re
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tiwizi.base.errors import Refusal
from tiwizi.indicators.models import Indicator
from tiwizi.indicators.queries.book import TRANSLATED

# A figure stays below LARGEST, with DIGITS after the point: 15 digits together, which SQLite, PostgreSQL, Excel and the
# engine's floats keep whole. A number of 16 comes back from some of them as another one.
LARGEST = Decimal(10**11)
DIGITS = 4
MOST_CODE, MOST_SLUG, MOST_TEXT, MOST_SOURCE = 30, 40, 400, 300  # letters
# What changes the meaning of figures that stand already: fixed from the first figure on.
FIXED = ("calculation", "counts", "unit")
SAID: dict[str, str | Promise] = {
    "indicator-code": _("Give the indicator a code."),
    "indicator-unnamed": _("Give the indicator a name in one language at least."),
    "indicator-counts": _("Say what the indicator counts."),
    "indicator-calculation": _("Say how totals are made."),
    "indicator-direction": _("Say which way is good."),
    "indicator-decimals": _("Decimals go from 0 to 4."),
    "indicator-frequency": _("Say how often it is reported."),
    "indicator-number": _(
        "This number is not possible here: eleven digits before the comma at most, and four decimals."
    ),
    "indicator-text": _("This text is too long."),
    "indicator-in-use": _("Figures stand already: what is counted, how and in which unit cannot change."),
    "set-code": _("A code has letters without accents, digits and hyphens only, 40 at most."),
    "set-unnamed": _("Give it a name in one language at least."),
    "category-order": _("It ends before it begins."),
}


def wrong_with(values: Mapping[str, Any]) -> Iterator[Refusal]:
    """What is wrong with the description and the baseline of an indicator."""
    if not said(values.get("name")):
        yield Refusal("indicator-unnamed", SAID["indicator-unnamed"], field="name")
    if values.get("counts") not in Indicator.Counts.values:
        yield Refusal("indicator-counts", SAID["indicator-counts"], field="counts")
    if values.get("calculation", "sum") not in Indicator.Calculation.values:
        yield Refusal("indicator-calculation", SAID["indicator-calculation"], field="calculation")
    if values.get("direction", "up") not in Indicator.Direction.values:
        yield Refusal("indicator-direction", SAID["indicator-direction"], field="direction")
    if values.get("frequency", "period") not in Indicator.Frequency.values:
        yield Refusal("indicator-frequency", SAID["indicator-frequency"], field="frequency")
    decimals = values.get("decimals", 0)
    if decimals is None or not 0 <= decimals <= DIGITS:
        yield Refusal("indicator-decimals", SAID["indicator-decimals"], field="decimals")
    yield from wrong_number(values.get("baseline"), "baseline")
    yield from wrong_texts(values)
    yield from _too_long(values.get("baseline_source"), MOST_SOURCE, "baseline_source")


def wrong_code(code: str) -> Iterator[Refusal]:
    """What is wrong with an indicator's code by itself."""
    if not code:
        yield Refusal("indicator-code", SAID["indicator-code"], field="code")
    yield from _too_long(code, MOST_CODE, "code")


def wrong_texts(values: Mapping[str, Any]) -> Iterator[Refusal]:
    """Texts in a language that are longer than may be kept."""
    for name in TRANSLATED:
        for language, text in (values.get(name) or {}).items():
            yield from _too_long(text, MOST_TEXT, f"{name}_{language}")


def _too_long(text: str | None, most: int, field: str) -> Iterator[Refusal]:
    if len(text or "") > most:
        yield Refusal("indicator-text", SAID["indicator-text"], field=field)


def wrong_number(number: Decimal | None, field: str) -> Iterator[Refusal]:
    """What is wrong with a baseline or a target."""
    if number is not None and (not number.is_finite() or abs(number) >= LARGEST or number != round(number, DIGITS)):
        yield Refusal("indicator-number", SAID["indicator-number"], field=field)


def wrong_change(before: Mapping[str, Any], after: Mapping[str, Any], *, reported: bool) -> Iterator[Refusal]:
    """What may not change once a figure stands: what is counted, how, and in which unit. The unit may be said in
    another language."""
    for name in FIXED:
        was, now = before.get(name), after.get(name)
        if name == "unit":
            was, now = dict(was or {}), {code: (now or {}).get(code, "") for code in was or {}}
        if reported and was != now:
            hint = _("Archive this indicator and add another one.")
            yield Refusal("indicator-in-use", SAID["indicator-in-use"], hint, field=name)


def wrong_part(code: str, name: Mapping[str, str], start: date | None = None, end: date | None = None) -> Iterator[Any]:
    """What is wrong with a breakdown or a category."""
    if not slug_re.match(code) or len(code) > MOST_SLUG:
        yield Refusal("set-code", SAID["set-code"], field="code")
    if not said(name):
        yield Refusal("set-unnamed", SAID["set-unnamed"], field="name")
    yield from wrong_texts({"name": name})
    yield from wrong_life(start, end)


def wrong_life(start: date | None, end: date | None) -> Iterator[Refusal]:
    """A category that would end before it begins."""
    if start and end and end < start:
        yield Refusal("category-order", SAID["category-order"], field="end")


def said(texts: Mapping[str, str] | None) -> bool:
    """Is a text said in one language at least?"""
    return any(str(text).strip() for text in (texts or {}).values())


def check(faults: Iterator[Refusal]) -> None:
    """Refuse with the first fault, if there is one."""
    for refusal in faults:
        raise refusal
