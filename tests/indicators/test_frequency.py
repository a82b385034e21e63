"""How often an indicator is reported decides in which periods it is asked: sheets, letters, what is missing, totals."""

from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.urls import reverse
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from tests.indicators.test_totals import _collective
from tiwizi.base.errors import Conflict, Refusal
from tiwizi.base.jobs import run_next
from tiwizi.base.models import AuditEntry
from tiwizi.framework import rules as framework_rules
from tiwizi.indicators import doctor, rules
from tiwizi.indicators.models import Indicator, LibraryIndicator, Measurement, Period, Report
from tiwizi.indicators.queries import due_indicators, publication, results
from tiwizi.indicators.queries.asked import asked_in
from tiwizi.indicators.queries.due import owing, sheets_due
from tiwizi.indicators.queries.scope import around, scope_of
from tiwizi.indicators.queries.sheets import sheet_of
from tiwizi.indicators.queries.targets import aims
from tiwizi.portal import open_data

# --- the formula ---


def _spans(*years):
    return [
        SimpleNamespace(pk=(year, half), start=date(year, *first), end=date(year, *last))
        for year in years
        for half, (first, last) in enumerate([((1, 1), (6, 30)), ((7, 1), (12, 31))], start=1)
    ]


def test_every_period_once_a_year_or_at_the_end():
    periods = _spans(2018, 2019)[:3]  # two of 2018, one of 2019
    assert list(asked_in("period", periods, date(2020, 12, 31))) == [(2018, 1), (2018, 2), (2019, 1)]
    assert asked_in("year", periods, date(2020, 12, 31)) == {
        (2018, 2): date(2018, 1, 1),  # what is told then is the whole year
        (2019, 1): date(2019, 1, 1),
    }
    assert asked_in("end", periods, date(2020, 12, 31)) == {(2019, 1): date(2018, 1, 1)}
    assert asked_in("year", [], date(2020, 12, 31)) == asked_in("end", [], date(2020, 12, 31)) == {}


def test_the_periods_of_a_next_plan_do_not_count():
    periods = _spans(2018, 2019)
    assert list(asked_in("end", periods, date(2018, 12, 31))) == [(2018, 2)]
    assert list(asked_in("year", periods, date(2019, 6, 30))) == [(2018, 2), (2019, 1)]


@given(st.lists(st.dates(date(2015, 1, 1), date(2022, 12, 31)), max_size=12, unique=True), st.dates(), st.randoms())
def test_each_period_against_its_own_words(days, last, luck):
    days.sort()
    periods = [
        SimpleNamespace(pk=k, start=first, end=after)
        for k, (first, after) in enumerate(zip(days[::2], days[1::2], strict=False))
    ]
    mixed = luck.sample(periods, len(periods))
    inside = [one for one in periods if one.start <= last]
    for one in periods:
        later = [other for other in inside if other.start > one.start]
        closes = one in inside and all(other.end.year != one.end.year for other in later)
        assert (one.pk in asked_in("year", mixed, last)) == closes
        assert (one.pk in asked_in("end", mixed, last)) == (one in inside and not later)
        assert one.pk in asked_in("period", mixed, last)
    yearly = asked_in("year", mixed, last)
    told = [one.pk for pk, since in yearly.items() for one in periods if since <= one.start <= periods[pk].start]
    assert sorted(told) == [one.pk for one in inside if any(one.start <= periods[pk].start for pk in yearly)]


# --- what follows from it ---

db = pytest.mark.django_db


def _often(measured, frequency, indicator=None):
    one = Indicator.objects.get(pk=(indicator or measured.trained).pk)
    boss = measured.cast.programme_coordinator
    return rules.change_indicator(by=boss, indicator=one, version=one.version, frequency=frequency)


@pytest.fixture
def third(measured):
    """The first half of 2019."""
    about = {"start": date(2019, 1, 1), "end": date(2019, 6, 30), "due": date(2019, 7, 31)}
    return rules.add_period(by=None, framework=measured.cast.framework, code="2019-1", **about)


def _silent(measured, body, *periods, indicator=None):
    return [measured.total(body, indicator or measured.trained, one).silent for one in periods]


def _asked_of(measured, period, body=None):
    return {one.code for one in due_indicators(body or measured.cast.jette, period)}


@db
@pytest.mark.parametrize(("frequency", "silent"), [("period", [3, 3, 3]), ("year", [0, 3, 3]), ("end", [0, 0, 3])])
def test_silence_is_counted_where_a_figure_was_asked(measured, third, frequency, silent):
    from tiwizi.indicators.models import Total

    _often(measured, frequency)
    told = dict(
        Total.objects.filter(body=measured.cast.programme, indicator=measured.trained).values_list("period", "silent")
    )
    assert [told.get(one.pk, 0) for one in (measured.first, measured.second, third)] == silent
    assert list(doctor.totals()) == []
    assert rules.renew_all(framework=measured.cast.framework) == 0


@db
def test_the_sheet_asks_it_in_its_periods_only(measured, third):
    _often(measured, "year")
    _often(measured, "end", measured.members)
    assert _asked_of(measured, measured.first) == set()
    assert _asked_of(measured, measured.second) == {"trained"}
    assert _asked_of(measured, third) == {"trained", "members"}
    assert [len(list(sheet_of(measured.cast.jette, one).cells)) for one in (measured.first, third)] == [0, 2]
    with pytest.raises(Refusal) as caught:
        measured.report(measured.cast.jette, measured.first, trained="5")
    assert caught.value.code == "figure-not-due"
    assert not Measurement.objects.exists()
    measured.report(measured.cast.jette, measured.second, trained="5")


@db
def test_a_later_period_moves_what_is_asked_at_the_end(measured):
    _often(measured, "end")
    assert _silent(measured, measured.cast.souss, measured.second) == [2]
    about = {"start": date(2019, 1, 1), "end": date(2019, 6, 30), "due": date(2019, 7, 31)}
    last = rules.add_period(by=None, framework=measured.cast.framework, code="2019-1", **about)
    assert _silent(measured, measured.cast.souss, last) == [2]
    assert _asked_of(measured, measured.second) == {"members"}
    assert list(doctor.totals()) == []


@db
def test_a_figure_of_a_period_that_is_no_longer_asked_stays_counts_and_can_be_corrected(measured):
    cast = measured.cast
    sheet = measured.report(cast.jette, measured.first, trained="12")
    _often(measured, "year")
    total = measured.total(cast.programme, measured.trained, measured.first)
    assert (total.value, total.counted, total.silent) == (12, 1, 0)
    (item,) = [one for _, items in sheet_of(cast.jette, measured.first).groups for one in items
               if one.indicator == measured.trained]  # fmt: skip
    assert (item.asked, item.whole.measurement.value) == (False, 12)
    rules.return_report(by=cast.animator, report=sheet, reason="Trop")
    measured.report(cast.jette, measured.first, trained="11")
    assert measured.total(cast.programme, measured.trained, measured.first).value == 11
    assert "trained" not in {item.indicator.code for _, items in sheet_of(cast.etterbeek, measured.first).groups
                             for item in items}  # fmt: skip
    _often(measured, "period")
    assert measured.total(cast.programme, measured.trained, measured.first).silent == 2
    assert list(doctor.totals()) == []


@db
def test_no_sheet_is_owed_where_nothing_is_asked(measured, third):
    cast = measured.cast
    for one in (measured.trained, measured.members):
        _often(measured, "year", one)
    periods = [measured.first, measured.second, third]
    assert [one.period for one in sheets_due([cast.jette], periods)] == [measured.second, third]
    assert [one.period for one in sheets_due([cast.jette], [measured.first])] == []  # also when asked for it alone
    assert [one.period for one in sheets_due([cast.jette], periods, every=Period.objects.all())] == periods[1:]
    assert {one.period for one in owing({cast.jette.pk}, until=date(2019, 1, 15))} == {measured.second}
    Report.objects.create(body=cast.jette, period=measured.first)
    assert [one.period for one in sheets_due([cast.jette], periods)] == periods  # one that stands is told


@db
def test_letters_are_about_what_is_asked(measured, monkeypatch, mailoutbox):
    monkeypatch.setattr("tiwizi.network.queries.today", lambda: date(2018, 7, 20))
    for one in (measured.trained, measured.members):
        _often(measured, "year", one)
    assert rules.remind(site="https://tiwizi.test") == 0
    _often(measured, "period", measured.members)
    assert rules.remind(site="https://tiwizi.test") == 3
    _often(measured, "year", measured.members)  # no longer asked before the letters leave
    while run_next():
        pass
    assert not mailoutbox


@db
def test_an_activity_of_the_year_is_told_when_the_year_is_asked(measured):
    cast = measured.cast
    early = cast.activity(cast.plan_jette, "J9")
    type(early).objects.filter(pk=early.pk).update(window_start=date(2018, 2, 1), window_end=date(2018, 3, 1))
    lines = lambda period: {  # noqa: E731
        cell.activity.reference for cell in sheet_of(cast.jette, period).cells if cell.activity
    }
    assert ("J9" in lines(measured.first), "J9" in lines(measured.second)) == (True, False)
    _often(measured, "year")
    _often(measured, "year", measured.members)
    assert ("J9" in lines(measured.first), "J9" in lines(measured.second)) == (False, True)


@db
def test_what_is_done_together_is_asked_of_who_leads_it_when_the_year_is(measured):
    cast = measured.cast
    together = _collective(measured)
    type(together).objects.filter(pk=together.pk).update(window_start=date(2018, 2, 1), window_end=date(2018, 3, 1))
    periods = [measured.first, measured.second]
    assert [one.period for one in sheets_due([cast.souss], periods)] == [measured.first]
    for one in (measured.trained, measured.members):
        _often(measured, "year", one)
    assert [one.period for one in sheets_due([cast.souss], periods)] == [measured.second]
    assert [cell.activity for cell in sheet_of(cast.souss, measured.second).cells] == [together, together]
    assert not list(sheet_of(cast.souss, measured.first).cells)
    measured.report(cast.souss, measured.second, trained={"value": "40", "activity": together})
    assert measured.total(cast.jette, measured.trained, measured.second).own == 30


@db
def test_results_tell_what_is_due_in_the_periods_that_are_asked(measured, third):
    cast = measured.cast
    measured.report(cast.jette, measured.second, trained="5", members="20")
    for one in (measured.trained, measured.members):
        _often(measured, "year", one)
    scope = scope_of(around(cast.souss, cast.framework))
    trained, members = results.lines_of(list(Indicator.objects.order_by("position")), scope, results.Look(), [])
    assert (trained.asked, trained.missing) == (4, 3)  # Jette and Etterbeek, in 2018-2 and in 2019-1
    assert [cell.asked for cell in trained.cells] == [False, True, True]
    assert [cell.missing for cell in trained.cells] == [0, 1, 2]
    assert (members.asked, members.missing) == (None, 2)
    (first,) = results.lines_of([measured.trained], scope, results.Look(measured.first), [])
    first_asked = Indicator.objects.get(pk=measured.trained.pk)
    (first,) = results.lines_of([first_asked], scope, results.Look(measured.first), [])
    assert (first.asked, first.missing, first.value) == (None, None, None)


@db
def test_targets_of_the_periods_that_are_asked_make_the_target_over_life(measured, third):
    cast = measured.cast
    for period in (measured.second, third):
        rules.set_target(by=None, indicator=measured.trained, body=cast.jette, period=period, value=Decimal(10))
    scope = scope_of(around(cast.jette, cast.framework))
    assert (measured.trained.pk, None) not in aims([measured.trained], scope)
    yearly = _often(measured, "year")
    found = aims([yearly], scope)[measured.trained.pk, None]
    assert (found.value, found.source) == (20, "periods")


@db
def test_everybody_reads_where_nothing_was_asked(published, client):
    measured = published.figures.measured
    yearly = _often(measured, "year")
    new = _often(measured, "year", measured.indicator("new", "sum"))
    public = publication.public_results(measured.cast.programme)
    assert public.periods == [measured.first]  # the last one that is shown, and not the last of its year
    shown, nothing = publication.shown_of([yearly, new], public)
    assert [cell.asked for cell in (*shown.line.cells, *nothing.line.cells)] == [False, False]
    assert (shown.line.value, shown.line.asked, shown.line.missing) == (52, None, None)
    with translation.override("fr"):
        rows = [row for row in open_data.rows(public) if (row[2], row[6]) == ("new", "2018-1")]
    assert [row[13:16] for row in rows] == [[None, "non demandé", None]]
    page = client.get(reverse("portal:public-indicator", args=["fr", "programme", new.pk])).content.decode()
    assert "une fois par an" in page
    assert page.count("non demandé") == 1


# --- saying it ---


@db
def test_a_change_is_recorded_and_told_and_merged(measured):
    boss, one = measured.cast.programme_coordinator, measured.trained
    _often(measured, "year")
    entry = AuditEntry.objects.filter(act="change-indicator").latest("at")
    assert (entry.before, entry.after) == ({"frequency": "period"}, {"frequency": "year"})
    rules.change_indicator(by=boss, indicator=one, version=2, direction="down")
    changed = Indicator.objects.get(pk=one.pk)
    assert (changed.frequency, changed.direction) == ("year", "down")
    with pytest.raises(Conflict):
        rules.change_indicator(by=boss, indicator=one, version=1, frequency="end")
    with pytest.raises(Refusal) as caught:
        rules.change_indicator(by=boss, indicator=one, version=3, frequency="monthly")
    assert caught.value.code == "indicator-frequency"


@db
@pytest.mark.parametrize("who", ["jette_coordinator", "animator", "elected", "donor"])
def test_only_who_defines_indicators_says_how_often(measured, who):
    with pytest.raises(Refusal) as caught:
        rules.change_indicator(by=getattr(measured.cast, who), indicator=measured.trained, version=1, frequency="year")
    assert caught.value.status == 403
    assert Indicator.objects.get(pk=measured.trained.pk).frequency == "period"


@db
def test_the_library_and_the_next_plan_carry_it(measured):
    cast, boss = measured.cast, measured.cast.programme_coordinator
    yearly = _often(measured, "year")
    entry = rules.put_into_library(by=boss, indicator=yearly, code="trained")
    assert LibraryIndicator.objects.get().frequency == "year"
    assert rules.add_indicator(by=boss, result=cast.result, code="again", library=entry).frequency == "year"
    newer = framework_rules.adopt_framework(
        by=None, body=cast.programme, name={"fr": "v2"}, objective={}, start=date(2018, 7, 1), end=date(2021, 12, 31)
    )
    result = framework_rules.add_result(by=None, framework=newer, number="RI 1", name={"fr": "R"})
    about = {"name": {"fr": "Formés"}, "counts": "persons", "unit": {"fr": "personnes"}}
    later = rules.add_indicator(by=None, result=result, code="trained", **about)
    rules.carry_over(by=boss, earlier=yearly, later=later)
    assert Indicator.objects.get(pk=later.pk).frequency == "year"
    assert AuditEntry.objects.filter(act="carry-over").latest("at").after["frequency"] == "year"
    other = rules.add_indicator(by=None, result=result, code="members", frequency="end", **about)
    rules.carry_over(by=boss, earlier=_often(measured, "year", measured.members), later=other)
    assert Indicator.objects.get(pk=other.pk).frequency == "end"  # it was said otherwise already
    assert list(doctor.totals()) == []


@db
def test_pages_say_how_often_and_where_nothing_is_asked(measured, third, client):
    cast = measured.cast
    measured.report(cast.jette, measured.second, trained="5")
    client.force_login(cast.programme_coordinator)
    page = reverse("indicators:indicator-define", args=[cast.programme.slug, measured.trained.pk])
    typed = {"name_fr": "trained", "unit_fr": "personnes", "counts": "persons", "calculation": "sum",
             "direction": "up", "decimals": "0", "public": "on", "version": "1", "frequency": "year"}  # fmt: skip
    assert client.post(page, typed).status_code == 302
    assert Indicator.objects.get(pk=measured.trained.pk).frequency == "year"
    told = "une fois par an"
    assert told in client.get(reverse("indicators:definitions", args=[cast.programme.slug])).content.decode()
    assert told in client.get(reverse("indicators:results", args=[cast.jette.slug])).content.decode()
    figure = client.get(reverse("indicators:figure", args=[cast.jette.slug, measured.trained.pk])).content.decode()
    assert told in figure
    assert figure.count("non demandé") == 1
    assert told in client.get(reverse("indicators:sheet", args=[cast.jette.slug, "2018-2"])).content.decode()
    targets = reverse("indicators:targets", args=[cast.programme.slug, measured.trained.pk])
    assert f"{measured.second.pk}" in (grid := client.get(targets).content.decode())
    assert f"{measured.first.pk}" not in grid
    assert client.post(page, typed | {"frequency": "daily", "version": "2"}).status_code == 422


@db
def test_a_sheet_costs_one_query_more_at_most(measured, third, django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as before:
        sheet_of(measured.cast.jette, measured.second)
    for one in (measured.trained, measured.members):
        _often(measured, "year", one)
    with django_assert_max_num_queries(len(before) + 1):
        sheet_of(measured.cast.jette, measured.second)
