"""A person is erased: name, address and what names them go; what was done stays, under an id without a name.

Who may: whoever manages the network in every programme in which the person ever held a role or stood in, or who runs
the machine (`manage.py erase_person`). Everybody may themselves, at once when they hold no role. Why so:
`docs/adr/0015-people.md`.
"""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tiwizi.accounts import queries as accounts
from tiwizi.accounts import rules as own
from tiwizi.accounts.models import User
from tiwizi.base import audit, personal
from tiwizi.base.errors import Refusal
from tiwizi.base.models import AuditEntry
from tiwizi.network import queries
from tiwizi.network.models import Delegation, Invitation
from tiwizi.network.permissions import Action, require
from tiwizi.network.rules.mandates import end_mandate, somebody_remains


def may_erase(*, by: User | None, user: User) -> None:
    """Raise unless this person may erase that one. Refused: `not-allowed`, `person-elsewhere`."""
    if by is None:
        return
    bodies = queries.bodies_of_person(user)
    if not bodies:
        sentence = _("This person never held a role in a body of yours.")
        raise Refusal("person-elsewhere", sentence, _("Ask who runs the installation."), status=403)
    for body in bodies:
        require(by, Action.MANAGE_NETWORK, body)


@transaction.atomic
def erase_person(*, by: User | None, user: User, reason: str) -> User:
    """Erase a person; roles that they still hold end with it when they asked, or when the system acts. Refused: what
    `may_erase` refuses, `reason-missing`, `reason-names`, `already-erased`, `roles-held`, `last-manager`."""
    may_erase(by=by, user=user)
    user = _locked(user)
    reason = reason.strip()
    if not reason:
        raise Refusal("reason-missing", _("Say why: others will read it."), field="reason")
    if any(word.casefold() in reason.casefold() for word in accounts.words_for(user)):
        sentence = _("The reason stays: do not write the person's name or address in it.")
        raise Refusal("reason-names", sentence, field="reason")
    held = queries.coming_mandates_of(user)
    if held and by is not None and user.erasure_asked_at is None:
        sentence = _("This person still holds roles and did not ask for it.")
        raise Refusal("roles-held", sentence, _("End the roles first: that can be taken back, erasing cannot."))
    for mandate in held:
        somebody_remains(mandate, queries.today())
        end_mandate(by=by, mandate=mandate, on=max(queries.today(), mandate.start or date.min))
    return _erase(by, user, reason)


@transaction.atomic
def ask_to_be_erased(*, by: User) -> bool:
    """Erase oneself: at once (True) when no role is held, else who manages the programme is asked (False). Refused:
    `already-erased`, `last-manager`."""
    user = _locked(by)
    held = queries.coming_mandates_of(user)
    for mandate in held:
        somebody_remains(mandate, queries.today())
    if not held:
        _erase(by, user, "asked")
    elif user.erasure_asked_at is None:
        own.ask_erasure(by=user)
    by.refresh_from_db()
    return not held


def _locked(user: User) -> User:
    found = User.objects.select_for_update().get(pk=user.pk)
    if found.erased_at is not None:
        raise Refusal("already-erased", _("This person was erased already."), status=410)
    return found


def _erase(by: User | None, user: User, reason: str) -> User:
    personal.erase_all(by=by, user=user)
    audit.record("erase-person", user, by=by, reason=reason)
    user.refresh_from_db()
    return user


# --- The network's part ---


@transaction.atomic
def erase_lending(*, by: User | None, user: User) -> None:
    """Why somebody stood in: the reasons go, in the table and in the trail; that they did stays. Who was still to
    stand in does not any more."""
    lent = Delegation.objects.filter(Q(user=user) | Q(mandate__user=user)).exclude(reason="")
    ids = [str(pk) for pk in lent.values_list("pk", flat=True)]
    lent.update(reason="")
    for entry in AuditEntry.objects.filter(object_type="network.delegation", object_id__in=ids):
        if entry.reason:
            audit.forget(entry, by=by, reason="erase-person")
    still = Delegation.objects.filter(user=user, end__gte=queries.today(), revoked_at__isnull=True)
    for one in still.select_related("mandate"):
        one.revoked_at = timezone.now()
        one.save(update_fields=["revoked_at"])
        audit.record("take-back-mandate", one, by=by, body=one.mandate.body_id)


@transaction.atomic
def erase_offers(*, by: User | None, user: User) -> None:
    """Roles that the person was asked to take for some days and did not answer."""
    Delegation.objects.filter(user__isnull=True, email__iexact=user.email).delete()


@transaction.atomic
def erase_invitations(*, by: User | None, user: User) -> None:
    """Invitations to the person go; that a role was offered and taken stands in the trail, without an address."""
    Invitation.objects.filter(Q(email__iexact=user.email) | Q(accepted_by=user)).delete()


@transaction.atomic
def forget_invitations(*, before: datetime) -> int:
    """Throw away invitations that were accepted, withdrawn, or ran out before a moment, and offers to stand in that
    nobody took up. By the system."""
    over = Q(accepted_at__lt=before) | Q(withdrawn_at__lt=before) | Q(accepted_at__isnull=True, expires_at__lt=before)
    offers = Delegation.objects.filter(user__isnull=True).filter(Q(end__lt=before.date()) | Q(revoked_at__lt=before))
    return Invitation.objects.filter(over).delete()[0] + offers.delete()[0]


@transaction.atomic
def forget_accounts(*, before: datetime) -> int:
    """Erase who closed their account before a moment. By the system."""
    closed = accounts.closed_before(before)
    for user in closed:
        erase_person(by=None, user=user, reason="kept long enough")
    return len(closed)
