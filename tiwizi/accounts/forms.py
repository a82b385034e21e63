"""The shape of what is typed about accounts; the sign-in library has forms of its own."""

from django import forms
from django.utils.translation import gettext_lazy as _

from tiwizi.base.forms import Dressed


class ForgottenForm(Dressed):
    """To whom the link to a new password goes."""

    email = forms.EmailField(
        label=_("E-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "username", "dir": "ltr"})
    )
