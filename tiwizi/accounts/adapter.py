"""How the sign-in library behaves here."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from tiwizi.accounts.models import User
from tiwizi.base.errors import Refusal


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are given by invitation, never taken."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        """Only who knows the password of a closed account learns that it is closed."""
        raise Refusal(
            "account-closed",
            _("This account is closed."),
            _("Ask the programme's coordination if you think that it should be open."),
            status=403,
        )

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """No "you have signed in" noise: the page itself shows who you are."""
