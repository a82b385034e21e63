"""What is measured, as those read it who define it."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet

from tiwizi.framework.models import Framework
from tiwizi.indicators.models import Assignment, Category, Indicator, Measurement, Target
from tiwizi.indicators.queries.facts import misfit
from tiwizi.network import queries as network
from tiwizi.network.models import Body


def defined(framework: Framework, *, archived: bool = False) -> "QuerySet[Indicator]":
    """The indicators of a framework, with how many bodies report each and whether a figure stands."""
    those = Indicator.objects.filter(result__framework=framework, archived_at__isnull=not archived)
    figures = Measurement.objects.filter(indicator=OuterRef("pk"))
    counted = those.annotate(reporters=Count("assignments", distinct=True), reported=Exists(figures))
    return (
        counted.select_related("result", "library")
        .prefetch_related("breakdowns__set")
        .order_by("result__position", "position")
    )


def reporters_of(indicator: Indicator) -> list[Assignment]:
    """Who reports an indicator, by kind of body and name."""
    rows = Assignment.objects.filter(indicator=indicator).select_related("body__kind")
    return list(rows.order_by("body__kind__rank", "body__slug"))


def bodies_inside(framework: Framework) -> list[Body]:
    """Every body that may report: the framework's own and all below it at any time of the framework."""
    return network.bodies_below(framework.body, first=framework.start, last=framework.end)


def targets_of(indicator: Indicator, bodies: list[Body]) -> dict[tuple[Any, Any], Target]:
    """The targets of these bodies, by body and period (`None`: the whole life)."""
    rows = Target.objects.filter(indicator=indicator, body__in=bodies)
    return {(row.body_id, row.period_id): row for row in rows}


@dataclass(frozen=True)
class Carried:
    """An indicator of the earlier framework, the later one that follows it, and what does not fit."""

    earlier: Indicator
    later: Indicator | None
    unlike: list[str]  # how the two count otherwise: figures of one do not stand in the other
    lost: list[str]  # categories that the later framework does not know: their figures stay, and are not added up


def earlier_of(framework: Framework) -> Framework | None:
    """The strategic plan of the same body before this one."""
    before = Framework.objects.filter(body=framework.body_id, start__lt=framework.start)
    return before.order_by("-start").first()


def carried_over(earlier: Framework, later: Framework) -> list[Carried]:
    """What of an earlier framework goes on in a later one, and what does not. Four queries."""
    newer = list(Indicator.objects.filter(result__framework=later).select_related("result"))
    following = {one.previous_id: one for one in newer if one.previous_id}
    known = _categories(later)
    sets: dict[Any, set[tuple[str, str]]] = defaultdict(set)
    before = _categories(earlier)
    rows = Indicator.objects.filter(result__framework=earlier).select_related("result")
    those = list(rows.prefetch_related("breakdowns__set").order_by("result__position", "position"))
    for one in those:
        for breakdown in one.breakdowns.all():
            sets[one.pk] |= {(code, name) for code, name in before if code == breakdown.set.code}
    return [
        Carried(
            one,
            heir := following.get(one.pk),
            misfit(one, heir) if heir else [],
            sorted(before[place] for place in sets[one.pk] - known.keys()) if heir else [],
        )
        for one in those
    ]


def _categories(framework: Framework) -> dict[tuple[str, str], str]:
    rows = Category.objects.filter(set__framework=framework).select_related("set")
    return {(row.set.code, row.code): f"{row.set}: {row}" for row in rows}


def alive_on(indicator: Indicator, day: date) -> set[Any]:
    """The sets that an indicator is broken down by on a day."""
    return set(indicator.breakdowns.on(day).values_list("set_id", flat=True))
