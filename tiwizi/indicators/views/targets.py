"""The grid of targets of an indicator, and what of an earlier strategic plan goes on in this one."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tiwizi.base.errors import Refusal
from tiwizi.indicators import rules
from tiwizi.indicators.forms.definitions import CarryForm, TargetsForm
from tiwizi.indicators.models import Indicator
from tiwizi.indicators.queries import definitions as queries
from tiwizi.indicators.queries.asked import asked_in
from tiwizi.indicators.queries.structure import periods_of
from tiwizi.indicators.views.definitions import indicator_here, page
from tiwizi.indicators.views.results import framework_for
from tiwizi.network.models import Body
from tiwizi.network.pages import body_view
from tiwizi.network.permissions import Action

ROWS = 25  # bodies of the grid at a time


@require_http_methods(["GET", "POST"])
@body_view(Action.DEFINE_INDICATORS)
def targets(request: HttpRequest, body: Body, pk: UUID) -> HttpResponse:
    """What each body is to reach over life and in the periods that are asked (or have a target); only cells that were
    changed are written, each by its rule."""
    indicator = indicator_here(body, pk)
    framework = indicator.result.framework
    known = {one.body_id: one.body for one in queries.reporters_of(indicator)} | {framework.body_id: framework.body}
    first = sorted(known.values(), key=lambda one: (one.pk != framework.body_id, one.kind.rank, one.slug))
    shown = Paginator(first, ROWS).get_page(request.GET.get("page"))
    bodies = list(shown.object_list)
    stand = queries.targets_of(indicator, bodies)
    every = periods_of(framework)
    asked = asked_in(indicator.frequency, every, framework.end).keys() | {period for _, period in stand}
    periods = [one for one in every if one.pk in asked]
    form = TargetsForm(request.POST or None, bodies=bodies, periods=periods, stand=stand)
    if request.method == "POST" and form.is_valid():
        try:
            changed = _write(request, indicator, form)
        except Refusal as refusal:
            form.refused(refusal)
        else:
            messages.success(request, _("Kept: %(count)s targets changed.") % {"count": changed})
            return redirect(request.get_full_path())
    context = {"indicator": indicator, "form": form, "page": shown, "periods": periods, "here": "list"}
    return page(request, body, "targets", context, status=422 if form.errors else 200)


def _write(request: HttpRequest, indicator: Indicator, form: TargetsForm) -> int:
    """All changed cells or none."""
    changes: list[dict[str, Any]] = []
    for name, (body, period) in form.places.items():
        if name in form.changed_data:
            version = form.cleaned_data[f"{name}-v"]
            changes.append({"body": body, "period": period, "value": form.cleaned_data[name], "version": version})
    rules.set_targets(by=request.user, indicator=indicator, targets=changes)  # type: ignore[arg-type]
    return len(changes)


@require_http_methods(["GET", "POST"])
@body_view(Action.DEFINE_INDICATORS)
def carry_over(request: HttpRequest, body: Body) -> HttpResponse:
    """The earlier strategic plan beside this one: what goes on, what counts otherwise, what has no heir yet."""
    later = framework_for(body)
    earlier = queries.earlier_of(later)
    form = CarryForm(request.POST or None)
    if request.method == "POST" and earlier is not None:
        if not form.is_valid():
            messages.error(request, _("Choose the indicator that follows."))
            return redirect("indicators:carry-over", body.slug)
        one = get_object_or_404(Indicator, pk=form.cleaned_data["earlier"], result__framework=earlier)
        other = get_object_or_404(Indicator, pk=form.cleaned_data["later"], result__framework=later)
        rules.carry_over(by=request.user, earlier=one, later=other)  # type: ignore[arg-type]
        messages.success(request, _("It goes on: what was reported before counts here too, where both count alike."))
        return redirect("indicators:carry-over", body.slug)
    rows = queries.carried_over(earlier, later) if earlier else []
    free = [one for one in queries.defined(later) if one.previous_id is None]
    return page(
        request, body, "carry_over", {"earlier": earlier, "later": later, "rows": rows, "free": free, "here": "carry"}
    )
