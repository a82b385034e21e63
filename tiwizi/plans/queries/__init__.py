"""Reads of plans and their activities."""

from tiwizi.plans.queries.activities import (
    SORTS,
    Filters,
    Line,
    Totals,
    activities,
    activity_of,
    add_up,
    plan_of,
    plans_below,
    plans_below_each,
    plans_by_state,
    reckon,
    totals,
    totals_of,
    totals_of_each,
)
from tiwizi.plans.queries.history import LABELS, STATES, Teller
from tiwizi.plans.queries.signatures import signatures_of
from tiwizi.plans.queries.todo import to_do
from tiwizi.plans.queries.vocabulary import LANGUAGES, Vocabulary, last_used, natural_values, next_reference

__all__ = [
    "LABELS", "LANGUAGES", "SORTS", "STATES", "Filters", "Line", "Teller", "Totals", "Vocabulary", "activities",
    "activity_of", "add_up", "last_used", "natural_values", "next_reference", "plan_of", "plans_below",
    "plans_below_each", "plans_by_state", "reckon", "signatures_of", "to_do", "totals", "totals_of", "totals_of_each",
]  # fmt: skip
