"""What Tiwizi keeps of a person, each room its own part (`personal.py`): for the copy that everybody may ask for."""

from collections.abc import Callable
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.utils.functional import Promise

Row = dict[str, Any]
Teller = Callable[[Any], list[Row]]
_tellers: list[tuple[str | Promise, Teller]] = []


def keeps(title: str | Promise) -> Callable[[Teller], Teller]:
    """Register what a room keeps of a person, under a title: one row a thing, fields by their names."""

    def register(teller: Teller) -> Teller:
        _tellers.append((title, teller))
        return teller

    return register


@cache
def _load() -> None:
    for app in apps.get_app_configs():
        if app.name.startswith("tiwizi.") and app.label != "base" and find_spec(f"{app.name}.personal"):
            import_module(f"{app.name}.personal")


def kept_of(user: Any) -> list[tuple[str, list[Row]]]:
    """Everything that is kept of a person, by title; a title with nothing under it says that too."""
    _load()
    return [(str(title), teller(user)) for title, teller in _tellers]
