"""Everything that was decided in a round, in the reader's words: who, what, when, why."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tiwizi.base import wording
from tiwizi.base.models import AuditEntry
from tiwizi.network import queries as network
from tiwizi.pooling.models import Round

ACTS: dict[str, str | Promise] = {
    "open-round": gettext_lazy("opened the round"),
    "change-round": gettext_lazy("changed the rules of the round"),
    "set-partner": gettext_lazy("changed a partner's part in the round"),
    "set-kind": gettext_lazy("changed a kind of activity in the round"),
    "set-host": gettext_lazy("changed a place that receives"),
    "start-run": gettext_lazy("asked for a computation"),
    "stop-run": gettext_lazy("stopped the computation"),
    "complete-run": gettext_lazy("found the best plan"),
    "discard-run": gettext_lazy("set an overtaken computation aside"),
    "accept-part": gettext_lazy("accepted its part"),
    "refuse-part": gettext_lazy("refused its part"),
    "refuse-proposal": gettext_lazy("sent the proposal back"),
    "take-back-answer": gettext_lazy("took its answer back"),
    "agree-proposal": gettext_lazy("gave the last agreement: the activity is collective"),
    "release-proposal": gettext_lazy("put the proposal back into play"),
    "pin-host": gettext_lazy("pinned a place"),
    "fix-week": gettext_lazy("fixed a week"),
    "forbid-pair": gettext_lazy("kept two partners apart"),
    "lift-condition": gettext_lazy("lifted a decision"),
    "close-round": gettext_lazy("closed the round"),
}


@dataclass(frozen=True)
class Event:
    """One act in a round; an empty `who` is the system itself."""

    at: datetime
    who: str
    act: str | Promise
    detail: str
    reason: str


def history(round: Round) -> list[Event]:
    """The acts on a round, its settings and its proposals, latest first; a fixed number of queries."""
    own = [str(pk) for pk in round.proposals.values_list("pk", flat=True)]
    settings = [
        str(pk) for rows in (round.partners, round.kinds, round.hosts) for pk in rows.values_list("pk", flat=True)
    ]
    wanted = Q(object_type="pooling.round", object_id=str(round.pk))
    wanted |= Q(object_type="pooling.proposal", object_id__in=own)
    wanted |= Q(
        object_type__in=["pooling.roundpartner", "pooling.roundkind", "pooling.roundhost"], object_id__in=settings
    )
    entries = list(AuditEntry.objects.filter(wanted).order_by("-id")[:300])
    who = network.signatures(entries)
    return [
        Event(e.at, who[e.pk], ACTS.get(e.act, e.act), _detail(e.after or e.before or {}), e.reason) for e in entries
    ]


def _detail(values: dict[str, Any]) -> str:
    """The one thing that names what an act was about."""
    if "activity" in values:
        share = values.get("share_cents")
        amount = f", {wording.amount(share)}" if isinstance(share, int) else ""
        return f"{values['activity']}{amount}"
    if "saving_cents" in values:
        return _("saving %(amount)s") % {"amount": wording.amount(values["saving_cents"], whole=True)}
    if "body" in values and "other_body" in values:
        return f"{values['body']}, {values['other_body']}"
    return str(values.get("collective") or values.get("organisation") or values.get("title") or "")
