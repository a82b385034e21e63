"""Activities as a picture of weeks."""

from datetime import date, timedelta

from django.urls import reverse
from django.utils.translation import gettext

from tiwizi.base.pictures import Bar, Row, Span, Timeline
from tiwizi.network.queries import unavailable_spans
from tiwizi.plans.models import Activity, Plan


def timeline_of(shown: list[Activity], plans: list[Plan], step: str) -> Timeline:
    """A row for each activity, over the whole weeks of the plans; shared ones are marked, holidays shaded."""
    first, last = min(plan.start for plan in plans), max(plan.end for plan in plans)
    start = first - timedelta(days=first.weekday())
    weeks = (last - start).days // 7 + 1
    shaded = [Span(s.start, s.end, str(s.label)) for s in unavailable_spans(first, last) if s.organisation_id is None]
    return Timeline(
        start=start,
        weeks=weeks,
        rows=[_row(activity) for activity in shown],
        shaded=shaded,
        step=step,
        title=gettext("Activities in time"),
    )


def _row(activity: Activity) -> Row:
    href = reverse("plans:activity-detail", args=[activity.plan.body.slug, activity.pk])
    bar = Bar(
        first=activity.window_start,
        last=activity.window_end,
        label=str(activity.kind),
        href=href,
        kind=activity.kind.code,
        shared=activity.collective,
        state="replaced" if hasattr(activity, "joint_part") else "",
        agreed=agreed_days(activity),
    )
    return Row(label=str(activity), href=href, bars=[bar])


def agreed_days(activity: Activity) -> tuple[date, date] | None:
    """The days on which an activity is done together, once its partners have agreed."""
    part = getattr(activity, "joint_part", None)
    return (part.collective.window_start, part.collective.window_end) if part else None
