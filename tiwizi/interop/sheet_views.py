"""Pages of the workbook of a reporting sheet: download it, bring it back, see what it would change."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_http_methods

from tiwizi.indicators import rules
from tiwizi.indicators.forms.sheets import CellForm, standing, typed_in, values_of
from tiwizi.indicators.queries.sheets import Cell, Sheet, sheet_of
from tiwizi.indicators.views.sheets import sheet_page, sheet_period, show_clash
from tiwizi.interop import faults
from tiwizi.interop.forms import WorkbookForm
from tiwizi.interop.sheet_book import sheet_workbook
from tiwizi.interop.sheet_reader import SheetReading, read_sheet_workbook
from tiwizi.interop.views import reader_language, workbook_answer
from tiwizi.network.models import Body
from tiwizi.network.pages import body_page, body_view
from tiwizi.network.permissions import Action

MOST_SHOWN = 200  # faults


@require_GET
@body_view(Action.READ)
def sheet_download(request: HttpRequest, body: Body, code: str) -> HttpResponse:
    """The sheet as a workbook with what stands, in the reader's language."""
    found = sheet_of(body, sheet_period(body, code))
    return workbook_answer(sheet_workbook(found, reader_language()), f"{body.slug}-{code}")


@require_http_methods(["GET", "POST"])
@body_view(Action.REPORT)
def sheet_import(request: HttpRequest, body: Body, code: str) -> HttpResponse:
    """Bring a filled-in workbook. What it says is shown on the page of the sheet, where one keeps it or goes away."""
    found = sheet_of(body, sheet_period(body, code))
    if found.report:
        rules.check_open(found.report)
    form = WorkbookForm(request.POST, request.FILES) if request.method == "POST" else WorkbookForm()
    if request.method == "POST" and form.is_valid():
        reading = read_sheet_workbook(form.cleaned_data["workbook"].read(), found)
        if reading.keys:
            return _shown(request, found, reading)
        for fault in reading.faults[:MOST_SHOWN]:
            form.add_error("workbook", faults.located(fault))
    context = {"form": form, "period": found.period}
    status = 422 if form.errors else 200
    return body_page(request, body, "results", "interop/sheet_import.html", context, status=status)


def _shown(request: HttpRequest, found: Sheet, reading: SheetReading) -> HttpResponse:
    """The page of the sheet with what the workbook brings in its fields."""
    forms = {cell.key: _brought(cell, found, reading) for cell in found.cells}
    told = [faults.located(fault) for fault in reading.faults]
    told += [sentence for form in forms.values() for sentence in _located(form, reading)]
    read: dict[str, Any] = {"changed": sum(form.pending for form in forms.values()), "faults": told[:MOST_SHOWN]}
    return sheet_page(request, found, forms, read=read)


def _brought(cell: Cell, found: Sheet, reading: SheetReading) -> CellForm:
    """A figure as the workbook has it; as it stands, when the workbook says nothing new of it.

    The workbook carries what was seen when it was made: when something else stands by now, both are shown.
    """
    stands = standing(cell)
    if cell.key not in reading.keys:
        return stands
    missing = {f"{cell.key}/{name}": value for name, value in stands.typed.items()}
    form = typed_in(missing | reading.typed, cell)
    fields, form.faults = rules.clean_figure(cell.indicator, found.period, values_of(form))
    if not form.faults and rules.imprint(fields) in (form.seen, stands.seen):
        return stands
    form.pending = True
    if form.seen != stands.seen:
        show_clash(form, found)
    else:
        form.version = stands.version
    return form


def _located(form: CellForm, reading: SheetReading) -> list[str]:
    """The faults of a figure with the cells of the workbook in which they stand."""
    found = []
    for fault in form.faults:
        place = reading.places.get(f"{form.cell.key}/{fault.path}", "")
        found.append(faults.at(place, f"{form.cell.indicator.code}: {fault.sentence}"))
    return found
