"""Who belongs to whom, and when: groupings as a graph, and how far a fact climbs in it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from tiwizi_engine.errors import EngineError
from tiwizi_engine.rollup.exact import Whole

Bits = NDArray[np.uint8]
AT_ONCE = 4096  # bodies whose ancestors are unpacked together: a table of some megabytes


@dataclass(frozen=True)
class Grouping:
    """`body` belongs to `above` in the periods from `first` to `last`, both included; `None` is: without end.

    Bodies and periods are positions.
    """

    body: int
    above: int
    first: int | None = None
    last: int | None = None


@dataclass(frozen=True)
class Epoch:
    """Periods `first` to `last` (included) in which the same groupings are valid. Row b of `reach` has a bit for each
    body that a fact of b reaches, b itself too.
    """

    first: int
    last: int
    reach: Bits
    bodies: int

    def above(self, bodies: Iterable[int]) -> Whole:
        """Every body that a fact of these reaches, each once."""
        bits = np.bitwise_or.reduce(self.reach[list(bodies)], axis=0)
        return np.flatnonzero(np.unpackbits(bits, count=self.bodies, bitorder="little"))

    def climb(self) -> sparse.csr_matrix:
        """A row for each body: a 1 for each body that it reaches."""
        counts, found = [np.zeros(1, dtype=np.int64)], [np.zeros(0, dtype=np.int32)]
        for k in range(0, self.bodies, AT_ONCE):
            table = np.unpackbits(self.reach[k : k + AT_ONCE], axis=1, count=self.bodies, bitorder="little")
            # Positions in one long row are found faster than in a table.
            row, body = np.divmod(np.flatnonzero(table.view(bool)), self.bodies)
            counts.append(np.bincount(row, minlength=len(table)))
            found.append(body.astype(np.int32))
        above, starts = np.concatenate(found), np.cumsum(np.concatenate(counts))
        return sparse.csr_matrix((np.ones(len(above), dtype=np.int64), above, starts), shape=(self.bodies, self.bodies))


class Groupings:
    """All groupings among `bodies`, over `periods`. Parted into epochs, so that closures are found once for each.

    `names` are for sentences. Raises `EngineError` for a position that does not exist, for an end before its
    beginning, and for a cycle (in any period), which it names.
    """

    def __init__(
        self, bodies: int, periods: int, those: Sequence[Grouping], names: Sequence[str] | None = None
    ) -> None:
        self.bodies = bodies
        self.periods = periods
        self._names = names
        for k, one in enumerate(those):
            self._admit(f"groupings[{k}]", one)
        spans = [(one, one.first or 0, periods - 1 if one.last is None else one.last) for one in those]
        edges = {0, *(first for _, first, _ in spans), *(last + 1 for _, _, last in spans)}
        # Without periods there is nothing to add, but a cycle is still named.
        starts = sorted(edge for edge in edges if edge < periods) or [0]
        self.epochs: list[Epoch] = []
        for start, after in zip(starts, [*starts[1:], periods], strict=True):
            valid = [(one.body, one.above) for one, first, last in spans if first <= start <= last]
            self.epochs.append(Epoch(start, after - 1, self._closure(valid), bodies))

    def at(self, period: int) -> Epoch:
        """The epoch of a period."""
        return next(epoch for epoch in self.epochs if epoch.first <= period <= epoch.last)

    def _admit(self, where: str, one: Grouping) -> None:
        if not (0 <= one.body < self.bodies and 0 <= one.above < self.bodies):
            raise EngineError(where, f"expected bodies from 0 to {self.bodies - 1}, got {one.body} and {one.above}")
        for period in (one.first, one.last):
            if period is not None and not 0 <= period < self.periods:
                raise EngineError(where, f"expected periods from 0 to {self.periods - 1}, got {period}")
        if one.first is not None and one.last is not None and one.last < one.first:
            raise EngineError(where, "ends before it begins")

    def _closure(self, valid: Sequence[tuple[int, int]]) -> Bits:
        """Ancestors of all, from the top down: each body is or-ed with those directly above it."""
        above: list[list[int]] = [[] for _ in range(self.bodies)]
        below: list[list[int]] = [[] for _ in range(self.bodies)]
        for body, group in set(valid):
            above[body].append(group)
            below[group].append(body)
        reach = np.zeros((self.bodies, (self.bodies + 7) // 8), dtype=np.uint8)
        each = np.arange(self.bodies)
        reach[each, each // 8] = 1 << (each % 8)
        waiting = [len(groups) for groups in above]
        ready = [body for body in range(self.bodies) if not above[body]]
        for body in ready:
            for group in above[body]:
                reach[body] |= reach[group]
            for member in below[body]:
                waiting[member] -= 1
                if not waiting[member]:
                    ready.append(member)
        if len(ready) < self.bodies:
            raise EngineError("groupings", f"go round in a circle: {self._cycle(above, waiting)}")
        return reach

    def _cycle(self, above: list[list[int]], waiting: list[int]) -> str:
        """Up from a body that never became ready, until one comes twice."""
        at = min(body for body, left in enumerate(waiting) if left)
        path: list[int] = []
        while at not in path:
            path.append(at)
            at = min(group for group in above[at] if waiting[group])
        circle = [*path[path.index(at) :], at]
        return " -> ".join(self._names[body] if self._names else str(body) for body in circle)
