"""Games of a tree: each group pays the edges that join it to the root, each once. Exact at any size, without a table.

An airport is a tree without branches: runways in order of their length, each the slice that it adds to the one before.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tiwizi_engine.errors import EngineError

HAIR = 1e-12  # of the whole cost: what counts as the same ratio


@dataclass(frozen=True)
class Tree:
    """Each player stands at a vertex: `parent` is the position of the next one towards the root (-1: the root itself),
    `cost` that of the edge to it, 0 or more. Raises `EngineError` on a circle or a negative cost.
    """

    parent: tuple[int, ...]
    cost: tuple[float, ...]

    def __post_init__(self) -> None:
        if len(self.parent) != len(self.cost) or not all(-1 <= p < len(self.parent) for p in self.parent):
            raise EngineError("parent", "expected one a player: a position, or -1 for the root")
        if not all(0 <= c < np.inf for c in self.cost):
            raise EngineError("cost", "expected a number of 0 or more for each edge")
        if len(self.order) < len(self.parent):
            raise EngineError("parent", "goes in a circle")

    @classmethod
    def of_needs(cls, needs: Sequence[float]) -> "Tree":
        """The chain of an airport: a group costs its largest need."""
        order = sorted(range(len(needs)), key=lambda k: needs[k])
        parent, cost = [-1] * len(needs), [0.0] * len(needs)
        for before, k in zip([-1, *order], order, strict=False):
            parent[k], cost[k] = before, needs[k] - (needs[before] if before >= 0 else 0.0)
        return cls(tuple(parent), tuple(cost))

    @cached_property
    def children(self) -> list[list[int]]:
        """By vertex; the last entry holds those of the root."""
        found: list[list[int]] = [[] for _ in range(len(self.parent) + 1)]
        for k, p in enumerate(self.parent):
            found[p].append(k)
        return found

    @cached_property
    def order(self) -> list[int]:
        """Every vertex after its parent."""
        return [k for top in self.children[-1] for k in self._above(top)]

    def _above(self, vertex: int) -> list[int]:
        """A vertex and those that reach the root through it, each after its parent."""
        found = [vertex]
        for k in found:  # grows while it is read
            found.extend(self.children[k])
        return found

    def of(self, coalition: Iterable[int]) -> float:
        """The edges on the ways from these players to the root, each once."""
        joined: set[int] = set()
        for k in coalition:
            while k >= 0 and k not in joined:
                joined.add(k)
                k = self.parent[k]
        return sum(self.cost[k] for k in joined)

    def table(self) -> np.ndarray:
        """The cost of every group, 2^n numbers by bit mask."""
        users = [1 << k for k in range(len(self.parent))]
        for k in reversed(self.order):
            if self.parent[k] >= 0:
                users[self.parent[k]] |= users[k]
        masks = np.arange(1 << len(users))
        costs = np.zeros(len(masks))
        for group, cost in zip(users, self.cost, strict=True):
            costs[(masks & group) != 0] += cost
        return costs

    def shapley(self) -> list[float]:
        """Each edge is shared equally by those who need it (Megiddo, 1978; airports: Littlechild and Owen, 1973)."""
        users = [1] * len(self.parent)
        for k in reversed(self.order):
            if self.parent[k] >= 0:
                users[self.parent[k]] += users[k]
        shares = [0.0] * len(users)
        for k in self.order:
            below = shares[self.parent[k]] if self.parent[k] >= 0 else 0.0
            shares[k] = below + self.cost[k] / users[k]
        return shares

    def nucleolus(self) -> list[float]:
        """Trunk by trunk (Megiddo, 1978; Granot, Maschler, Owen and Zhu, 1996; airports: Littlechild, 1974).

        The groups that decide are those that one player, or one whole branch, leaves. So the least content are found at
        the trunk that has the least cost for each player in it and each branch that hangs from it: its players pay
        this level and no more, and each branch pays its own edges and the level, as though its first edge were longer.
        """
        return [level for _, level in sorted(self._levels())]

    @property
    def least_excess(self) -> float:
        """How content the least content group is at best: 0 when the root parts the players, or there is but one."""
        top = self.children[-1]
        if len(top) > 1 or len(self.parent) == 1:
            return 0.0
        return self._thinnest(top[0], self.cost[top[0]])[0]

    def _levels(self) -> list[tuple[int, float]]:
        paid = []
        todo = [(top, self.cost[top]) for top in self.children[-1]]
        while todo:
            vertex, edge = todo.pop()
            level, trunk, hanging = self._thinnest(vertex, edge)
            paid += [(k, level) for k in trunk]
            todo += [(k, self.cost[k] + level) for k in hanging]
        return paid

    def _thinnest(self, vertex: int, edge: float) -> tuple[float, list[int], list[int]]:
        """The trunk of a branch with the least ratio of cost to players and hanging branches: ratio, trunk, branches.

        Newton's method on the ratio (Dinkelbach, 1967): the trunk that is best at one ratio gives the next.
        """
        branch = self._above(vertex)
        hair = HAIR * max(edge + sum(self.cost[k] for k in branch[1:]), 1e-300)
        level = edge / (1 + len(self.children[vertex]))
        while True:
            trunk, hanging = self._best(vertex, branch, level, hair)
            cost = edge + sum(self.cost[k] for k in trunk[1:])
            ratio = cost / (len(trunk) + len(hanging))
            if ratio >= level - hair:
                return ratio, trunk, hanging
            level = ratio

    def _best(self, vertex: int, branch: list[int], level: float, hair: float) -> tuple[list[int], list[int]]:
        """The trunk whose cost is furthest below the level for each player and branch; the larger one of equals."""
        grown: dict[int, float] = {}
        for k in reversed(branch):
            grown[k] = self.cost[k] - level + sum(min(grown[u], -level) for u in self.children[k])
        trunk, hanging = [vertex], list[int]()
        for k in trunk:  # grows while it is read
            for u in self.children[k]:
                (trunk if self.children[u] and grown[u] <= hair - level else hanging).append(u)
        return trunk, hanging

    def objection(self, shares: Sequence[float]) -> tuple[tuple[int, ...], float]:
        """The group that pays most above its own cost, and how much; nobody and 0 when none pays more.

        From the leaves down: a branch is joined when it pays more than its edges.
        """
        gain = [0.0] * len(self.parent)
        for k in reversed(self.order):
            above = sum(max(0.0, gain[u]) for u in self.children[k])
            gain[k] = max(0.0, shares[k]) + above - self.cost[k]
        joined = [k for k in self.children[-1] if gain[k] > 0]
        best = sum(gain[k] for k in joined)
        for k in joined:  # grows while it is read
            joined += [u for u in self.children[k] if gain[u] > 0]
        return tuple(sorted(k for k in joined if shares[k] > 0)), best
