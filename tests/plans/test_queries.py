from datetime import date

import pytest
from django.utils import translation

from tiwizi.network import histories
from tiwizi.network.models import Grouping
from tiwizi.plans import queries, rules
from tiwizi.plans.models import Activity, Plan
from tiwizi.plans.queries import Filters


def references(body, **filters):
    return [activity.reference for activity in queries.activities(body, filters=Filters(**filters))]


@pytest.fixture
def three(cast):
    """One activity in each partnership: 4 200, 1 000 and not known."""
    return (
        cast.activity(cast.plan_jette, "J1"),
        cast.activity(cast.plan_etterbeek, "E1", cost_cents=100_000, participants=18),
        cast.activity(cast.plan_schaerbeek, "S1", cost_cents=None, participants=None, kind=cast.diagnosis),
    )


@pytest.fixture
def collective(cast, three):
    """Jette and Etterbeek together for 3 000 instead of 5 200."""
    return rules.create_collective_activity(
        by=cast.animator, body=cast.souss, kind=cast.training, title="Ensemble", host=cast.belfaa,
        week=date(2017, 10, 2), language="fr", parts=[(three[0], 420_000, 220_000), (three[1], 100_000, 80_000)],
        cost_cents=300_000,
    )  # fmt: skip


def test_each_activity_once_also_in_crossing_groupings(cast, three):
    # Jette sits in Souss-Massa and in the thematic group, both in the country.
    assert sorted(references(cast.country)) == ["E1", "J1", "S1"]
    assert references(cast.souss) == ["E1", "J1"]
    assert sorted(references(cast.theme)) == ["J1", "S1"]
    assert references(cast.jette) == ["J1"]
    totals = queries.totals(cast.programme)
    assert (totals.count, totals.counted_cents, totals.unknown_cost) == (3, 520_000, 1)
    assert (totals.participants, totals.unknown_participants) == (30, 1)


def test_a_plan_counts_where_its_body_belonged_then(cast, three):
    Grouping.objects.filter(body=cast.jette, whole=cast.souss).update(end=date(2016, 12, 31))
    Grouping.objects.filter(body=cast.etterbeek).update(end=date(2018, 1, 31))
    assert references(cast.souss) == ["E1"]
    assert list(queries.activities(cast.souss, on=date(2018, 6, 1))) == []
    assert [a.reference for a in queries.activities(cast.souss, on=date(2018, 1, 1))] == ["E1"]


def test_archived_activities_are_left_out(cast, three):
    rules.archive_activity(by=cast.jette_coordinator, activity=three[0], reason="Essai")
    assert references(cast.jette) == []
    assert queries.totals(cast.jette).count == 0


def test_what_is_done_together_counts_once_at_the_group(cast, collective):
    totals = queries.totals(cast.souss)
    assert (totals.count, totals.counted_cents, totals.alone_cents, totals.saved_cents) == (
        1,
        300_000,
        520_000,
        220_000,
    )
    assert (totals.replaced, totals.collective, totals.participants) == (2, 1, 30)


def test_what_is_done_together_counts_at_its_share_in_the_partnership(cast, collective):
    jette, etterbeek = queries.totals(cast.jette), queries.totals(cast.etterbeek)
    assert (jette.counted_cents, jette.alone_cents, jette.count) == (220_000, 420_000, 1)
    assert jette.counted_cents + etterbeek.counted_cents == queries.totals(cast.souss).counted_cents
    assert jette.saved_cents + etterbeek.saved_cents == queries.totals(cast.souss).saved_cents


def test_a_crossing_group_counts_the_share_of_its_own_part(cast, collective):
    assert queries.totals(cast.theme).counted_cents == 220_000
    assert queries.totals(cast.country).counted_cents == 300_000


def test_each_line_adds_up_to_the_total(cast, collective):
    for body in (cast.country, cast.souss, cast.theme, cast.jette):
        found = queries.activities(body)
        lines = queries.reckon(found)
        assert set(lines) == {activity.pk for activity in found}
        assert sum(line.counted_cents or 0 for line in lines.values()) == queries.totals(body).counted_cents


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"text": "ENSEMBLE"}, ["C1"]),
        ({"text": "formation j1"}, ["J1"]),
        ({"kind": "social-diagnosis"}, ["S1"]),
        ({"result": "RI 1"}, ["C1", "E1", "J1", "S1"]),
        ({"result": "RI 9"}, []),
        ({"target": "officials"}, ["C1", "E1", "J1", "S1"]),
        ({"target": "youth"}, ["J1"]),
        ({"partnership": "jette-belfaa"}, ["J1"]),
        ({"first": date(2018, 1, 1)}, []),
        ({"first": date(2017, 10, 1), "last": date(2017, 10, 31)}, ["C1", "E1", "J1", "S1"]),
        ({"mandatory": True}, ["E1"]),
        ({"together": "alone"}, ["S1"]),
        ({"together": "replaced"}, ["E1", "J1"]),
        ({"together": "collective"}, ["C1"]),
        ({"unknown_cost": True}, ["S1"]),
    ],
)
def test_filters(cast, three, collective, filters, expected):
    three[0].other_targets.set([cast.youth])
    Activity.objects.filter(reference="E1").update(mandatory=True)
    assert sorted(references(cast.country, **filters)) == expected


def test_sorting_puts_the_unknown_last_both_ways(cast, three):
    assert references(cast.country, sort="cost") == ["E1", "J1", "S1"]
    assert references(cast.country, sort="-cost") == ["J1", "E1", "S1"]


def test_references_sort_as_people_count(cast):
    for number in (10, 9, 1):
        cast.activity(cast.plan_jette, f"A{number}")
    assert references(cast.jette) == ["A1", "A9", "A10"]


def test_plan_of_prefers_the_one_that_runs(cast):
    later = Plan.objects.create(
        body=cast.jette, framework=cast.framework, title="2019", start=date(2019, 1, 7), end=date(2020, 6, 28)
    )
    assert queries.plan_of(cast.jette, on=date(2018, 1, 1)) == cast.plan_jette
    assert queries.plan_of(cast.jette, on=date(2019, 6, 1)) == later
    assert queries.plan_of(cast.jette) == later
    assert queries.plan_of(cast.jette, on=date(2016, 1, 1)) == cast.plan_jette
    assert queries.plan_of(cast.souss) is None


def test_plans_by_state(cast):
    Plan.objects.filter(pk=cast.plan_jette.pk).update(state="validated")
    assert queries.plans_by_state(cast.country) == {"validated": 1, "draft": 2}
    assert queries.plans_by_state(cast.theme) == {"validated": 1, "draft": 1}


def test_history_says_who_what_and_why(cast, three):
    by = cast.jette_coordinator
    rules.change_activity(by=by, activity=three[0], version=1, cost_cents=500_050, mandatory=True)
    rules.archive_activity(by=by, activity=three[0], reason="Plus de salle")
    with translation.override("en"):
        archived, changed = histories.story(three[0])
        assert (archived.who, str(archived.act), archived.reason) == (by.name, "archived the activity", "Plus de salle")
        told = {str(change.label): (change.before, change.after) for change in changed.changes}
    assert told == {"Cost if done alone": ("€4,200", "€5,000.50"), "Must be done": ("no", "yes")}


def test_to_do_is_for_those_who_can_do_it(cast, three):
    coordinator, programme = cast.jette_coordinator, cast.programme_coordinator
    with translation.override("en"):
        assert [str(t.sentence) for t in queries.to_do(coordinator)] == [
            "Hand in the plan of Jette–Belfaa when it is ready."
        ]
        assert [t.href.split("?")[1] for t in queries.to_do(cast.neighbour) if "?" in t.href] == ["unknown_cost=on"]
        rules.submit_plan(by=coordinator, plan=cast.plan_jette)
        assert queries.to_do(coordinator) == []
        (validate,) = queries.to_do(programme)
        assert str(validate.sentence) == "Read and validate the plan of Jette–Belfaa."
        assert validate.body == cast.jette
        assert validate.since is not None
        rules.return_plan(by=programme, plan=cast.plan_jette, reason="Dates ?")
        assert queries.to_do(programme) == []
        assert "Dates ?" in str(queries.to_do(coordinator)[0].sentence)
    for who in (cast.stranger, cast.elected, cast.donor):
        assert queries.to_do(who) == []


def test_last_used_starts_the_next_activity(cast, three):
    by = cast.jette_coordinator
    assert queries.last_used(by, cast.plan_jette) == {}
    values = queries.natural_values(three[0]) | {"reference": "J2", "kind": "social-diagnosis"}
    rules.add_activity(by=by, plan=cast.plan_jette, **values)
    start = queries.last_used(by, cast.plan_jette)
    assert start["kind"] == "social-diagnosis"
    assert "title" not in start
