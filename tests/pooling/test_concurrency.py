"""Two people at once, on PostgreSQL: what SQLite's single writer cannot show."""

import pytest
from django.db import connection

from tests.factories.at_once import at_once
from tests.factories.cast import make_cast
from tests.factories.rounds import opened, proposed, with_plans
from tests.pooling.pages import part_of
from tiwizi.base import jobs
from tiwizi.base.models import AuditEntry, Job
from tiwizi.plans.models import Activity, JointPart
from tiwizi.pooling import rules
from tiwizi.pooling.models import Condition, Run

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


def test_two_partners_accept_at_the_same_time(cast):
    """Both think that the other has still to answer, or both think that they are the last: neither may happen."""
    _round, proposal = proposed(cast)
    jette, etterbeek = part_of(proposal, cast.jette), part_of(proposal, cast.etterbeek)
    given = at_once(
        lambda: rules.accept_part(by=cast.jette_coordinator, part=jette),
        lambda: rules.accept_part(by=cast.etterbeek_coordinator, part=etterbeek),
    )
    assert set(given) == {jette, etterbeek}
    proposal.refresh_from_db()
    assert proposal.state == "agreed"
    (collective,) = Activity.objects.filter(collective=True)
    assert proposal.collective == collective
    assert JointPart.objects.count() == 2
    assert AuditEntry.objects.filter(act="agree-proposal").count() == 1


def test_one_accepts_while_the_other_refuses(cast):
    _round, proposal = proposed(cast)
    jette, etterbeek = part_of(proposal, cast.jette), part_of(proposal, cast.etterbeek)
    accepted, refused = at_once(
        lambda: rules.accept_part(by=cast.jette_coordinator, part=jette),
        lambda: rules.refuse_part(by=cast.etterbeek_coordinator, part=etterbeek, reason="Non"),
    )
    assert refused == etterbeek
    assert accepted in (jette, "proposal-over")  # before the refusal, or told that it is too late
    proposal.refresh_from_db()
    jette.refresh_from_db()
    assert proposal.state == "refused"
    assert jette.answer == ("accepted" if accepted == jette else "awaited")
    assert not Activity.objects.filter(collective=True).exists()
    assert Condition.objects.filter(sort="refused").count() == 1


def test_the_same_part_is_answered_once(cast):
    """Two windows of one person."""
    _round, proposal = proposed(cast)
    part = part_of(proposal, cast.jette)
    given = at_once(
        lambda: rules.accept_part(by=cast.jette_coordinator, part=part),
        lambda: rules.refuse_part(by=cast.jette_coordinator, part=part, reason="Non"),
    )
    assert len({"part-answered", "proposal-over"} & {one for one in given if isinstance(one, str)}) == 1
    assert AuditEntry.objects.filter(act__in=["accept-part", "refuse-part"]).count() == 1


def test_two_who_lead_start_one_run(cast):
    with_plans(cast)
    round = opened(cast)
    given = at_once(
        lambda: rules.start_run(by=cast.animator, round=round),
        lambda: rules.start_run(by=cast.programme_coordinator, round=round),
    )
    assert "round-running" in given
    (run,) = Run.objects.all()
    assert run in given
    assert Job.objects.count() == 1


def test_an_answer_and_a_run_take_turns(cast):
    """The run takes what was accepted along, or the answer is told to wait: never an answer lost under the run."""
    round, proposal = proposed(cast)
    part = part_of(proposal, cast.jette)
    answered, run = at_once(
        lambda: rules.accept_part(by=cast.jette_coordinator, part=part),
        lambda: rules.start_run(by=cast.animator, round=round),
    )
    assert isinstance(run, Run)
    kept = run.labels["agreed"]
    assert (answered, kept) in [("round-running", []), (part, [str(proposal.pk)])]


def test_closing_and_answering_take_turns(cast):
    round, proposal = proposed(cast)
    rules.accept_part(by=cast.jette_coordinator, part=part_of(proposal, cast.jette))
    part = part_of(proposal, cast.etterbeek)
    answered, _closed = at_once(
        lambda: rules.accept_part(by=cast.etterbeek_coordinator, part=part),
        lambda: rules.close_round(by=cast.animator, round=round),
    )
    proposal.refresh_from_db()
    assert (answered, proposal.state) in [("round-closed", "replaced"), (part, "agreed")]
    assert Activity.objects.filter(collective=True).exists() is (proposal.state == "agreed")
    lapsed = proposal.state == "replaced"
    assert AuditEntry.objects.get(act="close-round").after == {"agreed": int(not lapsed), "lapsed": int(lapsed)}


def test_of_many_workers_one_takes_the_job(cast):
    jobs.enqueue("pooling.run", {"run": "none"})
    holds = at_once(*[jobs.claim] * 4)
    assert sum(hold is not None for hold in holds) == 1
    assert Job.objects.get().attempts == 1


def test_as_many_workers_as_jobs_take_one_each(cast):
    for number in range(4):
        jobs.enqueue("pooling.run", {"run": str(number)})
    holds = at_once(*[jobs.claim] * 4)
    taken = [hold.payload["run"] for hold in holds if hold is not None]
    assert len(taken) == len(set(taken))
    assert sorted(taken) == ["0", "1", "2", "3"]
