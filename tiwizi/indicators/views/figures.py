"""A figure opened: what it is made of, what is missing, what was said about it."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tiwizi.accounts.models import User
from tiwizi.base.errors import Refusal
from tiwizi.framework.queries import framework_of
from tiwizi.indicators import rules
from tiwizi.indicators.forms.narrative import ReasonForm, RemarkForm
from tiwizi.indicators.models import Indicator, Period, Remark
from tiwizi.indicators.queries import contributions as behind
from tiwizi.indicators.queries import results
from tiwizi.indicators.queries.evidence import asks_for_evidence, proofs_of
from tiwizi.indicators.queries.words import COMPUTED, LOOKS, SOURCES, STATES, TEXT
from tiwizi.indicators.views.results import Asked, asked_of, indicator_of, query_of
from tiwizi.network import queries as network
from tiwizi.network.models import Body
from tiwizi.network.pages import body_page, body_view
from tiwizi.network.permissions import Action, actions_in

PAGE = 50
MOST = 200  # of what is missing or does not apply; the counts tell all


@require_GET
@body_view(Action.READ)
def figure(request: HttpRequest, body: Body, pk: UUID) -> HttpResponse:
    """A figure of a body, in a period or over all, down to the cells of the sheets."""
    place = network.place_of(body)
    return _figure(request, body, place, _indicator(body, pk, place), None)


def _indicator(body: Body, pk: UUID, place: list[Body] | None = None) -> Indicator:
    framework = framework_of(body, place)
    found = indicator_of(framework, pk) if framework else None
    if found is None:
        raise Http404
    return found


def _figure(
    request: HttpRequest,
    body: Body,
    place: list[Body],
    indicator: Indicator,
    form: RemarkForm | None,
    *,
    status: int = 200,
) -> HttpResponse:
    asked = asked_of(request, body, indicator.result.framework, whole=False)
    user: User = request.user  # type: ignore[assignment]
    periods = [asked.form.look.period] if asked.form.look.period else asked.form.choices.periods
    acts = actions_in(user, body)
    line = results.lines_of(
        [indicator], asked.scope, results.Look(asked.form.look.period), asked.form.choices.categories
    )[0]
    made = _made(indicator, asked, periods)
    page = Paginator(made.counted, PAGE).get_page(request.GET.get("page"))
    remarks = behind.remarks_on(indicator, body, periods)
    opened = behind.opened(
        list(page.object_list),
        made.silent,
        remarks,
        categories=asked.form.choices.categories,
        reader=user.pk,
        with_people=Action.READ_PEOPLE in acts,
    )
    missing = [one for one in opened.silences if one.over]
    absent = behind.not_applicable(indicator, asked.scope, periods)
    context = {
        "indicator": indicator,
        "line": line,
        "look": asked.form.look,
        "form": asked.form,
        "chosen": [*asked.form.chosen_groups, *filter(None, [asked.form.chosen_commune])],
        "computed": TEXT if indicator.counts == Indicator.Counts.TEXT else COMPUTED[indicator.calculation],
        "is_text": indicator.counts == Indicator.Counts.TEXT,
        "source": SOURCES[line.target.source] if line.target else "",
        "shared": made.shared,
        "page": page,
        "contributions": opened.contributions,
        "unproved": {one.measurement.pk: asks_for_evidence(indicator, one.measurement) for one in opened.contributions},
        "proofs": proofs_of((one.measurement for one in opened.contributions), user),
        "missing": missing[:MOST],
        "missing_count": len(missing),
        "to_come": len(opened.silences) - len(missing),
        "absent": absent,
        "states": STATES,
        "looks": LOOKS,
        "renewing": results.is_renewing(asked.scope),
        "where": query_of(request, "period", "result", "category", "each"),
        "filters": query_of(request),
        "may_remark": bool(acts),
        "may_archive": Action.VALIDATE_REPORT in acts,
        "remarks": opened.said,
        "remark_form": form or _remark_form(periods),
        "periods": periods,
    }
    return body_page(request, body, "results", "indicators/figure.html", context, status=status, place=place)


def _made(indicator: Indicator, asked: Asked, periods: list[Period]) -> behind.Made:
    if indicator.counts == Indicator.Counts.TEXT:
        return behind.Made(behind.texts(indicator, asked.scope, periods), [])
    return behind.made_of(indicator, asked.scope, periods)


def _remark_form(periods: list[Period]) -> RemarkForm:
    """An empty form on the last period that is over."""
    last = [one for one in periods if results.is_over(one)][-1:] or periods[:1]
    return RemarkForm(initial={"period": last[0].code} if last else {}, periods=periods, prefix="remark")


@require_POST
@body_view(Action.READ)
def remark_add(request: HttpRequest, body: Body, pk: UUID) -> HttpResponse:
    """Say something about a figure."""
    indicator = _indicator(body, pk)
    rules.check_remarks(request.user, body)  # type: ignore[arg-type]
    periods = list(Period.objects.filter(body=indicator.result.framework.body_id))
    form = RemarkForm(request.POST, periods=periods, prefix="remark")
    if form.is_valid():
        said = form.cleaned_data
        try:
            rules.add_remark(
                by=request.user,  # type: ignore[arg-type]
                body=body,
                indicator=indicator,
                period=form.periods[said["period"]],
                text=said["text"],
            )
        except Refusal as refusal:
            form.refused(refusal)
        else:
            return redirect(f"{_address(body, indicator)}#remarks")
    return _figure(request, body, network.place_of(body), indicator, form, status=422)


def _address(body: Body, indicator: Indicator) -> str:
    return reverse("indicators:figure", args=[body.slug, indicator.pk])


@require_POST
@body_view(Action.READ)
def remark_archive(request: HttpRequest, body: Body, pk: UUID, remark: UUID) -> HttpResponse:
    """Put a remark away, with the reason."""
    found = get_object_or_404(Remark.objects.select_related("body"), pk=remark, body=body, indicator=pk)
    form = ReasonForm(request.POST)
    form.is_valid()
    rules.archive_remark(by=request.user, remark=found, reason=form.cleaned_data.get("reason", ""))  # type: ignore[arg-type]
    messages.success(request, _("The remark is put away."))
    return redirect(f"{_address(body, _indicator(body, pk))}#remarks")
