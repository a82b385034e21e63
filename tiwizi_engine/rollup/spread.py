"""From what facts give to totals: a sparse product of "who reaches whom" with "who gave what".

Both matrices are over distinct sets of bodies. The first has a single 1 where a body is reached by a set, by however
many paths, so each piece is added once by construction.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from tiwizi_engine.rollup.exact import Units, Whole
from tiwizi_engine.rollup.facts import spread_out
from tiwizi_engine.rollup.graph import Epoch, Groupings
from tiwizi_engine.rollup.pieces import Pieces

SPARE = 64  # columns that a change may still add


class Columns:
    """Which column holds an indicator's numbers of a kind; more than one, side by side, where they are cut in limbs."""

    def __init__(self, pieces: Pieces, units: Units) -> None:
        kinds = int(pieces.kind.max(initial=0)) + 1
        present = np.zeros((len(units.limbs), kinds), dtype=bool)
        present[pieces.indicator, pieces.kind] = True
        present[:, :2] = True  # a change finds the columns of values and denominators ready
        indicator, kind = np.nonzero(present)
        repeats = units.limbs[indicator]
        self.indicator: Whole = np.repeat(indicator, repeats)
        self.kind: Whole = np.repeat(kind, repeats)
        self.limb: Whole = spread_out(np.zeros(len(repeats), dtype=np.int64), repeats)
        self._first = np.full((len(units.limbs), kinds), -1, dtype=np.int32)
        self._first[indicator, kind] = np.cumsum(repeats) - repeats
        self.width = len(self.kind) + SPARE
        self._units = units

    def of(self, indicator: Whole, kind: Whole) -> Whole:
        """The first column of each."""
        found: Whole = self._first[indicator, kind]
        return found

    def find(self, indicator: int, kind: int) -> int:
        """The first column of a kind, or -1."""
        return int(self._first[indicator, kind]) if kind < self._first.shape[1] else -1

    def admit(self, indicator: int, kind: int) -> bool:
        """A column for a kind that a change brings; no, where there is no room left."""
        limbs = int(self._units.limbs[indicator])
        if len(self.kind) + limbs > self.width:
            return False
        if kind >= self._first.shape[1]:
            more = np.full((len(self._first), kind + 1 - self._first.shape[1]), -1, dtype=np.int32)
            self._first = np.concatenate([self._first, more], axis=1)
        self._first[indicator, kind] = len(self.kind)
        self.indicator = np.append(self.indicator, [indicator] * limbs)
        self.kind = np.append(self.kind, [kind] * limbs)
        self.limb = np.append(self.limb, range(limbs))
        return True


@dataclass(frozen=True)
class Places:
    """Some cells: where they stand, how many of them each body has, and those that changes have added."""

    at: Whole
    counts: Whole
    added: list[tuple[int, int, complex]]

    def __len__(self) -> int:
        return len(self.at) + len(self.added)


@dataclass
class Spread:
    """Totals of one epoch. The cells of body b are `start[b]` to `start[b + 1]`: `cell` (period in the epoch times the
    width, and column; in no order), `number` (units added) and, as its imaginary part, the counts. `more` holds cells
    that changes have added.
    """

    epoch: Epoch
    start: Whole
    cell: Whole
    number: NDArray[np.complex128]
    more: dict[tuple[int, int], complex] = field(default_factory=dict)
    changed: bool = False  # cells may have become empty since

    def get(self, body: int, cell: int) -> complex:
        found = self._where(body, cell)
        return self.more.get((body, cell), 0j) if found is None else complex(self.number[found])

    def add(self, body: int, cell: int, number: complex) -> None:
        self.changed = True
        found = self._where(body, cell)
        if found is None:
            self.more[body, cell] = self.more.get((body, cell), 0j) + number
        else:
            self.number[found] += number

    def places(self, wanted: NDArray[np.bool_]) -> Places:
        """Which cells are wanted and have something in them; `wanted` by cell."""
        at = np.flatnonzero(wanted[self.cell])
        # The bodies of these only: there are millions of others.
        counts = np.diff(np.searchsorted(at, self.start))
        added = [(body, cell, number) for (body, cell), number in self.more.items() if wanted[cell]]
        return Places(at, counts, added)

    def fill(self, places: Places, body: Whole, cell: Whole, number: NDArray[np.complex128]) -> None:
        """Write these cells into arrays of their length."""
        found = len(places.at)
        body[:found] = np.repeat(np.arange(len(places.counts), dtype=np.int32), places.counts)
        np.take(self.cell, places.at, out=cell[:found], mode="clip")
        np.take(self.number, places.at, out=number[:found], mode="clip")
        for k, one in enumerate(places.added, found):
            body[k], cell[k], number[k] = one

    def _where(self, body: int, cell: int) -> int | None:
        if body + 1 >= len(self.start):
            return None
        begin, end = int(self.start[body]), int(self.start[body + 1])
        found = np.flatnonzero(self.cell[begin:end] == cell)
        return begin + int(found[0]) if len(found) else None


Reached = tuple[Whole, Whole]  # as `Epoch.climb` gives


class Given:
    """What each set of bodies gave, one after the other, the sets of the first epoch before those of the second."""

    def __init__(self, pieces: Pieces, units: Units, columns: Columns, groupings: Groupings, sets: int) -> None:
        lengths = [epoch.last - epoch.first + 1 for epoch in groupings.epochs]
        which = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)
        within = np.concatenate([np.arange(length, dtype=np.int32) for length in lengths]) * np.int32(columns.width)
        base = columns.of(pieces.indicator, pieces.kind)
        base += within[pieces.period]
        row = pieces.set if len(lengths) == 1 else which[pieces.period] * np.int64(sets) + pieces.set
        rows, cells, numbers = [], [], []
        for limb, at, part in units.cut(pieces.indicator, pieces.number):
            number = np.empty(len(part), dtype=np.complex128)
            number.real, number.imag = part, pieces.count[at]
            numbers.append(number)
            rows.append(row[at])
            cells.append(base[at] + np.int32(limb) if limb else base)
        row, cell, every = _joined(rows), _joined(cells), _joined(numbers)
        order = _by_row(row, sets * len(lengths))
        self._sets = sets
        self._start = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=sets * len(lengths)))])
        self._cell = cell[order]
        self._number = every[order]
        self._widths = [length * columns.width for length in lengths]

    def of(self, epoch: int) -> sparse.csr_matrix:
        """A row for each set, a column for each column of each period of the epoch."""
        start = self._start[epoch * self._sets : (epoch + 1) * self._sets + 1]
        inside = slice(int(start[0]), int(start[-1]))
        return sparse.csr_matrix(
            (self._number[inside], self._cell[inside], start - start[0]), shape=(self._sets, self._widths[epoch])
        )


def spread(given: sparse.csr_matrix, epoch: Epoch, reached: Reached) -> Spread:
    """Totals of an epoch, of all bodies at once."""
    starts, bodies = reached
    ones = np.ones(len(bodies), dtype=np.complex128)
    who = sparse.csr_matrix((ones, bodies, starts), shape=(len(starts) - 1, epoch.bodies))
    found = who.T.tocsr() @ given
    return Spread(epoch, found.indptr, found.indices, found.data)


def _joined(those: list[NDArray[Any]]) -> NDArray[Any]:
    return those[0] if len(those) == 1 else np.concatenate(those)


def _by_row(row: Whole, rows: int) -> Whole:
    """An order that brings equal rows together. Row and position packed in one number sort fastest."""
    bits = max(1, len(row).bit_length())
    if rows.bit_length() + bits > 62:
        return np.argsort(row, kind="stable")
    packed = row.astype(np.int64)
    packed <<= bits
    packed |= np.arange(len(row))
    packed.sort()
    packed &= (1 << bits) - 1
    return packed
