"""What was taken away in a body, with the way back."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from tiwizi.network.archives import archived_in
from tiwizi.network.models import Body
from tiwizi.network.pages import body_page, body_view


@require_safe
@body_view()
def archived(request: HttpRequest, body: Body) -> HttpResponse:
    """Activities, workbooks, decisions: why and when they were taken away, and a button to take each back."""
    context = {"archived": archived_in(request.user, body)}  # type: ignore[arg-type]
    return body_page(request, body, "plan", "network/archived.html", context)
