"""Which sheets are due, from whom, and how far each is: for the level above, the home page and reminders."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tiwizi.framework.models import Framework
from tiwizi.indicators.models import Assignment, Period, Report
from tiwizi.indicators.queries import words
from tiwizi.indicators.queries.words import Words
from tiwizi.network import queries as network
from tiwizi.network.models import Body, alive
from tiwizi.plans.models import Activity

SOON = timedelta(days=30)  # before a sheet is due, the home page says so
STATES: Words = {"": _("Not begun")} | words.STATES
UNSENT = ("", Report.State.DRAFT, Report.State.RETURNED)


def is_late(period: Period, state: str) -> bool:
    """The day has passed and the sheet is not handed in."""
    return state in UNSENT and period.due < network.today()


@dataclass(frozen=True)
class Due:
    """A sheet that a body owes: with its report once it is begun."""

    body: Body
    period: Period
    report: Report | None

    @property
    def state(self) -> str:
        return self.report.state if self.report else ""

    @property
    def label(self) -> str | Promise:
        return STATES[self.state]

    @property
    def late(self) -> bool:
        return is_late(self.period, self.state)

    @property
    def unsent(self) -> bool:
        return self.state in UNSENT


def sheets_due(bodies: Iterable[Body], periods: Iterable[Period]) -> list[Due]:
    """The sheets that these bodies owe for these periods, and those that stand all the same. Three queries."""
    periods, bodies = list(periods), list(bodies)
    ids = [body.pk for body in bodies]
    spans = _spans(ids, periods)
    reports = {(r.body_id, r.period_id): r for r in Report.objects.filter(body__in=ids, period__in=periods)}
    found = []
    for body in bodies:
        for period in periods:
            report = reports.get((body.pk, period.pk))
            if report or (
                alive(body.start, body.end, period.start, period.end)
                and any(_asks(span, period) for span in spans[body.pk])
            ):
                found.append(Due(body, period, report))
    return found


Span = tuple[UUID, date | None, date | None, bool]  # the periods' body, first and last day, of an activity


def _spans(bodies: list[UUID], periods: list[Period]) -> dict[UUID, list[Span]]:
    """Since when and until when each body has something to report: by assignment, or as leader of an activity."""
    found: dict[UUID, list[Span]] = defaultdict(list)
    asked = Assignment.objects.filter(body__in=bodies, indicator__archived_at__isnull=True)
    told = asked.values_list("body_id", "indicator__result__framework__body_id", "start", "end").distinct()
    for body, owner, start, end in told:
        found[body].append((owner, start, end, False))
    led = Activity.objects.filter(plan__body__in=bodies, collective=True, archived_at__isnull=True)
    led = led.filter(result__indicators__archived_at__isnull=True, result__indicators__assignments__isnull=False)
    fields = ("plan__body_id", "result__framework__body_id", "window_start", "window_end")
    for body, owner, start, end in led.order_by().values_list(*fields).distinct():
        found[body].append((owner, start, end, True))
    return found


def _asks(span: Span, period: Period) -> bool:
    owner, start, end, touching = span
    if owner != period.body_id:
        return False
    return alive(start, end, period.start if touching else period.end, period.end)


def periods_shown(framework: Framework | None) -> list[Period]:
    """The periods of a programme, in order of time."""
    return list(Period.objects.filter(body=framework.body_id)) if framework else []


def owing(bodies: set[UUID], *, until: date) -> list[Due]:
    """The sheets of these bodies for every period that ended before a day, of whatever programme. Five queries."""
    if not bodies:
        return []
    periods = list(Period.objects.filter(body__in=_owners(bodies), end__lt=until))
    return sheets_due(Body.objects.filter(pk__in=bodies).select_related("kind"), periods) if periods else []


def _owners(bodies: set[UUID]) -> set[UUID]:
    """The bodies whose programmes these take part in: themselves and all above, over time."""
    everything = network.graph(date.min, date.max)
    return set().union(*(everything.above(body) for body in bodies))


def waiting(bodies: set[UUID], state: str) -> list[Report]:
    """The sheets in a state, of these bodies, the oldest first."""
    found = Report.objects.filter(body__in=bodies, state=state).select_related("body__kind", "period")
    return list(found.order_by("submitted_at"))


def counted(found: Iterable[Due]) -> dict[UUID, dict[str, Any]]:
    """By period: how many sheets are owed, how many are handed in, late, and not begun."""
    told: dict[UUID, dict[str, Any]] = defaultdict(lambda: {"count": 0, "sent": 0, "late": 0, "not_begun": 0})
    for one in found:
        row = told[one.period.pk]
        row["count"] += 1
        row["sent"] += not one.unsent
        row["late"] += one.late
        row["not_begun"] += one.state == ""
    return dict(told)
