"""What the rows of a round's settings say, by names that a form, a merge and the trail share."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from tiwizi.pooling.models import Round, RoundHost, RoundKind, RoundPartner

AnyRow = RoundPartner | RoundKind | RoundHost
GENERAL = ("title", "method", "min_saving_cents", "max_members")
SAID: dict[type[AnyRow], tuple[str, ...]] = {
    RoundPartner: ("takes_part", "budget_cents"),
    RoundKind: ("included", "fixed_cents", "per_head_cents", "travel_rate_cents", "pool_min", "pool_max"),
    RoundHost: ("accepts", "seats", "cost_percent", "blocked_weeks"),
}


def flat(pk: UUID, name: str) -> str:
    """The name of a row's field among those of all rows: as the forms call it."""
    return f"{pk}-{name}"


def row_values(row: AnyRow) -> dict[str, Any]:
    """What one row says."""
    return {name: getattr(row, name) for name in SAID[type(row)]}


def general_values(round: Round) -> dict[str, Any]:
    """What a round's general rules say."""
    return {name: getattr(round, name) for name in GENERAL}


def settings_of(rows: Iterable[AnyRow]) -> dict[str, Any]:
    """What these rows of one part say now, read afresh. One query."""
    wanted = list(rows)
    if not wanted:
        return {}
    found = type(wanted[0])._default_manager.filter(pk__in=[row.pk for row in wanted])
    return {flat(row.pk, name): value for row in found for name, value in row_values(row).items()}
