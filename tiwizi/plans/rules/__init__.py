"""Every write and decision on plans: kinds and plans, activities, collective activities; imports in `rules.imports`."""

from tiwizi.plans.rules.activities import (
    Cleaned,
    Fault,
    add_activity,
    archive_activity,
    change_activity,
    clean,
    restore_activity,
    write_activity,
)
from tiwizi.plans.rules.plans import (
    amend_plan,
    check_open,
    define_kind,
    open_plan,
    return_plan,
    set_budget,
    submit_plan,
    validate_plan,
)

__all__ = [
    "Cleaned", "Fault", "add_activity", "amend_plan", "archive_activity", "change_activity", "check_open", "clean",
    "define_kind", "open_plan", "restore_activity", "return_plan", "set_budget", "submit_plan", "validate_plan",
    "write_activity",
]  # fmt: skip
