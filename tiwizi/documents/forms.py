"""The shape of what is typed about a document. What the file is, and whether it may be kept, is the rules' matter."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tiwizi.base.forms import DayField, Dressed
from tiwizi.documents import content, queries


def _kinds() -> list[tuple[str, str]]:
    return [(kind.code, str(kind)) for kind in queries.kinds()]


def _any_or_kinds() -> list[tuple[str, Any]]:
    return [("", _("All kinds")), *_kinds()]


class _FileInput(forms.FileInput):
    """Offers the files of the kinds that are taken here."""

    def build_attrs(self, base_attrs: dict[str, Any], extra_attrs: dict[str, Any] | None = None) -> dict[str, Any]:
        accept = ",".join(f".{ending}" for ending in content.allowed())
        return super().build_attrs(base_attrs, extra_attrs) | {"accept": accept}


class _FileForm(Dressed):
    file = forms.FileField(
        label=_("File"),
        allow_empty_file=True,  # said in our own words when it is read
        widget=_FileInput(),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        told = {"endings": ", ".join(content.allowed()), "most": settings.DOCUMENT_MAX_BYTES // (1024 * 1024)}
        self.fields["file"].help_text = _("%(most)s MB at most: %(endings)s.") % told


class _Described(Dressed):
    kind = forms.ChoiceField(label=_("Kind of document"), choices=_kinds)
    title = forms.CharField(label=_("Title"), max_length=200)
    date = DayField(label=_("Day that it bears"), required=False)
    note = forms.CharField(
        label=_("Note"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["title"].widget.attrs["dir"] = "auto"


class AddForm(_FileForm, _Described):
    """A new document. Without a title, the file's name is one."""

    field_order = ["file", "kind", "title", "date", "note"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["title"].required = False
        self.fields["title"].help_text = _("Left empty, the file's name.")

    def clean(self) -> dict[str, Any]:
        """Fill the title in."""
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        if not typed.get("title") and typed.get("file"):
            typed["title"] = typed["file"].name.rpartition(".")[0].replace("_", " ")[:200]
        return typed


class ChangeForm(_Described):
    """Title, kind, day and note of a document."""


class VersionForm(_FileForm):
    """A file that takes the place of the latest one."""

    note = forms.CharField(label=_("What changed"), required=False, max_length=300)
    field_order = ["file", "note"]


class ArchiveForm(Dressed):
    """Why a document leaves the list."""

    reason = forms.CharField(
        label=_("Why"),
        required=False,  # said by the rule
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )


class FilterForm(Dressed):
    """What the list shows; it stands in the address."""

    text = forms.CharField(label=_("Search"), required=False, max_length=100)
    kind = forms.ChoiceField(label=_("Kind of document"), required=False, choices=_any_or_kinds)
    archived = forms.BooleanField(label=_("Archived ones instead"), required=False)
