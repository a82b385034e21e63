"""Acts on accounts that need no role: a person's own choices, and how they sign in."""

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tiwizi.accounts import queries
from tiwizi.accounts.mail import ATTEMPTS
from tiwizi.accounts.models import User
from tiwizi.base import audit
from tiwizi.base.errors import Refusal
from tiwizi.base.jobs import enqueue

# What the sign-in library changes for a person, as the letter about it says.
CHANGES = {
    "change-password": _("The password was changed."),
    "add-totp": _("An application that shows codes was added as second factor."),
    "remove-totp": _("The application that shows codes was removed as second factor."),
    "add-passkey": _("A passkey was added."),
    "remove-passkey": _("A passkey was removed."),
    "link-single-sign-on": _("The account of your organisation was linked: it opens this one."),
    "renew-recovery-codes": _("New recovery codes were made; the old ones no longer open anything."),
}


@transaction.atomic
def choose_language(*, by: User, language: str) -> User:
    """Keep the language in which a person reads Tiwizi, on every device where they sign in."""
    if language not in dict(settings.LANGUAGES):
        sentence = _("Tiwizi does not speak this language.")
        raise Refusal("language-unknown", sentence, _("Choose one of the list."), status=400)
    if by.language != language:
        before = by.language
        by.language = language
        by.save(update_fields=["language"])
        audit.record("choose-language", by, by=by, before={"language": before}, after={"language": language})
    return by


def ask_new_password(*, email: str, site: str) -> None:
    """Queue the letter with the link to a new password. By the system: whoever asks is not signed in.

    One search and one row whether or not there is an account, so that neither answer nor time tells.
    """
    user = queries.account_of(email)
    enqueue(
        "accounts.reset-letter",
        {"user": str(user.pk) if user and user.is_active else "", "site": site},
        attempts=ATTEMPTS,
    )


@transaction.atomic
def note_change(*, by: User, act: str, site: str) -> None:
    """Record what the sign-in library has just changed for a person, in its transaction, and tell them by letter."""
    audit.record(act, by, by=by)
    if settings.MAIL:
        enqueue("accounts.notice-letter", {"user": str(by.pk), "act": act, "site": site}, by=by, attempts=ATTEMPTS)


@transaction.atomic
def forget_second_factor(*, user: User) -> None:
    """Remove every second factor and open session of who lost them. By the system: who runs the machine asks."""
    Authenticator.objects.filter(user_id=user.pk).delete()
    for session in queries.sessions_of(user):
        session.end()
    audit.record("forget-second-factor", user, by=None)


@transaction.atomic
def end_session(*, by: User, session: UserSession) -> None:
    """Sign out another device of one's own. Refused: `session-not-yours`."""
    if session.user_id != by.pk:
        raise Refusal("session-not-yours", _("This session belongs to somebody else."), status=403)
    audit.record("end-session", by, by=by)
    session.end()
