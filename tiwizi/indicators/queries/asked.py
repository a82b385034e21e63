"""In which periods an indicator is asked, by how often it is reported: the one place that says so."""

from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID

from tiwizi.indicators.models import Indicator, Period

Frequency = Indicator.Frequency
Asked = dict[UUID, date]


def asked_in(frequency: str, periods: Iterable[Period], end: date) -> Asked:
    """The periods in which an indicator of this frequency is asked, each with the first day of the span that is then
    told: that of the first period since it was asked before.

    `periods`: all of the programme's; `end`: the last day of the indicator's strategic plan, whose later periods are
    another plan's. Once a year is asked in the last period that ends in a calendar year, at the end in the last of all.
    """
    if frequency == Frequency.PERIOD:
        return {one.pk: one.start for one in periods}
    inside = sorted((one for one in periods if one.start <= end), key=lambda one: one.start)
    if frequency == Frequency.YEAR:
        asking = {one.pk for one in {one.end.year: one for one in inside}.values()}
    else:
        asking = {one.pk for one in inside[-1:]}
    found: Asked = {}
    first: date | None = None
    for one in inside:
        first = first or one.start
        if one.pk in asking:
            found[one.pk], first = first, None
    return found


def calendars(periods: Iterable[Period], end: date) -> dict[str, Asked]:
    """By frequency, the periods in which an indicator is asked, as `asked_in`."""
    periods = list(periods)
    return {one: asked_in(one, periods, end) for one in Frequency.values}


def spans_in(period: Period, indicators: Collection[Indicator]) -> Asked:
    """Those of these indicators that are asked in a period, with the first day of the span that is told. One query
    where one of them is not asked in every period, else none."""
    periods = [period]
    if any(one.frequency != Frequency.PERIOD for one in indicators):
        periods = list(Period.objects.filter(body=period.body_id))
    found: Asked = {}
    for one in indicators:
        asked = asked_in(one.frequency, periods, one.result.framework.end)
        if period.pk in asked:
            found[one.pk] = asked[period.pk]
    return found
