import threading
from datetime import date

import pytest
from django.db import connection, transaction

from tiwizi.base.errors import Refusal
from tiwizi.base.models import AuditEntry
from tiwizi.plans import rules
from tiwizi.plans.models import Activity, JointPart, Plan

WEEK = date(2017, 10, 2)


@pytest.fixture
def pair(cast):
    return cast.activity(cast.plan_jette, "A1"), cast.activity(cast.plan_etterbeek, "B1", participants=18)


def agreement(cast, pair, **changes):
    one, other = pair
    said = {
        "by": cast.etterbeek_coordinator,
        "body": cast.souss,
        "kind": cast.training,
        "title": "Formation commune",
        "host": cast.belfaa,
        "week": WEEK,
        "language": "fr",
        "parts": [(one, 420_000, 250_001), (other, 420_000, 249_999)],
        "cost_cents": 500_000,
    }
    return said | changes


def refused(code, cast, pair, /, **changes):
    with pytest.raises(Refusal) as caught:
        rules.create_collective_activity(**agreement(cast, pair, **changes))
    assert caught.value.code == code
    assert JointPart.objects.count() == 0 or code == "activity-replaced"


def test_the_agreement_stands_in_the_groups_own_plan(cast, pair):
    collective = rules.create_collective_activity(**agreement(cast, pair))
    assert collective.plan.body == cast.souss
    assert (collective.plan.start, collective.plan.end) == (cast.plan_jette.start, cast.plan_jette.end)
    assert collective.collective
    assert collective.reference == "C1"
    assert collective.participants == 30
    assert collective.languages == ["fr"]
    assert (collective.window_start, collective.window_end) == (WEEK, date(2017, 10, 8))
    parts = list(collective.parts.order_by("replaced__reference"))
    assert [(p.replaced, p.body, p.share_cents) for p in parts] == [
        (pair[0], cast.jette, 250_001),
        (pair[1], cast.etterbeek, 249_999),
    ]
    assert sum(p.share_cents for p in parts) == collective.cost_cents
    acts = list(AuditEntry.objects.order_by("id").values_list("act", flat=True))
    assert acts == ["open-plan", "create-collective", "join-collective", "join-collective"]


def test_a_second_agreement_uses_the_same_plan(cast, pair):
    rules.create_collective_activity(**agreement(cast, pair))
    more = cast.activity(cast.plan_jette, "A2"), cast.activity(cast.plan_etterbeek, "B2", participants=None)
    second = rules.create_collective_activity(**agreement(cast, more))
    assert second.reference == "C2"
    assert second.participants is None
    assert Plan.objects.filter(body=cast.souss).count() == 1


def test_agreements_that_do_not_hold_are_refused(cast, pair):
    one, other = pair
    refused("shares-differ", cast, pair, cost_cents=500_001)
    refused("share-above-alone", cast, pair, parts=[(one, 100, 420_000), (other, 420_000, 80_000)])
    refused("share-above-alone", cast, pair, parts=[(one, 900_000, 500_001), (other, 420_000, -1)])
    refused("parts-missing", cast, pair, parts=[], cost_cents=0, by=cast.animator)
    refused("parts-missing", cast, pair, parts=[(one, 9, 4), (one, 9, 4)], cost_cents=8, by=cast.animator)
    refused("week-not-monday", cast, pair, week=date(2017, 10, 3))
    refused("week-outside-window", cast, pair, week=date(2018, 10, 1))
    refused("kind-differs", cast, pair, kind=cast.diagnosis)


def test_archived_and_collective_activities_are_not_joined(cast, pair):
    rules.archive_activity(by=cast.jette_coordinator, activity=pair[0], reason="Essai")
    refused("activity-archived", cast, pair)
    rules.restore_activity(by=cast.jette_coordinator, activity=pair[0])
    Activity.objects.filter(pk=pair[0].pk).update(collective=True)
    refused("activity-collective", cast, pair)


def test_a_group_plan_for_other_weeks_is_not_stretched(cast, pair):
    Plan.objects.create(
        body=cast.souss, framework=cast.framework, title="2018", start=date(2018, 1, 1), end=date(2018, 12, 30)
    )
    refused("group-plan-elsewhere", cast, pair)


def test_an_activity_is_replaced_once(cast, pair):
    rules.create_collective_activity(**agreement(cast, pair))
    refused("activity-replaced", cast, pair)
    refused("activity-replaced", cast, pair, body=cast.theme)
    assert JointPart.objects.count() == 2


def test_what_is_under_agreement_is_neither_changed_nor_archived(cast, pair):
    collective = rules.create_collective_activity(**agreement(cast, pair))
    by = cast.jette_coordinator
    for act in (
        lambda: rules.change_activity(by=by, activity=pair[0], version=1, title="X"),
        lambda: rules.archive_activity(by=by, activity=pair[0], reason="Essai"),
    ):
        with pytest.raises(Refusal) as caught:
            act()
        assert caught.value.code == "activity-replaced"
        assert "C1 Formation commune" in str(caught.value.sentence)
    with pytest.raises(Refusal) as caught:
        rules.change_activity(by=cast.programme_coordinator, activity=collective, version=1, title="X")
    assert caught.value.code == "activity-collective"


@pytest.mark.parametrize("who", ["neighbour", "association", "stranger"])
def test_who_reads_no_round_writes_no_agreement(cast, pair, who):
    refused("not-allowed", cast, pair, by=getattr(cast, who))


def test_dissolving_gives_each_partner_its_activity_back(cast, pair):
    collective = rules.create_collective_activity(**agreement(cast, pair))
    for who in ("jette_coordinator", "neighbour", "elected"):
        with pytest.raises(Refusal) as caught:
            rules.dissolve_collective_activity(by=getattr(cast, who), activity=collective, reason="Non")
        assert caught.value.code == "not-allowed"
    with pytest.raises(Refusal) as caught:
        rules.dissolve_collective_activity(by=cast.animator, activity=collective, reason="")
    assert caught.value.code == "reason-missing"
    gone = rules.dissolve_collective_activity(by=cast.animator, activity=collective, reason="Salle fermée")
    assert gone.archived_at is not None
    assert rules.change_activity(by=cast.jette_coordinator, activity=pair[0], version=1, title="Libre").title == "Libre"
    with pytest.raises(Refusal) as caught:
        rules.dissolve_collective_activity(by=cast.animator, activity=gone, reason="Encore")
    assert caught.value.code == "not-collective"
    with pytest.raises(Refusal) as caught:
        rules.restore_activity(by=cast.programme_coordinator, activity=gone)
    assert caught.value.code == "activity-dissolved"
    assert rules.create_collective_activity(**agreement(cast, pair)).reference == "C2"


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_agreements_at_once_replace_an_activity_once():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one writer in at a time by itself")
    from tests.factories.cast import make_cast

    cast = make_cast()
    pair = cast.activity(cast.plan_jette, "A1"), cast.activity(cast.plan_etterbeek, "B1")
    outcomes: list[str] = []
    barrier = threading.Barrier(2)

    def agree(body):
        try:
            with transaction.atomic():
                barrier.wait(timeout=10)
                rules.create_collective_activity(**agreement(cast, pair, body=body))
            outcomes.append("written")
        except Refusal as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=agree, args=(body,)) for body in (cast.souss, cast.theme)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(outcomes) == ["activity-replaced", "written"]
    assert JointPart.objects.count() == 2
