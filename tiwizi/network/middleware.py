"""Who needs a second factor for a role chooses one before anything else opens."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from tiwizi.accounts.queries import has_second_factor
from tiwizi.network import permissions, queries

# What opens without it: choosing one, proving who one is for that, leaving, and the language.
OPEN = {
    "account_login", "account_logout", "account_reauthenticate", "accounts:language", "mfa_activate_totp",
    "mfa_add_webauthn", "mfa_index",
}  # fmt: skip


class SecondFactorMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        permissions.needing_second_factor()  # a role that does not exist stops the start

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if getattr(view, "seen_by_everybody", False):
            return None  # who reads is not asked: the page is the same, and a cache may keep it
        if not self._lacking(request):
            return None
        request.needs_second_factor = True  # type: ignore[attr-defined]  # the page says why one is there
        opened = request.resolver_match and request.resolver_match.view_name in OPEN
        return None if opened else redirect("mfa_index")

    def _lacking(self, request: HttpRequest) -> bool:
        user = request.user
        if not user.is_authenticated or not permissions.needing_second_factor() or has_second_factor(user):
            return False
        return permissions.needs_second_factor(queries.mandates_of(user))
