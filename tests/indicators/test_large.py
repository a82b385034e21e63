"""The largest figures that may be entered, many of them: the same sums to the last digit on every database."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from tiwizi.base.errors import Refusal
from tiwizi.indicators import doctor, rules
from tiwizi.indicators.forms.definitions import NumberField
from tiwizi.indicators.models import Assignment, Indicator, Measurement, Report, Target, Total
from tiwizi.indicators.queries.scope import around, scope_of
from tiwizi.indicators.queries.targets import aims
from tiwizi.network.models import Body, Grouping

pytestmark = pytest.mark.django_db
LARGEST = Decimal("99999999999.9999")
TOO_LARGE = Decimal(10**11)


def _figure(k: int) -> Decimal:
    return LARGEST - Decimal(k) / 1000


@pytest.fixture
def crowd(measured):
    """Forty partnerships more in Souss, and an amount that each of them reports."""
    cast = measured.cast
    bodies = Body.objects.bulk_create(Body(slug=f"p{k}", kind=cast.jette.kind, name={"fr": f"P{k}"}) for k in range(40))
    Grouping.objects.bulk_create(Grouping(body=one, whole=cast.souss) for one in bodies)
    money = measured.indicator("money", "sum", counts="money", decimals=4)
    Assignment.objects.bulk_create(Assignment(indicator=money, body=one) for one in bodies)
    return bodies, money


def _reported(measured, bodies, indicator):
    """Each body's largest figure, and half of it as a part of a breakdown."""
    reports = [Report(body=one, period=measured.first, state="submitted") for one in bodies]
    figures = [
        Measurement(report=report, indicator=indicator, value=_figure(k), breakdown={"sex": {"f": str(_figure(k) / 2)}})
        for k, report in enumerate(reports)
    ]
    rules.plant_figures(reports=reports, figures=[(one, []) for one in figures])
    rules.renew_all(framework=measured.cast.framework)


def test_large_sums_of_many_large_figures_keep_every_digit(measured, crowd):
    bodies, money = crowd
    _reported(measured, bodies, money)
    exact = sum(map(_figure, range(40)))
    assert len(str(exact)) == len("3999999999999.2160")  # more than a float or SQLite's decimals would keep
    for whole in (measured.cast.souss, measured.cast.programme):
        total = Total.objects.get(body=whole, indicator=money, period=measured.first)
        assert (total.value, total.counted, Decimal(total.by["sex"]["f"])) == (exact, 40, exact / 2)
    assert measured.total(bodies[7], money, measured.first).own == _figure(7)
    assert rules.renew_all(framework=measured.cast.framework) == 0
    assert list(doctor.totals()) == []


@pytest.mark.parametrize("calculation", ["latest", "average", "ratio", "maximum"])
def test_what_stands_of_large_figures_is_what_the_engine_says(measured, crowd, calculation):
    bodies, money = crowd
    Indicator.objects.filter(pk=money.pk).update(calculation=calculation)
    _reported(measured, bodies, money)
    if calculation == "ratio":
        Measurement.objects.update(numerator=LARGEST, denominator=7, value=None, breakdown={})
        rules.renew_all(framework=measured.cast.framework)
    total = measured.total(measured.cast.souss, money, measured.first)
    exact = sum(map(_figure, range(40)))
    if calculation == "ratio":
        assert (total.numerator, total.denominator) == (LARGEST * 40, 280)
    else:
        expected = {"latest": exact, "average": exact / 40, "maximum": LARGEST}[calculation]
        assert abs(total.value - expected) < Decimal("0.0001")
        assert calculation == "average" or total.value == expected
    assert rules.renew_all(framework=measured.cast.framework) == 0
    assert list(doctor.totals()) == []


def test_a_mean_with_more_digits_than_sqlite_keeps_stands_as_it_was_computed(measured):
    mean = measured.indicator("mean", "average", counts="scale", decimals=1)
    cast = measured.cast
    for body, value in ((cast.jette, "90000000000.1"), (cast.etterbeek, "1"), (cast.schaerbeek, "1")):
        measured.report(body, measured.first, mean=value)
    assert measured.total(cast.programme, mean, measured.first).value == Decimal("30000000000.7")
    assert measured.total(cast.souss, mean, measured.first).value == Decimal("45000000000.55")
    assert rules.renew_all(framework=cast.framework) == 0


def test_the_largest_figure_comes_back_as_it_was_entered(measured):
    money = measured.indicator("money", "sum", counts="money", decimals=4)
    place = {"by": None, "body": measured.cast.jette, "period": measured.first, "indicator": money}
    rules.report_figure(value="99 999 999 999,9999", **place)
    assert Measurement.objects.get().value == LARGEST
    assert rules.report_figure(value="99999999999.9999", **place).version == 1  # the same: nothing was changed
    for typed in ("100000000000", "-100 000 000 000"):
        with pytest.raises(rules.FaultyFigure) as caught:
            rules.report_figure(value=typed, **place)
        assert [fault.code for fault in caught.value.faults] == ["too-large"]


def test_targets_and_baselines_have_the_same_limit(measured):
    cast = measured.cast
    target = {"by": None, "indicator": measured.trained, "body": cast.jette, "period": None}
    rules.set_target(value=LARGEST, **target)
    assert Target.objects.get().value == LARGEST
    boss = cast.programme_coordinator
    rules.change_indicator(by=boss, indicator=measured.trained, version=1, baseline=-LARGEST)
    assert Indicator.objects.get(pk=measured.trained.pk).baseline == -LARGEST
    for act, values in (
        (rules.set_target, target | {"value": TOO_LARGE}),
        (rules.change_indicator, {"by": boss, "indicator": measured.trained, "version": 2, "baseline": -TOO_LARGE}),
    ):
        with pytest.raises(Refusal) as caught:
            act(**values)
        assert caught.value.code == "indicator-number"


@pytest.mark.parametrize("typed", ["100000000000", "1e400", "1,23456"])
def test_a_field_of_a_page_says_how_large_a_number_may_be(typed):
    with pytest.raises(ValidationError) as caught:
        NumberField().clean(typed)
    assert caught.value.code == "indicator-number"
    assert NumberField().clean("99 999 999 999,9999") == LARGEST


def test_many_large_targets_are_added_to_the_last_digit(measured, crowd):
    bodies, money = crowd
    values = [(-1 if k % 5 == 0 else 1) * _figure(k) for k in range(40)]
    Target.objects.bulk_create(
        Target(indicator=money, body=one, value=value) for one, value in zip(bodies, values, strict=True)
    )
    scope = scope_of(around(measured.cast.souss, measured.cast.framework))
    found = aims([money], scope)[money.pk, None]
    assert (found.value, found.source, found.bodies) == (sum(values), "below", 40)
