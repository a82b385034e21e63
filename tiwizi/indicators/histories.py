"""How the trail of indicators, sheets and figures is told."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tiwizi.base.fields import Spoken
from tiwizi.base.models import AuditEntry
from tiwizi.documents.queries import documents_with
from tiwizi.indicators.models import (
    BreakdownSet,
    Category,
    Indicator,
    IndicatorImport,
    LibraryIndicator,
    Measurement,
    Period,
    Publication,
    Remark,
    Report,
    Review,
)
from tiwizi.indicators.queries.words import CALCULATIONS, FREQUENCIES, STATES
from tiwizi.network.histories import Kind, Tell, tells
from tiwizi.network.histories.network import day, reads_people, yes_or_no
from tiwizi.network.models import Body
from tiwizi.network.permissions import Action, may
from tiwizi.network.queries import building

Words = dict[str, str | Promise]
_DAYS = {"start", "end", "due", "baseline_date"}
_NAMES = {"name", "called", "unit", "verification", "note", "introduction"}
_CODES: dict[str, Any] = {"calculation": CALCULATIONS, "frequency": FREQUENCIES, "state": STATES}


def told(name: str, value: Any) -> str:
    """A value of the trail as text."""
    if value is None or value in ("", [], {}):
        return ""
    if isinstance(value, bool):
        return yes_or_no(value)
    if name in _DAYS:
        return day(value)
    if name in _NAMES and isinstance(value, dict):
        return str(Spoken(value))
    if name in _CODES:
        return str(_CODES[name].get(value, value))
    if name == "targets":
        return ", ".join(f"{period or _('whole life')}: {number or '—'}" for period, number in value.items())
    if isinstance(value, dict):
        parts = value.values()
        return ", ".join(
            f"{name} {number}" for part in parts if isinstance(part, dict) for name, number in part.items()
        )
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _teller(obj: object, entries: Sequence[AuditEntry]) -> Tell:
    return told


def _figure_teller(obj: object, entries: Sequence[AuditEntry]) -> Tell:
    """Documents stand in the trail as ids; who reads the story of a figure reads the documents of its body too."""
    named = {str((entry.after or {}).get("document", "")) for entry in entries} - {""}
    titles = {str(one.pk): one.title for one in documents_with(map(UUID, named))} if named else {}
    return lambda name, value: titles.get(str(value), "") if name == "document" else told(name, value)


def _results(obj: object, body: Body) -> str:
    return reverse("indicators:results", args=[body.slug])


def _figure(measurement: Measurement, body: Body) -> str:
    return reverse("indicators:figure", args=[body.slug, measurement.indicator_id])


FIGURE: Words = {
    "value": _("Figure"), "numerator": _("Numerator"), "denominator": _("Denominator"), "members": _("Names"),
    "text": _("In words"), "breakdown": _("Breakdown"), "not_applicable": _("Not applicable"),
    "comment": _("Comment"),
}  # fmt: skip
DESCRIPTION: Words = {
    "code": _("Code"), "name": _("Name"), "unit": _("Unit"), "counts": _("What it counts"),
    "calculation": _("How totals are made"), "direction": _("Better when it goes"), "decimals": _("Decimals"),
    "frequency": _("How often it is reported"), "verification": _("Means of verification"), "note": _("Note"),
    "baseline": _("Baseline"),
    "baseline_date": _("Day of the baseline"), "baseline_source": _("Source of the baseline"), "public": _("Public"),
    "start": _("From"), "end": _("Until"), "value": _("Target"), "targets": _("Targets"), "period": _("Period"),
    "set": _("Breakdown"),
}  # fmt: skip

tells(
    Kind(
        Indicator,
        _("Indicator"),
        acts={
            "add-indicator": _("added the indicator"),
            "change-indicator": _("changed the indicator"),
            "archive-indicator": _("archived the indicator"),
            "recover-indicator": _("took the indicator up again"),
            "carry-over": _("let it go on from an earlier version"),
            "put-into-library": _("put it into the library"),
            "break-down": _("asked for a breakdown"),
            "assign-indicator": _("said who reports it"),
            "set-target": _("set a target"),
        },
        labels=DESCRIPTION,
        bodies=lambda indicator: [indicator.result.framework.body],
        address=_results,
        tab="results",
        related=("result__framework__body",),
        teller=_teller,
    )
)
tells(
    Kind(
        Report,
        _("Reporting sheet"),
        acts={
            "open-report": _("began the sheet"),
            "comment-report": _("wrote a comment"),
            "submit-report": _("handed the sheet in"),
            "return-report": _("returned the sheet"),
            "validate-report": _("validated the sheet"),
            "certify-report": _("certified the sheet"),
            "reopen-report": _("reopened the sheet"),
        },
        labels={"period": _("Period"), "state": _("State"), "comment": _("Comment")},
        bodies=lambda report: [report.body],
        address=_results,
        tab="results",
        related=("body", "period"),
        teller=_teller,
        readable=reads_people,
    )
)
tells(
    Kind(
        Measurement,
        _("Figure"),
        acts={
            "report-figure": _("entered the figure"),
            "share-figure": _("said whose the figure is"),
            "attach-evidence": _("put evidence beside the figure"),
            "remove-evidence": _("took evidence away"),
            "restore-evidence": _("put evidence back"),
        },
        labels=FIGURE | {"document": _("Evidence")},
        title=lambda cell: f"{cell.indicator} · {cell.report.body} · {cell.report.period}",
        bodies=lambda cell: [cell.report.body],
        address=_figure,
        tab="results",
        related=("report__body", "report__period", "indicator"),
        teller=_figure_teller,
        readable=reads_people,
    )
)
tells(
    Kind(
        Review,
        _("Score and lessons"),
        acts={"write-review": _("wrote how the result went")},
        labels={"score": _("Score"), "justification": _("Why this score"), "lessons": _("Lessons learned")},
        bodies=lambda review: [review.body],
        address=lambda review, body: reverse("indicators:reviews", args=[body.slug]),
        tab="results",
        related=("body", "result"),
        teller=_teller,
    )
)
tells(
    Kind(
        Remark,
        _("Remark"),
        acts={"add-remark": _("wrote a remark"), "archive-remark": _("put the remark away")},
        labels={"text": _("In words")},
        bodies=lambda remark: [remark.body],
        address=lambda remark, body: reverse("indicators:figure", args=[body.slug, remark.indicator_id]),
        tab="results",
        related=("body", "indicator", "period"),
        teller=_teller,
    )
)
tells(
    Kind(
        Publication,
        _("Results open to everybody"),
        acts={
            "publish-results": _("opened the results to everybody"),
            "introduce-results": _("changed the introduction of the public page"),
            "withdraw-results": _("closed the public page"),
        },
        labels={"introduction": _("Introduction")},
        bodies=lambda publication: [publication.body],
        address=lambda publication, body: reverse("indicators:publication", args=[body.slug]),
        tab="results",
        related=("body",),
        teller=_teller,
    )
)
tells(
    Kind(
        LibraryIndicator,
        _("Indicator of the library"),
        acts={"add-library-indicator": _("put it into the library")},
        labels={"code": _("Code in the library")},
        bodies=lambda _one: building.programmes(),  # shared by all
        address=lambda _one, body: reverse("indicators:definitions", args=[body.slug]),
        tab="results",
        title=lambda one: f"{one.code} {one.name}",
    )
)
tells(
    Kind(
        IndicatorImport,
        _("Workbook of indicators"),
        acts={
            "check-indicators": _("read a workbook"),
            "apply-indicators": _("imported a workbook"),
            "undo-indicators": _("undid an import"),
            "discard-indicators": _("put an import aside"),
            "recover-indicators": _("took an import up again"),
        },
        labels={"file": _("File"), "new": _("New"), "changed": _("Changed"), "faults": _("Faults")},
        bodies=lambda kept: [kept.framework.body],
        address=lambda kept, body: reverse("indicators:definitions", args=[body.slug]),
        tab="results",
        title=lambda kept: str(kept.file_name),
        related=("framework__body",),
        readable=lambda by, kept, body: bool(may(by, Action.DEFINE_INDICATORS, body)),
    )
)
for _model, _name, _acts in [
    (Period, _("Period of reporting"), {"add-period": _("added the period")}),
    (
        BreakdownSet,
        _("Breakdown"),
        {"define-breakdown-set": _("said how figures are broken down"), "name-part": _("said what it is called")},
    ),
    (
        Category,
        _("Part of a breakdown"),
        {"end-category": _("set the last day of a part"), "name-part": _("said what it is called")},
    ),
]:
    tells(
        Kind(
            _model,
            _name,
            acts=_acts,
            labels={
                "code": _("Code"),
                "called": _("Name"),
                "start": _("From"),
                "end": _("Until"),
                "due": _("Due"),
                "added": _("Added"),
            },
            bodies=lambda obj: [obj.body if isinstance(obj, Period) else _set_of(obj).framework.body],
            address=_results,
            tab="results",
            teller=_teller,
        )
    )


def _set_of(obj: BreakdownSet | Category) -> BreakdownSet:
    return obj.set if isinstance(obj, Category) else obj
