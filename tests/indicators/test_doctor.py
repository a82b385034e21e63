"""Each fault that the doctor of this room knows, planted; and nothing to say where all is well."""

from datetime import date
from decimal import Decimal

import pytest

from tests.indicators.test_totals import _collective
from tiwizi.base.doctor import examine
from tiwizi.indicators import doctor, rules
from tiwizi.indicators.models import Measurement, Period, Report, Share, Target, Total
from tiwizi.network import rules as network_rules
from tiwizi.network.models import Body

pytestmark = pytest.mark.django_db
CHECKS = [doctor.totals, doctor.shares, doctor.figures, doctor.breakdowns, doctor.lives]


@pytest.fixture
def whole(measured):
    """Two sheets with every kind of figure, and a collective activity."""
    cast = measured.cast
    measured.together = _collective(measured)
    measured.report(cast.souss, measured.first, trained={"value": "40", "activity": measured.together})
    measured.report(cast.jette, measured.first, trained={"value": "5", "breakdown": {"sex": {"f": "3", "m": "2"}}})
    measured.report(cast.etterbeek, measured.first, members="7")
    return measured


def said(check):
    return list(check())


def test_nothing_to_say_when_all_is_well(whole):
    assert [said(check) for check in CHECKS] == [[]] * len(CHECKS)


def test_the_command_knows_these_checks(whole):
    those = Total.objects.filter(indicator=whole.trained, period=whole.first)
    those.filter(pk__in=[one.pk for one in those if one.value == 45]).update(value=46)
    wrong = [found for found in examine() if found.title.startswith("Totals are")]
    assert len(wrong[0].faults) + wrong[0].more > 0


def test_a_total_that_drifted(whole):
    cast = whole.cast
    Total.objects.filter(body=cast.souss, indicator=whole.trained, period=whole.first).update(value=Decimal(46))
    (told,) = said(doctor.totals)
    assert all(part in told for part in (str(cast.souss), "trained", whole.first.code, "stands 46", "should be 45"))


def test_a_total_that_is_gone_and_one_too_many(whole):
    Total.objects.get(body=whole.cast.souss, indicator=whole.trained, period=whole.first).delete()
    Total.objects.create(body=whole.cast.north, indicator=whole.members, period=None, value=3)
    told = said(doctor.totals)
    assert len(told) == 2
    assert any("no total stands" in one for one in told)
    assert any("no total should be" in one for one in told)


def test_a_fact_changed_behind_the_rules(whole):
    Measurement.objects.filter(report__body=whole.cast.jette).update(value=6)
    assert len(said(doctor.totals)) == 5  # Jette itself, its region, its theme, the country, the programme


def test_a_change_of_groupings_is_no_fault_while_its_job_waits(whole):
    rules.renew_all(framework=whole.cast.framework)
    network_rules.group_body(by=None, body=whole.cast.jette, whole=whole.cast.north)
    assert said(doctor.totals) == []
    from tiwizi.base.models import Job

    Job.objects.all().delete()
    assert said(doctor.totals) != []


def test_shares_of_somebody_else(whole):
    share = Share.objects.filter(body=whole.cast.jette).get()
    share.body = whole.cast.schaerbeek
    share.save()
    assert "partners" in said(doctor.shares)[0]


def test_shares_of_nothing(whole):
    Share.objects.update(weight=0)
    assert "nobody has a part" in said(doctor.shares)[0]


def test_shares_where_nothing_is_shared(whole):
    alone = Measurement.objects.get(report__body=whole.cast.jette)
    Share.objects.create(measurement=alone, body=whole.cast.etterbeek, weight=1)
    assert "no collective activity" in said(doctor.shares)[0]


def test_a_figure_of_another_plans_activity(whole):
    Measurement.objects.filter(report__body=whole.cast.jette).update(
        activity=whole.cast.activity(whole.cast.plan_schaerbeek, "Z1")
    )
    assert "another body's plan" in said(doctor.figures)[0]


def test_a_partner_that_reports_what_is_done_together(whole):
    own = whole.together.parts.get(body=whole.cast.jette).replaced
    Measurement.objects.filter(report__body=whole.cast.jette).update(activity=own)
    Report.objects.filter(body=whole.cast.jette).update(state="returned")
    assert "report it once" in said(doctor.figures)[0]


def test_a_figure_that_does_not_fit_its_indicator(whole):
    Measurement.objects.filter(report__body=whole.cast.jette).update(numerator=1, denominator=2)
    assert "does not fit" in said(doctor.figures)[0]


def test_a_period_of_another_programme(whole):
    other = Body.objects.create(slug="other", kind=whole.cast.programme.kind, name={"fr": "Autre"})
    foreign = Period.objects.create(
        body=other, code="x", start=date(2018, 1, 1), end=date(2018, 6, 30), due=date(2018, 7, 1)
    )
    Report.objects.filter(body=whole.cast.jette).update(period=foreign)
    assert "another programme" in said(doctor.figures)[0]
    Target.objects.create(indicator=whole.trained, body=whole.cast.jette, period=foreign, value=1)
    assert "another programme" in said(doctor.lives)[0]


def test_a_category_that_nobody_defined(whole):
    Measurement.objects.filter(report__body=whole.cast.jette).update(breakdown={"sex": {"f": "3", "x": "2"}})
    assert "sex.x" in said(doctor.breakdowns)[0]


def test_a_sheet_outside_the_life_of_its_body_and_an_empty_one(whole):
    Body.objects.filter(pk=whole.cast.etterbeek.pk).update(end=date(2017, 12, 31))
    Report.objects.create(body=whole.cast.schaerbeek, period=whole.first, state="submitted")
    told = said(doctor.lives)
    assert any("did not exist" in one for one in told)
    assert any("without a figure" in one for one in told)
