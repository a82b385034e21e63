"""Ends that were set by one act are given back by its contrary."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from tiwizi.network.models import Grouping, Mandate, Membership

Ended = type[Grouping] | type[Membership] | type[Mandate]


def give_back_ends(model: Ended, ends: Mapping[str, Any], *, since: date | None) -> list[Any]:
    """Let ties, seats or roles end when they would have before an act ended them on a day: `ends`, by id. What
    somebody changed since stays. Gives those that end otherwise now, each with what it was (`.ended`)."""
    rows: list[Any] = list(model._default_manager.select_for_update().filter(pk__in=list(ends), end=since))
    for row in rows:
        row.ended, row.end = row.end, ends[str(row.pk)]
    model._default_manager.bulk_update(rows, ["end"])
    return rows
