"""The strategic frame: adopted, filled, read from below; refused to who may not."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from tiwizi.base.errors import Refusal
from tiwizi.base.models import AuditEntry
from tiwizi.framework import rules
from tiwizi.framework.models import Framework, Result, TargetGroup

NAME = {"fr": "Plan 2022-2026", "nl": "Plan 2022-2026"}


def refused(code, act, /, **values):
    with pytest.raises(Refusal) as caught:
        act(**values)
    assert caught.value.code == code
    assert str(caught.value)
    return caught.value


def adopting(cast, **values):
    period = {"start": date(2022, 1, 1), "end": date(2026, 12, 31)}
    return {"body": cast.programme, "name": NAME, "objective": {"fr": "Objectif"}, **period, **values}


@pytest.mark.parametrize("who", ["animator", "jette_coordinator", "neighbour", "elected", "donor", "stranger"])
def test_who_may_not_changes_nothing(cast, who):
    by = getattr(cast, who)
    refused("not-allowed", rules.adopt_framework, by=by, **adopting(cast))
    refused("not-allowed", rules.add_result, by=by, framework=cast.framework, number="RI 9", name=NAME)
    refused("not-allowed", rules.add_target_group, by=by, framework=cast.framework, code="x", name=NAME)
    counted = Framework.objects.count(), Result.objects.count(), TargetGroup.objects.count()
    assert counted == (1, 1, 2)
    assert not AuditEntry.objects.exists()


def test_adopt_framework(cast):
    frame = rules.adopt_framework(by=cast.programme_coordinator, **adopting(cast))
    assert (str(frame), frame.currency) == (NAME["fr"], "EUR")
    entry = AuditEntry.objects.get()
    assert (entry.act, entry.body, entry.actor) == ("adopt-framework", cast.programme.pk, cast.programme_coordinator.pk)
    assert entry.after == {"start": "2022-01-01", "end": "2026-12-31"}


@pytest.mark.parametrize(
    ("code", "values"),
    [
        ("framework-order", {"end": date(2021, 12, 31)}),
        ("framework-order", {"end": date(2022, 1, 1)}),
        ("framework-taken", {"start": date(2017, 1, 1)}),
    ],
)
def test_a_frame_that_makes_no_sense_is_refused(cast, code, values):
    refused(code, rules.adopt_framework, by=cast.programme_coordinator, **adopting(cast, **values))
    assert Framework.objects.count() == 1
    assert not AuditEntry.objects.exists()


def test_two_bodies_may_begin_on_the_same_day(cast):
    same = adopting(cast, body=cast.country, start=date(2017, 1, 1))
    assert rules.adopt_framework(by=cast.programme_coordinator, **same).body == cast.country


def test_results_keep_the_order_in_which_they_were_added(cast):
    frame = rules.adopt_framework(by=None, **adopting(cast))
    for number in ("RI 2", "RI 1", "RI 10"):
        rules.add_result(by=cast.programme_coordinator, framework=frame, number=number, name=NAME, illustrative=True)
    assert [result.number for result in frame.results.all()] == ["RI 2", "RI 1", "RI 10"]
    assert all(result.illustrative for result in frame.results.all())
    assert str(frame.results.first()) == f"RI 2 {NAME['fr']}"


def test_a_number_is_given_once_in_a_frame(cast):
    refused("result-taken", rules.add_result, by=None, framework=cast.framework, number="RI 1", name=NAME)
    other = rules.adopt_framework(by=None, **adopting(cast))
    rules.add_result(by=None, framework=other, number="RI 1", name=NAME)
    assert Result.objects.filter(number="RI 1").count() == 2


def test_target_groups_and_audiences(cast):
    by = cast.programme_coordinator
    group = rules.add_target_group(by=by, framework=cast.framework, code="elected", name=NAME, audience=True)
    assert group.audience
    assert list(cast.framework.target_groups.all())[-1] == group
    refused("target-group-taken", rules.add_target_group, by=by, framework=cast.framework, code="elected", name=NAME)
    assert AuditEntry.objects.filter(act="add-target-group").count() == 1


def test_the_database_keeps_the_same_promises(cast):
    for broken in (
        lambda: Framework.objects.filter(pk=cast.framework.pk).update(end=date(2016, 1, 1)),
        lambda: Result.objects.create(framework=cast.framework, number="RI 1", position=2),
        lambda: TargetGroup.objects.create(framework=cast.framework, code="youth", position=3),
        lambda: Framework.objects.create(**adopting(cast, start=cast.framework.start)),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            broken()
