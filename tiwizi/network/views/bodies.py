"""Who sits and acts in a body; changing place."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tiwizi.base.pictures import Map, Point
from tiwizi.network import queries
from tiwizi.network.models import Body
from tiwizi.network.pages import body_page, body_view
from tiwizi.network.permissions import ROLES, Action, givable, may


@require_safe
@body_view()
def people(request: HttpRequest, body: Body) -> HttpResponse:
    """Seats, mandates and lives of a body."""
    on = request.on  # type: ignore[attr-defined]
    seated = queries.seated(body, on=on)
    places = [s.organisation for s in seated.now if s.organisation.lat is not None]
    context = {
        "seated": seated,
        "roles": ROLES,
        "parts": queries.parts_of(body, on=on, alive=on is not None),
        "managing": bool(may(request.user, Action.MANAGE_NETWORK, body)),  # type: ignore[arg-type]
        "predecessors": [*body.predecessors.select_related("kind"), *([body.origin] if body.origin else [])],
        "contacts": bool(may(request.user, Action.READ_PEOPLE, body)),  # type: ignore[arg-type]
        "givable": {role.code for role in givable(request.user, body)},  # type: ignore[arg-type]
        "today": on or queries.today(),
        "map": Map([Point(o.lat, o.lon, str(o), approximate=o.approximate) for o in places], title=str(body)),  # type: ignore[arg-type]
    }
    if context["givable"]:
        context["invitations"] = queries.open_invitations(body)
    return body_page(request, body, "people", "network/people.html", context)


@require_safe
@login_required
def switcher(request: HttpRequest) -> HttpResponse:
    """Every body that the person may read, by level, with a search in its address."""
    text = request.GET.get("q", "").strip()
    today = queries.today()
    found = queries.search_bodies(request.user, text)  # type: ignore[arg-type]
    rows = [(body, body.end is not None and body.end < today) for body in found]
    template = "network/_bodies.html" if request.htmx else "network/switcher.html"  # type: ignore[attr-defined]
    return render(request, template, {"rows": rows, "q": text})
