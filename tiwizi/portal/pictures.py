"""A body on the map, and what it does in the coming months."""

from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tiwizi.base.pictures import Bar, Line, Map, Point, Row, Span, Timeline
from tiwizi.network import queries as network
from tiwizi.network.models import Body, Membership
from tiwizi.plans import queries as plans
from tiwizi.plans.models import Activity

MOST_ROWS = 14


def map_of(body: Body, seats: list[Membership]) -> Map:
    """The South communes of a body and those below it; the North's are named beside, off this map's scale."""
    norths: dict[object, list[str]] = {}
    for seat in seats:
        if seat.side == "north":
            norths.setdefault(seat.body_id, []).append(str(seat.organisation))
    points: dict[object, Point] = {}
    for seat in seats:
        place = seat.organisation
        if seat.side == "south" and place.lat is not None and place.lon is not None and place.pk not in points:
            points[place.pk] = Point(
                lat=place.lat, lon=place.lon, label=str(place), approximate=place.approximate,
                note=_("with %(who)s") % {"who": ", ".join(north)} if (north := norths.get(seat.body_id)) else "",
                href=reverse("portal:body", args=[seat.body.slug]) if seat.body_id != body.pk else "",
            )  # fmt: skip
    lines: list[Line] = []
    return Map(points=list(points.values()), lines=lines, title=_("Communes of %(body)s") % {"body": body})


def timeline_of(body: Body) -> Timeline | None:
    """What the plans below hold, by partnership; collective activities first. None without plans."""
    found = plans.plans_below(body)
    if not found:
        return None
    first, last = min(plan.start for plan in found), max(plan.end for plan in found)
    start = first - timedelta(days=first.weekday())
    shaded = [s for s in network.unavailable_spans(first, last) if s.organisation_id is None]
    rows: dict[str, list[Activity]] = {}
    for activity in plans.activities(body):
        rows.setdefault(str(activity.plan.body), []).append(activity)
    return Timeline(
        start=start,
        weeks=(last - start).days // 7 + 1,
        rows=[_row(label, members) for label, members in list(rows.items())[:MOST_ROWS]],
        shaded=[Span(span.start, span.end, str(span.label)) for span in shaded],
        title=_("Activities in time"),
    )


def _row(label: str, members: list[Activity]) -> Row:
    """A partnership's activities, those of one quarter of the year drawn as one bar where there are many."""
    href = reverse("plans:plan", args=[members[0].plan.body.slug])
    bars = [_bar(activity) for activity in members if activity.collective or len(members) <= 4]
    if not bars or len(members) > 4:
        bars += _merged([activity for activity in members if not activity.collective], href)
    return Row(label=label, href=href, bars=bars)


def _bar(activity: Activity) -> Bar:
    href = reverse("plans:activity-detail", args=[activity.plan.body.slug, activity.pk])
    return Bar(activity.window_start, activity.window_end, str(activity), href, shared=activity.collective,
               state="replaced" if hasattr(activity, "joint_part") else "")  # fmt: skip


def _merged(members: list[Activity], href: str) -> list[Bar]:
    """Windows that touch become one bar that says how many activities it holds."""
    found: list[tuple[Activity, Activity, int]] = []
    for activity in sorted(members, key=lambda a: a.window_start):
        if found and activity.window_start <= found[-1][1].window_end:
            head, last, count = found[-1]
            later = activity if activity.window_end > last.window_end else last
            found[-1] = (head, later, count + 1)
        else:
            found.append((activity, activity, 1))
    return [Bar(head.window_start, last.window_end, _told(count), href) for head, last, count in found]


def _told(count: int) -> str:
    return ngettext("%(count)s activity", "%(count)s activities", count) % {"count": count}
