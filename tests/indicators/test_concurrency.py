"""Two people at once, on PostgreSQL: totals hold both figures, and many sheets are accepted crosswise."""

import pytest
from django.db import connection

from tests.factories.at_once import at_once
from tests.factories.cast import make_cast
from tests.factories.measured import make_measured
from tiwizi.indicators import rules
from tiwizi.indicators.models import Measurement, Report

pytestmark = [
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="SQLite lets one writer in at a time; make test runs PostgreSQL too"
    ),
    pytest.mark.django_db(transaction=True),
    pytest.mark.slow,
]


@pytest.fixture
def measured(transactional_db):
    return make_measured(make_cast())


def test_two_partnerships_hand_in_at_once(measured):
    cast = measured.cast
    sheets = [
        measured.report(body, measured.first, handed_in=False, trained=figure)
        for body, figure in ((cast.jette, "12"), (cast.etterbeek, "5"))
    ]
    people = cast.jette_coordinator, cast.etterbeek_coordinator
    given = at_once(
        lambda: rules.submit_report(by=people[0], report=sheets[0]),
        lambda: rules.submit_report(by=people[1], report=sheets[1]),
    )
    assert [one.state for one in given] == ["submitted", "submitted"]
    assert measured.total(cast.souss, measured.trained, measured.first).value == 17
    assert measured.total(cast.programme, measured.trained, measured.first).counted == 2


def test_many_sheets_validated_crosswise_at_once(measured):
    cast = measured.cast
    one = measured.report(cast.jette, measured.first, trained="12", members="3")
    other = measured.report(cast.etterbeek, measured.first, members="4", trained="5")
    third = measured.report(cast.jette, measured.second, members="4")
    fourth = measured.report(cast.etterbeek, measured.second, trained="5")
    given = at_once(
        lambda: rules.advance_many(by=cast.animator, reports=[one, fourth], act="validate"),
        lambda: rules.advance_many(by=cast.programme_coordinator, reports=[third, other], act="validate"),
    )
    assert [len(those) for those in given] == [2, 2]
    assert set(Report.objects.values_list("state", flat=True)) == {"validated"}
    assert measured.total(cast.souss, measured.trained, measured.first).settled == 2


def test_one_cell_entered_by_two_at_once(measured):
    cast = measured.cast
    measured.report(cast.jette, measured.first, handed_in=False, trained="1")
    cell = {"body": cast.jette, "period": measured.first, "indicator": measured.trained, "version": 1}
    given = at_once(
        lambda: rules.report_figure(by=cast.jette_coordinator, value="2", **cell),
        lambda: rules.report_figure(by=None, value="3", **cell),
    )
    assert given.count("changed-meanwhile") == 1
    assert Measurement.objects.get().version == 2
