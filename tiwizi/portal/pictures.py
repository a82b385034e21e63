"""A body on the map, and what it does in the coming months."""

from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from tiwizi.base.pictures import Bar, Row, Span, Timeline
from tiwizi.network import queries as network
from tiwizi.network.models import Body
from tiwizi.plans import queries as plans
from tiwizi.plans.models import Activity
from tiwizi.plans.timelines import agreed_days

MOST_ROWS = 14


def timeline_of(body: Body) -> Timeline | None:
    """What the plans below hold, by body. None without plans."""
    found = plans.plans_below(body)
    if not found:
        return None
    first, last = min(plan.start for plan in found), max(plan.end for plan in found)
    start = first - timedelta(days=first.weekday())
    shaded = [s for s in network.unavailable_spans(first, last) if s.organisation_id is None]
    rows: dict[str, list[Activity]] = {}
    for activity in plans.activities(body):
        rows.setdefault(str(activity.plan.body), []).append(activity)
    shown = dict(list(rows.items())[:MOST_ROWS])
    many = sum(len(members) for members in shown.values())
    return Timeline(
        start=start,
        weeks=(last - start).days // 7 + 1,
        rows=[_row(label, members) for label, members in shown.items()],
        shaded=[Span(span.start, span.end, str(span.label)) for span in shaded],
        title=_("Activities in time"),
        lane=20 if many <= 12 else 11 if many <= 40 else 7,
    )


def _row(label: str, members: list[Activity]) -> Row:
    href = reverse("plans:plan", args=[members[0].plan.body.slug])
    return Row(label=label, href=href, bars=[_bar(activity) for activity in members])


def _bar(activity: Activity) -> Bar:
    href = reverse("plans:activity-detail", args=[activity.plan.body.slug, activity.pk])
    state = "replaced" if hasattr(activity, "joint_part") else ""
    first, last = activity.window_start, activity.window_end
    agreed = agreed_days(activity)
    return Bar(first, last, str(activity), href, shared=activity.collective, state=state, agreed=agreed)
