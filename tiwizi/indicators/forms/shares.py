"""Whose a figure of several bodies is, in percent."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from tiwizi.base.forms import Dressed
from tiwizi.indicators.forms.definitions import NumberField
from tiwizi.network.models import Body


class SharesForm(Dressed):
    """One field a partner. That they make 100 % is asked by the rule."""

    def __init__(self, *args: Any, parts: dict[Body, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for body, part in parts.items():
            widget = forms.TextInput(attrs={"inputmode": "decimal", "class": "form-control"})
            self.fields[body.pk.hex] = NumberField(label=f"{body} (%)", initial=Decimal(part) / 100, widget=widget)
            self.fields[body.pk.hex].required = True

    def clean(self) -> dict[str, Any]:
        """Two decimals at most, and no less than nothing."""
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        for name, number in list(typed.items()):
            if not 0 <= number <= 100 or number != round(number, 2):
                self.add_error(name, _("A share lies between 0 and 100, with two decimals at most."))
        return typed

    @property
    def weights(self) -> dict[UUID, int]:
        """In hundredths of a percent."""
        return {UUID(name): int(number * 100) for name, number in self.cleaned_data.items()}
