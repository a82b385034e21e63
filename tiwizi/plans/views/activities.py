"""Pages of one activity: read, add, change, archive."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tiwizi.base import wording
from tiwizi.base.drafts import drafting
from tiwizi.base.errors import Conflict, Refusal
from tiwizi.base.forms import SEEN, Writing
from tiwizi.base.merging import Seen
from tiwizi.network import histories
from tiwizi.network.merges import fields_of, merge_page, tell_merged
from tiwizi.network.models import Body
from tiwizi.network.pages import body_page, body_view
from tiwizi.network.permissions import Action, may
from tiwizi.plans import queries, rules
from tiwizi.plans.forms import ActivityForm
from tiwizi.plans.models import Activity, Plan


@require_GET
@login_required
def activity_short(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The short address of an activity leads to its page, for who may read it; to others it leads nowhere."""
    activity = get_object_or_404(Activity.objects.select_related("plan__body"), pk=pk)
    if not may(request.user, Action.READ, activity.plan.body):  # type: ignore[arg-type]
        raise Http404
    return redirect("plans:activity-detail", activity.plan.body.slug, pk)


@require_GET
@body_view(Action.READ)
def activity_detail(request: HttpRequest, body: Body, pk: UUID) -> HttpResponse:
    """Everything about one activity, what it became or replaces, and its history."""
    activity = _found(body, pk)
    parts = list(activity.parts.all())
    context = {
        "activity": activity,
        "languages": [queries.LANGUAGES.get(code, code) for code in activity.languages],
        "part": getattr(activity, "joint_part", None),
        "parts": parts,
        "alone_cents": sum(part.alone_cents for part in parts),
        "share_cents": sum(part.share_cents for part in parts),
        "why_not": rules.why_not_edit(by=request.user, activity=activity),  # type: ignore[arg-type]
        "events": histories.story(activity),
        "code": histories.kind_of(activity).code,
        "object": activity,
    }
    return body_page(request, body, "plan", "plans/activity_detail.html", context)


@require_http_methods(["GET", "POST"])
@body_view(Action.EDIT_PLAN)
def activity_add(request: HttpRequest, body: Body) -> HttpResponse:
    """Add an activity; `?copy=` starts from another one of the same plan, else from what one chose last."""
    plan, draft = _plan(body), drafting(request)
    form = ActivityForm(request.POST or None, plan=plan, initial=_start(request, plan))
    draft.fill(form)
    if request.method == "POST" and form.is_valid():
        try:
            activity = rules.add_activity(by=request.user, plan=plan, **form.natural)  # type: ignore[arg-type]
        except Refusal as refusal:
            form.refused(refusal)
        else:
            messages.success(request, _("“%(activity)s” is in the plan.") % {"activity": activity})
            messages.info(request, _weeks(activity))
            return draft.sent(_after_adding(request, body, activity))
    return _form_page(request, body, form, {"plan": plan, "draft": draft})


def _weeks(activity: Activity) -> str:
    """The whole weeks that were made of what was typed."""
    days = {"first": wording.day(activity.window_start), "last": wording.day(activity.window_end)}
    return _("It can take place from Monday %(first)s to Sunday %(last)s.") % days


def _after_adding(request: HttpRequest, body: Body, activity: Activity) -> HttpResponse:
    if "another" in request.POST:
        return redirect("plans:activity-add", body.slug)
    return redirect("plans:activity-detail", body.slug, activity.pk)


def _start(request: HttpRequest, plan: Plan) -> dict[str, Any]:
    """What an empty form starts with."""
    start = {"priority": 3, "poolable": True, "languages": ["fr"]}
    start |= queries.last_used(request.user, plan)  # type: ignore[arg-type]
    if copied := request.GET.get("copy"):
        source = Activity.objects.filter(plan=plan, reference=copied, collective=False).first()
        start |= queries.natural_values(source) if source else {}
    return start | {"reference": queries.next_reference(plan)}


@require_http_methods(["GET", "POST"])
@body_view(Action.EDIT_PLAN)
def activity_edit(request: HttpRequest, body: Body, pk: UUID) -> HttpResponse:
    """Change an activity. What somebody else changed meanwhile is merged; what clashes is chosen on a page."""
    activity = _found(body, pk)
    if refusal := rules.why_not_edit(by=request.user, activity=activity):  # type: ignore[arg-type]
        raise refusal
    values, draft = queries.natural_values(activity), drafting(request)
    form = ActivityForm(request.POST or None, plan=activity.plan, existing=activity, initial=dict(values))
    draft.fill(form)
    if request.method == "POST" and form.is_valid() and "again" not in request.POST:
        how = Writing.of(request.POST, activity.pk).how
        try:
            kept = rules.change_activity(by=request.user, activity=activity, **how, **form.natural)  # type: ignore[arg-type]
        except Conflict as conflict:
            fields, back = fields_of(activity, form.natural), reverse("plans:activity-detail", args=[body.slug, pk])
            return merge_page(request, body, "plan", conflict, fields, title=str(activity), back=back)
        except Refusal as refusal:
            form.refused(refusal)
        else:
            messages.success(request, _("Kept."))
            tell_merged(request, kept.merged, fields_of(kept, form.natural))
            messages.info(request, _weeks(kept))
            return draft.sent(redirect("plans:activity-detail", body.slug, pk))
    seen = request.POST.get(SEEN) or draft.seen(Seen(activity.version, values).sealed(activity.pk))
    context = {"plan": activity.plan, "activity": activity, "seen": seen, "draft": draft}
    return _form_page(request, body, form, context)


@require_POST
@body_view(Action.EDIT_PLAN)
def activity_archive(request: HttpRequest, body: Body, pk: UUID) -> HttpResponse:
    """Take an activity out of the plan; the next page offers to undo it."""
    activity = _found(body, pk)
    rules.archive_activity(by=request.user, activity=activity, reason=request.POST.get("reason", "")[:2000])  # type: ignore[arg-type]
    response = redirect("plans:plan", body.slug)
    response["Location"] += f"?archived={activity.reference}"
    return response


@require_POST
@body_view(Action.EDIT_PLAN)
def activity_restore(request: HttpRequest, body: Body, pk: UUID) -> HttpResponse:
    """Put an archived activity back."""
    activity = rules.restore_activity(by=request.user, activity=_found(body, pk))  # type: ignore[arg-type]
    messages.success(request, _("“%(activity)s” is back in the plan.") % {"activity": activity})
    return redirect("plans:activity-detail", body.slug, pk)


def _form_page(
    request: HttpRequest, body: Body, form: ActivityForm, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    status = 422 if form.errors else status
    return body_page(request, body, "plan", "plans/activity_form.html", {"form": form} | context, status=status)


def _found(body: Body, pk: UUID) -> Activity:
    activity = queries.activity_of(body, pk)
    if activity is None:
        raise Http404
    return activity


def _plan(body: Body) -> Plan:
    """The plan that a new activity goes into; without one, the reader is told to open it."""
    plan = queries.plan_of(body)
    if plan is None:
        raise Refusal("no-plan", _("There is no plan yet."), _("Open the plan first."), status=404)
    return plan
