"""What the animator decides binds the next run."""

import pytest

from tests.factories.rounds import opened, proposed, run, with_plans
from tiwizi.base.errors import Refusal
from tiwizi.pooling import queries, rules


@pytest.fixture
def waiting(cast):
    return proposed(cast)


def _refused(code, act, **values):
    with pytest.raises(Refusal) as refused:
        act(**values)
    assert refused.value.code == code


def test_a_pinned_place_is_where_they_meet(cast, waiting):
    round, proposal = waiting
    other = cast.ait_baha if proposal.host == cast.belfaa else cast.belfaa
    rules.pin_host(by=cast.animator, proposal=proposal, organisation=other, reason="La salle est prête")
    assert run(cast, round).proposals.get(state="pending").host == other
    back = proposal.host
    again = round.proposals.get(state="pending")
    _refused("host-impossible", rules.pin_host, by=cast.animator, proposal=again, organisation=back)
    for condition in queries.conditions(round):
        rules.lift_condition(by=cast.animator, condition=condition)
    assert run(cast, round).proposals.get(state="pending").host == back


def test_a_place_where_they_cannot_meet_is_refused(cast, waiting):
    _round, proposal = waiting
    _refused("host-impossible", rules.pin_host, by=cast.animator, proposal=proposal, organisation=cast.al_hoceima)


def test_a_fixed_week_is_when_they_meet(cast, waiting):
    round, proposal = waiting
    later = max(week for week, _day in queries.possible_weeks(proposal))
    assert later != proposal.week
    rules.fix_week(by=cast.animator, proposal=proposal, week=later)
    assert run(cast, round).proposals.get(state="pending").week == later
    _refused("week-impossible", rules.fix_week, by=cast.animator, proposal=proposal, week=77)


def test_a_forbidden_pair_is_kept_apart(cast, waiting):
    round, _proposal = waiting
    pair = {"body": cast.jette, "other_body": cast.etterbeek}
    _refused("reason-missing", rules.forbid_pair, by=cast.animator, round=round, **pair, reason="")
    condition = rules.forbid_pair(by=cast.animator, round=round, **pair, reason="Calendriers incompatibles")
    turned = {"body": cast.etterbeek, "other_body": cast.jette}
    _refused("pair-forbidden", rules.forbid_pair, by=cast.animator, round=round, **turned, reason="Encore")
    assert not run(cast, round).proposals.filter(state="pending").exists()
    rules.lift_condition(by=cast.animator, condition=condition)
    assert run(cast, round).proposals.filter(state="pending").exists()


def test_a_pair_is_two_partners_of_the_round(cast, waiting):
    round, _proposal = waiting
    for other in (cast.jette, cast.schaerbeek):
        _refused(
            "pair-unknown", rules.forbid_pair, by=cast.animator, round=round, body=cast.jette, other_body=other,
            reason="x",
        )  # fmt: skip


@pytest.mark.parametrize("who", ["jette_coordinator", "neighbour", "elected", "donor", "stranger"])
def test_only_who_leads_the_round_decides(cast, waiting, who):
    round, proposal = waiting
    by = getattr(cast, who)
    _refused("not-allowed", rules.pin_host, by=by, proposal=proposal, organisation=cast.belfaa)
    _refused("not-allowed", rules.fix_week, by=by, proposal=proposal, week=proposal.week)
    _refused("not-allowed", rules.release_proposal, by=by, proposal=proposal, reason="x")
    _refused(
        "not-allowed", rules.forbid_pair, by=by, round=round, body=cast.jette, other_body=cast.etterbeek, reason="x"
    )
    condition = rules.forbid_pair(by=cast.animator, round=round, body=cast.jette, other_body=cast.etterbeek, reason="x")
    _refused("not-allowed", rules.lift_condition, by=by, condition=condition)


def test_avoided_partner_of_a_plan_is_respected(cast):
    plans = with_plans(cast)
    plans.jette.avoid.add(cast.etterbeek)
    assert not run(cast, opened(cast)).proposals.exists()


def test_least_saving_is_respected(cast):
    with_plans(cast)
    round = run(cast, opened(cast, min_saving_cents=100_000_000))
    assert not round.proposals.exists()
