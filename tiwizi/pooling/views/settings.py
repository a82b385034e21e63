"""Pages on what a round computes with: its rules, partners, kinds, hosts, and which activities take part."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tiwizi.base.errors import Refusal
from tiwizi.network.pages import body_page
from tiwizi.network.permissions import Action, bodies_where, may, require
from tiwizi.plans.models import Activity
from tiwizi.pooling import queries, rules
from tiwizi.pooling.forms import HostForm, KindForm, PartnerForm, ReasonForm, RulesForm, VersionForm
from tiwizi.pooling.models import Round
from tiwizi.pooling.views.guard import round_view

Rows = list[tuple[Any, Any]]
TARIFF = ("fixed_cents", "per_head_cents", "travel_rate_cents", "pool_min", "pool_max")


@require_http_methods(["GET", "POST"])
@round_view
def rules_page(request: HttpRequest, round: Round) -> HttpResponse:
    """The rules of a round; a POST changes the general ones."""
    if request.method != "POST":
        return _page(request, round)
    require(request.user, Action.RUN_ROUND, round.body)  # type: ignore[arg-type]
    form = RulesForm(request.POST)
    if form.is_valid():
        try:
            rules.change_rules(by=request.user, round=round, **form.cleaned_data)  # type: ignore[arg-type]
        except Refusal as refusal:
            form.refused(refusal)
        else:
            return _kept(request, round, "")
    return _page(request, round, form=form, status=422)


def _page(request: HttpRequest, round: Round, *, status: int = 200, **forms: Any) -> HttpResponse:
    general = {name: getattr(round, name) for name in ("title", "method", "min_saving_cents", "max_members", "version")}
    context = {
        "round": round,
        "may_change": round.state in ("open", "proposed") and may(request.user, Action.RUN_ROUND, round.body),  # type: ignore[arg-type]
        "form": RulesForm(initial=general),
        "partners": _partner_rows(round),
        "kinds": _kind_rows(round),
        "hosts": _host_rows(round),
        "method": queries.METHOD_NAMES[round.method],
    }
    return body_page(request, round.body, "pooling", "pooling/rules.html", context | forms, status=status)


def _partner_rows(round: Round, data: Any = None) -> Rows:
    rows = round.partners.select_related("body")
    return [
        (row, PartnerForm(data, prefix=str(row.pk), initial=_initial(row, "takes_part", "budget_cents")))
        for row in rows
    ]


def _kind_rows(round: Round, data: Any = None) -> Rows:
    """Kinds that the partners plan come first; the others cannot take part anyway."""
    planned = set(Activity.objects.filter(plan__body__in=round.partners.values("body")).values_list("kind", flat=True))
    rows = sorted(round.kinds.select_related("kind"), key=lambda row: (row.kind_id not in planned, row.kind.code))
    return [(row, KindForm(data, prefix=str(row.pk), initial=_initial(row, "included", *TARIFF))) for row in rows]


def _host_rows(round: Round, data: Any = None) -> Rows:
    rows = round.hosts.select_related("organisation", "round")
    initial = ("accepts", "seats", "cost_percent")
    return [(row, HostForm(data, host=row, prefix=str(row.pk), initial=_initial(row, *initial))) for row in rows]


def _initial(row: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


@require_POST
@round_view
def partners(request: HttpRequest, round: Round) -> HttpResponse:
    rows = _partner_rows(round, request.POST)
    return _keep(request, round, "partners", rows, lambda row, form: rules.set_partner(
        by=request.user, partner=row, **form.cleaned_data  # type: ignore[arg-type]
    ))  # fmt: skip


@require_POST
@round_view
def kinds(request: HttpRequest, round: Round) -> HttpResponse:
    rows = _kind_rows(round, request.POST)
    return _keep(request, round, "kinds", rows, lambda row, form: rules.set_kind(
        by=request.user, kind=row, **form.cleaned_data  # type: ignore[arg-type]
    ))  # fmt: skip


@require_POST
@round_view
def hosts(request: HttpRequest, round: Round) -> HttpResponse:
    rows = _host_rows(round, request.POST)
    return _keep(
        request, round, "hosts", rows,
        lambda row, form: rules.set_host(by=request.user, host=row, **form.terms),  # type: ignore[arg-type]
    )  # fmt: skip


def _keep(request: HttpRequest, round: Round, part: str, rows: Rows, write: Callable[[Any, Any], Any]) -> HttpResponse:
    """Write every row, or show all faults and write none."""
    require(request.user, Action.RUN_ROUND, round.body)  # type: ignore[arg-type]
    if all([form.is_valid() for _row, form in rows]):  # noqa: C419 (every form must say its faults)
        with transaction.atomic():
            version = VersionForm(request.POST)
            said = version.cleaned_data["version"] if version.is_valid() else None
            rules.same_version(by=request.user, round=round, version=said)  # type: ignore[arg-type]
            _write(rows, write)
            if any(form.errors for _row, form in rows):
                transaction.set_rollback(True)
    if any(form.errors for _row, form in rows):
        return _page(request, round, status=422, **{part: rows})
    return _kept(request, round, part)


def _write(rows: Rows, write: Callable[[Any, Any], Any]) -> None:
    for row, form in rows:
        try:
            write(row, form)
        except Refusal as refusal:
            form.refused(refusal)


def _kept(request: HttpRequest, round: Round, part: str) -> HttpResponse:
    messages.success(request, _("Kept. It counts from the next run on."))
    answer = redirect("pooling:round-rules", round.body.slug, round.pk)
    if part:
        answer["Location"] += f"#{part}"
    return answer


@require_GET
@round_view
def activities(request: HttpRequest, round: Round) -> HttpResponse:
    """Which activities take part, and which their partnerships keep out."""
    return _activities(request, round)


def _activities(request: HttpRequest, round: Round, *, status: int = 200, **more: Any) -> HttpResponse:
    context = {
        "round": round,
        "inside": queries.taking_part(round),
        "outside": queries.opted_out(round),
        "mine": bodies_where(request.user, Action.OPT_OUT),  # type: ignore[arg-type]
    }
    return body_page(request, round.body, "pooling", "pooling/activities.html", context | more, status=status)


@require_POST
@round_view
def opt_out(request: HttpRequest, round: Round, activity: UUID) -> HttpResponse:
    found, form = get_object_or_404(Activity, pk=activity), ReasonForm(request.POST)
    form.is_valid()
    try:
        rules.opt_out(by=request.user, round=round, activity=found, reason=form.cleaned_data.get("reason", ""))  # type: ignore[arg-type]
    except Refusal as refusal:
        if refusal.field != "reason":
            raise
        return _activities(request, round, status=422, faulty=found.pk, fault=str(refusal))
    messages.success(request, _("“%(activity)s” is kept out of the round.") % {"activity": found})
    return redirect("pooling:round-activities", round.body.slug, round.pk)


@require_POST
@round_view
def opt_in(request: HttpRequest, round: Round, activity: UUID) -> HttpResponse:
    found = get_object_or_404(Activity, pk=activity)
    rules.opt_in(by=request.user, round=round, activity=found)  # type: ignore[arg-type]
    messages.success(request, _("“%(activity)s” takes part again.") % {"activity": found})
    return redirect("pooling:round-activities", round.body.slug, round.pk)
