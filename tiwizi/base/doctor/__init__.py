"""Is everything whole? Each check gives a sentence for each thing that is wrong; a room adds its own in `doctor.py`.

What the database enforces by itself is not asked again, except that it does enforce it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps

Check = Callable[[], Iterator[str]]
_checks: dict[str, Check] = {}
MANY = 5  # faults of one check that are told one by one


@dataclass(frozen=True)
class Finding:
    """What one check found; no fault: all is well."""

    title: str
    faults: list[str]
    more: int = 0  # faults that are not told one by one


def examines(title: str) -> Callable[[Check], Check]:
    """Register a check under its title."""

    def register(check: Check) -> Check:
        _checks[title] = check
        return check

    return register


def examine() -> Iterator[Finding]:
    """Run every check, those of the base first."""
    import_module("tiwizi.base.doctor.base")
    for app in apps.get_app_configs():
        if app.name.startswith("tiwizi.") and app.label != "base" and find_spec(f"{app.name}.doctor"):
            import_module(f"{app.name}.doctor")
    for title, check in _checks.items():
        faults = list(check())
        yield Finding(title, faults[:MANY], len(faults[MANY:]))
