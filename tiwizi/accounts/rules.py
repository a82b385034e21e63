"""Acts on accounts that need no role: a person's own choices, and how they sign in."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tiwizi.accounts import queries
from tiwizi.accounts.mail import ATTEMPTS
from tiwizi.accounts.models import User
from tiwizi.base import audit
from tiwizi.base import rules as base
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
# What others may be doing to an account, as the letter about it says.
WARNINGS = {
    "guessed-second-factor": _(
        "Somebody entered your password and then several wrong second factors. If it was not you, choose a new "
        "password: on the device where you do it you can enter at once."
    ),
}
Answer = TypeVar("Answer")


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
def note_sign_in(*, by: User) -> None:
    """Record that somebody has entered, whichever way; when this fails, nobody enters."""
    audit.record("sign-in", by, by=by)


@transaction.atomic
def note_wrong_second_factor(*, user: User) -> None:
    """Record a wrong code or passkey after a right password. By the system: who tried is not known."""
    audit.record("fail-second-factor", user, by=None)


def warn_of_guessing(*, user: User, site: str) -> None:
    """Tell the owner by letter, once an hour, that somebody with the password guesses. By the system."""
    if settings.MAIL:
        act = "guessed-second-factor"
        payload = {"user": str(user.pk), "act": act, "site": site}
        key = f"{act}:{user.pk}:{timezone.now():%Y%m%d%H}"
        enqueue("accounts.warning-letter", payload, key=key, attempts=ATTEMPTS)


@transaction.atomic
def change_sign_in(*, by: User, act: str, site: str, write: Callable[[], Answer]) -> Answer:
    """The one way to a new password or another second factor: the library writes, we record and tell by letter, in
    one transaction."""
    answer = write()
    note_change(by=by, act=act, site=site)
    return answer


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
def renew_keys(*, renew: Callable[[str], str]) -> int:
    """Encrypt every secret of second factors with the key of today; how many. By the system: who runs the machine
    asks. `renew` encrypts one again; when it cannot read one, nothing is changed."""
    found = list(Authenticator.objects.select_for_update().exclude(type=Authenticator.Type.WEBAUTHN))
    for one in found:
        one.data = {name: _renewed(name, value, renew) for name, value in one.data.items()}
        one.save(update_fields=["data"])
    return len(found)


def _renewed(name: str, value: object, renew: Callable[[str], str]) -> object:
    if name in {"secret", "seed"}:
        return renew(str(value))
    if name == "migrated_codes":
        return [renew(code) for code in value]  # type: ignore[attr-defined]
    return value


@transaction.atomic
def end_session(*, by: User, session: UserSession) -> None:
    """Sign out another device of one's own. Refused: `session-not-yours`."""
    if session.user_id != by.pk:
        raise Refusal("session-not-yours", _("This session belongs to somebody else."), status=403)
    audit.record("end-session", by, by=by)
    session.end()


@transaction.atomic
def end_other_sessions(*, by: User, here: str) -> int:
    """Sign out everywhere but here (the key of this session); how many ended. One entry for all of them."""
    others = [session for session in queries.sessions_of(by) if session.session_key != here]
    if others:
        audit.record("end-other-sessions", by, by=by, after={"sessions": len(others)})
    for session in others:
        session.end()
    return len(others)


@transaction.atomic
def close_account(*, by: User) -> User:
    """Nobody enters by this account any more; what was done by it stays under its name. Its sessions end."""
    by.is_active = False
    by.set_unusable_password()
    by.save(update_fields=["is_active", "password"])
    for session in queries.sessions_of(by):
        session.end()
    audit.record("close-account", by, by=by)
    return by


# --- What goes (the acts that call these ask who may, and record: `network/rules/erasure.py`) ---


@transaction.atomic
def ask_erasure(*, by: User) -> None:
    """Note that somebody asks to be erased; who may do it sees that."""
    by.erasure_asked_at = timezone.now()
    by.save(update_fields=["erasure_asked_at"])
    audit.record("ask-erasure", by, by=by)


@transaction.atomic
def withdraw_erasure(*, by: User) -> None:
    """Nobody is to erase the account any more."""
    if by.erasure_asked_at is not None:
        by.erasure_asked_at = None
        by.save(update_fields=["erasure_asked_at"])
        audit.record("withdraw-erasure", by, by=by)


@transaction.atomic
def erase_account(*, by: User | None, user: User) -> None:
    """Name, address and password go, the row stays: what was done hangs on its id.

    `user` itself is left as it was read: rooms that erase later still search for the name.
    """
    User.objects.filter(pk=user.pk).update(
        name="", email=f"{user.pk.hex}@left.invalid", password=make_password(None), language=settings.LANGUAGE_CODE,
        is_active=False, is_demo=False, demo_sentence={}, last_login=None, erasure_asked_at=None,
        erased_at=timezone.now(),
    )  # fmt: skip
    Authenticator.objects.filter(user_id=user.pk).delete()
    SocialAccount.objects.filter(user_id=user.pk).delete()
    EmailAddress.objects.filter(user_id=user.pk).delete()
    base.erase_letters(by=by, user=user, words=[user.email])


@transaction.atomic
def erase_sessions(*, by: User | None, user: User) -> None:
    """Who is erased is signed out everywhere."""
    for session in UserSession.objects.filter(user_id=user.pk):
        session.end()


@transaction.atomic
def erase_words(*, by: User | None, user: User) -> None:
    """What the trail says in words about a person by name or address."""
    base.erase_words(by=by, words=queries.words_for(user), reason="erase-person")


@transaction.atomic
def forget_sessions(*, before: datetime) -> int:
    """Throw away sessions that ended before, with their device and address. By the system.

    A session's own end is in its row; a device whose session is gone has none.
    """
    ended: int = Session.objects.filter(expire_date__lt=before).delete()[0]
    open_keys = Session.objects.values("session_key")
    left: int = UserSession.objects.exclude(session_key__in=open_keys).filter(last_seen_at__lt=before).delete()[0]
    return ended + left
