"""Totals over crossing groupings, each fact once: `rollup(data)` for JSON, `Totals(facts, ...)` for arrays."""

from tiwizi_engine.rollup.answer import rollup, totals_of
from tiwizi_engine.rollup.facts import CALCULATIONS, Fact, Facts
from tiwizi_engine.rollup.graph import Grouping, Groupings
from tiwizi_engine.rollup.reading import read
from tiwizi_engine.rollup.rows import Parts, Rows
from tiwizi_engine.rollup.totals import Figure, Totals

__all__ = [
    "CALCULATIONS",
    "Fact",
    "Facts",
    "Figure",
    "Grouping",
    "Groupings",
    "Parts",
    "Rows",
    "Totals",
    "read",
    "rollup",
    "totals_of",
]
