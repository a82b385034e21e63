"""Every page that can be opened, in French and in Arabic: strict policy, nothing inline, headings in order, names."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from bs4 import BeautifulSoup
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.house.addresses import ADDRESSES, address_names
from tests.house.world import World

NAMES = [name for name in address_names() if name in ADDRESSES]
# What answers to a GET with something else than a page: a file, a way on, or nothing because it only takes posts.
NO_PAGE = {
    "portal:my-data",
    "portal:public-csv",
    "portal:robots",
    "portal:sitemap",
    "interop:handover-pdf",
    "interop:handover-word",
    "documents:file",
    "interop:plan-template",
    "interop:sheet-workbook",
    "interop:indicator-template",
    "interop:network-template",
    "interop:agreed-workbook",
    "plans:plan-csv",
    "indicators:results-csv",
    "indicators:results-workbook",
    "indicators:reviews-csv",
    "indicators:reviews-workbook",
    "plans:activity-short",
    "mfa_download_recovery_codes",
}
# The same page for every reader, in the language of its address: any cache may keep it.
SEEN_BY_EVERYBODY = {"portal:public-programmes", "portal:public-programme", "portal:public-indicator"}
WHO = ("jette_coordinator", "animator", "programme_coordinator")


# What a page names in its head without fetching it: its licence; and itself, under its whole address.
NAMED = {"https://creativecommons.org/licenses/by/4.0/"}
# Where a provider of single sign-on is set only: `tests/accounts/test_single_sign_on.py` walks through them.
OFF = {"openid_connect_callback", "openid_connect_login"}


def _opened(name: str, world: World, signed_in: Callable[..., Client], language: str) -> HttpResponse | None:
    """The page as the first of these people who may open it sees it; None when it only takes what is posted."""
    args = ADDRESSES[name].args(world)
    path = reverse(name, args=[language, *args[1:]] if name in SEEN_BY_EVERYBODY else args)
    statuses = []
    for who in (None, *WHO):
        client = signed_in(getattr(world.cast, who) if who else None)
        client.cookies["tiwizi_language"] = language
        answer = client.get(path)
        if answer.status_code == 200:
            return answer
        statuses.append(answer.status_code)
    assert set(statuses) <= {302, 405}, f"{name}: nobody may open it: {statuses}"
    return None


@pytest.fixture
def page(request, world, signed_in):  # type: ignore[no-untyped-def]
    """The page of the test's address and language; a test of an address without a page ends here."""
    name, language = request.param
    if name in OFF:
        return None
    answer = _opened(name, world, signed_in, language)
    if answer is None or name in NO_PAGE:
        if answer is not None:
            answer.close()
        return None
    return name, answer, BeautifulSoup(answer.content, "html.parser"), language


EVERY = [pytest.param((name, language), id=f"{name}-{language}") for name in NAMES for language in ("fr", "ar")]


@pytest.mark.parametrize("page", EVERY, indirect=True)
def test_a_page_is_well_made(page):
    if page is None:
        return
    name, answer, soup, language = page
    _policy(answer, everybody=name in SEEN_BY_EVERYBODY)
    _nothing_inline(soup)
    _frame(soup, language)
    _headings(soup)
    _names(soup)


def _policy(answer: HttpResponse, *, everybody: bool) -> None:
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    # A cache must not give one reader's page to another; what is the same for all, it may.
    assert ("Cookie" in answer.headers.get("Vary", "")) is not everybody
    assert ("public" in answer.headers.get("Cache-Control", "")) is everybody
    assert not (everybody and answer.cookies)


def _nothing_inline(soup: BeautifulSoup) -> None:
    assert not soup.select("[style], style, script:not([src]), iframe, object, embed")
    assert not [tag for tag in soup.find_all() if any(name.startswith("on") for name in tag.attrs)]
    assets = [
        tag.get("src") or tag.get("href")
        for tag in soup.select("script, link:not([rel=alternate], [rel=canonical]), img")
    ]
    assets = [address for address in assets if address not in NAMED]
    assert [address for address in assets if not address.startswith("/static/")] == []


def _frame(soup: BeautifulSoup, language: str) -> None:
    assert (soup.html["lang"], soup.html["dir"]) == (language, "rtl" if language == "ar" else "ltr")
    assert len(soup.select("main")) == len(soup.select("h1")) == 1
    title = soup.title.text.strip()
    assert title.endswith("· Tiwizi")
    assert not title.startswith("·"), "a page has a title of its own"
    ids = [tag["id"] for tag in soup.select("[id]")]
    assert sorted({one for one in ids if ids.count(one) > 1}) == []


def _headings(soup: BeautifulSoup) -> None:
    levels = [int(heading.name[1]) for heading in soup.select("h1, h2, h3, h4, h5")]
    assert all(after - before <= 1 for before, after in pairwise(levels)), levels


def _names(soup: BeautifulSoup) -> None:
    """Whatever is filled in, pressed or looked at has a name; forms that change something carry their token."""
    for field in soup.select("input:not([type=hidden]), select, textarea"):
        labelled = soup.select(f'label[for="{field.get("id")}"]') or field.find_parent("label")
        assert labelled or field.get("aria-label") or field.get("aria-labelledby"), field
    for pressed in soup.select("button, a[href]"):
        assert pressed.text.strip() or pressed.get("aria-label") or pressed.select_one("svg title"), pressed
    for picture in soup.select("svg[role=img], svg[role=group]"):
        assert picture.get("aria-label"), str(picture)[:100]
    for image in soup.select("img"):
        assert image.has_attr("alt")
    for form in soup.select("form[method=post]"):
        assert form.select_one("[name=csrfmiddlewaretoken]"), form.get("action")


def test_most_addresses_are_pages(world, signed_in):
    found = [name for name in NAMES if name not in NO_PAGE | OFF and _opened(name, world, signed_in, "fr")]
    assert len(found) >= 20
