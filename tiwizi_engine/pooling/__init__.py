"""What to pool, where, when, within everybody's budget: `solve`, `check`, `explain`."""

from tiwizi_engine.pooling.check import Fault, Report, check
from tiwizi_engine.pooling.explain import EventStory, explain, without_pooling
from tiwizi_engine.pooling.games import event_game
from tiwizi_engine.pooling.plan import Bound, Plan
from tiwizi_engine.pooling.problem import Event, Problem
from tiwizi_engine.pooling.reasons import REASONS, Reason
from tiwizi_engine.pooling.relief import Relief, relief
from tiwizi_engine.pooling.settle import settle
from tiwizi_engine.pooling.solve import Progress, Stop, solve

__all__ = [
    "REASONS",
    "Bound",
    "Event",
    "EventStory",
    "Fault",
    "Plan",
    "Problem",
    "Progress",
    "Reason",
    "Relief",
    "Report",
    "Stop",
    "check",
    "event_game",
    "explain",
    "relief",
    "settle",
    "solve",
    "without_pooling",
]
