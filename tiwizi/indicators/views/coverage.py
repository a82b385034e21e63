"""Where nothing is planned, where something is planned, where something is reported."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from tiwizi.indicators.forms.results import CoverageForm
from tiwizi.indicators.queries.coverage import coverage
from tiwizi.indicators.queries.scope import around
from tiwizi.indicators.queries.words import COVERED, SHAPES
from tiwizi.indicators.views.results import framework_for, query_of
from tiwizi.network.models import Body
from tiwizi.network.pages import body_page, body_view
from tiwizi.network.permissions import Action

PAGE = 25


@require_GET
@body_view(Action.READ)
def coverage_page(request: HttpRequest, body: Body) -> HttpResponse:
    """The matrix of results, communes and target groups of everything below a body."""
    framework = framework_for(body)
    place = around(body, framework)
    form = CoverageForm(request.GET, groups=list(framework.target_groups.all()))
    page = Paginator(place.communes(), PAGE).get_page(request.GET.get("page"))
    context = {
        "framework": framework,
        "form": form,
        "page": page,
        "matrix": coverage(place, list(page.object_list), group=form.chosen),
        "covered": COVERED,
        "shapes": SHAPES,
        "filters": query_of(request),
    }
    return body_page(request, body, "results", "indicators/coverage.html", context)
