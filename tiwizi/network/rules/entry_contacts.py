"""The rows of contacts of a network workbook: how a body, or an organisation that sits in one, is reached."""

from collections.abc import Iterable
from typing import Any

from tiwizi.network.models import Contact
from tiwizi.network.queries import building
from tiwizi.network.rules.contacts import faults_of
from tiwizi.network.rules.entries import Row, Things

_LONGEST = {"office": 120, "mail": 254, "phone": 40, "address": 500, "website": 200}
_OWNERS = {"body": "bodies", "organisation": "organisations"}


def contact_rows(entries: list[dict[str, Any]], things: Things, seated: Iterable[str]) -> list[Row]:
    """The rows of contacts, judged. `seated`: short names of the organisations that sit in the programme. One query."""
    mine = [entry for entry in entries if entry["part"] == "contacts"]
    if not mine:
        return []
    known: dict[tuple[str, str], Contact] = {}
    for one in Contact.objects.select_related("body", "organisation"):
        owner = one.body or one.organisation
        known["bodies" if one.body else "organisations", owner.slug] = one  # type: ignore[union-attr]
    rows, sitting, first = [], set(seated), dict[tuple[str, str], Row]()
    for entry in mine:
        row = Row(entry)
        rows.append(row)
        whose = _owner(row, things, sitting)
        if whose is None:
            continue
        if whose in first:
            row.fault(_field(whose), "row-twice", typed=row.code, other=f"A{first[whose].entry['row']}")
        first.setdefault(whose, row)
        _judge(row, whose, known.get(whose))
    return rows


def _field(owner: tuple[str, str]) -> str:
    return "body" if owner[0] == "bodies" else "organisation"


def _owner(row: Row, things: Things, seated: set[str]) -> tuple[str, str] | None:
    """Whose contact it is: part and short name; a fault of the row when that is not clear."""
    named = [name for name in _OWNERS if str(row.entry["values"].get(name) or "").strip()]
    if len(named) != 1:
        row.fault("body", "contact-of-one")
        return None
    part = _OWNERS[named[0]]
    code = things.find(row, named[0], part)
    if not code:
        return None
    row.code = things.title(part, code)
    if part == "organisations" and code not in seated:
        row.fault("organisation", "contact-unseated", typed=row.code)
    return part, code


def _judge(row: Row, owner: tuple[str, str], contact: Contact | None) -> None:
    row.thing = contact
    before = building.contact_facts(contact or Contact())
    typed = {name: str(row.entry["values"][name]).strip() for name in before if name in row.entry["values"]}
    row.after = {**before, **typed}
    row.judge(before)
    if contact is None and not any(row.after.values()):
        row.act = "same"
    for name, most in _LONGEST.items():
        if len(row.after[name]) > most:
            row.fault(name, "text-too-long", most=most)
    for refusal in faults_of(row.after):
        row.fault(refusal.field or "mail", refusal.code, typed=row.after[refusal.field or "mail"])
    row.after["owner"] = owner
