"""Opening a round and changing its rules; which activities take part."""

from datetime import date

import pytest

from tests.factories.cast import START
from tests.factories.rounds import opened, proposed, run, with_plans
from tiwizi.base.errors import Conflict, Refusal
from tiwizi.base.models import AuditEntry
from tiwizi.network.models import UnavailableSpan
from tiwizi.plans.models import Plan
from tiwizi.pooling import queries, rules
from tiwizi.pooling.models import Round


def _refused(code, act, **values):
    with pytest.raises(Refusal) as refused:
        act(**values)
    assert refused.value.code == code


def test_open_round_takes_partners_money_kinds_and_hosts_as_they_stand(cast):
    with_plans(cast)
    UnavailableSpan.objects.create(start=date(2017, 8, 1), end=date(2017, 8, 31), label={"fr": "Congés"})
    round = opened(cast)
    assert {(p.body, p.budget_cents) for p in round.partners.all()} == {
        (cast.jette, 2_000_000),
        (cast.etterbeek, 2_000_000),
    }
    assert {kind.kind for kind in round.kinds.all()} == {cast.training, cast.diagnosis}
    hosts = {host.organisation: host for host in round.hosts.all()}
    assert set(hosts) == {cast.belfaa, cast.ait_baha}
    assert hosts[cast.belfaa].seats == 60
    assert hosts[cast.belfaa].blocked_weeks == [4, 5, 6, 7, 8]
    assert AuditEntry.objects.filter(act="open-round", actor=cast.animator.pk).exists()


def test_round_of_a_thematic_group_crosses_the_regions(cast):
    with_plans(cast)
    round = rules.open_round(
        by=cast.programme_coordinator, body=cast.theme, title="Petite enfance", start=START, weeks=78
    )
    assert {partner.body for partner in round.partners.all()} == {cast.jette, cast.schaerbeek}


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"title": " "}, "round-title-missing"),
        ({"start": date(2017, 7, 4)}, "round-start-not-monday"),
        ({"start": date(9999, 12, 27), "weeks": 260}, "round-start-year"),
        ({"start": date(1, 1, 1)}, "round-start-year"),
        ({"weeks": 0}, "round-weeks"),
        ({"weeks": 261}, "round-weeks"),
        ({"method": "dice"}, "method-unknown"),
        ({"min_saving_cents": -1}, "min-saving-negative"),
        ({"max_members": 1}, "max-members"),
        ({"start": date(2030, 7, 1)}, "round-no-partners"),
    ],
)
def test_open_round_refuses(cast, values, code):
    with_plans(cast)
    with pytest.raises(Refusal) as refused:
        opened(cast, **values)
    assert refused.value.code == code
    assert not Round.objects.exists()


@pytest.mark.parametrize("who", ["jette_coordinator", "neighbour", "elected", "association", "donor", "stranger"])
def test_open_round_refuses_who_may_not(cast, who):
    with_plans(cast)
    _refused("not-allowed", rules.open_round, by=getattr(cast, who), body=cast.souss, title="x", start=START, weeks=78)


def test_change_rules_is_told_when_somebody_was_faster(cast):
    with_plans(cast)
    round = opened(cast)
    said = {"title": "Autre", "method": "shapley", "min_saving_cents": 5_000, "max_members": 4}
    rules.change_rules(by=cast.animator, round=round, **said, version=1)
    round.refresh_from_db()
    assert (round.title, round.method, round.version) == ("Autre", "shapley", 2)
    with pytest.raises(Conflict):
        rules.change_rules(by=cast.animator, round=round, **said | {"title": "Encore autre"}, version=1)


def test_settings_refuse_what_makes_no_sense(cast):
    with_plans(cast)
    round = opened(cast)
    partner, kind, host = round.partners.first(), round.kinds.first(), round.hosts.first()
    by = cast.animator
    _refused("budget-negative", rules.set_partner, by=by, partner=partner, takes_part=True, budget_cents=-1)
    _refused("tariff-whole-euros", rules.set_kind, by=by, kind=kind, included=True, fixed_cents=150)
    _refused("tariff-whole-euros", rules.set_kind, by=by, kind=kind, included=True, per_head_cents=-100)
    _refused("tariff-sizes", rules.set_kind, by=by, kind=kind, included=True, pool_min=5, pool_max=4)
    terms = {"accepts": True, "seats": 10, "cost_percent": 100, "blocked_weeks": []}
    _refused("host-seats", rules.set_host, by=by, host=host, **(terms | {"seats": 0}))
    _refused("host-seats", rules.set_host, by=by, host=host, **(terms | {"seats": 3_000_000_000}))
    _refused("tariff-sizes", rules.set_kind, by=by, kind=kind, included=True, pool_max=3_000_000_000)
    _refused("host-cost", rules.set_host, by=by, host=host, **(terms | {"cost_percent": 0}))
    _refused("host-weeks", rules.set_host, by=by, host=host, **(terms | {"blocked_weeks": [78]}))


@pytest.mark.parametrize("who", ["jette_coordinator", "neighbour", "elected", "stranger"])
def test_settings_refuse_who_may_not(cast, who):
    with_plans(cast)
    round, by = opened(cast), getattr(cast, who)
    terms = {"accepts": True, "seats": 10, "cost_percent": 100, "blocked_weeks": []}
    _refused("not-allowed", rules.set_partner, by=by, partner=round.partners.first(), takes_part=False, budget_cents=1)
    _refused("not-allowed", rules.set_kind, by=by, kind=round.kinds.first(), included=False)
    _refused("not-allowed", rules.set_host, by=by, host=round.hosts.first(), **terms)
    _refused(
        "not-allowed", rules.change_rules, by=by, round=round, title="x", method="equal", min_saving_cents=0,
        max_members=2, version=None,
    )  # fmt: skip


def test_a_kind_left_out_leaves_its_activities_out(cast):
    plans = with_plans(cast)
    round = opened(cast)
    assert plans.alone in queries.taking_part(round)
    kind = round.kinds.get(kind=cast.diagnosis)
    rules.set_kind(by=cast.animator, kind=kind, included=False)
    assert plans.alone not in queries.taking_part(round)


def test_a_partnership_keeps_its_activity_out_and_lets_it_in_again(cast):
    plans = with_plans(cast)
    round = opened(cast)
    by = cast.jette_coordinator
    _refused("reason-missing", rules.opt_out, by=by, round=round, activity=plans.jette, reason="")
    rules.opt_out(by=by, round=round, activity=plans.jette, reason="Déjà engagée")
    assert plans.jette not in queries.taking_part(round)
    assert [place.reason for place in queries.opted_out(round)] == ["Déjà engagée"]
    rules.opt_in(by=by, round=round, activity=plans.jette)
    assert plans.jette in queries.taking_part(round)
    _refused("activity-not-out", rules.opt_in, by=by, round=round, activity=plans.jette)
    other = cast.neighbour
    _refused("activity-not-in-round", rules.opt_out, by=other, round=round, activity=plans.schaerbeek, reason="x")


@pytest.mark.parametrize("who", ["animator", "etterbeek_coordinator", "neighbour", "elected", "stranger"])
def test_nobody_keeps_out_another_partners_activity(cast, who):
    plans = with_plans(cast)
    round = opened(cast)
    by = getattr(cast, who)
    _refused("not-allowed", rules.opt_out, by=by, round=round, activity=plans.jette, reason="x")
    _refused("not-allowed", rules.opt_in, by=by, round=round, activity=plans.jette)


def test_an_activity_in_a_proposal_is_not_kept_out_aside(cast):
    round, proposal = proposed(cast)
    activity = proposal.parts.get(body=cast.jette).activity
    _refused("activity-proposed", rules.opt_out, by=cast.jette_coordinator, round=round, activity=activity, reason="x")


def test_closed_round_refuses_everything(cast):
    round, proposal = proposed(cast)
    rules.close_round(by=cast.animator, round=round)
    by = cast.animator
    _refused("round-closed", rules.start_run, by=by, round=round)
    _refused("round-closed", rules.close_round, by=by, round=round)
    _refused("round-closed", rules.pin_host, by=by, proposal=proposal, organisation=proposal.host)
    _refused("round-closed", rules.release_proposal, by=by, proposal=proposal, reason="x")
    activity = proposal.parts.get(body=cast.jette).activity
    _refused("round-closed", rules.opt_out, by=cast.jette_coordinator, round=round, activity=activity, reason="x")


@pytest.mark.parametrize(
    ("who", "reads"),
    [("animator", True), ("jette_coordinator", True), ("elected", True), ("donor", True), ("association", False),
     ("neighbour", False), ("stranger", False)],
)  # fmt: skip
def test_a_round_is_read_in_its_group(cast, who, reads):
    with_plans(cast)
    round = opened(cast)
    assert queries.may_read_round(getattr(cast, who), round) is reads
    assert (round in queries.rounds_of(getattr(cast, who), cast.souss)) is reads


def test_what_waits_for_whom(cast):
    with_plans(cast)
    assert [one.body for one in queries.to_do(cast.animator)] == [cast.souss]  # a first round
    round = opened(cast)
    assert len(queries.to_do(cast.animator)) == 1  # run it
    run(cast, round)
    assert [one.body for one in queries.to_do(cast.jette_coordinator)] == [cast.jette]
    assert queries.to_do(cast.animator) == []
    assert queries.to_do(cast.neighbour) == []
    part = round.proposals.get().parts.get(body=cast.jette)
    rules.refuse_part(by=cast.jette_coordinator, part=part, reason="Non")
    assert len(queries.to_do(cast.animator)) == 1  # look for another


def test_a_round_over_two_plans_has_the_money_of_both(cast):
    with_plans(cast)
    Plan.objects.filter(pk=cast.plan_jette.pk).update(end=date(2017, 12, 31))
    later = Plan.objects.create(
        body=cast.jette, framework=cast.framework, title="Suite", start=date(2018, 1, 1), end=date(2018, 12, 30),
        pooling_budget_cents=100,
    )  # fmt: skip
    assert opened(cast).partners.get(body=cast.jette).budget_cents == 2_000_100
    Plan.objects.filter(pk=later.pk).update(pooling_budget_cents=None)
    assert opened(cast).partners.get(body=cast.jette).budget_cents is None
