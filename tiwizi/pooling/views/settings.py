"""Pages on what a round computes with: its rules, partners, kinds, hosts, and which activities take part."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tiwizi.base.drafts import Drafting, drafting
from tiwizi.base.errors import Conflict, Refusal
from tiwizi.base.forms import SEEN, Writing
from tiwizi.base.merging import Seen
from tiwizi.network.merges import Fields, fields_of, merge_page, tell_merged
from tiwizi.network.pages import body_page
from tiwizi.network.permissions import Action, bodies_where, may, require
from tiwizi.plans.models import Activity
from tiwizi.pooling import queries, rules
from tiwizi.pooling.forms import HostForm, KindForm, PartnerForm, ReasonForm, RulesForm
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
    form, how = RulesForm(request.POST), Writing.of(request.POST, round.pk).how
    if form.is_valid() and "again" not in request.POST:
        try:
            kept = rules.change_rules(by=request.user, round=round, **how, **form.cleaned_data)  # type: ignore[arg-type]
        except Conflict as conflict:
            return _conflict(request, round, conflict, fields_of(round, form.fields))
        except Refusal as refusal:
            form.refused(refusal)
        else:
            return drafting(request).sent(_kept(request, kept, "", fields_of(round, form.fields)))
    return _page(request, round, form=form, status=422 if form.errors else 200)


def _conflict(request: HttpRequest, round: Round, conflict: Conflict, fields: Fields) -> HttpResponse:
    back = reverse("pooling:round-rules", args=[round.body.slug, round.pk])
    return merge_page(request, round.body, "pooling", conflict, fields, title=round.title, back=back)


def _page(request: HttpRequest, round: Round, *, status: int = 200, part: str = "", **forms: Any) -> HttpResponse:
    """The page of all rules; what was posted of one part keeps what its form had seen."""
    rows = {"partners": _partner_rows(round), "kinds": _kind_rows(round), "hosts": _host_rows(round)}
    general, draft = queries.general_values(round), _draft(request, round)
    seen = {name: _seen(round, name, found) for name, found in rows.items()}
    seen["rules"] = draft.seen(Seen(round.version, general).sealed(round.pk))
    form = RulesForm(initial=dict(general))
    draft.fill(form)
    if request.POST.get(SEEN):
        seen[part or "rules"] = request.POST[SEEN]
    context = {
        "round": round,
        "may_change": round.state in ("open", "proposed") and may(request.user, Action.RUN_ROUND, round.body),  # type: ignore[arg-type]
        "form": form,
        "draft": draft,
        "seen": seen,
        "method": queries.METHOD_NAMES[round.method],
    }
    return body_page(request, round.body, "pooling", "pooling/rules.html", context | rows | forms, status=status)


def _draft(request: HttpRequest, round: Round) -> Drafting:
    """The draft of the general rules: the other parts are short, and are sent one by one."""
    draft = drafting(request)
    draft.path = reverse("pooling:round-rules", args=[round.body.slug, round.pk])
    return draft


def _seen(round: Round, part: str, rows: Rows) -> str:
    """What the rows of one part say, for their form to carry."""
    said = {queries.flat(row.pk, name): v for row, _form in rows for name, v in queries.row_values(row).items()}
    return Seen(round.version, said).sealed(f"{round.pk} {part}")


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
    shown = (Writing.of(data, f"{round.pk} hosts").seen.values or {}) if data else {}
    names = ("accepts", "seats", "cost_percent")
    found = []
    for row in rows:
        seen = shown.get(queries.flat(row.pk, "blocked_weeks"))
        form = HostForm(data, host=row, seen=seen, prefix=str(row.pk), initial=_initial(row, *names))
        found.append((row, form))
    return found


def _initial(row: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


@require_POST
@round_view
def partners(request: HttpRequest, round: Round) -> HttpResponse:
    return _keep(request, round, "partners", _partner_rows(round, request.POST))


@require_POST
@round_view
def kinds(request: HttpRequest, round: Round) -> HttpResponse:
    return _keep(request, round, "kinds", _kind_rows(round, request.POST))


@require_POST
@round_view
def hosts(request: HttpRequest, round: Round) -> HttpResponse:
    return _keep(request, round, "hosts", _host_rows(round, request.POST))


def _keep(request: HttpRequest, round: Round, part: str, rows: Rows) -> HttpResponse:
    """Write every row of a part, or show all faults and write none."""
    require(request.user, Action.RUN_ROUND, round.body)  # type: ignore[arg-type]
    if all([form.is_valid() for _row, form in rows]) and "again" not in request.POST:  # noqa: C419 (all say their faults)
        said = {row: form.terms if isinstance(form, HostForm) else form.cleaned_data for row, form in rows}
        fields = {queries.flat(row.pk, name): (row, name) for row in said for name in queries.row_values(row)}
        how = Writing.of(request.POST, f"{round.pk} {part}").how
        try:
            kept = rules.change_settings(by=request.user, round=round, rows=said, **how)  # type: ignore[arg-type]
        except Conflict as conflict:
            return _conflict(request, round, conflict, fields)
        except rules.FaultySettings as refusal:
            for row, form in rows:
                if row.pk in refusal.faults:
                    form.refused(refusal.faults[row.pk])
        else:
            return _kept(request, kept, part, fields)
    status = 422 if any(form.errors for _row, form in rows) else 200
    return _page(request, round, status=status, part=part, **{part: rows})


def _kept(request: HttpRequest, round: Round, part: str, fields: Fields) -> HttpResponse:
    messages.success(request, _("Kept. It counts from the next run on."))
    tell_merged(request, round.merged, fields)
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
