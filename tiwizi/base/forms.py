"""What the forms of every room have in common."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.http import QueryDict
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from tiwizi.base.errors import Refusal
from tiwizi.base.merging import Answers, Seen

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


class LongSelect(forms.Select):
    """A choice among hundreds. The library renders each option by two templates, which took longer than all the rest
    of a page."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        choose = self.get_context(name, value, attrs)["widget"]
        options = format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            (
                (one["value"], mark_safe(" selected") if one["selected"] else "", one["label"])
                for _, group, _ in choose["optgroups"]
                for one in group
            ),
        )
        return format_html('<select name="{}"{}>{}</select>', choose["name"], flatatt(choose["attrs"]), options)


_CLASSES: dict[type, str] = {
    forms.Select: "form-select",
    LongSelect: "form-select",
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


CHOICE = "keep:"  # before the name of a clash: whose value is to stand
SEEN, LOOKED_AT = "seen", "looked-at"


@dataclass(frozen=True)
class Writing:
    """What a form of one object says besides its fields: what was seen when it was opened, and how clashes end."""

    seen: Seen
    answers: Answers | None = None

    @classmethod
    def of(cls, data: QueryDict, about: object) -> "Writing":
        """From what was posted. `about` is the object that the form changes."""
        sealed = data.get(SEEN)
        seen = Seen.read(sealed, about) if sealed else Seen(_number(data.get("version")))
        sides = {name.removeprefix(CHOICE): str(data[name]) for name in data if name.startswith(CHOICE)}
        return cls(seen, Answers(_number(data.get(LOOKED_AT)), sides) if sides else None)

    @property
    def how(self) -> dict[str, Any]:
        """As the rules take it."""
        return {"seen": self.seen, "answers": self.answers}


def typed_again(data: QueryDict) -> list[tuple[str, str]]:
    """Every value that was typed, for a page that carries it on: without the choices and the token."""
    left = {"csrfmiddlewaretoken", LOOKED_AT, "again"}
    names = [name for name in data if name not in left and not name.startswith(CHOICE)]
    return [(name, str(value)) for name in names for value in data.getlist(name)]


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None
