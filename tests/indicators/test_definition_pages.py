"""The pages that say what is measured: what is typed arrives, faults stand beside it, queries do not grow."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from tiwizi.framework import rules as framework_rules
from tiwizi.indicators import rules
from tiwizi.indicators.models import Indicator, Period, Target

pytestmark = pytest.mark.django_db
TYPED = {"name_fr": "Écoles ouvertes", "unit_fr": "écoles", "counts": "acts", "calculation": "sum", "direction": "up",
         "decimals": "0", "frequency": "period", "baseline": "1 250,5"}  # fmt: skip


@pytest.fixture
def boss(measured, signed_in):
    return signed_in(measured.cast.programme_coordinator)


def at(name, *args):
    return reverse(f"indicators:{name}", args=["programme", *args])


def test_an_indicator_is_added_with_its_texts_and_numbers(measured, boss):
    typed = TYPED | {"result": str(measured.cast.result.pk), "code": "E1", "name_ar": "مدارس مفتوحة"}
    answer = boss.post(at("indicator-add"), typed)
    added = Indicator.objects.get(code="E1")
    assert answer.headers["Location"] == at("indicator-define", added.pk)
    assert (added.name, added.baseline) == ({"fr": "Écoles ouvertes", "ar": "مدارس مفتوحة"}, Decimal("1250.5"))
    again = boss.post(at("indicator-add"), typed)
    assert again.status_code == 422
    assert "Écoles ouvertes" in again.content.decode()  # what was typed is kept


def test_from_the_library_what_is_left_empty_is_taken(measured, boss):
    about = {"name": {"fr": "Bibliothèque"}, "counts": "persons", "unit": {"fr": "lecteurs"}, "calculation": "latest",
             "frequency": "year"}  # fmt: skip
    known = rules.add_to_library(by=None, body=measured.cast.programme, code="lib", **about)
    typed = {"result": str(measured.cast.result.pk), "code": "L", "library": str(known.pk), "counts": "acts",
             "calculation": "sum", "direction": "up", "decimals": "0", "frequency": "period"}  # fmt: skip
    boss.post(at("indicator-add"), typed)
    added = Indicator.objects.get(code="L")
    assert (added.name, added.calculation, added.library) == ({"fr": "Bibliothèque"}, "latest", known)
    assert added.frequency == "year"


def test_a_change_and_a_change_meanwhile(measured, boss):
    path = at("indicator-define", measured.trained.pk)
    typed = TYPED | {"counts": "persons", "version": "1"}
    assert boss.post(path, typed).status_code == 302
    late = boss.post(path, typed | {"name_fr": "Trop tard"})
    assert late.status_code == 422
    assert Indicator.objects.get(pk=measured.trained.pk).name["fr"] == "Écoles ouvertes"
    assert boss.post(path, typed | {"version": "2", "baseline": "beaucoup"}).status_code == 422


def test_every_body_of_a_kind_is_asked_with_one_act(measured, boss):
    story = rules.add_indicator(
        by=None, result=measured.cast.result, code="S", name={"fr": "S"}, counts="text", unit={"fr": "récit"}
    )
    path = at("indicator-reporters", story.pk)
    assert "Choisissez un type" in boss.post(path, {}, follow=True).content.decode()
    assert not story.assignments.exists()
    boss.post(path, {"who-kinds": ["partnership"]})
    assert story.assignments.count() == 3
    boss.post(path, {"who-bodies": [str(measured.cast.jette.pk)], "who-end": "2018-06-30"})
    assert story.assignments.get(body=measured.cast.jette).end == date(2018, 6, 30)


def test_breakdowns_are_asked_for_and_no_longer(measured, boss):
    sex = measured.trained.breakdowns.get()
    boss.post(at("indicator-sets", measured.trained.pk), {})
    sex.refresh_from_db()
    assert sex.end is not None
    boss.post(at("indicator-sets", measured.members.pk), {"by-sets": [str(sex.set_id)]})
    assert measured.members.breakdowns.get().end is None
    lines = "rural; Rural; Landelijk; Rural; قروي\nurban; Urbain"
    boss.post(at("breakdown-sets"), {"code": "place", "name_fr": "Lieu", "categories": lines})
    place = measured.cast.framework.breakdown_sets.get(code="place")
    assert [(one.code, one.name["fr"]) for one in place.categories.all()] == [("rural", "Rural"), ("urban", "Urbain")]
    bad = boss.post(at("breakdown-sets"), {"code": "place", "name_fr": "Lieu", "categories": "sans nom"})
    assert bad.status_code == 422


def test_put_away_and_taken_up_again(measured, boss):
    boss.post(at("indicator-archive", measured.trained.pk), {"why-reason": "Plus demandé"})
    assert "Plus demandé" in boss.get(at("definitions") + "?archived=1").content.decode()
    assert "trained" not in boss.get(at("definitions")).content.decode()
    boss.post(at("indicator-recover", measured.trained.pk))
    assert Indicator.objects.get(pk=measured.trained.pk).archived_at is None


def test_a_period_is_added_and_one_that_overlaps_is_not(measured, boss):
    typed = {"code": "2019-1", "start": "2019-01-01", "end": "2019-06-30", "due": "2019-07-31"}
    assert boss.post(at("periods"), typed).status_code == 302
    assert boss.post(at("periods"), typed | {"code": "x"}).status_code == 422
    assert Period.objects.count() == 3


def test_the_grid_writes_what_was_changed_and_nothing_else(measured, boss):
    jette, path = measured.cast.jette, at("targets", measured.trained.pk)
    life, first = f"t-{jette.pk}-life", f"t-{jette.pk}-{measured.first.pk}"
    boss.post(path, {life: "60", first: "0"})
    assert {(t.period, t.value) for t in Target.objects.all()} == {(None, 60), (measured.first, 0)}
    boss.post(path, {life: "60", f"{life}-v": "1", first: "", f"{first}-v": "1"})
    assert [(t.period, t.version) for t in Target.objects.all()] == [(None, 1)]
    rules.set_target(by=None, indicator=measured.trained, body=jette, period=None, value=Decimal(61))
    assert boss.post(path, {life: "70", f"{life}-v": "1"}).status_code == 422
    assert boss.post(path, {life: "tant", f"{life}-v": "2"}).status_code == 422
    assert Target.objects.get().value == 61


def test_the_next_plan_goes_on_from_this_one(measured, boss):
    newer = framework_rules.adopt_framework(
        by=None, body=measured.cast.programme, name={"fr": "Suite"}, objective={}, start=date(2022, 1, 1),
        end=date(2026, 12, 31),
    )  # fmt: skip
    result = framework_rules.add_result(by=None, framework=newer, number="RI 1", name={"fr": "R"})
    later = rules.add_indicator(by=None, result=result, code="T2", name={"fr": "T2"}, counts="persons", unit={})
    assert "Choisissez l’indicateur" in boss.post(at("carry-over"), {}, follow=True).content.decode()
    boss.post(at("carry-over"), {"earlier": str(measured.trained.pk), "later": str(later.pk)})
    later.refresh_from_db()
    assert later.previous == measured.trained
    assert "T2" in boss.get(at("carry-over")).content.decode()


@pytest.mark.parametrize(("name", "most"), [("definitions", 16), ("targets", 24), ("indicator-define", 30)])
def test_queries_do_not_grow(measured, boss, django_assert_max_num_queries, name, most):
    args = [] if name == "definitions" else [measured.trained.pk]
    boss.get(at(name, *args))
    for k in range(6):
        measured.indicator(f"Q{k}", "sum")
    with django_assert_max_num_queries(most) as few:
        boss.get(at(name, *args))
    for k in range(12):
        measured.indicator(f"R{k}", "sum")
    with django_assert_max_num_queries(len(few)):
        boss.get(at(name, *args))
