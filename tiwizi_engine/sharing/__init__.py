"""Who pays what of a common cost: `Game` in, `Shares` out."""

from tiwizi_engine.sharing.core import worst_objection
from tiwizi_engine.sharing.game import Game
from tiwizi_engine.sharing.share import METHODS, Shares, method_shares, share

__all__ = ["METHODS", "Game", "Shares", "method_shares", "share", "worst_objection"]
