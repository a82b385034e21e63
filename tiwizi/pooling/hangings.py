"""Rounds of pooling that a body would leave open."""

from datetime import date

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from tiwizi.network.hangings import Hanging, hangs
from tiwizi.network.models import Body
from tiwizi.pooling.models import Round


@hangs
def rounds(body: Body, on: date) -> list[Hanging]:
    """Rounds that are not closed, of the body or with it as a partner."""
    mine = Q(body=body) | Q(partners__body=body)
    found = Round.objects.filter(mine).exclude(state=Round.State.CLOSED).distinct().select_related("body")
    return [
        Hanging(
            _("The round “%(round)s” is not closed.") % {"round": one.title},
            reverse("pooling:round", args=[one.body.slug, one.pk]),
        )
        for one in found
    ]
