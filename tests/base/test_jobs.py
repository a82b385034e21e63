"""The queue: one worker at a time, a late one writes nothing, what dies is tried again or said to have failed."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from tiwizi.base import audit, jobs
from tiwizi.base.jobs import Hold, LostLease, ask_to_cancel, claim, enqueue, run_next
from tiwizi.base.models import AuditEntry, Job

pytestmark = pytest.mark.django_db
KIND = "test.work"


@pytest.fixture
def handler() -> Iterator[Callable[[Callable[[Hold], None]], None]]:
    """`handler(function)` does the work of this kind of job, in this test."""
    yield jobs.handles(KIND)
    jobs._handlers.pop(KIND, None)


def silence(job: Job) -> None:
    """As if the worker that holds the job had died some time ago."""
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def effect(job: Job) -> None:
    """A result that a handler writes; the trail is a table like another."""
    audit.record("work-done", job, by=None)


def complete(hold: Hold) -> None:
    with hold.completing():
        effect(hold.job)


def test_nothing_waits():
    assert claim() is None
    assert run_next() is None


def test_the_oldest_job_is_claimed_first_and_once():
    first, second = enqueue(KIND, {"n": 1}), enqueue(KIND, {"n": 2})
    held = [claim(), claim(), claim()]
    assert [hold and hold.job.pk for hold in held] == [first.pk, second.pk, None]
    first.refresh_from_db()
    assert (first.state, first.attempts) == (Job.State.RUNNING, 1)
    left = first.lease_until - timezone.now()
    assert timedelta(seconds=settings.JOB_LEASE_SECONDS - 5) < left <= timedelta(seconds=settings.JOB_LEASE_SECONDS)


def test_of_two_workers_that_read_the_same_row_one_gets_it(monkeypatch):
    """Between the first worker's reading and its writing, a second one takes the job."""
    job = enqueue(KIND, {})
    stolen = []
    real = jobs._lease_end

    def steal():
        monkeypatch.setattr(jobs, "_lease_end", real)
        stolen.append(claim())
        return real()

    monkeypatch.setattr(jobs, "_lease_end", steal)
    assert claim() is None
    assert stolen[0].job.pk == job.pk
    job.refresh_from_db()
    assert job.attempts == 1


def test_a_job_runs_to_its_end(handler):
    seen = []
    handler(lambda hold: seen.append(hold.payload))
    job = enqueue(KIND, {"round": 7})
    ended = run_next()
    assert ended == job
    assert (ended.state, ended.progress, ended.lease_until, ended.error) == (Job.State.DONE, 100, None, "")
    assert ended.is_over
    assert ended.ended_at >= ended.started_at
    assert seen == [{"round": 7}]
    assert run_next() is None


def test_progress_is_told_and_kept_between_bounds(handler):
    seen = []

    def work(hold: Hold) -> None:
        for done in (-1, 0.256, 7):
            hold.progress(done, "searching", gap="0.1")
            row = Job.objects.get(pk=hold.job.pk)
            seen.append((row.progress, row.stage, row.detail))

    handler(work)
    enqueue(KIND, {})
    run_next()
    assert seen == [(p, "searching", {"gap": "0.1"}) for p in (0, 26, 100)]


def test_a_silent_workers_job_goes_to_another():
    job = enqueue(KIND, {})
    first = claim()
    assert claim() is None
    silence(job)
    second = claim()
    assert second.job.pk == job.pk
    assert (first.job.attempts, second.job.attempts) == (1, 2)


def test_a_worker_that_lost_its_lease_writes_nothing():
    job = enqueue(KIND, {})
    late = claim()
    silence(job)
    current = claim()
    with pytest.raises(LostLease):
        late.progress(0.9, "late")
    with pytest.raises(LostLease):
        complete(late)
    assert not AuditEntry.objects.exists()
    job.refresh_from_db()
    assert (job.state, job.stage) == (Job.State.RUNNING, "")
    complete(current)
    job.refresh_from_db()
    assert job.state == Job.State.DONE
    assert AuditEntry.objects.count() == 1


def test_a_late_worker_that_fails_does_not_touch_its_successors_job(handler):
    def work(hold: Hold) -> None:
        silence(hold.job)
        assert claim().job.attempts == 2
        raise ValueError("too late to matter")

    handler(work)
    job = enqueue(KIND, {})
    run_next()
    job.refresh_from_db()
    assert (job.state, job.attempts, job.error) == (Job.State.RUNNING, 2, "")


def test_a_crash_in_the_middle_runs_again_with_one_effect(handler):
    """The first worker is killed after writing, before its transaction ends: its writing never happened."""
    tries = []

    def work(hold: Hold) -> None:
        tries.append(hold.job.attempts)
        with hold.completing():
            effect(hold.job)
            if len(tries) == 1:
                raise KeyboardInterrupt

    handler(work)
    job = enqueue(KIND, {})
    with pytest.raises(KeyboardInterrupt):
        run_next()
    job.refresh_from_db()
    assert job.state == Job.State.RUNNING
    assert run_next() is None
    silence(job)
    assert run_next().state == Job.State.DONE
    assert tries == [1, 2]
    assert AuditEntry.objects.filter(act="work-done").count() == 1


def test_results_and_the_jobs_end_are_one_transaction(handler):
    def work(hold: Hold) -> None:
        with hold.completing():
            effect(hold.job)
            raise ValueError("after writing")

    handler(work)
    enqueue(KIND, {})
    job = run_next()
    assert (job.state, job.error) == (Job.State.QUEUED, "ValueError: after writing")
    assert not AuditEntry.objects.exists()


def test_the_last_attempt_that_fails_ends_the_job(handler):
    def work(hold: Hold) -> None:
        raise ValueError(f"attempt {hold.job.attempts}")

    handler(work)
    enqueue(KIND, {})
    states = [run_next().state for _ in range(3)]
    assert states == [Job.State.QUEUED, Job.State.QUEUED, Job.State.FAILED]
    job = Job.objects.get()
    assert (job.error, job.attempts) == ("ValueError: attempt 3", 3)
    assert job.ended_at
    assert run_next() is None


def test_the_last_attempt_that_dies_silently_has_failed():
    job = enqueue(KIND, {})
    for _ in range(3):
        assert claim().job.pk == job.pk
        silence(job)
    assert claim() is None
    job.refresh_from_db()
    assert (job.state, job.error) == (Job.State.FAILED, "the worker died")


def test_a_job_of_an_unknown_kind_fails_at_once():
    enqueue("test.nobody", {})
    job = run_next()
    assert (job.state, job.attempts) == (Job.State.FAILED, 1)
    assert "test.nobody" in job.error


def test_the_same_key_is_never_queued_twice():
    first = enqueue(KIND, {"n": 1}, key="round-7")
    assert enqueue(KIND, {"n": 2}, key="round-7") == first
    assert enqueue(KIND, {}, key="round-8") != first
    assert enqueue(KIND, {}) != enqueue(KIND, {})
    assert Job.objects.count() == 4


def test_the_database_refuses_what_the_queue_never_writes():
    for wrong in ({"state": "lost"}, {"progress": 101}, {"state": "running"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Job.objects.create(kind=KIND, **wrong)


def test_a_waiting_job_is_cancelled_at_once():
    job = enqueue(KIND, {})
    ask_to_cancel(job)
    job.refresh_from_db()
    assert job.state == Job.State.CANCELLED
    assert job.ended_at
    assert claim() is None


def test_a_running_job_stops_at_its_next_sign_of_life(handler):
    after = []

    def work(hold: Hold) -> None:
        ask_to_cancel(hold.job)
        hold.progress(0.5)
        after.append("went on")

    handler(work)
    enqueue(KIND, {})
    job = run_next()
    assert (job.state, job.lease_until) == (Job.State.CANCELLED, None)
    assert after == []


@pytest.mark.parametrize("dies", ["loudly", "silently"])
def test_a_cancelled_job_whose_worker_dies_is_not_tried_again(handler, dies):
    def work(hold: Hold) -> None:
        ask_to_cancel(hold.job)
        raise ValueError if dies == "loudly" else KeyboardInterrupt

    handler(work)
    job = enqueue(KIND, {})
    if dies == "loudly":
        run_next()
    else:
        with pytest.raises(KeyboardInterrupt):
            run_next()
        silence(job)
    assert run_next() is None
    job.refresh_from_db()
    assert job.state == Job.State.CANCELLED


def test_a_job_that_is_over_is_not_cancelled(handler):
    handler(lambda hold: None)
    job = enqueue(KIND, {})
    run_next()
    ask_to_cancel(job)
    job.refresh_from_db()
    assert (job.state, job.cancel_asked) == (Job.State.DONE, False)


def test_the_lease_is_renewed_while_a_handler_computes(monkeypatch, handler, settings):
    """The heartbeat beats from a thread; here its writing is only counted."""
    settings.JOB_LEASE_SECONDS = 0.03
    beats = threading.Event()
    monkeypatch.setattr(Hold, "_mine", lambda self: type("Rows", (), {"update": lambda _, **f: beats.set()})())
    hold = Hold(Job(kind=KIND))
    with jobs._heartbeat(hold):
        assert beats.wait(5)
    assert not [t for t in threading.enumerate() if t.name.startswith("Thread") and t.daemon and t.is_alive()]


def test_the_worker_runs_what_waits_and_ends(handler, capsys, monkeypatch):
    monkeypatch.setattr("signal.signal", lambda number, act: None)
    handler(lambda hold: None)
    enqueue(KIND, {})
    enqueue("test.nobody", {})
    call_command("worker", "--once")
    assert {job.state for job in Job.objects.all()} == {Job.State.DONE, Job.State.FAILED}
    out = capsys.readouterr().out
    assert f"{KIND} " in out
    assert "no handler for test.nobody" in out
