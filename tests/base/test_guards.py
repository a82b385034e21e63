"""The trail as the database keeps it: append-only, with many writers at once, and from before there was a chain."""

import threading
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from tests.base.test_chain import sealed, written
from tiwizi.base import audit, chain, guards
from tiwizi.base.models import AuditEntry, AuditHead, AuditWords, Job, Unchangeable

pytestmark = pytest.mark.django_db
__all__ = ["sealed"]  # a fixture


# --- Append-only ---


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE base_auditentry SET act = 'x'",
        "UPDATE base_auditentry SET seal = 'x'",
        "UPDATE base_auditentry SET number = number + 10",
        "DELETE FROM base_auditentry",
        "UPDATE base_auditwords SET text = ''",
        "UPDATE base_audithead SET number = 2",
        "DELETE FROM base_audithead",
    ],
)
def test_the_database_refuses_to_change_the_trail(sealed, statement):
    AuditWords.objects.filter(entry__number__lt=4).delete()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert AuditEntry.objects.count() == 6


def test_an_unsealed_entry_is_guarded_as_well():
    written(1)
    for change in ("act = 'x'", "act = 'x', number = 1, seal = 'x'"):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE base_auditentry SET {change}")


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no TRUNCATE")
@pytest.mark.django_db(transaction=True)
def test_the_trail_is_not_emptied(sealed):
    for table in ("base_auditwords", "base_audithead", "base_auditentry CASCADE"):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {table}")


def test_a_missing_guard_is_named():
    assert guards.missing(connection) == []
    with connection.cursor() as cursor:
        place = " ON base_auditentry" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER audit_entry_kept{place}")
    assert guards.missing(connection) == ["audit_entry_kept"]
    guards.install(connection)
    assert guards.missing(connection) == []


def test_the_code_refuses_too(sealed):
    entry = sealed[0]
    for change in (
        lambda: AuditEntry.objects.update(act="x"),
        lambda: AuditEntry.objects.filter(pk=entry.pk).delete(),
        lambda: AuditEntry.objects.bulk_update([entry], ["act"]),
        entry.delete,
    ):
        with pytest.raises(Unchangeable):
            change()


# --- Many writers ---

# In tests SQLite lives in memory, where threads do not wait for each other; bench/kills.py does this on a file.
ON_POSTGRES = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one writer in at a time")


@ON_POSTGRES
@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_writers_and_sealers_at_once_neither_fork_the_chain_nor_wait_for_each_other():
    """Entries are committed out of the order of their ids."""
    job = Job.objects.create(kind="test")
    failed: list[BaseException] = []
    line = threading.Barrier(6, timeout=20)

    def within(act):  # type: ignore[no-untyped-def]
        try:
            line.wait()
            for _ in range(12):
                act()
        except BaseException as error:
            failed.append(error)
            raise
        finally:
            connection.close()

    def write() -> None:
        with transaction.atomic():
            audit.record("write", job, by=None, after={"one": 1})
            audit.record("write", job, by=None)

    threads = [threading.Thread(target=within, args=[act]) for act in [write] * 4 + [chain.seal_waiting] * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []
    chain.seal_waiting()
    report = chain.verify()
    assert (report.sealed, report.waiting, report.faults) == (96, 0, 0)
    assert AuditHead.objects.get().number == 96


@ON_POSTGRES
@pytest.mark.django_db(transaction=True)
def test_an_act_under_way_waits_for_no_sealing():
    """While somebody seals, an act is written and committed; it is sealed next."""
    job = Job.objects.create(kind="test")
    with transaction.atomic():
        audit.record("first", job, by=None)
    with transaction.atomic():
        assert chain.seal_waiting() == 1  # holds the head until this transaction ends

        def act() -> None:
            try:
                with transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute("SET LOCAL lock_timeout = '3s'")
                    audit.record("second", job, by=None)
                done.append(True)
            finally:
                connection.close()

        done: list[bool] = []
        thread = threading.Thread(target=act)
        thread.start()
        thread.join(20)
        assert done == [True]
    assert chain.seal_waiting() == 1


# --- What stood before there was a chain ---


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_entries_from_before_the_chain_are_chained_and_keep_their_words():
    """The migrations are put back to the table as it was, and run over two old entries."""
    try:
        old = _migrate("0001_initial").get_model("base", "AuditEntry")
        old.objects.create(act="open-plan", object_type="plans.plan", object_id="1", after={"title": "Été"})
        old.objects.create(
            act="return-plan", object_type="plans.plan", object_id="1", reason="Trop cher", actor=uuid4()
        )
        old.objects.create(act="look", object_type="plans.plan", object_id="1")
    finally:
        _migrate(_latest())
    assert chain.verify().faults == 0
    assert (chain.verify().sealed, chain.head().number) == (3, 3)
    told = [(entry.reason, entry.before, entry.after) for entry in AuditEntry.objects.order_by("number")]
    assert told == [("", None, {"title": "Été"}), ("Trop cher", None, None), ("", None, None)]
    assert guards.missing(connection) == []


def _latest():
    """The name of the last migration: other tests need every table again."""
    return MigrationExecutor(connection).loader.graph.leaf_nodes("base")[0][1]


def _migrate(name):
    executor = MigrationExecutor(connection)
    executor.migrate([("base", name)])
    return MigrationExecutor(connection).loader.project_state([("base", name)]).apps
