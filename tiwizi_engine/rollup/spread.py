"""From what facts give to totals: a sparse product of "who reaches whom" with "who gave what".

Both matrices are over distinct sets of bodies. The first has a single 1 where a body is reached by a set, by however
many paths, so each piece is added once by construction. The second has blocks: the numbers of an indicator that stand
side by side are added in one step.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from tiwizi_engine.rollup.columns import Columns
from tiwizi_engine.rollup.exact import Whole
from tiwizi_engine.rollup.graph import Epoch, Groupings
from tiwizi_engine.rollup.pieces import Blocks, Pieces


@dataclass(frozen=True)
class Cells:
    """Some cells of an epoch: where each body's begin and end among them, which they are, their numbers."""

    start: Whole
    cell: Whole
    blocks: Blocks

    def __len__(self) -> int:
        return len(self.cell)

    def body(self) -> Whole:
        return np.repeat(np.arange(len(self.start) - 1, dtype=np.int32), np.diff(self.start))


@dataclass
class Spread:
    """Totals of one epoch. The cells of body b are `start[b]` to `start[b + 1]`: `cell` (period in the epoch times the
    width, and column; in no order), and a block of numbers each. `more` holds cells that changes have added.
    """

    epoch: Epoch
    start: Whole
    cell: Whole
    blocks: Blocks
    more: dict[tuple[int, int], Blocks] = field(default_factory=dict)
    changed: bool = False  # cells may have become empty since

    def get(self, body: int, cell: int) -> Blocks | None:
        """The numbers of a cell, to read or to change; `None` where there is none."""
        begin, end = (int(at) for at in self.start[body : body + 2])
        found = np.flatnonzero(self.cell[begin:end] == cell)
        return self.blocks[begin + int(found[0])] if len(found) else self.more.get((body, cell))

    def add(self, body: int, cell: int, block: Blocks) -> None:
        self.changed = True
        found = self.get(body, cell)
        if found is None:
            self.more[body, cell] = block.copy()
        else:
            found += block

    def cells(self, wanted: NDArray[np.bool_] | None) -> Cells:
        """Those in which something stands, of the columns that are wanted (`None`: of all)."""
        start, cell, blocks = self._with_more() if self.more else (self.start, self.cell, self.blocks)
        if wanted is None and not self.changed:
            return Cells(start, cell, blocks)
        good = blocks.any(axis=1)
        if wanted is not None:
            good &= wanted[cell % len(wanted)]
        at = np.flatnonzero(good)
        return Cells(np.searchsorted(at, start), cell[at], blocks[at])

    def _with_more(self) -> tuple[Whole, Whole, Blocks]:
        added = sorted(self.more)  # two bodies may end at the same place
        bodies = np.array([body for body, _ in added])
        at = self.start[bodies + 1]
        start = self.start + np.searchsorted(bodies, np.arange(len(self.start)))
        cell = np.insert(self.cell, at, [cell for _, cell in added])
        return start, cell, np.insert(self.blocks, at, [self.more[place] for place in added], axis=0)


def who_of(epoch: Epoch, sets: Sequence[Whole]) -> sparse.csr_matrix:
    """A row for each body: a single 1 for each set of bodies that reaches it. Sets come as tables, a row of bodies for
    each set; the first holds each body by itself.
    """
    above = epoch.climb()
    every = [above]
    for table in sets[1:]:
        size = table.shape[1]
        its = (np.ones(table.size, dtype=np.int64), table.ravel(), np.arange(0, table.size + 1, size))
        every.append(sparse.csr_matrix(its, shape=(len(table), epoch.bodies)) @ above)
    who = sparse.vstack(every).T.tocsr()
    who.data[:] = 1  # however many the paths
    return who


def given_by(pieces: Pieces, columns: Columns, groupings: Groupings, sets: int) -> Callable[[int], sparse.bsr_matrix]:
    """For each epoch, by its number: what each set of bodies gave, a row each; a column for each of each period."""
    lengths = [epoch.last - epoch.first + 1 for epoch in groupings.epochs]
    which: Whole = np.repeat(np.arange(len(lengths)) * sets, lengths)
    within: Whole = np.concatenate([np.arange(length, dtype=np.int32) for length in lengths]) * np.int32(columns.width)
    place = (which.take(pieces.period) + pieces.set, within.take(pieces.period) + pieces.column)
    size = (len(lengths) * sets, max(lengths) * columns.width)
    one = sparse.coo_matrix((pieces.row, place), shape=size)
    # Rows are brought together by counting; equal places must stay apart, as what stands there are no numbers.
    one.has_canonical_format = True
    all_rows = one.tocsr()

    def of(epoch: int) -> sparse.bsr_matrix:
        start = all_rows.indptr[epoch * sets : (epoch + 1) * sets + 1]
        inside = slice(int(start[0]), int(start[-1]))
        blocks = pieces.blocks.take(all_rows.data[inside], axis=0)[:, None, :]
        shape = (sets, lengths[epoch] * columns.width * columns.across)
        return sparse.bsr_matrix((blocks, all_rows.indices[inside], start - start[0]), shape=shape)

    return of


def spread(given: sparse.bsr_matrix, epoch: Epoch, who: sparse.csr_matrix) -> Spread:
    """Totals of an epoch, of all bodies at once."""
    ones = sparse.bsr_matrix((who.data[:, None, None], who.indices, who.indptr), shape=who.shape)
    found = ones @ given
    return Spread(epoch, found.indptr, found.indices, found.data[:, 0, :])
