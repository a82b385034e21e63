"""The computation of a round: ask for it, do it in a worker, write what it found."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tiwizi.accounts.models import User
from tiwizi.base import audit, jobs
from tiwizi.base.errors import Refusal
from tiwizi.network.permissions import Action, require
from tiwizi.plans.models import Activity
from tiwizi.pooling import queries
from tiwizi.pooling.models import Proposal, ProposalPart, Round, Run
from tiwizi.pooling.rules.rounds import locked
from tiwizi_engine import VERSION, pooling

PATIENCE = 180.0  # seconds for each of two solves; rounds of a regional group are proven in one or two
QUICK = 10.0  # seconds; a problem that took longer gets no curve of what other budgets would buy
Told = Callable[[float, str], bool]


@transaction.atomic
def start_run(*, by: User, round: Round, seed: int = 1) -> Run:
    """Ask for a computation of the round as it stands; a worker does it. Refused: `round-not-ready`, saying why."""
    round = locked(by, round)
    if missing := queries.lacks(round):
        raise Refusal("round-not-ready", _("Something is missing before this round can run."), missing[0].sentence)
    problem, labels = queries.build_problem(round)
    number = (round.runs.order_by("-number").values_list("number", flat=True).first() or 0) + 1
    run = Run.objects.create(
        round=round, number=number, seed=seed, method=round.method, engine_version=VERSION, problem=problem,
        labels=asdict(labels), requested_by=by.pk,
    )  # fmt: skip
    job = jobs.enqueue("pooling.run", {"run": str(run.pk)}, by=by, key=f"pooling.run:{run.pk}")
    run.job = job.pk
    run.save(update_fields=["job"])
    round.state = Round.State.RUNNING
    round.version += 1
    round.save(update_fields=["state", "version"])
    audit.record("start-run", round, by=by, body=round.body_id, after={"run": number, "seed": seed})
    return run


@transaction.atomic
def stop_run(*, by: User, round: Round) -> Round:
    """Stop the computation under way: the round goes back to where it was. Refused: `round-not-running`."""
    require(by, Action.RUN_ROUND, round.body)
    round = Round.objects.select_for_update(of=("self",)).select_related("body").get(pk=round.pk)
    job = queries.job_of(round)
    if round.state != Round.State.RUNNING or job is None:
        raise Refusal("round-not-running", _("Nothing is being computed."))
    jobs.ask_to_cancel(job)
    round.state = queries.resting_state(round)
    round.version += 1
    round.save(update_fields=["state", "version"])
    audit.record("stop-run", round, by=by, body=round.body_id)
    return round


def compute(run: Run, told: Told) -> dict[str, Any]:
    """The engine's answer to a run, checked by its independent checker; nothing is written.

    `told(done, stage)` hears of progress, from 0 to 1, and stops the work by True; the answer is then of no use.
    Raises `EngineError` when the problem cannot be solved.
    """
    problem = pooling.Problem.from_dict(run.problem)
    stop = pooling.Stop(gap=0.0, seconds=PATIENCE)
    apart_problem = pooling.without_pooling(problem)
    apart = pooling.solve(apart_problem, stop=stop, seed=run.seed, progress=lambda p: told(0.2 * p.done, p.stage))
    plan = pooling.solve(
        problem, stop=stop, seed=run.seed, method=run.method,
        progress=lambda p: told(0.2 + 0.5 * p.done, p.stage),
    )  # fmt: skip
    report, alone_report = pooling.check(problem, plan), pooling.check(apart_problem, apart)
    if not report.ok or not alone_report.ok:
        raise ArithmeticError(f"the checker refuses the plan: {[*report.errors, *alone_report.errors][:3]}")
    curve = []
    if plan.proven and plan.seconds < QUICK:
        curve = queries.what_money_buys(problem, run.seed, lambda done: told(0.7 + 0.25 * done, "money"))
    told(0.97, "explaining")
    return {
        "plan": plan.to_dict(),
        "alone_plan": apart.to_dict(),
        "figures": _figures(problem, plan, report, alone_report, run) | {"curve": curve},
        "stories": [_story(one, run, problem) for one in pooling.explain(problem, plan, run.method)],
    }


def _figures(problem: Any, plan: Any, report: Any, alone: Any, run: Run) -> dict[str, Any]:
    """What the top of the page says; amounts in cents."""
    shared = list(plan.events)
    alone_cents = sum(problem.interventions[i].cost for event in shared for i in event.members)
    cost_cents = sum(sum(event.shares) for event in shared)
    everything = range(len(problem.interventions))
    return {
        "value": report.value,
        "value_alone": alone.value,
        "value_all": sum(problem.interventions[i].value for i in everything),
        "bound": plan.bound.value,
        "gap": plan.gap,
        "proven": plan.proven,
        "cost_cents": report.cost,
        "cost_proven": plan.bound.cost == report.cost,
        "events": len(shared),
        "events_alone_cents": alone_cents,
        "events_cost_cents": cost_cents,
        "saving_cents": alone_cents - cost_cents,
        "done": report.done,
        "done_alone": alone.done,
        "planned": len(problem.interventions),
        "mandatory_missed": report.mandatory_missed,
        "mandatory_missed_alone": alone.mandatory_missed,
        "seconds": plan.seconds,
        "partners": [_burden(problem, plan, q, run) for q in range(len(problem.partnerships))],
    }


def _burden(problem: Any, plan: Any, q: int, run: Run) -> dict[str, Any]:
    mine = {i for i, one in enumerate(problem.interventions) if one.partnership == q}
    alone = {i for i, _week in plan.alone} & mine
    shares = {i: s for event in plan.events for i, s in zip(event.members, event.shares, strict=True) if i in mine}
    cost = sum(problem.interventions[i].cost for i in alone)
    return {
        "body": run.labels["partnerships"][q],
        "budget_cents": problem.partnerships[q].budget,
        "pays_cents": cost + sum(shares.values()),
        "alone_cents": cost + sum(problem.interventions[i].cost for i in shares),
        "done": len(alone) + len(shares),
        "planned": len(mine),
    }


def _story(story: Any, run: Run, problem: Any) -> dict[str, Any]:
    """The engine's explanation with ids in place of positions, and the event itself."""
    activities, communes = run.labels["interventions"], run.labels["communes"]
    told: dict[str, Any] = story.to_dict()
    for member in told["members"]:
        position = member.pop("intervention")
        one = problem.interventions[position]
        member |= {"activity": activities[position], "participants": one.n, "home": communes[one.home]}
    for host in told["hosts"]:
        host["host"] = communes[host["host"]]
    for objection in told["objections"].values():
        if objection:
            objection["members"] = [activities[i] for i in objection["members"]]
    event = story.event
    return told | {
        "method": run.method,
        "event": {
            "host": communes[event.host],
            "week": event.week,
            "language": event.language,
            "kind": run.labels["kinds"][problem.interventions[event.members[0]].kind],
            "participants": sum(problem.interventions[i].n for i in event.members),
        },
    }


def complete_run(*, run: Run, answer: dict[str, Any]) -> Run:
    """Write what a run found: what was kept stays, what waited is replaced. Called inside the job's last transaction.

    A run whose round was stopped, closed or run again meanwhile writes its answer but no proposal.
    """
    round = Round.objects.select_for_update(of=("self",)).get(pk=run.round_id)
    run.plan, run.alone_plan, run.figures = answer["plan"], answer["alone_plan"], answer["figures"]
    run.ended_at = timezone.now()
    run.save(update_fields=["plan", "alone_plan", "figures", "ended_at"])
    latest = round.runs.first()
    if round.state != Round.State.RUNNING or latest is None or latest.pk != run.pk:
        audit.record("discard-run", round, by=None, body=round.body_id, after={"run": run.number})
        return run
    kept = set(run.labels["agreed"])
    round.proposals.filter(state=Proposal.State.PENDING).exclude(pk__in=kept).update(state=Proposal.State.REPLACED)
    _write_proposals(run, [story for story in answer["stories"] if not story["agreed"]])
    round.state = Round.State.PROPOSED
    round.version += 1
    round.save(update_fields=["state", "version"])
    told = {"run": run.number, "proposals": len(answer["stories"]), "saving_cents": run.figures["saving_cents"]}
    audit.record("complete-run", round, by=None, body=round.body_id, after=told)
    return run


def _write_proposals(run: Run, stories: list[dict[str, Any]]) -> None:
    last = run.round.proposals.order_by("-number").values_list("number", flat=True).first() or 0
    wanted = [member["activity"] for story in stories for member in story["members"]]
    activities = {str(a.pk): a for a in Activity.objects.filter(pk__in=wanted).select_related("plan")}
    for number, story in enumerate(stories, last + 1):
        event = story["event"]
        proposal = Proposal.objects.create(
            round_id=run.round_id,
            run=run,
            number=number,
            kind_id=event["kind"],
            host_id=event["host"],
            week=event["week"],
            language=event["language"],
            participants=event["participants"],
            cost_cents=story["cost"],
            alone_cents=story["alone"],
            story=story,
        )
        ProposalPart.objects.bulk_create(
            ProposalPart(
                proposal=proposal,
                activity=activities[member["activity"]],
                body_id=activities[member["activity"]].plan.body_id,
                participants=member["participants"],
                alone_cents=member["alone"],
                direct_cents=member["direct"],
                share_cents=member["share"],
            )
            for member in story["members"]
        )
