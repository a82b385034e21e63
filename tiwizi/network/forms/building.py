"""The shape of what is typed when a network is built. What is allowed is the rules' matter."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tiwizi.base.forms import DayField, Dressed
from tiwizi.network import queries
from tiwizi.network.models import Body, BodyKind, Organisation, OrganisationKind
from tiwizi.network.rules.kinds import MOST_LEVEL

_LEFT_TO_RIGHT = {"dir": "ltr", "autocomplete": "off"}
_AS_TYPED = {"dir": "auto"}
_FAR = date.max
_SCHEMES = [("", "—"), ("NIS", "NIS"), ("KBO", "KBO/BCE"), ("HCP", "HCP")]


def _name(label: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=120, required=False, widget=forms.TextInput(attrs=dict(_AS_TYPED)))


class NamedForm(Dressed):
    """A thing with a name in our languages; one of them is enough."""

    name_fr = _name(_("Name in French"))
    name_nl = _name(_("Name in Dutch"))
    name_en = _name(_("Name in English"))
    name_ar = _name(_("Name in Arabic"))

    @property
    def facts(self) -> dict[str, Any]:
        """As the rules take it."""
        return dict(self.cleaned_data)

    @property
    def spoken(self) -> list[Any]:
        """The name in each language."""
        return [field for field in self if field.name.startswith("name_")]

    @property
    def others(self) -> list[Any]:
        """What is said besides the name."""
        return [field for field in self if not field.name.startswith("name_")]


class LevelForm(NamedForm):
    """A level of bodies."""

    rank = forms.IntegerField(
        label=_("Place among the levels"), min_value=0, max_value=MOST_LEVEL,
        help_text=_("0 is the widest. Levels beside each other have the same number."),
    )  # fmt: skip


class OrganisationKindForm(NamedForm):
    """A kind of organisation."""


class OrganisationForm(NamedForm):
    """An organisation's public facts."""

    kind = forms.ChoiceField(label=_("Kind of organisation"))
    country = forms.CharField(
        label=_("Country"), max_length=2, initial="MA", help_text=_("Two letters: BE, MA..."),
        widget=forms.TextInput(attrs=_LEFT_TO_RIGHT),
    )  # fmt: skip
    region = forms.CharField(label=_("Region"), max_length=80, required=False)
    province = forms.CharField(label=_("Province"), max_length=80, required=False)
    scheme = forms.ChoiceField(label=_("List of the code"), choices=_SCHEMES, required=False)
    ref = forms.CharField(
        label=_("Code in that list"), max_length=40, required=False, widget=forms.TextInput(attrs=_LEFT_TO_RIGHT)
    )
    lat = forms.FloatField(label=_("Latitude"), min_value=-90, max_value=90, required=False)
    lon = forms.FloatField(label=_("Longitude"), min_value=-180, max_value=180, required=False)
    population = forms.IntegerField(label=_("Inhabitants"), min_value=0, max_value=100_000_000, required=False)
    population_year = forms.IntegerField(label=_("In the year"), min_value=1900, max_value=2100, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "kind", OrganisationKind.objects.order_by("code"))
        known: Any = self.fields["scheme"]
        if (typed := self.initial.get("scheme")) and typed not in dict(_SCHEMES):
            known.choices = [*_SCHEMES, (typed, typed)]  # a list that a loader knew

    def clean_country(self) -> str:
        """In capitals."""
        return str(self.cleaned_data["country"]).upper()


class BodyForm(NamedForm):
    """A body's plain facts."""

    kind = forms.ChoiceField(label=_("Level"))
    start = DayField(label=_("First day"), required=False, help_text=_("Empty: nobody knows, or it always was."))
    uncertain = forms.BooleanField(label=_("Still to be confirmed"), required=False)
    note = forms.CharField(
        label=_("Remark"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "kind", BodyKind.objects.all())


def _offer(form: Dressed, field: str, kinds: Any) -> None:
    form.fields[field].choices = [(kind.pk, str(kind)) for kind in kinds]  # type: ignore[attr-defined]


def _several(label: Any, **more: Any) -> forms.ModelMultipleChoiceField:
    chosen = forms.SelectMultiple(attrs={"size": 6, "class": "form-select"})
    return forms.ModelMultipleChoiceField(
        Organisation.objects.none(), label=label, required=False, widget=chosen, **more
    )


class FoundForm(BodyForm):
    """A new body: wider bodies, level, first and last day, and who sits in it."""

    wholes = forms.ModelMultipleChoiceField(
        Body.objects.none(), label=_("Belongs to"), widget=forms.SelectMultiple(attrs={"size": 6}),
        help_text=_("One wider body or several: a partnership may be in a regional and in a thematic group."),
    )  # fmt: skip
    end = DayField(label=_("Last day"), required=False, help_text=_("Empty: it goes on."))
    north = _several(_("Who sits on the North's side"))
    south = _several(_("Who sits on the South's side"))
    member = _several(_("Members without a side"), help_text=_("Hold Ctrl to choose several. A group needs nobody."))
    slug = forms.SlugField(
        label=_("Short name in addresses"), max_length=80, required=False, help_text=_("Empty: made from its name."),
        widget=forms.TextInput(attrs=_LEFT_TO_RIGHT),
    )  # fmt: skip
    field_order = [
        "name_fr", "name_nl", "name_en", "name_ar", "kind", "wholes", "start", "end", "north", "south", "member",
    ]  # fmt: skip

    def __init__(self, *args: Any, body: Body, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["wholes"].widget.attrs["class"] = "form-select"
        living = Body.objects.during(queries.today(), _FAR).filter(pk__in=queries.reach(body, wide=True))
        self._choose("wholes", living.select_related("kind"))
        self.fields["wholes"].label_from_instance = lambda one: f"{one} ({one.kind})"  # type: ignore[attr-defined]
        for side in ("north", "south", "member"):
            self._choose(side, Organisation.objects.all())
            self.fields[side].label_from_instance = lambda one: f"{one} ({one.country})"  # type: ignore[attr-defined]

    def _choose(self, field: str, rows: Any) -> None:
        self.fields[field].queryset = rows  # type: ignore[attr-defined]

    @property
    def facts(self) -> dict[str, Any]:
        """Seats as organisations with their sides."""
        values = dict(self.cleaned_data)
        seats = [(one, side) for side in ("north", "south", "member") for one in values.pop(side)]
        return values | {"seats": seats}


class ContactForm(Dressed):
    """How a body or an organisation is reached."""

    office = forms.CharField(
        label=_("Office in charge"), max_length=120, required=False,
        help_text=_("A function, not the name of a person: “secretariat”."),
        widget=forms.TextInput(attrs=dict(_AS_TYPED)),
    )  # fmt: skip
    mail = forms.CharField(
        label=_("E-mail address"), max_length=254, required=False,
        widget=forms.EmailInput(attrs=_LEFT_TO_RIGHT),
    )  # fmt: skip
    phone = forms.CharField(
        label=_("Telephone"), max_length=40, required=False, widget=forms.TextInput(attrs={"dir": "ltr", "type": "tel"})
    )
    address = forms.CharField(
        label=_("Postal address"), max_length=500, required=False,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )  # fmt: skip
    website = forms.CharField(
        label=_("Web site"), max_length=200, required=False, widget=forms.TextInput(attrs=_LEFT_TO_RIGHT)
    )

    @property
    def facts(self) -> dict[str, Any]:
        """As the rule takes it."""
        return dict(self.cleaned_data)
