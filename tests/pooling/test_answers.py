"""What partners say to a proposal, and the agreement that follows."""

import pytest

from tests.factories.cast import END, START
from tests.factories.rounds import proposed, run
from tiwizi.base import jobs
from tiwizi.base.errors import Refusal
from tiwizi.base.models import AuditEntry
from tiwizi.plans.models import Activity, JointPart, Plan
from tiwizi.plans.queries import totals
from tiwizi.pooling import queries, rules
from tiwizi.pooling.models import Condition


@pytest.fixture
def waiting(cast):
    """A proposal with its two parts, Jette's first."""
    round, proposal = proposed(cast)
    jette, etterbeek = proposal.parts.get(body=cast.jette), proposal.parts.get(body=cast.etterbeek)
    return round, proposal, jette, etterbeek


def _refused(code, act, **values):
    with pytest.raises(Refusal) as refused:
        act(**values)
    assert refused.value.code == code


def _agree(cast, waiting):
    _round, proposal, jette, etterbeek = waiting
    rules.accept_part(by=cast.jette_coordinator, part=jette)
    rules.accept_part(by=cast.etterbeek_coordinator, part=etterbeek, reason="Bon plan")
    proposal.refresh_from_db()
    return proposal


def test_one_acceptance_agrees_nothing(cast, waiting):
    _round, proposal, jette, _etterbeek = waiting
    rules.accept_part(by=cast.jette_coordinator, part=jette)
    proposal.refresh_from_db()
    assert proposal.state == "pending"
    assert not Activity.objects.filter(collective=True).exists()


def test_last_acceptance_writes_the_collective_activity(cast, waiting):
    before = totals(cast.souss)
    proposal = _agree(cast, waiting)
    assert proposal.state == "agreed"
    collective = proposal.collective
    assert collective.plan.body == cast.souss
    assert collective.cost_cents == proposal.cost_cents
    assert sum(part.share_cents for part in JointPart.objects.filter(collective=collective)) == proposal.cost_cents
    after = totals(cast.souss)
    assert after.counted_cents == before.counted_cents - (proposal.alone_cents - proposal.cost_cents)
    own = totals(cast.jette)
    share = proposal.parts.get(body=cast.jette).share_cents
    assert own.counted_cents == share + 420_000  # its share, and its activity that stays alone


def test_agreement_is_in_the_trail(cast, waiting):
    _agree(cast, waiting)
    entries = AuditEntry.objects.filter(object_type="pooling.proposal")
    acts = [(entry.act, entry.actor, entry.reason) for entry in entries]
    assert ("accept-part", cast.jette_coordinator.pk, "") in acts
    assert ("accept-part", cast.etterbeek_coordinator.pk, "Bon plan") in acts
    assert ("agree-proposal", cast.etterbeek_coordinator.pk, "") in acts


def test_refusal_sends_the_whole_proposal_back(cast, waiting):
    round, proposal, jette, etterbeek = waiting
    rules.accept_part(by=cast.jette_coordinator, part=jette)
    rules.refuse_part(by=cast.etterbeek_coordinator, part=etterbeek, reason="Pas avant 2018")
    proposal.refresh_from_db()
    assert proposal.state == "refused"
    again = run(cast, round)
    assert not again.proposals.filter(state="pending").exists()
    problem = queries.last_run(again).problem
    assert len(problem["refused"]) == 1


def test_refusal_lifted_may_be_proposed_again(cast, waiting):
    round, _proposal, _jette, etterbeek = waiting
    rules.refuse_part(by=cast.etterbeek_coordinator, part=etterbeek, reason="Pas avant 2018")
    (condition,) = Condition.objects.filter(sort="refused")
    rules.lift_condition(by=cast.animator, condition=condition)
    assert run(cast, round).proposals.filter(state="pending").count() == 1
    _refused("condition-lifted", rules.lift_condition, by=cast.animator, condition=condition)


def test_refusal_needs_a_reason(cast, waiting):
    *_rest, etterbeek = waiting
    _refused("reason-missing", rules.refuse_part, by=cast.etterbeek_coordinator, part=etterbeek, reason=" ")
    etterbeek.refresh_from_db()
    assert etterbeek.answer == "awaited"


@pytest.mark.parametrize("who", ["animator", "programme_coordinator", "etterbeek_coordinator", "neighbour", "elected",
                                 "association", "donor", "stranger"])  # fmt: skip
def test_nobody_answers_for_another_partner(cast, waiting, who):
    _round, _proposal, jette, _etterbeek = waiting
    by = getattr(cast, who)
    _refused("not-allowed", rules.accept_part, by=by, part=jette)
    _refused("not-allowed", rules.refuse_part, by=by, part=jette, reason="x")
    _refused("not-allowed", rules.take_back_answer, by=by, part=jette)


def test_an_answer_is_given_once(cast, waiting):
    _round, _proposal, jette, _etterbeek = waiting
    rules.accept_part(by=cast.jette_coordinator, part=jette)
    _refused("part-answered", rules.accept_part, by=cast.jette_coordinator, part=jette)


def test_an_answer_is_taken_back_before_the_agreement_only(cast, waiting):
    _round, _proposal, jette, _etterbeek = waiting
    rules.accept_part(by=cast.jette_coordinator, part=jette)
    rules.take_back_answer(by=cast.jette_coordinator, part=jette)
    jette.refresh_from_db()
    assert jette.answer == "awaited"
    assert jette.answered_at is None
    _agree(cast, waiting)
    _refused("proposal-over", rules.take_back_answer, by=cast.jette_coordinator, part=jette)


def test_share_seen_is_the_share_accepted(cast, waiting):
    _round, _proposal, jette, _etterbeek = waiting
    seen = jette.share_cents + 1
    _refused("share-changed", rules.accept_part, by=cast.jette_coordinator, part=jette, share_cents=seen)


@pytest.mark.parametrize("change", [{"cost_cents": 500_000}, {"participants": 13}, {"kind": "diagnosis"}])
def test_an_activity_that_changed_is_not_agreed_at_the_old_figures(cast, waiting, change):
    _round, _proposal, jette, _etterbeek = waiting
    change = {k: getattr(cast, v) if k == "kind" else v for k, v in change.items()}
    Activity.objects.filter(pk=jette.activity_id).update(**change)
    _refused("proposal-stale", rules.accept_part, by=cast.jette_coordinator, part=jette)


def test_what_was_accepted_stays_when_the_round_runs_again(cast, waiting):
    round, proposal, jette, etterbeek = waiting
    rules.accept_part(by=cast.jette_coordinator, part=jette)
    run(cast, round)
    proposal.refresh_from_db()
    jette.refresh_from_db()
    assert proposal.state == "pending"
    assert jette.answer == "accepted"
    assert round.proposals.filter(state="pending").count() == 1
    rules.accept_part(by=cast.etterbeek_coordinator, part=etterbeek)
    run(cast, round)
    proposal.refresh_from_db()
    assert proposal.state == "agreed"
    assert queries.last_run(round).figures["events"] == 1


def test_what_was_accepted_goes_when_it_is_asked(cast, waiting):
    round, proposal, jette, _etterbeek = waiting
    rules.accept_part(by=cast.jette_coordinator, part=jette)
    _refused("reason-missing", rules.release_proposal, by=cast.animator, proposal=proposal, reason="")
    rules.release_proposal(by=cast.animator, proposal=proposal, reason="Autre lieu")
    proposal.refresh_from_db()
    assert proposal.state == "replaced"
    _refused("proposal-over", rules.release_proposal, by=cast.animator, proposal=proposal, reason="Encore")
    assert run(cast, round).proposals.filter(state="pending").count() == 1


def test_released_agreement_is_dissolved(cast, waiting):
    proposal = _agree(cast, waiting)
    collective = proposal.collective
    rules.release_proposal(by=cast.animator, proposal=proposal, reason="Le lieu a fermé")
    collective.refresh_from_db()
    assert collective.archived_at is not None
    assert not JointPart.objects.exists()


def test_answers_stop_with_the_round(cast, waiting):
    round, proposal, jette, _etterbeek = waiting
    rules.close_round(by=cast.animator, round=round)
    proposal.refresh_from_db()
    assert proposal.state == "replaced"
    _refused("round-closed", rules.accept_part, by=cast.jette_coordinator, part=jette)


def test_answers_wait_while_the_round_is_computed(cast, waiting):
    round, _proposal, jette, _etterbeek = waiting
    rules.start_run(by=cast.animator, round=round)
    _refused("round-running", rules.accept_part, by=cast.jette_coordinator, part=jette)


def test_agreed_plan_adds_up(cast, waiting):
    round, *_rest = waiting
    proposal = _agree(cast, waiting)
    agreed = queries.agreed_plan(round)
    (row,) = agreed.rows
    assert row.cost_cents == proposal.cost_cents == sum(share.share_cents for share in row.shares)
    assert agreed.total_saving_cents == sum(partner.saving_cents for partner in agreed.partners)
    assert agreed.total_saving_cents == queries.savings(cast.souss).saving_cents
    assert queries.savings(cast.schaerbeek).activities == 0


def test_who_has_agreed_does_not_leave_the_round(cast, waiting):
    """Else the other partner's activity would be proposed again, and agreed twice."""
    round, *_rest = waiting
    proposal = _agree(cast, waiting)
    partner = round.partners.get(body=cast.jette)
    said = {"by": cast.animator, "partner": partner, "takes_part": False, "budget_cents": 0}
    _refused("partner-agreed", rules.set_partner, **said)
    rules.release_proposal(by=cast.animator, proposal=proposal, reason="Jette se retire")
    assert not rules.set_partner(**said).takes_part


def test_less_money_than_was_accepted_is_said_before_the_run(cast, waiting):
    round, _proposal, jette, _etterbeek = waiting
    rules.accept_part(by=cast.jette_coordinator, part=jette)
    partner = round.partners.get(body=cast.jette)
    for cents, codes in [(jette.share_cents - 1, ["budget-promised"]), (jette.share_cents, [])]:
        rules.set_partner(by=cast.animator, partner=partner, takes_part=True, budget_cents=cents)
        assert [lack.code for lack in queries.lacks(round)] == codes
    assert run(cast, round).state == "proposed"


def _make_poolable_false(cast, proposal):
    Activity.objects.filter(proposal_parts__proposal=proposal, plan=cast.plan_jette).update(poolable=False)


def _change_the_cost(cast, proposal):
    Activity.objects.filter(proposal_parts__proposal=proposal, plan=cast.plan_jette).update(cost_cents=100)


def _avoid(cast, proposal):
    proposal.parts.get(body=cast.jette).activity.avoid.add(cast.etterbeek)


def _accept_no_other_place(cast, proposal):
    activities = [part.activity for part in proposal.parts.select_related("activity__commune")]
    guest = next(activity for activity in activities if activity.commune != proposal.host)
    guest.hosts.add(guest.commune)


def _leave_the_round(cast, proposal):
    partner = proposal.round.partners.get(body=cast.jette)
    rules.set_partner(by=cast.animator, partner=partner, takes_part=False, budget_cents=0)


def _leave_the_kind_out(cast, proposal):
    rules.set_kind(by=cast.animator, kind=proposal.round.kinds.get(kind=proposal.kind), included=False)


def _close_the_place(cast, proposal):
    host = proposal.round.hosts.get(organisation=proposal.host)
    rules.set_host(by=cast.animator, host=host, accepts=True, seats=5, cost_percent=100, blocked_weeks=[])


def _keep_apart(cast, proposal):
    rules.forbid_pair(
        by=cast.animator, round=proposal.round, body=cast.jette, other_body=cast.etterbeek, reason="Conflit"
    )


def _fix_another_week(cast, proposal):
    other = next(week for week, _day in queries.possible_weeks(proposal) if week != proposal.week)
    rules.fix_week(by=cast.animator, proposal=proposal, week=other)


@pytest.mark.parametrize(
    "change",
    [_make_poolable_false, _change_the_cost, _avoid, _accept_no_other_place, _leave_the_round, _leave_the_kind_out,
     _close_the_place, _keep_apart, _fix_another_week],
)  # fmt: skip
def test_what_changed_at_another_partner_is_not_agreed(cast, waiting, signed_in, change):
    """The last to accept is told, whoever's side changed; the page says so before."""
    round, proposal, jette, etterbeek = waiting
    rules.accept_part(by=cast.jette_coordinator, part=jette)
    change(cast, proposal)
    assert queries.what_broke(proposal)
    page = signed_in(cast.etterbeek_coordinator).get(f"/b/souss-massa/pooling/{round.pk}/proposals/1/")
    assert page.context["broken"]
    assert b'name="answer"' not in page.content
    _refused("proposal-stale", rules.accept_part, by=cast.etterbeek_coordinator, part=etterbeek)
    proposal.refresh_from_db()
    assert proposal.state == "pending"


def test_nothing_broke_while_nothing_changed(cast, waiting):
    _round, proposal, jette, _etterbeek = waiting
    rules.accept_part(by=cast.jette_coordinator, part=jette)
    assert queries.what_broke(proposal) == ""


def test_money_agreed_in_one_round_is_not_spent_in_another(cast, waiting):
    """Jette's budget holds one share only: the thematic round sees what is left, and cannot agree beyond it."""
    round, _proposal, jette, etterbeek = waiting
    cast.plan_jette.pooling_budget_cents = jette.share_cents + 150_000
    cast.plan_jette.save()
    cast.activity(cast.plan_jette, "J9")
    theme = rules.open_round(
        by=cast.programme_coordinator, body=cast.theme, title="Petite enfance", start=round.start, weeks=78
    )
    rules.accept_part(by=cast.jette_coordinator, part=jette)
    rules.accept_part(by=cast.etterbeek_coordinator, part=etterbeek)
    problem, labels = queries.build_problem(theme)
    position = labels.partnerships.index(str(cast.jette.pk))
    assert problem["partnerships"][position]["budget"] == 1500
    assert queries.promised_elsewhere(theme)[cast.jette.pk] == jette.share_cents
    assert queries.promised_elsewhere(round)[cast.jette.pk] == 0


def test_a_partner_cannot_agree_to_more_than_its_money(cast, waiting):
    round, proposal, jette, etterbeek = waiting
    rules.accept_part(by=cast.jette_coordinator, part=jette)
    round.partners.filter(body=cast.jette).update(budget_cents=jette.share_cents - 1)
    _refused("budget-promised", rules.accept_part, by=cast.etterbeek_coordinator, part=etterbeek)
    proposal.refresh_from_db()
    assert proposal.state == "pending"


def test_a_kind_agreed_stays_in_the_round(cast, waiting):
    round, *_rest = waiting
    proposal = _agree(cast, waiting)
    kind = round.kinds.get(kind=proposal.kind)
    _refused("kind-agreed", rules.set_kind, by=cast.animator, kind=kind, included=False)


def test_a_refusal_waits_for_the_animator_at_once(cast, waiting):
    round, *_rest = waiting
    part = round.proposals.get(state="pending").parts.get(body=cast.jette)
    rules.refuse_part(by=cast.jette_coordinator, part=part, reason="Non")
    assert len(queries.to_do(cast.animator)) >= 1
    run(cast, round)


def test_what_was_agreed_in_another_round_is_not_waited_for(cast, waiting):
    """The same two activities in two rounds: once agreed in one, the other says so before anybody accepts in vain."""
    round, _proposal, jette, etterbeek = waiting
    other = rules.open_round(
        by=cast.programme_coordinator, body=cast.country, title="Maroc", start=round.start, weeks=78
    )
    rules.start_run(by=cast.programme_coordinator, round=other)
    jobs.run_next()
    twin = other.proposals.get(parts__activity=jette.activity)
    rules.accept_part(by=cast.jette_coordinator, part=twin.parts.get(body=cast.jette))
    rules.accept_part(by=cast.jette_coordinator, part=jette)
    rules.accept_part(by=cast.etterbeek_coordinator, part=etterbeek)
    assert queries.what_broke(twin)
    second = twin.parts.get(body=cast.etterbeek)
    _refused("proposal-stale", rules.accept_part, by=cast.etterbeek_coordinator, part=second)
    problem, labels = queries.build_problem(other)
    position = labels.partnerships.index(str(cast.jette.pk))
    assert problem["partnerships"][position]["budget"] == (2_000_000 - jette.share_cents) / 100


def test_an_agreement_waits_while_the_groups_plan_is_read_and_amends_a_validated_one(cast, waiting):
    _round, _proposal, jette, etterbeek = waiting
    plan = Plan.objects.create(
        body=cast.souss, framework=cast.framework, title="Groupe", start=START, end=END, state="submitted"
    )
    rules.accept_part(by=cast.jette_coordinator, part=jette)
    _refused("plan-submitted", rules.accept_part, by=cast.etterbeek_coordinator, part=etterbeek)
    Plan.objects.filter(pk=plan.pk).update(state="validated")
    rules.accept_part(by=cast.etterbeek_coordinator, part=etterbeek)
    plan.refresh_from_db()
    assert plan.state == "amended"
