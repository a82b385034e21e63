"""Every main page, as a person sees it: on a phone in Arabic, on a desk in four languages, and how much it weighs."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import CDPSession

from tests.journeys.conftest import Visit

Visitor = Callable[..., Visit]
COORDINATOR = "belfaa@demo.tiwizi.example"
ANIMATOR = "ouarzazate@demo.tiwizi.example"
PAGES = [
    "/",
    "/b/maroc/",
    "/b/souss-massa/",
    "/b/jette-belfaa/",
    "/b/jette-belfaa/plan/",
    "/b/jette-belfaa/plan/?view=timeline",
    "/b/jette-belfaa/plan/?view=timeline&step=week",
    "/b/souss-massa/plan/",
    "/b/jette-belfaa/plan/add/",
    "/b/jette-belfaa/plan/import/",
    "/b/jette-belfaa/people/",
    "/b/souss-massa/pooling/",
    "/bodies/",
    "/b/jette-belfaa/people/invite/",
    "/roles/",
    "/roles/mine/",
    "/account/",
    "/account/password/",
    "/account/second-factor/",
    "/account/second-factor/application/",
    "/account/second-factor/passkeys/add/",
    "/credits/",
    "/account/my-data/",
    "/what-we-keep/",
]
LIMITS = {"fr": 60_000, "ar": 110_000}


@pytest.mark.parametrize(("language", "width"), [("ar", 390), ("ar", 1280), ("fr", 390), ("nl", 1280), ("en", 390)])
def test_pages_are_sound(visit: Visitor, language: str, width: int):
    one = visit(COORDINATOR, language=language, width=width)
    for path in PAGES:
        page = one.open(path)
        assert page.locator("html").get_attribute("dir") == ("rtl" if language == "ar" else "ltr"), path
        assert page.locator("html").get_attribute("lang") == language


@pytest.mark.parametrize(("language", "width"), [("ar", 390), ("ar", 1280), ("fr", 390), ("nl", 1280)])
def test_public_pages_are_sound(visit: Visitor, language: str, width: int):
    """Without signing in, and without scripts of ours."""
    one = visit(language="en", width=width)
    one.open(f"/public/{language}/")
    page = one.open(f"/public/{language}/cic-2017-2021/")
    assert page.locator("html").get_attribute("lang") == language
    assert page.locator("script").count() == 0
    page.locator("article.measure a").nth(3).click()
    page.wait_for_url(re.compile(r"/[0-9a-f-]{36}/$"))
    one.look()
    page.locator(".menu summary").click()
    page.locator(".menu-item[lang=fr]").click()
    page.wait_for_url(re.compile(r"/public/fr/"))


@pytest.mark.parametrize(("language", "width"), [("ar", 390), ("fr", 1280)])
def test_pages_of_a_round_are_sound(visit: Visitor, language: str, width: int):
    one = visit(ANIMATOR, language=language, width=width)
    page = one.open("/b/draa-tafilalet/pooling/open/")
    page.locator("main form .btn-do").click()
    page.wait_for_url(re.compile(r"/pooling/[0-9a-f-]{36}/$"))
    one.look()
    path = page.url.removeprefix(one.site.url)
    page.locator("form[action$='/run/'] button").click()
    page.locator("section.tile h4").first.wait_for(timeout=60_000)
    one.look()
    proposal = page.locator("section.tile h4 a").first.get_attribute("href")
    for each in (proposal, f"{path}rules/", f"{path}activities/", f"{path}agreed/"):
        one.open(each)


A4_WIDTH = 680  # what margins of 15 mm leave, in CSS pixels


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_a_plan_is_printed_as_a_table_that_fits_with_its_headings_and_its_note(visit: Visitor, language: str):
    """On paper the page is narrow like a phone, but it is no phone."""
    one = visit(COORDINATOR, language=language, width=A4_WIDTH)
    one.page.emulate_media(media="print")
    page = one.page
    page.goto(one.site.at("/b/jette-belfaa/plan/"))
    assert page.locator("#activities tbody tr").first.evaluate("row => getComputedStyle(row).display") == "table-row"
    assert page.locator("#activities thead").bounding_box()["height"] > 10
    assert page.evaluate("document.documentElement.scrollWidth") <= A4_WIDTH
    for shown in ("h1", "#plan-title", "#activities-title", ".site-footer .illustrative"):
        assert page.locator(shown).is_visible(), shown
    for left_out in (".site-header", ".room-tabs", "form[role=search]", ".site-footer a"):
        assert not page.locator(left_out).first.is_visible(), left_out
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")


@pytest.mark.parametrize("language", ["fr", "ar"])
@pytest.mark.parametrize("path", ["/", "/sign-in/", "/b/souss-massa/", "/b/jette-belfaa/plan/", "/public/"])
def test_first_view_is_light(visit: Visitor, language: str, path: str):
    """Bytes over the wire with an empty cache, compressed, everything included."""
    one = visit(None if path in ("/sign-in/", "/public/") else COORDINATOR, language=language)
    path = f"/public/{language}/cic-2017-2021/" if path == "/public/" else path
    received = 0

    def add(event: dict[str, float]) -> None:
        nonlocal received
        received += int(event["encodedDataLength"])

    session: CDPSession = one.page.context.new_cdp_session(one.page)
    session.send("Network.enable")
    session.send("Network.clearBrowserCache")
    session.on("Network.loadingFinished", add)
    one.page.goto(one.site.at(path), wait_until="networkidle")
    assert 5_000 < received <= LIMITS[language], f"{path}: {received} bytes"


def test_a_visitor_sees_what_it_is_and_signs_in(visit: Visitor):
    one = visit()
    page = one.open("/")
    page.locator("main a.btn-do").click()
    one.look()
    page.locator("input[name=login]").fill("belfaa@demo.tiwizi.example")
    page.locator("input[name=password]").fill("wrong")
    page.locator("main form button[type=submit]").first.click()
    page.locator("[role=alert], .field-error").first.wait_for()
    one.look()
