"""The documents that somebody must find who takes a body over."""

from django.utils.translation import gettext as _

from tiwizi.accounts.models import User
from tiwizi.documents import queries
from tiwizi.network.handover import Section, day_or_nothing, hands_over
from tiwizi.network.models import Body


@hands_over
def agreements(user: User, body: Body) -> list[Section]:
    """Agreements and what else stands in front; only for who may read documents here."""
    if not queries.may_read(user, body):
        return []
    rows = [[one.title, str(one.kind), day_or_nothing(one.date)] for one in queries.documents_in_front(body)]
    columns = [_("Document"), _("Kind"), _("Date")]
    return [Section.of(_("Agreements"), columns, rows, _("No agreement is kept here."), order=18)]
