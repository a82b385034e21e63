"""The front pages: home, a body at a glance, credits."""

import io
import json
import zipfile

from django.contrib.auth.decorators import login_required
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET

from tiwizi.base import personal
from tiwizi.documents.queries import documents_in_front, may_read
from tiwizi.indicators.queries.publication import open_publications
from tiwizi.network import queries as network
from tiwizi.network.handover import sheet_of
from tiwizi.network.models import Body
from tiwizi.network.pages import body_page, body_view
from tiwizi.network.permissions import ROLES
from tiwizi.network.pictures import map_of
from tiwizi.plans.queries import STATES
from tiwizi.pooling.queries import savings
from tiwizi.portal import pictures, queries


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """For a visitor, what Tiwizi is; for a person, what waits, their bodies, what changed."""
    if not request.user.is_authenticated:
        return render(request, "portal/welcome.html", {"published": open_publications()})
    mandates = network.mandates_of(request.user)
    everything = network.graph()
    below = set().union(*(everything.below(mandate.body_id) for mandate in mandates))
    context = {
        "todo": queries.to_do(request.user),
        "mandates": [(mandate, ROLES.get(mandate.role)) for mandate in mandates],
        "news": queries.news(request.user, below),
    }
    return render(request, "portal/home.html", context)


@require_GET
@body_view()
def body(request: HttpRequest, body: Body) -> HttpResponse:
    """A body at a glance, everything below it counted once."""
    on = request.on  # type: ignore[attr-defined]
    seen = queries.overview(body, on=on)
    below = network.graph(on).below(body.pk)
    context = {
        "overview": seen,
        "states": [(STATES[code], count) for code, count in seen.states.items()],
        "saved": savings(body),
        "map": map_of(body, seen.seats),
        "timeline": pictures.timeline_of(body),
        "documents": documents_in_front(body) if may_read(request.user, body) else [],  # type: ignore[arg-type]
        "news": queries.news(request.user, below),  # type: ignore[arg-type]
        "todo": [one for one in queries.to_do(request.user) if one.body.pk in below],  # type: ignore[arg-type]
    }
    return body_page(request, body, "overview", "portal/body.html", context)


@require_GET
@body_view()
def handover(request: HttpRequest, body: Body) -> HttpResponse:
    """What somebody must know who takes the body over."""
    sheet = sheet_of(request.user, body)  # type: ignore[arg-type]
    return body_page(request, body, "overview", "portal/handover.html", {"sheet": sheet})


@require_GET
@login_required
def my_data(request: HttpRequest) -> HttpResponse:
    """A copy of everything that is kept of who asks: to read, and for machines."""
    kept = personal.kept_of(request.user)
    page = render_to_string("portal/my_data.html", {"kept": kept, "user": request.user})
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("tiwizi.html", page)
        archive.writestr("tiwizi.json", json.dumps(dict(kept), cls=DjangoJSONEncoder, ensure_ascii=False, indent=1))
    response = HttpResponse(packed.getvalue(), content_type="application/zip")
    response["Content-Disposition"] = 'attachment; filename="tiwizi.zip"'
    response["Cache-Control"] = "no-store"
    return response


@require_GET
def credits_page(request: HttpRequest) -> HttpResponse:
    """Whose data and files are shown, under which licences."""
    return render(request, "portal/credits.html")
