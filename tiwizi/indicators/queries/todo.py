"""What waits for a person in the sheets: to fill in, to correct, to accept, to certify."""

from collections import defaultdict
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tiwizi.accounts.models import User
from tiwizi.base.todo import ToDo
from tiwizi.base.wording import day
from tiwizi.indicators.models import Report
from tiwizi.indicators.queries.due import SOON, Due, owing, waiting
from tiwizi.network import queries as network
from tiwizi.network.models import Body
from tiwizi.network.permissions import ROLES, Action, bodies_where

State = Report.State


def to_do(user: User) -> list[ToDo]:
    """Returned, late and coming sheets of a person's own bodies; those that wait for the level above, one line a body.
    Few queries, whatever the number of sheets."""
    own = bodies_where(user, Action.REPORT, below=False)
    return _own(own) + _waiting(user, Action.VALIDATE_REPORT) + _waiting(user, Action.CERTIFY_REPORT)


def _own(bodies: set[UUID]) -> list[ToDo]:
    by_body: dict[Body, list[Due]] = defaultdict(list)
    for one in owing(bodies, until=network.today()):
        if one.unsent:
            by_body[one.body].append(one)
    return [line for body, found in by_body.items() for line in _lines(body, found)]


def _lines(body: Body, found: list[Due]) -> list[ToDo]:
    lines = []
    for one in (one for one in found if one.state == State.RETURNED):
        told = {"body": body, "period": _code(one), "reason": one.report.state_reason if one.report else ""}
        lines.append(
            ToDo(_("The sheet %(period)s of %(body)s was returned: “%(reason)s”") % told, _sheet(one), body, None)
        )
    late = [one for one in found if one.late and one.state != State.RETURNED]
    if late:
        sentence = ngettext(
            "The sheet %(period)s of %(body)s is late: it was due on %(day)s.",
            "%(count)s sheets of %(body)s are late; the oldest, %(period)s, was due on %(day)s.",
            len(late),
        )
        told = {"body": body, "period": _code(late[0]), "day": day(late[0].period.due), "count": len(late)}
        href = _sheet(late[0]) if len(late) == 1 else reverse("indicators:sheets", args=[body.slug])
        lines.append(ToDo(sentence % told, href, body, None))
    soon = network.today() + SOON
    for one in (one for one in found if not one.late and one.state != State.RETURNED and one.period.due <= soon):
        told = {"body": body, "period": _code(one), "day": day(one.period.due)}
        lines.append(
            ToDo(_("Fill in the sheet %(period)s of %(body)s: due on %(day)s.") % told, _sheet(one), body, None)
        )
    return lines


def _code(one: Due) -> str:
    """A period's name that keeps its direction in an Arabic sentence (where no markup may stand)."""
    return f"\u2066{one.period.code}\u2069"


def _sheet(one: Due) -> str:
    return reverse("indicators:sheet", args=[one.body.slug, one.period.code])


def _waiting(user: User, action: Action) -> list[ToDo]:
    """One line for each body in which the person accepts: sheets of the bodies below it."""
    held = {m.body_id: m.body for m in network.mandates_of(user) if m.role in ROLES and action in ROLES[m.role].actions}
    if not held:
        return []
    validates = action is Action.VALIDATE_REPORT
    graph = network.graph()
    below = {pk: graph.below(pk) - ({pk} if validates else set()) for pk in held}
    found = waiting(set().union(*below.values()), State.SUBMITTED if validates else State.VALIDATED)
    lines = []
    for pk, bodies in below.items():
        here = [one for one in found if one.body_id in bodies and not (validates and one.submitted_by == user.pk)]
        if here:
            told = {"count": len(here), "body": held[pk]}
            href = reverse("indicators:sheets", args=[held[pk].slug]) + f"?choose={here[0].state}"
            lines.append(ToDo(_told(validates, len(here)) % told, href, held[pk], here[0].submitted_at))
    return lines


def _told(validates: bool, count: int) -> str:
    if validates:
        return ngettext(
            "%(count)s sheet below %(body)s waits to be validated.",
            "%(count)s sheets below %(body)s wait to be validated.",
            count,
        )
    return ngettext(
        "%(count)s validated sheet below %(body)s can be certified.",
        "%(count)s validated sheets below %(body)s can be certified.",
        count,
    )
