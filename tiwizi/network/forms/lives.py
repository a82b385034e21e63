"""The shape of what is typed when a body's life changes."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tiwizi.base.forms import DayField, Dressed
from tiwizi.network import queries
from tiwizi.network.models import Body, Grouping, Membership, Organisation

_LEFT_TO_RIGHT = {"dir": "ltr", "autocomplete": "off"}


class ActForm(Dressed):
    """An act on a body."""

    def __init__(self, *args: Any, body: Body, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.body = body
        self.offer(body)

    def offer(self, body: Body) -> None:
        """Set what can be chosen for this body."""

    def choose(self, field: str, rows: Any) -> None:
        """Offer the rows of a query in a field."""
        self.fields[field].queryset = rows  # type: ignore[attr-defined]


class Reasoned(ActForm):
    """An act with its day and its reason."""

    on = DayField(label=_("Last day"))
    reason = forms.CharField(label=_("Why"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))
    field_order = ["tie", "seat", "on", "reason"]


class JoinForm(ActForm):
    """Which wider body, from when."""

    whole = forms.ModelChoiceField(Body.objects.none(), label=_("Wider body"))
    on = DayField(label=_("First day"))

    def offer(self, body: Body) -> None:
        self.choose("whole", _programme_of(body).filter(kind__rank__lt=body.kind.rank))


class LeaveForm(Reasoned):
    """Which tie ends."""

    tie = forms.ModelChoiceField(Grouping.objects.none(), label=_("Wider body"))

    def offer(self, body: Body) -> None:
        self.choose("tie", Grouping.objects.on(queries.today()).filter(body=body).select_related("whole", "body"))
        self.fields["tie"].label_from_instance = lambda tie: str(tie.whole)  # type: ignore[attr-defined]


class SeatForm(ActForm):
    """Which organisation, on which side."""

    organisation = forms.ModelChoiceField(Organisation.objects.all(), label=_("Organisation"))
    side = forms.ChoiceField(
        label=_("Side"),
        choices=[("north", _("North")), ("south", _("South")), ("member", _("member")), ("donor", _("donor"))],
    )
    on = DayField(label=_("First day"))


class UnseatForm(Reasoned):
    """Which seat ends."""

    seat = forms.ModelChoiceField(Membership.objects.none(), label=_("Organisation"))

    def offer(self, body: Body) -> None:
        sitting = Membership.objects.on(queries.today()).filter(body=body)
        self.choose("seat", sitting.select_related("organisation", "body"))
        self.fields["seat"].label_from_instance = lambda seat: str(seat.organisation)  # type: ignore[attr-defined]


class Named(Reasoned):
    """An act that gives a name, in our languages; French is the one that the others fall back to."""

    on = DayField(label=_("First day"))
    name_fr = forms.CharField(label=_("Name in French"), max_length=120)
    name_nl = forms.CharField(label=_("Name in Dutch"), max_length=120, required=False)
    name_en = forms.CharField(label=_("Name in English"), max_length=120, required=False)
    name_ar = forms.CharField(
        label=_("Name in Arabic"), max_length=120, required=False, widget=forms.TextInput(attrs={"dir": "auto"})
    )
    field_order = ["bodies", "slug", "name_fr", "name_nl", "name_en", "name_ar", "on", "reason"]

    def clean(self) -> dict[str, Any]:
        """`name` by language, without those left empty."""
        values = super().clean() or self.cleaned_data
        spoken = {code: str(values.get(f"name_{code}") or "").strip() for code, _name in settings.LANGUAGES}
        return values | {"name": {code: name for code, name in spoken.items() if name}}


class RenameForm(Named):
    """Another name."""


class MergeForm(Named):
    """With whom, and how the new body is called."""

    bodies = forms.ModelMultipleChoiceField(Body.objects.none(), label=_("With"), widget=forms.CheckboxSelectMultiple)
    slug = forms.SlugField(
        label=_("Short name in addresses"), max_length=80, widget=forms.TextInput(attrs=_LEFT_TO_RIGHT)
    )

    def offer(self, body: Body) -> None:
        beside = Body.objects.on(queries.today()).filter(groupings__whole__in=queries.wholes_of(body), kind=body.kind)
        self.choose("bodies", beside.exclude(pk=body.pk).distinct())


class CloseForm(Reasoned):
    """Who goes on after it, when somebody does."""

    successor = forms.ModelChoiceField(Body.objects.none(), label=_("Successor"), required=False)

    def offer(self, body: Body) -> None:
        self.choose("successor", _programme_of(body).filter(kind=body.kind).exclude(pk=body.pk))


class ReopenForm(ActForm):
    """Why."""

    reason = forms.CharField(label=_("Why"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))


class GoOnForm(Reasoned):
    """What follows: one body, or two. Each with its name and one organisation a side."""

    on = DayField(label=_("First day of what follows"))

    def __init__(self, *args: Any, body: Body, **kwargs: Any) -> None:
        super().__init__(*args, body=body, **kwargs)
        order = [f"{name}_{k}" for k in (1, 2) for name in ("name", "slug", "north", "south")]
        self.order_fields([*order, "on", "reason"])

    def offer(self, body: Body) -> None:
        for k, labels in ((1, _FIRST), (2, _SECOND)):
            self.fields[f"name_{k}"] = forms.CharField(label=labels["name"], max_length=120, required=k == 1)
            self.fields[f"slug_{k}"] = forms.SlugField(
                label=labels["slug"], max_length=80, required=k == 1, widget=forms.TextInput(attrs=_LEFT_TO_RIGHT)
            )
            for side in ("north", "south"):
                self.fields[f"{side}_{k}"] = forms.ModelMultipleChoiceField(
                    Organisation.objects.all(), label=labels[side], required=False,
                    widget=forms.SelectMultiple(attrs={"size": 5}),
                )  # fmt: skip
        for field in self.fields.values():
            plain = "form-select" if isinstance(field.widget, forms.SelectMultiple) else "form-control"
            field.widget.attrs.setdefault("class", plain)
        seats = queries.organisations_of([body], on=queries.today())
        for side in ("north", "south"):
            self.fields[f"{side}_1"].initial = [seat.organisation_id for seat in seats if seat.side == side]

    def clean(self) -> dict[str, Any]:
        """`newcomers`: (short name, name, seats) of each body that follows."""
        values = super().clean() or self.cleaned_data
        found = []
        for k in (1, 2):
            if bool(values.get(f"name_{k}")) != bool(values.get(f"slug_{k}")):
                self.add_error(f"slug_{k}", _("Give both the name and the short name, or neither."))
            elif values.get(f"slug_{k}"):
                seats = [(one, side) for side in ("north", "south") for one in values.get(f"{side}_{k}") or ()]
                found.append((values[f"slug_{k}"], {"fr": values[f"name_{k}"]}, seats))
        return values | {"newcomers": found}


class GoOnInForm(Reasoned):
    """In which body that exists already, and who goes there."""

    into = forms.ModelChoiceField(Body.objects.none(), label=_("Goes on in"))
    seats = forms.ModelMultipleChoiceField(
        Membership.objects.none(), label=_("Who goes there"), required=False, widget=forms.CheckboxSelectMultiple
    )
    on = DayField(label=_("First day there"))
    field_order = ["into", "seats", "on", "reason"]

    def offer(self, body: Body) -> None:
        self.choose("into", _programme_of(body).on(queries.today()).filter(kind=body.kind).exclude(pk=body.pk))
        sitting = Membership.objects.on(queries.today()).filter(body=body)
        self.choose("seats", sitting.select_related("organisation", "body"))
        self.fields["seats"].label_from_instance = lambda seat: str(seat.organisation)  # type: ignore[attr-defined]


_FIRST = {
    "name": _("Name of what follows"),
    "slug": _("Its short name in addresses"),
    "north": _("Who sits on the North's side"),
    "south": _("Who sits on the South's side"),
}
_SECOND = {
    "name": _("Name of a second body"),
    "slug": _("Short name of the second body"),
    "north": _("Who sits on the North's side of the second body"),
    "south": _("Who sits on the South's side of the second body"),
}


def _programme_of(body: Body) -> Any:
    """Every body of the same programme."""
    return Body.objects.filter(pk__in=queries.reach(body, wide=True)).select_related("kind")
