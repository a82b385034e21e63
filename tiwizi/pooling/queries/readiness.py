"""What a round still lacks before it can run: each with the place where it is mended."""

from collections import Counter
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from tiwizi.base import wording
from tiwizi.plans.models import Activity
from tiwizi.pooling.models import Round
from tiwizi.pooling.queries.problem import first_south, kept_proposals, taking_part
from tiwizi.pooling.queries.validity import promised_elsewhere


@dataclass(frozen=True)
class Lack:
    """One thing missing: a sentence, and the address where it can be given."""

    code: str
    sentence: str
    href: str


def lacks(round: Round, activities: list[Activity] | None = None) -> list[Lack]:
    """Everything that stands between a round and its run; empty when it is ready.

    `activities`: those that take part, when the caller has them already.
    """
    activities = taking_part(round) if activities is None else activities
    partners = list(round.partners.filter(takes_part=True).select_related("body"))
    found = _of_partners(round, partners)
    if not activities:
        sentence = _("No activity takes part: include a kind of activity that the partners plan.")
        found.append(Lack("no-activities", sentence, _rules(round, "kinds")))
    if not round.hosts.filter(accepts=True).exists():
        found.append(Lack("no-hosts", _("No commune receives: accept at least one."), _rules(round, "hosts")))
    for activity in activities:
        found += _of_activity(activity)
    return found + _of_places(round, partners, activities)


def _of_partners(round: Round, partners: list[Any]) -> list[Lack]:
    found = []
    if len(partners) < 2:
        sentence = _("Fewer than two partnerships take part: there is nothing to pool.")
        found.append(Lack("few-partners", sentence, _rules(round, "partners")))
    promised = _promised(round)
    for partner in partners:
        if partner.budget_cents is not None and partner.budget_cents < promised[partner.body_id]:
            told = {"body": partner.body, "amount": wording.amount(promised[partner.body_id])}
            sentence = _("%(body)s has less money for this round than the %(amount)s that it has accepted.") % told
            found.append(Lack("budget-promised", sentence, _rules(round, "partners")))
        if partner.budget_cents is None:
            sentence = _("%(body)s has not said how much money it has for this round.") % {"body": partner.body}
            found.append(Lack("no-budget", sentence, _rules(round, "partners")))
    return found


def _promised(round: Round) -> Counter[UUID]:
    """Shares, in cents, of the proposals that the next run keeps as they are, and those agreed elsewhere, by body."""
    found = promised_elsewhere(round)
    for proposal in kept_proposals(round):
        for part in proposal.parts.all():
            found[part.body_id] += part.share_cents
    return found


def _of_activity(activity: Activity) -> list[Lack]:
    told = {"activity": activity, "body": activity.plan.body}
    missing = []
    if activity.cost_cents is None:
        missing.append(("no-cost", _("“%(activity)s” of %(body)s has no cost yet.") % told))
    if activity.participants is None:
        missing.append(("no-participants", _("“%(activity)s” of %(body)s: how many participants?") % told))
    if not activity.languages:
        missing.append(("no-language", _("“%(activity)s” of %(body)s: in which languages?") % told))
    href = reverse("plans:activity-detail", args=[activity.plan.body.slug, activity.pk])
    return [Lack(code, sentence, href) for code, sentence in missing]


def _of_places(round: Round, partners: list[Any], activities: list[Activity]) -> list[Lack]:
    """Distances need a point for every place."""
    homes = first_south([partner.body for partner in partners])
    places = {host.organisation for host in round.hosts.select_related("organisation")} | set(homes.values())
    places |= {activity.commune for activity in activities if activity.commune}
    found = [
        Lack("no-place", _("The place of %(commune)s is not known.") % {"commune": place}, _rules(round, "hosts"))
        for place in sorted(places, key=lambda one: one.slug)
        if place.lat is None
    ]
    for partner in partners:
        if partner.body_id not in homes and any(
            a.plan.body_id == partner.body_id and a.commune_id is None for a in activities
        ):
            sentence = _("%(body)s has no commune on its South side.") % {"body": partner.body}
            found.append(Lack("no-home", sentence, reverse("network:people", args=[partner.body.slug])))
    return found


def _rules(round: Round, part: str) -> str:
    return reverse("pooling:round-rules", args=[round.body.slug, round.pk]) + f"#{part}"
