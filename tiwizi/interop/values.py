"""What one cell says: amounts, whole numbers, dates, yes or no, lists, whatever the writer's language and locale."""

import calendar
import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from tiwizi.interop.words import MONTHS, YES_NO, plain, western_digits

Cell = Any  # text, number, boolean, date, datetime, time: what calamine gives
_CURRENCIES = {"€": "EUR", "eur": "EUR", "euro": "EUR", "euros": "EUR", "dh": "MAD", "dhs": "MAD", "mad": "MAD",
               "درهم": "MAD", "يورو": "EUR", "أورو": "EUR"}  # fmt: skip
_CURRENCY = re.compile("|".join(sorted(map(re.escape, _CURRENCIES), key=len, reverse=True)), re.IGNORECASE)
_SERIALS = range(18_264, 73_051)  # 1950 to 2099: what a plan's day can be when the cell lost its date format
_MOST_NUMBER = 10**15  # far beyond what any rule allows, and exact as a float
_MOST_DIGITS = 20
_MOST_TOLD = 200  # letters of what was typed, said again
_THREES = re.compile(r"[+-]?\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*")


class Unreadable(Exception):
    """A cell that says nothing certain. `code` is a sentence of `interop.faults`."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = {n: v[:_MOST_TOLD] if isinstance(v, str) else v for n, v in params.items()}


@dataclass(frozen=True)
class Span:
    """The days that a date cell means: one day, a week or a month. `assumed`: the day was taken before the month."""

    first: date
    last: date
    assumed: bool = field(default=False)


def is_blank(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def text(cell: Cell) -> str:
    """A cell as text: whole numbers without ".0", days as ISO; control characters and outer blanks are dropped."""
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    typed = str(cell).replace("\r\n", "\n").replace("_x000D_", "")
    return "".join(c for c in typed if c in "\n\t" or c.isprintable() or c in "\u200c\u200d\u00a0\u202f").strip()


def cents(cell: Cell, currency: str) -> int:
    """An amount as whole cents. Raises `Unreadable`."""
    value = _number(cell, currency) * 100
    if value != value.to_integral_value():
        raise Unreadable("too-many-decimals", typed=text(cell))
    return int(value)


def whole(cell: Cell) -> int:
    """A whole number. Raises `Unreadable`."""
    value = _number(cell, None)
    if value != value.to_integral_value():
        raise Unreadable("not-whole", typed=text(cell))
    return int(value)


def real(cell: Cell) -> float:
    """A number with decimals. Raises `Unreadable`."""
    return float(_number(cell, None))


def number(cell: Cell) -> Decimal:
    """A number with decimals, exactly as it stands. Raises `Unreadable`."""
    return _number(cell, None)


def _number(cell: Cell, currency: str | None) -> Decimal:
    if isinstance(cell, bool | date):
        raise Unreadable("not-a-number-cell", typed=text(cell))
    if isinstance(cell, int | float):
        if not math.isfinite(cell):
            raise Unreadable("not-a-number-cell", typed=str(cell))
        if abs(cell) > _MOST_NUMBER:
            raise Unreadable("too-many-digits", typed=f"{cell:.15g}")
        return round(Decimal(str(cell)), 6)
    typed = western_digits(str(cell)).replace("٫", ",").replace("٬", " ").replace("\u2212", "-")
    if currency is not None:
        typed = _without_currency(typed, currency)
    digits = re.sub(r"[\s\u00a0\u202f'’\u200e\u200f\u061c]", "", typed)
    value = _with_point(digits, text(cell))
    if sum(letter.isdigit() for letter in value) > _MOST_DIGITS or abs(Decimal(value)) > _MOST_NUMBER:
        raise Unreadable("too-many-digits", typed=text(cell))
    return Decimal(value)


def _without_currency(typed: str, currency: str) -> str:
    named = {_CURRENCIES[found.lower()] for found in _CURRENCY.findall(typed)}
    if named - {currency}:
        raise Unreadable("other-currency", typed=typed.strip(), currency=currency)
    return _CURRENCY.sub("", typed)


def _with_point(digits: str, typed: str) -> str:
    """Digits with one decimal point, whichever of "." and "," was which; what could be both is not guessed."""
    if not re.fullmatch(r"[+-]?\d[\d.,]*", digits) or digits[-1] in ".,":
        raise Unreadable("not-a-number-cell", typed=typed)
    marks = {mark for mark in ".," if mark in digits}
    if not marks:
        return digits
    if len(marks) == 2:
        point = max(marks, key=digits.rfind)
        (group,) = marks - {point}
        before, after = digits.rsplit(point, 1)
        if point in before or not re.fullmatch(rf"[+-]?\d{{1,3}}(?:\{group}\d{{3}})+", before):
            raise Unreadable("not-a-number-cell", typed=typed)
        return f"{before.replace(group, '')}.{after}"
    (mark,) = marks
    if digits.count(mark) == 1:
        if _THREES.fullmatch(digits) and not digits.lstrip("+-").startswith("0"):
            raise Unreadable("ambiguous-number", typed=typed)
        return digits.replace(mark, ".")
    if _THREES.fullmatch(digits):
        return digits.replace(mark, "")
    raise Unreadable("not-a-number-cell", typed=typed)


def yes_or_no(cell: Cell) -> bool:
    """Yes or no in any of the four languages. Raises `Unreadable`."""
    if isinstance(cell, bool):
        return cell
    word = plain(text(cell)) or "-"
    if word not in YES_NO:
        raise Unreadable("not-yes-or-no-cell", typed=text(cell))
    return YES_NO[word]


def days(cell: Cell, *, epoch_1904: bool = False) -> Span:
    """The days that a cell means. Raises `Unreadable`."""
    if isinstance(cell, datetime):
        return _one(cell.date())
    if isinstance(cell, date):
        return _one(cell)
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _from_serial(cell, epoch_1904)
    typed = plain(text(cell))
    for pattern, read in _FORMATS:
        if found := pattern.fullmatch(typed):
            try:
                return read(*found.groups())
            except (ValueError, KeyError, OverflowError) as error:
                raise Unreadable("not-a-date-cell", typed=text(cell)) from error
    raise Unreadable("not-a-date-cell", typed=text(cell))


def _one(day: date) -> Span:
    return Span(day, day)


def _from_serial(number: float, epoch_1904: bool) -> Span:
    if not math.isfinite(number):
        raise Unreadable("not-a-date-cell", typed=text(number))
    serial = int(number) + (1462 if epoch_1904 else 0)
    if serial not in _SERIALS:
        raise Unreadable("not-a-date-cell", typed=text(number))
    return _one(date(1899, 12, 30) + timedelta(days=serial))


def _month(year: int, month: int) -> Span:
    return Span(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))


def _week(year: str, week: str) -> Span:
    monday = date.fromisocalendar(int(year), int(week), 1)
    return Span(monday, monday + timedelta(days=6))


def _day_first(day: str, month: str, year: str) -> Span:
    """Day before month, as in Belgium and Morocco; `assumed` when the other order was possible too."""
    found = date(int(year), int(month), int(day))
    return Span(found, found, assumed=int(day) <= 12 and int(day) != int(month))


_FORMATS: list[tuple[re.Pattern[str], Callable[..., Span]]] = [
    (re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[t ]\d\d:\d\d.*)?"),
     lambda y, m, d: _one(date(int(y), int(m), int(d)))),
    (re.compile(r"(\d{1,2})\s?[-/. ]\s?(\d{1,2})\s?[-/. ]\s?(\d{4})"), _day_first),
    (re.compile(r"(\d{1,2})(?:er|st|nd|rd|th|e|\.)? (?:de |of )?([^\W\d]+),? (\d{4})"),
     lambda d, m, y: _one(date(int(y), MONTHS[m], int(d)))),
    (re.compile(r"(?:semaine|week|s|w|sem\.?|الاسبوع|اسبوع) ?(\d{1,2})[ /-]+(\d{4})"), lambda w, y: _week(y, w)),
    (re.compile(r"([^\W\d]+) (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})"),
     lambda m, d, y: _one(date(int(y), MONTHS[m], int(d)))),
    (re.compile(r"(\d{4})-?\s?w(\d{1,2})"), _week),
    (re.compile(r"([^\W\d]+)\.? (\d{4})"), lambda m, y: _month(int(y), MONTHS[m])),
    (re.compile(r"(\d{1,2})[-/.](\d{4})"), lambda m, y: _month(int(y), int(m))),
    (re.compile(r"(\d{4})[-/.](\d{1,2})"), lambda y, m: _month(int(y), int(m))),
]  # fmt: skip


def names(cell: Cell, known: dict[str, str]) -> list[str]:
    """A list as codes: parted by semicolon or new line, else by comma; a name that is not known stays as typed."""
    found: list[str] = []
    for part in re.split(r"[;؛\n]", text(cell)):
        found += [name_code(part, known)] if plain(part) in known else _by_comma(part, known)
    return list(dict.fromkeys(found))


def _by_comma(part: str, known: dict[str, str]) -> list[str]:
    return [name_code(piece, known) for piece in re.split("[,،]", part) if piece.strip()]


def name_code(typed: str, known: dict[str, str]) -> str:
    """The code of a name, compared plainly; a name that is not known stays as typed."""
    return known.get(plain(typed), typed.strip()[:_MOST_TOLD])
