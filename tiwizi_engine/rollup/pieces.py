"""What each fact gives to totals: numbers in columns, which totals add whatever the calculation.

An indicator has a column for its value, one for its denominators (ratio), one that only says "there was a fact"
(latest), one for each category of its breakdowns. So one way of adding serves sums, latest values, ratios, means and
breakdowns; only maximum and unique need more (`summits.py`).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tiwizi_engine.rollup.exact import Numbers, Whole
from tiwizi_engine.rollup.facts import LATEST, RATIO, SUM, Facts, spread_out

VALUE, DENOMINATOR, THERE, CATEGORIES = 0, 1, 2, 3
# A piece also counts: 1 for a fact that was counted, this for one that said nothing. Both counts stay apart while
# there are fewer than 2^26 facts, and both are exact.
SILENT = 2.0**26


@dataclass(frozen=True)
class Pieces:
    """Arrays alike: set of bodies, period in which it counts, indicator, kind of column, number, count."""

    set: Whole
    period: Whole
    indicator: Whole
    kind: Whole
    number: Numbers
    count: Numbers

    def __len__(self) -> int:
        return len(self.set)


def pieces_of(facts: Facts, sets: Whole, calculations: Whole, periods: int) -> Pieces:
    """Everything that these facts give. A latest value counts in each period until the next one."""
    how, silent = calculations[facts.indicator], silent_of(facts, calculations)
    if facts.applies is not None:
        how = np.where(facts.applies, how, -1)
    stands = np.flatnonzero(~silent & (how >= 0) & (how != LATEST))
    quiet = np.flatnonzero(silent & (how >= 0))
    ratios = np.flatnonzero(~silent & (how == RATIO))
    made = [
        _piece(stands, facts.period[stands], VALUE, facts.value[stands]),
        _piece(quiet, facts.period[quiet], VALUE, np.zeros(len(quiet)), SILENT),
    ]
    if facts.denominator is not None and len(ratios):
        made.append(_piece(ratios, facts.period[ratios], DENOMINATOR, facts.denominator[ratios]))
    plain = np.flatnonzero((~silent & (how == SUM))[facts.part_fact])
    made.append(_parts(facts, plain, facts.part_fact[plain], facts.period[facts.part_fact[plain]]))
    if (how == LATEST).any():
        taken, since, void, void_period = _latest(facts, sets, np.flatnonzero(how == LATEST), silent, periods)
        made.append(_piece(taken, since, VALUE, facts.value[taken]))
        made.append(_piece(void, void_period, THERE, np.zeros(len(void))))
        sizes = np.bincount(facts.part_fact, minlength=len(facts))
        first, own = (np.cumsum(sizes) - sizes)[taken], sizes[taken]
        made.append(_parts(facts, spread_out(first, own), np.repeat(taken, own), np.repeat(since, own)))
    fact, period, kind, number, count = (np.concatenate(those) for those in zip(*made, strict=True))
    return Pieces(sets[fact], period, facts.indicator[fact], kind, number, count)


Piece = tuple[Whole, Whole, Whole, Numbers, Numbers]


def _piece(fact: Whole, period: Whole, kind: Whole | int, number: Numbers, count: float = 1.0) -> Piece:
    """Small numbers are kept small: the time goes into moving them."""
    kinds = np.full(len(fact), kind, dtype=np.int32) if isinstance(kind, int) else kind.astype(np.int32)
    return fact.astype(np.int32), period.astype(np.int32), kinds, number, np.full(len(fact), count)


def _parts(facts: Facts, part: Whole, fact: Whole, period: Whole) -> Piece:
    """Breakdowns: `part` are positions among all parts, of the facts beside."""
    return _piece(fact, period, CATEGORIES + facts.part_category[part], facts.part_value[part])


def silent_of(facts: Facts, calculations: Whole) -> NDArray[np.bool_]:
    """Which facts say nothing: no value, or for a ratio no denominator."""
    silent = np.isnan(facts.value)
    if facts.denominator is not None:
        silent |= (calculations[facts.indicator] == RATIO) & np.isnan(facts.denominator)
    return silent


def _latest(
    facts: Facts, sets: Whole, those: Whole, silent: NDArray[np.bool_], periods: int
) -> tuple[Whole, Whole, Whole, Whole]:
    """(fact, period) for each period in which a value is the last one reported by its set of bodies; and (fact,
    period) for those in which there is a fact, but none has said anything yet.
    """
    group = sets[those].astype(np.int64) * (int(facts.indicator.max()) + 1) + facts.indicator[those]
    # In time; within a period in the order given (the sort is stable).
    order = np.argsort(group * periods + facts.period[those], kind="stable")
    those, group = those[order], group[order]
    spoke = np.flatnonzero(~silent[those])
    taken, its = those[spoke], group[spoke]
    start = facts.period[taken].astype(np.int64)
    until = np.full(len(taken), periods, dtype=np.int64)
    same = its[1:] == its[:-1]
    until[:-1][same] = start[1:][same]
    lasts = until - start
    period = spread_out(start, lasts)
    first = np.flatnonzero(np.concatenate([[True], group[1:] != group[:-1]]))
    opening = facts.period[those[first]].astype(np.int64)
    # Where a group's first word comes, or never.
    said = np.full(len(first), periods, dtype=np.int64)
    if len(taken):
        begins = np.flatnonzero(np.concatenate([[True], ~same]))
        said[np.searchsorted(group[first], its[begins])] = start[begins]
    return np.repeat(taken, lasts), period, np.repeat(those[first], said - opening), spread_out(opening, said - opening)
