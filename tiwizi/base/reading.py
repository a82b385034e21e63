"""What one reading of a page asks several times is asked once.

A page asks who is above a body for its header, for each permission and for its figures. While a page is only read
(GET), what a function marked with `@once` found is kept until the page is written. Where something may be written
nothing is kept: an act sees what it did itself.
"""

from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from inspect import signature
from typing import Any, ParamSpec, TypeVar

from django.http import HttpRequest, HttpResponse

P = ParamSpec("P")
T = TypeVar("T")
READING = {"GET", "HEAD"}

_kept: ContextVar[dict[Any, Any] | None] = ContextVar("kept", default=None)


def once(function: Callable[P, T]) -> Callable[P, T]:
    """Keep what a reading function found for the page at hand. Its arguments are hashable, and nobody changes what
    it returns."""
    called = signature(function)

    @wraps(function)
    def asked(*args: P.args, **kwargs: P.kwargs) -> T:
        kept = _kept.get()
        if kept is None:
            return function(*args, **kwargs)
        asking = called.bind(*args, **kwargs)
        asking.apply_defaults()  # `f(one)` and `f(one, on=None)` ask the same
        key = (function, asking.args, tuple(sorted(asking.kwargs.items())))
        if key not in kept:
            kept[key] = function(*args, **kwargs)
        found: T = kept[key]
        return found

    return asked


class ReadingMiddleware:
    """Opens what is kept for one page that is only read, and forgets it with the page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in READING:
            return self.get_response(request)
        token = _kept.set({})
        try:
            return self.get_response(request)
        finally:
            _kept.reset(token)
