"""Writes the rows of a network workbook that were judged, and keeps what is needed to take them back."""

from collections.abc import Callable, Iterable
from typing import Any

from tiwizi.accounts.models import User
from tiwizi.base import audit
from tiwizi.network.models import Body, BodyKind, Contact, Grouping, Membership, NetworkImport, Organisation
from tiwizi.network.models import OrganisationKind as Kind
from tiwizi.network.queries import building
from tiwizi.network.rules.building import columns_of
from tiwizi.network.rules.entries import PARTS, Row, jsonable
from tiwizi.network.rules.entry_ends import closes, narrowest_first
from tiwizi.network.rules.kinds import check_named, write
from tiwizi.network.rules.lives import close_now

MODELS: dict[str, Any] = {
    "levels": BodyKind, "kinds": Kind, "organisations": Organisation, "bodies": Body, "groupings": Grouping,
    "seats": Membership, "contacts": Contact,
}  # fmt: skip
TIED = ("start", "end", "side")


def write_rows(by: User, kept: NetworkImport, rows: Iterable[Row]) -> list[dict[str, Any]]:
    """Write what is new or changed, things before what ties them, closings last; the steps that undo it."""
    writer, wanted = _Writer(by, kept), [row for row in rows if row.act in ("new", "changed")]
    for row in sorted(wanted, key=lambda row: PARTS.index(row.part)):
        writer.write(row)
    for row in narrowest_first(row for row in wanted if closes(row)):
        close_now(by, row.thing, row.after["end"], kept.file_name)
        writer.step(row, row.thing, act="closed", was={}, now={"end": row.after["end"].isoformat()})
    return writer.steps


def state_of(thing: Any) -> dict[str, Any]:
    """What of a thing an import writes, as it is stored: whoever changed it since changed this."""
    if hasattr(thing, "version"):
        return {"version": thing.version}
    return {name: jsonable(getattr(thing, name)) for name in TIED if hasattr(thing, name)}


class _Writer:
    """Writes rows; one record of the trail and one step each."""

    def __init__(self, by: User, kept: NetworkImport) -> None:
        self.by, self.kept = by, kept
        self.steps: list[dict[str, Any]] = []
        self.things: dict[str, dict[str, Any]] = {
            "organisations": {one.slug: one for one in Organisation.objects.all()},
            "bodies": {one.slug: one for one in Body.objects.all()},
        }
        self.ways: dict[str, Callable[[Row], None]] = {
            "levels": self._kind, "kinds": self._kind, "organisations": self._organisation, "bodies": self._body,
            "groupings": self._tie, "seats": self._tie, "contacts": self._contact,
        }  # fmt: skip

    def write(self, row: Row) -> None:
        self.ways[row.part](row)

    def step(self, row: Row, thing: Any, **told: Any) -> None:
        """Keep how a thing was, and how it is now."""
        was = {name: jsonable(before) for name, (before, _now) in row.fields.items()}
        made = {"part": row.part, "pk": str(thing.pk), "title": row.title, "act": row.act, "was": was}
        self.steps.append(made | {"now": state_of(thing)} | told)

    def _done(self, act: str, thing: Any, body: Body, row: Row, new: dict[str, Any]) -> None:
        changed = row.act == "changed"
        before = {name: was for name, (was, _now) in row.fields.items()} if changed else None
        after = {name: now for name, (_was, now) in row.fields.items()} if changed else new
        audit.record(act, thing, by=self.by, body=body.pk, reason=self.kept.file_name, before=before, after=after)
        self.step(row, thing)

    def _kind(self, row: Row) -> None:
        model = MODELS[row.part]
        noun = "level" if row.part == "levels" else "organisation-kind"
        name, facts = check_named(row.after), {"rank": row.after["rank"]} if row.part == "levels" else {}
        if row.act == "changed":
            write(row.thing, row.after, name)
        thing = row.thing or model.objects.create(code=row.code, name=name, **facts)
        act = f"change-{noun}" if row.act == "changed" else f"add-{noun}"
        self._done(act, thing, self.kept.body, row, building.facts_of(thing))

    def _organisation(self, row: Row) -> None:
        name = check_named(row.after)
        if row.act == "changed":
            write(row.thing, row.after, name)
            self._done("change-organisation", row.thing, self.kept.body, row, {})
            return
        made = Organisation.objects.create(slug=row.code, name=name, **columns_of(Organisation, row.after))
        self.things["organisations"][row.code] = made
        self._done("register-organisation", made, self.kept.body, row, building.facts_of(made))

    def _body(self, row: Row) -> None:
        name, now = check_named(row.after), row.after
        if row.act == "changed":
            if plain := {field: change for field, change in row.fields.items() if field != "end"}:
                write(row.thing, now, name)
                corrected = Row(row.entry, row.code, row.thing, "changed", now, plain)
                self._done("change-body", row.thing, row.thing, corrected, {})
            return
        plain = {"start": now["start"], "end": now["end"], "uncertain": now["uncertain"], "note": now["note"]}
        made = Body.objects.create(slug=row.code, kind_id=now["kind"], name=name, **plain)
        self.things["bodies"][row.code] = made
        self._done("found-body", made, made, row, {"slug": made.slug, "start": made.start, "end": made.end})

    def _tie(self, row: Row) -> None:
        seat, now = row.part == "seats", row.after
        facts = {"end": now["end"]} | ({"side": now["side"]} if seat else {})
        if row.act == "changed":
            for name, value in facts.items():
                setattr(row.thing, name, value)
            row.thing.save(update_fields=list(facts))
            self._done("correct-seat" if seat else "correct-tie", row.thing, row.thing.body, row, {})
            return
        body, other = self.things["bodies"][now["codes"][0]], now["codes"][1]
        life = {"body": body, "start": now["start"], **facts}
        if seat:
            made: Any = Membership.objects.create(organisation=self.things["organisations"][other], **life)
            new = {"organisation": other, "side": now["side"], "start": now["start"], "end": now["end"]}
            self._done("seat-organisation", made, body, row, new)
        else:
            made = Grouping.objects.create(whole=self.things["bodies"][other], **life)
            new = {"whole": other, "start": now["start"], "end": now["end"]}
            self._done("group-body", made, body, row, new)

    def _contact(self, row: Row) -> None:
        part, code = row.after["owner"]
        owner = self.things[part][code]
        facts = {name: row.after[name] for name in building.CONTACT}
        body = owner if part == "bodies" else self.kept.body
        if row.act == "changed":
            for name, value in facts.items():
                setattr(row.thing, name, value)
            row.thing.version += 1
            row.thing.save(update_fields=[*facts, "version"])
            self._done("set-contact", row.thing, body, row, {})
            return
        made = Contact.objects.create(**{"body" if part == "bodies" else "organisation": owner}, **facts)
        self._done("set-contact", made, body, row, facts)
