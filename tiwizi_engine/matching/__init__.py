"""Needs that look alike, and exchanges of experience: who asks, who offers, who goes to whom."""

from tiwizi_engine.matching.check import Fault, check
from tiwizi_engine.matching.exchange import WHY, Limits, Matching, Offer, Pair, Request, Unserved
from tiwizi_engine.matching.glossary import Glossary, Reading
from tiwizi_engine.matching.match import match
from tiwizi_engine.matching.similar import Filter, Group, Hit, Need, Reasons, SimilarNeeds

__all__ = [
    "WHY",
    "Fault",
    "Filter",
    "Glossary",
    "Group",
    "Hit",
    "Limits",
    "Matching",
    "Need",
    "Offer",
    "Pair",
    "Reading",
    "Reasons",
    "Request",
    "SimilarNeeds",
    "Unserved",
    "check",
    "match",
]
