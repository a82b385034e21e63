"""Results, communes, target groups: nothing planned, planned, reported."""

import pytest

from tests.factories.results import shared_activity
from tiwizi.framework.models import Result
from tiwizi.indicators import rules
from tiwizi.indicators.queries.coverage import NOTHING, PLANNED, REPORTED, coverage
from tiwizi.indicators.queries.scope import around

pytestmark = pytest.mark.django_db


def states(cast, body, group=""):
    place = around(body, cast.framework)
    matrix = coverage(place, place.communes(), group=group)
    return {
        (row.commune.slug, result.number, one): mark.state
        for row in matrix.rows
        for result, marks in zip(matrix.results, row.cells, strict=True)
        for mark in marks
        for one in [*(group.code for group in mark.groups), *([None] if mark.unsaid else [])]
    }


def test_what_is_planned_and_what_is_not(measured):
    cast = measured.cast
    activity = cast.activity(cast.plan_jette)
    found = states(cast, cast.programme)
    assert found["belfaa", "RI 1", "officials"] == PLANNED
    assert found["belfaa", "RI 1", "youth"] == NOTHING
    assert found["ait-baha", "RI 1", "officials"] == NOTHING
    activity.other_targets.add(cast.youth)
    assert states(cast, cast.programme)["belfaa", "RI 1", "youth"] == PLANNED
    assert set(states(cast, cast.programme, group="youth")) == {
        (commune, "RI 1", "youth") for commune in ("belfaa", "ait-baha", "al-hoceima")
    }


def test_a_figure_of_an_activity_is_reported_for_its_groups(measured):
    cast = measured.cast
    activity = cast.activity(cast.plan_jette)
    measured.report(cast.jette, measured.first, handed_in=False, trained={"value": "3", "activity": activity})
    assert states(cast, cast.souss)["belfaa", "RI 1", "officials"] == PLANNED  # a draft says nothing yet
    rules.submit_report(by=None, report=activity.measurements.get().report)
    assert states(cast, cast.souss)["belfaa", "RI 1", "officials"] == REPORTED
    assert states(cast, cast.north) == {
        ("al-hoceima", "RI 1", "officials"): NOTHING, ("al-hoceima", "RI 1", "youth"): NOTHING,
    }  # fmt: skip


def test_not_applicable_is_no_report(measured):
    cast = measured.cast
    activity = cast.activity(cast.plan_jette)
    measured.report(cast.jette, measured.first, trained={"not_applicable": True, "activity": activity})
    assert states(cast, cast.souss)["belfaa", "RI 1", "officials"] == PLANNED


def test_a_shared_figure_is_reported_in_each_partner_s_commune(measured):
    cast = measured.cast
    together = shared_activity(measured)
    measured.report(cast.souss, measured.first, trained={"value": "40", "activity": together})
    found = states(cast, cast.programme)
    assert {found[commune, "RI 1", "officials"] for commune in ("belfaa", "ait-baha")} == {REPORTED}
    assert found["al-hoceima", "RI 1", "officials"] == NOTHING


def test_a_body_s_figure_counts_for_whom_its_breakdown_names(measured):
    cast = measured.cast
    groups = [{"code": g.code, "name": {"fr": g.code}, "target_group": g} for g in (cast.officials, cast.youth)]
    by_group = rules.define_set(by=None, framework=cast.framework, code="group", name={"fr": "Pour"}, categories=groups)
    reached = measured.indicator("reached", "sum")
    rules.break_down(by=None, indicator=reached, by_set=by_group)
    figure = {"value": "5", "breakdown": {"group": {"youth": "5", "officials": "0"}}}
    measured.report(cast.jette, measured.first, reached=figure)
    found = states(cast, cast.programme)
    assert found["belfaa", "RI 1", "youth"] == REPORTED
    assert found["belfaa", "RI 1", "officials"] == NOTHING
    assert ("belfaa", "RI 1", None) not in found
    measured.report(cast.schaerbeek, measured.first, trained="4")
    assert states(cast, cast.programme)["al-hoceima", "RI 1", None] == REPORTED


def test_queries_do_not_grow(measured, django_assert_num_queries):
    cast = measured.cast
    for position in range(6):
        Result.objects.create(framework=cast.framework, number=f"RI {position + 2}", name={}, position=position + 2)
    for k in range(8):
        cast.activity(cast.plan_jette, f"Q{k}")
    measured.report(cast.jette, measured.first, trained="4")
    place = around(cast.programme, cast.framework)
    with django_assert_num_queries(9):  # with the seats
        coverage(place, place.communes())
