"""The trail: written in the act's own transaction, or the act did not happen."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import transaction

from tiwizi.accounts.models import User
from tiwizi.base import audit, queries
from tiwizi.base.models import AuditEntry, Job
from tiwizi.network import rules
from tiwizi.network.models import Body


@pytest.mark.django_db(transaction=True)
def test_an_act_outside_a_transaction_is_not_recorded():
    job = Job.objects.create(kind="test")
    with pytest.raises(transaction.TransactionManagementError):
        audit.record("look", job, by=None)
    assert not AuditEntry.objects.exists()


@pytest.mark.django_db
def test_an_entry_says_who_what_why_before_and_after():
    job, body = Job.objects.create(kind="test"), uuid4()
    actor = type("Person", (), {"pk": uuid4()})()
    values = {"day": date(2017, 7, 3), "rate": Decimal("1.5"), "cents": None}
    audit.record("change", job, by=actor, body=body, reason="Parce que", before={"cents": 1}, after=values)
    entry = AuditEntry.objects.get()
    assert (entry.act, entry.actor, entry.body, entry.reason) == ("change", actor.pk, body, "Parce que")
    assert (entry.object_type, entry.object_id) == ("base.job", str(job.pk))
    assert entry.before == {"cents": 1}
    assert entry.after == {"day": "2017-07-03", "rate": "1.5", "cents": None}
    assert str(entry)


@pytest.mark.django_db
def test_the_system_acts_without_a_name():
    audit.record("load", Job.objects.create(kind="test"), by=None)
    assert AuditEntry.objects.get().actor is None


def test_only_what_changed_is_kept():
    before, after = {"a": 1, "b": 2, "c": None}, {"a": 1, "b": 3, "c": 0, "d": None}
    assert audit.changed(before, after) == ({"b": 2, "c": None}, {"b": 3, "c": 0})
    assert audit.changed(before, before) == ({}, {})


@pytest.mark.django_db
def test_the_history_of_one_object_newest_first():
    mine, other = Job.objects.create(kind="test"), Job.objects.create(kind="test")
    for act in ("first", "second"):
        audit.record(act, mine, by=None)
    audit.record("elsewhere", other, by=None)
    assert [entry.act for entry in queries.history_of(mine)] == ["second", "first"]


def test_an_act_whose_record_fails_did_not_happen(cast, monkeypatch):
    def broken(*args: object, **values: object) -> None:
        raise RuntimeError("no room for the trail")

    monkeypatch.setattr(audit, "record", broken)
    with pytest.raises(RuntimeError):
        rules.name_successor(by=cast.programme_coordinator, body=cast.jette, successor=cast.etterbeek)
    assert Body.objects.get(pk=cast.jette.pk).successor is None


def test_a_person_reads_only_the_jobs_she_asked_for(cast):
    job = Job.objects.create(kind="test", requested_by=cast.animator.pk)
    assert queries.job_of(cast.animator, job.pk) == job
    assert queries.job_of(cast.neighbour, job.pk) is None


@pytest.mark.django_db
def test_in_whose_name_an_act_was_done_is_what_the_actor_says():
    one, other = (User.objects.create_user(f"{n}@test.example", name=n) for n in ("a", "b"))
    assert audit.record("look", one, by=one).on_behalf is None
    one.acting_for = other.pk
    entry = audit.record("look", one, by=one)
    assert (entry.actor, entry.on_behalf) == (one.pk, other.pk)
    assert User.objects.get(pk=one.pk).acting_for is None  # it is said for each act anew
