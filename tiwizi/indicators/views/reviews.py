"""Results in words: a score, why, and lessons, for each year; as a page and for the donor's sheet."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from tiwizi.base import tables
from tiwizi.base.errors import Conflict, Refusal
from tiwizi.base.forms import SEEN, Writing
from tiwizi.base.merging import Seen
from tiwizi.framework.models import Framework
from tiwizi.indicators import rules
from tiwizi.indicators.forms.narrative import ReviewForm, YearForm
from tiwizi.indicators.models import Review
from tiwizi.indicators.queries import narrative
from tiwizi.indicators.queries.narrative import Reviewed
from tiwizi.indicators.queries.scope import around
from tiwizi.indicators.queries.words import SCORES
from tiwizi.indicators.views.results import framework_for
from tiwizi.network.merges import fields_of, merge_page, tell_merged
from tiwizi.network.models import Body
from tiwizi.network.pages import body_page, body_view
from tiwizi.network.permissions import Action, may


def _year(request: HttpRequest, framework: Framework) -> tuple[YearForm, int]:
    form = YearForm(request.GET, years=narrative.years_of(framework))
    return form, form.cleaned_data.get("year") or narrative.asked_year(framework)


@require_GET
@body_view(Action.READ)
def reviews(request: HttpRequest, body: Body) -> HttpResponse:
    """What the body and those below wrote about each result in a year."""
    framework = framework_for(body)
    _form, year = _year(request, framework)
    context = {
        "framework": framework,
        "form": YearForm({"year": year}, years=narrative.years_of(framework)),
        "year": year,
        "rows": narrative.reviewed(around(body, framework), year),
        "scores": SCORES,
        "may_report": may(request.user, Action.REPORT, body),  # type: ignore[arg-type]
    }
    return body_page(request, body, "results", "indicators/reviews.html", context)


@require_GET
@body_view(Action.READ)
def reviews_csv(request: HttpRequest, body: Body) -> HttpResponseBase:
    """The same as CSV."""
    name, rows = _exported(request, body)
    return tables.csv_answer(name, _header(), rows)


@require_GET
@body_view(Action.READ)
def reviews_workbook(request: HttpRequest, body: Body) -> HttpResponseBase:
    """The same as an Excel workbook."""
    name, rows = _exported(request, body)
    return tables.workbook_answer(name, _("Scores and lessons"), _header(), rows)


def _exported(request: HttpRequest, body: Body) -> tuple[str, Iterator[list[Any]]]:
    framework = framework_for(body)
    _form, year = _year(request, framework)
    rows = narrative.reviewed(around(body, framework), year)
    return f"{body.slug}-lessons-{year}", (_cells(row) for row in rows)


def _header() -> list[str]:
    return [
        _("Year"), _("Result"), _("Body"), _("Score"), _("Score in words"), _("Why this score"), _("Lessons learned"),
    ]  # fmt: skip


def _cells(row: Reviewed) -> list[Any]:
    review = row.review
    said = [review.score, str(SCORES.get(review.score, "")), review.justification, review.lessons] if review else []
    return [row.year, str(row.result), str(row.body), *(said or ["", "", "", ""])]


@require_http_methods(["GET", "POST"])
@body_view(Action.REPORT)
def review_edit(request: HttpRequest, body: Body, pk: UUID, year: int) -> HttpResponse:
    """Write how a result went in a year. Who saves second sees what the first wrote, and chooses."""
    framework = framework_for(body)
    result = framework.results.filter(pk=pk).first()
    if result is None or not framework.start.year <= year <= framework.end.year:
        raise Http404
    found = narrative.review_of(body, result, year) or Review(body=body, result=result, year=year, version=0)
    about = f"{body.pk} {result.pk} {year}"
    values = {name: getattr(found, name) for name in ("score", "justification", "lessons")}
    form = ReviewForm(request.POST or None, initial=dict(values))
    if request.method == "POST" and form.is_valid() and "again" not in request.POST:
        how, back = Writing.of(request.POST, about).how, reverse("indicators:reviews", args=[body.slug])
        fields = fields_of(found, form.cleaned_data)
        try:
            kept = rules.write_review(
                by=request.user,  # type: ignore[arg-type]
                body=body,
                result=result,
                year=year,
                **how,
                **form.cleaned_data,
            )
        except Conflict as conflict:
            return merge_page(request, body, "results", conflict, fields, title=f"{result} {year}", back=back)
        except Refusal as refusal:
            form.refused(refusal)
        else:
            messages.success(request, _("It is kept."))
            tell_merged(request, kept.merged if kept else None, fields)
            return redirect("indicators:reviews", body.slug)
    seen = request.POST.get(SEEN) or Seen(found.version, values).sealed(about)
    context = {"form": form, "result": result, "year": year, "seen": seen, "asks": SCORES}
    status = 422 if form.errors else 200
    return body_page(request, body, "results", "indicators/review_form.html", context, status=status)
