"""What the forms of every room have in common."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tiwizi.base.errors import Refusal

FIRST_YEAR, LAST_YEAR = 1990, 2100  # beyond them a finger slipped, and a calendar may end


class Dressed(forms.Form):
    """A form whose fields wear the look's classes, and say to a screen reader which text explains or faults them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.setdefault("class", _CLASSES.get(type(field.widget), "form-control"))

    def refused(self, refusal: Refusal) -> None:
        """Say a rule's refusal beside the field that it names, else above the form."""
        self.add_error(refusal.field if refusal.field in self.fields else None, str(refusal))


_CLASSES: dict[type, str] = {
    forms.Select: "form-select",
    forms.CheckboxInput: "form-check-input",
    forms.CheckboxSelectMultiple: "form-check-input",
    forms.RadioSelect: "form-check-input",
    forms.HiddenInput: "",
}


class DayField(forms.DateField):
    """A day, in years that a plan can lie in."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def to_python(self, value: Any) -> date | None:
        day: date | None = super().to_python(value)
        if day and not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise forms.ValidationError(
                _("Give a day from %(first)s to %(last)s."),
                code="year",
                params={"first": FIRST_YEAR, "last": LAST_YEAR},
            )
        return day
