"""Pages for everybody, without signing in: alike for whoever asks, so that any cache between may keep them."""

from collections.abc import Callable, Iterator
from functools import cache, wraps
from itertools import groupby
from pathlib import Path
from typing import Any
from uuid import UUID

from allauth.core.internal import ratelimit
from django.conf import settings
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.crypto import salted_hmac
from django.views.decorators.http import require_safe

from tiwizi.base import tables
from tiwizi.indicators.models import Publication
from tiwizi.indicators.queries.publication import (
    Public,
    Shown,
    open_publication,
    open_publications,
    public_results,
    shown_of,
)
from tiwizi.indicators.queries.results import is_renewing
from tiwizi.indicators.queries.small import FEWEST
from tiwizi.indicators.queries.words import CALCULATIONS, COMPUTED_PUBLICLY, SOURCES
from tiwizi.portal import open_data, queries
from tiwizi.portal.pictures import public_picture

PAGE = 40  # indicators
SECONDS = 300  # how long a copy may be shown without asking again
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
View = Callable[..., HttpResponseBase]


def for_everybody(view: View) -> View:
    """A page in the language of its address, the same for every reader, with what a cache needs to keep it."""

    @wraps(view)
    @require_safe
    def answered(request: HttpRequest, language: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with translation.override(language):
            request.LANGUAGE_CODE = language
            answer = view(request, *args, **kwargs)
        answer.headers["Content-Language"] = language
        return answer

    answered.seen_by_everybody = True  # type: ignore[attr-defined]
    return answered


def of_programme(view: View) -> View:
    """Of one programme whose results are open. One that is closed answers as if it had never been."""

    @wraps(view)
    def found(request: HttpRequest, slug: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
        publication = open_publication(slug)
        if publication is None:
            raise Http404
        return view(request, publication, *args, **kwargs)

    return for_everybody(found)


def _kept(request: HttpRequest, make: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """Answer that nothing changed since the reader's copy was made, or with the page and its mark."""
    mark = _mark(request)
    unchanged: HttpResponseBase | None = get_conditional_response(request, etag=mark)
    answer = unchanged or make()
    if answer.status_code in (200, 304):
        answer.headers["ETag"] = mark
        answer.headers["Cache-Control"] = f"public, max-age={SECONDS}"
    return answer


def _mark(request: HttpRequest) -> str:
    """What changes whenever the page may: any act, totals made again, the day, our own files."""
    said = f"{request.build_absolute_uri()} {translation.get_language()} {queries.moment()} {_release()}"
    return f'W/"{salted_hmac("tiwizi.public", said, algorithm="sha256").hexdigest()[:32]}"'


@cache
def _release() -> float:
    """When the newest of our files was written: another release is another page."""
    ours = {".py", ".html", ".css", ".mo"}
    return max(file.stat().st_mtime for file in Path(settings.ROOT, "tiwizi").rglob("*.*") if file.suffix in ours)


def _page(request: HttpRequest, name: str, context: dict[str, Any], *args: Any, number: int = 1) -> HttpResponse:
    """A page with its addresses in each language, whole, for search engines."""
    match = request.resolver_match
    query = f"?page={number}" if number > 1 else ""
    alternates = [
        (code, label, reverse(f"portal:{match.url_name}", args=[code, *args]) + query)  # type: ignore[union-attr]
        for code, label in settings.LANGUAGES
    ]
    site = request.build_absolute_uri("/")[:-1]
    told = {"alternates": alternates, "site": site, "licence": LICENCE, "fewest": FEWEST}
    return render(request, f"portal/public/{name}.html", told | context)


@require_safe
def door(request: HttpRequest) -> HttpResponse:
    """On to the reader's language."""
    answer = redirect("portal:public-programmes", request.LANGUAGE_CODE)
    patch_vary_headers(answer, ["Cookie"])  # where the reader's language is kept
    return answer


@for_everybody
def programmes(request: HttpRequest) -> HttpResponseBase:
    """Every programme whose results are open."""
    return _kept(request, lambda: _page(request, "programmes", {"publications": open_publications()}))


@of_programme
def programme(request: HttpRequest, publication: Publication) -> HttpResponseBase:
    """A programme: what it is made of, and its results."""
    return _kept(request, lambda: _programme(request, publication))


def _public(publication: Publication) -> Public:
    public = public_results(publication.body)
    if public is None:
        raise Http404
    return public


def _programme(request: HttpRequest, publication: Publication) -> HttpResponse:
    public = _public(publication)
    page: Page[Any] = Paginator(public.indicators, PAGE).get_page(request.GET.get("page"))
    shown = shown_of(page.object_list, public)
    levels, map_, counts = public_picture(publication.body, public.framework)
    context = _common(publication, public) | {
        "page": page,
        "sections": [(result, list(those)) for result, those in groupby(shown, key=_result)],
        "levels": levels,
        "map": map_,
        "counts": counts,
        "illustrative": any(one.line.indicator.illustrative for one in shown),
    }
    return _page(request, "programme", context, publication.body.slug, number=page.number)


def _result(one: Shown) -> Any:
    return one.line.indicator.result


def _common(publication: Publication, public: Public) -> dict[str, Any]:
    return {
        "publication": publication,
        "body": publication.body,
        "framework": public.framework,
        "periods": public.periods,
        "waiting": any(one.due and not one.shown for one in public.ready),
        "renewing": is_renewing(public.scope),
        "calculations": CALCULATIONS,
        "sources": SOURCES,
    }


@of_programme
def indicator(request: HttpRequest, publication: Publication, pk: UUID) -> HttpResponseBase:
    """One indicator, period by period."""
    public = _public(publication)
    found = get_object_or_404(public.indicators, pk=pk)

    def make() -> HttpResponse:
        shown = shown_of([found], public)[0]
        context = _common(publication, public) | {
            "shown": shown,
            "line": shown.line,
            "indicator": found,
            "computed": COMPUTED_PUBLICLY[found.calculation],
        }
        return _page(request, "indicator", context, publication.body.slug, pk)

    return _kept(request, make)


@of_programme
def table(request: HttpRequest, publication: Publication) -> HttpResponseBase:
    """All figures of the page as CSV, under a licence that lets everybody use them."""
    return _kept(request, lambda: _table(request, publication))


def _table(request: HttpRequest, publication: Publication) -> HttpResponseBase:
    stopped: HttpResponse | None = ratelimit.consume_or_429(
        request, app="allauth.account", action="public_csv", limit_get=True
    )
    if stopped:
        return stopped
    public = _public(publication)
    answer = tables.csv_answer(f"{publication.body.slug}-results", open_data.header(), open_data.rows(public))
    answer.headers["Link"] = f'<{LICENCE}>; rel="license"'
    return answer


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What search engines may read: the front page and the public pages."""
    lines = [
        "User-agent: *", "Allow: /$", "Allow: /public/", "Allow: /static/", "Disallow: /",
        f"Sitemap: {request.build_absolute_uri(reverse('portal:sitemap'))}", "",
    ]  # fmt: skip
    answer = HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
    answer.headers["Cache-Control"] = f"public, max-age={SECONDS}"
    return answer


@require_safe
def sitemap(request: HttpRequest) -> HttpResponseBase:
    """Every public page, in each language."""

    def make() -> HttpResponse:
        languages = [code for code, _label in settings.LANGUAGES]
        pages = [
            [(code, request.build_absolute_uri(reverse(f"portal:{name}", args=[code, *args]))) for code in languages]
            for name, args in _addresses()
        ]
        return render(request, "portal/public/sitemap.xml", {"pages": pages}, content_type="application/xml")

    return _kept(request, make)


def _addresses() -> Iterator[tuple[str, list[Any]]]:
    """Name and arguments of every public page."""
    yield "public-programmes", []
    for slug, indicators in queries.public_addresses():
        yield "public-programme", [slug]
        for pk in indicators:
            yield "public-indicator", [slug, pk]


robots.seen_by_everybody = sitemap.seen_by_everybody = True  # type: ignore[attr-defined]
