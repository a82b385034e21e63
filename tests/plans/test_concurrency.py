"""Two people save the same activity at the same moment, on PostgreSQL: both changes stand, or one is asked."""

import pytest
from django.db import connection

from tests.factories.at_once import at_once
from tests.factories.cast import make_cast
from tests.factories.rounds import opened, with_plans
from tiwizi.base.merging import Seen
from tiwizi.base.models import AuditEntry, Draft
from tiwizi.base.rules import keep_draft
from tiwizi.plans import rules
from tiwizi.plans.models import Activity
from tiwizi.plans.queries import natural_values
from tiwizi.pooling import rules as pooling
from tiwizi.pooling.queries import flat, row_values

pytestmark = [
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="SQLite lets one writer in at a time; make test runs PostgreSQL too"
    ),
    pytest.mark.django_db(transaction=True),
    pytest.mark.slow,
]


@pytest.fixture
def cast(transactional_db):
    return make_cast()


@pytest.fixture
def activity(cast):
    return cast.activity(cast.plan_jette)


def save(by, activity, **fields):
    seen = Seen(activity.version, natural_values(activity))
    return lambda: rules.change_activity(by=by, activity=activity, seen=seen, **seen.values | fields)


def test_what_two_change_apart_stands_whoever_is_first(cast, activity):
    given = at_once(
        save(cast.jette_coordinator, activity, title="Mien", other_targets=["youth"]),
        save(cast.programme_coordinator, activity, participants=40, languages=["fr", "ar", "ber"]),
    )
    assert given == [activity, activity]
    found = natural_values(Activity.objects.get())
    assert (found["title"], found["participants"], found["other_targets"]) == ("Mien", 40, ["youth"])
    assert found["languages"] == ["fr", "ar", "ber"]
    assert Activity.objects.get().version == 3
    assert AuditEntry.objects.filter(act="change-activity").count() == 2


def test_what_both_change_is_written_once_and_the_other_is_asked(cast, activity):
    given = at_once(
        save(cast.jette_coordinator, activity, title="Mien", note="A"),
        save(cast.programme_coordinator, activity, title="Autre", priority=5),
    )
    assert given.count("changed-meanwhile") == 1
    found = Activity.objects.get()
    assert (found.title, found.version) in {("Mien", 2), ("Autre", 2)}
    assert AuditEntry.objects.filter(act="change-activity").count() == 1


def test_an_activity_is_changed_and_archived_at_once(cast, activity):
    given = at_once(
        save(cast.jette_coordinator, activity, title="Mien"),
        lambda: rules.archive_activity(by=cast.programme_coordinator, activity=activity, reason="Plus de salle"),
    )
    found = Activity.objects.get()
    assert found.archived_at is not None
    assert given[1] == activity
    assert given[0] in (activity, "activity-archived")
    assert (found.title == "Mien") == (given[0] == activity)


def test_two_change_different_rows_of_a_round(cast):
    with_plans(cast)
    round = opened(cast)
    rows = list(round.partners.all())
    seen = Seen(round.version, {flat(row.pk, n): v for row in rows for n, v in row_values(row).items()})

    def change(by, mine, cents):
        said = {row: row_values(row) | ({"budget_cents": cents} if row == mine else {}) for row in rows}
        return lambda: pooling.change_settings(by=by, round=round, rows=said, seen=seen)

    given = at_once(change(cast.animator, rows[0], 111), change(cast.programme_coordinator, rows[1], 222))
    assert given == [round, round]
    assert [row.budget_cents for row in round.partners.all()] == [111, 222]


def test_one_draft_from_two_windows_at_once(cast):
    by, path = cast.jette_coordinator, "/b/jette-belfaa/plan/add/"
    at_once(
        lambda: keep_draft(by=by, path=path, data={"title": ["A"]}),
        lambda: keep_draft(by=by, path=path, data={"title": ["B"]}),
    )
    assert Draft.objects.get().data["title"] in (["A"], ["B"])
