"""What may stand in a cell: each fault with its sentence, what is sent again, who else was faster, whose it is."""

from datetime import date
from decimal import Decimal

import pytest

from tests.factories.cast import END, START
from tiwizi.base.errors import Conflict, Refusal
from tiwizi.base.models import AuditEntry
from tiwizi.framework.models import Framework, Result
from tiwizi.indicators import rules
from tiwizi.indicators.models import Indicator, Measurement, Period, Report
from tiwizi.indicators.rules.figures import FAULTS, read_number
from tiwizi.plans.models import JointPart, Plan

pytestmark = pytest.mark.django_db


def _enter(measured, by=None, body=None, indicator=None, **values):
    cast = measured.cast
    return rules.report_figure(
        by=by, body=body or cast.jette, period=measured.first, indicator=indicator or measured.trained, **values
    )


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("1 234,5", "1234.5"), ("1.234,5", "1234.5"), ("1,234.5", "1234.5"), ("1'234", "1234"), ("٣٫٥", "3.5"),
        ("1.234.567", "1234567"), ("\u2212 2", "-2"), ("12,5", "12.5"), ("1\u202f234", "1234"), ("0", "0"),
    ],
)  # fmt: skip
def test_numbers_as_people_write_them(typed, number):
    assert read_number(typed) == Decimal(number)


@pytest.mark.parametrize("typed", ["12a", "1e5", "1_000", "inf", "nan", "1,2,3", "1.234.5", "--1", "٬", "=1+1"])
def test_what_is_no_number(typed):
    assert read_number(typed) is None


FAULTY = [
    ("trained", {"value": "douze"}, "value", "not-a-number"),
    ("trained", {"value": "-1"}, "value", "negative"),
    ("trained", {"value": "9" * 14}, "value", "too-large"),
    ("trained", {"value": "1,5"}, "value", "too-fine"),
    ("trained", {"value": "5", "breakdown": {"sex": {"x": "5"}}}, "sex.x", "unknown-category"),
    ("trained", {"value": "5", "breakdown": {"sex": {"f": "-5"}}}, "sex.f", "negative"),
    ("trained", {"text": "douze"}, "text", "not-for-this"),
    ("rate", {"numerator": "1"}, "denominator", "half-a-ratio"),
    ("rate", {"denominator": "1"}, "numerator", "half-a-ratio"),
    ("trained", {"value": "0", "not_applicable": "on"}, "not_applicable", "not-applicable-with-figure"),
    ("unique", {"members": "\n".join(str(k) for k in range(2001))}, "members", "too-many-members"),
    ("trained", {"value": "1", "comment": "x" * 4001}, "comment", "text-too-long"),
]


@pytest.mark.parametrize(("code", "values", "field", "fault"), FAULTY)
def test_each_fault_is_told_at_its_field_and_nothing_is_written(measured, code, values, field, fault):
    measured.indicator("rate", "ratio", decimals=2)
    measured.indicator("unique", "unique", counts="structures")
    one = Indicator.objects.get(code=code)
    with pytest.raises(rules.FaultyFigure) as caught:
        _enter(measured, indicator=one, **values)
    assert (caught.value.code, caught.value.faults[0].field, caught.value.faults[0].code) == (
        "figure-faulty", field, fault,
    )  # fmt: skip
    assert caught.value.faults[0].sentence
    assert not Measurement.objects.exists()


def test_every_kind_of_fault_is_tried():
    assert {fault for *_, fault in FAULTY} == set(FAULTS)


def test_several_faults_are_told_together(measured):
    with pytest.raises(rules.FaultyFigure) as caught:
        _enter(measured, value="douze", breakdown={"sex": {"f": "six", "m": "-6"}})
    assert [fault.field for fault in caught.value.faults] == ["value", "sex.f", "sex.m"]


def test_empty_is_not_zero(measured):
    assert _enter(measured, value="  ") is None
    assert _enter(measured, value="0").value == 0
    assert _enter(measured, value="").value is None  # taken back: not reported again


def test_a_breakdown_that_does_not_make_the_figure_is_told_and_stands(measured):
    kept = _enter(measured, value="12", breakdown={"sex": {"f": "5", "m": "6"}})
    (doubt,) = rules.doubts_of({"value": kept.value, "breakdown": kept.breakdown})
    assert (doubt.set, doubt.sum, doubt.value) == ("sex", 11, 12)
    assert rules.doubts_of({"value": Decimal(11), "breakdown": kept.breakdown}) == []


def test_who_may_not_report(measured):
    cast = measured.cast
    for somebody in (
        cast.etterbeek_coordinator,
        cast.neighbour,
        cast.elected,
        cast.association,
        cast.donor,
        cast.stranger,
    ):
        with pytest.raises(Refusal) as caught:
            _enter(measured, by=somebody, value="1")
        assert caught.value.code == "not-allowed"
    assert not Report.objects.exists()
    assert _enter(measured, by=cast.animator, value="1")  # the level above may help


def test_what_is_sent_again_changes_nothing(measured):
    cast = measured.cast
    first = _enter(measured, by=cast.jette_coordinator, value="12", version=0)
    acts = AuditEntry.objects.count()
    again = _enter(measured, by=cast.jette_coordinator, value=" 12 ", version=0)
    assert (again.pk, again.version, AuditEntry.objects.count()) == (first.pk, first.version, acts)


def test_the_second_in_a_cell_sees_the_first(measured):
    cast = measured.cast
    _enter(measured, by=cast.jette_coordinator, value="12", version=0)
    with pytest.raises(Conflict) as caught:
        _enter(measured, by=cast.animator, value="13", version=0)
    assert caught.value.code == "changed-meanwhile"
    assert Measurement.objects.get().value == 12
    assert _enter(measured, by=cast.animator, value="13", version=1).value == 13


def test_a_cell_of_another_indicator_period_or_programme(measured):
    cast = measured.cast
    for body in (cast.souss, cast.programme):
        with pytest.raises(Refusal) as caught:
            _enter(measured, body=body, value="1")
        assert caught.value.code == "figure-not-due"
    later = Framework.objects.create(
        body=cast.programme, name={"fr": "v2"}, objective={}, start=date(2019, 1, 1), end=date(2021, 12, 31)
    )
    result = Result.objects.create(framework=later, number="RI 1", name={"fr": "R"}, position=1)
    about = {"name": {"fr": "x"}, "counts": "persons", "unit": {"fr": "x"}}
    one = rules.add_indicator(by=None, result=result, code="later", **about)
    with pytest.raises(Refusal) as caught:
        _enter(measured, indicator=one, value="1")
    assert caught.value.code == "figure-period"
    elsewhere = Period.objects.create(
        body=cast.country, code="x", start=date(2018, 1, 1), end=date(2018, 6, 30), due=date(2018, 7, 1)
    )
    with pytest.raises(Refusal) as caught:
        rules.report_figure(by=None, body=cast.jette, period=elsewhere, indicator=measured.trained, value="1")
    assert caught.value.code == "figure-period"


def test_an_archived_indicator_is_not_reported(measured):
    rules.archive_indicator(by=measured.cast.programme_coordinator, indicator=measured.trained, reason="Remplacé")
    measured.trained.refresh_from_db()
    with pytest.raises(Refusal) as caught:
        _enter(measured, value="1")
    assert caught.value.code == "figure-not-due"


def test_an_activity_of_somebody_else_or_another_result(measured):
    cast = measured.cast
    other = Result.objects.create(framework=cast.framework, number="RI 2", name={"fr": "R"}, position=2)
    for activity in (cast.activity(cast.plan_etterbeek, "E1"), cast.activity(cast.plan_jette, "J1", result=other)):
        with pytest.raises(Refusal) as caught:
            _enter(measured, value="1", activity=activity)
        assert caught.value.code == "figure-activity"
    assert _enter(measured, value="1", activity=cast.activity(cast.plan_jette, "J2"))


def _shared(measured):
    cast = measured.cast
    plan = Plan.objects.create(body=cast.souss, framework=cast.framework, title="Collectif", start=START, end=END)
    together = cast.activity(plan, "C1", collective=True, commune=None)
    for own in (cast.plan_jette, cast.plan_etterbeek):
        JointPart.objects.create(
            collective=together, replaced=cast.activity(own, "J1"), body=own.body, alone_cents=5, share_cents=3
        )
    return _enter(measured, body=cast.souss, value="40", activity=together)


def test_shares_make_a_hundred_percent_of_those_who_take_part(measured):
    cast, figure = measured.cast, _shared(measured)
    mine, other = cast.jette.pk, cast.etterbeek.pk
    wrong = [
        ({mine: 6000, other: 3000}, "shares-whole"), ({mine: 11_000, other: -1000}, "shares-whole"),
        ({mine: 10_000}, "shares-elsewhere"), ({mine: 5000, cast.schaerbeek.pk: 5000}, "shares-elsewhere"),
    ]  # fmt: skip
    for weights, code in wrong:
        with pytest.raises(Refusal) as caught:
            rules.share_figure(by=cast.animator, measurement=figure, weights=weights)
        assert caught.value.code == code
    with pytest.raises(Refusal) as caught:
        rules.share_figure(by=cast.jette_coordinator, measurement=figure, weights={mine: 6000, other: 4000})
    assert caught.value.code == "not-allowed"
    rules.share_figure(by=cast.animator, measurement=figure, weights={mine: 6000, other: 4000})
    assert {share.body_id: share.weight for share in figure.shares.all()} == {mine: 6000, other: 4000}
    rules.submit_report(by=cast.animator, report=figure.report)
    with pytest.raises(Refusal) as caught:
        rules.share_figure(by=cast.animator, measurement=figure, weights={mine: 5000, other: 5000})
    assert caught.value.code == "report-locked"
