"""Activities that were taken out of a body's plans."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tiwizi.accounts.models import User
from tiwizi.network.archives import MOST, Archived, keeps, takers
from tiwizi.network.models import Body
from tiwizi.network.permissions import Action, may
from tiwizi.plans.models import Activity

ACTS = ["archive-activity", "dissolve-collective", "undo-import"]


@keeps
def activities(by: User, body: Body) -> Iterator[Archived]:
    """Three queries, however many there are."""
    found = list(Activity.objects.filter(plan__body=body, archived_at__isnull=False).order_by("-archived_at")[:MOST])
    who, allowed = takers(found, ACTS), may(by, Action.EDIT_PLAN, body)
    for one in found:
        name, _entry = who.get(str(one.pk), ("", None))
        back = reverse("plans:activity-restore", args=[body.slug, one.pk])
        yield Archived(
            _("Collective activity") if one.collective else _("Activity"),
            str(one),
            one.archive_reason,
            one.archived_at,
            name,
            reverse("plans:activity-detail", args=[body.slug, one.pk]),
            recover=back if allowed and not one.collective else "",
            why_not=_("It comes back by a new agreement of the partners.") if one.collective else allowed.reason,
        )
