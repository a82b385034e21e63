"""Saying what is measured: each act works, refuses with its code, and is refused to who may not."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils.translation import override

from tiwizi.base.errors import Conflict, Refusal
from tiwizi.base.models import AuditEntry
from tiwizi.framework import rules as framework_rules
from tiwizi.indicators import rules
from tiwizi.indicators.models import Assignment, Indicator, Period, Target, Total
from tiwizi.indicators.queries import categories_of, due_indicators
from tiwizi.indicators.queries.definitions import carried_over, earlier_of
from tiwizi.network import histories
from tiwizi.network.models import Body

pytestmark = pytest.mark.django_db
ABOUT = {"name": {"fr": "Formés"}, "counts": "persons", "unit": {"fr": "personnes"}}


def refused(code, act, /, **given):
    with pytest.raises(Refusal) as caught:
        act(**given)
    assert caught.value.code == code


@pytest.fixture
def boss(cast):
    return cast.programme_coordinator


@pytest.fixture
def newer(measured):
    """The next strategic plan of the programme, with one result."""
    cast = measured.cast
    frame = framework_rules.adopt_framework(
        by=None, body=cast.programme, name={"fr": "v2"}, objective={}, start=date(2022, 1, 1), end=date(2026, 12, 31)
    )
    framework_rules.add_result(by=None, framework=frame, number="RI 1", name={"fr": "R"})
    return frame


ACTS = {
    "add_to_library": lambda m: {"body": m.cast.programme, "code": "x", **ABOUT},
    "add_indicator": lambda m: {"result": m.cast.result, "code": "x", **ABOUT},
    "change_indicator": lambda m: {"indicator": m.trained, "version": 1, "decimals": 1},
    "archive_indicator": lambda m: {"indicator": m.trained, "reason": "Non"},
    "recover_indicator": lambda m: {"indicator": m.trained},
    "carry_over": lambda m: {"earlier": m.trained, "later": m.members},
    "define_set": lambda m: {"framework": m.cast.framework, "code": "age", "name": {"fr": "Âge"}, "categories": []},
    "end_category": lambda m: {"category": m.trained.breakdowns.get().set.categories.first(), "end": date(2018, 1, 1)},
    "break_down": lambda m: {"indicator": m.members, "by_set": m.trained.breakdowns.get().set},
    "add_period": lambda m: {
        "framework": m.cast.framework, "code": "x", "start": date(2019, 1, 1), "end": date(2019, 6, 30),
        "due": date(2019, 7, 31),
    },
    "assign": lambda m: {"indicator": m.trained, "bodies": [m.cast.jette]},
    "name_part": lambda m: {"part": m.trained.breakdowns.get().set, "name": {"fr": "Genre"}},
    "set_target": lambda m: {"indicator": m.trained, "body": m.cast.jette, "period": None, "value": Decimal(3)},
    "set_targets": lambda m: {"indicator": m.trained, "targets": []},
}  # fmt: skip


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("who", ["animator", "jette_coordinator", "neighbour", "elected", "donor", "stranger"])
def test_only_who_defines_indicators_may(measured, act, who):
    given, acts = ACTS[act](measured), AuditEntry.objects.count()
    refused("not-allowed", getattr(rules, act), by=getattr(measured.cast, who), **given)
    assert AuditEntry.objects.count() == acts


def test_an_indicator_is_added_and_told_in_the_trail(measured, boss):
    added = rules.add_indicator(by=boss, result=measured.cast.result, code=" new ", baseline=Decimal(0), **ABOUT)
    assert (added.code, added.baseline, added.version) == ("new", 0, 1)
    assert AuditEntry.objects.filter(act="add-indicator", object_id=str(added.pk), actor=boss.pk).exists()


@pytest.mark.parametrize(
    ("code", "given"),
    [
        ("indicator-code", {"code": " "}),
        ("indicator-code-taken", {"code": "trained"}),
        ("indicator-unnamed", {"name": {"fr": " "}}),
        ("indicator-counts", {"counts": "dreams"}),
        ("indicator-calculation", {"calculation": "median"}),
        ("indicator-number", {"baseline": Decimal("Infinity")}),
        ("indicator-number", {"baseline": Decimal(10) ** 13}),
    ],
)
def test_an_indicator_that_cannot_stand(measured, boss, code, given):
    refused(code, rules.add_indicator, by=boss, result=measured.cast.result, **({"code": "new"} | ABOUT | given))


def test_the_library_describes_once_and_is_taken_from(measured, boss):
    known = rules.add_to_library(by=boss, body=measured.cast.programme, code="trained", calculation="latest", **ABOUT)
    refused("library-code-taken", rules.add_to_library, by=boss, body=measured.cast.programme, code="trained", **ABOUT)
    added = rules.add_indicator(by=boss, result=measured.cast.result, code="L", library=known, unit={"fr": "agents"})
    assert (added.calculation, added.unit, added.library) == ("latest", {"fr": "agents"}, known)


def test_what_figures_count_is_fixed_once_one_stands(measured, boss):
    changed = rules.change_indicator(by=boss, indicator=measured.trained, version=1, calculation="maximum")
    assert (changed.calculation, changed.version) == ("maximum", 2)
    with pytest.raises(Conflict) as caught:
        rules.change_indicator(by=boss, indicator=changed, version=1, decimals=2)
    assert caught.value.code == "changed-meanwhile"
    measured.report(measured.cast.jette, measured.first, trained="4")
    refused("indicator-in-use", rules.change_indicator, by=boss, indicator=changed, version=2, calculation="sum")
    assert rules.change_indicator(by=boss, indicator=changed, version=2, note={"fr": "Sans doublons"}).version == 3


def test_put_away_with_a_reason_and_taken_up_again(measured, boss):
    cast = measured.cast
    measured.report(cast.jette, measured.first, trained="4")
    assert measured.total(cast.souss, measured.trained, measured.first).silent == 1
    refused("reason-missing", rules.archive_indicator, by=boss, indicator=measured.trained, reason=" ")
    rules.archive_indicator(by=boss, indicator=measured.trained, reason="Le bailleur ne le demande plus")
    total = measured.total(cast.souss, measured.trained, measured.first)
    assert (total.value, total.silent) == (4, 0)  # its figures stay; nobody is late with it
    assert measured.trained not in due_indicators(cast.jette, measured.second)
    rules.recover_indicator(by=boss, indicator=Indicator.objects.get(pk=measured.trained.pk))
    assert measured.total(cast.souss, measured.trained, measured.first).silent == 1
    assert measured.trained in due_indicators(cast.jette, measured.second)


def test_categories_added_later_take_nothing_from_before(measured, boss):
    cast = measured.cast
    measured.report(cast.jette, measured.first, trained={"value": "5", "breakdown": {"sex": {"f": "3", "m": "2"}}})
    more = [{"code": "x", "name": {"fr": "Autre"}}, {"code": "f", "name": {"fr": "déjà là"}}]
    sex = rules.define_set(
        by=boss, framework=cast.framework, code="sex", name={"fr": "Sexe"}, categories=more, start=date(2018, 7, 1)
    )
    assert [one.code for one in categories_of(measured.trained, measured.first)] == ["f", "m"]
    assert [one.code for one in categories_of(measured.trained, measured.second)] == ["f", "m", "x"]
    new = sex.categories.get(code="x")
    refused("category-order", rules.end_category, by=boss, category=new, end=date(2018, 1, 1))
    rules.end_category(by=boss, category=new, end=date(2018, 7, 1))
    assert [one.code for one in categories_of(measured.trained, measured.second)] == ["f", "m"]
    assert measured.total(cast.jette, measured.trained, measured.first).by == {"sex": {"f": "3", "m": "2"}}
    rules.end_category(by=boss, category=new, end=None)
    assert [one.code for one in categories_of(measured.trained, measured.second)] == ["f", "m", "x"]
    told = [event for event in histories.story(new) if event.changes]
    assert [(change.before != "", change.after != "") for event in told for change in event.changes] == [
        (True, False), (False, True),
    ]  # fmt: skip


def test_what_is_asked_about_is_called_otherwise(measured, boss):
    sex = measured.trained.breakdowns.get().set
    rules.name_part(by=boss, part=sex, name={"fr": "Genre", "en": "Gender"})
    rules.name_part(by=boss, part=sex, name={"fr": "Genre", "en": "Gender"})
    assert AuditEntry.objects.filter(act="name-part").count() == 1
    refused("set-unnamed", rules.name_part, by=boss, part=sex, name={"fr": " "})
    set_of = {"by": boss, "framework": measured.cast.framework, "name": {"fr": "X"}, "categories": []}
    refused("set-code", rules.define_set, code="pas bon", **set_of)
    refused("set-unnamed", rules.define_set, code="age", **(set_of | {"name": {}}))
    bad = {"code": "x", "name": {"fr": "X"}, "start": date(2018, 2, 1), "end": date(2018, 1, 1)}
    refused("category-order", rules.define_set, code="age", **(set_of | {"categories": [bad]}))
    assert not measured.cast.framework.breakdown_sets.filter(code="age").exists()


@pytest.mark.parametrize(
    ("code", "given"),
    [
        ("indicator-direction", {"direction": "sideways"}),
        ("indicator-decimals", {"decimals": 5}),
        ("indicator-text", {"note": {"fr": "x" * 401}}),
        ("indicator-text", {"baseline_source": "x" * 301}),
        ("indicator-number", {"baseline": Decimal("1.23456")}),
    ],
)
def test_a_description_that_cannot_stand(measured, boss, code, given):
    refused(code, rules.add_indicator, by=boss, result=measured.cast.result, code="N", **(ABOUT | given))
    refused(code, rules.change_indicator, by=boss, indicator=measured.trained, version=1, **given)
    if "baseline" not in str(given):
        refused(code, rules.add_to_library, by=boss, body=measured.cast.programme, code="n", **(ABOUT | given))
    assert not Indicator.objects.filter(code="N").exists()


def test_the_story_of_an_indicator_of_the_library_is_told(measured, boss):
    added = rules.put_into_library(by=boss, indicator=measured.trained, code="trained-people")
    with override("en"):
        assert [str(event.act) for event in histories.story(added)] == ["put it into the library"]


def test_a_breakdown_belongs_to_its_plan(measured, newer, boss):
    foreign = rules.define_set(by=boss, framework=newer, code="sex", name={"fr": "Sexe"}, categories=[])
    refused("breakdown-elsewhere", rules.break_down, by=boss, indicator=measured.trained, by_set=foreign)


@pytest.mark.parametrize(
    ("code", "given"),
    [
        ("period-order", {"start": date(2019, 7, 1)}),
        ("period-order", {"due": date(2019, 6, 1)}),
        ("period-outside", {"start": date(2016, 1, 1)}),
        ("period-outside", {"end": date(2022, 1, 1), "due": date(2022, 2, 1)}),
        ("period-overlaps", {"start": date(2018, 12, 31)}),
        ("period-taken", {"code": "2018-1"}),
    ],
)
def test_a_period_that_cannot_stand(measured, boss, code, given):
    usual = {"code": "2019-1", "start": date(2019, 1, 1), "end": date(2019, 6, 30), "due": date(2019, 7, 31)}
    refused(code, rules.add_period, by=boss, framework=measured.cast.framework, **(usual | given))
    assert Period.objects.count() == 2


def test_who_is_asked_and_no_longer_asked(measured, boss):
    cast = measured.cast
    assert rules.assign(by=boss, indicator=measured.trained, bodies=[cast.jette, cast.souss]) == 1
    assert measured.total(cast.souss, measured.trained, measured.first).silent == 3
    rules.assign(by=boss, indicator=measured.trained, bodies=[cast.jette], end=date(2018, 6, 30))
    assert measured.total(cast.souss, measured.trained, measured.first).silent == 3
    assert measured.total(cast.souss, measured.trained, measured.second).silent == 2
    elsewhere = Body.objects.create(slug="elsewhere", kind=cast.jette.kind, name={"fr": "Ailleurs"})
    refused("assignment-elsewhere", rules.assign, by=boss, indicator=measured.trained, bodies=[elsewhere])
    assert not Assignment.objects.filter(body=elsewhere).exists()


def test_a_target_is_set_changed_and_taken_back(measured, boss):
    place = {"by": boss, "indicator": measured.trained, "body": measured.cast.jette, "period": measured.first}
    first = rules.set_target(value=Decimal(0), **place)
    assert (first.value, first.version) == (0, 1)
    rules.set_target(value=Decimal(12), version=1, **place)
    with pytest.raises(Conflict):
        rules.set_target(value=Decimal(13), version=1, **place)
    refused("indicator-number", rules.set_target, value=Decimal("NaN"), **place)
    assert rules.set_target(value=None, version=2, **place) is None
    assert not Target.objects.exists()


def test_several_targets_all_or_none(measured, boss):
    cast = measured.cast
    good = {"body": cast.jette, "period": None, "value": Decimal(5)}
    bad = {"body": cast.souss, "period": None, "value": Decimal(10) ** 14}
    refused("indicator-number", rules.set_targets, by=boss, indicator=measured.trained, targets=[good, bad])
    assert not Target.objects.exists()
    assert rules.set_targets(by=boss, indicator=measured.trained, targets=[good]) == 1


def test_what_goes_on_in_the_next_plan_and_what_does_not(measured, newer, boss):
    cast = measured.cast
    measured.report(cast.jette, measured.first, trained={"value": "5", "breakdown": {"sex": {"f": "3", "m": "2"}}})
    result = newer.results.get()
    later = rules.add_indicator(by=boss, result=result, code="trained", **ABOUT)
    unlike = rules.add_indicator(by=boss, result=result, code="members", **ABOUT)  # the earlier one is a stock
    refused("carry-over-order", rules.carry_over, by=boss, earlier=later, later=measured.trained)
    rules.carry_over(by=boss, earlier=measured.trained, later=later)
    rules.carry_over(by=boss, earlier=measured.members, later=unlike)
    refused("carry-over-order", rules.carry_over, by=boss, earlier=measured.trained, later=unlike)
    assert earlier_of(newer) == cast.framework
    rows = {row.earlier.code: row for row in carried_over(cast.framework, newer)}
    assert (rows["trained"].later, rows["trained"].unlike, rows["trained"].lost) == (later, [], ["Sexe: f", "Sexe: m"])
    assert (rows["members"].later, rows["members"].unlike) == (unlike, ["calculation"])
    assert Total.objects.get(indicator=later, body=cast.programme, period=measured.first).value == 5
    assert measured.total(cast.programme, measured.trained, measured.first).value == 5  # and nothing is lost
