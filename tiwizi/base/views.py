"""Pages for what went wrong, the progress of long work, and the living page of components."""

import errno
import sys
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tiwizi.base import drafts, personal, queries, rules, wording

NO_PLACE = {errno.ENOSPC, errno.EDQUOT}


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "base/forbidden.html", status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "base/csrf_failure.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "base/not_found.html", status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """Without database, session or context: whatever broke may be one of them."""
    error = sys.exc_info()[1]
    # Called while the error is handled: database gone, busy for too long, or no place left is said as such.
    if isinstance(error, (OperationalError, InterfaceError)) or getattr(error, "errno", None) in NO_PLACE:
        return _unavailable(request)
    return HttpResponse(render(None, "base/broken.html").content, status=500)


def _unavailable(request: HttpRequest) -> HttpResponse:
    """A page that carries what was typed, so that it can be sent again when all is well; no password, no file."""
    try:
        typed, files = request.POST, bool(request.FILES)
    except (OSError, MultiPartParserError, RequestDataTooBig):  # no place left for what was sent
        typed, files = QueryDict(), True
    kept = [(name, value) for name in typed if "password" not in name for value in typed.getlist(name)]
    told = {"kept": kept, "files": files, "path": request.get_full_path(), "languages": settings.LANGUAGES}
    headers = {
        "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
        "Retry-After": "120",
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(render_to_string("base/unavailable.html", told), status=503, headers=headers)


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


@require_safe
def keeping(request: HttpRequest) -> HttpResponse:
    """What is kept of people, how long, and what of it goes when somebody is erased; for everybody to read."""
    context = {
        "limits": personal.limits(),
        "parts": personal.parts(),
        "session_days": settings.SESSION_COOKIE_AGE // 86400,
    }
    return render(request, "base/keeping.html", context)


@require_POST
@login_required
def draft(request: HttpRequest) -> HttpResponse:
    """Keep what is typed, or throw it away; a script is told when, a person returns to the form."""
    path = request.POST.get(drafts.PATH, "")
    if "draft-drop" in request.POST:
        rules.drop_draft(by=request.user, path=path)
        rules.check_path(path)
        messages.success(request, _("The draft is thrown away."))
        return HttpResponseRedirect(path)
    kept = rules.keep_draft(by=request.user, path=path, data=drafts.typed(request.POST))
    sentence = _("Draft saved at %(time)s") % {"time": wording.time(timezone.localtime(kept.saved_at))}
    if request.headers.get("X-Draft"):
        return JsonResponse({"saved": sentence})
    messages.success(request, sentence)
    return HttpResponseRedirect(path)
