"""Sheets that a body would leave open."""

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from tiwizi.indicators.queries.due import unsent
from tiwizi.network.hangings import Hanging, hangs
from tiwizi.network.models import Body


@hangs
def sheets(body: Body, on: date) -> list[Hanging]:
    """Sheets of periods that have begun by that day and are not handed in."""
    return [
        Hanging(
            _("The sheet %(period)s is not handed in.") % {"period": one.period},
            reverse("indicators:sheet", args=[body.slug, one.period.code]),
        )
        for one in unsent(body, on)
    ]
