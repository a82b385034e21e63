"""Totals that stand in the table are what a plain count of the facts gives, each fact once, at every level."""

import random
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from tests.factories.cast import END, START
from tiwizi.base.errors import Refusal
from tiwizi.base.models import Job
from tiwizi.indicators import rules
from tiwizi.indicators.models import RENEW, Indicator, Measurement, Report, Share, Total
from tiwizi.indicators.models.reports import COUNTED
from tiwizi.indicators.queries import behind, structure, summed
from tiwizi.network import rules as network_rules
from tiwizi.network.models import Body, Grouping
from tiwizi.plans.models import JointPart, Plan

pytestmark = pytest.mark.django_db


def test_a_figure_handed_in_stands_at_every_level_once(measured):
    cast = measured.cast
    measured.report(cast.jette, measured.first, trained="12")
    # Jette-Belfaa reaches the country by its region and by its theme.
    for body in (cast.jette, cast.souss, cast.theme, cast.country, cast.programme):
        total = measured.total(body, measured.trained, measured.first)
        assert (total.value, total.counted) == (12, 1)
    assert measured.total(cast.north, measured.trained, measured.first).value is None


def test_a_draft_does_not_count_and_silence_is_not_zero(measured):
    cast = measured.cast
    measured.report(cast.jette, measured.first, handed_in=False, trained="12")
    total = measured.total(cast.souss, measured.trained, measured.first)
    assert (total.value, total.counted, total.silent) == (None, 0, 2)
    measured.report(cast.etterbeek, measured.first, trained="0")
    total = measured.total(cast.souss, measured.trained, measured.first)
    assert (total.value, total.counted, total.silent) == (0, 1, 1)


def test_not_applicable_is_neither_zero_nor_silence(measured):
    cast = measured.cast
    measured.report(cast.jette, measured.first, trained={"not_applicable": True})
    measured.report(cast.etterbeek, measured.first, trained="5")
    total = measured.total(cast.souss, measured.trained, measured.first)
    assert (total.value, total.counted, total.silent) == (5, 1, 0)


def test_a_returned_sheet_leaves_the_total_and_comes_back(measured):
    cast = measured.cast
    sheet = measured.report(cast.jette, measured.first, trained="12")
    rules.return_report(by=cast.animator, report=sheet, reason="Les femmes manquent")
    assert measured.total(cast.programme, measured.trained, measured.first).value is None
    rules.submit_report(by=cast.jette_coordinator, report=sheet)
    rules.validate_report(by=cast.animator, report=sheet)
    total = measured.total(cast.programme, measured.trained, measured.first)
    assert (total.value, total.counted, total.settled) == (12, 1, 1)


def test_a_stock_stands_until_a_later_figure(measured):
    cast = measured.cast
    measured.report(cast.jette, measured.first, members="20")
    measured.report(cast.etterbeek, measured.first, members="7")
    measured.report(cast.jette, measured.second, members="25")
    assert measured.total(cast.souss, measured.members, measured.first).value == 27
    later = measured.total(cast.souss, measured.members, measured.second)
    assert (later.value, later.silent) == (32, 1)  # Etterbeek's stands, though it said nothing now


def test_a_stock_corrected_in_the_first_period_changes_the_second(measured):
    cast = measured.cast
    sheet = measured.report(cast.etterbeek, measured.first, members="7")
    measured.report(cast.jette, measured.second, members="25")
    rules.return_report(by=cast.animator, report=sheet, reason="Erreur")
    measured.report(cast.etterbeek, measured.first, members="9")
    assert measured.total(cast.souss, measured.members, measured.second).value == 34


def _collective(measured, participants=(30, 10)):
    """A training of the group for Jette and Etterbeek, in the group's own plan."""
    cast = measured.cast
    plan = Plan.objects.create(body=cast.souss, framework=cast.framework, title="Collectif", start=START, end=END)
    together = cast.activity(plan, "C1", collective=True, commune=None)
    for own, count in zip((cast.plan_jette, cast.plan_etterbeek), participants, strict=True):
        replaced = cast.activity(own, "J1", participants=count)
        JointPart.objects.create(
            collective=together, replaced=replaced, body=own.body, alone_cents=500, share_cents=300
        )
    return together


def test_a_collective_activity_is_reported_once_and_shared_by_heads(measured):
    cast = measured.cast
    together = _collective(measured)
    measured.report(cast.souss, measured.first, trained={"value": "40", "activity": together})
    for body in (cast.souss, cast.theme, cast.country, cast.programme):
        total = measured.total(body, measured.trained, measured.first)
        assert (total.value, total.counted, total.shared) == (40, 1, 1)
    assert measured.total(cast.jette, measured.trained, measured.first).own == 30
    assert measured.total(cast.etterbeek, measured.trained, measured.first).own == 10
    assert measured.total(cast.jette, measured.trained, measured.first).value == 40  # it took part in all of it


def test_without_known_heads_parts_are_equal(measured):
    cast = measured.cast
    together = _collective(measured, participants=(None, 10))
    measured.report(cast.souss, measured.first, trained={"value": "41", "activity": together})
    assert measured.total(cast.jette, measured.trained, measured.first).own == Decimal("20.5")


def test_a_partner_cannot_report_what_is_done_together(measured):
    cast = measured.cast
    together = _collective(measured)
    own = together.parts.get(body=cast.jette).replaced
    for activity in (own, together):
        with pytest.raises(Refusal) as caught:
            measured.report(cast.jette, measured.first, trained={"value": "30", "activity": activity})
        assert caught.value.code == "figure-activity"


def test_ratios_divide_sums_and_averages_count(measured):
    cast = measured.cast
    rate = measured.indicator("rate", "ratio", decimals=2)
    mean = measured.indicator("mean", "average", decimals=2)
    peak = measured.indicator("peak", "maximum")
    for body, above, below, value in [(cast.jette, "1", "2", "3"), (cast.etterbeek, "9", "10", "5.5")]:
        figures = {"rate": {"numerator": above, "denominator": below}, "mean": value, "peak": above}
        measured.report(body, measured.first, **figures)
    total = measured.total(cast.souss, rate, measured.first)
    assert (total.value, total.numerator, total.denominator) == (Decimal("0.83333333"), 10, 12)
    total = measured.total(cast.souss, mean, measured.first)
    assert (total.value, total.numerator, total.denominator) == (Decimal("4.25"), Decimal("8.5"), 2)
    assert measured.total(cast.souss, peak, measured.first).value == 9


def test_different_ones_are_counted_once_in_a_period_and_over_life(measured):
    cast = measured.cast
    unique = measured.indicator("associations", "unique", counts="structures")
    measured.report(cast.jette, measured.first, associations={"members": "Amal\nTafoukt"})
    measured.report(cast.etterbeek, measured.first, associations={"members": "Tafoukt\nArgane"})
    measured.report(cast.jette, measured.second, associations={"members": "Amal"})
    assert measured.total(cast.souss, unique, measured.first).value == 3
    assert measured.total(cast.souss, unique, measured.second).value == 1
    assert measured.total(cast.souss, unique, None).value == 3
    assert measured.total(cast.jette, unique, None).value == 2


def test_a_text_has_no_total(measured):
    story = measured.indicator("story", "sum", counts="text")
    measured.report(measured.cast.jette, measured.first, story={"text": "Le centre a ouvert."})
    assert not Total.objects.filter(indicator=story).exists()


def test_breakdowns_add_up_category_by_category(measured):
    cast = measured.cast
    measured.report(cast.jette, measured.first, trained={"value": "5", "breakdown": {"sex": {"f": "3", "m": "2"}}})
    measured.report(cast.etterbeek, measured.first, trained={"value": "4", "breakdown": {"sex": {"f": "4"}}})
    assert measured.total(cast.souss, measured.trained, measured.first).by == {"sex": {"f": "7", "m": "2"}}


def test_a_body_that_moves_counts_where_it_was(measured):
    cast = measured.cast
    Grouping.objects.filter(body=cast.jette, whole=cast.souss).update(end=date(2018, 8, 31))
    network_rules.group_body(by=None, body=cast.jette, whole=cast.north, start=date(2018, 9, 1))
    for period in (measured.first, measured.second):
        measured.report(cast.jette, period, trained="10")
    told = {
        (body, period): measured.total(body, measured.trained, period).value
        for body in (cast.souss, cast.north, cast.programme)
        for period in (measured.first, measured.second)
    }
    assert told == {
        (cast.souss, measured.first): 10, (cast.souss, measured.second): None,
        (cast.north, measured.first): None, (cast.north, measured.second): 10,
        (cast.programme, measured.first): 10, (cast.programme, measured.second): 10,
    }  # fmt: skip


def test_a_body_that_ends_within_a_period_counts_in_its_group(measured):
    cast = measured.cast
    end = date(2018, 5, 1)
    Body.objects.filter(pk=cast.jette.pk).update(end=end)
    Grouping.objects.filter(body=cast.jette).update(end=end)
    rules.renew_all(framework=cast.framework)
    measured.report(cast.jette, measured.first, trained="10")
    assert measured.total(cast.souss, measured.trained, measured.first).value == 10
    assert not Total.objects.filter(body=cast.jette, period=measured.second, silent__gt=0).exists()


def test_a_change_of_groupings_asks_for_one_job_that_renews(measured):
    from tiwizi.base.jobs import run_next
    from tiwizi.indicators import tasks  # noqa: F401 (registers the job)

    cast = measured.cast
    measured.report(cast.schaerbeek, measured.first, trained="8")
    Job.objects.all().delete()
    network_rules.group_body(by=None, body=cast.schaerbeek, whole=cast.souss)
    network_rules.group_body(by=None, body=cast.souss, whole=cast.programme)
    assert Job.objects.filter(kind=RENEW).count() == 1
    assert measured.total(cast.souss, measured.trained, measured.first).value is None
    assert run_next().state == Job.State.DONE
    assert measured.total(cast.souss, measured.trained, measured.first).value == 8
    assert measured.total(cast.programme, measured.trained, measured.first).value == 8


def test_what_a_total_is_made_of(measured):
    cast = measured.cast
    measured.report(cast.jette, measured.first, trained="12")
    frame = structure(cast.framework)
    counted, silent = behind(measured.trained, frame, cast.country.pk, measured.first.pk)
    assert [told.value for told in counted] == [12]
    assert {body for told in silent for body in told.weights} == {cast.etterbeek.pk, cast.schaerbeek.pk}


def test_an_indicator_follows_that_of_an_earlier_framework(measured):
    from tiwizi.framework import rules as framework_rules

    cast = measured.cast
    measured.report(cast.jette, measured.first, trained="12")
    newer = framework_rules.adopt_framework(
        by=None, body=cast.programme, name={"fr": "v2"}, objective={}, start=date(2018, 7, 1), end=date(2021, 12, 31)
    )
    result = framework_rules.add_result(by=None, framework=newer, number="RI 1", name={"fr": "R"})
    about = {"name": {"fr": "Formés"}, "counts": "persons", "unit": {"fr": "personnes"}}
    later = rules.add_indicator(by=None, result=result, code="trained", **about)
    rules.carry_over(by=cast.programme_coordinator, earlier=measured.trained, later=later)
    assert measured.total(cast.programme, later, measured.first).value == 12
    other = rules.add_indicator(by=None, result=result, code="members", **about)  # counted otherwise: not taken over
    rules.carry_over(by=cast.programme_coordinator, earlier=measured.members, later=other)
    assert not Total.objects.filter(indicator=other, counted__gt=0).exists()


# --- by an independent count, on random programmes ---


def _above(body, period):
    """Every body that a fact of `body` reaches in a period, found by walking the groupings one by one."""
    found, waiting = {body.pk}, [body]
    while waiting:
        one = waiting.pop()
        day = min(period.end, one.end or period.end)
        for grouping in Grouping.objects.on(day).filter(body=one).select_related("whole"):
            if grouping.whole_id not in found:
                found.add(grouping.whole_id)
                waiting.append(grouping.whole)
    return found


def _counted_plainly(indicator, period):
    """{body: (value, counted)} of a sum, from the rows of the tables, without the engine."""
    sums, counts = {}, {}
    rows = Measurement.objects.filter(indicator=indicator, report__period=period, report__state__in=COUNTED)
    for row in rows.select_related("report__body"):
        if row.value is None:
            continue
        whose = [share.body for share in row.shares.select_related("body")] or [row.report.body]
        for body in set().union(*(_above(one, period) for one in whose)):
            sums[body] = sums.get(body, 0) + row.value
            counts[body] = counts.get(body, 0) + 1
    return {body: (sums[body], counts[body]) for body in sums}


def _silent_plainly(indicator, period, asked):
    """{body: how many figures that were due are not there}, from the rows of the tables, without the engine."""
    counts = {}
    told = Measurement.objects.filter(indicator=indicator, report__period=period, report__state__in=COUNTED)
    answered = {body for row in told for body in (row.report.body_id, *row.shares.values_list("body", flat=True))}
    for one in indicator.assignments.select_related("body") if asked else ():
        for body in _above(one.body, period) if one.body_id not in answered else ():
            counts[body] = counts.get(body, 0) + 1
    return counts


@pytest.mark.parametrize("seed", range(8))
def test_random_programmes_against_a_plain_count(measured, seed):
    cast, luck = measured.cast, random.Random(seed)
    together = _collective(measured)
    partnerships = [cast.jette, cast.etterbeek, cast.schaerbeek]
    groups = [cast.souss, cast.north, cast.theme]
    for body in partnerships:
        for whole in groups:
            if luck.random() < 0.4 and not Grouping.objects.filter(body=body, whole=whole).exists():
                span = luck.choice([{}, {"start": date(2018, 7, 1)}, {"end": date(2018, 6, 30)}])
                network_rules.group_body(by=None, body=body, whole=whole, **span)
    for period in (measured.first, measured.second):
        for body in luck.sample(partnerships, 2):
            measured.report(body, period, trained=str(luck.randint(0, 50)), members=str(luck.randint(0, 9)))
        if luck.random() < 0.7:
            measured.report(cast.souss, period, trained={"value": str(luck.randint(1, 60)), "activity": together})
    rules.renew_all(framework=cast.framework)
    often = ("period", "year", "end")[seed % 3]
    rules.change_indicator(by=cast.programme_coordinator, indicator=measured.trained, version=1, frequency=often)
    for period in (measured.first, measured.second):
        stand = Total.objects.filter(indicator=measured.trained, period=period, counted__gt=0)
        assert {t.body_id: (t.value, t.counted) for t in stand} == _counted_plainly(measured.trained, period)
        silent = Total.objects.filter(indicator=measured.trained, period=period, silent__gt=0)
        asked = often == "period" or period == measured.second
        assert {t.body_id: t.silent for t in silent} == _silent_plainly(measured.trained, period, asked)
        owns = Total.objects.filter(indicator=measured.trained, period=period, own__isnull=False)
        whole = sum(m.value for m in Measurement.objects.filter(
            indicator=measured.trained, report__period=period, report__state__in=COUNTED, value__isnull=False
        ))  # fmt: skip
        assert abs(sum(Fraction(t.own) for t in owns) - Fraction(whole)) < Fraction(1, 10**6)
    assert rules.renew_all(framework=cast.framework) == 0  # what each act wrote was the whole truth


def test_periods_together(measured):
    rows = [
        {"value": Decimal(4), "numerator": Decimal(1), "denominator": Decimal(2)},
        {"value": None, "numerator": None, "denominator": None},
        {"value": Decimal(6), "numerator": Decimal(3), "denominator": Decimal(4)},
    ]
    told = {calculation: summed(rows, calculation) for calculation in Indicator.Calculation.values}
    half = Decimal(4) / Decimal(6)
    assert told == {"sum": 10, "latest": 6, "maximum": 6, "ratio": half, "average": half, "unique": None}
    assert summed([rows[1]], "sum") is None


def test_shares_go_with_their_figure(measured):
    together = _collective(measured)
    measured.report(measured.cast.souss, measured.first, trained={"value": "40", "activity": together})
    assert Share.objects.count() == 2
    assert Report.objects.get(body=measured.cast.souss).state == "submitted"
