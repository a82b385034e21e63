"""What partners agreed to do together, in the figures that every page, workbook and print shows."""

from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Prefetch, Sum
from django.db.models.functions import Coalesce

from tiwizi.network import queries as network
from tiwizi.network.models import Body
from tiwizi.plans.models import Activity, JointPart
from tiwizi.pooling.models import Proposal, Round


class Saving:
    """What an agreement saves: the cost alone less the share. One formula for shares, partners and bodies."""

    alone_cents: int
    share_cents: int

    @property
    def saving_cents(self) -> int:
        return self.alone_cents - self.share_cents


@dataclass(frozen=True)
class Share(Saving):
    """One partner's part of a collective activity, in cents."""

    body: Body
    activity_title: str
    alone_cents: int
    share_cents: int


@dataclass(frozen=True)
class Row:
    """One collective activity, with the shares agreed."""

    reference: str
    title: str
    kind: str
    host: str
    week: date
    participants: int | None
    cost_cents: int
    alone_cents: int
    shares: list[Share]
    agreed_at: datetime | None = None
    illustrative: bool = False

    @property
    def saving_cents(self) -> int:
        return self.alone_cents - self.cost_cents


@dataclass(frozen=True)
class Partner(Saving):
    """What one partner pays and saves over all rows, in cents."""

    body: Body
    alone_cents: int
    share_cents: int


@dataclass(frozen=True)
class Agreed:
    """The collective plan of a round."""

    round: Round
    body: Body
    rows: list[Row] = field(default_factory=list)
    partners: list[Partner] = field(default_factory=list)
    currency: str = "EUR"

    @property
    def total_cost_cents(self) -> int:
        return sum(row.cost_cents for row in self.rows)

    @property
    def total_alone_cents(self) -> int:
        return sum(row.alone_cents for row in self.rows)

    @property
    def total_saving_cents(self) -> int:
        return self.total_alone_cents - self.total_cost_cents


def agreed_plan(round: Round) -> Agreed:
    """The collective activities that a round has brought, by week, with shares per partner."""
    parts = JointPart.objects.select_related("body", "replaced").order_by("body__slug", "replaced__reference")
    found = (
        round.proposals.filter(state=Proposal.State.AGREED)
        .select_related("collective__kind", "collective__host", "collective__plan__framework")
        .prefetch_related("parts", Prefetch("collective__parts", parts))
        .order_by("week", "number")
    )
    rows = [_row(proposal, proposal.collective) for proposal in found if proposal.collective]
    currencies = {proposal.collective.plan.framework.currency for proposal in found if proposal.collective}
    return Agreed(round, round.body, rows, _partners(rows), next(iter(currencies), "EUR"))


def _row(proposal: Proposal, collective: Activity) -> Row:
    answers = [part.answered_at for part in proposal.parts.all() if part.answered_at]
    shares = [Share(p.body, p.replaced.title, p.alone_cents, p.share_cents) for p in collective.parts.all()]
    return Row(
        reference=collective.reference,
        title=collective.title,
        kind=str(collective.kind),
        host=str(collective.host),
        week=collective.window_start,
        participants=collective.participants,
        cost_cents=collective.cost_cents or 0,  # an agreement always has its cost
        alone_cents=sum(share.alone_cents for share in shares),
        shares=shares,
        agreed_at=max(answers),
        illustrative=collective.plan.illustrative,
    )


def _partners(rows: list[Row]) -> list[Partner]:
    found: dict[str, Partner] = {}
    for share in (share for row in rows for share in row.shares):
        was = found.get(share.body.slug, Partner(share.body, 0, 0))
        found[share.body.slug] = Partner(
            share.body, was.alone_cents + share.alone_cents, was.share_cents + share.share_cents
        )
    return [found[slug] for slug in sorted(found)]


@dataclass(frozen=True)
class Saved(Saving):
    """What a body and those below it do together: how many activities, and what it saves (cents)."""

    activities: int
    alone_cents: int
    share_cents: int


def savings(body: Body) -> Saved:
    """What agreements save the body and those below it, each part once."""
    below = network.graph(date.min, date.max).below(body.pk)
    parts = JointPart.objects.filter(body__in=below, collective__archived_at__isnull=True)
    sums = parts.aggregate(alone=Coalesce(Sum("alone_cents"), 0), share=Coalesce(Sum("share_cents"), 0))
    return Saved(parts.values("collective").distinct().count(), sums["alone"], sums["share"])
