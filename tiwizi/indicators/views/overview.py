"""The sheets of a body and of all below it: who has reported, who is late; one act on many, seen first."""

from collections import defaultdict
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from tiwizi.base.errors import Refusal
from tiwizi.framework.queries import framework_of
from tiwizi.indicators import rules
from tiwizi.indicators.models import Period, Report
from tiwizi.indicators.queries.due import STATES, Due, counted, periods_shown, sheets_due
from tiwizi.network import queries as network
from tiwizi.network.models import Body
from tiwizi.network.pages import body_page, body_view
from tiwizi.network.permissions import Action, may, require

ROWS, COLUMNS, MOST = 50, 4, 300
SHOWN = {
    "late": gettext_lazy("Late"),
    "not-begun": gettext_lazy("Not begun"),
    "draft": STATES["draft"],
    "submitted": STATES["submitted"],
    "returned": STATES["returned"],
    "validated": STATES["validated"],
    "certified": STATES["certified"],
}
ACTS = {
    "validate": gettext_lazy("Validate"),
    "return": gettext_lazy("Return"),
    "certify": gettext_lazy("Certify"),
    "reopen": gettext_lazy("Open again"),
}


@require_GET
@body_view(Action.READ)
def sheets(request: HttpRequest, body: Body) -> HttpResponse:
    """Bodies × periods with the state of each sheet. `show` keeps one state, `until` the periods up to one."""
    every = periods_shown(framework_of(body))
    periods = _columns(request, every)
    below = network.bodies_below(body, first=periods[0].start, last=periods[-1].end) if periods else []
    due = sheets_due(below, periods, every=every)
    show = request.GET.get("show", "")
    kept = [one for one in due if _fits(one, show)] if show in SHOWN else due
    by_body: dict[UUID, dict[UUID, Due]] = defaultdict(dict)
    for one in kept:
        by_body[one.body.pk][one.period.pk] = one
    page = Paginator([one for one in below if one.pk in by_body], ROWS).get_page(request.GET.get("page"))
    figures = counted(due)
    context = {
        "columns": [(period, figures.get(period.pk)) for period in periods],
        "rows": [(one, [by_body[one.pk].get(period.pk) for period in periods]) for one in page.object_list],
        "page": page,
        "shown": [(code, label, code == show) for code, label in SHOWN.items()],
        "show": show,
        "choose": request.GET.get("choose", ""),
        "acts": _acts(request, body),
        "earlier": _neighbour(every, periods, -1),
        "later": _neighbour(every, periods, 1),
        "wide": len(below) > 1,
    }
    return body_page(request, body, "results", "indicators/sheets.html", context)


def _columns(request: HttpRequest, every: list[Period]) -> list[Period]:
    """Some periods side by side: up to the one asked for, else up to the latest that has ended."""
    today = network.today()
    past = max((k for k, one in enumerate(every) if one.end < today), default=0)
    asked = next((k for k, one in enumerate(every) if one.code == request.GET.get("until")), past)
    last = max(asked + 1, min(COLUMNS, len(every)))
    return every[max(last - COLUMNS, 0) : last]


def _neighbour(every: list[Period], shown: list[Period], step: int) -> str:
    """The period up to which the page before (-1) or after shows; empty: there is none."""
    if not shown:
        return ""
    first, last = every.index(shown[0]), every.index(shown[-1])
    if step < 0:
        return every[max(first - 1, min(COLUMNS, len(every)) - 1)].code if first else ""
    return every[min(last + COLUMNS, len(every) - 1)].code if last + 1 < len(every) else ""


def _fits(one: Due, show: str) -> bool:
    return {"late": one.late, "not-begun": one.state == ""}.get(show, one.state == show)


def _acts(request: HttpRequest, body: Body) -> list[tuple[str, Any]]:
    needed = {"certify": Action.CERTIFY_REPORT}
    return [
        (act, label)
        for act, label in ACTS.items()
        if may(request.user, needed.get(act, Action.VALIDATE_REPORT), body)  # type: ignore[arg-type]
    ]


@require_POST
@body_view(Action.READ)
def sheets_many(request: HttpRequest, body: Body) -> HttpResponse:
    """One act on the chosen sheets: first what would happen to each, then, confirmed, all of it or nothing."""
    act, reason = request.POST.get("act", ""), request.POST.get("reason", "").strip()[:4000]
    require(request.user, Action.CERTIFY_REPORT if act == "certify" else Action.VALIDATE_REPORT, body)  # type: ignore[arg-type]
    chosen = _chosen(request, body)
    if act not in ACTS or not chosen:
        messages.error(request, _("Choose sheets and what to do with them."))
        return redirect("indicators:sheets", body.slug)
    sound, others = _judged(request, chosen, act)
    wordless = act in ("return", "reopen") and not reason
    if "confirmed" in request.POST and not wordless:
        return _do(request, body, act, reason, sound)
    context = {
        "act": act, "label": ACTS[act], "reason": reason, "sound": sound, "others": others,
        "asks_reason": act in ("return", "reopen"), "wordless": wordless and "confirmed" in request.POST,
    }  # fmt: skip
    status = 422 if context["wordless"] else 200
    return body_page(request, body, "results", "indicators/sheets_preview.html", context, status=status)


def _chosen(request: HttpRequest, body: Body) -> list[Report]:
    """The chosen sheets that lie in the body or below it."""
    wanted = set()
    for text in request.POST.getlist("report")[:MOST]:
        try:
            wanted.add(UUID(text))
        except ValueError:
            continue
    below = network.bodies_below(body, first=body.start, last=body.end) if body.end else network.bodies_below(body)
    found = Report.objects.filter(pk__in=wanted, body__in=below).select_related("body__kind", "period")
    return list(found.order_by("period__start", "body__slug"))


def _judged(request: HttpRequest, chosen: list[Report], act: str) -> tuple[list[Report], list[tuple[Report, Refusal]]]:
    sound, others = [], []
    for report in chosen:
        refusal = rules.why_not(by=request.user, report=report, act=act)  # type: ignore[arg-type]
        if refusal:
            others.append((report, refusal))
        else:
            sound.append(report)
    return sound, others


def _do(request: HttpRequest, body: Body, act: str, reason: str, sound: list[Report]) -> HttpResponse:
    versions = {}
    for report in sound:
        seen = request.POST.get(f"version-{report.pk}", "")
        versions[report.pk] = int(seen) if seen.isdecimal() and len(seen) < 10 else -1
    try:
        done = rules.advance_many(by=request.user, reports=sound, act=act, reason=reason, versions=versions)  # type: ignore[arg-type]
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        told = ngettext("Done for %(count)s sheet.", "Done for %(count)s sheets.", len(done)) % {"count": len(done)}
        messages.success(request, told)
    return redirect("indicators:sheets", body.slug)
