"""What Tiwizi keeps of a person, each room its own part (`personal.py`): one list for the copy that everybody may take,
for what is erased when somebody asks for it, and for how long things are kept.

Whoever keeps something of a person says at once how it goes, or why it stays. Why: `docs/adr/0015-people.md`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Protocol

from django.apps import apps
from django.conf import settings
from django.utils import timezone
from django.utils.functional import Promise

Row = dict[str, Any]
Teller = Callable[[Any], list[Row]]


class Eraser(Protocol):
    """A rule: erase what the room keeps of `user`, whose name and address still stand in the object it gets."""

    def __call__(self, *, by: Any, user: Any) -> object: ...


class Forgetter(Protocol):
    """A rule of the system: throw away what ended before a moment, and say how many rows."""

    def __call__(self, *, before: datetime) -> int: ...


@dataclass(frozen=True)
class Part:
    """One thing that is kept of a person: how it is told, and how it is erased or why it stays."""

    title: str | Promise
    tell: Teller
    erase: Eraser | None
    stays: str | Promise
    holds: tuple[str, ...]  # the columns that say who somebody is, "network.Invitation.email"

    @property
    def goes(self) -> bool:
        """It is erased. Templates ask this: they would call the rule."""
        return self.erase is not None


@dataclass(frozen=True)
class Limit:
    """How long one thing is kept: the days of its setting, or without end."""

    title: str | Promise
    setting: str
    forget: Forgetter

    @property
    def days(self) -> int | None:
        days: int | None = settings.KEEP_DAYS[self.setting]
        return days


_parts: list[Part] = []
_limits: list[Limit] = []


def keeps(
    title: str | Promise, *, erase: Eraser | None = None, stays: str | Promise = "", holds: Sequence[str] = ()
) -> Callable[[Teller], Teller]:
    """Register what a room keeps of a person, under a title: one row a thing, fields by their names. With the rule
    that erases it, or with the reason why it stays."""
    if (erase is None) is not bool(stays):
        raise TypeError(f"{title}: say the rule that erases it, or why it stays")

    def register(teller: Teller) -> Teller:
        _parts.append(Part(title, teller, erase, stays, tuple(holds)))
        return teller

    return register


def lasts(title: str | Promise, setting: str, forget: Forgetter) -> None:
    """Register how long a thing is kept: a key of `settings.KEEP_DAYS`, and the rule that throws older ones away."""
    _limits.append(Limit(title, setting, forget))


@cache
def _load() -> None:
    for app in apps.get_app_configs():
        if app.name.startswith("tiwizi.") and app.label != "base" and find_spec(f"{app.name}.personal"):
            import_module(f"{app.name}.personal")


def parts() -> list[Part]:
    """Every kind of thing that is kept of a person, room by room."""
    _load()
    return list(_parts)


def limits() -> list[Limit]:
    """How long what is kept."""
    _load()
    return list(_limits)


def kept_of(user: Any) -> list[tuple[str, list[Row]]]:
    """Everything that is kept of a person, by title; a title with nothing under it says that too."""
    return [(str(part.title), part.tell(user)) for part in parts()]


def counts_of(user: Any) -> list[tuple[Part, int]]:
    """How many things of each kind are kept of a person."""
    return [(part, len(part.tell(user))) for part in parts()]


def erase_all(*, by: Any, user: Any) -> None:
    """Let every room erase its part; called inside the transaction of the act that was allowed and is recorded."""
    for part in parts():
        if part.erase is not None:
            part.erase(by=by, user=user)


def forget_old(*, now: datetime | None = None) -> list[tuple[Limit, int]]:
    """Throw away what is older than its setting says; how many rows of each."""
    moment = now or timezone.now()
    return [(one, one.forget(before=moment - timedelta(days=one.days))) for one in limits() if one.days is not None]
