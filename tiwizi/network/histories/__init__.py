"""The story of any object that is audited, in the reader's words: who, in whose name, when, what changed, and why.

Each room says in its `histories.py` how the trail of its objects is told (`tells`), who may read it, and by which of
its rules an earlier state is put back.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import Model, Q
from django.utils.functional import Promise

from tiwizi.accounts.models import User
from tiwizi.base.merging import plain
from tiwizi.base.models import AuditEntry
from tiwizi.base.queries import history_of
from tiwizi.network import queries
from tiwizi.network.models import Body
from tiwizi.network.permissions import Action, may

Words = Mapping[str, str | Promise]
Tell = Callable[[str, Any], str]
MOST = 300  # acts of one story that are read at once


def _as_text(name: str, value: Any) -> str:
    return "" if value is None or value == "" else str(value)


@dataclass(frozen=True)
class Kind:
    """How one kind of object is told. `labels` names the fields that are shown; others are for machines."""

    model: type[Model]
    name: str | Promise  # "Activity"
    acts: Words
    labels: Words
    bodies: Callable[[Any], Sequence[Body]]  # under which its page stands
    address: Callable[[Any, Body], str]  # where one goes back to
    tab: str = "overview"
    title: Callable[[Any], str] = str  # what the reader calls it
    related: tuple[str, ...] = ()  # fetched with it
    # Says values; gets the object, and the entries, so that names are fetched once for all.
    teller: Callable[[Any, Sequence[AuditEntry]], Tell] = lambda obj, entries: _as_text
    readable: Callable[[User, Any, Body], bool] = lambda by, obj, body: bool(may(by, Action.READ, body))
    parts: Callable[[Any], Iterable[Model]] = lambda obj: ()  # whose acts belong to this story
    values: Callable[[Any], dict[str, Any]] | None = None  # what stands now, as the trail keeps it
    version: Callable[[Any], int] = lambda obj: int(obj.version)
    # What an act changed, as it stood before, under the names of `values`.
    before: Callable[[AuditEntry], Mapping[str, Any]] = lambda entry: entry.before or {}
    # The room's own rule: by, the body under which it is read, the object, the values, the version that was looked at,
    # why.
    put_back: Callable[..., object] | None = None

    @property
    def code(self) -> str:
        return str(self.model._meta.label_lower)


_kinds: dict[str, Kind] = {}


def tells(kind: Kind) -> None:
    """Register how a kind of object is told."""
    _kinds[kind.code] = kind


@cache
def _load() -> None:
    for app in apps.get_app_configs():
        if app.name.startswith("tiwizi.") and find_spec(f"{app.name}.histories"):
            import_module(f"{app.name}.histories")


def kinds() -> dict[str, Kind]:
    """Every kind that can be told, by its code ("plans.activity")."""
    import_module("tiwizi.network.histories.network")
    import_module("tiwizi.network.histories.building")
    _load()
    return _kinds


def kind_of(obj: Model) -> Kind:
    """How an object is told."""
    return kinds()[obj._meta.label_lower]


def find(code: str, pk: str) -> Model | None:
    """The object of an address; None when there is none, or its kind is not told."""
    kind = kinds().get(code)
    if kind is None:
        return None
    if kind.model._meta.pk and kind.model._meta.pk.get_internal_type() == "UUIDField":
        try:
            UUID(pk)
        except ValueError:
            return None
    return kind.model._default_manager.select_related(*kind.related).filter(pk=pk).first()


@dataclass(frozen=True)
class Change:
    """One field, before and after, as text."""

    label: str | Promise
    before: str
    after: str


@dataclass(frozen=True)
class Event:
    """One act: when, who (empty: the system itself), what, on which part, why, what changed or was first said."""

    pk: int
    at: datetime
    who: str
    act: str | Promise
    reason: str
    part: str = ""
    changes: list[Change] = field(default_factory=list)
    said: list[Change] = field(default_factory=list)  # of an act that creates
    erased: bool = False
    may_put_back: bool = False


def _entries(obj: Model, parts: Iterable[tuple[str, str]]) -> list[AuditEntry]:
    """The acts on an object and its parts, latest first, `MOST` at most. One query."""
    wanted = Q(object_type=obj._meta.label_lower, object_id=str(obj.pk))
    ids: dict[str, list[str]] = {}
    for code, pk in parts:
        ids.setdefault(code, []).append(pk)
    for code, pks in ids.items():
        wanted |= Q(object_type=code, object_id__in=pks)
    return list(AuditEntry.objects.filter(wanted).order_by("-id")[:MOST])


def story(obj: Model) -> list[Event]:
    """The acts on an object and its parts, latest first, told. A fixed number of queries."""
    kind = kind_of(obj)
    parts = {(part._meta.label_lower, str(part.pk)): part for part in kind.parts(obj)}
    entries = _entries(obj, parts)
    who = queries.signatures(entries)
    own = kind.code, str(obj.pk)
    later = {entry.pk for entry in entries if _own(entry, own)}
    newest = max(later, default=0)
    tellers = _tellers(obj, parts, entries)
    found = []
    for entry in entries:
        part = parts.get((entry.object_type, entry.object_id))
        told = kinds().get(entry.object_type, kind)
        found.append(
            Event(
                entry.pk, entry.at, who[entry.pk], told.acts.get(entry.act, entry.act), entry.reason,
                part="" if part is None else told.title(part),
                changes=_changes(told.labels, tellers[entry.object_type], entry),
                said=_said(told.labels, tellers[entry.object_type], entry),
                erased=is_erased(entry),
                may_put_back=kind.put_back is not None and _own(entry, own) and entry.pk != newest,
            )
        )  # fmt: skip
    return found


def _own(entry: AuditEntry, own: tuple[str, str]) -> bool:
    return (entry.object_type, entry.object_id) == own


def _tellers(obj: Model, parts: dict[tuple[str, str], Model], entries: list[AuditEntry]) -> dict[str, Tell]:
    """One teller for each kind of object in the story: the parts of one kind speak the same words."""
    first = {obj._meta.label_lower: obj}
    for (code, _pk), part in parts.items():
        first.setdefault(code, part)
    return {code: _teller(one, entries) for code, one in first.items()}


def _teller(obj: Model, entries: list[AuditEntry]) -> Tell:
    kind = kind_of(obj)
    return kind.teller(obj, [entry for entry in entries if entry.object_type == kind.code])


def is_erased(entry: AuditEntry) -> bool:
    """Were the words of this act erased, as somebody's right or an order?"""
    return bool(entry.words_digest) and getattr(entry, "words", None) is None


def _changes(labels: Words, tell: Tell, entry: AuditEntry) -> list[Change]:
    before, after = entry.before or {}, entry.after or {}
    names = [name for name in labels if name in before]
    return [Change(labels[name], tell(name, before[name]), tell(name, after.get(name))) for name in names]


def _said(labels: Words, tell: Tell, entry: AuditEntry) -> list[Change]:
    before, after = entry.before or {}, entry.after or {}
    told = [(labels[name], tell(name, after[name])) for name in labels if name in after and name not in before]
    return [Change(label, "", text) for label, text in told if text]


# --- Earlier states ---


class Forgotten(ValueError):
    """The words of an act between then and now were erased: nobody can say any more what stood before it."""


def state_after(obj: Model, entry: AuditEntry) -> dict[str, Any]:
    """What the object said just after an act, reckoned back from what it says now. Raises `Forgotten`."""
    kind = kind_of(obj)
    values = {name: plain(value) for name, value in kind.values(obj).items()} if kind.values else {}
    for one in history_of(obj).filter(pk__gt=entry.pk):
        if is_erased(one):
            raise Forgotten
        values |= {name: value for name, value in kind.before(one).items() if name in values}
    return values


def difference(obj: Model, values: Mapping[str, Any]) -> list[Change]:
    """What would change if these values stood: now, and then."""
    kind = kind_of(obj)
    now = {name: plain(value) for name, value in kind.values(obj).items()} if kind.values else {}
    tell = kind.teller(obj, [])
    names = [name for name in kind.labels if name in values and values[name] != now.get(name)]
    return [Change(kind.labels[name], tell(name, now.get(name)), tell(name, values[name])) for name in names]


# --- Who changed what meanwhile ---


@dataclass(frozen=True)
class Writer:
    """Who changed a field last, and when."""

    who: str
    at: datetime


def writers(objects: Iterable[Model]) -> dict[tuple[str, str], Writer]:
    """Who changed each field of these objects last, by object id and field. Two queries."""
    ids = {str(obj.pk): obj._meta.label_lower for obj in objects}
    found = AuditEntry.objects.filter(object_id__in=ids, object_type__in=set(ids.values())).order_by("-id")[:MOST]
    entries = list(found)
    who = queries.signatures(entries)
    told: dict[tuple[str, str], Writer] = {}
    for entry in entries:
        for name in entry.after or {}:
            told.setdefault((entry.object_id, name), Writer(who[entry.pk], entry.at))
    return told
