"""All methods at once, with what each coalition would say."""

from dataclasses import dataclass
from typing import Any

from tiwizi_engine.errors import EngineError
from tiwizi_engine.sharing.core import TOLERANCE, least_excess, worst_objection
from tiwizi_engine.sharing.game import Game
from tiwizi_engine.sharing.nucleolus import nucleolus
from tiwizi_engine.sharing.shapley import shapley

METHODS = ("nucleolus", "shapley", "equal", "proportional", "heads")


@dataclass(frozen=True)
class Shares:
    """Shares by method (None where it does not apply), how content the least content group can be, and each method's
    strongest objection (None where nobody objects).
    """

    game: Game
    by_method: dict[str, list[float] | None]
    least_excess: float
    objections: dict[str, tuple[tuple[int, ...], float] | None]

    def to_dict(self) -> dict[str, Any]:
        names = self.game.players
        out: dict[str, Any] = {
            method: None if given is None else dict(zip(names, given, strict=True))
            for method, given in self.by_method.items()
        }
        known = [m for m, given in self.by_method.items() if given is not None]
        out["core"] = {
            "nonempty": self.least_excess >= -TOLERANCE * max(1.0, abs(self.game.total)),
            "least_excess": self.least_excess,
        }
        out["in_core"] = {m: self.objections[m] is None for m in known}
        out["worst_objection"] = {
            m: {"coalition": [names[k] for k in found[0]], "would_save": found[1]}
            for m in known
            if (found := self.objections[m]) is not None
        }
        return out


def method_shares(game: Game, method: str) -> list[float] | None:
    """One method's shares, in the players' order; None where it does not apply (no heads, no stand-alone cost)."""
    n = len(game.players)
    if method == "equal":
        return [game.total / n] * n
    if method == "shapley":
        return shapley(game)
    if method == "nucleolus":
        return nucleolus(game)
    if method in {"proportional", "heads"}:
        weights = game.alone if method == "proportional" else game.heads
        if weights is None or sum(weights) == 0:
            return None
        return [game.total * w / sum(weights) for w in weights]
    raise EngineError("method", f"expected one of {', '.join(METHODS)}, got {method!r}")


def share(game: Game) -> Shares:
    """Every method, and who objects."""
    given = {m: method_shares(game, m) for m in METHODS if m != "heads" or game.heads}
    objections = {m: worst_objection(game, s) for m, s in given.items() if s is not None}
    return Shares(game, given, least_excess(game), objections)
