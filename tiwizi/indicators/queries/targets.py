"""What is to be reached: a body's own target, else the targets below it, each once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
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
    """The targets of these indicators, over life and for each period. Two queries, whatever the size (three when
    groups below have targets of their own)."""
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
    added = [one for one in indicators if one.calculation in ADDED]
    below = Target.objects.filter(indicator__in=added, body__among=leaves)
    found: dict[Spot, Aim] = {
        (indicator, period): Aim(Decimal(large * PART + small) / UNITS, "below", bodies)
        for indicator, period, large, small, bodies in below.values_list("indicator_id", "period_id").annotate(
            large=Sum(_UNITS / PART), small=Sum(_UNITS % PART), bodies=Count("pk")
        )
    }
    _with_groups(found, groups, leaves, {one.pk for one in added}, scope)
    found |= own
    return found | _of_periods(indicators, found, scope)


def _with_groups(
    found: dict[Spot, Aim],
    groups: Mapping[Spot, Mapping[UUID, Decimal]],
    leaves: Iterable[UUID],
    added: set[UUID],
    scope: Scope,
) -> None:
    """A group's target stands for everything below it: where one is set, those below it are not added again."""
    spots = {spot: values for spot, values in groups.items() if spot[0] in added}
    if not spots:
        return
    rows = Target.objects.filter(indicator__in={spot[0] for spot in spots}, body__among=leaves)
    each: dict[Spot, dict[UUID, Decimal]] = {spot: dict(values) for spot, values in spots.items()}
    for indicator, period, body, value in rows.values_list("indicator_id", "period_id", "body_id", "value"):
        if (indicator, period) in each:
            each[indicator, period][body] = value
    for spot, values in each.items():
        found[spot] = _highest(values, scope)


def _highest(values: Mapping[UUID, Decimal], scope: Scope) -> Aim:
    """The targets that stand under no other one, added; none when two of them share a part."""
    top = [one for one in values if not (scope.graph.above(one) - {one}) & set(values)]
    parts = [scope.graph.below(one) for one in top]
    if any(one & other for one, other in combinations(parts, 2)):
        return Aim(None, "overlap", len(top))
    return Aim(sum((values[one] for one in top), Decimal()), "below", len(top))


def _of_periods(indicators: Sequence[Indicator], found: Mapping[Spot, Aim], scope: Scope) -> dict[Spot, Aim]:
    """A target over life from those of the periods, where none was set and every period that is asked has one."""
    made: dict[Spot, Aim] = {}
    for one in indicators:
        if one.calculation not in ADDED or (one.pk, None) in found:
            continue
        aims_of = {period.pk: found.get((one.pk, period.pk)) for period in scope.periods}
        told = {pk: aim for pk, aim in aims_of.items() if aim is not None and aim.value is not None}
        if told and scope.asked(one).keys() <= told.keys():
            value = summed([{"value": aim.value} for aim in told.values()], one.calculation)
            made[one.pk, None] = Aim(value, "periods", max(aim.bodies for aim in told.values()))
    return made
