"""Roles in bodies: given, ended, left.

`by=None` is the system itself (the demo loader, an installation's first steps).
"""

from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tiwizi.accounts.models import User
from tiwizi.accounts.rules import close_account
from tiwizi.base import audit
from tiwizi.base.errors import Refusal
from tiwizi.network import queries
from tiwizi.network.models import Body, Mandate
from tiwizi.network.permissions import ROLES, Action, givable, require
from tiwizi.network.rules.bodies import in_order


def may_give(by: User | None, body: Body, role: str) -> None:
    """Raise unless this person may give (or end) this role here. Refused: `role-unknown`, `not-allowed`,
    `role-above-own`."""
    if role not in ROLES:
        raise Refusal("role-unknown", _("There is no such role."), _("Choose one of the list."), field="role")
    if by is None:
        return
    require(by, Action.GIVE_ROLES, body)
    if ROLES[role] not in givable(by, body):
        sentence = _("This role may do more than yours: you cannot give it, nor end it.")
        raise Refusal("role-above-own", sentence, _("Ask who coordinates the programme."), field="role", status=403)


@transaction.atomic
def grant_mandate(
    *, by: User | None, user: User, body: Body, role: str, start: date | None = None, end: date | None = None
) -> Mandate:
    """A person holds a role in a body. Refused: `role-unknown`, `role-above-own`, `mandate-held`, `life-order`."""
    may_give(by, body, role)
    return write_mandate(by=by, user=user, body=body, role=role, start=start, end=end)


def write_mandate(
    *, by: User | None, user: User, body: Body, role: str, start: date | None, end: date | None
) -> Mandate:
    """The mandate itself, once somebody was found to be allowed. Refused: `mandate-held`, `life-order`."""
    in_order(start, end)
    held = Mandate.objects.filter(user=user, body=body, role=role)
    if held.during(start or date.min, end or date.max).exists():
        raise Refusal("mandate-held", _("%(who)s already holds this role here on these days.") % {"who": user})
    mandate = Mandate.objects.create(user=user, body=body, role=role, start=start, end=end)
    audit.record("grant-mandate", mandate, by=by, body=body.pk, after={"user": str(user.pk), "role": role})
    return mandate


@transaction.atomic
def end_mandate(*, by: User | None, mandate: Mandate, on: date) -> Mandate:
    """The mandate's last day. What was done under it stays. Refused: `life-order`, `role-above-own`, `last-manager`."""
    if by is not None and mandate.role in ROLES:
        may_give(by, mandate.body, mandate.role)
        somebody_remains(mandate, on)
    elif by is not None:  # a role of old, that no longer exists
        require(by, Action.MANAGE_NETWORK, mandate.body)
    return _end(by, mandate, on)


@transaction.atomic
def leave_role(*, by: User, mandate: Mandate) -> Mandate:
    """End a mandate of one's own with this day; what one did stays. Refused: `mandate-not-yours`, `last-manager`."""
    if mandate.user_id != by.pk:
        raise Refusal("mandate-not-yours", _("Only who holds a role can leave it."), status=403)
    somebody_remains(mandate, queries.today())
    by.acting_for = None
    return _end(by, mandate, max(queries.today(), mandate.start or date.min))


@transaction.atomic
def leave_everything(*, by: User, close: bool = False) -> list[Mandate]:
    """End every role of one's own with this day, and if asked close the account; what one did stays. All or nothing:
    `last-manager` where nobody else could give roles afterwards."""
    own = [one for one in queries.mandates_of(by) if one.user_id == by.pk]
    left = [leave_role(by=by, mandate=mandate) for mandate in own]
    if close:
        close_account(by=by)
    return left


def _end(by: User | None, mandate: Mandate, on: date) -> Mandate:
    in_order(mandate.start, on)
    before = mandate.end
    mandate.end = on
    mandate.save(update_fields=["end"])
    audit.record("end-mandate", mandate, by=by, body=mandate.body_id, before={"end": before}, after={"end": on})
    return mandate


def somebody_remains(mandate: Mandate, on: date) -> None:
    """Refused: `last-manager`. A programme in which nobody can give roles any more could not be mended from inside."""
    managing = {code for code, role in ROLES.items() if Action.MANAGE_NETWORK in role.actions}
    if mandate.role not in managing:
        return
    # Two who leave at once would each see the other stay.
    Body.objects.select_for_update().get(pk=mandate.body_id)
    day = max(on, queries.today()) + timedelta(days=1)
    staying = queries.mandates_in(queries.reach(mandate.body), on=day)
    if not any(one.role in managing and one.pk != mandate.pk for one in staying):
        sentence = _("Nobody else could give roles here afterwards.")
        raise Refusal("last-manager", sentence, _("Give the role to somebody else first, without an end."))
