"""The shape of what is uploaded. What the file holds is the reader's matter."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from tiwizi.interop.reader import MOST_BYTES
from tiwizi.plans.forms import Dressed


class WorkbookForm(Dressed):
    """One file, not larger than a plan can be; whether it is a workbook is seen from its content."""

    workbook = forms.FileField(
        label=_("Workbook"),
        allow_empty_file=True,  # said in our own words when it is read
        help_text=_("An Excel workbook (.xlsx), 5 MB at most."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xlsm"}),
    )

    def clean_workbook(self) -> Any:
        """Refuse by size before anything is read."""
        file: UploadedFile = self.cleaned_data["workbook"]
        if (file.size or 0) > MOST_BYTES:
            message = _("This file is too large: %(most)s MB at most.")
            raise forms.ValidationError(message, code="too-large-file", params={"most": MOST_BYTES // (1024 * 1024)})
        return file
