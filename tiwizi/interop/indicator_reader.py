"""Reads a workbook of indicators: each cell as a flat text. What the rows mean is the matter of
`indicators.rules.imports`."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from tiwizi.base import wording
from tiwizi.indicators.queries.book import EVERY as EVERY_SIGN
from tiwizi.indicators.queries.book import NO, YES
from tiwizi.interop import values
from tiwizi.interop.container import MOST_LETTERS
from tiwizi.interop.indicator_words import (
    CALCULATIONS,
    COUNTS,
    DIRECTIONS,
    EVERY,
    EVERY_ALSO,
    FREQUENCIES,
    LAYOUTS,
    LIFE,
    SCHEMA,
    Words,
)
from tiwizi.interop.parts import Parts, Way
from tiwizi.interop.reader import Reading
from tiwizi.interop.values import Unreadable
from tiwizi.interop.words import plain

MOST_TARGETS = 15_000
_EVERY = {plain(word) for word in (*EVERY.values(), *EVERY_ALSO)}
_LIFE = {plain(word) for word in LIFE.values()}


def read_indicator_workbook(data: bytes) -> Reading:
    """Read a workbook. Never raises for what a file holds: everything wrong is a fault of the reading."""
    return _INDICATORS.read(data)


def _ways(epoch_1904: bool) -> Mapping[str, Way]:
    def first(cell: Any) -> str:
        return values.days(cell, epoch_1904=epoch_1904).first.isoformat()

    return {
        "counts": _choice(COUNTS),
        "calculation": _choice(CALCULATIONS),
        "direction": _choice(DIRECTIONS),
        "frequency": _choice(FREQUENCIES),
        "decimals": lambda cell: str(values.whole(cell)),
        "sets": lambda cell: ";".join(_listed(cell)),
        "reporters": lambda cell: ";".join(map(_who, _listed(cell))),
        "public": lambda cell: YES if values.yes_or_no(cell) else NO,
        "baseline": _number,
        "value": _number,
        "baseline_date": first,
        "start": first,
        "end": lambda cell: values.days(cell, epoch_1904=epoch_1904).last.isoformat(),
        "period": lambda cell: "" if plain(values.text(cell)) in _LIFE else values.text(cell)[:100],
        "was": lambda cell: values.text(cell)[:MOST_LETTERS],
    }


def _choice(words: dict[str, Words]) -> Callable[[Any], str]:
    """One of some words of the file format, as its code."""
    known = {plain(word): code for code, those in words.items() for word in (code, *those.values())}

    def read(cell: Any) -> str:
        typed = values.text(cell)
        if plain(typed) not in known:
            raise Unreadable("choice-unread", typed=typed)
        return known[plain(typed)]

    return read


def _number(cell: Any) -> str:
    return wording.plain(values.number(cell))


def _listed(cell: Any) -> list[str]:
    return [part.strip() for part in re.split(r"[;؛\n]", values.text(cell)) if part.strip()]


def _who(typed: str) -> str:
    """“every: partnership” means each body of that kind."""
    word, colon, kind = typed.partition(":")
    return EVERY_SIGN + kind.strip() if colon and plain(word) in _EVERY else typed


_INDICATORS = Parts(
    SCHEMA,
    LAYOUTS,
    _ways,
    none="no-indicators-sheet",
    left_out="sheet-not-measured",
    most_rows={"targets": MOST_TARGETS},
)
