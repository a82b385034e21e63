"""From plans to proposals: the problem, the job, what it writes."""

from datetime import date

import pytest

from tests.factories.rounds import opened, proposed, run, with_plans
from tiwizi.base import jobs
from tiwizi.base.errors import Refusal
from tiwizi.base.models import AuditEntry, Job
from tiwizi.pooling import queries, rules
from tiwizi.pooling.models import Proposal, Run
from tiwizi_engine import pooling


def test_run_proposes_what_is_cheaper_together(cast):
    round, proposal = proposed(cast)
    assert round.state == "proposed"
    parts = list(proposal.parts.all())
    assert {part.body for part in parts} == {cast.jette, cast.etterbeek}
    assert sum(part.share_cents for part in parts) == proposal.cost_cents
    assert proposal.alone_cents == 840_000
    assert proposal.cost_cents < proposal.alone_cents
    assert all(part.direct_cents <= part.share_cents <= part.alone_cents for part in parts)


def test_cost_of_the_proposal_by_hand(cast):
    _round, proposal = proposed(cast)
    # Fixed 2,500 and 50 a head; the guest's 12 travel 2 x 1.3 x the distance at 10 a head and 100 km.
    travel = proposal.cost_cents - 250_000 - 24 * 5_000
    km = 111.2 * ((30.07 - 30.04) ** 2 + ((9.56 - 9.15) * 0.8654) ** 2) ** 0.5 * 1.3
    assert travel == pytest.approx(2 * km * 12 * 10, abs=60)


def test_figures_match_the_independent_checker(cast):
    round, proposal = proposed(cast)
    done = queries.last_run(round)
    problem = pooling.Problem.from_dict(done.problem)
    report = pooling.check(problem, pooling.Plan.from_dict(done.plan))
    assert report.ok
    assert done.figures["cost_cents"] == report.cost
    assert done.figures["saving_cents"] == proposal.alone_cents - proposal.cost_cents
    assert done.figures["proven"]
    assert done.figures["gap"] == 0


def test_what_stays_alone_and_what_each_pays(cast):
    round, _proposal = proposed(cast)
    done = queries.last_run(round)
    outcome = queries.outcome(done)
    assert [activity.reference for activity, _week in outcome.alone] == ["J2"]
    assert outcome.unpaid == []
    burdens = {burden.body: burden for burden in queries.burdens(done)}
    assert burdens[cast.jette].planned == burdens[cast.jette].done == 2
    assert sum(b.saves_cents for b in burdens.values()) == done.figures["saving_cents"]


def test_what_no_budget_pays_is_told(cast):
    plans = with_plans(cast)
    round = opened(cast)
    for partner in round.partners.all():
        rules.set_partner(by=cast.animator, partner=partner, takes_part=True, budget_cents=100_000)
    done = queries.last_run(run(cast, round))
    assert {a.pk for a in queries.outcome(done).unpaid} == {plans.jette.pk, plans.etterbeek.pk, plans.alone.pk}
    assert done.figures["value"] == 0


def test_same_input_same_answer(cast):
    round, first = proposed(cast)
    again = run(cast, round).proposals.get(state="pending")
    assert again.pk != first.pk
    assert (again.host_id, again.week, again.cost_cents) == (first.host_id, first.week, first.cost_cents)
    first.refresh_from_db()
    assert first.state == "replaced"


def test_run_says_what_is_missing(cast):
    plans = with_plans(cast)
    plans.jette.cost_cents = None
    plans.jette.save()
    plans.etterbeek.languages = []
    plans.etterbeek.save()
    round = opened(cast)
    rules.set_partner(by=cast.animator, partner=round.partners.first(), takes_part=True, budget_cents=None)
    assert {lack.code for lack in queries.lacks(round)} == {"no-cost", "no-language", "no-budget"}
    with pytest.raises(Refusal) as refused:
        rules.start_run(by=cast.animator, round=round)
    assert refused.value.code == "round-not-ready"
    assert not Run.objects.exists()
    assert not Job.objects.exists()


def test_a_place_without_a_point_stops_the_run(cast):
    with_plans(cast)
    cast.belfaa.lat = cast.belfaa.lon = None
    cast.belfaa.save()
    assert "no-place" in {lack.code for lack in queries.lacks(opened(cast))}


@pytest.mark.parametrize("who", ["jette_coordinator", "neighbour", "elected", "association", "donor", "stranger"])
def test_run_refuses_who_may_not(cast, who):
    with_plans(cast)
    round = opened(cast)
    for act in (rules.start_run, rules.stop_run, rules.close_round):
        with pytest.raises(Refusal) as refused:
            act(by=getattr(cast, who), round=round)
        assert refused.value.code == "not-allowed"


def test_running_round_refuses_a_second_run_and_changes(cast):
    with_plans(cast)
    round = opened(cast)
    rules.start_run(by=cast.animator, round=round)
    with pytest.raises(Refusal) as refused:
        rules.start_run(by=cast.animator, round=round)
    assert refused.value.code == "round-running"
    with pytest.raises(Refusal) as refused:
        rules.set_partner(by=cast.animator, partner=round.partners.first(), takes_part=False, budget_cents=0)
    assert refused.value.code == "round-running"


def test_stopped_run_leaves_the_round_as_it_was(cast):
    with_plans(cast)
    round = opened(cast)
    rules.start_run(by=cast.animator, round=round)
    rules.stop_run(by=cast.animator, round=round)
    round.refresh_from_db()
    assert round.state == "open"
    assert Job.objects.get().state == "cancelled"
    with pytest.raises(Refusal) as refused:
        rules.stop_run(by=cast.animator, round=round)
    assert refused.value.code == "round-not-running"
    assert run(cast, round).state == "proposed"


def test_failed_job_frees_the_round(cast):
    with_plans(cast)
    round = opened(cast)
    rules.start_run(by=cast.animator, round=round)
    Job.objects.update(state="failed", error="the worker died")
    assert run(cast, round).state == "proposed"


def test_answer_of_a_run_that_was_overtaken_writes_no_proposal(cast):
    with_plans(cast)
    round = opened(cast)
    first = rules.start_run(by=cast.animator, round=round)
    answer = rules.compute(first, lambda done, stage: None)
    rules.stop_run(by=cast.animator, round=round)
    rules.complete_run(run=first, answer=answer)
    assert not Proposal.objects.exists()
    assert AuditEntry.objects.filter(act="discard-run").exists()


def test_worker_that_lost_its_lease_writes_nothing(cast):
    from tiwizi.base.management.commands.worker import load_handlers

    load_handlers()
    with_plans(cast)
    round = opened(cast)
    rules.start_run(by=cast.animator, round=round)
    late = jobs.claim()
    Job.objects.update(attempts=2)  # another worker has it now
    jobs._run(late, jobs._handlers["pooling.run"])
    assert not Proposal.objects.exists()
    assert Run.objects.get().plan is None


def test_a_cancelled_computation_writes_nothing(cast):
    from tiwizi.base.management.commands.worker import load_handlers

    load_handlers()
    with_plans(cast)
    round = opened(cast)
    rules.start_run(by=cast.animator, round=round)
    hold = jobs.claim()
    Job.objects.update(cancel_asked=True)
    jobs._run(hold, jobs._handlers["pooling.run"])
    assert Job.objects.get().state == "cancelled"
    assert not Proposal.objects.exists()
    assert Run.objects.get().plan is None


def test_activity_already_done_together_elsewhere_is_left_out(cast):
    plans = with_plans(cast)
    round, proposal = opened(cast), None
    run(cast, round)
    proposal = round.proposals.get()
    for part in proposal.parts.all():
        who = cast.jette_coordinator if part.body == cast.jette else cast.etterbeek_coordinator
        rules.accept_part(by=who, part=part)
    theme = rules.open_round(
        by=cast.programme_coordinator, body=cast.theme, title="Petite enfance", start=date(2017, 7, 3), weeks=78
    )
    taken = {activity.pk for activity in queries.taking_part(theme)}
    assert plans.jette.pk not in taken
    assert plans.schaerbeek.pk in taken
    # In its own round it still takes its share of the budget.
    assert plans.jette.pk in {activity.pk for activity in queries.taking_part(round)}


def test_what_money_buys_grows_and_pooling_never_does_less(cast):
    round, _proposal = proposed(cast)
    done = queries.last_run(round)
    curve = queries.curve_of(done)
    steps = curve.steps
    assert len(steps) == 6
    assert [s.together for s in steps] == sorted(s.together for s in steps)
    assert all(s.together >= s.alone for s in steps)
    (now,) = [s for s in steps if s.money == curve.now]
    assert (now.together, now.alone) == (done.figures["value"], done.figures["value_alone"])
