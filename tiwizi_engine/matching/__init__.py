"""Needs that look alike, and exchanges of experience: who asks, who offers, who goes to whom."""

from tiwizi_engine.matching.glossary import Glossary
from tiwizi_engine.matching.similar import Filter, Group, Hit, Need, Reasons, SimilarNeeds

__all__ = ["Filter", "Glossary", "Group", "Hit", "Need", "Reasons", "SimilarNeeds"]
