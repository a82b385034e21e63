"""Evidence of one figure: files added, documents chosen, taken away, put back.

The addresses stand below `documents/`, where a request may be as large as a document.
"""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tiwizi.base.errors import Refusal
from tiwizi.base.wording import isolated
from tiwizi.documents.forms import AddForm
from tiwizi.documents.queries import documents_of
from tiwizi.documents.views import large_requests
from tiwizi.framework.queries import framework_of
from tiwizi.indicators import rules
from tiwizi.indicators.forms.evidence import ChooseForm, RemoveForm
from tiwizi.indicators.models import Evidence, Measurement
from tiwizi.indicators.queries import evidence as queries
from tiwizi.indicators.queries.sheets import Cell, period_of, sheet_of
from tiwizi.indicators.rules.reports import OPEN
from tiwizi.network.models import Body
from tiwizi.network.pages import body_page, body_view
from tiwizi.network.permissions import Action


@require_http_methods(["GET", "POST"])
@large_requests(Action.REPORT)
def evidence(request: HttpRequest, body: Body, code: str, cell: str) -> HttpResponseBase:
    """What proves a figure, and the two ways to add to it: a file, or a document that the body keeps already."""
    found = cell_of(body, code, cell)
    adding = AddForm(initial={"kind": "evidence"}, prefix="file")
    choosing = _choose_form(found.measurement, body)
    if request.method == "POST" and found.measurement is not None:
        try:
            if "choose" in request.POST:
                choosing = _choose_form(found.measurement, body, request)
                done = _choose(request, found.measurement, choosing)
            else:
                adding = AddForm(request.POST, request.FILES, prefix="file")
                done = _add(request, found.measurement, adding)
        except Refusal as refusal:
            (choosing if "choose" in request.POST else adding).refused(refusal)
        else:
            if done:
                messages.success(request, _("The evidence stands beside the figure."))
                return redirect("indicators:evidence", body.slug, code, cell)
    return _page(request, body, code, found, adding, choosing)


def cell_of(body: Body, code: str, key: str) -> Cell:
    """A cell of the body's sheet by its key; also of pages beside the sheet."""
    period = period_of(framework_of(body), code)
    cells = sheet_of(body, period).cells if period else iter(())
    found = next((one for one in cells if one.key == key), None)
    if found is None:
        raise Http404
    return found


def _choose_form(measurement: Measurement | None, body: Body, request: HttpRequest | None = None) -> ChooseForm:
    taken = set()
    if measurement is not None:
        taken = {one.document_id for one in queries.of_figure(measurement)[0]}
    those = [one for one in documents_of(body) if one.pk not in taken]
    return ChooseForm(request.POST if request else None, documents=those, prefix="chosen")


def _choose(request: HttpRequest, measurement: Measurement, form: ChooseForm) -> Evidence | None:
    if not form.is_valid():
        return None
    return rules.attach_evidence(by=request.user, measurement=measurement, document=form.chosen)  # type: ignore[arg-type]


def _add(request: HttpRequest, measurement: Measurement, form: AddForm) -> Evidence | None:
    if not form.is_valid():
        return None
    return rules.add_evidence(by=request.user, measurement=measurement, **form.cleaned_data)  # type: ignore[arg-type]


def _page(
    request: HttpRequest, body: Body, code: str, cell: Cell, adding: AddForm, choosing: ChooseForm
) -> HttpResponse:
    measurement = cell.measurement
    stands, removed = queries.of_figure(measurement) if measurement else ([], [])
    report = measurement.report if measurement else None
    context = {
        "cell": cell,
        "code": code,
        "shown": isolated(code),
        "stands": stands,
        "removed": removed,
        "adding": adding,
        "choosing": choosing,
        "may_add": report is not None and report.state != "certified",
        "may_remove": report is not None and report.state in OPEN,
    }
    status = 422 if adding.errors or choosing.errors else 200
    return body_page(request, body, "results", "indicators/evidence.html", context, status=status)


@require_POST
@body_view(Action.REPORT)
def evidence_remove(request: HttpRequest, body: Body, code: str, cell: str, pk: UUID) -> HttpResponse:
    """Take a document away from the figure, with the reason."""
    form = RemoveForm(request.POST)
    form.is_valid()
    found = _evidence(body, code, cell, pk)
    try:
        rules.remove_evidence(by=request.user, evidence=found, reason=form.cleaned_data.get("reason", ""))  # type: ignore[arg-type]
    except Refusal as refusal:
        if refusal.code != "reason-missing":
            raise
        messages.error(request, f"{refusal.sentence} {refusal.hint}")
    else:
        messages.success(request, _("Taken away. It can be put back."))
    return redirect("indicators:evidence", body.slug, code, cell)


@require_POST
@body_view(Action.REPORT)
def evidence_restore(request: HttpRequest, body: Body, code: str, cell: str, pk: UUID) -> HttpResponse:
    """Put it back beside the figure."""
    rules.restore_evidence(by=request.user, evidence=_evidence(body, code, cell, pk))  # type: ignore[arg-type]
    messages.success(request, _("The evidence stands beside the figure."))
    return redirect("indicators:evidence", body.slug, code, cell)


def _evidence(body: Body, code: str, key: str, pk: UUID) -> Evidence:
    measurement = cell_of(body, code, key).measurement
    found = queries.evidence_of(measurement, pk) if measurement else None
    if found is None:
        raise Http404
    return found
