"""What one may do with a network workbook: check it against what stands, apply it, put it aside.

Checking stores a dry run. Applying does exactly what the dry run showed, or refuses. The permission is asked once, for
the whole programme; what each row may touch was decided by what the person manages.
"""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tiwizi.accounts.models import User
from tiwizi.base import audit, jobs
from tiwizi.base.dry_runs import Summary, check_sound, check_state, faulty_rows, recorded, row_of, summary
from tiwizi.base.errors import Refusal
from tiwizi.network.models import Body, BodyKind, NetworkImport, Organisation, OrganisationKind
from tiwizi.network.permissions import Action, bodies_where, require
from tiwizi.network.queries import building
from tiwizi.network.rules.entries import FAULTS, Row, jsonable
from tiwizi.network.rules.entry_ties import Ties
from tiwizi.network.rules.entry_undoing import undo_rows
from tiwizi.network.rules.entry_writing import write_rows
from tiwizi.network.rules.kinds import require_programme

__all__ = [
    "FAULTS", "OBSTACLES", "apply_network", "check_network", "discard_network", "give_up_import", "recover_network",
    "undo_network", "work_on_import",
]  # fmt: skip
State = NetworkImport.State


def _may(by: User, body: Body, entries: list[dict[str, Any]]) -> None:
    """Whoever brings a whole network manages its programme; who brings contacts, keeps them there."""
    require_programme(by, body)
    if any(entry["part"] == "contacts" for entry in entries):
        for programme in building.programmes_of(body):
            require(by, Action.EDIT_CONTACTS, programme)


def _judged(by: User, body: Body, entries: list[dict[str, Any]], faults: list[dict[str, Any]]) -> Ties:
    return Ties(entries, bodies_where(by, Action.MANAGE_NETWORK), faulty_rows(faults))


@transaction.atomic
def check_network(
    *, by: User, body: Body, filename: str, entries: list[dict[str, Any]], faults: list[dict[str, Any]], sha256: str
) -> NetworkImport:
    """Keep what a workbook says beside what stands: new, changed, same and faulty rows. Changes nothing else. A worker
    does it for a large one.

    `faults` are those found while reading (`sheet`, `cell`, `code`, `params`, `level`); those of the rows are added.
    """
    _may(by, body, entries)
    kept = NetworkImport.objects.create(
        body=body,
        requested_by=by.pk,
        file_name=filename[-200:],
        sha256=sha256,
        entries=entries,
        faults=[fault | {"row": row_of(fault["cell"])} for fault in faults],
    )
    return _started(by, kept, State.CHECKING)


def _check(by: User, kept: NetworkImport) -> None:
    judged = _judged(by, kept.body, kept.entries, kept.faults)
    read = {(fault["sheet"], fault["cell"]) for fault in kept.faults if fault["level"] == "error"}
    found = [fault for row in judged.rows for fault in _located(row) if (fault["sheet"], fault["cell"]) not in read]
    kept.faults = kept.faults + [fault | {"row": row_of(fault["cell"])} for fault in found]
    kept.changes = [_change(row) for row in judged.rows]
    kept.state = State.CHECKED
    kept.save(update_fields=["faults", "changes", "state"])
    _record("check-network", kept, by)


def _located(row: Row) -> list[dict[str, Any]]:
    return [
        {
            "sheet": row.entry["sheet"],
            "cell": row.cell(name),
            "code": code,
            "params": {key: jsonable(value) for key, value in params.items()},
            "level": "error",
        }
        for name, code, params in row.faults
    ]


def _change(row: Row) -> dict[str, Any]:
    fields = row.fields if row.act == "changed" else {}
    return {
        "part": row.part,
        "sheet": row.entry["sheet"],
        "row": row.entry["row"],
        "code": row.code,
        "title": row.title,
        "act": row.act,
        "fields": {name: [jsonable(was), jsonable(now)] for name, (was, now) in fields.items()},
    }


@transaction.atomic
def apply_network(*, by: User, kept: NetworkImport, valid_rows_only: bool = False) -> NetworkImport:
    """Do what the dry run showed: all rows, or those without a fault. A worker does it for a large one. Refused:
    `import-faulty`, `import-nothing`, `import-state`, `import-outdated` when the network has changed since."""
    _may(by, kept.body, kept.entries)
    kept = _locked(kept, State.CHECKED)
    _check_faults(summary(kept), valid_rows_only)
    return _started(by, kept, State.APPLYING)


def _apply(by: User, kept: NetworkImport) -> None:
    _hold(bodies_where(by, Action.MANAGE_NETWORK))
    judged = _judged(by, kept.body, kept.entries, [fault for fault in kept.faults if fault["code"] not in FAULTS])
    if [_change(row) for row in judged.rows] != kept.changes:
        raise _outdated()
    try:
        with transaction.atomic():
            kept.undo = write_rows(by, kept, judged.rows)
    except IntegrityError as error:  # another programme took a short name just now
        raise _outdated() from error
    kept.state, kept.applied_at = State.APPLIED, timezone.now()
    kept.save(update_fields=["state", "applied_at", "undo"])
    _record("apply-network", kept, by)


def _outdated() -> Refusal:
    return Refusal("import-outdated", OBSTACLES["import-outdated"], _("Import it again to see what it would change."))


@transaction.atomic
def undo_network(*, by: User, kept: NetworkImport) -> NetworkImport:
    """Take back everything that an import did, in one act. A worker does it for a large one. Refused: `import-state`,
    `import-touched` when somebody changed or used any of it since."""
    _may(by, kept.body, kept.entries)
    return _started(by, _locked(kept, State.APPLIED), State.UNDOING)


def _undo(by: User, kept: NetworkImport) -> None:
    _hold(bodies_where(by, Action.MANAGE_NETWORK))
    undo_rows(by, kept)
    kept.state, kept.undone_at = State.UNDONE, timezone.now()
    kept.save(update_fields=["state", "undone_at"])
    _record("undo-network", kept, by)


# --- At once, or by a worker ---

LARGE = 500  # rows that are still looked at, written and taken back while a person waits
JOB = "network.import"
_WORK: dict[str, tuple[Callable[[User, NetworkImport], None], str]] = {  # what is done, and what stands if it may not
    State.CHECKING: (_check, State.DISCARDED),
    State.APPLYING: (_apply, State.CHECKED),
    State.UNDOING: (_undo, State.APPLIED),
}
# What a worker met that a person has to be told.
OBSTACLES: dict[str, str | Promise] = {
    "import-outdated": _("The network has changed since this workbook was read."),
    "import-touched": _("Something that it brought was changed or used since."),
    "not-allowed": _("Whoever asked for it may no longer do this."),
}


def _started(by: User, kept: NetworkImport, state: str) -> NetworkImport:
    """Do the work of a state now, or let a worker do it."""
    kept.state, kept.refused = state, ""
    if len(kept.entries) > LARGE:
        attempt = uuid4().hex
        payload = {"import": str(kept.pk), "by": str(by.pk), "state": state}
        kept.job = jobs.enqueue(JOB, payload, by=by, key=f"{JOB}:{kept.pk}:{attempt}").pk
        kept.save(update_fields=["state", "job", "refused"])
    else:
        _WORK[state][0](by, kept)
    return kept


def work_on_import(*, by: User, kept: NetworkImport, state: str) -> None:
    """What a worker does, inside the transaction that ends its job. Nothing, when the import is dealt with already."""
    found = NetworkImport.objects.select_for_update(of=("self",)).select_related("body__kind").get(pk=kept.pk)
    if found.state == state:
        _may(by, found.body, found.entries)
        _WORK[state][0](by, found)


def give_up_import(*, kept: NetworkImport, state: str, code: str) -> None:
    """What a worker was refused: the import stands where it stood before, and its page says why."""
    found = NetworkImport.objects.select_for_update(of=("self",)).get(pk=kept.pk)
    if found.state == state:
        found.state, found.refused = _WORK[state][1], code
        found.save(update_fields=["state", "refused"])


def _hold(managed: set[Any]) -> None:
    """Nobody changes what the workbook may change until it is in. Who only refers to it (another programme adds a
    commune of this kind) does not wait: each could be waiting for the other."""
    bodies = Body.objects.filter(pk__in=managed)
    for rows in (BodyKind.objects.all(), OrganisationKind.objects.all(), Organisation.objects.all(), bodies):
        list(rows.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))


def _check_faults(found: Summary, valid_rows_only: bool) -> None:
    check_sound(found, valid_rows_only=valid_rows_only)
    if not found.valid:
        raise Refusal("import-nothing", _("No row without a fault would change the network."))


@transaction.atomic
def discard_network(*, by: User, kept: NetworkImport) -> NetworkImport:
    """Put a checked import aside. Refused: `import-state`."""
    return _move(by, kept, State.CHECKED, State.DISCARDED, "discard-network")


@transaction.atomic
def recover_network(*, by: User, kept: NetworkImport) -> NetworkImport:
    """Take up an import again that was put aside, or whose worker did not come to an end. Refused: `import-state`."""
    if kept.state in _WORK and building.work_has_ended(kept):
        if kept.state == State.CHECKING:
            _may(by, kept.body, kept.entries)
            return _started(by, _locked(kept, State.CHECKING), State.CHECKING)
        return _move(by, kept, kept.state, _WORK[kept.state][1], "recover-network")
    return _move(by, kept, State.DISCARDED, State.CHECKED, "recover-network")


def _move(by: User, kept: NetworkImport, before: str, after: str, act: str) -> NetworkImport:
    require_programme(by, kept.body)
    kept = _locked(kept, before)
    kept.state = after
    kept.save(update_fields=["state"])
    _record(act, kept, by)
    return kept


def _locked(kept: NetworkImport, state: str) -> NetworkImport:
    kept = NetworkImport.objects.select_for_update(of=("self",)).select_related("body__kind").get(pk=kept.pk)
    check_state(kept, state)
    return kept


def _record(act: str, kept: NetworkImport, by: User) -> None:
    audit.record(act, kept, by=by, body=kept.body_id, after=recorded(kept))
