"""The shape of what is typed about roles. What is allowed is the rules' matter."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tiwizi.base.forms import DayField, Dressed
from tiwizi.network.permissions import Role

_ADDRESS = {"autocomplete": "off", "dir": "ltr"}


class InvitationForm(Dressed):
    """A role for an address; without days it has neither begin nor end."""

    email = forms.EmailField(label=_("E-mail address"), widget=forms.EmailInput(attrs=_ADDRESS))
    name = forms.CharField(label=_("Name"), max_length=120, required=False)
    role = forms.ChoiceField(label=_("Role"))
    start = DayField(label=_("First day"), required=False)
    end = DayField(label=_("Last day"), required=False, help_text=_("A mandate of an elected member ends by itself."))
    language = forms.ChoiceField(label=_("Language of the letter"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, roles: list[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(role.code, role.name) for role in roles]  # type: ignore[attr-defined]


class EndForm(Dressed):
    """The last day of a mandate."""

    on = DayField(label=_("Last day"))


class LendForm(Dressed):
    """Who stands in for oneself, from when to when."""

    email = forms.EmailField(label=_("E-mail address of who stands in"), widget=forms.EmailInput(attrs=_ADDRESS))
    start = DayField(label=_("First day"))
    end = DayField(label=_("Last day"))
    reason = forms.CharField(label=_("Reason"), max_length=300, required=False)


class ErasureForm(Dressed):
    """Why a person is erased, and that whoever does it knows that there is no way back."""

    reason = forms.CharField(
        label=_("Why"),
        max_length=300,
        help_text=_("It stays in the trail: “asked by letter”, without any name."),
    )
    sure = forms.BooleanField(label=_("I know that nobody can bring the name back"))


class NewcomerForm(Dressed):
    """Name and password of who accepts an invitation without having an account."""

    name = forms.CharField(label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "dir": "ltr"}),
        help_text=_("At least 12 characters; a sentence of some words is good."),
    )


class DecisionForm(Dressed):
    """What was decided, by which office, who sees to it until when."""

    text = forms.CharField(label=_("Decision"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3}))
    day = DayField(label=_("Day on which it was taken"))
    decided_by = forms.CharField(
        label=_("Decided by"), max_length=200, help_text=_("An office or a meeting, not a person: “the governor”.")
    )
    owner = forms.CharField(label=_("Who sees to it"), max_length=200, required=False)
    due = DayField(label=_("By when"), required=False)


class PutBackForm(Dressed):
    """Why an earlier state is put back, and the version that was looked at."""

    reason = forms.CharField(label=_("Why"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))
    version = forms.IntegerField(widget=forms.HiddenInput)
