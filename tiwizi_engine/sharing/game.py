"""A cost or value game: what each coalition costs (or is worth) by itself. Format: `docs/formats/games.md`."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from tiwizi_engine.errors import EngineError
from tiwizi_engine.reading import Reader
from tiwizi_engine.sharing.gathering import Gathering
from tiwizi_engine.sharing.tree import Tree

MOST_PLAYERS = 20  # of a table
MOST = 2.0**53  # beyond, floats skip whole numbers
Structure = dict[str, tuple[str | None, float]]  # player -> (parent, cost of the edge to it)


@dataclass(frozen=True, eq=False)
class Game:
    """Players, and a table of 2^n numbers by bit mask (the empty coalition is 0), or a structure of any size.

    `kind` is "cost" (less is better) or "value". Structures are costs: `airport`, `tree`, or (from Python only) a
    `gathering`. Raises `EngineError` naming the field that does not fit.
    """

    players: tuple[str, ...]
    kind: str
    table: np.ndarray | None
    heads: tuple[float, ...] | None = None
    tree: Structure | None = None
    airport: dict[str, float] | None = None
    name: str = ""
    gathering: Gathering | None = None

    def __post_init__(self) -> None:
        n = len(self.players)
        if self.kind not in {"cost", "value"}:
            raise EngineError("kind", f'expected "cost" or "value", got {self.kind!r}')
        if n < 1:
            raise EngineError("players", "expected at least one player")
        if self.heads is not None:
            _check_heads(self.heads, n)
        if sum(form is not None for form in (self.table, self.tree, self.airport, self.gathering)) != 1:
            raise EngineError("function", "expected exactly one of function, airport, tree")
        if self.table is None:
            return
        _check_size(n)
        if len(self.table) != 1 << n:
            raise EngineError("function", f"expected {1 << n} numbers for {n} players, got {len(self.table)}")
        if not (np.abs(self.table) <= MOST).all():
            raise EngineError("function", "expected numbers of at most 2^53 either way, none missing")
        if self.table[0] != 0:
            raise EngineError("function", "the empty coalition is 0 by itself")

    @classmethod
    def of_table(
        cls, players: Sequence[str], numbers: Sequence[float], *, kind: str, heads: Sequence[float] | None = None
    ) -> "Game":
        """A game from its 2^n numbers in bit-mask order (player k is bit k)."""
        return cls(tuple(players), kind, np.array(numbers, dtype=float), tuple(heads) if heads else None)

    @classmethod
    def of_gathering(cls, players: Sequence[str], gathering: Gathering, heads: Sequence[float] | None = None) -> "Game":
        """The game of one event at one place, of any size."""
        if len(players) != len(gathering.alone):
            raise EngineError("players", f"expected {len(gathering.alone)} names, got {len(players)}")
        return cls(tuple(players), "cost", None, tuple(heads) if heads else None, gathering=gathering)

    @cached_property
    def total(self) -> float:
        """What all players together cost."""
        return self.of(range(len(self.players)))

    @cached_property
    def alone(self) -> tuple[float, ...]:
        return tuple(self.of([k]) for k in range(len(self.players)))

    @cached_property
    def structure(self) -> Tree | Gathering | None:
        """What replaces the table: the tree (of an airport too) or the gathering; None when there is a table."""
        if self.airport is not None:
            return Tree.of_needs([self.airport[p] for p in self.players])
        if self.tree is not None:
            place = {name: k for k, name in enumerate(self.players)}
            edges = [self.tree[p] for p in self.players]
            return Tree(tuple(-1 if up is None else place[up] for up, _ in edges), tuple(cost for _, cost in edges))
        return self.gathering

    def of(self, coalition: Sequence[int] | range) -> float:
        """The number of a coalition, given by its players' positions."""
        if self.structure is not None:
            return self.structure.of(coalition)
        return float(self.as_table()[sum(1 << k for k in coalition)])

    def as_table(self) -> np.ndarray:
        """The 2^n numbers; only up to 20 players."""
        if self.table is not None:
            return self.table
        n = len(self.players)
        _check_size(n)
        if isinstance(self.structure, Tree):
            return self.structure.table()
        return np.array([self.of([k for k in range(n) if mask >> k & 1]) for mask in range(1 << n)])

    @classmethod
    def from_dict(cls, source: Any, lenient: bool = False) -> "Game":
        """Read the format; raises `EngineError` naming the coalition or the field that does not fit."""
        read = Reader(source, "", lenient)
        read.get("name", "")
        kind = read.text("kind")
        players = _players(read)
        heads = _heads(read, players)
        name = str(read.source.get("name", ""))
        forms = [f for f in ("function", "airport", "tree") if f in read.source]
        if len(forms) != 1:
            raise EngineError("function", "expected exactly one of function, airport, tree")
        if forms != ["function"] and kind != "cost":
            raise EngineError(forms[0], "is a structure of costs: kind must be cost")
        table, tree, airport = None, None, None
        if forms == ["function"]:
            table = _table(read.get("function"), players)
        elif forms == ["airport"]:
            airport = _needs(read.get("airport"), players)
        else:
            tree = _tree(read.get("tree"), players)
        read.done()
        return cls(players, kind, table, heads, tree, airport, name)


def _check_size(n: int) -> None:
    if n > MOST_PLAYERS:
        raise EngineError("players", f"a table of {n} players is too large (at most {MOST_PLAYERS})")


def _check_heads(heads: tuple[float, ...], n: int) -> None:
    if len(heads) != n or not all(0 <= h <= MOST for h in heads) or sum(heads) == 0:
        raise EngineError("heads", f"expected {n} numbers of 0 or more, one a player, not all 0")


def _players(read: Reader) -> tuple[str, ...]:
    names = read.items("players")
    for k, name in enumerate(names):
        if not isinstance(name, str) or not name or "+" in name:
            raise EngineError(f"players[{k}]", f"expected a name without +, got {name!r}")
    if len(set(names)) != len(names):
        raise EngineError("players", "a name stands twice")
    if not names:
        raise EngineError("players", "expected at least one player")
    return tuple(names)


def _amount(value: Any, field: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        raise EngineError(field, f"expected a number, got {value!r}")
    if abs(value) > MOST:
        raise EngineError(field, "expected a number of at most 2^53 either way: floats would lose its last digits")
    return float(value)


def _needs(source: Any, players: tuple[str, ...]) -> dict[str, float]:
    needs = {p: _amount(v, f"airport.{p}") for p, v in _named(source, "airport", players).items()}
    for name, need in needs.items():
        if need < 0:
            raise EngineError(f"airport.{name}", f"expected a cost of 0 or more, got {need:g}")
    return needs


def _named(source: Any, field: str, players: tuple[str, ...]) -> dict[str, Any]:
    if not isinstance(source, dict):
        raise EngineError(field, "expected an object with one entry a player")
    for name in source:
        if name not in players:
            raise EngineError(f"{field}.{name}", "is not a player")
    for name in players:
        if name not in source:
            raise EngineError(f"{field}.{name}", "is missing")
    return source


def _heads(read: Reader, players: tuple[str, ...]) -> tuple[float, ...] | None:
    source = read.get("heads", None)
    if source is None:
        return None
    named = _named(source, "heads", players)
    return tuple(_amount(named[p], f"heads.{p}") for p in players)


def _table(function: Any, players: tuple[str, ...]) -> np.ndarray:
    _check_size(len(players))
    if not isinstance(function, dict):
        raise EngineError("function", "expected an object with one number a coalition")
    place = {name: k for k, name in enumerate(players)}
    table = np.full(1 << len(players), np.nan)
    table[0] = 0.0
    for label, value in function.items():
        mask = _mask(label, place)
        if mask == 0 or not np.isnan(table[mask]):
            raise EngineError(f"function.{label}", "stands twice" if mask else "the empty coalition is 0 by itself")
        table[mask] = _amount(value, f"function.{label}")
    missing = np.flatnonzero(np.isnan(table))
    if len(missing):
        names = "+".join(p for k, p in enumerate(players) if missing[0] >> k & 1)
        raise EngineError(f"function.{names}", f"is missing ({len(missing)} coalitions are)")
    return table


def _mask(label: str, place: dict[str, int]) -> int:
    mask = 0
    for name in label.split("+") if label else []:
        if name not in place:
            raise EngineError(f"function.{label}", f"{name!r} is not a player")
        if mask >> place[name] & 1:
            raise EngineError(f"function.{label}", f"{name!r} stands twice")
        mask |= 1 << place[name]
    return mask


def _tree(source: Any, players: tuple[str, ...]) -> Structure:
    tree: Structure = {}
    for name, node in _named(source, "tree", players).items():
        read = Reader(node, f"tree.{name}")
        parent = read.get("parent")
        cost = _amount(read.get("cost"), f"tree.{name}.cost")
        read.done()
        if cost < 0 or (parent is not None and parent not in players):
            raise EngineError(f"tree.{name}", "expected a cost of 0 or more and a parent that is a player or null")
        tree[name] = (parent, cost)
    for name in players:
        seen, node = {name}, tree[name][0]
        while node is not None:
            if node in seen:
                raise EngineError(f"tree.{name}.parent", f"goes in a circle through {node}")
            seen.add(node)
            node = tree[node][0]
    return tree
