"""Amounts, numbers and days as the reader writes them. Absence is said, never shown as zero."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from django.utils import formats
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

NARROW = "\u202f"  # narrow no-break space
HARD = "\u00a0"  # no-break space
# Thousands and decimals; Moroccan Arabic follows the French way, with western digits.
SEPARATORS = {"fr": (NARROW, ","), "nl": (".", ","), "en": (",", "."), "ar": (NARROW, ",")}
SYMBOLS = {"EUR": "€", "MAD": "DH"}


def _language() -> str:
    return (get_language() or "fr").split("-")[0]


def number(value: int | float | Decimal, decimals: int = 0) -> str:
    """A number with the reader's separators; `decimals` places, halves away from zero."""
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    return writer()(exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP))


def writer() -> Callable[[Decimal], str]:
    """How a number is written with the reader's separators and all its decimals, to be used many times."""
    thousands, point = SEPARATORS.get(_language(), SEPARATORS["fr"])
    marks = {44: thousands, 46: point}  # a comma, a point
    return lambda exact: f"{exact + 0:,f}".translate(marks)  # + 0: no "-0"


def plain(number: Decimal | float) -> str:
    """A number for machines, without grouping and needless zeros: 25, not 25.00."""
    return format(Decimal(str(number)).normalize() + 0, "f")


def amount(cents: int, currency: str = "EUR", *, whole: bool = False) -> str:
    """Cents as an amount with its currency; `whole` leaves out ",00"."""
    figure = number(Decimal(cents) / 100, 0 if whole and cents % 100 == 0 else 2)
    symbol = SYMBOLS.get(currency, currency)
    if _language() == "en" and currency == "EUR":
        return f"-€{figure[1:]}" if figure.startswith("-") else f"€{figure}"
    return f"{symbol}{HARD}{figure}" if _language() == "nl" else f"{figure}{HARD}{symbol}"


def signed(cents: int, currency: str = "EUR") -> str:
    """A difference of amounts, its sign always said."""
    return f"+{amount(cents, currency)}" if cents > 0 else amount(cents, currency)


def percent(share: float | Decimal, decimals: int = 0) -> str:
    """0.25 as 25 %."""
    space = "" if _language() in {"en", "nl"} else NARROW
    return f"{number(Decimal(str(share)) * 100, decimals)}{space}%"


def day(value: date) -> str:
    """A day in words: 3 juillet 2017, but 1er juillet 2017."""
    first = value.day == 1 and _language() == "fr"
    return formats.date_format(value, r"j\e\r F Y" if first else "j F Y").replace(" ", HARD)


def time(value: datetime) -> str:
    """The time of a day: 14:32."""
    return formats.date_format(value, "H:i")


def month(value: date) -> str:
    """A month in words: juillet 2017."""
    return formats.date_format(value, "F Y").replace(" ", HARD)


def labels() -> str:
    """The form of `labelled`, to be filled in many times."""
    return _("%(label)s: %(text)s")


def labelled(label: object, text: object) -> str:
    """A label and what it says, with the colon as the reader writes it (French leaves a blank before it)."""
    return labels() % {"label": label, "text": text}


def not_known() -> str:
    return pgettext("a value nobody has given", "not known")


def isolated(text: str) -> SafeString:
    """Text that keeps its own direction inside an Arabic sentence."""
    return format_html("<bdi>{}</bdi>", text)


def language_name(code: str) -> str:
    """A language's name in the reader's language; an unknown code as it is."""
    names = {"fr": _("French"), "nl": _("Dutch"), "en": _("English"), "ar": _("Arabic"), "ber": _("Amazigh")}
    return names.get(code, code)
