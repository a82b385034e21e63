"""The shape of what is typed about accounts; the sign-in library has forms of its own."""

from allauth.account.adapter import get_adapter
from allauth.core import context
from allauth.core.internal import ratelimit
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import AuthenticateWebAuthnForm
from allauth.mfa.webauthn.internal import auth
from django import forms
from django.utils.translation import gettext_lazy as _

from tiwizi.accounts import devices, rules
from tiwizi.accounts.models import User
from tiwizi.base.forms import Dressed


class ForgottenForm(Dressed):
    """To whom the link to a new password goes."""

    email = forms.EmailField(
        label=_("E-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "username", "dir": "ltr"})
    )


class CodeForm(AuthenticateForm):
    """A code after the password. The library counts wrong ones by account, so that who knows the password could keep
    the owner out; here a known device is counted by itself."""

    def clean_code(self) -> str:
        one = _a_try(self.user)
        code: str = self.cleaned_data["code"]
        for kept in Authenticator.objects.filter(user=self.user).exclude(type=Authenticator.Type.WEBAUTHN):
            if kept.wrap().validate_code(code):
                kept.user = self.user
                self.authenticator = kept
                one.rollback()
                return code
        rules.note_wrong_second_factor(user=self.user)
        raise get_adapter().validation_error("incorrect_code")


class PasskeyForm(AuthenticateWebAuthnForm):
    """A passkey after the password, counted like a code."""

    def clean_credential(self) -> Authenticator:
        one = _a_try(self.user)
        credential = self.cleaned_data["credential"]
        try:
            auth.parse_authentication_response(credential)
            found = auth.complete_authentication(self.user, credential)
        except forms.ValidationError:
            rules.note_wrong_second_factor(user=self.user)
            raise
        one.rollback()
        return found


def _a_try(user: User) -> ratelimit.RateLimitUsage:
    one = devices.try_second_factor(context.request, user)
    if one is None:
        rules.warn_of_guessing(user=user, site=context.request.build_absolute_uri("/"))
        raise get_adapter().validation_error("too_many_login_attempts")
    return one
