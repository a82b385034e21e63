"""What the tests of indicators have besides the cast: two periods, some indicators, and sheets in a few words."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from tests.factories.cast import Cast
from tiwizi.indicators import rules
from tiwizi.indicators.models import Indicator, Period, Report, Total
from tiwizi.network.models import Body


@dataclass
class Measured:
    """The cast with what is measured: `first` and `second` are half years of 2018."""

    cast: Cast
    first: Period
    second: Period
    trained: Indicator  # persons, added, by sex
    members: Indicator  # persons, the latest stands

    def indicator(self, code: str, calculation: str, **values: Any) -> Indicator:
        """One more indicator of the cast's result, reported by the three partnerships."""
        about = {"name": {"fr": code}, "counts": "persons", "calculation": calculation, "unit": {"fr": "personnes"}}
        added = rules.add_indicator(by=None, result=self.cast.result, code=code, **(about | values))
        rules.assign(by=None, indicator=added, bodies=[self.cast.jette, self.cast.etterbeek, self.cast.schaerbeek])
        return added

    def report(self, body: Body, period: Period, *, handed_in: bool = True, **values: Any) -> Report:
        """Enter figures (by indicator code) and hand the sheet in."""
        for code, figure in values.items():
            given = figure if isinstance(figure, dict) else {"value": figure}
            rules.report_figure(by=None, body=body, period=period, indicator=Indicator.objects.get(code=code), **given)
        sheet = Report.objects.get(body=body, period=period)
        return rules.submit_report(by=None, report=sheet) if handed_in else sheet

    def total(self, body: Body, indicator: Indicator, period: Period | None) -> Total:
        """The total that stands."""
        return Total.objects.get(body=body, indicator=indicator, period=period)


def make_measured(cast: Cast) -> Measured:
    """Write it to the database."""
    periods = [
        rules.add_period(by=None, framework=cast.framework, code=code, start=start, end=end, due=due)
        for code, start, end, due in [
            ("2018-1", date(2018, 1, 1), date(2018, 6, 30), date(2018, 7, 31)),
            ("2018-2", date(2018, 7, 1), date(2018, 12, 31), date(2019, 1, 31)),
        ]
    ]
    measured = Measured(cast, *periods, trained=None, members=None)  # type: ignore[arg-type]
    measured.trained = measured.indicator("trained", "sum")
    measured.members = measured.indicator("members", "latest")
    sexes = [{"code": code, "name": {"fr": code}} for code in ("f", "m")]
    by_sex = rules.define_set(by=None, framework=cast.framework, code="sex", name={"fr": "Sexe"}, categories=sexes)
    rules.break_down(by=None, indicator=measured.trained, by_set=by_sex)
    return measured
