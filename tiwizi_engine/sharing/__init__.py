"""Who pays what of a common cost: `Game` in, `Shares` out."""

from tiwizi_engine.sharing.by_hand import by_amounts, by_weights
from tiwizi_engine.sharing.certificate import is_nucleolus
from tiwizi_engine.sharing.core import least_excess, worst_objection
from tiwizi_engine.sharing.game import Game
from tiwizi_engine.sharing.gathering import Gathering
from tiwizi_engine.sharing.sampling import Sample, each_prefix, sampled_shapley
from tiwizi_engine.sharing.share import METHODS, Shares, method_shares, share
from tiwizi_engine.sharing.tree import Tree

__all__ = [
    "METHODS",
    "Game",
    "Gathering",
    "Sample",
    "Shares",
    "Tree",
    "by_amounts",
    "by_weights",
    "each_prefix",
    "is_nucleolus",
    "least_excess",
    "method_shares",
    "sampled_shapley",
    "share",
    "worst_objection",
]
