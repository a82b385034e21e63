"""What cannot be added: the largest value, and how many different members.

Both are found for all bodies and periods of some indicators at once, in a table, and then put beside the counts.
"""

from collections.abc import Iterator

import numpy as np
from scipy import sparse

from tiwizi_engine.rollup.columns import BESIDE, Columns
from tiwizi_engine.rollup.exact import Numbers, Whole
from tiwizi_engine.rollup.facts import MAXIMUM, UNIQUE, Facts, numbered, spread_out
from tiwizi_engine.rollup.pieces import Told
from tiwizi_engine.rollup.spread import Spread

AT_ONCE = 2**22  # entries of a table


def put_summits(found: Spread, told: Told, calculations: Whole, columns: Columns, who: sparse.csr_matrix) -> None:
    """The largest value and the number of members of each cell of an epoch, as a float in the place of a whole."""
    facts, epoch = told.facts, found.epoch
    length = epoch.last - epoch.first + 1
    if not (calculations >= MAXIMUM).any():
        return
    spoke = np.flatnonzero((told.how >= MAXIMUM) & ~told.silent)
    spoke = spoke[(facts.period[spoke] >= epoch.first) & (facts.period[spoke] <= epoch.last)]
    special = np.zeros(columns.width, dtype=bool)
    special[: columns.firsts] = calculations >= MAXIMUM
    at = np.flatnonzero(np.tile(special, length).take(found.cell))
    body, cell = np.searchsorted(found.start, at, side="right") - 1, found.cell.take(at)
    for calculation in (MAXIMUM, UNIQUE):
        for some in _groups(np.flatnonzero(calculations == calculation), epoch.bodies * length):
            rank = np.full(columns.width, -1)
            rank[some] = np.arange(len(some))
            those = spoke[(told.how[spoke] == calculation) & (rank[facts.indicator[spoke]] >= 0)]
            if not len(those):
                continue
            slot = rank[facts.indicator[those]] * length + facts.period[those] - epoch.first
            find = largest if calculation == MAXIMUM else different
            table = find(facts, those, told.sets[those], slot, len(some) * length, who)
            its = rank[cell % columns.width]
            mine = np.flatnonzero(its >= 0)
            place = body[mine] * table.shape[1] + its[mine] * length + cell[mine] // columns.width
            found.blocks[at[mine], BESIDE] = table.reshape(-1).take(place).view(np.int64)


def _groups(indicators: Whole, each: int) -> Iterator[Whole]:
    many = max(1, AT_ONCE // max(1, each))
    for k in range(0, len(indicators), many):
        yield indicators[k : k + many]


def largest(facts: Facts, those: Whole, sets: Whole, slot: Whole, slots: int, who: sparse.csr_matrix) -> Numbers:
    """The largest value of these facts for each body (row) and slot."""
    reached = who.T.tocsr()
    counts = np.diff(reached.indptr)[sets]
    body = reached.indices[spread_out(reached.indptr[sets], counts)]
    table = np.full(who.shape[0] * slots, -np.inf)
    np.maximum.at(table, body * np.int64(slots) + np.repeat(slot, counts), np.repeat(facts.value[those], counts))
    table[np.isneginf(table)] = 0.0  # no value is shown there
    return table.reshape(-1, slots)


def different(facts: Facts, those: Whole, sets: Whole, slot: Whole, slots: int, who: sparse.csr_matrix) -> Numbers:
    """How many different members these facts have for each body (row) and slot. A product like that of the totals,
    with a column for each member of each slot, holds each once.
    """
    start = np.searchsorted(facts.member_fact, np.stack([those, those + 1]))
    sizes = start[1] - start[0]
    names, member = numbered(facts.member[spread_out(start[0], sizes)])
    packed = np.repeat(slot, sizes) * max(1, len(names)) + member
    columns, number = numbered(packed)
    place = (np.repeat(sets, sizes), number)
    given = sparse.csr_matrix((np.ones(len(packed)), place), shape=(who.shape[1], len(columns)))
    each = who @ given
    body = np.repeat(np.arange(who.shape[0]), np.diff(each.indptr))
    its = (columns // max(1, len(names)))[each.indices]
    return np.bincount(body * slots + its, minlength=who.shape[0] * slots).astype(np.float64).reshape(-1, slots)
