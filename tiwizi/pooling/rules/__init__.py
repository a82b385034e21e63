"""Every write and decision on rounds: setting them up, computing, answering, agreeing."""

from tiwizi.pooling.rules.answers import accept_part, refuse_part, release_proposal, take_back_answer
from tiwizi.pooling.rules.conditions import fix_week, forbid_pair, lift_condition, pin_host, recover_condition
from tiwizi.pooling.rules.rounds import close_round, open_round, opt_in, opt_out
from tiwizi.pooling.rules.runs import complete_run, compute, start_run, stop_run
from tiwizi.pooling.rules.settings import (
    FaultySettings,
    change_rules,
    change_settings,
    set_host,
    set_kind,
    set_partner,
)

__all__ = [
    "FaultySettings", "accept_part", "change_rules", "change_settings", "close_round", "complete_run", "compute",
    "fix_week", "forbid_pair", "lift_condition", "open_round", "opt_in", "opt_out", "pin_host", "recover_condition",
    "refuse_part", "release_proposal", "set_host", "set_kind", "set_partner", "start_run", "stop_run",
    "take_back_answer",
]  # fmt: skip
