"""Plans that a body would leave open."""

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from tiwizi.network.hangings import Hanging, hangs
from tiwizi.network.models import Body
from tiwizi.plans.models import Activity, Plan


@hangs
def plans(body: Body, on: date) -> list[Hanging]:
    """Plans that run on after that day, and activities that were to come."""
    href = reverse("plans:plan", args=[body.slug])
    found = [
        Hanging(_("The plan “%(plan)s” runs until later.") % {"plan": plan}, href)
        for plan in Plan.objects.filter(body=body, end__gt=on)
    ]
    coming = Activity.objects.filter(plan__body=body, archived_at__isnull=True, window_end__gt=on).count()
    if coming:
        found.append(Hanging(_("Activities planned after that day: %(count)s.") % {"count": coming}, href))
    return found
