"""Decisions of rounds that were lifted."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tiwizi.accounts.models import User
from tiwizi.network.archives import MOST, Archived, keeps
from tiwizi.network.models import Body
from tiwizi.network.permissions import Action, may
from tiwizi.pooling.models import Condition, Round


def told(one: Condition) -> str:
    """What a decision says, as on the page of its round."""
    names = {"activity": one.activity, "place": one.organisation, "one": one.body, "other": one.other_body}
    if one.sort == Condition.Sort.PIN_HOST:
        return _("“%(activity)s” is shared in %(place)s or not at all.") % names
    if one.sort == Condition.Sort.FIX_WEEK:
        sentence = _("“%(activity)s” is shared in week %(week)s of the round or not at all.")
        return sentence % {"activity": one.activity, "week": (one.week or 0) + 1}
    if one.sort == Condition.Sort.FORBID_PAIR:
        return _("%(one)s and %(other)s are kept apart.") % names
    return _("“%(activity)s” will not be proposed with the same partners again.") % names


@keeps
def conditions(by: User, body: Body) -> Iterator[Archived]:
    """For those who read the body's rounds; one query."""
    if not may(by, Action.READ_ROUND, body):
        return
    leads = may(by, Action.RUN_ROUND, body)
    found = Condition.objects.filter(round__body=body, lifted_at__isnull=False).order_by("-lifted_at")
    for one in found.select_related("round", "activity", "organisation", "body", "other_body")[:MOST]:
        open_still = one.round.state in (Round.State.OPEN, Round.State.PROPOSED)
        yield Archived(
            gettext_lazy("Decision that was lifted"),
            told(one),
            one.reason,
            one.lifted_at,
            "",
            reverse("pooling:round", args=[body.slug, one.round_id]),
            recover=reverse("pooling:recover", args=[body.slug, one.round_id, one.pk]) if leads and open_still else "",
            why_not=leads.reason if open_still else gettext_lazy("Its round is closed or being computed."),
        )
