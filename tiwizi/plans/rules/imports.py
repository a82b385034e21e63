"""What one may do with a workbook's rows: check them against a plan, apply, undo or discard them.

Checking stores a dry run. Applying does exactly what the dry run showed, or refuses.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import PROTECT, ForeignObjectRel
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tiwizi.accounts.models import User
from tiwizi.base import audit
from tiwizi.base.dry_runs import check_sound, check_state, recorded, summary
from tiwizi.base.errors import Refusal
from tiwizi.network.permissions import Action, require
from tiwizi.plans.models import Activity, JointPart, Plan, PlanImport
from tiwizi.plans.queries.vocabulary import Vocabulary, natural_values
from tiwizi.plans.rules.activities import archive_imported, write_activity
from tiwizi.plans.rules.drafts import clean
from tiwizi.plans.rules.entries import FAULTS, Entry, Row, entry_faults, jsonable, native, place, read_rows, told
from tiwizi.plans.rules.plans import amend_plan, check_open

__all__ = [
    "FAULTS", "apply_import", "check_import", "discard_import", "entry_faults", "recover_import", "told", "undo_import",
]  # fmt: skip

State = PlanImport.State


@transaction.atomic
def check_import(
    *, by: User | None, plan: Plan, filename: str, entries: list[Entry], faults: list[dict[str, Any]], sha256: str = ""
) -> PlanImport:
    """Keep what a file says beside what the plan holds: new, changed, same and faulty rows. Changes no activity.

    `faults` are those found while reading (`sheet`, `cell`, `code`, `params`, `level`); those of the values are added.
    `by=None` is the system itself (a loader).
    """
    plan = _plan(by, plan)
    faults = faults + entry_faults(plan, entries, faults)
    faults = [fault | {"row": place(fault)[1]} for fault in faults]
    plan_import = PlanImport.objects.create(
        plan=plan,
        requested_by=by.pk if by else None,
        file_name=filename[-200:],
        sha256=sha256,
        entries=[entry | {"values": _stored(entry["values"])} for entry in entries],
        faults=faults,
        changes=[_change(row) for row in read_rows(plan, entries, faults)],
    )
    _record("check-import", plan_import, by)
    return plan_import


@transaction.atomic
def apply_import(*, by: User | None, plan_import: PlanImport, valid_rows_only: bool = False) -> PlanImport:
    """Do what the dry run showed: all rows, or those without a fault. Refuses when the plan has changed since."""
    plan = _plan(by, plan_import.plan)
    plan_import = _locked(plan_import, State.CHECKED)
    _check_faults(plan_import, valid_rows_only)
    rows = read_rows(plan, plan_import.entries, plan_import.faults)
    if [_change(row) for row in rows] != plan_import.changes:
        raise Refusal(
            "import-outdated",
            _("The plan has changed since this workbook was read."),
            _("Import the workbook again to see what it would change now."),
        )
    plan_import.undo = [_write(plan, row, by) for row in rows if row.act in ("new", "changed")]
    plan_import.state, plan_import.applied_at = State.APPLIED, timezone.now()
    plan_import.save(update_fields=["undo", "state", "applied_at"])
    _record("apply-import", plan_import, by)
    if plan_import.undo:
        amend_plan(by=by, plan=plan)
    return plan_import


def _check_faults(plan_import: PlanImport, valid_rows_only: bool) -> None:
    figures = summary(plan_import)
    check_sound(figures, valid_rows_only=valid_rows_only)
    if figures.faults and not figures.valid:
        raise Refusal("import-nothing", _("No row without a fault would change the plan."))


def _write(plan: Plan, row: Row, by: User | None) -> dict[str, Any]:
    """Write one row; what is needed to undo it."""
    activity = write_activity(plan, row.cleaned, existing=row.activity)
    was = {name: change[0] for name, change in row.fields.items()} if row.act == "changed" else None
    now = {name: change[1] for name, change in row.fields.items()}
    audit.record("import-activity", activity, by=by, body=plan.body_id, before=was, after=now)
    before = _stored(row.before) if row.act == "changed" else None
    return {"activity": str(activity.pk), "reference": activity.reference, "version": activity.version, "was": before}


@transaction.atomic
def undo_import(*, by: User | None, plan_import: PlanImport) -> PlanImport:
    """Put back what an import changed and archive what it added; refuses when somebody has changed any of it since."""
    plan = _plan(by, plan_import.plan)
    plan_import = _locked(plan_import, State.APPLIED)
    steps = _steps(plan_import)
    _check_untouched(steps)
    words = Vocabulary(plan)
    for step in steps:
        _undo(plan, step, words, by, plan_import.file_name)
    plan_import.state, plan_import.undone_at = State.UNDONE, timezone.now()
    plan_import.save(update_fields=["state", "undone_at"])
    _record("undo-import", plan_import, by)
    if steps:
        amend_plan(by=by, plan=plan)
    return plan_import


@dataclass
class _Step:
    """One activity that an import wrote: what it was before (`None`: it was not), and what it is now."""

    reference: str
    version: int
    was: dict[str, Any] | None
    activity: Activity | None


def _steps(plan_import: PlanImport) -> list[_Step]:
    wanted = Activity.objects.select_for_update(of=("self",)).filter(pk__in=[i["activity"] for i in plan_import.undo])
    found = wanted.select_related("kind", "result", "main_target", "commune")
    now = {str(a.pk): a for a in found.prefetch_related("other_targets", "hosts", "avoid")}
    return [
        _Step(item["reference"], item["version"], item["was"], now.get(item["activity"])) for item in plan_import.undo
    ]


def _check_untouched(steps: list[_Step]) -> None:
    kept = [step.activity for step in steps if step.activity is not None]
    held = set(JointPart.objects.filter(replaced__in=kept).values_list("replaced_id", flat=True))
    held |= _used([step.activity for step in steps if step.activity is not None and step.was is None])
    touched = [
        step.reference
        for step in steps
        if step.activity is None or step.activity.version != step.version or step.activity.pk in held
    ]
    if touched:
        raise _in_the_way(touched)


def _used(new: list[Activity]) -> set[UUID]:
    """Of the activities that an import added, those that other rooms hold on to. A query for each table that may."""
    found: set[UUID] = set()
    for relation in Activity._meta.get_fields(include_hidden=True):
        if isinstance(relation, ForeignObjectRel) and getattr(relation, "on_delete", None) is PROTECT:
            name = relation.field.name
            holders = relation.related_model._default_manager.filter(**{f"{name}__in": new})
            found |= set(holders.values_list(f"{name}_id", flat=True))
    return found


def _in_the_way(references: list[str]) -> Refusal:
    return Refusal(
        "import-touched",
        _("This import cannot be undone: these activities were changed or used since: %(references)s.")
        % {"references": ", ".join(references)},
        _("Change them one by one in the plan."),
    )


def _undo(plan: Plan, step: _Step, words: Vocabulary, by: User | None, file: str) -> None:
    activity = step.activity
    if activity is None:
        return
    before = natural_values(activity)
    if step.was is None:
        archive_imported(activity, reason=file)
        audit.record("undo-import", activity, by=by, body=plan.body_id, before=before, after={})
        return
    cleaned = clean(plan, native(step.was), vocabulary=words, existing=activity)
    write_activity(plan, cleaned, existing=activity)
    was, now = audit.changed(before, native(step.was))
    audit.record("undo-import", activity, by=by, body=plan.body_id, before=was, after=now)


@transaction.atomic
def discard_import(*, by: User, plan_import: PlanImport, reason: str = "") -> PlanImport:
    """Put a checked import aside: it will not be applied unless somebody takes it up again."""
    return _move(by, plan_import, State.CHECKED, State.DISCARDED, "discard-import", reason)


@transaction.atomic
def recover_import(*, by: User, plan_import: PlanImport) -> PlanImport:
    """Take an import up again that was put aside."""
    return _move(by, plan_import, State.DISCARDED, State.CHECKED, "recover-import")


def _move(by: User, plan_import: PlanImport, before: str, after: str, act: str, reason: str = "") -> PlanImport:
    require(by, Action.EDIT_PLAN, plan_import.plan.body)
    plan_import = _locked(plan_import, before)
    plan_import.state = after
    plan_import.save(update_fields=["state"])
    _record(act, plan_import, by, reason.strip())
    return plan_import


def _plan(by: User | None, plan: Plan) -> Plan:
    """The plan, locked, if this person may edit it and its state allows it."""
    if by is not None:
        require(by, Action.EDIT_PLAN, plan.body)
    plan = Plan.objects.select_for_update(of=("self",)).select_related("body", "framework").get(pk=plan.pk)
    check_open(plan)
    return plan


def _locked(plan_import: PlanImport, state: str) -> PlanImport:
    """The import, locked, if it is in the state that the act needs."""
    found = PlanImport.objects.select_for_update(of=("self",)).select_related("plan__body")
    plan_import = found.get(pk=plan_import.pk)
    check_state(plan_import, state)
    return plan_import


def _change(row: Row) -> dict[str, Any]:
    """A row of the dry run, as it is stored."""
    fields = row.fields if row.act == "changed" else {}
    return {
        "sheet": row.entry["sheet"],
        "row": row.entry["row"],
        "reference": row.reference,
        "title": str(row.entry["values"].get("title") or row.before.get("title") or ""),
        "act": row.act,
        "activity": str(row.activity.pk) if row.activity else None,
        "fields": {name: [jsonable(before), jsonable(after)] for name, (before, after) in fields.items()},
    }


def _stored(values: dict[str, Any]) -> dict[str, Any]:
    return {name: jsonable(value) for name, value in values.items()}


def _record(act: str, plan_import: PlanImport, by: User | None, reason: str = "") -> None:
    after = {"import": str(plan_import.pk), **recorded(plan_import)}
    audit.record(act, plan_import.plan, by=by, body=plan_import.plan.body_id, reason=reason, after=after)
