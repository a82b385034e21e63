"""Pages of a body's plan: the list, the timeline, the export, the plan's own life."""

import csv
from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tiwizi.base.drafts import drafting
from tiwizi.base.errors import Conflict, Refusal
from tiwizi.base.forms import Writing
from tiwizi.base.merging import Seen
from tiwizi.framework.queries import framework_of
from tiwizi.network.merges import fields_of, merge_page
from tiwizi.network.models import Body
from tiwizi.network.pages import body_page, body_view
from tiwizi.network.permissions import Action, may, require
from tiwizi.plans import queries, rules
from tiwizi.plans.forms import ActForm, BudgetForm, FilterForm, PlanForm, TitleForm
from tiwizi.plans.models import SIGNED, Activity, Plan
from tiwizi.plans.rules.plans import NEEDED, WORKFLOW
from tiwizi.plans.timelines import timeline_of

PAGE = 50
COLUMNS = {
    "reference": gettext_lazy("Reference"),
    "title": gettext_lazy("Activity"),
    "kind": gettext_lazy("Kind"),
    "when": gettext_lazy("When"),
    "participants": gettext_lazy("Participants"),
    "cost": gettext_lazy("Cost"),
    "priority": gettext_lazy("Priority"),
}
DONE = {
    "submit": gettext_lazy("The plan is handed in."),
    "return": gettext_lazy("The plan is returned, with your reason."),
    "validate": gettext_lazy("The plan is validated."),
}


@require_GET
@body_view(Action.READ)
def plan(request: HttpRequest, body: Body) -> HttpResponse:
    """The activities of a body and everything below, as a list or a timeline; htmx takes the list alone."""
    listing = _listing(request, body)
    if request.htmx and not request.htmx.boosted:  # type: ignore[attr-defined]
        return render(request, "plans/_activities.html", listing | {"body": body})
    own = queries.plan_of(body)
    context = listing | {
        "plan": own,
        "steps": _steps(request, own) if own else [],
        "may_edit": may(request.user, Action.EDIT_PLAN, body),  # type: ignore[arg-type]
        "budget_form": BudgetForm(initial=_budget(own)) if own else None,
        "budget_seen": Seen(own.version, _budget(own)).sealed(own.pk) if own else "",
        "title_form": TitleForm(initial={"title": own.title}) if own else None,
        "title_seen": Seen(own.version, {"title": own.title}).sealed(own.pk) if own else "",
        "archived": _archived(request, body),
        "state_label": queries.STATES[own.state] if own else "",
        **(_signing(request, own) if own else {}),
    }
    return body_page(request, body, "plan", "plans/plan.html", context)


def _listing(request: HttpRequest, body: Body) -> dict[str, Any]:
    """What the list part of the page shows: rows with their counted amounts, totals of all that is shown."""
    plans = queries.plans_below(body)
    form = FilterForm(request.GET, plans=plans)
    found = queries.activities(body, filters=form.filters)
    lines = queries.reckon(found)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    rows = [(activity, lines[activity.pk]) for activity in page.object_list]
    view = form.cleaned_data.get("view") or "list"
    step = form.cleaned_data.get("step") or "month"
    shown = [activity for activity, _line in rows]
    return {
        "filter_form": form,
        "plans": plans,
        "page": page,
        "rows": rows,
        "totals": queries.add_up(lines),
        "view": view,
        "step": step,
        "timeline": timeline_of(shown, plans, step) if view == "timeline" and plans else None,
        "wide": any(one.body_id != body.pk for one in plans),
        "columns": _columns(request, form.sorted_by),
        "illustrative": any(one.illustrative for one in plans),
        "address": _addresses(request),
    }


def _columns(request: HttpRequest, sort: str) -> list[dict[str, Any]]:
    """The headers with the address that sorts by each, the other way round at a second click."""
    found = []
    for code, label in COLUMNS.items():
        down = sort == code
        query = _query(request, sort=f"-{code}" if down else code)
        order = "ascending" if down else "descending" if sort == f"-{code}" else ""
        found.append({"code": code, "label": label, "query": query, "order": order})
    return found


def _addresses(request: HttpRequest) -> dict[str, str]:
    return {
        "list": _query(request, view="", step=""),
        "month": _query(request, view="timeline", step="month"),
        "week": _query(request, view="timeline", step="week"),
        "filters": _query(request),
        "pages": _query(request, page=""),
    }


def _query(request: HttpRequest, **changes: str) -> str:
    """The filters of the address as a query string, with some changed; a change returns to the first page."""
    query = request.GET.copy()
    query.pop("page", None)
    for name, value in changes.items():
        query[name] = value
    for name in [name for name, value in query.items() if not value]:
        del query[name]
    return query.urlencode()


def _steps(request: HttpRequest, own: Plan) -> list[str]:
    """The acts that this person may do on the plan in its state."""
    acts = [act for state, act in WORKFLOW if state == own.state and act in DONE]
    return [act for act in acts if may(request.user, NEEDED[act], own.body)]  # type: ignore[arg-type]


def _signing(request: HttpRequest, own: Plan) -> dict[str, Any]:
    """Who stands by the plan, and whether this person may."""
    signed = queries.signatures_of(own, request.user)  # type: ignore[arg-type]
    open_to = own.state in SIGNED and bool(may(request.user, Action.SIGN_PLAN, own.body))  # type: ignore[arg-type]
    mine = any(one.mine for one in signed)
    return {
        "signed": signed,
        "signable": own.state in SIGNED,
        "may_sign": open_to and not mine,
        "may_unsign": mine,
    }


def _budget(own: Plan) -> dict[str, Any]:
    return {"pooling_budget_cents": own.pooling_budget_cents}


def _archived(request: HttpRequest, body: Body) -> Activity | None:
    """The activity just archived, to offer an undo."""
    reference = request.GET.get("archived", "")
    archived = Activity.objects.filter(plan__body=body, archived_at__isnull=False, collective=False)
    return archived.filter(reference=reference).first() if reference else None


@require_GET
@body_view(Action.READ)
def plan_csv(request: HttpRequest, body: Body) -> StreamingHttpResponse:
    """The filtered list as CSV: the same rows and amounts as the page, all pages together."""
    found = queries.activities(body, filters=FilterForm(request.GET, plans=queries.plans_below(body)).filters)
    lines, language = queries.reckon(found), translation.get_language()

    def told() -> Iterator[bytes]:
        with translation.override(language):
            yield "\ufeff".encode()
            yield _csv_line(_csv_header())
            for activity in found.prefetch_related(None).iterator():
                yield _csv_line(_csv_row(activity, lines[activity.pk]))

    response = StreamingHttpResponse(told(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{body.slug}.csv"'
    return response


def _csv_header() -> list[str]:
    return [
        _("Partnership"), _("Reference"), _("Activity"), _("Kind"), _("Intermediate result"), _("Main target group"),
        _("Commune"), _("From"), _("Until"), _("Agreed week"), _("Participants"),
        _("Cost if done alone"), _("Counted cost"), _("Collective activity"), _("Must be done"), _("Priority"),
    ]  # fmt: skip


def _csv_row(activity: Activity, line: queries.Line) -> list[Any]:
    part = getattr(activity, "joint_part", None)
    together = part.collective if part else activity if activity.collective else None
    return [
        activity.plan.body, activity.reference, activity.title, activity.kind, activity.result, activity.main_target,
        activity.commune or "", activity.window_start.isoformat(), activity.window_end.isoformat(),
        together.window_start.isoformat() if together else "",
        "" if activity.participants is None else activity.participants,
        "" if activity.collective else _amount(activity.cost_cents), _amount(line.counted_cents),
        together or "", _("yes") if activity.mandatory else _("no"), activity.priority,
    ]  # fmt: skip


def _amount(cents: int | None) -> str:
    return "" if cents is None else f"{cents // 100}.{cents % 100:02d}"


class _Echo:
    """A file that gives back what is written to it, so that lines stream."""

    def write(self, text: str) -> str:
        return text


def _csv_line(values: list[Any]) -> bytes:
    """One line; a text that a spreadsheet would take for a formula is kept a text."""
    return str(csv.writer(_Echo()).writerow([_as_text(str(value)) for value in values])).encode()


def _as_text(value: str) -> str:
    """Blanks before the sign do not stop a spreadsheet."""
    formula = value.lstrip().startswith(("=", "+", "-", "@")) or value.startswith(("\t", "\r"))
    return f"'{value}" if formula else value


@require_http_methods(["GET", "POST"])
@body_view(Action.EDIT_PLAN)
def plan_open(request: HttpRequest, body: Body) -> HttpResponse:
    """Open the body's plan."""
    framework = framework_of(body)
    if framework is None:
        raise Refusal("no-framework", _("This programme has no strategic plan yet."), _("Ask its coordinator."))
    form, draft = PlanForm(request.POST or None, initial={"start": framework.start}), drafting(request)
    draft.fill(form)
    if request.method == "POST" and form.is_valid():
        try:
            rules.open_plan(by=request.user, body=body, framework=framework, **form.cleaned_data)  # type: ignore[arg-type]
        except Refusal as refusal:
            form.refused(refusal)
        else:
            return draft.sent(redirect("plans:plan", body.slug))
    status = 422 if form.errors else 200
    return body_page(request, body, "plan", "plans/plan_open.html", {"form": form, "draft": draft}, status=status)


@require_POST
@body_view(Action.READ)
def plan_act(request: HttpRequest, body: Body, act: str) -> HttpResponse:
    """Hand in, return or validate the plan; the rule asks who may."""
    require(request.user, NEEDED[act], body)  # type: ignore[arg-type]
    own = _own_plan(body)
    form = ActForm(request.POST)
    form.is_valid()
    version = form.cleaned_data.get("version")
    if act == "return":
        reason = form.cleaned_data.get("reason", "")
        rules.return_plan(by=request.user, plan=own, reason=reason, version=version)  # type: ignore[arg-type]
    else:
        rule = {"submit": rules.submit_plan, "validate": rules.validate_plan}[act]
        rule(by=request.user, plan=own, version=version)  # type: ignore[arg-type]
    messages.success(request, str(DONE[act]))
    return redirect("plans:plan", body.slug)


@require_POST
@body_view(Action.SIGN_PLAN)
def plan_sign(request: HttpRequest, body: Body) -> HttpResponse:
    """Stand by the plan as it was read."""
    form = ActForm(request.POST)
    form.is_valid()
    version = form.cleaned_data.get("version") or 0
    rules.sign_plan(by=request.user, plan=_own_plan(body), version=version)  # type: ignore[arg-type]
    messages.success(request, _("You signed the plan."))
    return redirect(reverse("plans:plan", args=[body.slug]) + "#signatures")


@require_POST
@body_view(Action.SIGN_PLAN)
def plan_unsign(request: HttpRequest, body: Body) -> HttpResponse:
    """Take the own signature back."""
    reason = request.POST.get("reason", "")
    rules.take_signature_back(by=request.user, plan=_own_plan(body), reason=reason)  # type: ignore[arg-type]
    messages.success(request, _("Your signature is taken back."))
    return redirect(reverse("plans:plan", args=[body.slug]) + "#signatures")


@require_POST
@body_view(Action.EDIT_PLAN)
def plan_budget(request: HttpRequest, body: Body) -> HttpResponse:
    """Say the money for pooling."""
    own, form = _own_plan(body), BudgetForm(request.POST)
    if not form.is_valid():
        raise Refusal("amount", _("Write an amount such as 4200 or 4200,50."), field="pooling_budget_cents", status=422)
    if "again" in request.POST:
        return redirect("plans:plan", body.slug)
    writing, back = Writing.of(request.POST, own.pk), reverse("plans:plan", args=[body.slug])
    try:
        rules.set_budget(by=request.user, plan=own, **form.cleaned_data, **writing.how)  # type: ignore[arg-type]
    except Conflict as conflict:
        return merge_page(request, body, "plan", conflict, fields_of(own, form.fields), title=own.title, back=back)
    messages.success(request, _("The money for pooling is kept."))
    return redirect(back)


@require_POST
@body_view(Action.EDIT_PLAN)
def plan_title(request: HttpRequest, body: Body) -> HttpResponse:
    """Give the plan another title."""
    own, form = _own_plan(body), TitleForm(request.POST)
    if not form.is_valid():
        sentence = _("Give the plan a title.")
        raise Refusal("plan-title-missing", sentence, _("200 letters at most."), field="title", status=422)
    back = reverse("plans:plan", args=[body.slug])
    if "again" in request.POST:
        return redirect(back)
    writing = Writing.of(request.POST, own.pk)
    try:
        rules.rename_plan(by=request.user, plan=own, **form.cleaned_data, **writing.how)  # type: ignore[arg-type]
    except Conflict as conflict:
        return merge_page(request, body, "plan", conflict, fields_of(own, form.fields), title=own.title, back=back)
    messages.success(request, _("The plan has its new title."))
    return redirect(back)


def _own_plan(body: Body) -> Plan:
    own = queries.plan_of(body)
    return own or get_object_or_404(Plan, body=body)
