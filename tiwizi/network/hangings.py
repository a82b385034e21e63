"""What hangs on a body that is to close: each room says its own (`hangings.py`), this one ties, seats and roles."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.utils.functional import Promise

from tiwizi.network.models import Body, Grouping, Mandate, Membership


@dataclass(frozen=True)
class Hanging:
    """One thing that would be left open: a sentence, and where it is looked at."""

    sentence: str | Promise
    href: str


Teller = Callable[[Body, date], list[Hanging]]
_tellers: list[Teller] = []


def hangs(teller: Teller) -> Teller:
    """Register what a room says of a body that is to end on a day."""
    _tellers.append(teller)
    return teller


@cache
def _load() -> None:
    for app in apps.get_app_configs():
        if app.name.startswith("tiwizi.") and app.label != "network" and find_spec(f"{app.name}.hangings"):
            import_module(f"{app.name}.hangings")


@dataclass(frozen=True)
class Consequences:
    """What ends with a body on its last day, and what the rooms above would leave open."""

    ties: list[Grouping]
    seats: list[Membership]
    mandates: list[Mandate]
    open: list[Hanging]


def consequences(body: Body, on: date) -> Consequences:
    """What closing a body on a day would mean. A query for each kind of thing, whatever the size."""
    _load()
    after = on + timedelta(days=1), date.max
    ties = Grouping.objects.during(*after)
    return Consequences(
        list((ties.filter(body=body) | ties.filter(whole=body)).select_related("body", "whole").distinct()),
        list(Membership.objects.during(*after).filter(body=body).select_related("organisation")),
        list(Mandate.objects.during(*after).filter(body=body).select_related("user")),
        [one for teller in _tellers for one in teller(body, on)],
    )
