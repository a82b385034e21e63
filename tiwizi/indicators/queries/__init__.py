"""Reads of the room: structure, facts, totals, sheets, results."""

from tiwizi.indicators.queries.compute import behind, behind_each, compute, compute_chosen, summed
from tiwizi.indicators.queries.facts import Told, facts_of, lineage, misfit
from tiwizi.indicators.queries.sheet import categories_of, due_indicators, parts_of_activity
from tiwizi.indicators.queries.structure import Structure, periods_of, structure

__all__ = [
    "Structure",
    "Told",
    "behind",
    "behind_each",
    "categories_of",
    "compute",
    "compute_chosen",
    "due_indicators",
    "facts_of",
    "lineage",
    "misfit",
    "parts_of_activity",
    "periods_of",
    "structure",
    "summed",
]
