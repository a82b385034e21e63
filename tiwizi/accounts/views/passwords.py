"""A forgotten password and a new one. The library keeps the rules; the letter goes through our own queue."""

from typing import Any

from allauth.account.views import (
    PasswordChangeView,
    PasswordResetDoneView,
    PasswordResetFromKeyDoneView,
    PasswordResetFromKeyView,
    PasswordResetView,
)
from allauth.core.internal import ratelimit
from django.conf import settings
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils.translation import gettext as _

from tiwizi.accounts import devices, rules
from tiwizi.accounts.forms import ForgottenForm
from tiwizi.accounts.models import User
from tiwizi.accounts.views.changes import Noted


class Forgotten(PasswordResetView):
    """Asks for an address; says the same to everybody."""

    template_name = "accounts/forgotten.html"

    def get_form_class(self) -> type[Form]:
        return ForgottenForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"mail": settings.MAIL}

    def form_valid(self, form: Form) -> HttpResponse:
        email = form.cleaned_data["email"].lower()
        stopped = ratelimit.consume_or_429(self.request, app="allauth.account", action="reset_password", key=email)
        if stopped:
            return stopped
        if settings.MAIL:
            rules.ask_new_password(email=email, site=self.request.build_absolute_uri("/"))
        return redirect("account_reset_password_done")


class ForgottenSent(PasswordResetDoneView):
    template_name = "accounts/forgotten_sent.html"


class NewPassword(Noted, PasswordResetFromKeyView):
    """Where the letter's link leads."""

    template_name = "accounts/new_password.html"
    act = "change-password"

    def whose(self) -> User:
        user: User = self.reset_user
        return user

    def said(self) -> str:
        return ""

    def form_valid(self, form: Form) -> HttpResponse:
        """Who reads the account's letters is no stranger: this device is known from now on."""
        answer = super().form_valid(form)
        devices.remember(self.request, answer, self.reset_user.email)
        return answer


class NewPasswordDone(PasswordResetFromKeyDoneView):
    template_name = "accounts/new_password_done.html"


class ChangePassword(Noted, PasswordChangeView):
    """A new password for who knows the present one; every other session ends with it."""

    template_name = "accounts/change_password.html"
    act = "change-password"
    success_url = reverse_lazy("accounts:account")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not request.user.has_usable_password():
            return HttpResponseRedirect(reverse_lazy("account_reset_password"))
        answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return answer

    def get_default_success_url(self) -> str:
        return str(self.success_url)

    def said(self) -> str:
        return _("Your password is changed. Your other devices are signed out.")
