"""Which sheets are due, from whom, and how far each is: for the level above, the home page and reminders."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tiwizi.framework.models import Framework
from tiwizi.framework.queries import framework_of
from tiwizi.indicators.models import Assignment, Indicator, Period, Report
from tiwizi.indicators.queries import words
from tiwizi.indicators.queries.asked import Asked, asked_in
from tiwizi.indicators.queries.structure import periods_of
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


def sheets_due(
    bodies: Iterable[Body], periods: Iterable[Period], *, every: Iterable[Period] | None = None
) -> list[Due]:
    """The sheets that these bodies owe for these periods, and those that stand all the same. Three queries. `every`:
    all periods of the programmes, when they were read already; else one query more where something is asked less often.
    """
    periods, bodies = list(periods), list(bodies)
    ids = [body.pk for body in bodies]
    spans = _spans(ids)
    calendars = _Calendars(periods, every)
    reports = {(r.body_id, r.period_id): r for r in Report.objects.filter(body__in=ids, period__in=periods)}
    found = []
    for body in bodies:
        for period in periods:
            report = reports.get((body.pk, period.pk))
            if report or (
                alive(body.start, body.end, period.start, period.end)
                and any(calendars.asks(span, period) for span in spans[body.pk])
            ):
                found.append(Due(body, period, report))
    return found


class _Span(NamedTuple):
    """From when until when something is reported, how often, and to which strategic plan. Assigned, in the periods that
    end within; of an activity, in those that it touches."""

    owner: UUID  # the body of the plan and of its periods
    last: date  # day of the plan
    frequency: str
    start: date | None
    end: date | None
    touching: bool


def _spans(bodies: list[UUID]) -> dict[UUID, list[_Span]]:
    """Since when and until when each body has something to report: by assignment, or as leader of an activity."""
    found: dict[UUID, list[_Span]] = defaultdict(list)
    asked = Assignment.objects.filter(body__in=bodies, indicator__archived_at__isnull=True)
    plan = "indicator__result__framework"
    told = asked.values_list("body_id", f"{plan}__body_id", f"{plan}__end", "indicator__frequency", "start", "end")
    for body, owner, last, frequency, start, end in told.distinct():
        found[body].append(_Span(owner, last, frequency, start, end, touching=False))
    led = Activity.objects.filter(plan__body__in=bodies, collective=True, archived_at__isnull=True)
    led = led.filter(result__indicators__archived_at__isnull=True, result__indicators__assignments__isnull=False)
    fields = ("plan__body_id", "result__framework__body_id", "result__framework__end", "result__indicators__frequency")
    spans = led.order_by().values_list(*fields, "window_start", "window_end").distinct()
    for body, owner, last, frequency, start, end in spans:
        found[body].append(_Span(owner, last, frequency, start, end, touching=True))
    return found


class _Calendars:
    """In which periods what is reported is asked, for each strategic plan and frequency."""

    def __init__(self, periods: list[Period], every: Iterable[Period] | None) -> None:
        self.periods, self.every = periods, None if every is None else list(every)
        self.known: dict[tuple[UUID, date, str], Asked] = {}

    def asks(self, span: _Span, period: Period) -> bool:
        """Is something to be told of this span in this period?"""
        if span.owner != period.body_id:
            return False
        asked = self._asked(*span[:3])
        if period.pk not in asked:
            return False
        return alive(span.start, span.end, asked[period.pk] if span.touching else period.end, period.end)

    def _asked(self, owner: UUID, last: date, frequency: str) -> Asked:
        place = owner, last, frequency
        if place not in self.known:
            self.known[place] = asked_in(frequency, [one for one in self._all(frequency) if one.body_id == owner], last)
        return self.known[place]

    def _all(self, frequency: str) -> list[Period]:
        if frequency == Indicator.Frequency.PERIOD:
            return self.periods
        if self.every is None:
            self.every = list(Period.objects.filter(body__in={one.body_id for one in self.periods}))
        return self.every


def unsent(body: Body, on: date) -> list[Due]:
    """The sheets of periods that have begun by a day and are not handed in, the oldest first."""
    framework = framework_of(body)
    every = periods_of(framework) if framework else []
    begun = [one for one in every if one.start <= on]
    return [one for one in sheets_due([body], begun, every=every) if one.unsent]


def periods_shown(framework: Framework | None) -> list[Period]:
    """The periods of a programme, in order of time."""
    return list(Period.objects.filter(body=framework.body_id)) if framework else []


def owing(bodies: set[UUID], *, until: date) -> list[Due]:
    """The sheets of these bodies for every period that ended before a day, of whatever programme. Five queries."""
    if not bodies:
        return []
    every = list(Period.objects.filter(body__in=_owners(bodies)))
    periods = [one for one in every if one.end < until]
    those = Body.objects.filter(pk__in=bodies).select_related("kind")
    return sheets_due(those, periods, every=every) if periods else []


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
