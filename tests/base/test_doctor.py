"""The doctor finds what is wrong, says it plainly, and finds nothing where nothing is."""

import hashlib
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from tests.factories.rounds import proposed
from tests.factories.trail import backdate
from tiwizi.base import chain, doctor, guards, jobs
from tiwizi.base.doctor.base import file_faults
from tiwizi.base.models import Job
from tiwizi.plans import rules
from tiwizi.plans.models import Activity, JointPart, PlanImport
from tiwizi.pooling.models import Proposal, ProposalPart, Run
from tiwizi.pooling.rules import accept_part

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def var(settings, tmp_path):
    settings.VAR = tmp_path
    return tmp_path


def faults() -> list[str]:
    return [sentence for found in doctor.examine() for sentence in found.faults]


def recorded(cast) -> None:
    """The activities that the factories wrote without a rule get a record."""
    for activity in Activity.objects.all():
        rules.change_activity(by=cast.programme_coordinator, activity=activity, version=activity.version, note="Vu")


def test_nothing_is_wrong_with_nothing(capsys):
    call_command("doctor")
    out = capsys.readouterr().out
    assert out.endswith("All is well.\n")
    assert "WRONG" not in out
    assert "ok    The audit trail is whole and guarded" in out


def test_a_lost_guard_a_broken_chain_and_a_late_seal(cast):
    rules.set_budget(by=cast.jette_coordinator, plan=cast.plan_jette, pooling_budget_cents=5)
    chain.seal_waiting()
    backdate(timezone.now() - timedelta(days=1))
    rules.set_budget(by=cast.jette_coordinator, plan=cast.plan_jette, pooling_budget_cents=6)
    backdate(timezone.now() - timedelta(days=1), number__isnull=True)
    guards.remove(connection)
    found = faults()
    assert found[0].startswith("Triggers are gone")
    assert "audit_entry_kept" in found[0]
    assert any(one.startswith("Entry 1 (set-budget") for one in found)
    assert any("wait for their seal" in one for one in found)
    with pytest.raises(CommandError, match="Something is wrong"):
        call_command("doctor")


def test_forgotten_jobs():
    running, waiting = jobs.enqueue("test", {}), jobs.enqueue("test", {})
    assert faults() == []
    long_ago = timezone.now() - timedelta(hours=1)
    Job.objects.filter(pk=running.pk).update(state="running", lease_until=long_ago)
    Job.objects.filter(pk=waiting.pk).update(created_at=long_ago)
    first, second = faults()
    assert f"({running.pk}) is silent" in first
    assert second.startswith("1 jobs wait")
    Job.objects.filter(pk=running.pk).update(lease_until=timezone.now())
    assert faults() == []


def test_a_row_that_names_another_that_is_gone(cast):
    activity = cast.activity(cast.plan_jette)
    with connection.constraint_checks_disabled(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
        pk = activity.pk.hex if connection.vendor == "sqlite" else activity.pk
        cursor.execute("UPDATE plans_activity SET kind_id = %s WHERE id = %s", [cast.jette.pk.hex, pk])
        found = faults()
        cursor.execute("UPDATE plans_activity SET kind_id = %s WHERE id = %s", [cast.training.pk.hex, pk])
    assert "1 rows of plans.Activity name a kind that is not there." in found


def test_files_by_their_checksum(tmp_path):
    storage = FileSystemStorage(location=tmp_path / "files")
    name = storage.save("accord.pdf", ContentFile(b"%PDF"))
    assert list(file_faults(storage, name, hashlib.sha256(b"%PDF").hexdigest())) == []
    assert list(file_faults(storage, name, "")) == []
    assert list(file_faults(storage, name, "0" * 64)) == [
        "The file accord.pdf is not what was stored: its checksum differs."
    ]
    assert list(file_faults(storage, "other.pdf", "")) == ["The file other.pdf is gone."]


def test_an_interrupted_restore(var):
    (var / "restore-unfinished").write_text("backup.tar.gz")
    assert faults() == ["A restore of backup.tar.gz did not end: run it again."]


def test_an_activity_that_nobody_recorded(cast):
    cast.activity(cast.plan_jette, "J1")
    assert len(faults()) == 1
    assert faults()[0].startswith("J1 Formation")
    recorded(cast)
    assert faults() == []


def test_an_import_applied_twice(cast):
    PlanImport.objects.create(
        plan=cast.plan_jette, file_name="x", sha256="0" * 64, state="applied", applied_at=timezone.now()
    )
    (found,) = faults()
    assert found.endswith("1 imports with apply-import, 0 recorded.")


def test_a_round_whose_figures_or_answers_do_not_hold(cast):
    _round, proposal = proposed(cast)
    recorded(cast)
    assert faults() == []
    Proposal.objects.filter(pk=proposal.pk).update(cost_cents=1)
    assert any("the cost 1." in one for one in faults())
    Proposal.objects.filter(pk=proposal.pk).update(cost_cents=proposal.cost_cents)
    Run.objects.update(ended_at=None)
    assert any("0 computations ended, 1 ends are recorded" in one for one in faults())


def test_an_agreement_that_lost_a_yes_or_a_cent(cast):
    _round, proposal = proposed(cast)
    for part, person in zip(
        proposal.parts.order_by("body__slug"), [cast.etterbeek_coordinator, cast.jette_coordinator], strict=True
    ):
        accept_part(by=person, part=part)
    found = [one for one in faults() if "nobody recorded" not in one]
    assert found == []
    part = ProposalPart.objects.filter(proposal=proposal).first()
    ProposalPart.objects.filter(pk=part.pk).update(answer="awaited", answered_at=None)
    JointPart.objects.filter(replaced=part.activity).update(share_cents=1)
    found = faults()
    assert any("agreed without this partner's yes" in one for one in found)
    assert any("the shares are" in one for one in found)


def test_a_database_that_does_not_answer(monkeypatch):
    from django.db import OperationalError

    def gone():
        raise OperationalError("no route to the database")
        yield

    monkeypatch.setitem(doctor._checks, "The database can be read to its end", gone)
    with pytest.raises(CommandError, match="does not answer"):
        call_command("doctor")
