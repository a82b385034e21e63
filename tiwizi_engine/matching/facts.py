"""What a need, a request and an offer have in common: kind, weeks, place, languages; and many of them as arrays."""

import math
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tiwizi_engine.errors import EngineError

ROAD = 1.3  # roads are longer than straight lines, as in pooling
MOST_LANGUAGES = 63  # one bit each

Id = str | int
Truths = NDArray[np.bool_]
Numbers = NDArray[np.float64]
Positions = NDArray[np.int64]
At = Positions | slice
ALL = slice(None)


@dataclass(frozen=True, kw_only=True)
class Facts:
    """`start` and `end` are weeks, both included; `x` and `y` kilometres on a plane. `None` is: not known.

    Raises `EngineError` naming the one and the field.
    """

    id: Id
    title: str | None = None
    kind: str | None = None
    start: int | None = None
    end: int | None = None
    x: float | None = None
    y: float | None = None
    languages: AbstractSet[str] = frozenset()

    def __post_init__(self) -> None:
        if self.title is not None and not (isinstance(self.title, str) and self.title.strip()):
            raise self.fault("title", "expected words, got none")
        for name in ("x", "y"):
            value = getattr(self, name)
            if value is not None and not math.isfinite(value):
                raise self.fault(name, f"expected kilometres, got {value}")
        if (self.x is None) != (self.y is None):
            raise self.fault("x", "expected both x and y, or neither")
        if (self.start is None) != (self.end is None):
            raise self.fault("start", "expected both start and end, or neither")
        if self.start is not None and self.end is not None and self.end < self.start:
            raise self.fault("end", f"expected a week from {self.start} on, got {self.end}")
        if not isinstance(self.languages, frozenset):
            raise self.fault("languages", f"expected a frozenset of languages, got {self.languages!r}")

    def fault(self, field: str, sentence: str) -> EngineError:
        return EngineError(f"{type(self).__name__.lower()} {self.id}.{field}", sentence)


def distinct(those: Sequence[Facts], field: str) -> None:
    """Raises `EngineError` when two have the same id."""
    seen: dict[Id, int] = {}
    for k, one in enumerate(those):
        if seen.setdefault(one.id, k) != k:
            raise EngineError(f"{field}[{k}].id", f"{one.id} is the id of {field}[{seen[one.id]}] too")


def weeks_in_common(one: Facts, other: Facts) -> int | None:
    """0 when they do not meet, `None` when a window is not known."""
    if one.start is None or one.end is None or other.start is None or other.end is None:
        return None
    return max(0, min(one.end, other.end) - max(one.start, other.start) + 1)


def km_between(one: Facts, other: Facts) -> float | None:
    """Kilometres by road, estimated; `None` when a place is not known."""
    if one.x is None or one.y is None or other.x is None or other.y is None:
        return None
    return ROAD * math.hypot(one.x - other.x, one.y - other.y)


class Columns:
    """The facts of many, to be compared with those of one at once.

    Every answer is an array with one entry for each position asked about, `at` (all, if nothing is said).
    """

    def __init__(self, those: Sequence[Facts]) -> None:
        self._kinds = Labels([one.kind for one in those])
        self._start, self._end, self._x, self._y = (
            _numbers([getattr(one, name) for one in those]) for name in ("start", "end", "x", "y")
        )
        self._bits: dict[str, int] = {}
        for language in sorted({language for one in those for language in one.languages}):
            self._bits[language] = 1 << len(self._bits)
        if len(self._bits) > MOST_LANGUAGES:
            raise EngineError("languages", f"expected at most {MOST_LANGUAGES} in all, got {len(self._bits)}")
        self._spoken = np.array([self._mask(one) for one in those], dtype=np.int64)

    def same_kind(self, one: Facts, at: At = ALL) -> Truths:
        return self._kinds.same(one.kind, at)

    def weeks(self, one: Facts, at: At = ALL) -> Numbers:
        """Weeks in common; nan where a window is not known."""
        start, end = _numbers([one.start, one.end])
        return np.asarray(np.maximum(0, np.minimum(self._end[at], end) - np.maximum(self._start[at], start) + 1))

    def km(self, one: Facts, at: At = ALL) -> Numbers:
        """Kilometres by road, estimated; nan where a place is not known."""
        x, y = _numbers([one.x, one.y])
        return np.asarray(ROAD * np.hypot(self._x[at] - x, self._y[at] - y))

    def common_language(self, one: Facts, at: At = ALL) -> Truths:
        return np.asarray(self._spoken[at] & self._mask(one) != 0)

    def _mask(self, one: Facts) -> int:
        return sum(self._bits.get(language, 0) for language in one.languages)


class Labels:
    """Labels as numbers, to compare many with one. What is not known is like nothing."""

    def __init__(self, labels: Sequence[Id | None]) -> None:
        self._number: dict[Id, int] = {}
        self._of = np.array(
            [-1 if label is None else self._number.setdefault(label, len(self._number)) for label in labels],
            dtype=np.int64,
        )

    def same(self, label: Id | None, at: At = ALL) -> Truths:
        # -2 is nobody's number, -1 that of those who say nothing.
        number = -2 if label is None else self._number.get(label, -2)
        return np.asarray(self._of[at] == number)


def _numbers(values: Sequence[Any]) -> Numbers:
    return np.array([math.nan if value is None else value for value in values], dtype=np.float64)
