"""What a body does in the coming months; a programme as everybody sees it."""

from dataclasses import dataclass
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from tiwizi.base.pictures import Bar, Levels, Map, Row, Span, Timeline
from tiwizi.framework.models import Framework
from tiwizi.network import queries as network
from tiwizi.network.models import Body
from tiwizi.network.pictures import levels_of, map_of, nowhere
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


@dataclass(frozen=True)
class Counts:
    """How many bodies and organisations a programme is made of, each once."""

    bodies: list[tuple[str, int]]  # by level, as the level is called
    organisations: int


def public_picture(body: Body, framework: Framework) -> tuple[Levels, Map, Counts]:
    """The levels and the communes of a programme, without links, as they stood today or on the plan's last day. Three
    queries, whatever the size."""
    day = min(network.today(), framework.end)
    everything = network.graph(day)
    found = Body.objects.on(day).filter(pk__among=everything.below(body.pk)).select_related("kind")
    bodies = {one.pk: one for one in found} | {body.pk: body}
    seats = network.organisations_of(bodies.values(), on=day)
    kinds: dict[str, int] = {}
    for one in sorted(bodies.values(), key=lambda each: (each.kind.rank, each.kind_id)):
        if one.pk != body.pk:
            kinds[str(one.kind.name)] = kinds.get(str(one.kind.name), 0) + 1
    counts = Counts(list(kinds.items()), len({seat.organisation_id for seat in seats}))
    return levels_of(body, bodies, everything, nowhere), map_of(body, seats, nowhere), counts
