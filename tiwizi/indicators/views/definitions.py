"""Pages to say what is measured: indicators, periods, breakdowns, who reports, targets. For who defines indicators."""

from itertools import groupby
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tiwizi.base.errors import Refusal
from tiwizi.framework.models import Framework
from tiwizi.indicators import rules
from tiwizi.indicators.forms.definitions import (
    COUNTS,
    DIRECTIONS,
    EndForm,
    IndicatorForm,
    LibraryForm,
    PeriodForm,
    ReasonForm,
    ReportersForm,
    SetForm,
    SetsForm,
    spread,
)
from tiwizi.indicators.models import Category, Indicator, LibraryIndicator
from tiwizi.indicators.queries import definitions as queries
from tiwizi.indicators.queries.structure import periods_of
from tiwizi.indicators.queries.words import CALCULATIONS, FREQUENCIES
from tiwizi.indicators.views.results import framework_for
from tiwizi.network.models import Body
from tiwizi.network.pages import body_page, body_view
from tiwizi.network.permissions import Action
from tiwizi.network.queries import today

PAGE = 50


def indicator_here(body: Body, pk: UUID) -> Indicator:
    """An indicator of that plan."""
    those = Indicator.objects.select_related("result__framework__body__kind", "library")
    return get_object_or_404(those, pk=pk, result__framework=framework_for(body))


def page(request: HttpRequest, body: Body, name: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """A page of this part, in the tab of results."""
    words = {"counts": COUNTS, "calculations": CALCULATIONS, "directions": DIRECTIONS, "frequencies": FREQUENCIES}
    return body_page(request, body, "results", f"indicators/define/{name}.html", words | context, status=status)


@require_GET
@body_view(Action.DEFINE_INDICATORS)
def definitions(request: HttpRequest, body: Body) -> HttpResponse:
    """The indicators of the strategic plan, result by result; those put away apart."""
    framework = framework_for(body)
    archived = request.GET.get("archived") == "1"
    shown = Paginator(queries.defined(framework, archived=archived), PAGE).get_page(request.GET.get("page"))
    groups = [(result, list(those)) for result, those in groupby(shown.object_list, key=lambda one: one.result)]
    context = {"framework": framework, "page": shown, "groups": groups, "archived": archived, "here": "list"}
    return page(request, body, "list", context)


@require_http_methods(["GET", "POST"])
@body_view(Action.DEFINE_INDICATORS)
def indicator_add(request: HttpRequest, body: Body) -> HttpResponse:
    """A new indicator, from the library or not."""
    framework = framework_for(body)
    form = IndicatorForm(request.POST or None, framework=framework, initial={"result": request.GET.get("result")})
    if request.method == "POST" and form.is_valid():
        try:
            added = _add(request, framework, form)
        except Refusal as refusal:
            form.refused(refusal)
        else:
            messages.success(request, _("The indicator stands. Say now who reports it."))
            return redirect("indicators:indicator-define", body.slug, added.pk)
    context = {"form": form, "framework": framework, "here": "list"}
    return page(request, body, "add", context, status=422 if form.errors else 200)


def _add(request: HttpRequest, framework: Framework, form: IndicatorForm) -> Indicator:
    values = form.cleaned_data | form.texts()
    values = {name: value for name, value in values.items() if name not in form.fields or name in form.cleaned_data}
    chosen, result = values.pop("library", ""), framework.results.get(pk=values.pop("result"))
    values.pop("version", None)
    library = LibraryIndicator.objects.filter(pk=chosen).first() if chosen else None
    if library:  # what is left empty is taken from there
        values = {name: value for name, value in values.items() if value or name not in rules.DESCRIPTION}
        fixed = ("counts", "calculation", "direction", "decimals", "frequency")
        values |= {name: getattr(library, name) for name in fixed}
    return rules.add_indicator(by=request.user, result=result, library=library, **values)  # type: ignore[arg-type]


@require_http_methods(["GET", "POST"])
@body_view(Action.DEFINE_INDICATORS)
def indicator_define(request: HttpRequest, body: Body, pk: UUID) -> HttpResponse:
    """Everything about one indicator on one page; its own fields are changed here."""
    indicator = indicator_here(body, pk)
    fields = (*rules.DESCRIPTION, *rules.BASELINE, "version")
    said = {name: getattr(indicator, name) for name in fields}
    texts = {name: said.pop(name) for name in IndicatorForm.translated}
    form = IndicatorForm(
        request.POST or None, framework=indicator.result.framework, existing=indicator, initial=said | spread(texts)
    )
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        values |= form.texts()
        version = values.pop("version") or 0
        try:
            rules.change_indicator(by=request.user, indicator=indicator, version=version, **values)  # type: ignore[arg-type]
        except Refusal as refusal:
            form.refused(refusal)
        else:
            messages.success(request, _("Kept."))
            return redirect("indicators:indicator-define", body.slug, pk)
    return page(request, body, "indicator", _about(indicator, form), status=422 if form.errors else 200)


def _about(indicator: Indicator, form: IndicatorForm) -> dict[str, Any]:
    framework = indicator.result.framework
    sets = list(framework.breakdown_sets.all())
    bodies = queries.bodies_inside(framework)
    kinds = list({body.kind_id: body.kind for body in bodies}.values())
    used = [str(pk) for pk in queries.alive_on(indicator, today())]
    return {
        "indicator": indicator,
        "form": form,
        "framework": framework,
        "reporters": queries.reporters_of(indicator),
        "sets": sets,
        "sets_form": SetsForm(sets=sets, initial={"sets": used}, prefix="by"),
        "reporters_form": ReportersForm(kinds=kinds, bodies=bodies, prefix="who"),
        "reason_form": ReasonForm(prefix="why"),
        "library_form": LibraryForm(prefix="library", initial={"code": slugify(indicator.code)}),
        "reported": indicator.measurements.exists(),
        "here": "list",
    }


@require_POST
@body_view(Action.DEFINE_INDICATORS)
def indicator_sets(request: HttpRequest, body: Body, pk: UUID) -> HttpResponse:
    """By which sets it is broken down from now on; what was entered by another one stays."""
    indicator = indicator_here(body, pk)
    sets = list(indicator.result.framework.breakdown_sets.all())
    form = SetsForm(request.POST, sets=sets, prefix="by")
    if form.is_valid():
        before = {str(one) for one in queries.alive_on(indicator, today())}
        after = set(form.cleaned_data["sets"])
        for one in sets:
            if (str(one.pk) in after) != (str(one.pk) in before):
                end = None if str(one.pk) in after else today()
                rules.break_down(by=request.user, indicator=indicator, by_set=one, end=end)  # type: ignore[arg-type]
        messages.success(request, _("Kept."))
    return redirect("indicators:indicator-define", body.slug, pk)


@require_POST
@body_view(Action.DEFINE_INDICATORS)
def indicator_reporters(request: HttpRequest, body: Body, pk: UUID) -> HttpResponse:
    """Who reports it: by kind of body with one act, and by name."""
    indicator = indicator_here(body, pk)
    bodies = queries.bodies_inside(indicator.result.framework)
    kinds = list({one.kind_id: one.kind for one in bodies}.values())
    form = ReportersForm(request.POST, kinds=kinds, bodies=bodies, prefix="who")
    if not form.is_valid():
        messages.error(request, _("This is not a day, or not a body of the programme."))
        return redirect("indicators:indicator-define", body.slug, pk)
    said = form.cleaned_data
    wanted = [one for one in bodies if one.kind_id in said["kinds"] or str(one.pk) in said["bodies"]]
    if not wanted:
        messages.error(request, _("Choose a kind of body, or bodies by name."))
        return redirect("indicators:indicator-define", body.slug, pk)
    rules.assign(by=request.user, indicator=indicator, bodies=wanted, start=said["start"], end=said["end"])  # type: ignore[arg-type]
    messages.success(request, _("Kept: %(count)s bodies.") % {"count": len(wanted)})
    return redirect("indicators:indicator-define", body.slug, pk)


@require_POST
@body_view(Action.DEFINE_INDICATORS)
def indicator_archive(request: HttpRequest, body: Body, pk: UUID) -> HttpResponse:
    """Put away with its reason: no longer reported, its figures stay."""
    form = ReasonForm(request.POST, prefix="why")
    form.is_valid()
    reason = form.cleaned_data.get("reason", "")
    rules.archive_indicator(by=request.user, indicator=indicator_here(body, pk), reason=reason)  # type: ignore[arg-type]
    messages.success(request, _("The indicator is put away. Its figures stay, and it can be taken up again."))
    return redirect("indicators:definitions", body.slug)


@require_POST
@body_view(Action.DEFINE_INDICATORS)
def indicator_recover(request: HttpRequest, body: Body, pk: UUID) -> HttpResponse:
    """Take up again what was put away."""
    rules.recover_indicator(by=request.user, indicator=indicator_here(body, pk))  # type: ignore[arg-type]
    messages.success(request, _("The indicator is reported again."))
    return redirect("indicators:indicator-define", body.slug, pk)


@require_http_methods(["GET", "POST"])
@body_view(Action.DEFINE_INDICATORS)
def periods(request: HttpRequest, body: Body) -> HttpResponse:
    """The spans that are reported on."""
    framework = framework_for(body)
    form = PeriodForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            rules.add_period(by=request.user, framework=framework, **form.cleaned_data)  # type: ignore[arg-type]
        except Refusal as refusal:
            form.refused(refusal)
        else:
            messages.success(request, _("Kept."))
            return redirect("indicators:periods", body.slug)
    context = {"framework": framework, "form": form, "periods": periods_of(framework), "here": "periods"}
    return page(request, body, "periods", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@body_view(Action.DEFINE_INDICATORS)
def breakdown_sets(request: HttpRequest, body: Body) -> HttpResponse:
    """The ways to break figures down, and their categories."""
    framework = framework_for(body)
    form = SetForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        names = form.texts()
        try:
            rules.define_set(by=request.user, framework=framework, **names, **form.cleaned_data)  # type: ignore[arg-type]
        except Refusal as refusal:
            form.refused(refusal)
        else:
            messages.success(request, _("Kept."))
            return redirect("indicators:breakdown-sets", body.slug)
    sets = framework.breakdown_sets.prefetch_related("categories")
    context = {"framework": framework, "form": form, "sets": sets, "here": "sets"}
    return page(request, body, "sets", context, status=422 if form.errors else 200)


@require_POST
@body_view(Action.DEFINE_INDICATORS)
def category_end(request: HttpRequest, body: Body, pk: UUID) -> HttpResponse:
    """The last day on which a category is asked for, or none any more; what was entered by it stays."""
    found = get_object_or_404(Category.objects.select_related("set__framework__body"), pk=pk)
    if found.set.framework_id != framework_for(body).pk:
        raise Http404
    form, endless = EndForm(request.POST), "endless" in request.POST
    if not endless and not form.is_valid():
        messages.error(request, _("Give the last day, such as 2018-06-30."))
        return redirect("indicators:breakdown-sets", body.slug)
    try:
        end = None if endless else form.cleaned_data["end"]
        rules.end_category(by=request.user, category=found, end=end)  # type: ignore[arg-type]
    except Refusal as refusal:
        if refusal.status == 403:
            raise
        messages.error(request, str(refusal))
    else:
        told = (
            _("Kept: this category is asked for without end.")
            if endless
            else _("Kept. What was entered by this category stays.")
        )
        messages.success(request, told)
    return redirect("indicators:breakdown-sets", body.slug)


@require_POST
@body_view(Action.DEFINE_INDICATORS)
def indicator_library(request: HttpRequest, body: Body, pk: UUID) -> HttpResponse:
    """Put an indicator into the library, for every programme of this installation."""
    indicator = indicator_here(body, pk)
    form = LibraryForm(request.POST, prefix="library")
    if not form.is_valid():
        messages.error(request, _("The code of the library has letters without accents, digits and hyphens only."))
        return redirect("indicators:indicator-define", body.slug, pk)
    try:
        rules.put_into_library(by=request.user, indicator=indicator, **form.cleaned_data)  # type: ignore[arg-type]
    except Refusal as refusal:
        if refusal.status == 403:
            raise
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("It stands in the library: other strategic plans can take it from there."))
    return redirect("indicators:indicator-define", body.slug, pk)
