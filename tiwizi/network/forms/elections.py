"""The shape of what is typed after an election."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tiwizi.base.forms import DayField, Dressed
from tiwizi.network import queries
from tiwizi.network.models import Body, Mandate
from tiwizi.network.permissions import ROLES, Role


class ElectionForm(Dressed):
    """Whose roles end, with which day; who arrives, a line each."""

    leaving = forms.ModelMultipleChoiceField(
        Mandate.objects.none(), label=_("Roles that end"), required=False, widget=forms.CheckboxSelectMultiple
    )
    on = DayField(label=_("Last day"))
    arriving = forms.CharField(
        label=_("Who arrives"), required=False, max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        help_text=_("A line each: the e-mail address, then the name. They get an invitation."),
    )  # fmt: skip
    role = forms.ChoiceField(label=_("Role of those who arrive"))
    language = forms.ChoiceField(label=_("Language of the letter"), choices=settings.LANGUAGES)
    reason = forms.CharField(label=_("Why"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, body: Body, roles: list[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = [role.code for role in roles]
        held = Mandate.objects.during(queries.today(), queries.today()).filter(body=body, role__in=codes)
        leaving: Any = self.fields["leaving"]
        leaving.queryset = held.select_related("user", "body").order_by("role", "user__name")
        leaving.label_from_instance = lambda mandate: f"{mandate.user.called}, {ROLES[mandate.role].name}"
        self.initial.setdefault("leaving", [m.pk for m in leaving.queryset if m.role == "elected"])
        self.initial.setdefault("language", (get_language() or "fr").split("-")[0])
        choosing: Any = self.fields["role"]
        choosing.choices = [(role.code, role.name) for role in roles]
        self.initial.setdefault("role", "elected")

    def clean_arriving(self) -> list[dict[str, str]]:
        """Each line as address and name; a line without an address is named."""
        found = []
        for number, line in enumerate(self.cleaned_data["arriving"].splitlines(), start=1):
            if not line.strip():
                continue
            address, _space, name = line.replace(";", " ").replace(",", " ").strip().partition(" ")
            if "@" not in address:
                raise ValidationError(
                    _("Line %(number)s does not begin with an e-mail address: “%(line)s”"),
                    params={"number": number, "line": line.strip()[:60]},
                )
            found.append({"email": address, "name": " ".join(name.split())})
        return found
