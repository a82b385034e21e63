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
    """Arrays alike: fact (position), set of bodies, period in which it counts, indicator, kind of column, number,
    count.
    """

    fact: Whole
    set: Whole
    period: Whole
    indicator: Whole
    kind: Whole
    number: Numbers
    count: Numbers

    def __len__(self) -> int:
        return len(self.fact)


def pieces_of(facts: Facts, sets: Whole, calculations: Whole, periods: int) -> Pieces:
    """Everything that these facts give. A latest value counts in each period until the next one."""
    how, silent = calculations[facts.indicator], silent_of(facts, calculations)
    if facts.applies is not None:
        how = np.where(facts.applies, how, -1)
    stands = np.flatnonzero(~silent & (how >= 0) & (how != LATEST))
    when = facts.period[stands]
    made = []
    if (how == LATEST).any():
        taken, since, void, void_period = _latest(facts, sets, np.flatnonzero(how == LATEST), silent, periods)
        stands, when = np.concatenate([stands, taken]), np.concatenate([when, since])
        made.append((void, void_period, np.full(len(void), THERE), np.zeros(len(void)), np.ones(len(void))))
    made.append((stands, when, np.full(len(stands), VALUE), facts.value[stands], np.ones(len(stands))))
    quiet = np.flatnonzero(silent & (how >= 0))
    size = len(quiet)
    made.append((quiet, facts.period[quiet], np.full(size, VALUE), np.zeros(size), np.full(size, SILENT)))
    ratios = np.flatnonzero(~silent & (how == RATIO))
    if facts.denominator is not None and len(ratios):
        size = len(ratios)
        below = facts.denominator[ratios]
        made.append((ratios, facts.period[ratios], np.full(size, DENOMINATOR), below, np.ones(size)))
    if len(facts.part_fact):
        part, fact, period = _parts(facts, stands, when, how)
        kind = CATEGORIES + facts.part_category[part]
        made.append((fact, period, kind, facts.part_value[part], np.ones(len(part))))
    fact, period, kind, number, count = (np.concatenate(those) for those in zip(*made, strict=True))
    return Pieces(fact, sets[fact], period, facts.indicator[fact], kind, number, count)


def silent_of(facts: Facts, calculations: Whole) -> NDArray[np.bool_]:
    """Which facts say nothing: no value, or for a ratio no denominator."""
    silent = np.isnan(facts.value)
    if facts.denominator is not None:
        silent |= (calculations[facts.indicator] == RATIO) & np.isnan(facts.denominator)
    return silent


def _parts(facts: Facts, stands: Whole, when: Whole, how: Whole) -> tuple[Whole, Whole, Whole]:
    """(position among parts, fact, period): the breakdowns of what counts in a sum or a latest value."""
    detailed = np.flatnonzero(how[stands] <= LATEST)
    assert SUM < LATEST < RATIO  # noqa: S101 (what the comparison above rests on)
    those, at = stands[detailed], when[detailed]
    first = np.searchsorted(facts.part_fact, np.arange(len(facts) + 1))
    sizes = np.diff(first)[those]
    return spread_out(first[those], sizes), np.repeat(those, sizes), np.repeat(at, sizes)


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
