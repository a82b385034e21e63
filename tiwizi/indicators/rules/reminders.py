"""Letters that remind of sheets: queued once for each sheet, person and due day, however often this is asked."""

import hashlib
from datetime import timedelta

from django.conf import settings
from django.db import transaction

from tiwizi.accounts.mail import ATTEMPTS
from tiwizi.base.jobs import enqueue
from tiwizi.base.models import Job
from tiwizi.indicators.queries.due import Due, owing
from tiwizi.network import queries as network
from tiwizi.network.models import Body, Mandate
from tiwizi.network.permissions import ROLES, Action

LETTER = "indicators.reminder-letter"
BEFORE, AFTER = timedelta(days=14), timedelta(days=60)  # of the day on which a sheet is due


@transaction.atomic
def remind(*, site: str) -> int:
    """Queue a letter to who reports for a body, for each sheet that is due soon or newly late and not handed in. The
    act of the system, to be asked once a day; returns how many letters are new. Without a mail server: none."""
    if not settings.MAIL:
        return 0
    today = network.today()
    roles = [code for code, role in ROLES.items() if Action.REPORT in role.actions]
    bodies = set(Body.objects.on(today).values_list("pk", flat=True))
    due = [one for one in owing(bodies, until=today) if one.unsent and -AFTER <= one.period.due - today <= BEFORE]
    held = Mandate.objects.on(today).filter(body__in={one.body.pk for one in due}, role__in=roles, user__is_active=True)
    people: dict[object, list[Mandate]] = {}
    for mandate in held.select_related("user"):
        people.setdefault(mandate.body_id, []).append(mandate)
    return sum(_queue(one, mandate, site) for one in due for mandate in people.get(one.body.pk, ()))


def _queue(one: Due, mandate: Mandate, site: str) -> bool:
    """One letter before the day and one after it, each by its own key."""
    told = (one.body.pk, one.period.pk, one.period.due, one.late, mandate.user_id)
    key = "remind:" + hashlib.sha256(repr([str(part) for part in told]).encode()).hexdigest()
    if Job.objects.filter(key=key).exists():
        return False
    payload = {"body": str(one.body.pk), "period": str(one.period.pk), "user": str(mandate.user_id), "site": site}
    enqueue(LETTER, payload, key=key, attempts=ATTEMPTS)
    return True
