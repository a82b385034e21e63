"""How the sign-in library behaves here."""

import base64
import hashlib
import logging
import time
from typing import Any

from allauth.account import app_settings as account
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from tiwizi.accounts import devices, queries, rules
from tiwizi.accounts.middleware import keep_language
from tiwizi.accounts.models import User
from tiwizi.base.errors import Refusal

_log = logging.getLogger("tiwizi.sign-in")


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are given by invitation, never taken; nobody can lock another out by guessing."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        """Only who knows the password of a closed account learns that it is closed."""
        raise closed_account()

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """No "you have signed in" noise: the page itself shows who you are."""

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Tries are counted by device where the account was entered before, else by place and for the account."""
        email = str(credentials.get("email") or "").lower()
        limits = [("login_failed", f"{email}|{ratelimit.get_ip(request)}"), ("login_failed_anywhere", email)]
        if device := devices.known(request, email):
            limits = [("login_failed_known_device", device)]
        self._tries = []
        for action, key in limits:
            one = ratelimit.consume(request, app="allauth.account", action=action, key=key)
            if not one:
                raise self.validation_error("too_many_login_attempts")
            self._tries.append(one)

    def _rollback_login_failed_rl_usage(self) -> None:
        """A right password is no failed try."""
        for one in self._tries:
            one.rollback()

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """One line in the server's log, for who watches it: nothing in it was typed, and the same search is made
        whether or not there is an account."""
        user = queries.account_of(str(credentials.get("email") or ""))
        _log.warning("wrong password from %s for account %s", ratelimit.get_ip(request), user.pk if user else "none")

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        rules.note_sign_in(by=user)
        answer: HttpResponse = super().post_login(request, user, **kwargs)
        devices.remember(request, answer, user.email)
        if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:  # a device on which no language was chosen
            keep_language(answer, user.language)
        return answer

    def is_reauthentication_required(self, *, app: str = "") -> bool:
        """Who proved who they are a moment ago is not asked again."""
        records = get_authentication_records(self.request, self.request.user)
        if any(time.time() - record["at"] < account.REAUTHENTICATION_TIMEOUT for record in records):
            return False
        return bool(super().is_reauthentication_required(app=app))


def closed_account() -> Refusal:
    return Refusal(
        "account-closed",
        _("This account is closed."),
        _("Ask the programme's coordination if you think that it should be open."),
        status=403,
    )


class SecondFactorAdapter(DefaultMFAAdapter):
    """Secrets of second factors are kept encrypted: a stolen copy of the database opens nothing."""

    def encrypt(self, text: str) -> str:
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _fernet().decrypt(encrypted_text.encode()).decode()

    def renew(self, encrypted_text: str) -> str:
        """The same, encrypted with the key of today. Raises `InvalidToken` when no key reads it."""
        return _fernet().rotate(encrypted_text.encode()).decode()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return super().get_public_key_credential_rp_entity() | {"name": "Tiwizi"}


def _fernet() -> MultiFernet:
    """Keys of their own, derived from the installation's secret, which encrypts, and from those before it, which can
    still be read (`manage.py renew_keys` writes everything anew)."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    keys = [hashlib.sha256(b"tiwizi.second-factor:" + secret.encode()).digest() for secret in secrets]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])


class SingleSignOnAdapter(DefaultSocialAccountAdapter):
    """A provider opens existing accounts only, and only by an address that it has verified."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """The first time, link the account that has the verified address. Refused: `single-sign-on-unverified`,
        `single-sign-on-unknown`, `account-closed`."""
        user = sociallogin.user if sociallogin.is_existing else self._account(sociallogin)
        if not user.is_active:
            raise closed_account()
        if not sociallogin.is_existing:
            with transaction.atomic():
                sociallogin.connect(request, user)
                rules.note_change(by=user, act="link-single-sign-on", site=request.build_absolute_uri("/"))

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> User:
        """Of what the provider tells only who it is is kept."""
        user: User = super().populate_user(request, sociallogin, data)
        sociallogin.account.extra_data = {}
        return user

    def _account(self, sociallogin: SocialLogin) -> User:
        verified = [one.email for one in sociallogin.email_addresses if one.verified is True]
        if not verified:
            raise Refusal(
                "single-sign-on-unverified",
                _("The sign-in service did not confirm your e-mail address."),
                _("Confirm it there, or sign in here with your password."),
                status=403,
            )
        user = queries.account_of(verified[0])
        if user is None:
            raise Refusal(
                "single-sign-on-unknown",
                _("No account of Tiwizi has the e-mail address that the sign-in service gave."),
                _("Accounts are given by invitation: ask the coordination of your programme."),
                status=403,
            )
        return user
