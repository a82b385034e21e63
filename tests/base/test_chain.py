"""The trail as a chain: what was written is sealed in its place, and every way of changing it afterwards shows."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from tests.factories.trail import backdate
from tiwizi.base import audit, chain, guards
from tiwizi.base.chain import Head
from tiwizi.base.models import AuditEntry, AuditWords, Job

pytestmark = pytest.mark.django_db


@transaction.atomic
def written(count: int, **more: object) -> list[AuditEntry]:
    job = Job.objects.create(kind="test")
    return [audit.record(f"act-{n}", job, by=None, after={"n": n}, **more) for n in range(1, count + 1)]


@pytest.fixture
def sealed() -> list[AuditEntry]:
    """Six entries, in the chain."""
    written(6)
    assert chain.seal_waiting() == 6
    return list(AuditEntry.objects.order_by("number"))


def forge(statement: str, *values: object) -> None:
    """What somebody does who has the database and has put its guards aside."""
    guards.remove(connection)
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
    guards.install(connection)


# --- Sealing ---


def test_an_entry_is_sealed_after_its_act_and_in_order():
    entries = written(3)
    assert [entry.number for entry in entries] == [None, None, None]
    assert chain.head() == Head(0, chain.BEGINNING)
    assert chain.seal_waiting() == 3
    assert chain.seal_waiting() == 0
    rows = list(AuditEntry.objects.order_by("pk"))
    assert [entry.number for entry in rows] == [1, 2, 3]
    assert rows[1].seal == chain.seal_of(rows[0].seal, 2, rows[1])
    assert chain.head() == Head(3, rows[2].seal)


def test_more_than_one_batch(monkeypatch):
    monkeypatch.setattr(chain, "BATCH", 4)
    written(10)
    assert chain.seal_waiting() == 10
    report = chain.verify()
    assert (report.sealed, report.faults, report.end) == (10, 0, chain.head())


def test_the_canonical_form_is_the_documented_one():
    """The example of docs/formats/audit.md: whoever verifies without Tiwizi must find the same."""
    entry = SimpleNamespace(
        pk=7,
        at=datetime(2026, 11, 26, 16, 30, tzinfo=UTC),
        actor=UUID("11111111-1111-4111-8111-111111111111"),
        on_behalf=None,
        act="submit-plan",
        object_type="plans.plan",
        object_id="22222222-2222-4222-8222-222222222222",
        body=UUID("33333333-3333-4333-8333-333333333333"),
        words_digest=chain.words_digest("00" * 16, chain.words_text("Prêt", None, {"state": "submitted"})),
    )
    text = (Path(__file__).parents[2] / "docs/formats/audit.md").read_text(encoding="utf-8")
    assert f"`{chain.words_text('Prêt', None, {'state': 'submitted'})}`" in text
    assert f"`{entry.words_digest}`" in text
    assert f"`{chain.seal_of(chain.BEGINNING, 1, entry)}`" in text


def test_words_are_the_same_text_in_any_order_and_script():
    assert chain.words_text("", {"b": 1, "a": None}, None) == chain.words_text("", {"a": None, "b": 1}, None)
    assert "ⵜⵉⵡⵉⵣⵉ تويزا" in chain.words_text("ⵜⵉⵡⵉⵣⵉ تويزا", None, None)
    job = Job.objects.create(kind="test")
    values = {"big": 1e16, "small": 1e-7, "text": "\u0000 «’»", "list": [1.50, None, True]}
    audit.record("odd", job, by=None, after=values)
    chain.seal_waiting()
    assert AuditEntry.objects.get().after == values
    assert chain.verify().faults == 0


# --- Verifying ---


def test_a_whole_chain(sealed):
    report = chain.verify()
    assert (report.sealed, report.waiting, report.faults, report.first) == (6, 0, 0, "")
    written(2)
    assert (chain.verify().waiting, chain.verify().overdue) == (2, 0)


def test_no_chain_yet():
    assert (chain.verify().sealed, chain.verify().faults) == (0, 0)


FORGERIES = {
    "act": "UPDATE base_auditentry SET act = 'other' WHERE number = 3",
    "time": "UPDATE base_auditentry SET at = '2020-01-01 00:00:00+00:00' WHERE number = 3",
    "actor": f"UPDATE base_auditentry SET actor = '{uuid4().hex}' WHERE number = 3",
    "on behalf": f"UPDATE base_auditentry SET on_behalf = '{uuid4().hex}' WHERE number = 3",
    "object": "UPDATE base_auditentry SET object_id = 'x' WHERE number = 3",
    "type": "UPDATE base_auditentry SET object_type = 'x' WHERE number = 3",
    "body": f"UPDATE base_auditentry SET body = '{uuid4().hex}' WHERE number = 3",
    "digest": "UPDATE base_auditentry SET words_digest = 'x' WHERE number = 3",
    "seal": "UPDATE base_auditentry SET seal = 'x' WHERE number = 3",
}


@pytest.mark.parametrize("what", FORGERIES)
def test_a_changed_field_shows(sealed, what):
    forge(FORGERIES[what])
    report = chain.verify()
    assert report.first.startswith(("Entry 3 (", "The words of entry 3 ")), report.first
    assert report.sealed == 6


def test_changed_words_show(sealed):
    forge('UPDATE base_auditwords SET text = \'{"after":{"n":9}}\' WHERE entry_id = %s', sealed[2].pk)
    assert chain.verify().first == "The words of entry 3 are not those that were written."


def test_words_changed_before_they_are_sealed_show():
    entry = written(1)[0]
    forge("UPDATE base_auditwords SET text = '{}' WHERE entry_id = %s", entry.pk)
    assert "not yet sealed" in chain.verify().first


def test_an_entry_removed_in_the_middle_shows(sealed):
    AuditWords.objects.filter(entry=sealed[2]).delete()
    forge("DELETE FROM base_auditentry WHERE number = 3")
    assert chain.verify().first == "Entry 3 is missing from the chain."
    forge("DELETE FROM base_auditwords WHERE entry_id = %s", sealed[3].pk)
    forge("DELETE FROM base_auditentry WHERE number = 4")
    assert chain.verify().first == "Entries 3 to 4 are missing from the chain."


def test_a_removed_entry_whose_followers_move_up_shows(sealed):
    AuditWords.objects.filter(entry=sealed[2]).delete()
    forge("DELETE FROM base_auditentry WHERE number = 3")
    for number in (4, 5, 6):
        forge("UPDATE base_auditentry SET number = number - 1 WHERE number = %s", number)
    report = chain.verify()
    assert report.first.startswith("Entry 3 (act-4")
    assert report.faults >= 2


def test_a_removed_end_shows_against_the_head(sealed):
    AuditWords.objects.filter(entry__number__gt=4).delete()
    forge("DELETE FROM base_auditentry WHERE number > 4")
    sentence = "The chain reached entry 6 once and ends at 4: its end was removed."
    assert chain.verify().first == sentence
    # What is written afterwards does not hide it.
    written(1)
    chain.seal_waiting()
    assert chain.verify().first == "Entries 5 to 6 are missing from the chain."


def test_a_removed_end_with_its_head_shows_against_a_kept_head(sealed):
    kept = chain.head()
    AuditWords.objects.filter(entry__number__gt=4).delete()
    forge("DELETE FROM base_auditentry WHERE number > 4")
    forge("UPDATE base_audithead SET number = 4, seal = %s", sealed[3].seal)
    assert chain.verify().faults == 0
    assert "reached entry 6 once" in chain.verify([kept]).first
    written(3)
    chain.seal_waiting()
    assert chain.verify().faults == 0
    assert chain.verify([kept]).first.startswith("Entry 6 is not the one whose head was kept")


def test_a_removed_head_shows_and_stops_the_sealing(sealed):
    forge("DELETE FROM base_audithead")
    assert "beyond its recorded end" in chain.verify().first
    written(1)
    with pytest.raises(chain.BrokenChain):
        chain.seal_waiting()


def test_two_entries_that_changed_places_show(sealed):
    forge("UPDATE base_auditentry SET number = 100 WHERE number = 2")
    forge("UPDATE base_auditentry SET number = 2 WHERE number = 3")
    forge("UPDATE base_auditentry SET number = 3 WHERE number = 100")
    assert chain.verify().first.startswith("Entry 2 (act-3")


def test_a_forged_entry_put_between_shows(sealed):
    for number in (6, 5, 4):
        forge("UPDATE base_auditentry SET number = number + 1 WHERE number = %s", number)
    entry = written(1)[0]
    seal = chain.seal_of(sealed[2].seal, 4, entry)
    forge("UPDATE base_auditentry SET number = 4, seal = %s WHERE id = %s", seal, entry.pk)
    report = chain.verify()
    assert report.first.startswith("Entry 5 (")


def test_what_no_worker_sealed_is_overdue():
    written(1)
    backdate(timezone.now() - timedelta(hours=1))
    assert chain.verify().overdue == 1


# --- Erasing ---


def test_erased_words_leave_the_chain_whole():
    job = Job.objects.create(kind="test")
    entry = audit.record("refuse", job, by=None, reason="Madame X est malade")
    chain.seal_waiting()
    audit.forget(entry, by=None, reason="Demande de la personne")
    chain.seal_waiting()
    report = chain.verify()
    assert (report.faults, report.forgotten, report.sealed) == (0, 1, 2)
    read = AuditEntry.objects.get(act="refuse")
    assert (read.reason, read.before, read.after) == ("", None, None)
    assert not AuditWords.objects.filter(text__contains="Madame").exists()


def test_words_that_vanish_without_an_erasure_show(sealed):
    AuditWords.objects.filter(entry=sealed[4]).delete()
    assert "words of entry 5 are gone" in chain.verify().first


def test_an_act_without_words_has_none_to_lose():
    audit.record("look", Job.objects.create(kind="test"), by=None)
    chain.seal_waiting()
    assert not AuditWords.objects.exists()
    assert chain.verify().faults == 0


def test_on_whose_behalf_is_recorded():
    person = uuid4()
    entry = audit.record("sign", Job.objects.create(kind="test"), by=None, on_behalf=person)
    assert AuditEntry.objects.get(pk=entry.pk).on_behalf == person


# --- The command ---


def test_verify_says_that_all_is_well(sealed, capsys):
    written(2)
    call_command("audit", "verify", head=[str(chain.head())])
    out = capsys.readouterr().out
    assert "6 entries" in out
    assert "2 wait" in out
    assert str(chain.head()) in out


def test_verify_names_the_first_broken_link(sealed, capsys):
    forge(FORGERIES["act"])
    with pytest.raises(CommandError, match=r"Entry 3 \("):
        call_command("audit", "verify")


def test_seal_and_head(capsys):
    written(2)
    call_command("audit", "seal")
    call_command("audit", "head")
    assert capsys.readouterr().out.splitlines() == ["2 entries sealed.", str(chain.head())]


@pytest.mark.parametrize("typed", ["", "7", "x:" + "0" * 64, "7:zz"])
def test_a_head_that_is_none(typed):
    with pytest.raises(CommandError, match="--head"):
        call_command("audit", "verify", head=[typed])
