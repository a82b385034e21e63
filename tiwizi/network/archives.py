"""What was taken away in a body and can be taken back: each room registers how it finds its own."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.db.models import Model
from django.utils.functional import Promise

from tiwizi.accounts.models import User
from tiwizi.base.models import AuditEntry
from tiwizi.network import queries
from tiwizi.network.models import Body

MOST = 100  # of each kind, the latest


@dataclass(frozen=True)
class Archived:
    """One thing: what it is, why and when it was taken away and by whom, where it is read, how it comes back."""

    kind: str | Promise
    title: str
    reason: str
    at: datetime | None
    who: str
    href: str
    recover: str = ""  # the address to post to; empty: this person may not, or it cannot come back
    why_not: str | Promise = ""


Provider = Callable[[User, Body], Iterable[Archived]]
_providers: list[Provider] = []


def keeps(provider: Provider) -> Provider:
    """Register what a room archives."""
    _providers.append(provider)
    return provider


@cache
def _load() -> None:
    for app in apps.get_app_configs():
        if app.name.startswith("tiwizi.") and find_spec(f"{app.name}.archives"):
            import_module(f"{app.name}.archives")


def archived_in(by: User, body: Body) -> list[Archived]:
    """Everything archived in a body that this person may read, the latest first."""
    _load()
    found = [one for provider in _providers for one in provider(by, body)]
    return sorted(found, key=lambda one: one.at.timestamp() if one.at else 0.0, reverse=True)


def takers(objects: Iterable[Model], acts: Iterable[str]) -> dict[str, tuple[str, AuditEntry]]:
    """Who did the latest of these acts on each object, by its id. Two queries."""
    ids = {str(obj.pk): obj._meta.label_lower for obj in objects}
    found = AuditEntry.objects.filter(object_id__in=ids, object_type__in=set(ids.values()), act__in=list(acts))
    latest = {entry.object_id: entry for entry in found.order_by("id")}
    who = queries.signatures(latest.values())
    return {pk: (who[entry.pk], entry) for pk, entry in latest.items()}
