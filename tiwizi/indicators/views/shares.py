"""The page of whose a figure of several bodies is: who leads the activity says so, while the sheet is open."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tiwizi.base.errors import Conflict, Refusal
from tiwizi.base.wording import isolated
from tiwizi.indicators import rules
from tiwizi.indicators.forms.shares import SharesForm
from tiwizi.indicators.queries.shares import shares_of
from tiwizi.indicators.queries.sheets import Cell
from tiwizi.indicators.rules.reports import OPEN
from tiwizi.indicators.views.evidence import cell_of
from tiwizi.network.models import Body
from tiwizi.network.pages import body_page, body_view
from tiwizi.network.permissions import Action


@require_http_methods(["GET", "POST"])
@body_view(Action.REPORT)
def shares(request: HttpRequest, body: Body, code: str, cell: str) -> HttpResponse:
    """Each partner's share in percent. Sent unchanged, nothing is written: thirds stay thirds."""
    found = cell_of(body, code, cell)
    if found.activity is None or not found.activity.collective:
        raise Http404
    if request.method == "POST" and found.measurement is not None:
        parts = shares_of(found.measurement)[1]
        form = SharesForm(request.POST, parts=parts)
        if form.is_valid():
            try:
                if form.weights != {one.pk: part for one, part in parts.items()}:
                    rules.share_figure(
                        by=request.user,  # type: ignore[arg-type]
                        measurement=found.measurement,
                        weights=form.weights,
                        seen=request.POST.get("seen", ""),
                    )
            except Conflict as conflict:
                messages.error(request, str(conflict))
                return redirect("indicators:shares", body.slug, code, cell)
            except Refusal as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _("The shares are kept."))
                return redirect("indicators:sheet", body.slug, code)
        return _page(request, body, code, found, form)
    return _page(request, body, code, found, None)


def _page(request: HttpRequest, body: Body, code: str, cell: Cell, form: SharesForm | None) -> HttpResponse:
    context: dict[str, Any] = {"cell": cell, "code": code, "shown": isolated(code), "form": form, "open": False}
    if cell.measurement is not None:
        weights, parts = shares_of(cell.measurement)
        context |= {
            "form": form or SharesForm(parts=parts),
            "parts": [(one, part / 10_000) for one, part in parts.items()],
            "seen": request.POST.get("seen") or rules.shares_mark({one.pk: part for one, part in weights.items()}),
            "open": cell.measurement.report.state in OPEN,
        }
    status = 422 if form is not None and form.errors else 200
    return body_page(request, body, "results", "indicators/shares.html", context, status=status)
