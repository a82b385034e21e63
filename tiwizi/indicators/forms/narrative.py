"""Words beside figures."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tiwizi.base.forms import Dressed
from tiwizi.indicators.models import Period
from tiwizi.indicators.queries.words import SCORES


class ReviewForm(Dressed):
    """How a result went in a year."""

    score = forms.ChoiceField(label=_("Score"), required=False, widget=forms.RadioSelect)
    justification = forms.CharField(
        label=_("Why this score"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("What was done, what was reached, what explains the difference."),
    )
    lessons = forms.CharField(
        label=_("Lessons learned"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("What you would do again, what you would do otherwise."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, initial=0)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(code, f"{code} · {words}") for code, words in SCORES.items()]
        self.fields["score"].choices = [*named, ("", _("No score yet"))]  # type: ignore[attr-defined]


class RemarkForm(Dressed):
    """A remark on a figure, in one of its periods."""

    period = forms.ChoiceField(label=_("Period"))
    text = forms.CharField(label=_("Your remark"), required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, periods: list[Period], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.periods = {one.code: one for one in periods}
        self.fields["period"].choices = [(code, code) for code in self.periods]  # type: ignore[attr-defined]


class ReasonForm(Dressed):
    """Why a remark is put away."""

    reason = forms.CharField(label=_("Reason"), required=False, max_length=300)


class YearForm(Dressed):
    """The year that is looked at."""

    year = forms.TypedChoiceField(label=_("Year"), required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, years: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = [(one, str(one)) for one in years]  # type: ignore[attr-defined]
        self.is_valid()
