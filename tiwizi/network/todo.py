"""What waits for who gives roles: mandates that end soon without anybody to follow, as after an election; and for who
manages the network: people who ask to be erased."""

from collections import defaultdict
from datetime import timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from tiwizi.accounts.models import User
from tiwizi.accounts.queries import asking_for_erasure
from tiwizi.base.todo import ToDo
from tiwizi.base.wording import day
from tiwizi.network.models import Body, Mandate
from tiwizi.network.permissions import ROLES, Action, bodies_where
from tiwizi.network.queries import bodies_by_person, today

SOON = timedelta(days=45)


def to_do(user: User) -> list[ToDo]:
    """One line a body: its roles that end soon and that nobody holds longer; one for each person who asks to be
    erased. The same number of queries however many there are."""
    bodies = bodies_where(user, Action.GIVE_ROLES)
    if not bodies:
        return []
    return [*_ending(bodies), *_erasures(user)]


def _erasures(user: User) -> list[ToDo]:
    """Who asks is shown to who manages every body in which the person ever held a role."""
    asking = {one.pk: one for one in asking_for_erasure() if one.pk != user.pk}
    if not asking:
        return []
    managed = bodies_where(user, Action.MANAGE_NETWORK)
    found = []
    for pk, places in bodies_by_person(asking).items():
        if {body.pk for body in places} <= managed:
            sentence = _("%(who)s asks to be erased.") % {"who": asking[pk].called}
            href = reverse("network:erase-person", args=[places[0].slug, pk])
            found.append(ToDo(sentence, href, places[0], asking[pk].erasure_asked_at))
    return found


def _ending(bodies: set[UUID]) -> list[ToDo]:
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
