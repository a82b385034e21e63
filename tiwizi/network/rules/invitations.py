"""Invitations: a role offered to an address by a signed link that works once.

`by=None` is the system itself (an installation's first administrator).
"""

from datetime import date, timedelta
from uuid import UUID

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tiwizi.accounts import queries as accounts
from tiwizi.accounts.mail import ATTEMPTS
from tiwizi.accounts.models import User
from tiwizi.base import audit
from tiwizi.base.errors import Refusal
from tiwizi.base.jobs import enqueue
from tiwizi.network import queries
from tiwizi.network.models import Body, Invitation
from tiwizi.network.rules.bodies import in_order
from tiwizi.network.rules.lending import address
from tiwizi.network.rules.mandates import may_give, write_mandate

LASTS = timedelta(days=14)
_signer = signing.Signer(salt="tiwizi.network.invitation", sep=".")


def token_of(invitation: Invitation) -> str:
    """What the link holds: the invitation's id, signed. It is made when needed and kept nowhere."""
    return _signer.sign(invitation.pk.hex)


@transaction.atomic
def invite(
    *,
    by: User | None,
    body: Body,
    email: str,
    role: str,
    language: str,
    site: str,
    name: str = "",
    start: date | None = None,
    end: date | None = None,
) -> Invitation:
    """Offer a role to an address; an open offer of the same is replaced. Refused: what `may_give` refuses,
    `address-wrong`, `life-order`, `invitation-past`, `mandate-held`."""
    may_give(by, body, role)
    email = address(email)
    in_order(start, end)
    if end and end < queries.today():
        raise Refusal("invitation-past", _("The role would already be over."), _("Choose a later end."), field="end")
    held = accounts.account_of(email)
    if held and held.mandates.filter(body=body, role=role).during(start or date.min, end or date.max).exists():
        raise Refusal("mandate-held", _("%(who)s already holds this role here on these days.") % {"who": held})
    _replace(by, Invitation.objects.filter(email=email, body=body, role=role))
    invitation = Invitation.objects.create(
        email=email, name=name.strip(), language=language, body=body, role=role, start=start, end=end,
        invited_by=by, expires_at=timezone.now() + LASTS,
    )  # fmt: skip
    audit.record("invite", invitation, by=by, body=body.pk, after={"role": role, "start": start, "end": end})
    if settings.MAIL:
        enqueue("network.invitation-letter", {"invitation": str(invitation.pk), "site": site}, by=by, attempts=ATTEMPTS)
    return invitation


def _replace(by: User | None, earlier: models.QuerySet[Invitation]) -> None:
    for one in earlier.filter(accepted_at__isnull=True, withdrawn_at__isnull=True):
        _withdraw(by, one)


def _withdraw(by: User | None, invitation: Invitation) -> None:
    invitation.withdrawn_at = timezone.now()
    invitation.save(update_fields=["withdrawn_at"])
    audit.record("withdraw-invitation", invitation, by=by, body=invitation.body_id)


@transaction.atomic
def withdraw_invitation(*, by: User, invitation: Invitation) -> Invitation:
    """The link no longer opens anything. Refused: what `may_give` refuses, `invitation-used`,
    `invitation-withdrawn`."""
    may_give(by, invitation.body, invitation.role)
    locked = Invitation.objects.select_for_update().get(pk=invitation.pk)
    _still_open(locked)
    _withdraw(by, locked)
    return locked


def find_invitation(token: str) -> Invitation:
    """The invitation of a link that can still be accepted. Refused: `invitation-unknown`, `invitation-used`,
    `invitation-withdrawn`, `invitation-expired`."""
    invitation = _found(token)
    _still_open(invitation)
    _in_time(invitation)
    return invitation


def _found(token: str) -> Invitation:
    try:
        key = UUID(_signer.unsign(token))
    except (signing.BadSignature, ValueError):
        key = None
    invitation = Invitation.objects.select_related("body__kind", "invited_by").filter(pk=key).first() if key else None
    if invitation is None:
        raise Refusal(
            "invitation-unknown",
            _("This is no invitation."),
            _("A letter of the link may be missing: copy it whole from the e-mail, or ask for a new one."),
            status=404,
        )
    return invitation


def _still_open(invitation: Invitation) -> None:
    if invitation.accepted_at:
        sentence = _("This invitation was already accepted.")
        raise Refusal("invitation-used", sentence, _("Sign in with your e-mail address."), status=410)
    if invitation.withdrawn_at:
        sentence = _("This invitation was withdrawn.")
        raise Refusal("invitation-withdrawn", sentence, _("Ask who invited you for a new one."), status=410)


def _in_time(invitation: Invitation) -> None:
    over = invitation.end is not None and invitation.end < queries.today()
    if over or invitation.expires_at < timezone.now():
        sentence = _("This invitation has expired.")
        raise Refusal("invitation-expired", sentence, _("Ask who invited you for a new one."), status=410)


@transaction.atomic
def accept_as_newcomer(*, invitation: Invitation, name: str, password: str, language: str) -> User:
    """Make the account of the invited address and give it the role. By the system: nobody is signed in, the link is
    the right. Refused: `account-exists`, `name-missing`, `password-weak`, and what `find_invitation` refuses."""
    invitation = _hold(invitation)
    if accounts.account_of(invitation.email):
        raise _exists()
    if not name.strip():
        raise Refusal("name-missing", _("Say how you are called."), field="name")
    user = User(email=invitation.email, name=name.strip(), language=language)
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Refusal("password-weak", " ".join(error.messages), field="password") from error
    try:
        with transaction.atomic():
            user = User.objects.create_user(user.email, password, name=user.name, language=language)
    except IntegrityError as error:  # another invitation of the same address was accepted at the same moment
        raise _exists() from error
    audit.record("create-account", user, by=user, body=invitation.body_id)
    _accept(invitation, user)
    return user


def _exists() -> Refusal:
    return Refusal("account-exists", _("This address already has an account."), _("Sign in, then accept."))


@transaction.atomic
def accept_invitation(*, by: User, invitation: Invitation) -> Invitation:
    """Who already has an account takes one more role. Refused: `invitation-not-yours`, `mandate-held`, and what
    `find_invitation` refuses."""
    invitation = _hold(invitation)
    if by.email.lower() != invitation.email:
        sentence = _("This invitation is for %(address)s; you are signed in as %(other)s.")
        words = {"address": invitation.email, "other": by.email}
        raise Refusal("invitation-not-yours", sentence % words, _("Sign out, then open the link again."), status=403)
    by.acting_for = None
    _accept(invitation, by)
    return invitation


def _hold(invitation: Invitation) -> Invitation:
    """The invitation again, for us alone: of two who accept at once the second finds it used."""
    held = Invitation.objects.select_for_update(of=("self",)).select_related("body", "invited_by").get(pk=invitation.pk)
    _still_open(held)
    _in_time(held)
    return held


def _accept(invitation: Invitation, user: User) -> None:
    invitation.accepted_at, invitation.accepted_by = timezone.now(), user
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    audit.record("accept-invitation", invitation, by=user, body=invitation.body_id, after={"role": invitation.role})
    write_mandate(
        by=invitation.invited_by, user=user, body=invitation.body, role=invitation.role,
        start=invitation.start, end=invitation.end,
    )  # fmt: skip
