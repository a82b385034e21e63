"""Lines of results: figures over periods and bodies, targets and where they come from, what several groups share."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.factories.results import shared_activity
from tiwizi.base.jobs import run_next
from tiwizi.base.models import Job
from tiwizi.indicators import rules, tasks  # noqa: F401 (registers the job)
from tiwizi.indicators.models import RENEW, Basis, Category, Total
from tiwizi.indicators.queries import results
from tiwizi.indicators.queries.results import Look, lines_of
from tiwizi.indicators.queries.scope import around, scope_of
from tiwizi.indicators.queries.targets import aims
from tiwizi.indicators.queries.words import shown
from tiwizi.network import rules as network_rules
from tiwizi.network.models import Grouping

pytestmark = pytest.mark.django_db


def line(measured, body, indicator, *, groups=(), commune=None, period=None, category=None):
    place = around(body, measured.cast.framework)
    scope = scope_of(place, groups, commune)
    return lines_of([indicator], scope, Look(period, category), results.categories_in(scope))[0]


def test_a_line_adds_periods_and_keeps_own_apart(figures):
    measured, cast = figures.measured, figures.measured.cast
    measured.report(cast.jette, measured.second, trained="8")
    found = line(measured, cast.jette, measured.trained)
    # 12 and 8 of its own, and the whole of the 40 in which it took part, 30 of them its own.
    assert (found.value, found.own, found.shared) == (60, 50, 1)
    assert [cell.value for cell in found.cells] == [52, 8]
    assert line(measured, cast.programme, measured.trained).value == 60
    assert line(measured, cast.programme, measured.trained).own is None


def test_what_is_missing_is_asked_of_periods_that_are_over(figures, monkeypatch):
    measured, cast = figures.measured, figures.measured.cast
    # Jette told its own figure and shares one; Etterbeek answered by the shared one; Schaerbeek is silent.
    first = line(measured, cast.programme, measured.trained, period=measured.first)
    assert (first.asked, first.missing, first.counted) == (3, 1, 2)
    both = line(measured, cast.programme, measured.trained)
    assert (both.asked, both.missing) == (6, 4)
    monkeypatch.setattr("tiwizi.indicators.queries.results.network.today", lambda: date(2018, 7, 1))
    now = line(measured, cast.programme, measured.trained)
    assert (now.asked, now.missing) == (3, 1)
    assert [cell.missing for cell in now.cells] == [1, 0]


def test_a_stock_shows_its_last_figure_and_its_breakdown(figures):
    measured, cast = figures.measured, figures.measured.cast
    measured.report(cast.jette, measured.second, members="25")
    found = line(measured, cast.souss, measured.members)
    assert (found.value, found.counted, found.asked, found.missing) == (25, 1, None, 1)


def test_breakdowns_and_the_part_that_does_not_add_up(figures):
    measured, cast = figures.measured, figures.measured.cast
    jette = line(measured, cast.jette, measured.trained)
    assert {part.category.code: part.value for part in jette.parts} == {"f": 7, "m": 5}
    assert [one.code for one in jette.uneven] == ["sex"]  # the shared 40 are not broken down
    women = Category.objects.get(code="f")
    part = line(measured, cast.programme, measured.trained, category=women)
    assert (part.value, part.target, part.progress, part.own) == (7, None, None, None)


def test_validated_share(figures):
    measured, cast = figures.measured, figures.measured.cast
    rules.validate_report(by=cast.animator, report=figures.cell.report)
    assert line(measured, cast.programme, measured.trained).validated == Decimal("0.5")
    assert line(measured, cast.schaerbeek, measured.trained).validated is None


def test_targets_are_own_or_those_below_each_once(figures):
    measured, cast = figures.measured, figures.measured.cast

    def aim(body):
        found = line(measured, body, measured.trained).target
        return (found.value, found.source, found.bodies) if found else None

    # Jette's 60 reach the country by its region and by its theme, once.
    assert aim(cast.country) == (100, "below", 3)
    assert aim(cast.souss) == (90, "below", 2)
    assert aim(cast.theme) == (70, "below", 2)
    assert aim(cast.jette) == (60, "own", 1)
    rules.set_target(by=None, indicator=measured.trained, body=cast.souss, period=None, value=Decimal(120))
    assert aim(cast.souss) == (120, "own", 1)
    assert aim(cast.country) == (130, "below", 2)  # the group's 120 stand for its two partnerships
    rules.set_target(by=None, indicator=measured.trained, body=cast.theme, period=None, value=Decimal(50))
    assert aim(cast.country) == (None, "overlap", 2)  # both groups hold Jette
    rules.set_target(by=None, indicator=measured.trained, body=cast.country, period=None, value=Decimal(150))
    assert aim(cast.country) == (150, "own", 1)


def test_rates_have_their_own_targets_only(figures):
    measured, cast = figures.measured, figures.measured.cast
    rate = measured.indicator("rate", "ratio", decimals=2)
    rules.set_target(by=None, indicator=rate, body=cast.jette, period=None, value=Decimal("0.8"))
    assert line(measured, cast.jette, rate).target.value == Decimal("0.8")
    assert line(measured, cast.souss, rate).target is None


def test_a_target_over_life_from_those_of_every_period(measured):
    cast = measured.cast
    for indicator in (measured.trained, measured.members):
        rules.set_target(by=None, indicator=indicator, body=cast.jette, period=measured.first, value=Decimal(10))
    assert line(measured, cast.jette, measured.trained).target is None  # one period has none
    for indicator in (measured.trained, measured.members):
        rules.set_target(by=None, indicator=indicator, body=cast.jette, period=measured.second, value=Decimal(15))
    told = [line(measured, cast.jette, one).target for one in (measured.trained, measured.members)]
    assert [(one.value, one.source) for one in told] == [(25, "periods"), (15, "periods")]
    assert line(measured, cast.jette, measured.trained, period=measured.first).target.value == 10


def test_targets_take_two_queries(figures, django_assert_num_queries):
    cast = figures.measured.cast
    scope = scope_of(around(cast.programme, cast.framework))
    with django_assert_num_queries(2):
        aims([figures.measured.trained, figures.measured.members], scope)


def test_progress_from_the_baseline(measured):
    falling = measured.indicator("falling", "latest", direction="down", baseline=Decimal(40))
    assert results.progress(falling, Decimal(30), Decimal(20)) == Decimal("0.5")
    assert results.progress(measured.trained, Decimal(30), Decimal(60)) == Decimal("0.5")
    assert results.progress(measured.trained, None, Decimal(60)) is None
    falling.baseline = None
    assert results.progress(falling, Decimal(30), Decimal(20)) is None
    assert results.progress(measured.trained, Decimal(3), Decimal(0)) is None


def test_one_group_below_is_read_from_its_totals(figures):
    measured, cast = figures.measured, figures.measured.cast
    inside = line(measured, cast.programme, measured.trained, groups=[cast.theme])
    assert (inside.value, inside.target.value) == (52, 70)


def test_what_two_groups_share_counts_each_figure_once(figures):
    measured, cast = figures.measured, figures.measured.cast
    measured.report(cast.schaerbeek, measured.first, trained="9")
    measured.report(cast.etterbeek, measured.second, trained="5")
    # Only Jette lies in the region and in the theme: its 12, and the 40 that it shares.
    shared = line(measured, cast.programme, measured.trained, groups=[cast.souss, cast.theme])
    assert (shared.value, shared.target.value, shared.missing) == (52, 60, 1)
    crossing = line(measured, cast.souss, measured.trained, groups=[cast.theme])
    assert crossing.value == 52
    nobody = line(measured, cast.programme, measured.trained, groups=[cast.north, cast.souss])
    assert (nobody.value, nobody.asked) == (None, None)


def test_a_commune_has_the_figures_of_its_partnership(figures):
    measured, cast = figures.measured, figures.measured.cast
    assert line(measured, cast.programme, measured.trained, commune=cast.belfaa).value == 52
    assert line(measured, cast.programme, measured.trained, commune=cast.ait_baha).value == 40
    assert line(measured, cast.programme, measured.trained, commune=cast.al_hoceima).value is None


def test_what_is_put_together_is_what_the_table_says(figures):
    """Choosing a body that alone makes up a group gives the same line by the engine as the table has."""
    measured, cast = figures.measured, figures.measured.cast
    measured.report(cast.jette, measured.second, trained="8", members="25")
    for indicator in (measured.trained, measured.members):
        kept = line(measured, cast.jette, indicator)
        made = line(measured, cast.programme, indicator, commune=cast.belfaa)
        assert (made.value, made.counted, made.missing, made.shared) == (
            kept.value, kept.counted, kept.missing, kept.shared,
        )  # fmt: skip
        assert [cell.value for cell in made.cells] == [cell.value for cell in kept.cells]


def test_a_body_that_moved_counts_in_the_group_of_its_time(figures):
    measured, cast = figures.measured, figures.measured.cast
    Grouping.objects.filter(body=cast.jette, whole=cast.souss).update(end=date(2018, 8, 31))
    network_rules.group_body(by=None, body=cast.jette, whole=cast.north, start=date(2018, 9, 1))
    measured.report(cast.jette, measured.second, trained="8")
    both = [
        line(measured, cast.programme, measured.trained, groups=[one, cast.theme]) for one in (cast.souss, cast.north)
    ]
    assert [[cell.value for cell in one.cells] for one in both] == [[52, None], [None, 8]]


def test_different_ones_over_life(measured):
    unique = measured.indicator("associations", "unique", counts="structures")
    measured.report(measured.cast.jette, measured.first, associations={"members": "Amal\nTafoukt"})
    measured.report(measured.cast.jette, measured.second, associations={"members": "Amal"})
    assert line(measured, measured.cast.souss, unique).value == 2
    assert line(measured, measured.cast.souss, unique, period=measured.second).value == 1


def test_pages_say_when_groupings_changed(figures):
    cast = figures.measured.cast
    scope = scope_of(around(cast.programme, cast.framework))
    assert Basis.objects.get(body=cast.programme).fingerprint  # the periods were added: all totals stand
    assert not results.is_renewing(scope)
    network_rules.group_body(by=None, body=cast.schaerbeek, whole=cast.souss)
    changed = scope_of(around(cast.programme, cast.framework))
    assert results.is_renewing(changed)
    job = run_next()
    assert job.kind == RENEW
    assert not results.is_renewing(changed)
    Job.objects.filter(pk=job.pk).update(state=Job.State.FAILED, created_at=job.created_at + timedelta(hours=1))
    assert results.is_renewing(changed)


def test_figures_are_shown_with_the_decimals_they_have(measured):
    rate = measured.indicator("rate", "ratio")
    assert str(shown(rate, Decimal("0.83333333"))) == "0.83"
    assert str(shown(measured.trained, Decimal("20.50000000"))) == "20.50"
    assert str(shown(measured.trained, Decimal("20.00000000"))) == "20"
    assert shown(measured.trained, None) is None


def test_shares_by_heads(measured):
    together = shared_activity(measured)
    measured.report(measured.cast.souss, measured.first, trained={"value": "40", "activity": together})
    assert Total.objects.get(body=measured.cast.jette, indicator=measured.trained, period=measured.first).own == 30
