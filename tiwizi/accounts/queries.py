"""Reads of accounts."""

from datetime import datetime

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.urls import reverse

from tiwizi.accounts.models import User
from tiwizi.base.models import AuditEntry


def demo_accounts() -> list[User]:
    """The demo's accounts, in the order in which they were made."""
    return list(User.objects.filter(is_demo=True, is_active=True).order_by("created_at", "email"))


def account_of(email: str) -> User | None:
    """The account with this address, whatever its capitals."""
    return User.objects.filter(email__iexact=email.strip()).first()


def words_for(user: User) -> list[str]:
    """By which words a text names a person: the address, and the name when it is more than one word, which might be
    anybody's."""
    return [user.email, *([user.name] if len(user.name.split()) > 1 else [])]


def asking_for_erasure() -> list[User]:
    """Those who wait to be erased, the longest first."""
    return list(User.objects.filter(erasure_asked_at__isnull=False).order_by("erasure_asked_at"))


def closed_before(moment: datetime) -> list[User]:
    """Accounts that were closed before a moment and still bear a name."""
    closed = AuditEntry.objects.filter(act="close-account", at__lt=moment).values_list("object_id", flat=True)
    return list(User.objects.filter(is_active=False, erased_at__isnull=True, pk__in=list(closed)))


def reset_link(user: User, site: str) -> str:
    """The address where a person chooses a new password, once. Made when needed; no table holds it."""
    key = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    return site.rstrip("/") + reverse("account_reset_password_from_key", kwargs=key)


def has_second_factor(user: User) -> bool:
    """An application or a passkey; recovery codes alone are none."""
    strong = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    return bool(Authenticator.objects.filter(user_id=user.pk, type__in=strong).exists())


def sessions_of(user: User) -> list[UserSession]:
    """The sessions that are open now, the latest first; those that ended by themselves are forgotten here."""
    found: list[UserSession] = UserSession.objects.purge_and_list(user)
    return sorted(found, key=lambda session: session.created_at, reverse=True)


_BROWSERS = {"Edg/": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "Chrome/": "Chrome", "Safari/": "Safari"}
_SYSTEMS = {
    "Windows": "Windows",
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Mac OS": "macOS",
    "Linux": "Linux",
}


def device_name(user_agent: str) -> str:
    """What a person recognises of a browser's long name; the order matters, since each names those before it."""
    browser = next((name for mark, name in _BROWSERS.items() if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS.items() if mark in user_agent), "")
    return ", ".join(part for part in (browser, system) if part) or user_agent[:40] or "?"
