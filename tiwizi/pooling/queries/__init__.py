"""Reads of rounds, runs, proposals and agreements; the engine's input is built here."""

from tiwizi.pooling.queries.agreed import Agreed, agreed_plan, savings
from tiwizi.pooling.queries.history import ACTS
from tiwizi.pooling.queries.money import curve_of, what_money_buys
from tiwizi.pooling.queries.problem import (
    Labels,
    build_problem,
    candidates,
    kept_proposals,
    opted_out,
    taking_part,
)
from tiwizi.pooling.queries.readiness import Lack, lacks
from tiwizi.pooling.queries.rounds import (
    Burden,
    Outcome,
    answerable,
    as_it_is,
    burdens,
    communes_in,
    conditions,
    is_busy,
    job_of,
    last_run,
    lifted_condition,
    may_read_round,
    outcome,
    proposal_of,
    proposals,
    resting_state,
    round_of,
    rounds_of,
)
from tiwizi.pooling.queries.settings import flat, general_values, row_values, settings_of
from tiwizi.pooling.queries.story import (
    METHOD_NAMES,
    METHOD_SENTENCES,
    constrained,
    methods,
    places,
    possible_weeks,
    verdict,
    when,
    why_there,
)
from tiwizi.pooling.queries.todo import to_do
from tiwizi.pooling.queries.validity import Standing, agreed_here, promised_elsewhere, what_broke
from tiwizi.pooling.queries.weeks import end_of, monday_of

__all__ = [
    "ACTS", "METHOD_NAMES", "METHOD_SENTENCES", "Agreed", "Burden", "Labels", "Lack", "Outcome", "Standing",
    "agreed_here", "agreed_plan", "answerable", "as_it_is", "build_problem", "burdens", "candidates", "communes_in",
    "conditions", "constrained", "curve_of", "end_of", "flat", "general_values", "is_busy", "job_of",
    "kept_proposals", "lacks", "last_run", "lifted_condition", "may_read_round", "methods", "monday_of", "opted_out",
    "outcome", "places", "possible_weeks", "promised_elsewhere", "proposal_of", "proposals", "resting_state",
    "round_of", "rounds_of", "row_values", "savings", "settings_of", "taking_part", "to_do", "verdict", "what_broke",
    "what_money_buys", "when", "why_there",
]  # fmt: skip
