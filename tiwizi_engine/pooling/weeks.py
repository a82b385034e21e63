"""Weeks that a fractional solution books twice: rows for the model before it is solved in whole numbers."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np

from tiwizi_engine.pooling.candidates import Column
from tiwizi_engine.pooling.problem import Problem

Crowd = tuple[int, frozenset[int]]
SURE = 1e-6


def crowds(p: Problem, columns: Sequence[Column], held: np.ndarray) -> list[Crowd]:
    """Hosts, and weeks in a row, for which more events are held (`held[c]` from 0 to 1) than there are open weeks.

    A group's weeks are an interval of the host's open weeks, so it is enough to look at intervals (Hall's condition for
    convex bipartite graphs; Glover 1967).
    """
    at: dict[int, list[int]] = defaultdict(list)
    for c in np.flatnonzero(held[: len(columns)] > SURE).tolist():
        at[columns[c].host].append(c)
    busy = (host for host, here in sorted(at.items()) if sum(held[c] for c in here) > 1 + SURE)
    return [(host, weeks) for host in busy for weeks in _too_full(p, host, [(columns[c], held[c]) for c in at[host]])]


def _too_full(p: Problem, host: int, here: list[tuple[Column, float]]) -> Iterator[frozenset[int]]:
    """The fullest intervals first; then those that overlap none already named."""
    booked = {event.week for event in p.agreed if event.host == host}
    free = [w for w in range(p.meta.weeks) if w not in p.communes[host].blocked and w not in booked]
    place = {week: k for k, week in enumerate(free)}
    grid = np.zeros((len(free), len(free)))
    for column, x in here:
        inside = [place[w] for w in column.weeks if w in place]
        if inside:
            grid[inside[0], inside[-1]] += x
    load = np.cumsum(np.cumsum(grid[::-1], axis=0)[::-1], axis=1)
    first, last = np.indices(load.shape)
    over = np.where(last >= first, load - (last - first + 1), -1.0)
    while over.size and over.max() > SURE:
        a, b = (int(k) for k in np.unravel_index(int(over.argmax()), over.shape))
        yield frozenset(free[a : b + 1]) | booked
        over[(first <= b) & (last >= a)] = -1.0
