"""Reads of the room: structure, facts, totals, sheets."""

from tiwizi.indicators.queries.compute import behind, compute, summed
from tiwizi.indicators.queries.facts import Told, facts_of, lineage, misfit
from tiwizi.indicators.queries.sheet import categories_of, due_indicators, parts_of_activity
from tiwizi.indicators.queries.structure import Structure, periods_of, structure

__all__ = [
    "Structure",
    "Told",
    "behind",
    "categories_of",
    "compute",
    "due_indicators",
    "facts_of",
    "lineage",
    "misfit",
    "parts_of_activity",
    "periods_of",
    "structure",
    "summed",
]
