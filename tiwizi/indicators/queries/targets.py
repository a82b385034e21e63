"""What is to be reached: a body's own target, else the targets below it, each once."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import BigIntegerField, Count, F, Sum
from django.db.models.functions import Cast, Round

from tiwizi.indicators.models import Indicator, Target
from tiwizi.indicators.queries.compute import summed
from tiwizi.indicators.queries.scope import Scope

# Targets of several bodies, or of several periods, make one target for these calculations only.
ADDED = ("sum", "latest")
# SQLite adds decimals as floats, and whole numbers exactly: targets are added in units of their last place, in two
# parts, so that no sum leaves 64 bits.
UNITS, PART = 10**4, 10**8
_UNITS = Cast(Round(F("value") * UNITS), BigIntegerField())
Spot = tuple[UUID, UUID | None]  # indicator, period (None: the framework's life)


@dataclass(frozen=True)
class Aim:
    """A target and where it comes from: `own`; `below`, from the targets of `bodies` bodies; `periods`, from those of
    the periods; `overlap`: none, because targets of groups that share partners cannot be added."""

    value: Decimal | None
    source: str = "own"
    bodies: int = 1


def aims(indicators: Sequence[Indicator], scope: Scope) -> dict[Spot, Aim]:
    """The targets of these indicators, over life and for each period. Three queries at most, whatever the size."""
    parents = {one for one in scope.below if scope.graph.down.get(one)} - {scope.whose}
    leaves = scope.below - parents - {scope.whose}
    whole = Target.objects.filter(indicator__in=indicators, body__among=parents | {scope.whose})
    groups: dict[Spot, dict[UUID, Decimal]] = defaultdict(dict)
    own: dict[Spot, Aim] = {}
    for indicator, period, body, value in whole.values_list("indicator_id", "period_id", "body_id", "value"):
        if body == scope.whose:
            own[indicator, period] = Aim(value)
        else:
            groups[indicator, period][body] = value
    added = {one.pk for one in indicators if one.calculation in ADDED}
    grouped = {spot: values for spot, values in groups.items() if spot[0] in added}
    crossing = {indicator for indicator, _period in grouped}
    found = _added(added - crossing, leaves) | _with_groups(crossing, grouped, leaves, scope) | own
    return found | _of_periods(indicators, found, scope)


def _added(indicators: Collection[UUID], leaves: Collection[UUID]) -> dict[Spot, Aim]:
    """The targets below, where no group has one: added by the database."""
    if not indicators or not leaves:
        return {}
    below = Target.objects.filter(indicator__in=indicators, body__among=leaves)
    rows = below.values_list("indicator_id", "period_id").annotate(
        large=Sum(_UNITS / PART), small=Sum(_UNITS % PART), bodies=Count("pk")
    )
    return {
        (indicator, period): Aim(Decimal(large * PART + small) / UNITS, "below", bodies)
        for indicator, period, large, small, bodies in rows
    }


def _with_groups(
    indicators: Collection[UUID],
    groups: Mapping[Spot, Mapping[UUID, Decimal]],
    leaves: Collection[UUID],
    scope: Scope,
) -> dict[Spot, Aim]:
    """A group's target stands for everything below it: where one is set, those below it are not added again."""
    if not indicators:
        return {}
    each: dict[Spot, dict[UUID, Decimal]] = defaultdict(dict, {spot: dict(values) for spot, values in groups.items()})
    rows = Target.objects.filter(indicator__in=indicators, body__among=leaves)
    for indicator, period, body, value in rows.values_list("indicator_id", "period_id", "body_id", "value"):
        each[indicator, period][body] = value
    return {spot: _highest(values, scope) if spot in groups else _sum(values) for spot, values in each.items()}


def _highest(values: Mapping[UUID, Decimal], scope: Scope) -> Aim:
    """The targets that stand under no other one, added; none when two of them share a part."""
    parts = {one: scope.graph.below(one) for one in values}
    under = frozenset().union(*(those - {one} for one, those in parts.items()))
    top = [one for one in values if one not in under]
    if sum(len(parts[one]) for one in top) > len(frozenset().union(*(parts[one] for one in top))):
        return Aim(None, "overlap", len(top))
    return _sum({one: values[one] for one in top})


def _sum(values: Mapping[UUID, Decimal]) -> Aim:
    return Aim(sum(values.values(), Decimal()), "below", len(values))


def _of_periods(indicators: Sequence[Indicator], found: Mapping[Spot, Aim], scope: Scope) -> dict[Spot, Aim]:
    """A target over life from those of the periods, where none was set and every period that is asked has one."""
    made: dict[Spot, Aim] = {}
    for one in indicators:
        if one.calculation not in ADDED or (one.pk, None) in found:
            continue
        aims_of = {period.pk: found.get((one.pk, period.pk)) for period in scope.periods}
        told = {pk: aim for pk, aim in aims_of.items() if aim is not None and aim.value is not None}
        if told and scope.asked[one.frequency].keys() <= told.keys():
            value = summed([{"value": aim.value} for aim in told.values()], one.calculation)
            made[one.pk, None] = Aim(value, "periods", max(aim.bodies for aim in told.values()))
    return made
