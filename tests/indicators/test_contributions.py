"""What a figure is made of: counted once, with owners, sheets and silence."""

from decimal import Decimal

import pytest

from tiwizi.indicators.queries.contributions import (
    made_of,
    not_applicable,
    opened,
    remarks_on,
    texts,
)
from tiwizi.indicators.queries.scope import around, scope_of

pytestmark = pytest.mark.django_db


def made(measured, body, indicator, *periods):
    scope = scope_of(around(body, measured.cast.framework))
    return scope, made_of(indicator, scope, list(periods or (measured.first, measured.second)))


def test_a_shared_figure_stands_once_with_its_owners(figures):
    measured, cast = figures.measured, figures.measured.cast
    _, found = made(measured, cast.country, measured.trained)
    told = opened(found.counted, with_people=False).contributions
    assert [one.measurement.value for one in told] == [12, 40]
    assert found.shared == 1
    shared = told[1]
    assert shared.measurement.activity == figures.together
    assert {one.body: (one.share, one.part) for one in shared.owners} == {
        cast.jette: (Decimal("0.75"), 30),
        cast.etterbeek: (Decimal("0.25"), 10),
    }
    assert (
        sum(one.measurement.value for one in told)
        == measured.total(cast.country, measured.trained, measured.first).value
    )


def test_who_reported_is_for_those_who_may_read_people(figures, signed_in):
    measured, cast = figures.measured, figures.measured.cast
    type(figures.cell).objects.filter(pk=figures.cell.pk).update(changed_by=cast.jette_coordinator.pk)
    _, found = made(measured, cast.jette, measured.trained)
    assert [one.who for one in opened(found.counted, with_people=True).contributions] == ["Coordination Jette", ""]
    assert {one.who for one in opened(found.counted, with_people=False).contributions} == {""}


def test_silence_by_period(figures):
    measured, cast = figures.measured, figures.measured.cast
    _, found = made(measured, cast.souss, measured.trained)
    told = {(one.period.code, one.body.slug) for one in opened([], found.silent, with_people=False).silences}
    assert told == {("2018-2", "jette-belfaa"), ("2018-2", "etterbeek-ait-baha")}
    assert all(one.over for one in opened([], found.silent, with_people=False).silences)


def test_a_stock_shows_what_stands_at_the_last_period(figures):
    measured, cast = figures.measured, figures.measured.cast
    measured.report(cast.etterbeek, measured.second, members="7")
    _, found = made(measured, cast.souss, measured.members)
    told = opened(found.counted, with_people=False).contributions
    assert {(one.measurement.value, one.stands) for one in told} == {(20, True), (7, False)}


def test_what_does_not_add_up_is_named(measured):
    cast = measured.cast
    measured.report(cast.jette, measured.first, trained={"value": "5", "breakdown": {"sex": {"f": "3", "m": "1"}}})
    _, found = made(measured, cast.souss, measured.trained)
    assert [one.uneven for one in opened(found.counted, with_people=False).contributions] == [["sex"]]


def test_not_applicable_is_listed(measured):
    cast = measured.cast
    measured.report(cast.jette, measured.first, trained={"not_applicable": True, "comment": "Pas de centre"})
    scope, found = made(measured, cast.souss, measured.trained, measured.first)
    assert [one.comment for one in not_applicable(measured.trained, scope, [measured.first])] == ["Pas de centre"]
    assert cast.jette not in {one.body for one in opened([], found.silent, with_people=False).silences}
    other, _ = made(measured, cast.north, measured.trained, measured.first)
    assert not_applicable(measured.trained, other, [measured.first]) == []


def test_words_are_read_where_there_is_no_number(measured):
    cast = measured.cast
    story = measured.indicator("story", "sum", counts="text")
    measured.report(cast.jette, measured.first, story={"text": "Le centre a ouvert."})
    measured.report(cast.schaerbeek, measured.first, handed_in=False, story={"text": "Brouillon"})
    scope = scope_of(around(cast.programme, cast.framework))
    told = opened(texts(story, scope, [measured.first]), with_people=False).contributions
    assert [one.measurement.text for one in told] == ["Le centre a ouvert."]


def test_queries_do_not_grow(figures, django_assert_num_queries):
    measured, cast = figures.measured, figures.measured.cast
    for code in range(8):
        measured.report(cast.schaerbeek if code % 2 else cast.etterbeek, measured.second, handed_in=False, trained=code)
    _, found = made(measured, cast.programme, measured.trained)
    with django_assert_num_queries(2):
        opened(found.counted, with_people=False)


def test_remarks_are_a_thread(figures):
    measured, cast = figures.measured, figures.measured.cast
    thread = remarks_on(measured.trained, cast.jette, [measured.first])
    told = opened([], [], thread, reader=cast.jette_coordinator.pk, with_people=True).said
    assert [(one.who, one.own) for one in told] == [("Coordination Jette", True)]
    hidden = opened([], [], thread, reader=cast.donor.pk, with_people=False).said
    assert [(one.who, one.own) for one in hidden] == [("", False)]
    assert remarks_on(measured.trained, cast.souss, [measured.first]) == []
