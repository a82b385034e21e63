"""Where figures climb: the bodies and groupings of a framework, period by period."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from uuid import UUID

from django.db.models import DateField, Subquery
from django.db.models.functions import Coalesce

from tiwizi.framework.models import Framework
from tiwizi.indicators.models import Period
from tiwizi.indicators.queries.asked import Asked, calendars
from tiwizi.network import queries as network
from tiwizi.network.models import Body, alive
from tiwizi_engine.rollup import Grouping, Groupings

Link = tuple[UUID, UUID, date | None, date | None]


@dataclass(frozen=True, eq=False)
class Structure:
    """The periods of a framework in their order, and every body by position; `fingerprint` changes with any of it. One
    is the same as another only when it is that one, so that what was found for it can be kept."""

    periods: list[Period]
    bodies: dict[UUID, int]
    ends: dict[UUID, date | None]
    starts: dict[UUID, date | None]
    links: list[Link]
    fingerprint: str
    last: date  # day of the strategic plan

    @cached_property
    def asked(self) -> dict[str, Asked]:
        """By frequency, the periods in which an indicator is asked."""
        return calendars(self.periods, self.last)

    def period_at(self) -> dict[UUID, int]:
        """The position of each period."""
        return {period.pk: k for k, period in enumerate(self.periods)}

    def groupings(self) -> Groupings:
        """The groupings as the engine takes them. One counts in a period when it is alive on the last day of the
        period, or on the body's own last day when that comes before: so a body that moves counts in one place."""
        found = []
        for body, whole, start, end in self.links:
            found += [Grouping(self.bodies[body], self.bodies[whole], k, k) for k in self._spans(body, start, end)]
        return Groupings(len(self.bodies), len(self.periods), found, [str(pk) for pk in self.bodies])

    def _spans(self, body: UUID, start: date | None, end: date | None) -> Iterable[int]:
        for k, period in enumerate(self.periods):
            day = min(period.end, self.ends[body] or period.end)
            if alive(start, end, day):
                yield k

    def alive(self, body: UUID, period: Period) -> bool:
        """The body lives on at least one day of the period."""
        return alive(self.starts.get(body), self.ends.get(body), period.start, period.end)


def periods_of(framework: Framework) -> list[Period]:
    """The periods of reporting that lie in a framework, in order of time; also those of earlier versions, from the
    first one that its indicators go on from."""
    earlier = Framework.objects.filter(results__indicators__following__isnull=False, body=framework.body_id)
    first_of_them = earlier.filter(start__lt=framework.start).order_by("start").values("start")[:1]
    first = Coalesce(Subquery(first_of_them), framework.start, output_field=DateField())
    inside = Period.objects.filter(body=framework.body_id, start__lte=framework.end, end__gte=first)
    return list(inside.order_by("start"))


def structure(framework: Framework, periods: list[Period] | None = None) -> Structure:
    """The network as totals see it. Four queries, whatever the size; `periods`: when they were read already."""
    periods = periods_of(framework) if periods is None else periods
    lives = {pk: (start, end) for pk, start, end in Body.objects.order_by("pk").values_list("pk", "start", "end")}
    links: list[Link] = network.groupings()
    told = repr((sorted((str(pk), life) for pk, life in lives.items()), sorted(map(str, links)),
                 [(str(p.pk), p.start, p.end) for p in periods]))  # fmt: skip
    return Structure(
        periods,
        {pk: k for k, pk in enumerate(lives)},
        {pk: end for pk, (_, end) in lives.items()},
        {pk: start for pk, (start, _) in lives.items()},
        links,
        hashlib.sha256(told.encode()).hexdigest(),
        framework.end,
    )
