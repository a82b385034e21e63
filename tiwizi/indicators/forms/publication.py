"""What is typed to open a programme's results to everybody, and to close them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tiwizi.base.forms import Dressed
from tiwizi.indicators.forms.definitions import TranslatedForm

HISTORY = _("Kept in the history, never on the public page.")


def _reason() -> forms.CharField:
    return forms.CharField(
        label=_("Reason"), max_length=300, help_text=HISTORY, error_messages={"required": _("Say why.")}
    )


class IntroductionForm(TranslatedForm):
    """What stands at the head of the public page."""

    translated = {"introduction": _("Introduction")}
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in [*self.first, *self.others]:
            kept = field.field.widget.attrs
            field.field.widget = forms.Textarea(attrs={**kept, "rows": 3})


class OpenForm(IntroductionForm):
    """Why the results are opened, and what stands at the head of their page."""

    reason = _reason()


class WithdrawForm(Dressed):
    """Why the results are closed."""

    reason = _reason()
