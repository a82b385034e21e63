"""Evidence beside a figure: a document that is here already, and why one is taken away."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tiwizi.base.forms import Dressed
from tiwizi.documents.models import Document


class ChooseForm(Dressed):
    """One of the documents that the body keeps and that does not stand beside the figure yet."""

    document = forms.ChoiceField(label=_("Document"))

    def __init__(self, *args: Any, documents: list[Document], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = {str(one.pk): one for one in documents}
        self.fields["document"].choices = [  # type: ignore[attr-defined]
            ("", "—"),
            *((pk, f"{one.title} ({one.latest.file_name})") for pk, one in self.known.items()),
        ]
        self.fields["document"].error_messages["required"] = _("Choose a document of the list.")

    @property
    def chosen(self) -> Document:
        return self.known[self.cleaned_data["document"]]


class RemoveForm(Dressed):
    """Why evidence is taken away."""

    reason = forms.CharField(label=_("Why"), required=False, max_length=1000)  # its absence is refused by the rule
