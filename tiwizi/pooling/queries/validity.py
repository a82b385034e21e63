"""Does a proposal still stand? What changed since it was made, in words; and what partners have promised elsewhere."""

from collections import Counter
from collections.abc import Iterable
from uuid import UUID

from django.db.models import Sum
from django.utils.translation import gettext as _

from tiwizi.plans.models import JointPart
from tiwizi.pooling.models import Condition, Proposal, ProposalPart, Round
from tiwizi.pooling.queries.weeks import end_of, monday_of


def what_broke(proposal: Proposal) -> str:
    """The first thing that no longer is as the proposal reckoned with; empty when all of it still stands."""
    return Standing(proposal.round).broke(proposal)


class Standing:
    """A round's settings as they stand now, read once (four queries) to judge many proposals."""

    def __init__(self, round: Round) -> None:
        self.round = round
        self.inside = set(round.partners.filter(takes_part=True).values_list("body", flat=True))
        self.kinds = set(round.kinds.filter(included=True).values_list("kind", flat=True))
        self.hosts = {host.organisation_id: host for host in round.hosts.all()}
        self.conditions = list(round.conditions.filter(lifted_at__isnull=True))

    def broke(self, proposal: Proposal) -> str:
        """See `what_broke`. No query where the parts, their activities, hosts and avoided partners are prefetched."""
        parts = list(proposal.parts.all())
        return (
            next((told for part in parts if (told := self._of_part(part, proposal))), "")
            or _of_pairs(parts)
            or self._of_settings(proposal, parts)
            or self._of_host(proposal)
            or self._of_conditions(proposal, parts)
        )

    def _of_part(self, part: ProposalPart, proposal: Proposal) -> str:
        activity, week = part.activity, monday_of(self.round, proposal.week)
        homes = {str(m["activity"]): m["home"] for m in proposal.story.get("members", []) if "home" in m}
        same = (
            activity.archived_at is None
            and activity.cost_cents == part.alone_cents
            and activity.participants == part.participants
            and activity.kind_id == proposal.kind_id
            and activity.window_start <= week <= activity.window_end
            and activity.poolable
            and proposal.language in activity.languages
            and homes.get(str(activity.pk), activity.commune_id) in (activity.commune_id, str(activity.commune_id))
            and not hasattr(activity, "joint_part")
        )
        hosts = {host.pk for host in activity.hosts.all()}
        if same and (not hosts or proposal.host_id in hosts or proposal.host_id == activity.commune_id):
            return ""
        told = {"activity": activity, "body": part.body}
        return _("“%(activity)s” of %(body)s has changed since this proposal was made.") % told

    def _of_settings(self, proposal: Proposal, parts: list[ProposalPart]) -> str:
        for part in parts:
            if part.body_id not in self.inside:
                return _("%(body)s no longer takes part in the round.") % {"body": part.body}
        if proposal.kind_id not in self.kinds:
            return _("This kind of activity no longer takes part in the round.")
        return ""

    def _of_host(self, proposal: Proposal) -> str:
        host = self.hosts.get(proposal.host_id)
        enough = host is not None and (host.seats is None or host.seats >= proposal.participants)
        if host is not None and enough and host.accepts and proposal.week not in host.blocked_weeks:
            return ""
        return _("%(host)s can no longer receive this activity in its week.") % {"host": proposal.host}

    def _of_conditions(self, proposal: Proposal, parts: list[ProposalPart]) -> str:
        bodies = {part.body_id: part.body for part in parts}
        activities = {part.activity_id for part in parts}
        for one in self.conditions:
            if one.body_id in bodies and one.other_body_id in bodies:
                return _apart(bodies[one.body_id], bodies[one.other_body_id])
            moved = one.sort == Condition.Sort.PIN_HOST and one.organisation_id != proposal.host_id
            moved = moved or (one.sort == Condition.Sort.FIX_WEEK and one.week != proposal.week)
            if one.activity_id in activities and moved:
                return _("The animator has decided on another place or week since.")
        return ""


def _of_pairs(parts: list[ProposalPart]) -> str:
    if len({part.activity.main_target_id for part in parts}) > 1:
        return _("These activities no longer address the same target group.")
    bodies = {part.body_id for part in parts}
    for part in parts:
        for avoided in part.activity.avoid.all():
            if avoided.pk in bodies:
                return _apart(part.body, avoided)
    return ""


def _apart(one: object, other: object) -> str:
    return _("%(one)s and %(other)s are not to be together any more.") % {"one": one, "other": other}


def promised_elsewhere(round: Round) -> Counter[UUID]:
    """Shares, in cents, that partners have agreed to in other rounds for these weeks, by body."""
    parts = JointPart.objects.filter(
        collective__archived_at__isnull=True,
        collective__window_start__gte=round.start,
        collective__window_start__lt=end_of(round),
    ).exclude(collective__proposal__round=round)
    return _by_body(parts.values_list("body").annotate(total=Sum("share_cents")))


def agreed_here(round: Round) -> Counter[UUID]:
    """Shares, in cents, that partners have agreed to in this round, by body."""
    parts = JointPart.objects.filter(collective__proposal__round=round, collective__archived_at__isnull=True)
    return _by_body(parts.values_list("body").annotate(total=Sum("share_cents")))


def _by_body(rows: Iterable[tuple[UUID, int]]) -> Counter[UUID]:
    return Counter(dict(rows))
