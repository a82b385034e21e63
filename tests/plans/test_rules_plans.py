from datetime import date

import pytest

from tiwizi.base.errors import Conflict, Refusal
from tiwizi.base.merging import Seen
from tiwizi.base.models import AuditEntry
from tiwizi.network.rules import put_back
from tiwizi.plans import rules
from tiwizi.plans.models import ActivityKind, Plan

NEXT = {"start": date(2019, 1, 7), "end": date(2020, 6, 28)}
TARIFF = {
    "fixed_cents": 100, "per_head_cents": 1, "travel_rate_cents": 1, "pool_min": 5, "pool_max": 9, "radius_km": None,
}  # fmt: skip


def refused(code, act, /, **values):
    with pytest.raises(Refusal) as caught:
        act(**values)
    assert caught.value.code == code
    assert str(caught.value)
    return caught.value


def opening(cast, **values):
    return {"body": cast.jette, "framework": cast.framework, "title": "Plan suivant", **NEXT, **values}


@pytest.mark.parametrize("who", ["neighbour", "elected", "stranger"])
def test_who_may_not_does_nothing_with_plans(cast, who):
    by, plan = getattr(cast, who), cast.plan_jette
    refused("not-allowed", rules.open_plan, by=by, **opening(cast))
    refused("not-allowed", rules.set_budget, by=by, plan=plan, pooling_budget_cents=1)
    refused("not-allowed", rules.submit_plan, by=by, plan=plan)
    refused("not-allowed", rules.return_plan, by=by, plan=plan, reason="Non")
    refused("not-allowed", rules.validate_plan, by=by, plan=plan)
    refused("not-allowed", rules.define_kind, by=by, framework=cast.framework, code="x", name={"fr": "x"}, **TARIFF)
    assert Plan.objects.count() == 3
    assert not AuditEntry.objects.exists()


def test_a_coordinator_does_not_validate_her_own_plan(cast):
    refused("not-allowed", rules.validate_plan, by=cast.jette_coordinator, plan=cast.plan_jette)


def test_open_plan(cast):
    plan = rules.open_plan(by=cast.jette_coordinator, **opening(cast, pooling_budget_cents=500_000))
    assert plan.state == "draft"
    assert plan.pooling_budget_cents == 500_000
    assert AuditEntry.objects.get(act="open-plan").body == cast.jette.pk


@pytest.mark.parametrize(
    ("code", "values"),
    [
        ("plan-period-order", {"end": date(2018, 1, 1)}),
        ("plan-outside-framework", {"end": date(2022, 1, 2)}),
        ("plan-overlaps", {"start": date(2018, 12, 24)}),
        ("plan-title-missing", {"title": " "}),
        ("budget-negative", {"pooling_budget_cents": -1}),
    ],
)
def test_open_plan_refuses(cast, code, values):
    assert refused(code, rules.open_plan, by=cast.jette_coordinator, **opening(cast, **values)).field


def test_open_plan_refuses_the_strategy_of_another_programme(cast):
    cast.framework.body = cast.etterbeek
    cast.framework.save()
    refused("framework-elsewhere", rules.open_plan, by=cast.jette_coordinator, **opening(cast))


def test_define_kind_writes_a_tariff_once(cast):
    kind = {
        "by": cast.programme_coordinator,
        "framework": cast.framework,
        "code": "job-centre",
        "name": {"fr": "Emploi"},
    }
    rules.define_kind(**kind, **TARIFF)
    rules.define_kind(**kind, **TARIFF | {"fixed_cents": 200})
    assert ActivityKind.objects.get(code="job-centre").fixed_cents == 200
    refused("tariff-negative", rules.define_kind, **kind, **TARIFF | {"per_head_cents": -1})
    refused("tariff-sizes", rules.define_kind, **kind, **TARIFF | {"pool_min": 10})


def test_budget_is_said_unsaid_and_kept_from_a_late_writer(cast):
    by, plan = cast.jette_coordinator, cast.plan_jette
    plan = rules.set_budget(by=by, plan=plan, pooling_budget_cents=100, version=1)
    assert plan.version == 2
    with pytest.raises(Conflict) as caught:
        rules.set_budget(by=by, plan=plan, pooling_budget_cents=200, version=1)
    (clash,) = caught.value.merge.clashes
    assert (clash.theirs, clash.mine) == ({"pooling_budget_cents": 100}, {"pooling_budget_cents": 200})
    assert rules.set_budget(by=by, plan=plan, pooling_budget_cents=None).pooling_budget_cents is None
    refused("budget-negative", rules.set_budget, by=by, plan=plan, pooling_budget_cents=-5)


def test_the_life_of_a_plan(cast):
    coordinator, programme, plan = cast.jette_coordinator, cast.programme_coordinator, cast.plan_jette
    refused("plan-empty", rules.submit_plan, by=coordinator, plan=plan)
    cast.activity(plan)
    assert rules.submit_plan(by=coordinator, plan=plan).state == "submitted"
    refused("plan-state", rules.submit_plan, by=coordinator, plan=plan)
    refused("reason-missing", rules.return_plan, by=programme, plan=plan, reason=" ")
    returned = rules.return_plan(by=programme, plan=plan, reason="Coûts à préciser")
    assert (returned.state, returned.state_reason) == ("returned", "Coûts à préciser")
    assert rules.submit_plan(by=coordinator, plan=plan).state_reason == ""
    assert rules.validate_plan(by=programme, plan=plan).state == "validated"
    assert rules.amend_plan(by=coordinator, plan=Plan.objects.get(pk=plan.pk)).state == "amended"
    acts = list(AuditEntry.objects.order_by("id").values_list("act", flat=True))
    assert acts == ["submit-plan", "return-plan", "submit-plan", "validate-plan", "amend-plan"]


def test_nobody_validates_another_version_than_the_one_read(cast):
    cast.activity(cast.plan_jette)
    rules.submit_plan(by=cast.jette_coordinator, plan=cast.plan_jette)
    refused("plan-state", rules.validate_plan, by=cast.programme_coordinator, plan=cast.plan_jette, version=1)


def test_a_plan_gets_another_title_in_any_state(cast):
    by, plan = cast.jette_coordinator, cast.plan_jette
    refused("not-allowed", rules.rename_plan, by=cast.etterbeek_coordinator, plan=plan, title="X", seen=Seen(1))
    refused("plan-title-missing", rules.rename_plan, by=by, plan=plan, title="  ", seen=Seen(1))
    Plan.objects.filter(pk=plan.pk).update(state=Plan.State.VALIDATED)
    kept = rules.rename_plan(by=by, plan=plan, title=" خطة 2017–2018 ", seen=Seen(plan.version))
    assert (kept.title, kept.state) == ("خطة 2017–2018", Plan.State.VALIDATED)
    refused("changed-meanwhile", rules.rename_plan, by=by, plan=plan, title="Autre", seen=Seen(plan.version))


def test_an_earlier_title_is_put_back(cast):
    by, plan = cast.jette_coordinator, cast.plan_jette
    was = plan.title
    plan = rules.set_budget(by=by, plan=plan, pooling_budget_cents=100)
    entry = AuditEntry.objects.latest("pk")
    plan = rules.rename_plan(by=by, plan=plan, title="Autre", seen=Seen(plan.version))
    put_back(by=by, body=cast.jette, obj=plan, entry=entry, version=plan.version, reason="Erreur")
    plan.refresh_from_db()
    assert (plan.title, plan.pooling_budget_cents) == (was, 100)
