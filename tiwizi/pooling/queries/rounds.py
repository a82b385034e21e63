"""Rounds and their proposals, for those who may read them."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet

from tiwizi.accounts.models import User
from tiwizi.base.models import Job
from tiwizi.network import queries as network
from tiwizi.network.models import Body, Organisation
from tiwizi.network.permissions import Action, bodies_where
from tiwizi.plans.models import Activity
from tiwizi.pooling.models import Condition, Proposal, ProposalPart, Round, Run


def may_read_round(user: User, round: Round) -> bool:
    """A round is read in its group, above it, and in each of its partnerships."""
    return _readable(Round.objects.filter(pk=round.pk), bodies_where(user, Action.READ_ROUND)).exists()


def _readable(rounds: QuerySet[Round], bodies: set[UUID]) -> QuerySet[Round]:
    return rounds.filter(Q(body__in=bodies) | Q(partners__body__in=bodies)).distinct()


def rounds_of(user: User, body: Body) -> list[Round]:
    """Rounds of a body and of those below it, and those in which it is a partner, that this person may read.

    Latest first, with `agreed` and `pending`: how many of their proposals stand so.
    """
    below = network.graph(date.min, date.max).below(body.pk)
    here = Round.objects.filter(Q(body__in=below) | Q(partners__body=body, partners__takes_part=True))
    pks = _readable(here, bodies_where(user, Action.READ_ROUND)).values("pk")
    agreed, pending = Q(proposals__state="agreed"), Q(proposals__state="pending")
    return list(
        Round.objects.filter(pk__in=pks)
        .select_related("body")
        .annotate(
            agreed=Count("proposals", filter=agreed, distinct=True),
            pending=Count("proposals", filter=pending, distinct=True),
        )
    )


def round_of(body: Body, pk: UUID) -> Round | None:
    """One round of a body as it is today, or None."""
    found = Round.objects.filter(body=body, pk=pk).select_related("body__kind").first()
    return as_it_is(found) if found else None


def as_it_is(round: Round) -> Round:
    """The round, its state mended when the job of its last run failed or was stopped: it is where it was before."""
    if round.state == Round.State.RUNNING and not is_busy(round):
        round.state = resting_state(round)
    return round


def resting_state(round: Round) -> str:
    """Where a round stands when nothing is being computed."""
    return Round.State.PROPOSED if round.proposals.exists() else Round.State.OPEN


def last_run(round: Round) -> Run | None:
    """The latest run that has an answer."""
    return round.runs.filter(plan__isnull=False).first()


def job_of(round: Round) -> Job | None:
    """The job of the latest run, when there is one."""
    run = round.runs.first()
    return Job.objects.filter(pk=run.job).first() if run and run.job else None


def is_busy(round: Round) -> bool:
    """Is a run waiting or under way? A run whose job failed or was stopped no longer is."""
    if round.state != Round.State.RUNNING:
        return False
    job = job_of(round)
    return job is not None and not job.is_over


def proposals(round: Round) -> list[Proposal]:
    """Proposals that count today: waiting, agreed, and refused ones of the latest run; with their parts."""
    run = last_run(round)
    current = Q(state__in=["pending", "agreed"])
    if run:
        current |= Q(state="refused", run=run)
    return list(_with_parts(round.proposals.filter(current)))


def proposal_of(round: Round, number: int) -> Proposal | None:
    """One proposal of a round by its number, with its parts; None when there is none."""
    found: Proposal | None = _with_parts(round.proposals.filter(number=number)).first()
    return found


def _with_parts(found: Any) -> Any:
    parts = (
        ProposalPart.objects.select_related("activity__plan__body", "activity__commune", "activity__joint_part", "body")
        .prefetch_related("activity__hosts", "activity__avoid")
        .order_by("body__slug", "activity__reference")
    )
    return found.select_related("kind", "host", "round__body", "run", "collective__plan__body").prefetch_related(
        Prefetch("parts", parts)
    )


@dataclass(frozen=True)
class Outcome:
    """What a run did with the activities that it does not propose to pool."""

    alone: list[tuple[Activity, int]]  # with the week
    unpaid: list[Activity]


def outcome(run: Run) -> Outcome:
    """Activities that stay alone, and those that the budgets do not pay, in the run's plan."""
    ids, plan = run.labels["interventions"], run.plan or {"alone": [], "events": []}
    found = {str(a.pk): a for a in Activity.objects.filter(pk__in=ids).select_related("plan__body", "kind", "commune")}
    weeks = {ids[i]: week for i, week in plan["alone"]}
    together = {ids[i] for event in plan["events"] for i in event["members"]}
    alone = [(found[pk], weeks[pk]) for pk in ids if pk in weeks and pk in found]
    unpaid = [found[pk] for pk in ids if pk in found and pk not in weeks and pk not in together]
    return Outcome(alone, unpaid)


@dataclass(frozen=True)
class Burden:
    """What a run means for one partner, in cents."""

    body: Body
    budget_cents: int
    pays_cents: int
    alone_cents: int  # the same activities, each alone
    done: int
    planned: int

    @property
    def saves_cents(self) -> int:
        return self.alone_cents - self.pays_cents


def burdens(run: Run) -> list[Burden]:
    """What each partner pays and saves in a run's plan."""
    bodies = {str(body.pk): body for body in Body.objects.filter(pk__in=run.labels["partnerships"])}
    return [Burden(body=bodies[row["body"]], **{k: v for k, v in row.items() if k != "body"})
            for row in run.figures.get("partners", []) if row["body"] in bodies]  # fmt: skip


def lifted_condition(round: Round, pk: str) -> Condition | None:
    """A decision of the round that was lifted, by its id as it stands in an address; to offer an undo."""
    try:
        return Condition.objects.filter(round=round, pk=UUID(pk), lifted_at__isnull=False).first()
    except ValueError:
        return None


def conditions(round: Round) -> list[Any]:
    """What people decided and the next run respects, latest first."""
    found = round.conditions.filter(lifted_at__isnull=True).select_related(
        "activity__plan__body", "organisation", "body", "other_body"
    )
    return list(found.order_by("-created_at"))


def answerable(user: User, proposals: list[Proposal]) -> set[UUID]:
    """Ids of the parts of proposals that this person may answer for."""
    mine = bodies_where(user, Action.ANSWER_PROPOSAL)
    return {part.pk for one in proposals for part in one.parts.all() if part.body_id in mine}


def communes_in(round: Round) -> list[Organisation]:
    """Communes that a round's partners offer as hosts, or not: the places of its map."""
    return [host.organisation for host in round.hosts.select_related("organisation")]
