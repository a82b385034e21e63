"""What a page of results shows; all of it lives in the address."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tiwizi.base.forms import Dressed, LongSelect
from tiwizi.framework.models import Result, TargetGroup
from tiwizi.indicators.models import Category, Period
from tiwizi.indicators.queries.results import Look
from tiwizi.indicators.queries.scope import Around
from tiwizi.network.models import Body, Organisation

GROUP = "in-"  # before the code of a kind of body
MORE = "more"  # in the address: offer groups, communes and categories too


@dataclass(frozen=True)
class Choices:
    """What may be chosen on this page."""

    place: Around
    results: list[tuple[Result, int]]  # with how many indicators
    periods: list[Period]
    categories: list[Category]
    groups: bool = True  # whether groups and communes are offered


class ResultsForm(Dressed):
    """Result, groups (one field for each kind of body), commune, category, period; what cannot be read filters
    nothing."""

    result = forms.ChoiceField(label=_("Intermediate result"), required=False, widget=LongSelect)
    period = forms.ChoiceField(label=_("Period"), required=False, widget=LongSelect)
    category = forms.ChoiceField(label=_("Part of the figures"), required=False, widget=LongSelect)
    commune = forms.ChoiceField(label=_("Commune"), required=False, widget=LongSelect)
    each = forms.BooleanField(label=_("With each period"), required=False)

    def __init__(self, *args: Any, choices: Choices, **kwargs: Any) -> None:
        self.choices = choices
        super().__init__(*args, **kwargs)
        self.groups: dict[str, dict[str, Body]] = {}
        for kind, bodies in choices.place.kinds().items() if choices.groups else ():
            name = f"{GROUP}{kind.code}"
            self.groups[name] = {body.slug: body for body in bodies}
            named = [(body.slug, str(body)) for body in bodies]
            self.fields[name] = forms.ChoiceField(
                label=kind.name, required=False, choices=[("", _("All")), *named], widget=LongSelect
            )
            self.fields[name].widget.attrs["class"] = "form-select"
        self.communes = {one.slug: one for one in choices.place.communes()} if choices.groups else {}
        self.categories = {f"{one.set.code}.{one.code}": one for one in choices.categories}
        self.periods = {one.code: one for one in choices.periods}
        self._offer("result", [(one.number, f"{one.number} {one.name}") for one, _count in choices.results], _("All"))
        self._offer("period", [(code, code) for code in self.periods], _("All periods"))
        self._offer("commune", [(slug, str(one)) for slug, one in self.communes.items()], _("All"))
        parts = [(code, f"{one.set} · {one}") for code, one in self.categories.items()]
        self._offer("category", parts, _("The whole figure"))
        self.is_valid()

    def _offer(self, name: str, those: list[tuple[str, str]], everything: Any) -> None:
        self.fields[name].choices = [("", everything), *those]  # type: ignore[attr-defined]

    @property
    def group_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.groups]

    @property
    def chosen_groups(self) -> list[Body]:
        said = [(name, self.cleaned_data.get(name)) for name in self.groups]
        return [self.groups[name][slug] for name, slug in said if slug]

    @property
    def chosen_commune(self) -> Organisation | None:
        return self.communes.get(self.cleaned_data.get("commune", ""))

    @property
    def look(self) -> Look:
        said = self.cleaned_data
        return Look(self.periods.get(said.get("period", "")), self.categories.get(said.get("category", "")))


class CoverageForm(Dressed):
    """One target group, or all."""

    group = forms.ChoiceField(label=_("Target group"), required=False)

    def __init__(self, *args: Any, groups: list[TargetGroup], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(one.code, str(one)) for one in groups]
        self.fields["group"].choices = [("", _("All")), *named]  # type: ignore[attr-defined]
        self.is_valid()

    @property
    def chosen(self) -> str:
        return str(self.cleaned_data.get("group", ""))
