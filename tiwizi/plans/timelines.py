"""Activities as a picture of weeks."""

from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext

from tiwizi.base.pictures import Bar, Row, Timeline
from tiwizi.plans.models import Activity, Plan


def timeline_of(shown: list[Activity], plans: list[Plan], step: str) -> Timeline:
    """A row for each activity, from the first Monday of the plans to their last week; shared ones are marked."""
    first, last = min(plan.start for plan in plans), max(plan.end for plan in plans)
    start = first - timedelta(days=first.weekday())
    weeks = (last - start).days // 7 + 1
    rows = [_row(activity) for activity in shown]
    return Timeline(start=start, weeks=weeks, rows=rows, step=step, title=gettext("Activities in time"))


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
    )
    return Row(label=str(activity), href=href, bars=[bar])
