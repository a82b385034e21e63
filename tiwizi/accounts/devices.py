"""Devices on which somebody signed in before, told by a signed cookie.

Wrong passwords from elsewhere are counted apart from those typed on a known device, so that a stranger who types
somebody's address and wrong passwords all day stops himself, and not the owner of the account.
"""

import hashlib
import secrets

from allauth.core.internal import ratelimit
from django.conf import settings
from django.core import signing
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from tiwizi.accounts.models import User

COOKIE = "tiwizi_device"
SALT = "tiwizi.accounts.devices"
MOST = 8  # accounts that one shared computer remembers
AGE = 365 * 24 * 3600


def _mark(email: str) -> str:
    """An address as the cookie keeps it: not readable in it."""
    return hashlib.sha256(email.strip().lower().encode()).hexdigest()[:24]


def _read(request: HttpRequest) -> dict[str, str]:
    try:
        kept = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=AGE)
    except signing.BadSignature:
        return {}
    return dict(kept)


def known(request: HttpRequest, email: str) -> str:
    """What counts the tries of this device for this account; empty where nobody signed in to it before."""
    return _read(request).get(_mark(email), "")


def known_at_all(request: HttpRequest) -> bool:
    """Somebody signed in on this device before."""
    return bool(_read(request))


def try_second_factor(request: HttpRequest, user: User) -> ratelimit.RateLimitUsage | None:
    """One try at the second step; None when they are used up, on this device or for all unknown places together."""
    key = known(request, user.email) or f"anywhere {user.pk}"
    return ratelimit.consume(request, app="allauth.account", action="second_factor_failed", key=key)


def remember(request: HttpRequest, answer: HttpResponseBase, email: str) -> None:
    """Keep in a cookie that this account was entered here."""
    kept = _read(request)
    kept.setdefault(_mark(email), secrets.token_urlsafe(9))
    value = signing.dumps(dict(list(kept.items())[-MOST:]), salt=SALT)
    answer.set_cookie(COOKIE, value, max_age=AGE, samesite="Lax", secure=settings.HTTPS, httponly=True)
