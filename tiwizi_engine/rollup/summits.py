"""What cannot be added: the largest value, and how many different members."""

import numpy as np

from tiwizi_engine.rollup.exact import Numbers, Whole
from tiwizi_engine.rollup.facts import Facts, distinct, spread_out


class Summits:
    """A number for each key that has one; a key is a body, period and indicator packed together."""

    def __init__(self) -> None:
        self.keys: Whole = np.zeros(0, dtype=np.int64)
        self.values: Numbers = np.zeros(0)
        self._changed: dict[int, float | None] = {}

    def add(self, keys: Whole, values: Numbers) -> None:
        """Keys that are not there yet, ascending."""
        self.keys = np.concatenate([self.keys, keys])
        self.values = np.concatenate([self.values, values])
        order = np.argsort(self.keys, kind="stable")
        self.keys, self.values = self.keys[order], self.values[order]

    def get(self, key: int) -> float | None:
        if key in self._changed:
            return self._changed[key]
        at = int(np.searchsorted(self.keys, key))
        return float(self.values[at]) if at < len(self.keys) and self.keys[at] == key else None

    def put(self, key: int, value: float | None) -> None:
        self._changed[key] = value

    def of(self, keys: Whole) -> Numbers:
        """The number of each key, which must have one unless it was changed."""
        found = np.full(len(keys), np.nan)
        if len(self.keys):
            at = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
            found = np.where(self.keys[at] == keys, self.values[at], np.nan)
        if self._changed:
            changed = np.array(sorted(self._changed), dtype=np.int64)
            at = np.minimum(np.searchsorted(changed, keys), len(changed) - 1)
            for k in np.flatnonzero(changed[at] == keys).tolist():
                value = self._changed[int(keys[k])]
                found[k] = np.nan if value is None else value
        return found


def climbed(those: Whole, sets: Whole, starts: Whole, bodies: Whole) -> tuple[Whole, Whole]:
    """(fact, body) for each body that each of these facts reaches; `starts` and `bodies` as `Epoch.climb` gives."""
    its = sets[those]
    counts = np.diff(starts)[its]
    return np.repeat(those, counts), bodies[spread_out(starts[its], counts)]


def largest(keys: Whole, values: Numbers) -> tuple[Whole, Numbers]:
    """Distinct keys, ascending, and the largest value of each."""
    if not len(keys):
        return keys, values
    order = np.argsort(keys)
    keys, values = keys[order], values[order]
    first = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]]))
    return keys[first], np.maximum.reduceat(values, first)


def different(facts: Facts, those: Whole, keys: Whole) -> tuple[Whole, Numbers]:
    """Distinct keys, ascending, and how many different members the facts beside each have."""
    names = distinct(facts.member)
    member = np.searchsorted(names, facts.member)
    start = np.searchsorted(facts.member_fact, np.arange(len(facts) + 1))
    sizes = np.diff(start)[those]
    different_keys = distinct(keys)
    its = np.repeat(np.searchsorted(different_keys, keys), sizes)
    every = distinct(its * max(1, len(names)) + member[spread_out(start[those], sizes)])
    counts = np.bincount(every // max(1, len(names)), minlength=len(different_keys))
    return different_keys, counts.astype(np.float64)
