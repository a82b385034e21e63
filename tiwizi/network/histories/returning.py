"""How an earlier state of what a network is built of is put back: each by its own rule, which asks and checks."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.dateparse import parse_date

from tiwizi.accounts.models import User
from tiwizi.base.merging import Seen
from tiwizi.base.models import AuditEntry
from tiwizi.network import rules
from tiwizi.network.models import Body, BodyKind, Contact, Organisation, OrganisationKind


def _how(by: User, body: Body, version: int, reason: str) -> dict[str, Any]:
    return {"by": by, "body": body, "seen": Seen(version), "reason": reason, "puts_back": True}


def level(*, by: User, body: Body, obj: BodyKind, values: dict[str, Any], version: int, reason: str) -> BodyKind:
    """An earlier state of a level."""
    return rules.change_level(kind=obj, **_how(by, body, version, reason), **values)


def kind(
    *, by: User, body: Body, obj: OrganisationKind, values: dict[str, Any], version: int, reason: str
) -> OrganisationKind:
    """An earlier state of a kind of organisation."""
    return rules.change_organisation_kind(kind=obj, **_how(by, body, version, reason), **values)


def organisation(
    *, by: User, body: Body, obj: Organisation, values: dict[str, Any], version: int, reason: str
) -> Organisation:
    """An earlier state of an organisation's public facts."""
    return rules.change_organisation(organisation=obj, **_how(by, body, version, reason), **values)


def contact(*, by: User, body: Body, obj: Contact, values: dict[str, Any], version: int, reason: str) -> Contact:
    """An earlier state of how one is reached."""
    return rules.set_contact(organisation=obj.organisation, **_how(by, body, version, reason), **values)


def plain_facts(*, by: User, body: Body, obj: Body, values: dict[str, Any], version: int, reason: str) -> Body:
    """An earlier state of a body's plain facts. Its days, ties and seats are acts of its life."""
    native = values | {"start": parse_date(values["start"]) if values["start"] else None}
    return rules.change_body(**_how(by, obj, version, reason), **native)


def before_of_body(entry: AuditEntry) -> Mapping[str, Any]:
    """What stood before an act on a body: another name from a day on is recorded as one, not by language."""
    before = dict(entry.before or {})
    if isinstance(name := before.pop("name", None), dict):
        before |= {f"name_{code}": name.get(code, "") for code, _language in settings.LANGUAGES}
    return before
