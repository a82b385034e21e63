"""What waits for who gives roles: mandates that end soon without anybody to follow, as after an election."""

from collections import defaultdict
from datetime import timedelta

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from tiwizi.accounts.models import User
from tiwizi.base.todo import ToDo
from tiwizi.base.wording import day
from tiwizi.network.models import Body, Mandate
from tiwizi.network.permissions import ROLES, Action, bodies_where
from tiwizi.network.queries import today

SOON = timedelta(days=45)


def to_do(user: User) -> list[ToDo]:
    """One line a body: its roles that end soon and that nobody holds longer. Three queries at most."""
    bodies = bodies_where(user, Action.GIVE_ROLES)
    if not bodies:
        return []
    same = Mandate.objects.filter(body=OuterRef("body"), role=OuterRef("role"))
    followed = same.filter(Q(end__isnull=True) | Q(end__gt=OuterRef("end")))
    ending = Mandate.objects.filter(~Exists(followed), body__in=bodies, end__range=(today(), today() + SOON))
    by_body: dict[Body, list[Mandate]] = defaultdict(list)
    for mandate in ending.select_related("body__kind").order_by("end"):
        by_body[mandate.body].append(mandate)
    return [_line(body, mandates) for body, mandates in by_body.items()]


def _line(body: Body, mandates: list[Mandate]) -> ToDo:
    roles = dict.fromkeys(str(ROLES[one.role].name) for one in mandates if one.role in ROLES)
    told = {"body": body, "day": day(mandates[0].end), "roles": ", ".join(roles)}  # type: ignore[arg-type]
    sentence = _("Roles in %(body)s end from %(day)s on, and nobody follows: %(roles)s.") % told
    return ToDo(sentence, reverse("network:people", args=[body.slug]), body, None)
