"""What a body is to report in a period, and whose it is."""

from uuid import UUID

from django.db.models import Q

from tiwizi.framework.models import Framework
from tiwizi.indicators.models import Assignment, Category, Indicator, Measurement, Period
from tiwizi.indicators.queries.asked import spans_in
from tiwizi.network.models import Body
from tiwizi.plans.models import Activity, JointPart


def due_indicators(body: Body, period: Period) -> list[Indicator]:
    """The indicators that a body reports in a period."""
    those = assigned_indicators(body, period)
    asked = spans_in(period, those)
    return [one for one in those if one.pk in asked]


def assigned_indicators(body: Body, period: Period) -> list[Indicator]:
    """The indicators that a body reports at the end of a period, however often."""
    those = Assignment.objects.filter(
        Q(start__isnull=True) | Q(start__lte=period.end), Q(end__isnull=True) | Q(end__gte=period.end), body=body
    )
    wanted = Indicator.objects.filter(pk__in=those.values("indicator_id"), archived_at__isnull=True)
    return list(wanted.select_related("result__framework"))


def covers(framework: Framework, period: Period) -> bool:
    """The period is one of the framework's body and touches the framework."""
    return period.body_id == framework.body_id and period.start <= framework.end and period.end >= framework.start


def is_due(body: Body, period: Period, indicator: Indicator, activity: Activity | None) -> bool:
    """The body reports the indicator in the period: it is asked then (or a figure stands in the sheet, from when it
    was), and it is assigned, or the body leads the collective activity."""
    if indicator.archived_at is not None:
        return False
    if indicator.pk not in spans_in(period, [indicator]):
        place = {"report__body": body, "report__period": period, "indicator": indicator, "activity": activity}
        if not Measurement.objects.filter(**place).exists():
            return False
    if activity is not None and activity.collective:
        return True
    alive = Q(start__isnull=True) | Q(start__lte=period.end)
    alive &= Q(end__isnull=True) | Q(end__gte=period.end)
    return Assignment.objects.filter(alive, body=body, indicator=indicator).exists()


def categories_of(indicator: Indicator, period: Period) -> list[Category]:
    """The categories by which an indicator is reported in a period, set by set."""
    alive = Q(start__isnull=True) | Q(start__lte=period.end)
    alive &= Q(end__isnull=True) | Q(end__gte=period.end)
    sets = indicator.breakdowns.filter(alive).values("set_id")
    found = Category.objects.filter(alive, set__in=sets).select_related("set")
    return list(found.order_by("set__position", "position"))


def parts_of_activity(activity: Activity) -> dict[UUID, int]:
    """Whose the figures of a collective activity are, as weights: by participants when every partner said how many,
    else in equal parts. Empty: the activity is its own body's alone."""
    parts = list(JointPart.objects.filter(collective=activity).select_related("replaced").order_by("body__slug"))
    heads = [part.replaced.participants for part in parts]
    known = all(count for count in heads)
    return {part.body_id: (count if known and count else 1) for part, count in zip(parts, heads, strict=True)}
