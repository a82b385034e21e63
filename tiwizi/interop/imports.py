"""A workbook's way in: read it, keep the dry run, apply it when nothing is wrong."""

import hashlib
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol, TypeVar

from tiwizi.accounts.models import User
from tiwizi.base.errors import Refusal
from tiwizi.interop.faults import located
from tiwizi.interop.reader import read_plan_workbook
from tiwizi.plans.models import Plan, PlanImport
from tiwizi.plans.rules.imports import apply_import, check_import

_TOLD = 5  # faults told in one sentence; the page of the import lists all
T = TypeVar("T")


class Read(Protocol):
    """What was read from a workbook of any kind."""

    rows: list[dict[str, Any]]
    faults: list[dict[str, Any]]
    warnings: list[dict[str, Any]]


def keep(check: Callable[..., T], *, reading: Read, data: bytes, filename: str) -> T:
    """Keep what was read from a file as the dry run of an import, by the rule that checks it."""
    told = reading.faults + reading.warnings
    return check(filename=filename, entries=reading.rows, faults=told, sha256=hashlib.sha256(data).hexdigest())


def import_workbook(*, by: User | None, plan: Plan, data: bytes, filename: str) -> PlanImport:
    """Check, then apply all rows. A `Refusal` tells the first faults with their places; then nothing is applied."""
    reading = read_plan_workbook(data, plan)
    plan_import = keep(partial(check_import, by=by, plan=plan), reading=reading, data=data, filename=filename)
    try:
        return apply_import(by=by, plan_import=plan_import)
    except Refusal as refusal:
        errors = [fault for fault in plan_import.faults if fault["level"] == "error"]
        if not errors:
            raise
        told = " ".join(located(fault) for fault in errors[:_TOLD])
        raise Refusal(refusal.code, f"{filename}: {refusal.sentence} {told}", refusal.hint) from refusal
