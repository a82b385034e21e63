"""A role lent for some days: offered to an address by a signed link, and standing in once that person says yes.

Whoever lends learns nothing about the address: answer and time are the same whether or not it has an account.
"""

from datetime import date
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tiwizi.accounts.mail import ATTEMPTS
from tiwizi.accounts.models import User
from tiwizi.base import audit
from tiwizi.base.errors import Refusal
from tiwizi.base.jobs import enqueue
from tiwizi.network import queries
from tiwizi.network.models import Delegation, Mandate
from tiwizi.network.rules.bodies import in_order

_signer = signing.Signer(salt="tiwizi.network.delegation", sep=".")


def offer_token_of(offer: Delegation) -> str:
    """What the link holds: the offer's id, signed. It is made when needed and kept nowhere."""
    return _signer.sign(offer.pk.hex)


def address(email: str) -> str:
    """An e-mail address as it is kept. Refused: `address-wrong`."""
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError as error:
        sentence = _("This is no e-mail address.")
        raise Refusal("address-wrong", sentence, _("Write it as name@example.org."), field="email") from error
    return email


@transaction.atomic
def lend_mandate(
    *, by: User, mandate: Mandate, email: str, start: date, end: date, site: str, reason: str = ""
) -> Delegation:
    """Offer to an address to stand in for oneself, for some days; it counts once that person says yes. Refused:
    `mandate-not-yours`, `life-order`, `delegation-past`, `address-wrong`, `deputy-self`, `delegation-held`."""
    if mandate.user_id != by.pk:
        raise Refusal("mandate-not-yours", _("Only who holds a role can lend it."), status=403)
    in_order(start, end)
    if end < queries.today():
        raise Refusal("delegation-past", _("These days are over."), _("Choose a later end."), field="end")
    email = address(email)
    if email == by.email.lower():
        raise Refusal("deputy-self", _("Nobody stands in for themselves."), field="email")
    asked = Delegation.objects.during(start, end).filter(mandate=mandate, revoked_at__isnull=True)
    if asked.filter(Q(email=email) | Q(user__email__iexact=email)).exists():
        sentence = _("You asked %(who)s already for some of these days.") % {"who": email}
        raise Refusal("delegation-held", sentence, _("Your roles show whom you asked."), field="email")
    offer = Delegation.objects.create(mandate=mandate, email=email, start=start, end=end, reason=reason)
    by.acting_for = None
    after = {"start": start, "end": end}
    audit.record("lend-mandate", offer, by=by, body=mandate.body_id, reason=reason, after=after)
    if settings.MAIL:
        enqueue("network.offer-letter", {"offer": str(offer.pk), "site": site}, by=by, attempts=ATTEMPTS)
    return offer


def find_offer(token: str) -> Delegation:
    """The offer of a link that can still be taken up. Refused: `offer-unknown`, `offer-over`, `offer-taken`."""
    try:
        key = UUID(_signer.unsign(token))
    except (signing.BadSignature, ValueError):
        key = None
    found = Delegation.objects.select_related("mandate__body__kind", "mandate__user", "user")
    offer = found.filter(pk=key).first() if key else None
    if offer is None:
        sentence = _("This is no offer of a role.")
        raise Refusal("offer-unknown", sentence, _("Copy the link whole from the e-mail."), status=404)
    _still_open(offer)
    return offer


def _still_open(offer: Delegation) -> None:
    mandate = offer.mandate
    ended = (mandate.end is not None and mandate.end < queries.today()) or not mandate.user.is_active
    if offer.revoked_at or offer.end < queries.today() or ended:
        sentence = _("Nobody asks this of you any more.")
        raise Refusal("offer-over", sentence, _("Ask who sent it to you."), status=410)
    if offer.user_id is not None:
        sentence = _("This was agreed already.")
        raise Refusal("offer-taken", sentence, _("Sign in: your roles show it."), status=410)


@transaction.atomic
def accept_offer(*, by: User, offer: Delegation) -> Delegation:
    """Say yes to standing in: from now on it counts on its days. Refused: `offer-not-yours`, and what `find_offer`
    refuses."""
    locked = Delegation.objects.select_for_update(of=("self",)).select_related("mandate__user").get(pk=offer.pk)
    _still_open(locked)
    if locked.email != by.email.lower():
        raise Refusal("offer-not-yours", _("This was asked of another address."), status=403)
    locked.user, locked.email = by, ""
    locked.save(update_fields=["user", "email"])
    by.acting_for = None
    audit.record("accept-offer", locked, by=by, body=locked.mandate.body_id, after={"deputy": str(by.pk)})
    return locked


@transaction.atomic
def take_back_mandate(*, by: User, delegation: Delegation) -> Delegation:
    """End a delegation at once, or say no to an offer: who lent, or who stands in. Refused: `mandate-not-yours`."""
    theirs = by.pk in (delegation.mandate.user_id, delegation.user_id)
    if not theirs and by.email.lower() != delegation.email:
        raise Refusal("mandate-not-yours", _("Only the two concerned can end this."), status=403)
    if delegation.revoked_at is None:
        delegation.revoked_at = timezone.now()
        delegation.save(update_fields=["revoked_at"])
        by.acting_for = None
        audit.record("take-back-mandate", delegation, by=by, body=delegation.mandate.body_id)
    return delegation
