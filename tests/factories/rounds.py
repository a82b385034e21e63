"""Rounds for tests: two neighbours whose trainings are cheaper together, and a run done by the real engine."""

from datetime import date
from types import SimpleNamespace
from typing import Any

from tests.factories.cast import START, Cast
from tiwizi.base import jobs
from tiwizi.network.models import HostingTerms
from tiwizi.plans.models import Plan
from tiwizi.pooling import rules
from tiwizi.pooling.models import Proposal, Round


def with_plans(cast: Cast, *, budget_cents: int = 2_000_000) -> SimpleNamespace:
    """Activities of three partnerships, their money, and hosts with seats."""
    Plan.objects.update(pooling_budget_cents=budget_cents)
    for commune in (cast.belfaa, cast.ait_baha, cast.al_hoceima):
        HostingTerms.objects.create(organisation=commune, seats=60, cost_percent=100)
    return SimpleNamespace(
        jette=cast.activity(cast.plan_jette, "J1"),
        etterbeek=cast.activity(cast.plan_etterbeek, "E1"),
        schaerbeek=cast.activity(cast.plan_schaerbeek, "S1"),
        alone=cast.activity(cast.plan_jette, "J2", kind=cast.diagnosis, title="Diagnostic social", poolable=False),
    )


def opened(cast: Cast, **values: Any) -> Round:
    """A round of the Souss-Massa group over the whole plan."""
    said: dict[str, Any] = {"title": "Automne 2017", "start": START, "weeks": 78}
    return rules.open_round(by=cast.animator, body=cast.souss, **(said | values))


def run(cast: Cast, round: Round) -> Round:
    """Ask for a run and let a worker do it."""
    from tiwizi.base.management.commands.worker import load_handlers

    load_handlers()
    rules.start_run(by=cast.animator, round=round)
    job = jobs.run_next()
    assert job is not None
    assert job.state == "done", job.error
    round.refresh_from_db()
    return round


def proposed(cast: Cast, **values: Any) -> tuple[Round, Proposal]:
    """A round of Souss-Massa with its one proposal: Belfaa's and Aït Baha's training together."""
    with_plans(cast)
    round = run(cast, opened(cast, **values))
    return round, round.proposals.get(state="pending")


MONDAY = date(2017, 9, 4)
