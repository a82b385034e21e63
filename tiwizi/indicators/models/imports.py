"""Workbooks of indicators that were read."""

from django.db import models
from django.db.models import Q

from tiwizi.base.models import WorkbookImport
from tiwizi.framework.models import Framework


class IndicatorImport(WorkbookImport):
    """One reading of a workbook of indicators, targets and breakdowns of a strategic plan."""

    framework = models.ForeignKey(Framework, models.PROTECT, related_name="indicator_imports")

    class Meta(WorkbookImport.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["checked", "applied", "undone", "discarded"]),
                name="indicator_import_state_known",
            )
        ]
