"""The sheets that a body owes, for somebody who takes it over."""

from django.utils.translation import gettext as _

from tiwizi.accounts.models import User
from tiwizi.base import wording
from tiwizi.indicators.queries.due import unsent
from tiwizi.network import queries as network
from tiwizi.network.handover import Section, hands_over
from tiwizi.network.models import Body


@hands_over
def sheets(user: User, body: Body) -> list[Section]:
    """What is not handed in of the periods that have begun, the oldest first."""
    rows = [
        [str(one.period), str(one.label), wording.day(one.period.due), _("late") if one.late else ""]
        for one in unsent(body, network.today())
    ]
    columns = [_("Period"), _("State"), _("Due"), _("Late")]
    return [Section.of(_("Reporting sheets to hand in"), columns, rows, _("No sheet is owed."), order=28)]
