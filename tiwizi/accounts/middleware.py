"""The reader's language: the one chosen on this device, or brought here by signing in; else French.

The browser's own list is not asked: many shared office PCs are set to a language that their users do not read.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import translation


class LanguageMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


def clear_browser(answer: HttpResponseBase) -> None:
    """Who signs out leaves nothing of the pages on this device. Cookies stay: they hold the language, and that this
    account was entered here before (the session's own ends anyhow)."""
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'


def keep_language(answer: HttpResponseBase, code: str) -> None:
    """Keep a language on this device."""
    answer.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        samesite="Lax",
        secure=settings.HTTPS,
        httponly=True,
    )
