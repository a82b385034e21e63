"""The second factor: asking for it, adding and removing it. The library decides; we record, and draw the pages."""

import json
from typing import Any

import qrcode
from allauth.account.views import ReauthenticateView as PasswordAgain
from allauth.mfa.base.views import AuthenticateView, IndexView, ReauthenticateView
from allauth.mfa.recovery_codes.views import (
    DownloadRecoveryCodesView,
    GenerateRecoveryCodesView,
    ViewRecoveryCodesView,
)
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.views import (
    AddWebAuthnView,
    LoginWebAuthnView,
    ReauthenticateWebAuthnView,
    RemoveWebAuthnView,
)
from django.contrib import messages
from django.core.serializers.json import DjangoJSONEncoder
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils.translation import gettext as _

from tiwizi.accounts.forms import CodeForm, PasskeyForm
from tiwizi.accounts.views.changes import Noted


class Changed(Noted):
    """A change of the second factor; back to the list of what one has."""

    success_url: Any = reverse_lazy("mfa_index")


class Options:
    """What the browser needs to ask a passkey, as text for an attribute: a page holds no script."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        data = context.get("js_data") or {}
        wanted = data.get("creation_options") or data.get("request_options")
        return context | {"options": json.dumps(wanted, cls=DjangoJSONEncoder) if wanted else ""}


class Overview(IndexView):
    template_name = "accounts/second_factor.html"


class Ask(Options, AuthenticateView):
    """After the password: a code, a recovery code or a passkey."""

    template_name = "accounts/ask_second_factor.html"
    form_class = CodeForm
    webauthn_form_class = PasskeyForm


class AskPasswordAgain(PasswordAgain):
    """Before something grave, for who signed in a while ago."""

    template_name = "accounts/ask_again.html"


class AskCodeAgain(ReauthenticateView):
    template_name = "accounts/ask_again.html"


class AskPasskeyAgain(Options, ReauthenticateWebAuthnView):
    template_name = "accounts/ask_again.html"


class AddApplication(Changed, ActivateTOTPView):
    """A QR code to scan, its secret to type instead, and a first code as the proof that it works."""

    template_name = "accounts/add_application.html"
    act = "add-totp"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        secret = context["form"].secret
        groups = [secret[i : i + 4] for i in range(0, len(secret), 4)]
        return context | {"qr": drawn(context["totp_url"]), "secret": " ".join(groups)}


def drawn(text: str) -> dict[str, Any]:
    """A QR code as one SVG path, each dark module a square."""
    code = qrcode.QRCode(border=4)
    code.add_data(text)
    matrix = code.get_matrix()
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(matrix) for x, dark in enumerate(row) if dark)
    return {"size": len(matrix), "path": path}


class RemoveApplication(Changed, DeactivateTOTPView):
    template_name = "accounts/remove_factor.html"
    act = "remove-totp"


class Codes(ViewRecoveryCodesView):
    template_name = "accounts/recovery_codes.html"


class CodesAsText(DownloadRecoveryCodesView):
    template_name = "accounts/recovery_codes.txt"


class NewCodes(Changed, GenerateRecoveryCodesView):
    template_name = "accounts/new_recovery_codes.html"
    act = "renew-recovery-codes"
    success_url = reverse_lazy("mfa_view_recovery_codes")


class AddPasskey(Changed, Options, AddWebAuthnView):
    template_name = "accounts/add_passkey.html"
    act = "add-passkey"


class RemovePasskey(Changed, RemoveWebAuthnView):
    template_name = "accounts/remove_factor.html"
    act = "remove-passkey"


class EnterByPasskey(LoginWebAuthnView):
    """Signing in with a passkey alone: it is both factors."""

    def form_invalid(self, form: Form) -> HttpResponse:
        messages.error(self.request, _("This passkey does not open an account here."))
        return redirect("account_login")
