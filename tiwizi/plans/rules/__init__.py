"""Every write and decision on plans: kinds and plans, activities, collective activities; imports in `rules.imports`."""

from tiwizi.plans.rules.activities import (
    Cleaned,
    Fault,
    FaultyActivity,
    add_activity,
    archive_activity,
    change_activity,
    clean,
    restore_activity,
    why_not_edit,
    write_activity,
)
from tiwizi.plans.rules.collective import create_collective_activity, dissolve_collective_activity
from tiwizi.plans.rules.plans import (
    amend_plan,
    check_open,
    define_kind,
    open_plan,
    rename_plan,
    return_plan,
    set_budget,
    submit_plan,
    validate_plan,
)
from tiwizi.plans.rules.planting import plant_activities
from tiwizi.plans.rules.signatures import sign_plan, take_signature_back

__all__ = [
    "Cleaned", "Fault", "FaultyActivity", "add_activity", "amend_plan", "archive_activity", "change_activity",
    "check_open", "clean", "create_collective_activity", "define_kind", "dissolve_collective_activity", "open_plan",
    "plant_activities", "rename_plan", "restore_activity", "return_plan", "set_budget", "sign_plan",
    "submit_plan", "take_signature_back", "validate_plan", "why_not_edit", "write_activity",
]  # fmt: skip
