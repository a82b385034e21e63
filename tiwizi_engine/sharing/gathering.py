"""The game of one event at one place, at any size: a group meets there, or its members act alone.

Meeting costs `fixed` once and each member's `direct` cost; the room of a member is what it costs alone, less its direct
cost. A group saves its rooms less the fixed cost, or nothing: this is the bankruptcy game (O'Neill, 1982) of the rooms
as claims on what all save together, so that its nucleolus is the rule of the Talmud (Aumann and Maschler, 1985).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tiwizi_engine.errors import EngineError
from tiwizi_engine.sharing.sampling import Sample, sampled_shapley


@dataclass(frozen=True)
class Gathering:
    """`alone` and `direct` by player, `fixed` once; all players together pay `fixed` and their direct costs."""

    alone: tuple[float, ...]
    direct: tuple[float, ...]
    fixed: float

    def __post_init__(self) -> None:
        for name, given in (("alone", self.alone), ("direct", self.direct), ("fixed", (self.fixed,))):
            if not all(0 <= x < np.inf for x in given):
                raise EngineError(name, "expected numbers of 0 or more")
        if len(self.alone) != len(self.direct):
            raise EngineError("direct", f"expected {len(self.alone)} numbers, one a player, got {len(self.direct)}")

    @cached_property
    def rooms(self) -> np.ndarray:
        """What each would save if the place were free."""
        rooms: np.ndarray = np.maximum(0.0, np.array(self.alone) - np.array(self.direct))
        return rooms

    @property
    def total(self) -> float:
        return self.fixed + sum(self.direct)

    @property
    def saving(self) -> float:
        """What all save together; negative when the event costs more than all alone."""
        return sum(self.alone) - self.total

    def of(self, coalition: Sequence[int] | range) -> float:
        """What a group costs by itself: alone, or those at the place whom it serves."""
        if len(set(coalition)) == len(self.alone):
            return self.total
        saved = max(0.0, sum(float(self.rooms[k]) for k in coalition) - self.fixed)
        return sum(self.alone[k] for k in coalition) - saved

    def nucleolus(self) -> list[float]:
        """Half of each claim first, then half of each loss. Where all together lose, the loss in equal parts (the
        prenucleolus: nobody can be kept at what it costs alone).

        By the same rule, which is the nucleolus no more, where somebody's direct cost exceeds its cost alone: no event
        is proposed then, but people may have agreed one.
        """
        if self.saving < 0:
            return [a - self.saving / len(self.alone) for a in self.alone]
        half = self.rooms / 2
        lost = float(self.rooms.sum()) - self.saving
        small = self.saving <= half.sum()
        won = _equal_awards(half, self.saving) if small else self.rooms - _equal_awards(half, lost)
        return [float(a - w) for a, w in zip(self.alone, won, strict=True)]

    def shapley(self) -> list[float]:
        """Sampled, the same each time; `sample` tells the error that they may have."""
        return list(self.sample().shares)

    def sample(self, seed: int = 1) -> Sample:
        """The Shapley value. Each adds to the cost between its direct cost and what it costs alone. Who has the same
        room saves the same: their mean counts, which is at least as near.

        Where the place serves even each one by itself, it is exact: the direct cost and an equal part of the fixed one.
        """
        rooms, fixed, count = self.rooms, self.fixed, len(self.rooms)
        loss = self.saving - max(0.0, float(rooms.sum()) - fixed)
        if not loss and rooms.min() >= fixed:
            return Sample(
                tuple(a - float(r) + fixed / count for a, r in zip(self.alone, rooms, strict=True)), 0.0, 1.0, 0
            )

        def along(orders: np.ndarray) -> np.ndarray:
            return -np.maximum(0.0, np.cumsum(rooms[orders], axis=1) - fixed)

        found = sampled_shapley(count, along, seed=seed, bounds=[(-float(r), 0.0) for r in rooms])
        _, like = np.unique(rooms, return_inverse=True)
        means = np.bincount(like, found.shares) / np.bincount(like)
        # What all lose together, and no smaller group does, is nobody's own: it adds the same to each.
        shares = np.array(self.alone) + means[like] - loss / count
        return Sample(tuple(shares.tolist()), found.error, found.certainty, found.orders)

    @property
    def least_excess(self) -> float:
        """How content the least content group is at best: one that acts alone, or all but one."""
        if len(self.alone) == 1:
            return 0.0
        if self.saving < 0:
            return self.saving * (len(self.alone) - 1) / len(self.alone)
        won = np.array(self.alone) - np.array(self.nucleolus())
        return float(min(won.min(), (self.rooms - won).min()))

    def objection(self, shares: Sequence[float]) -> tuple[tuple[int, ...], float]:
        """The group, not all, that pays most above its own cost, and how much (0 or less: nobody objects)."""
        paid, alone = np.array(shares), np.array(self.alone)
        over = paid - alone
        apart = _best_group(over)
        there = _best_group(over + self.rooms)
        gains = [(float(over[list(apart)].sum()), apart)]
        gains.append((float((over + self.rooms)[list(there)].sum()) - self.fixed, there))
        gain, group = max(gains, key=lambda one: one[0])
        return group, gain


def _best_group(gains: np.ndarray) -> tuple[int, ...]:
    """Those who gain, but never all."""
    group = np.flatnonzero(gains > 0)
    if len(group) == len(gains):
        group = np.delete(group, int(np.argmin(gains)))
    return tuple(group.tolist())


def _equal_awards(claims: np.ndarray, estate: float) -> np.ndarray:
    """The same to each, up to its claim."""
    left, given = estate, np.zeros(len(claims))
    order = np.argsort(claims, kind="stable")
    for place, k in enumerate(order):
        given[k] = min(claims[k], left / (len(claims) - place))
        left -= given[k]
    return given
