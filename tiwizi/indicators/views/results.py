"""The results tab: indicators of a body with targets and actuals, the table of them, and both as files."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tiwizi.base import tables
from tiwizi.base.errors import Refusal
from tiwizi.framework.models import Framework
from tiwizi.framework.queries import framework_of
from tiwizi.indicators.forms.results import GROUP, MORE, Choices, ResultsForm
from tiwizi.indicators.models import Indicator
from tiwizi.indicators.queries import narrative, results, table
from tiwizi.indicators.queries.scope import Around, Scope, around, scope_of
from tiwizi.indicators.queries.words import CALCULATIONS, SCORES, SOURCES
from tiwizi.network.models import Body
from tiwizi.network.pages import body_page, body_view
from tiwizi.network.permissions import Action, actions_in

PAGE = 20


@dataclass(frozen=True)
class Asked:
    """What the address of a page of results asks for, read once."""

    place: Around
    form: ResultsForm
    scope: Scope

    def page(self, number: str | None) -> Page[Indicator]:
        """Some of the indicators. How many there are is known from the filter's results, unless a category says."""
        pages = Paginator(self.indicators, PAGE)
        if self.form.choices.results and not self.form.look.category:
            chosen = self.form.cleaned_data.get("result", "")
            pages.count = sum(count for one, count in self.form.choices.results if chosen in ("", one.number))
        return pages.get_page(number)

    @property
    def indicators(self) -> Any:
        said = self.form.cleaned_data
        return results.indicators_of(self.scope, result=said.get("result", ""), category=self.form.look.category)


def framework_for(body: Body) -> Framework:
    """The strategic plan whose results are shown. Refused: `no-framework`."""
    framework = framework_of(body)
    if framework is None:
        raise Refusal("no-framework", _("This programme has no strategic plan yet."), _("Ask its coordinator."))
    return framework


def asked_of(request: HttpRequest, body: Body, framework: Framework, *, whole: bool = True) -> Asked:
    """`whole`: the page offers filters. Groups and communes may be hundreds: they are read when the address names one
    or asks for them."""
    place = around(body, framework)
    own = scope_of(place)
    named = [name for name, value in request.GET.items() if value]
    groups = not {"commune", "category", MORE}.isdisjoint(named) or any(name.startswith(GROUP) for name in named)
    offered = results.measured_results(own) if whole else []
    choices = Choices(place, offered, own.periods, results.categories_in(own), groups)
    form = ResultsForm(request.GET, choices=choices)
    if form.chosen_groups or form.chosen_commune:
        return Asked(place, form, scope_of(place, form.chosen_groups, form.chosen_commune, periods=own.periods))
    return Asked(place, form, own)


def query_of(request: HttpRequest, *without: str, **changes: str) -> str:
    """The address' query, with some names left out and some changed."""
    query = request.GET.copy()
    for name in ("page", *without):
        query.pop(name, None)
    for name, value in changes.items():
        query[name] = value
    for name in [name for name, value in query.items() if not value]:
        del query[name]
    return query.urlencode()


@require_GET
@body_view(Action.READ)
def results_page(request: HttpRequest, body: Body) -> HttpResponse:
    """For each result its indicators, with what was to be reached and what was."""
    framework = framework_of(body)
    if framework is None:
        return body_page(request, body, "results", "indicators/results.html", {"framework": None})
    asked = asked_of(request, body, framework)
    page = asked.page(request.GET.get("page"))
    lines = results.lines_of(list(page.object_list), asked.scope, asked.form.look, asked.form.choices.categories)
    acts = actions_in(request.user, body)  # type: ignore[arg-type]
    context = _common(request, asked) | {
        "page": page,
        "may_define": Action.DEFINE_INDICATORS in acts,
        "sections": _sections(lines, body, asked),
        "may_report": Action.REPORT in acts,
        "asked_year": narrative.asked_year(asked.scope.framework),
    }
    return body_page(request, body, "results", "indicators/results.html", context)


def _common(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    return {
        "framework": asked.scope.framework,
        "form": asked.form,
        "look": asked.form.look,
        "chosen": [*asked.form.chosen_groups, *filter(None, [asked.form.chosen_commune])],
        "renewing": results.is_renewing(asked.scope),
        "calculations": CALCULATIONS,
        "sources": SOURCES,
        "query": query_of(request, MORE),
        "where": query_of(request, "result", "category", "period", "each", MORE),
        "filters": query_of(request),
        "more": query_of(request, **{MORE: "1"}),
    }


def _sections(lines: list[results.Line], body: Body, asked: Asked) -> list[dict[str, Any]]:
    """The lines result by result, with what was written about each."""
    found: list[dict[str, Any]] = []
    reviews = narrative.reviews_of(body, asked.scope.framework)
    for line in lines:
        result = line.indicator.result
        if not found or found[-1]["result"].pk != result.pk:
            written = reviews.get(result.number, [])
            told = [(review, SCORES.get(review.score, "")) for review in written]
            found.append({"result": result, "lines": [], "reviews": told})
        found[-1]["lines"].append(line)
    return found


@require_GET
@body_view(Action.READ)
def results_table(request: HttpRequest, body: Body) -> HttpResponse:
    """Targets over the programme's life against actuals, by breakdown; what is shown is what is exported."""
    asked = asked_of(request, body, framework_for(body))
    page = asked.page(request.GET.get("page"))
    each, look = _each(asked), asked.form.look
    rows = table.table_rows(list(page.object_list), asked.scope, look, asked.form.choices.categories, each=each)
    context = _common(request, asked) | {"page": page, "rows": list(rows), "periods": _columns(asked)}
    return body_page(request, body, "results", "indicators/results_table.html", context)


def _each(asked: Asked) -> bool:
    return bool(asked.form.cleaned_data.get("each"))


def _columns(asked: Asked) -> list[Any]:
    look = asked.form.look
    seen = [one for one in asked.form.choices.periods if look.period is None or one.pk == look.period.pk]
    return seen if _each(asked) else []


@require_GET
@body_view(Action.READ)
def results_csv(request: HttpRequest, body: Body) -> HttpResponseBase:
    """The table as CSV, all pages together."""
    asked = asked_of(request, body, framework_for(body))
    return tables.csv_answer(f"{body.slug}-results", table.header(_columns(asked)), _rows(asked))


@require_GET
@body_view(Action.READ)
def results_workbook(request: HttpRequest, body: Body) -> HttpResponseBase:
    """The table as an Excel workbook, all pages together."""
    asked = asked_of(request, body, framework_for(body))
    return tables.workbook_answer(f"{body.slug}-results", _("Results"), table.header(_columns(asked)), _rows(asked))


def _rows(asked: Asked) -> Any:
    indicators: Any = asked.indicators
    categories = asked.form.choices.categories
    found = table.all_rows(indicators, asked.scope, asked.form.look, categories, each=_each(asked))
    return (row.cells for row in found)


def indicator_of(framework: Framework, pk: Any) -> Indicator | None:
    """An indicator of this strategic plan, or of an earlier one of the same programme."""
    found = Indicator.objects.select_related("result__framework", "library").filter(pk=pk)
    return found.filter(result__framework__body=framework.body_id).first()
