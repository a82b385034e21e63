"""What one may do with a network workbook: check it against what stands, apply it, put it aside.

Checking stores a dry run. Applying does exactly what the dry run showed, or refuses. The permission is asked once, for
the whole programme; what each row may touch was decided by what the person manages.
"""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tiwizi.accounts.models import User
from tiwizi.base import audit
from tiwizi.base.dry_runs import Summary, check_sound, check_state, row_of, summary
from tiwizi.base.errors import Refusal
from tiwizi.network.models import Body, BodyKind, Grouping, Membership, NetworkImport, Organisation, OrganisationKind
from tiwizi.network.permissions import Action, bodies_where
from tiwizi.network.queries import building
from tiwizi.network.rules.building import columns_of
from tiwizi.network.rules.entries import FAULTS, PARTS, Row, jsonable
from tiwizi.network.rules.entry_ties import Ties
from tiwizi.network.rules.kinds import check_named, require_programme, write

__all__ = ["FAULTS", "apply_network", "check_network", "discard_network", "recover_network"]
State = NetworkImport.State


def _judged(by: User, body: Body, entries: list[dict[str, Any]], faults: list[dict[str, Any]]) -> Ties:
    require_programme(by, body)
    errors = {(fault["sheet"], row_of(fault["cell"])) for fault in faults if fault["level"] == "error"}
    return Ties(entries, bodies_where(by, Action.MANAGE_NETWORK), errors)


@transaction.atomic
def check_network(
    *, by: User, body: Body, filename: str, entries: list[dict[str, Any]], faults: list[dict[str, Any]], sha256: str
) -> NetworkImport:
    """Keep what a workbook says beside what stands: new, changed, same and faulty rows. Changes nothing else.

    `faults` are those found while reading (`sheet`, `cell`, `code`, `params`, `level`); those of the rows are added.
    """
    judged = _judged(by, body, entries, faults)
    read = {(fault["sheet"], fault["cell"]) for fault in faults if fault["level"] == "error"}
    faults = faults + [
        fault for row in judged.rows for fault in _located(row) if (fault["sheet"], fault["cell"]) not in read
    ]
    kept = NetworkImport.objects.create(
        body=body,
        requested_by=by.pk,
        file_name=filename[-200:],
        sha256=sha256,
        entries=entries,
        faults=[fault | {"row": row_of(fault["cell"])} for fault in faults],
        changes=[_change(row) for row in judged.rows],
    )
    _record("check-network", kept, by)
    return kept


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
    """Do what the dry run showed: all rows, or those without a fault. Refused: `import-faulty`, `import-nothing`,
    `import-state`, `import-outdated` when the network has changed since."""
    require_programme(by, kept.body)
    kept = _locked(kept, State.CHECKED)
    _check_faults(summary(kept), valid_rows_only)
    _hold(bodies_where(by, Action.MANAGE_NETWORK))
    judged = _judged(by, kept.body, kept.entries, [fault for fault in kept.faults if fault["code"] not in FAULTS])
    if [_change(row) for row in judged.rows] != kept.changes:
        raise Refusal(
            "import-outdated",
            _("The network has changed since this workbook was read."),
            _("Import the workbook again to see what it would change now."),
        )
    writer = _Writer(by, kept)
    for row in sorted(judged.rows, key=lambda row: PARTS.index(row.part)):
        if row.act in ("new", "changed"):
            writer.write(row)
    kept.state, kept.applied_at = State.APPLIED, timezone.now()
    kept.save(update_fields=["state", "applied_at"])
    _record("apply-network", kept, by)
    return kept


def _hold(managed: set[Any]) -> None:
    """Nobody changes what the workbook may change until it is in."""
    bodies = Body.objects.filter(pk__in=managed)
    for rows in (BodyKind.objects.all(), OrganisationKind.objects.all(), Organisation.objects.all(), bodies):
        list(rows.select_for_update().order_by("pk").values_list("pk", flat=True))


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
    """Take up an import again that was put aside. Refused: `import-state`."""
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
    found = summary(kept)
    told = {"file": kept.file_name, "new": found.new, "changed": found.changed, "faults": found.faults}
    audit.record(act, kept, by=by, body=kept.body_id, after=told)


class _Writer:
    """Writes rows that were judged, things before what ties them; one record each."""

    def __init__(self, by: User, kept: NetworkImport) -> None:
        self.by, self.kept = by, kept
        self.things: dict[str, dict[str, Any]] = {
            "organisations": {one.slug: one for one in Organisation.objects.all()},
            "bodies": {one.slug: one for one in Body.objects.all()},
        }
        self.ways: dict[str, Callable[[Row], None]] = {
            "levels": self._kind, "kinds": self._kind, "organisations": self._organisation, "bodies": self._body,
            "groupings": self._tie, "seats": self._tie,
        }  # fmt: skip

    def write(self, row: Row) -> None:
        self.ways[row.part](row)

    def _record(self, act: str, thing: Any, body: Body, row: Row, new: dict[str, Any]) -> None:
        before = {name: was for name, (was, _now) in row.fields.items()} if row.act == "changed" else None
        after = {name: now for name, (_was, now) in row.fields.items()} if row.act == "changed" else new
        audit.record(act, thing, by=self.by, body=body.pk, reason=self.kept.file_name, before=before, after=after)

    def _kind(self, row: Row) -> None:
        model: Any = BodyKind if row.part == "levels" else OrganisationKind
        noun = "level" if row.part == "levels" else "organisation-kind"
        name, facts = check_named(row.after), {"rank": row.after["rank"]} if row.part == "levels" else {}
        if row.act == "changed":
            write(row.thing, row.after, name)
        thing = row.thing or model.objects.create(code=row.code, name=name, **facts)
        act = f"change-{noun}" if row.act == "changed" else f"add-{noun}"
        self._record(act, thing, self.kept.body, row, building.facts_of(thing))

    def _organisation(self, row: Row) -> None:
        name = check_named(row.after)
        if row.act == "changed":
            write(row.thing, row.after, name)
            self._record("change-organisation", row.thing, self.kept.body, row, {})
            return
        made = Organisation.objects.create(slug=row.code, name=name, **columns_of(Organisation, row.after))
        self.things["organisations"][row.code] = made
        self._record("register-organisation", made, self.kept.body, row, building.facts_of(made))

    def _body(self, row: Row) -> None:
        name, now = check_named(row.after), row.after
        if row.act == "changed":
            write(row.thing, now, name)
            self._record("change-body", row.thing, row.thing, row, {})
            return
        plain = {"start": now["start"], "end": now["end"], "uncertain": now["uncertain"], "note": now["note"]}
        made = Body.objects.create(slug=row.code, kind_id=now["kind"], name=name, **plain)
        self.things["bodies"][row.code] = made
        self._record("found-body", made, made, row, {"slug": made.slug, "start": made.start, "end": made.end})

    def _tie(self, row: Row) -> None:
        seat, now = row.part == "seats", row.after
        facts = {"end": now["end"]} | ({"side": now["side"]} if seat else {})
        if row.act == "changed":
            for name, value in facts.items():
                setattr(row.thing, name, value)
            row.thing.save(update_fields=list(facts))
            self._record("correct-seat" if seat else "correct-tie", row.thing, row.thing.body, row, {})
            return
        body, other = self.things["bodies"][now["codes"][0]], now["codes"][1]
        life = {"body": body, "start": now["start"], **facts}
        if seat:
            made: Any = Membership.objects.create(organisation=self.things["organisations"][other], **life)
            new = {"organisation": other, "side": now["side"], "start": now["start"], "end": now["end"]}
            self._record("seat-organisation", made, body, row, new)
        else:
            made = Grouping.objects.create(whole=self.things["bodies"][other], **life)
            new = {"whole": other, "start": now["start"], "end": now["end"]}
            self._record("group-body", made, body, row, new)
