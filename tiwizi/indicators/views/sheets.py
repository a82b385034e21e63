"""The page of a sheet: fill it in as one form, or cell by cell as it is typed."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from tiwizi.base.errors import Conflict, Refusal
from tiwizi.base.wording import isolated
from tiwizi.framework.queries import framework_of
from tiwizi.indicators import rules
from tiwizi.indicators.forms.sheets import CellForm, is_touched, standing, typed_in, values_of, written
from tiwizi.indicators.models import Measurement, Period
from tiwizi.indicators.queries import evidence
from tiwizi.indicators.queries.due import STATES, is_late
from tiwizi.indicators.queries.sheets import Cell, Sheet, period_of, sheet_of
from tiwizi.indicators.queries.words import LOOKS
from tiwizi.indicators.rules.reports import OPEN
from tiwizi.network.models import Body
from tiwizi.network.pages import body_page, body_view
from tiwizi.network.permissions import Action, may, require
from tiwizi.network.queries import names_of

Forms = dict[str, CellForm]
ACTS = ("return", "validate", "certify", "reopen")


@require_http_methods(["GET", "POST"])
@body_view(Action.READ)
def sheet(request: HttpRequest, body: Body, code: str) -> HttpResponse:
    """Everything due in a period. A post is the whole form: without scripts, or when somebody presses its buttons."""
    period = sheet_period(body, code)
    if request.method == "POST":
        return _keep(request, body, period)
    found = sheet_of(body, period)
    return sheet_page(request, found, {cell.key: standing(cell) for cell in found.cells})


def sheet_period(body: Body, code: str) -> Period:
    period = period_of(framework_of(body), code)
    if period is None:
        raise Http404
    return period


def sheet_page(
    request: HttpRequest, found: Sheet, forms: Forms, *, comment: str | None = None, read: dict[str, Any] | None = None
) -> HttpResponse:
    """The page with these cells. `read`: they come from a workbook, and nothing of it is kept yet."""
    user, report = request.user, found.report
    state = report.state if report else ""
    reports = bool(may(user, Action.REPORT, found.body))  # type: ignore[arg-type]
    editable = (not report or state in OPEN) and reports
    unproved = _prove(forms)
    wrong = sum(bool(one.faults) for one in forms.values())
    clashes = sum(one.theirs is not None for one in forms.values())
    context = {
        "sheet": found,
        "period": found.period,
        "code": isolated(found.period.code),
        "report": report,
        "groups": _groups(found, forms),
        "editable": editable,
        "state": STATES[state],
        "look": LOOKS.get(state, ""),
        "late": is_late(found.period, state),
        "comment": comment if comment is not None else report.comment if report else "",
        "acts": [act for act in ACTS if report and not rules.why_not(by=user, report=report, act=act)],  # type: ignore[arg-type]
        "why_not": _why_not(request, found),
        "wrong": wrong,
        "clashes": clashes,
        "read": read,
        "unproved": unproved,
        "may_prove": state != "certified" and reports,
    }
    status = 409 if clashes else 422 if wrong else 200
    return body_page(request, found.body, "results", "indicators/sheet.html", context, status=status)


def _prove(forms: Forms) -> int:
    """Put beside each cell how many documents prove it; how many have none where some are asked for."""
    told = {form.cell.measurement.pk: form for form in forms.values() if form.cell.measurement}
    counts = evidence.counted(told)
    for pk, form in told.items():
        form.proved = counts.get(pk, 0)
        form.unproved = not form.proved and evidence.asks_for_evidence(form.cell.indicator, form.cell.measurement)
    return sum(form.unproved for form in told.values())


def _why_not(request: HttpRequest, found: Sheet) -> Refusal | None:
    """Why somebody who accepts sheets may not accept this one that waits."""
    report = found.report
    if report is None or report.state != "submitted" or not may(request.user, Action.VALIDATE_REPORT, found.body):  # type: ignore[arg-type]
        return None
    return rules.why_not(by=request.user, report=report, act="validate")  # type: ignore[arg-type]


def _groups(found: Sheet, forms: Forms) -> list[dict[str, Any]]:
    """The sheet as the template walks through it."""
    return [{"result": result, "items": [_item(item, forms) for item in items]} for result, items in found.groups]


def _item(item: Any, forms: Forms) -> dict[str, Any]:
    rows = [forms[cell.key] for cell in item.cells]
    return {
        "indicator": item.indicator,
        "kind": rows[0].cell.kind if rows else "number",
        "sets": [(one, categories, len(categories)) for one, categories in item.sets],
        "rows": rows,
        "several": bool(item.lines),
        "elsewhere": item.elsewhere,
        "asked": item.asked,
    }


def _keep(request: HttpRequest, body: Body, period: Period) -> HttpResponse:
    """Write what changed, cell by cell: sound cells are kept even when others are not."""
    require(request.user, Action.REPORT, body)  # type: ignore[arg-type]
    found = sheet_of(body, period)
    if found.report:
        rules.check_open(found.report)
    forms, kept = {}, 0
    for cell in found.cells:
        form, changed = _keep_cell(request, found, cell)
        forms[cell.key], kept = form, kept + changed
    comment = request.POST.get("comment", "")
    _comment(request, body, period, comment)
    if any(form.faults or form.theirs is not None for form in forms.values()):
        found.report = sheet_of(body, period).report
        return sheet_page(request, found, forms, comment=comment)
    if kept:
        told = ngettext("%(count)s figure is kept.", "%(count)s figures are kept.", kept) % {"count": kept}
        messages.success(request, told)
    return _handed_in(request, body, period) if "submit" in request.POST else _back(body, period)


def _keep_cell(request: HttpRequest, found: Sheet, cell: Cell) -> tuple[CellForm, int]:
    """A cell after what came for it was written, and whether anything was."""
    form = typed_in(request.POST, cell)
    if not form.seen or not is_touched(form, found) or request.POST.get(f"{cell.key}/choice") == "theirs":
        return standing(cell), 0
    try:
        _report(request, found, form, unsure=_undecided(request, cell))
    except rules.FaultyFigure as faulty:
        form.faults = faulty.faults
    except Conflict:
        show_clash(form, found)
    else:
        return form, 1
    return form, 0


def _undecided(request: HttpRequest, cell: Cell) -> bool:
    """Both figures were shown and none was chosen."""
    return f"{cell.key}/clash" in request.POST and request.POST.get(f"{cell.key}/choice") != "mine"


def _report(request: HttpRequest, found: Sheet, form: CellForm, *, unsure: bool = False) -> Measurement | None:
    return rules.report_figure(
        by=request.user,  # type: ignore[arg-type]
        body=found.body, period=found.period, indicator=form.cell.indicator, activity=form.cell.activity,
        version=-1 if unsure else form.version, **values_of(form),
    )  # fmt: skip


def show_clash(form: CellForm, found: Sheet) -> None:
    """Put what stands now beside what was typed; from now on the reader has seen it."""
    stands = Measurement.objects.filter(
        report__body=found.body, report__period=found.period,
        indicator=form.cell.indicator, activity=form.cell.activity,
    ).first()  # fmt: skip
    form.theirs = written(stands)
    form.version = stands.version if stands else 0
    form.who = names_of([stands.changed_by]).get(stands.changed_by, "") if stands else ""
    form.seen = standing(Cell(form.cell.indicator, form.cell.activity, stands, form.cell.sets)).seen


def _comment(request: HttpRequest, body: Body, period: Period, comment: str) -> None:
    report = sheet_of(body, period).report
    if report is None and comment.strip():
        report = rules.open_report(by=request.user, body=body, period=period)  # type: ignore[arg-type]
    if report is not None:
        rules.write_comment(by=request.user, report=report, comment=comment[:8000])  # type: ignore[arg-type]


def _handed_in(request: HttpRequest, body: Body, period: Period) -> HttpResponse:
    report = sheet_of(body, period).report
    try:
        if report is None:
            report = rules.open_report(by=request.user, body=body, period=period)  # type: ignore[arg-type]
        rules.submit_report(by=request.user, report=report)  # type: ignore[arg-type]
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The sheet is handed in; its figures count from now on."))
    return _back(body, period)


def _back(body: Body, period: Period) -> HttpResponse:
    return redirect("indicators:sheet", body.slug, period.code)


@require_POST
@body_view(Action.READ)
def sheet_cell(request: HttpRequest, body: Body, code: str) -> HttpResponse:
    """One cell as it is typed. Answers in JSON: kept with its version, faults, or what somebody else entered."""
    require(request.user, Action.REPORT, body)  # type: ignore[arg-type]
    found = sheet_of(body, sheet_period(body, code))
    cell = next((one for one in found.cells if one.key == request.POST.get("cell")), None)
    if cell is None:
        sentence = _("This figure is no longer asked for in this period.")
        return JsonResponse({"sentence": sentence}, status=410)
    form = typed_in(request.POST, cell)
    try:
        kept = _report(request, found, form)
    except rules.FaultyFigure as faulty:
        form.faults = faulty.faults
        return JsonResponse({"faults": _faults(form)}, status=422)
    except Conflict as conflict:
        show_clash(form, found)
        theirs = {"theirs": form.theirs, "who": form.who, "seen": f"{form.version}.{form.seen}"}
        return JsonResponse(theirs | {"sentence": str(conflict)}, status=409)
    except Refusal as refusal:
        return JsonResponse({"sentence": str(refusal)}, status=423)
    return JsonResponse(_kept(Cell(cell.indicator, cell.activity, kept, cell.sets)))


def _faults(form: CellForm) -> list[dict[str, str]]:
    return [{"name": one.path, "sentence": one.sentence} for one in form.faults]


def _kept(cell: Cell) -> dict[str, Any]:
    form = standing(cell)
    at = timezone.localtime().strftime("%H:%M")
    return {"seen": f"{form.version}.{form.seen}", "at": at, "doubts": form.doubt_sentences}


@require_POST
@body_view(Action.READ)
def sheet_act(request: HttpRequest, body: Body, code: str, act: str) -> HttpResponse:
    """Return, validate, certify or reopen a sheet; the rule asks who may."""
    asked = {"certify": Action.CERTIFY_REPORT}.get(act, Action.VALIDATE_REPORT)
    require(request.user, asked, body)  # type: ignore[arg-type]
    report = sheet_of(body, sheet_period(body, code)).report
    if report is None:
        raise Http404
    version = request.POST.get("version", "")
    values: dict[str, Any] = {"version": int(version) if version.isdecimal() and len(version) < 10 else None}
    if act in ("return", "reopen"):
        values["reason"] = request.POST.get("reason", "")[:4000]
    rule = getattr(rules, f"{act}_report")
    try:
        rule(by=request.user, report=report, **values)
    except Refusal as refusal:
        if refusal.status == 403:
            raise
        messages.error(request, str(refusal))
    else:
        messages.success(request, DONE[act]())
    return redirect("indicators:sheet", body.slug, code)


DONE = {
    "return": lambda: _("The sheet is returned, with your reason."),
    "validate": lambda: _("The sheet is validated."),
    "certify": lambda: _("The sheet is certified and locked."),
    "reopen": lambda: _("The sheet is open again, with your reason."),
}
