"""How much two titles are alike: soft cosine over words and concepts.

A title is a vector of words and concepts, each weighed by how rare it is among the titles (Sparck Jones 1972). Words
are alike as far as they share strings of three to five letters (Cavnar and Trenkle 1994), a concept is like itself
alone; titles are then compared by the soft cosine measure of Sidorov, Gelbukh, Gomez-Adorno and Pinto (Sidorov 2014).
So "scolarisation" meets "scolaire" by its letters and "école" by its meaning.

Letters are compared once for each distinct word, never for each title: with `T` the titles by their words and `L` the
words by their strings of letters, the likeness of every title to one, `q`, is `T (L q)`.
"""

import importlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from math import log, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tiwizi_engine.errors import EngineError
from tiwizi_engine.matching.glossary import Glossary, Reading

Scores = NDArray[np.float32]
Units = Mapping[str, float]  # words, and concepts marked by a sign that no word has; how much each counts

SHORTEST, LONGEST = 3, 5  # letters in a string
SLACK = 1e-5  # of a likeness: it is counted in 32 bits
OF_EXPLAINED = 0.2  # a word whose concept is known: the concept speaks for it
OF_GENERIC = 0.15  # a word that stands in titles of every subject
BLOCK = 512  # titles compared with all at once


def sparse() -> Any:
    """scipy's sparse matrices, or a sentence that says what to install."""
    try:
        return importlib.import_module("scipy.sparse")
    except ImportError:
        raise EngineError("", "titles are compared with scipy, which is not here: install tiwizi[matching]") from None


class Titles:
    """Titles made ready to be compared.

    Titles that say the same are kept once, however many there are: `row_of[k]` is the row of the k-th title, and
    `readings[row]` what it says.
    """

    def __init__(self, titles: Sequence[str], glossary: Glossary) -> None:
        self.glossary = glossary
        self.readings: list[Reading] = []
        known: dict[str, int] = {}
        rows: dict[frozenset[tuple[str, float]], int] = {}
        for title in titles:
            if title not in known:
                reading = glossary.read(title)
                known[title] = rows.setdefault(frozenset(_units(reading).items()), len(rows))
                if len(rows) > len(self.readings):
                    self.readings.append(reading)
        self.row_of = np.array([known[title] for title in titles], dtype=np.int64)
        units = [_units(reading) for reading in self.readings]
        self._weigh(units, np.bincount(self.row_of, minlength=len(units)))
        self._strings = {one: k for k, one in enumerate(dict.fromkeys(s for u in self._rarity for s in _strings(u)))}
        self._letters = self._matrix([_letters({unit: 1.0}) for unit in self._rarity], self._strings)
        raw = self._matrix([self._weighed(one) for one in units], {unit: k for k, unit in enumerate(self._rarity)})
        lengths = [self._lengths(raw[k : k + BLOCK]) for k in range(0, raw.shape[0], BLOCK)]
        self._words = sparse().diags_array(1 / np.concatenate([np.ones(0), *lengths])).tocsr() @ raw

    def scores(self, title: str) -> Scores:
        """The likeness of each row to a title, from 0 (nothing in common) to 1 (the same)."""
        spread = _letters(self._weighed(_units(self.glossary.read(title))))
        length = sqrt(sum(value * value for value in spread.values())) or 1.0
        one = self._matrix([spread], self._strings).toarray()[0] / length
        return np.asarray(self._words @ (self._letters @ one)).clip(0, 1)

    def blocks(self) -> Iterator[tuple[int, Scores]]:
        """Every row's likeness to every row, `BLOCK` rows at a time: the first row, and (rows of the block, all)."""
        for first in range(0, len(self.readings), BLOCK):
            spread = self._words[first : first + BLOCK] @ self._letters
            alike = (self._letters @ spread.T).toarray()
            yield first, np.asarray(self._words @ alike).T.clip(0, 1)

    def _weigh(self, units: Sequence[Units], times: NDArray[np.int64]) -> None:
        held: Counter[str] = Counter()
        for one, count in zip(units, times.tolist(), strict=True):
            for unit in one:
                held[unit] += count
        total = len(self.row_of)
        self._rarity = {unit: log((1 + total) / (1 + count)) + 1 for unit, count in held.items()}
        self._rarest = log(1 + total) + 1

    def _weighed(self, units: Units) -> Units:
        return {unit: weight * self._rarity.get(unit, self._rarest) for unit, weight in units.items()}

    def _lengths(self, block: Any) -> Scores:
        spread = block @ self._letters
        found = np.sqrt(np.asarray((spread * spread).sum(axis=1)))
        return np.where(found > 0, found, 1).astype(np.float32)

    @staticmethod
    def _matrix(rows: Sequence[Mapping[str, float]], column: Mapping[str, int]) -> Any:
        """A sparse matrix of rows given by name; names without a column are left out."""
        kept = [[(column[name], value) for name, value in row.items() if name in column] for row in rows]
        ends = np.cumsum([0] + [len(row) for row in kept])
        index = np.array([at for row in kept for at, _ in row], dtype=np.int32)
        value = np.array([value for row in kept for _, value in row], dtype=np.float32)
        return sparse().csr_array((value, index, ends), shape=(len(rows), len(column)))


def _units(reading: Reading) -> dict[str, float]:
    found = {"=" + concept: 1.0 for concept in reading.concepts}
    for words, weight in ((reading.own, 1.0), (reading.explained, OF_EXPLAINED), (reading.generic, OF_GENERIC)):
        for word in words:
            found[word] = max(weight, found.get(word, 0.0))
    return found


def _letters(units: Units) -> dict[str, float]:
    """A weighed title by its strings of letters; a word counts as much as its weight, however long it is."""
    found: dict[str, float] = {}
    for unit, weight in units.items():
        strings = _strings(unit)
        for one in strings:
            found[one] = found.get(one, 0.0) + weight / sqrt(len(strings))
    return found


def _strings(unit: str) -> dict[str, None]:
    if unit[0] == "=":
        return {unit: None}
    word = f" {unit} "
    # A dictionary keeps their order, and with it the last digit of every sum, from one run to the next.
    return {word[k : k + n]: None for n in range(SHORTEST, LONGEST + 1) for k in range(len(word) - n + 1)}
