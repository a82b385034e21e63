"""Pages for what went wrong, the progress of long work, and the living page of components."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tiwizi.base import queries


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "base/forbidden.html", status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "base/csrf_failure.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "base/not_found.html", status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """Without database, session or context: whatever broke may be one of them."""
    return HttpResponse(render(None, "base/broken.html").content, status=500)


@require_safe
@login_required
def job(request: HttpRequest, pk: UUID) -> HttpResponse:
    """How far a job is: a fragment for htmx, else a page."""
    found = queries.job_of(request.user, pk)
    if found is None:
        raise Http404
    template = "base/components/progress.html" if request.htmx else "base/job.html"  # type: ignore[attr-defined]
    answer = render(request, template, {"job": found})
    if request.htmx and found.is_over:  # type: ignore[attr-defined]
        # The page around the bar shows results now.
        answer["HX-Refresh"] = "true"
    return answer


@require_safe
@login_required
def components(request: HttpRequest) -> HttpResponse:
    """Every component as it looks today, with its file's name."""
    return render(request, "base/components.html", {"empty_title": _("No activity yet")})
