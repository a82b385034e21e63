"""Where something is planned and where something is reported: results, communes of the South, target groups."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q

from tiwizi.framework.models import Result, TargetGroup
from tiwizi.indicators.models import Category, Measurement
from tiwizi.indicators.models.reports import COUNTED
from tiwizi.indicators.queries.scope import Around
from tiwizi.network.models import Organisation
from tiwizi.plans.models import Activity, JointPart

NOTHING, PLANNED, REPORTED = "nothing", "planned", "reported"
# A figure says something when one of these stands.
FIGURE = Q(value__isnull=False) | Q(numerator__isnull=False) | Q(members__isnull=False) | ~Q(text="")
Spot = tuple[UUID, UUID, UUID | None]  # commune, result, target group (None: nobody in particular)


@dataclass(frozen=True)
class Mark:
    """The target groups in a commune under a result that are in one state; `unsaid`: figures that name no group."""

    state: str
    groups: list[TargetGroup]
    unsaid: bool = False


@dataclass(frozen=True)
class CommuneRow:
    commune: Organisation
    cells: list[list[Mark]]  # result by result, state by state


@dataclass(frozen=True)
class Coverage:
    results: list[Result]
    groups: list[TargetGroup]
    rows: list[CommuneRow]


def coverage(place: Around, communes: Sequence[Organisation], *, group: str = "") -> Coverage:
    """The matrix of these communes. Eight queries, whatever the size."""
    results = list(place.framework.results.all())
    groups = [one for one in place.framework.target_groups.all() if group in ("", one.code)]
    wanted = {one.pk for one in communes}
    planned = _planned(place, wanted)
    reported = _reported_activities(place, wanted) | _reported_bodies(place, wanted)
    rows = [
        CommuneRow(one, [_marks(one, result, groups, planned, reported, alone=bool(group)) for result in results])
        for one in communes
    ]
    return Coverage(results, groups, rows)


def _marks(
    commune: Organisation,
    result: Result,
    groups: Sequence[TargetGroup],
    planned: set[Spot],
    reported: set[Spot],
    *,
    alone: bool,
) -> list[Mark]:
    found: dict[str, list[TargetGroup]] = {REPORTED: [], PLANNED: [], NOTHING: []}
    for group in groups:
        spot = (commune.pk, result.pk, group.pk)
        found[REPORTED if spot in reported else PLANNED if spot in planned else NOTHING].append(group)
    unsaid = not alone and (commune.pk, result.pk, None) in reported
    marks = [Mark(state, those, unsaid and state == REPORTED) for state, those in found.items()]
    return [mark for mark in marks if mark.groups or mark.unsaid]


def _activities(place: Around) -> Any:
    """The activities of the bodies below that stand in plans; a collective one through the parts it replaces."""
    return Activity.objects.filter(
        plan__body__in=place.below, archived_at__isnull=True, plan__framework=place.framework
    )


def _spots(activities: Any, communes: set[UUID]) -> set[Spot]:
    """Whom these activities are for, and where. Two queries."""
    those = activities.filter(commune__in=communes)
    found = set(those.values_list("commune_id", "result_id", "main_target_id").distinct())
    others = those.filter(other_targets__isnull=False)
    return found | set(others.values_list("commune_id", "result_id", "other_targets").distinct())


def _planned(place: Around, communes: set[UUID]) -> set[Spot]:
    return _spots(_activities(place), communes)


def _reported_activities(place: Around, communes: set[UUID]) -> set[Spot]:
    told = Measurement.objects.filter(FIGURE, report__state__in=COUNTED, activity__isnull=False)
    together = JointPart.objects.filter(collective__in=told.values("activity_id")).values("replaced_id")
    reported = _activities(place).filter(Q(pk__in=told.values("activity_id")) | Q(pk__in=together))
    return _spots(reported, communes)


def _reported_bodies(place: Around, communes: set[UUID]) -> set[Spot]:
    """Figures of bodies as a whole: in each commune of the body, or in the one that a category names."""
    seats: dict[UUID, set[UUID]] = defaultdict(set)
    for seat in place.seats:
        if seat.organisation_id in communes:
            seats[seat.body_id].add(seat.organisation_id)
    told = Measurement.objects.filter(FIGURE, report__body__in=list(seats), report__state__in=COUNTED)
    told = told.filter(activity__isnull=True, indicator__result__framework=place.framework)
    named = {(one.set.code, one.code): one for one in _naming(place)}
    sets = {one.set_id for one in named.values()}
    apart = told.filter(indicator__breakdowns__set__in=sets) if sets else told.none()
    found: set[Spot] = set()
    plain = told.exclude(pk__in=apart.values("pk")) if sets else told
    for body, result in plain.values_list("report__body_id", "indicator__result_id").distinct().order_by():
        found |= {(commune, result, None) for commune in seats[body]}
    rows = apart.values_list("report__body_id", "indicator__result_id", "breakdown").distinct().order_by()
    for body, result, breakdown in rows if sets else ():
        found |= _by_category(seats[body], result, breakdown, named)
    return {spot for spot in found if spot[0] in communes}


def _naming(place: Around) -> Iterable[Category]:
    """The categories that stand for a target group or a commune."""
    those = Category.objects.filter(set__framework=place.framework).select_related("set")
    return those.filter(Q(target_group__isnull=False) | Q(organisation__isnull=False))


def _by_category(
    communes: set[UUID], result: UUID, breakdown: dict[str, dict[str, str]], named: dict[tuple[str, str], Category]
) -> set[Spot]:
    told = [
        named[code, category]
        for code, parts in breakdown.items()
        for category, number in parts.items()
        if (code, category) in named and float(number) > 0
    ]
    if not told:
        return {(commune, result, None) for commune in communes}
    return {
        (commune, result, one.target_group_id)
        for one in told
        for commune in ({one.organisation_id} if one.organisation_id else communes)
    }
