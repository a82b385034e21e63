"""A proposal in words: from the engine's keys and numbers to sentences that a treasurer understands."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tiwizi.base import wording
from tiwizi.network.models import Organisation
from tiwizi.pooling.models import METHODS, Proposal, ProposalPart
from tiwizi.pooling.queries.weeks import monday_of

METHOD_NAMES: dict[str, str | Promise] = {
    "nucleolus": gettext_lazy("Nobody left behind (nucleolus)"),
    "shapley": gettext_lazy("What each brings (Shapley)"),
    "equal": gettext_lazy("Equal parts"),
    "proportional": gettext_lazy("In proportion to the cost alone"),
    "heads": gettext_lazy("By participants"),
}
METHOD_SENTENCES: dict[str, str | Promise] = {
    "nucleolus": gettext_lazy("The group that gains least from the agreement gains as much as can be."),
    "shapley": gettext_lazy("Each pays the mean of what it adds to the cost, over every order of joining."),
    "equal": gettext_lazy("Each partner's activity pays the same."),
    "proportional": gettext_lazy("Each pays the same part of what it would cost alone."),
    "heads": gettext_lazy("Each pays for its participants."),
}


@dataclass(frozen=True)
class Method:
    """One way to share a proposal's cost; `pairs`: each part with its share in cents."""

    code: str
    name: str | Promise
    sentence: str | Promise
    pairs: list[tuple[ProposalPart, int]]
    verdict: str
    chosen: bool


@dataclass(frozen=True)
class Place:
    """A commune where these partners could meet, and what it would cost there."""

    organisation: Organisation
    cost_cents: int
    weeks: int
    chosen: bool


def verdict(proposal: Proposal, method: str = "chosen", shares: list[int] | None = None) -> str:
    """Could a group of the partners do better by itself? One sentence; `shares`: another method's, part by part."""
    objection = (proposal.story.get("objections") or {}).get(method)
    if objection:
        return _group_would_save(proposal, objection)
    parts = list(proposal.parts.all())
    savings = (
        [part.alone_cents - share for part, share in zip(parts, shares, strict=True)]
        if shares
        else [part.saving_cents for part in parts]
    )
    if min(savings) < 0:
        return ""
    if min(savings) == 0:  # a share bent by a budget may reach the cost alone
        return _("Nobody pays more than alone, and no group of you could do better by itself.")
    return _("Each pays less than alone, and no group of you could do better by itself.")


def _group_would_save(proposal: Proposal, objection: dict[str, Any]) -> str:
    wanted = {str(pk) for pk in objection["members"]}
    names = [str(part.body) for part in proposal.parts.all() if str(part.activity_id) in wanted]
    told = {"who": " + ".join(dict.fromkeys(names)), "amount": wording.amount(objection["would_save"])}
    if len(names) == 1:
        return _("%(who)s could do it alone for %(amount)s less.") % told
    return _("%(who)s could do it among themselves for %(amount)s less.") % told


def why_there(proposal: Proposal) -> str:
    """Why this host: where else it could be, and how much more it would cost there."""
    others = [place for place in proposal.story.get("hosts", []) if str(place["host"]) != str(proposal.host_id)]
    if not others:
        return _("%(host)s is the only place that all of you accept and that can receive you.") % {
            "host": proposal.host
        }
    least = min(place["cost"] for place in others) - proposal.cost_cents
    told = {"host": proposal.host, "count": len(others), "amount": wording.amount(abs(least), whole=True)}
    if least > 0:
        return (
            ngettext(
                "%(host)s costs least: the other possible place would cost %(amount)s more.",
                "%(host)s costs least of %(count)s other places: the next would cost %(amount)s more.",
                len(others),
            )
            % told
        )
    if least == 0:
        return _("%(host)s costs least; another place would cost the same.") % told
    return (
        _("Another place would cost %(amount)s less, but is held by another activity or was ruled out: %(host)s.")
        % told
    )


def constrained(proposal: Proposal) -> str:
    """Said when budgets bent the method's shares."""
    if not proposal.story.get("constrained"):
        return ""
    exact = _by_method(proposal, str(proposal.story.get("method", "")))
    changes = [
        f"{part.body} {wording.signed(part.share_cents - exact[part.pk])}"
        for part in proposal.parts.all()
        if part.pk in exact and part.share_cents != exact[part.pk]
    ]
    return _("Budgets, or costs alone, do not allow the method's exact shares. Compared with them: %(changes)s.") % {
        "changes": ", ".join(changes)
    }


def _by_method(proposal: Proposal, code: str) -> dict[Any, int]:
    """The shares that a method gives, in cents, by part; empty when the run did not reckon it."""
    shares = proposal.story.get("shares", {}).get(code)
    order = {str(member["activity"]): k for k, member in enumerate(proposal.story.get("members", []))}
    if not shares:
        return {}
    return {part.pk: shares[order[str(part.activity_id)]] for part in proposal.parts.all()}


def when(proposal: Proposal) -> date:
    return monday_of(proposal.round, proposal.week)


def possible_weeks(proposal: Proposal) -> list[tuple[int, date]]:
    """Weeks in which all partners can and the host is free of holidays: number and Monday."""
    return [(week, monday_of(proposal.round, week)) for week in proposal.story.get("weeks", [])]


def places(proposal: Proposal) -> list[Place]:
    """Every commune where these partners could meet, cheapest first."""
    rows = proposal.story.get("hosts", [])
    found = {str(o.pk): o for o in Organisation.objects.filter(pk__in=[row["host"] for row in rows])}
    shown = [
        Place(found[str(row["host"])], row["cost"], row["weeks"], str(row["host"]) == str(proposal.host_id))
        for row in rows
        if str(row["host"]) in found
    ]
    return sorted(shown, key=lambda place: (place.cost_cents, place.organisation.slug))


def methods(proposal: Proposal) -> list[Method]:
    """The same cost shared by each method, with whether anybody could object."""
    parts = list(proposal.parts.all())
    found = []
    for code in METHODS:
        if shares := _by_method(proposal, code):
            mine = [shares[part.pk] for part in parts]
            chosen = code == proposal.story.get("method")
            found.append(
                Method(
                    code,
                    METHOD_NAMES[code],
                    METHOD_SENTENCES[code],
                    list(zip(parts, mine, strict=True)),
                    _judged(parts, mine) or verdict(proposal, code, mine),
                    chosen,
                )
            )
    return found


def _judged(parts: list[ProposalPart], shares: list[int]) -> str:
    """Who would pay more than alone, if anybody."""
    for part, share in zip(parts, shares, strict=True):
        if share > part.alone_cents:
            told = {"who": part.body, "amount": wording.amount(share - part.alone_cents)}
            return _("%(who)s would pay %(amount)s more than alone.") % told
    return ""
