"""What is typed to say what is measured. What is allowed is the rules' matter."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import slug_re
from django.utils.translation import gettext_lazy as _

from tiwizi.base import wording
from tiwizi.base.forms import DayField, Dressed
from tiwizi.framework.models import Framework
from tiwizi.indicators.models import BreakdownSet, Indicator, LibraryIndicator, Period
from tiwizi.indicators.queries.words import CALCULATIONS, FREQUENCIES
from tiwizi.indicators.rules.checks import DIGITS, MOST_CODE, MOST_SLUG, MOST_SOURCE, MOST_TEXT, wrong_number
from tiwizi.network.models import Body, BodyKind

LANGUAGES = [code for code, _name in settings.LANGUAGES]
COUNTS = {
    "persons": _("persons"),
    "acts": _("acts or things done"),
    "structures": _("structures"),
    "money": _("money"),
    "scale": _("a level on a scale"),
    "text": _("nothing: it is told in words"),
}
DIRECTIONS = {"up": _("more is better"), "down": _("less is better")}
TRANSLATED = {
    "name": _("Name"),
    "unit": _("Unit"),
    "verification": _("How it is verified"),
    "note": _("What is counted and what is not"),
}


class NumberField(forms.CharField):
    """A number as people write it ("1 250,5"); empty is `None`."""

    def __init__(self, **kwargs: Any) -> None:
        widget = kwargs.pop("widget", forms.TextInput(attrs={"inputmode": "decimal"}))
        super().__init__(required=False, widget=widget, **kwargs)

    def to_python(self, value: Any) -> Any:
        text = "".join(str(value if value is not None else "").split()).replace(",", ".")
        if not text:
            return None
        try:
            number = Decimal(text)
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite():
            raise forms.ValidationError(_("Write a number such as 12 or 12,5."), code="number")
        for refusal in wrong_number(number, "value"):
            raise forms.ValidationError(str(refusal.sentence), code=refusal.code)
        return number

    def prepare_value(self, value: Any) -> Any:
        return plain(value) if isinstance(value, Decimal) else value


def plain(number: Decimal) -> str:
    """A number in a field, without needless zeros."""
    return wording.plain(number).replace(".", ",")


class TranslatedForm(Dressed):
    """A form with a field for each language of some texts; `texts()` gives each text as a dictionary."""

    translated: dict[str, Any] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in self.translated.items():
            for language in LANGUAGES:
                attributes = {"lang": language, "dir": "auto", "class": "form-control"}
                self.fields[f"{name}_{language}"] = forms.CharField(
                    label=f"{label} ({language})",
                    required=False,
                    max_length=MOST_TEXT,
                    widget=forms.TextInput(attrs=attributes),
                )

    def texts(self) -> dict[str, dict[str, str]]:
        """Each text by language; a language without words is left out."""
        said = {name: {code: self.cleaned_data.pop(f"{name}_{code}") for code in LANGUAGES} for name in self.translated}
        return {name: {code: text for code, text in those.items() if text} for name, those in said.items()}

    @property
    def first(self) -> list[Any]:
        """The fields of the first language; those of the others stand behind them."""
        return [self[f"{name}_{LANGUAGES[0]}"] for name in self.translated]

    @property
    def others(self) -> list[Any]:
        return [self[f"{name}_{code}"] for code in LANGUAGES[1:] for name in self.translated]


def spread(values: dict[str, Any]) -> dict[str, Any]:
    """Translated texts as the initial values of such a form."""
    return {f"{name}_{code}": text for name, those in values.items() for code, text in (those or {}).items()}


class IndicatorForm(TranslatedForm):
    """An indicator of a result."""

    translated = TRANSLATED
    result = forms.ChoiceField(label=_("Result"))
    library = forms.ChoiceField(
        label=_("From the library"),
        required=False,
        help_text=_("What is left empty below is taken from there."),
    )
    code = forms.CharField(label=_("Code"), max_length=MOST_CODE, help_text=_("Short and unique in its result."))
    counts = forms.ChoiceField(label=_("It counts"), choices=list(COUNTS.items()))
    calculation = forms.ChoiceField(label=_("Totals are made"), choices=list(CALCULATIONS.items()))
    direction = forms.ChoiceField(label=_("Which way is good"), choices=list(DIRECTIONS.items()))
    decimals = forms.IntegerField(label=_("Decimals"), min_value=0, max_value=DIGITS, initial=0)
    frequency = forms.ChoiceField(
        label=_("How often it is reported"),
        choices=list(FREQUENCIES.items()),
        help_text=_(
            "Once a year is in the last period that ends in the year, at the end in the last period of all. "
            "What was entered in other periods stays, and counts."
        ),
    )
    baseline = NumberField(label=_("Baseline"), help_text=_("Leave it empty when nobody measured it; 0 is zero."))
    baseline_date = DayField(label=_("Day of the baseline"), required=False)
    baseline_source = forms.CharField(label=_("Source of the baseline"), max_length=MOST_SOURCE, required=False)
    public = forms.BooleanField(label=_("May be shown to the public"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, framework: Framework, existing: Indicator | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        results: Any = self.fields["result"]
        results.choices = [(str(one.pk), str(one)) for one in framework.results.all()]
        library: Any = self.fields["library"]
        known = [] if existing else LibraryIndicator.objects.all()
        library.choices = [("", "—"), *((str(one.pk), str(one)) for one in known)]
        if existing or not known:
            del self.fields["library"]
        if existing:
            for name in ("result", "code"):
                del self.fields[name]

    @property
    def plain_fields(self) -> list[Any]:
        """What is not said in several languages."""
        texts = {f"{name}_{code}" for name in self.translated for code in LANGUAGES}
        return [field for field in self.visible_fields() if field.name not in texts]


class ReasonForm(Dressed):
    """Why something is put away."""

    reason = forms.CharField(label=_("Reason"), required=False, widget=forms.Textarea(attrs={"rows": 2}))


class EndForm(Dressed):
    """The last day of a category."""

    end = DayField(label=_("Last day in use"))


class LibraryForm(Dressed):
    """How the library calls an indicator, and where it comes from."""

    code = forms.SlugField(label=_("Code in the library"), max_length=MOST_SLUG)
    source = forms.CharField(label=_("Source"), max_length=MOST_SOURCE, required=False)


class SetsForm(Dressed):
    """By which sets an indicator is broken down."""

    sets = forms.MultipleChoiceField(
        label=_("Broken down by"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, sets: list[BreakdownSet], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["sets"]
        field.choices = [(str(one.pk), str(one)) for one in sets]


class ReportersForm(Dressed):
    """Who reports: all bodies of a kind, or those that are named; from a day, until a day."""

    kinds = forms.MultipleChoiceField(
        label=_("Every body of these kinds"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    bodies = forms.MultipleChoiceField(
        label=_("And these bodies"),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 8, "class": "form-select"}),
    )
    start = DayField(label=_("From the period that ends after"), required=False)
    end = DayField(
        label=_("Until the period that ends before"), required=False, help_text=_("Give a day to stop asking for it.")
    )

    def __init__(self, *args: Any, kinds: list[BodyKind], bodies: list[Body], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["kinds"]
        chosen.choices = [(kind.code, str(kind)) for kind in kinds]
        named: Any = self.fields["bodies"]
        named.choices = [(str(body.pk), str(body)) for body in bodies]


class PeriodForm(Dressed):
    """A period to report on."""

    code = forms.CharField(label=_("Name"), max_length=20, help_text=_("Short, such as 2018-1."))
    start = DayField(label=_("From"))
    end = DayField(label=_("Until"))
    due = DayField(label=_("Sheets are due on"))


class SetForm(TranslatedForm):
    """A way to break figures down, with its categories: one a line."""

    translated = {"name": _("Name")}
    code = forms.SlugField(
        label=_("Code"), max_length=MOST_SLUG, help_text=_("One that exists: the new categories join it.")
    )
    categories = forms.CharField(
        label=_("Categories"),
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("One a line: its code, then its name in each language, with semicolons between."),
    )
    start = DayField(label=_("New categories begin on"), required=False)

    def clean_categories(self) -> list[dict[str, Any]]:
        """`f; Femmes; Vrouwen; Women; نساء`."""
        found = []
        for line in self.cleaned_data["categories"].splitlines():
            parts = [part.strip() for part in line.replace("؛", ";").split(";")]
            if not any(parts):
                continue
            code, names = parts[0], [part for part in parts[1:] if part]
            if not slug_re.match(code) or not 0 < len(names) <= len(LANGUAGES):
                raise forms.ValidationError(_("“%(line)s” needs a code and a name.") % {"line": line[:60]}, code="line")
            found.append({"code": code, "name": dict(zip(LANGUAGES, names, strict=False))})
        return found


class TargetsForm(Dressed):
    """A grid: what each body is to reach over the whole life, and in each period. A cell is `t-<body>-<period>`."""

    def __init__(
        self, *args: Any, bodies: list[Body], periods: list[Period], stand: dict[tuple[Any, Any], Any], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.places: dict[str, tuple[Body, Period | None]] = {}
        self.rows: list[tuple[Body, list[tuple[str, Any, Any]]]] = []
        for body in bodies:
            cells = []
            for period in [None, *periods]:
                name = f"t-{body.pk}-{period.pk if period else 'life'}"
                found = stand.get((body.pk, period.pk if period else None))
                label = f"{body}, {period or _('whole life')}"
                widget = forms.TextInput(attrs={"inputmode": "decimal", "aria-label": label, "class": "form-control"})
                self.fields[name] = NumberField(label=label, initial=found.value if found else None, widget=widget)
                self.fields[f"{name}-v"] = forms.IntegerField(
                    widget=forms.HiddenInput, required=False, initial=found.version if found else None
                )
                self.places[name] = body, period
                cells.append((str(period or _("Whole life")), self[name], self[f"{name}-v"]))
            self.rows.append((body, cells))


class CarryForm(Dressed):
    """Which indicator of the newer strategic plan follows an earlier one."""

    earlier = forms.UUIDField(widget=forms.HiddenInput)
    later = forms.UUIDField()
