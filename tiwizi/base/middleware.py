"""Before and around every page: bodies too large to be read, and refusals that no page caught."""

import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from tiwizi.base.errors import Refusal


class BodySizeMiddleware:
    """Answers 413 to a body above `REQUEST_MAX_BYTES`, and 411 to one whose length is not said, without reading it.
    Where documents are added it may be larger.

    It stands first: reading a form already writes its files to disk, whoever sent them.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        said = request.META.get("CONTENT_LENGTH") or ""
        if said and not (said.isascii() and said.isdigit()):
            return _unread(411)
        if not said and request.META.get("HTTP_TRANSFER_ENCODING"):
            return _unread(411)
        # A number of more digits is too large without being counted: Python counts to 4,300 digits only.
        most = _most(request)
        if len(said) > 20 or int(said or 0) > most:
            return _unread(413, most)
        return self.get_response(request)


def _most(request: HttpRequest) -> int:
    """The bytes that a request may have at its address; a form is a little more than its file."""
    larger = re.match(settings.DOCUMENT_REQUESTS, request.path_info)
    return int(settings.DOCUMENT_MAX_BYTES + 1024 * 1024 if larger else settings.REQUEST_MAX_BYTES)


def _unread(status: int, most: int | None = None) -> HttpResponse:
    """A page without session, language or look: nothing of the site has run yet."""
    told = (most or settings.REQUEST_MAX_BYTES) // (1024 * 1024)
    page = render_to_string("base/unread.html", {"status": status, "most": told, "languages": settings.LANGUAGES})
    headers = {
        "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(page, status=status, headers=headers)


class RefusalMiddleware:
    """A refusal that no page caught becomes a page of its own, with its sentence and its hint."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refusal):
            return None
        return render(request, "base/refused.html", {"refusal": exception}, status=exception.status)
