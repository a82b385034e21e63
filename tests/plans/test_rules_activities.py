import pytest

from tiwizi.base.errors import Conflict, Refusal
from tiwizi.base.models import AuditEntry
from tiwizi.plans import rules
from tiwizi.plans.models import Activity, Plan
from tiwizi.plans.queries import natural_values


@pytest.fixture
def activity(cast):
    return cast.activity(cast.plan_jette, "A1")


@pytest.fixture
def values(activity):
    return natural_values(activity) | {"reference": "A2"}


@pytest.mark.parametrize("who", ["neighbour", "elected", "stranger", "animator", "etterbeek_coordinator"])
def test_who_may_not_changes_nothing(cast, activity, values, who):
    by = getattr(cast, who)
    acts = [
        lambda: rules.add_activity(by=by, plan=cast.plan_jette, **values),
        lambda: rules.change_activity(by=by, activity=activity, version=1, title="Autre"),
        lambda: rules.archive_activity(by=by, activity=activity, reason="Essai"),
        lambda: rules.restore_activity(by=by, activity=activity),
    ]
    for act in acts:
        with pytest.raises(Refusal) as caught:
            act()
        assert caught.value.code == "not-allowed"
    assert rules.why_not_edit(by=by, activity=activity).code == "not-allowed"
    assert list(Activity.objects.values_list("title", "version")) == [(activity.title, 1)]
    assert not AuditEntry.objects.exists()


def test_add_writes_everything_and_records_it(cast, values):
    added = rules.add_activity(by=cast.jette_coordinator, plan=cast.plan_jette, **values | {"hosts": ["ait-baha"]})
    assert natural_values(added) == values | {"hosts": ["ait-baha"]}
    entry = AuditEntry.objects.get(act="add-activity")
    assert entry.actor == cast.jette_coordinator.pk
    assert entry.after["cost_cents"] == 420_000


def test_add_refuses_faults_and_writes_nothing(cast, values):
    with pytest.raises(rules.FaultyActivity) as caught:
        rules.add_activity(by=cast.jette_coordinator, plan=cast.plan_jette, **values | {"title": "", "priority": 9})
    assert caught.value.code == "activity-faulty"
    assert caught.value.field == "title"
    assert len(caught.value.faults) == 2
    assert Activity.objects.count() == 1


def test_change_records_what_differs_only(cast, activity):
    changed = rules.change_activity(by=cast.jette_coordinator, activity=activity, version=1, title="Autre")
    assert (changed.title, changed.version) == ("Autre", 2)
    entry = AuditEntry.objects.get(act="change-activity")
    assert entry.before == {"title": "Formation des éducatrices du préscolaire"}
    assert entry.after == {"title": "Autre"}


def test_change_of_links_alone_is_a_change(cast, activity):
    changed = rules.change_activity(by=cast.jette_coordinator, activity=activity, version=1, hosts=["ait-baha"])
    assert changed.version == 2
    assert list(changed.hosts.all()) == [cast.ait_baha]


def test_a_change_that_changes_nothing_leaves_no_trace(cast, activity):
    same = rules.change_activity(by=cast.jette_coordinator, activity=activity, version=1, title=activity.title)
    assert same.version == 1
    assert not AuditEntry.objects.exists()


def test_the_second_writer_is_told_what_the_first_wrote(cast, activity):
    rules.change_activity(by=cast.jette_coordinator, activity=activity, version=1, title="La première")
    with pytest.raises(Conflict) as caught:
        rules.change_activity(by=cast.jette_coordinator, activity=activity, version=1, title="La seconde", priority=3)
    (clash,) = caught.value.merge.clashes
    assert (clash.theirs, clash.mine) == ({"title": "La première"}, {"title": "La seconde"})
    assert Activity.objects.get().title == "La première"


def test_archive_and_restore(cast, activity):
    archived = rules.archive_activity(by=cast.jette_coordinator, activity=activity, reason="Abandonnée")
    assert archived.archive_reason == "Abandonnée"
    with pytest.raises(Refusal) as caught:
        rules.change_activity(by=cast.jette_coordinator, activity=activity, version=2, title="X")
    assert caught.value.code == "activity-archived"
    restored = rules.restore_activity(by=cast.jette_coordinator, activity=activity)
    assert restored.archived_at is None
    with pytest.raises(Refusal) as caught:
        rules.restore_activity(by=cast.jette_coordinator, activity=activity)
    assert caught.value.code == "activity-not-archived"
    assert [e.act for e in AuditEntry.objects.order_by("id")] == ["archive-activity", "restore-activity"]


def test_an_edit_of_a_validated_plan_amends_it(cast, activity):
    Plan.objects.filter(pk=cast.plan_jette.pk).update(state="validated")
    rules.change_activity(by=cast.jette_coordinator, activity=activity, version=1, title="Autre")
    cast.plan_jette.refresh_from_db()
    assert cast.plan_jette.state == "amended"
    assert AuditEntry.objects.filter(act="amend-plan").count() == 1


def test_a_submitted_plan_is_not_edited(cast, activity, values):
    Plan.objects.filter(pk=cast.plan_jette.pk).update(state="submitted")
    for act in (
        lambda: rules.add_activity(by=cast.jette_coordinator, plan=cast.plan_jette, **values),
        lambda: rules.archive_activity(by=cast.jette_coordinator, activity=activity, reason="Essai"),
    ):
        with pytest.raises(Refusal) as caught:
            act()
        assert caught.value.code == "plan-submitted"


def test_a_failed_record_undoes_the_act(cast, values, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("no trail")

    monkeypatch.setattr("tiwizi.plans.rules.activities.audit.record", broken)
    with pytest.raises(RuntimeError):
        rules.add_activity(by=cast.jette_coordinator, plan=cast.plan_jette, **values)
    assert Activity.objects.count() == 1
