"""What one may do with a workbook of indicators: check it against what stands, apply it, undo it, put it aside.

Checking stores a dry run. Applying does exactly what the dry run showed, or refuses. The permission is that of the
pages, asked once for the strategic plan; what is written is written by the same halves of the pages' rules.
"""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tiwizi.accounts.models import User
from tiwizi.base import audit
from tiwizi.base.dry_runs import check_sound, check_state, faulty_rows, recorded, row_of, summary
from tiwizi.base.errors import Refusal
from tiwizi.framework.models import Framework
from tiwizi.indicators.models import Indicator, IndicatorImport, Target
from tiwizi.indicators.rules.definitions import may_define
from tiwizi.indicators.rules.entries import Row
from tiwizi.indicators.rules.judging import Judged
from tiwizi.indicators.rules.undoing import Undoing
from tiwizi.indicators.rules.writing import Writing

State = IndicatorImport.State


@transaction.atomic
def check_indicators(
    *,
    by: User | None,
    framework: Framework,
    filename: str,
    entries: list[dict[str, Any]],
    faults: list[dict[str, Any]],
    sha256: str,
) -> IndicatorImport:
    """Keep what a workbook says beside what stands: new, changed, same and faulty rows. Changes nothing else.

    `faults` are those found while reading (`sheet`, `cell`, `code`, `params`, `level`); those of the rows are added.
    `by=None` is the system itself (a loader).
    """
    may_define(by, framework)
    judged = Judged(framework, entries, faulty_rows(faults))
    unread = {(fault["sheet"], fault["cell"]) for fault in faults if fault["level"] == "error"}
    found = [fault for row in judged.rows for fault in _located(row) if (fault["sheet"], fault["cell"]) not in unread]
    kept = IndicatorImport.objects.create(
        framework=framework,
        requested_by=by.pk if by else None,
        file_name=filename[-200:],
        sha256=sha256,
        entries=entries,
        faults=[
            fault | {"row": row_of(fault["cell"]), "read": read}
            for those, read in ((faults, True), (found, False))
            for fault in those
        ],
        changes=[_change(row) for row in judged.rows],
    )
    _record("check-indicators", kept, by)
    return kept


def _located(row: Row) -> list[dict[str, Any]]:
    return [
        {
            "sheet": row.entry["sheet"],
            "cell": row.cell(name),
            "field": name,
            "code": code,
            "params": params,
            "level": level,
        }
        for name, code, params, level in row.faults
    ]


def _change(row: Row) -> dict[str, Any]:
    fields = row.fields if row.act == "changed" else {}
    return {
        "part": row.part,
        "sheet": row.entry["sheet"],
        "row": row.entry["row"],
        "code": row.key,
        "title": row.title,
        "act": row.act,
        "fields": {name: list(change) for name, change in fields.items()},
    }


@transaction.atomic
def apply_indicators(*, by: User | None, kept: IndicatorImport, valid_rows_only: bool = False) -> IndicatorImport:
    """Do what the dry run showed: all rows, or those without a fault. Refused: `import-faulty`, `import-nothing`,
    `import-state`, `import-outdated` when what is measured has changed since."""
    kept = _locked(by, kept, State.CHECKED)
    figures = summary(kept)
    check_sound(figures, valid_rows_only=valid_rows_only)
    if not figures.valid:
        raise Refusal("import-nothing", _("No row without a fault would change what is measured."))
    judged = Judged(kept.framework, kept.entries, faulty_rows([fault for fault in kept.faults if fault["read"]]))
    if [_change(row) for row in judged.rows] != kept.changes:
        raise Refusal(
            "import-outdated",
            _("What is measured has changed since this workbook was read."),
            _("Import the workbook again to see what it would change now."),
        )
    kept.undo = Writing(by, judged).write()
    kept.state, kept.applied_at = State.APPLIED, timezone.now()
    kept.save(update_fields=["undo", "state", "applied_at"])
    _record("apply-indicators", kept, by)
    return kept


@transaction.atomic
def undo_indicators(*, by: User | None, kept: IndicatorImport) -> IndicatorImport:
    """Put back what an import changed and put away what it added; breakdowns and categories that it added stay: they
    take nothing from anything. Refused: `import-state`, `import-touched` when somebody changed any of it since, or
    reported on it."""
    kept = _locked(by, kept, State.APPLIED)
    undoing = Undoing(by, kept)
    if touched := undoing.touched():
        raise Refusal(
            "import-touched",
            _("This import cannot be undone: these were changed or reported on since: %(those)s.")
            % {"those": ", ".join(touched)},
            _("Change them one by one on their pages."),
        )
    undoing.put_back()
    kept.state, kept.undone_at = State.UNDONE, timezone.now()
    kept.save(update_fields=["state", "undone_at"])
    _record("undo-indicators", kept, by)
    return kept


@transaction.atomic
def discard_indicators(*, by: User, kept: IndicatorImport) -> IndicatorImport:
    """Put a checked import aside. Refused: `import-state`."""
    return _move(by, kept, State.CHECKED, State.DISCARDED, "discard-indicators")


@transaction.atomic
def recover_indicators(*, by: User, kept: IndicatorImport) -> IndicatorImport:
    """Take up an import again that was put aside. Refused: `import-state`."""
    return _move(by, kept, State.DISCARDED, State.CHECKED, "recover-indicators")


def _move(by: User, kept: IndicatorImport, before: str, after: str, act: str) -> IndicatorImport:
    kept = _locked(by, kept, before)
    kept.state = after
    kept.save(update_fields=["state"])
    _record(act, kept, by)
    return kept


def _locked(by: User | None, kept: IndicatorImport, state: str) -> IndicatorImport:
    """The import, if this person may and it is in the state that the act needs; nobody else defines meanwhile."""
    may_define(by, kept.framework)
    found = IndicatorImport.objects.select_for_update(of=("self",)).select_related("framework__body__kind")
    kept = found.get(pk=kept.pk)
    check_state(kept, state)
    for table, path in ((Indicator, "result__framework"), (Target, "indicator__result__framework")):
        those = table.objects.select_for_update(of=("self",)).filter(**{path: kept.framework})
        list(those.order_by("pk").values_list("pk", flat=True))
    return kept


def _record(act: str, kept: IndicatorImport, by: User | None) -> None:
    audit.record(act, kept, by=by, body=kept.framework.body_id, after=recorded(kept))
