"""What the tests of results pages have: the measured cast with figures of their own, shared, silent and in words."""

from dataclasses import dataclass
from decimal import Decimal

from tests.factories.cast import END, START
from tests.factories.measured import Measured, make_measured
from tiwizi.indicators import rules
from tiwizi.indicators.models import Measurement, Remark
from tiwizi.plans.models import Activity, JointPart, Plan


@dataclass
class Figures:
    """Jette reported 12 (7 f, 5 m) by itself; Souss-Massa 40 of a training that Jette (30) and Etterbeek (10) share;
    Etterbeek and Schaerbeek are silent in the first period, everybody is in the second."""

    measured: Measured
    together: Activity
    cell: Measurement  # Jette's 12
    shared: Measurement  # the 40
    remark: Remark  # Jette's coordinator on Jette's figure


def make_figures(measured: Measured) -> Figures:
    cast = measured.cast
    together = shared_activity(measured)
    broken = {"sex": {"f": "7", "m": "5"}}
    measured.report(cast.jette, measured.first, trained={"value": "12", "breakdown": broken}, members="20")
    measured.report(cast.souss, measured.first, trained={"value": "40", "activity": together})
    for body, value in ((cast.jette, 60), (cast.etterbeek, 30), (cast.schaerbeek, 10)):
        rules.set_target(by=None, indicator=measured.trained, body=body, period=None, value=Decimal(value))
    cells = Measurement.objects.filter(indicator=measured.trained)
    remark = rules.add_remark(
        by=cast.jette_coordinator,
        body=cast.jette,
        indicator=measured.trained,
        period=measured.first,
        text="Deux éducatrices sont venues d’une autre commune.",
    )
    mine, shared = cells.get(report__body=cast.jette), cells.get(report__body=cast.souss)
    return Figures(measured, together, mine, shared, remark)


def shared_activity(measured: Measured, participants: tuple[int, int] = (30, 10)) -> Activity:
    """A training of the group for Jette and Etterbeek, in the group's own plan."""
    cast = measured.cast
    plan, _ = Plan.objects.get_or_create(
        body=cast.souss, framework=cast.framework, defaults={"title": "Collectif", "start": START, "end": END}
    )
    together = cast.activity(plan, "C9", collective=True, commune=None)
    for own, count in zip((cast.plan_jette, cast.plan_etterbeek), participants, strict=True):
        replaced = cast.activity(own, "R9", participants=count)
        JointPart.objects.create(
            collective=together, replaced=replaced, body=own.body, alone_cents=500, share_cents=300
        )
    return together


def figures_of(cast) -> Figures:  # type: ignore[no-untyped-def]
    return make_figures(make_measured(cast))
