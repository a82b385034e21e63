"""What cannot be added: the largest value, and how many different members.

Both are found for all bodies and periods of some indicators at once, in a table, and then put beside the counts.
"""

from collections.abc import Iterator

import numpy as np
from scipy import sparse

from tiwizi_engine.rollup.columns import BESIDE, Columns
from tiwizi_engine.rollup.exact import Numbers, Whole
from tiwizi_engine.rollup.facts import MAXIMUM, UNIQUE, Facts, distinct, spread_out
from tiwizi_engine.rollup.pieces import Told
from tiwizi_engine.rollup.spread import Spread

AT_ONCE = 2**22  # entries of a table


def put_summits(found: Spread, told: Told, calculations: Whole, columns: Columns, who: sparse.csr_matrix) -> None:
    """The largest value and the number of members of each cell of an epoch, as a float in the place of a whole."""
    facts, epoch = told.facts, found.epoch
    inside = (facts.period >= epoch.first) & (facts.period <= epoch.last) & ~told.silent
    length = epoch.last - epoch.first + 1
    for calculation in (MAXIMUM, UNIQUE):
        for some in _groups(np.flatnonzero(calculations == calculation), epoch.bodies * length):
            rank = np.full(columns.width, -1)
            rank[some] = np.arange(len(some))
            those = np.flatnonzero(inside & (told.how == calculation))
            those = those[rank[facts.indicator[those]] >= 0]
            if not len(those):
                continue
            slot = rank[facts.indicator[those]] * length + facts.period[those] - epoch.first
            find = largest if calculation == MAXIMUM else different
            table = find(facts, those, told.sets[those], slot, len(some) * length, who)
            slots = np.where(rank < 0, -1, rank * length) + np.where(rank < 0, 0, np.arange(length)[:, None])
            its = slots.ravel().take(found.cell)
            at = np.flatnonzero(its >= 0)
            body = np.searchsorted(found.start, at, side="right") - 1
            found.blocks[at, BESIDE] = table[body, its[at]].view(np.int64)


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
    names = distinct(facts.member)
    member = np.searchsorted(names, facts.member[spread_out(start[0], sizes)])
    packed = np.repeat(slot, sizes) * max(1, len(names)) + member
    columns = distinct(packed)
    place = (np.repeat(sets, sizes), np.searchsorted(columns, packed))
    given = sparse.csr_matrix((np.ones(len(packed)), place), shape=(who.shape[1], len(columns)))
    each = who @ given
    body = np.repeat(np.arange(who.shape[0]), np.diff(each.indptr))
    its = (columns // max(1, len(names)))[each.indices]
    return np.bincount(body * slots + its, minlength=who.shape[0] * slots).astype(np.float64).reshape(-1, slots)
