"""Tables of the room: what is measured, what is reported, and the totals."""

from tiwizi.indicators.models.definitions import (
    Assignment,
    Breakdown,
    BreakdownSet,
    Category,
    Indicator,
    LibraryIndicator,
    Period,
    Target,
)
from tiwizi.indicators.models.evidence import Evidence
from tiwizi.indicators.models.imports import IndicatorImport
from tiwizi.indicators.models.narrative import Remark, Review
from tiwizi.indicators.models.publication import Publication
from tiwizi.indicators.models.reports import Measurement, Report, Share
from tiwizi.indicators.models.totals import RENEW, Basis, Total

__all__ = [
    "RENEW",
    "Assignment",
    "Basis",
    "Breakdown",
    "BreakdownSet",
    "Category",
    "Evidence",
    "Indicator",
    "IndicatorImport",
    "LibraryIndicator",
    "Measurement",
    "Period",
    "Publication",
    "Remark",
    "Report",
    "Review",
    "Share",
    "Target",
    "Total",
]
