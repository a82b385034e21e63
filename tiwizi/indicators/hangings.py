"""Sheets that a body would leave open."""

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from tiwizi.framework.queries import framework_of
from tiwizi.indicators.queries.due import sheets_due
from tiwizi.indicators.queries.structure import periods_of
from tiwizi.network.hangings import Hanging, hangs
from tiwizi.network.models import Body


@hangs
def sheets(body: Body, on: date) -> list[Hanging]:
    """Sheets of periods that have begun by that day and are not handed in."""
    framework = framework_of(body)
    every = periods_of(framework) if framework else []
    periods = [one for one in every if one.start <= on]
    return [
        Hanging(
            _("The sheet %(period)s is not handed in.") % {"period": one.period},
            reverse("indicators:sheet", args=[body.slug, one.period.code]),
        )
        for one in sheets_due([body], periods, every=every)
        if one.unsent
    ]
