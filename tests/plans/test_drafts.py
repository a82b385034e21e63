from datetime import date

import pytest
from django.utils import translation

from tests.factories.cast import END, START
from tiwizi.network.models import Membership, Organisation
from tiwizi.plans.queries import Vocabulary, natural_values
from tiwizi.plans.rules import clean
from tiwizi.plans.rules.drafts import FAULTS, fault_sentence, whole_weeks


@pytest.fixture
def values():
    """An activity without fault, in natural codes."""
    return {
        "reference": "A1",
        "title": "Formation",
        "kind": "preschool-training",
        "result": "RI 1",
        "main_target": "officials",
        "other_targets": ["youth"],
        "commune": None,
        "window_start": date(2017, 9, 4),
        "window_end": date(2017, 12, 31),
        "participants": 12,
        "languages": ["fr", "ar"],
        "cost_cents": 420_000,
        "cost_basis": "Devis",
        "priority": 4,
        "mandatory": False,
        "poolable": True,
        "hosts": ["ait-baha"],
        "avoid": ["schaerbeek-al-hoceima"],
        "note": "",
    }


def faults(cast, values, **changes):
    cleaned = clean(cast.plan_jette, values | changes)
    return [(fault.field, fault.code) for fault in cleaned.faults]


def test_a_whole_activity_has_no_fault_and_its_only_commune(cast, values):
    cleaned = clean(cast.plan_jette, values)
    assert cleaned.ok
    assert cleaned.values["commune"] == cast.belfaa
    assert cleaned.values["kind"] == cast.training
    assert cleaned.values["avoid"] == [cast.schaerbeek]


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("title", "  ", "missing"),
        ("kind", None, "missing"),
        ("window_start", None, "missing"),
        ("title", "x" * 201, "too-long"),
        ("kind", "carpentry", "unknown-kind"),
        ("result", "RI 9", "unknown-result"),
        ("main_target", "elders", "unknown-target"),
        ("other_targets", ["elders"], "unknown-target"),
        ("commune", "ait-baha", "unknown-commune"),
        ("hosts", ["paris"], "unknown-host"),
        ("avoid", ["nobody"], "unknown-body"),
        ("avoid", ["jette-belfaa"], "avoid-itself"),
        ("languages", ["xx"], "unknown-language"),
        ("window_start", "soon", "not-a-date"),
        ("window_start", date(2017, 9, 5), "window-not-monday"),
        ("window_end", date(2017, 12, 30), "window-not-sunday"),
        ("window_end", date(2017, 9, 3), "window-order"),
        ("window_end", date(2019, 1, 6), "window-outside"),
        ("participants", 0, "participants-not-positive"),
        ("participants", -3, "participants-not-positive"),
        ("participants", 100_001, "participants-too-many"),
        ("participants", "twelve", "not-a-number"),
        ("participants", True, "not-a-number"),
        ("cost_cents", -1, "cost-negative"),
        ("cost_cents", 10_000_000_001, "cost-too-high"),
        ("priority", 6, "priority-range"),
        ("priority", None, "not-a-number"),
        ("mandatory", "perhaps", "not-yes-or-no"),
    ],
)
def test_each_fault_stands_at_its_field(cast, values, field, value, code):
    assert faults(cast, values, **{field: value}) == [(field, code)]


def test_all_faults_come_at_once(cast, values):
    found = faults(cast, values, title="", kind="carpentry", cost_cents=-1)
    assert found == [("title", "missing"), ("kind", "unknown-kind"), ("cost_cents", "cost-negative")]


def test_what_is_not_known_stays_unknown(cast, values):
    cleaned = clean(cast.plan_jette, values | {"cost_cents": None, "participants": None})
    assert cleaned.ok
    assert cleaned.values["cost_cents"] is None
    assert cleaned.values["participants"] is None


def test_a_partnership_with_two_communes_says_which(cast, values):
    sidi_bibi = Organisation.objects.create(
        slug="sidi-bibi", kind=cast.belfaa.kind, name={"fr": "Sidi Bibi"}, country="MA"
    )
    Membership.objects.create(body=cast.jette, organisation=sidi_bibi, side="south")
    assert faults(cast, values) == [("commune", "commune-needed")]
    assert clean(cast.plan_jette, values | {"commune": "sidi-bibi"}).values["commune"] == sidi_bibi


def test_a_reference_is_taken_once_and_kept_by_archived_ones(cast, values):
    activity = cast.activity(cast.plan_jette, "A1")
    assert faults(cast, values) == [("reference", "reference-taken")]
    assert clean(cast.plan_jette, values, existing=activity).ok
    type(activity).objects.update(archived_at="2017-07-03T00:00:00Z")
    assert faults(cast, values) == [("reference", "reference-archived")]


def test_a_name_that_is_no_field_is_the_callers_mistake(cast, values):
    with pytest.raises(KeyError):
        clean(cast.plan_jette, values | {"colour": "green"})


def test_many_rows_need_no_more_queries_than_one(cast, values, django_assert_max_num_queries):
    words = Vocabulary(cast.plan_jette)
    clean(cast.plan_jette, values, vocabulary=words)
    with django_assert_max_num_queries(0):
        for number in range(1000):
            assert clean(cast.plan_jette, values | {"reference": f"A{number}"}, vocabulary=words).ok


def test_natural_values_give_the_same_activity_back(cast, values):
    activity = cast.activity(cast.plan_jette, "A1")
    again = clean(cast.plan_jette, natural_values(activity), existing=activity)
    assert again.ok
    assert again.values["commune"] == activity.commune


def test_every_fault_has_a_sentence_also_from_storage(cast):
    params = {"typed": "x", "most": 5, "first": "2017-07-03", "last": "2018-12-30", "day": "2017-07-03"}
    with translation.override("fr"):
        said = [fault_sentence(code, params) for code in FAULTS]
    assert all(sentence and "%(" not in sentence for sentence in said)
    assert any("2018" in sentence and "2018-12" not in sentence for sentence in said)


def test_two_days_mean_the_whole_weeks_that_hold_them(cast):
    plan = cast.plan_jette
    assert whole_weeks(plan, date(2017, 9, 6), date(2017, 9, 20)) == (date(2017, 9, 4), date(2017, 9, 24))
    assert whole_weeks(plan, START, END) == (START, END)


def test_a_week_that_the_plan_cuts_is_left_out(cast):
    plan = cast.plan_jette
    plan.start, plan.end = date(2017, 7, 1), date(2018, 12, 31)
    assert whole_weeks(plan, plan.start, plan.end) == (date(2017, 7, 3), date(2018, 12, 30))


def test_the_last_day_of_the_calendar_has_no_whole_week_and_is_outside(cast):
    plan = cast.plan_jette
    last = date(9999, 12, 31)
    assert whole_weeks(plan, START, last) == (START, last)
