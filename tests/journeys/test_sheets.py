"""A sheet from a phone on a bad line to the elected member: nothing typed is lost, nothing is written twice."""

import os
from collections.abc import Callable
from typing import Any

import brotli
import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.factories.cast import PASSWORD, make_cast
from tests.factories.measured import Measured, make_measured
from tests.journeys.conftest import axe, sideways
from tiwizi.base.models import AuditEntry
from tiwizi.indicators.models import Measurement, Report

# The browser's driver runs a loop in this thread, and Django would refuse its own database here.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
SHEET = "/b/etterbeek-ait-baha/results/report/2018-1/"
LIMITS = {"fr": 60_000, "ar": 110_000}
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def served(live_server: Any) -> tuple[str, Measured]:
    """The site in this process, with the cast and what it measures."""
    return live_server.url, make_measured(make_cast())


def _cell(page: Page, name: str) -> Any:
    return page.locator(f'.figure-in[name="{name}"]')


def test_reported_on_a_phone_whose_line_is_cut_returned_validated_certified_and_read(
    served: tuple[str, Measured], enter: Callable[..., Page]
):
    url, measured = served
    cast, key, other = measured.cast, measured.trained.pk.hex, measured.members.pk.hex

    # The South coordinator, 390 px, a slow line.
    phone = enter(cast.etterbeek_coordinator, width=390)
    slow: CDPSession = phone.context.new_cdp_session(phone)
    slow.send("Network.enable")
    line = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 20_000}
    slow.send("Network.emulateNetworkConditions", line)
    phone.goto(url + SHEET)
    status = phone.locator("[data-status]")
    _cell(phone, f"{key}/value").press_sequentially("12")
    _cell(phone, f"{key}/b/sex/f").press_sequentially("7")
    expect(phone.locator(".sheet-doubt").first).to_be_visible()  # 7 is not 12, said while typing
    _cell(phone, f"{key}/b/sex/m").press_sequentially("5")
    expect(phone.locator(".sheet-doubt")).to_have_count(0)
    expect(status).to_contain_text("Enregistré à")
    assert not [*axe(phone), *sideways(phone)]

    # The line is cut in the middle; the page is even closed.
    slow.send("Network.emulateNetworkConditions", line | {"offline": True})
    _cell(phone, f"{other}/value").press_sequentially("20")
    _cell(phone, f"{other}/value").press("Enter")  # Enter moves, it never hands in
    expect(status).to_contain_text("gardé sur cet appareil")
    assert not Measurement.objects.filter(indicator=measured.members).exists()
    slow.send("Network.emulateNetworkConditions", line)
    phone.goto(url + SHEET)
    expect(_cell(phone, f"{other}/value")).to_have_value("20")
    expect(status).to_contain_text("Enregistré à")
    assert Measurement.objects.get(indicator=measured.members).value == 20
    figure = Measurement.objects.get(indicator=measured.members)
    assert AuditEntry.objects.filter(act="report-figure", object_id=figure.pk).count() == 1
    phone.locator("button[name=submit]").click()
    expect(phone.locator("form#sheet")).to_have_count(0)
    assert Report.objects.get().state == "submitted"

    # The animator returns it with a reason; it is corrected; validated; certified.
    animator = enter(cast.animator)
    animator.goto(url + "/")
    animator.locator('.todo-list a[href*="/results/sheets/"]').click()
    animator.goto(url + SHEET)
    animator.locator("#return-reason").fill("Les hommes manquent")
    animator.locator("form[action$='/return/'] button").click()
    phone.goto(url + SHEET)
    expect(phone.get_by_text("Les hommes manquent")).to_be_visible()
    _cell(phone, f"{other}/value").fill("21")
    expect(status).to_contain_text("Enregistré à")
    phone.locator("button[name=submit]").click()
    expect(phone.locator("form#sheet")).to_have_count(0)
    animator.goto(url + SHEET)
    animator.locator("form[action$='/validate/'] button").click()
    expect(animator.locator("h2 .badge-good")).to_be_visible()
    coordinator = enter(cast.programme_coordinator)
    coordinator.goto(url + SHEET)
    coordinator.locator("form[action$='/certify/'] button").click()
    assert Report.objects.get().state == "certified"
    assert measured.total(cast.programme, measured.members, measured.first).value == 21

    # An elected member reads it in Arabic.
    reader = enter(cast.elected, "ar", 390)
    reader.goto(url + SHEET)
    assert reader.locator("html").get_attribute("dir") == "rtl"
    expect(reader.locator("main").get_by_text("21", exact=True)).to_be_visible()
    assert reader.locator(".figure-in").count() == 0
    assert not [*axe(reader), *sideways(reader)]


def test_two_people_in_one_cell_choose_side_by_side(served: tuple[str, Measured], enter: Callable[..., Page]):
    url, measured = served
    name = f"{measured.members.pk.hex}/value"
    one, two = enter(measured.cast.etterbeek_coordinator), enter(measured.cast.animator)
    one.goto(url + SHEET)
    two.goto(url + SHEET)
    _cell(one, name).fill("20")
    expect(one.locator("[data-status]")).to_contain_text("Enregistré à")
    _cell(two, name).fill("22")
    clash = two.locator("div.clash")
    expect(clash.locator("[data-theirs]")).to_have_text("20")
    expect(clash.locator("[data-mine]")).to_have_text("22")
    assert not axe(two)
    clash.locator("[data-keep=mine]").click()
    expect(two.locator("[data-status]")).to_contain_text("Enregistré à")
    assert Measurement.objects.get().value == 22


def test_cells_are_pasted_from_a_spreadsheet_and_each_fault_is_told(
    served: tuple[str, Measured], enter: Callable[..., Page]
):
    url, measured = served
    key, other = measured.trained.pk.hex, measured.members.pk.hex
    page = enter(measured.cast.etterbeek_coordinator)
    page.goto(url + SHEET)
    page.evaluate(
        """([name, text]) => {
            const data = new DataTransfer();
            data.setData("text/plain", text);
            document.getElementsByName(name)[0].dispatchEvent(
                new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
        }""",
        [f"{key}/value", "1 200\t700\t500\nvingt\t\t\n9\n"],
    )
    expect(_cell(page, f"{key}/b/sex/m")).to_have_value("500")
    expect(page.locator(f'tr[data-cell="{other}"] [data-faults] .field-error')).to_contain_text("vingt")
    expect(page.locator(f'tr[data-cell="{key}"]').locator("[data-lost] p")).to_have_count(1)  # "9" found no place
    kept = Measurement.objects.get()
    assert (kept.value, kept.breakdown) == (1200, {"sex": {"f": "700", "m": "500"}})


def test_a_session_that_ends_loses_nothing(served: tuple[str, Measured], enter: Callable[..., Page]):
    url, measured = served
    name = f"{measured.members.pk.hex}/value"
    page = enter(measured.cast.etterbeek_coordinator)
    page.goto(url + SHEET)
    kept = [one for one in page.context.cookies() if one["name"] != "sessionid"]
    page.context.clear_cookies()
    page.context.add_cookies(kept)
    _cell(page, name).fill("20")
    page.locator("[data-sign-in] a").click()
    page.locator("input[name=login]").fill(measured.cast.etterbeek_coordinator.email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator("[data-status]")).to_contain_text("Enregistré à")
    assert Measurement.objects.get().value == 20


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_the_first_view_is_light(served: tuple[str, Measured], enter: Callable[..., Page], language: str):
    """Bytes over the wire with an empty cache. This server does not compress: what it would send is measured so."""
    url, measured = served
    page = enter(measured.cast.etterbeek_coordinator, language, 390)
    bodies: list[tuple[str, bytes]] = []
    page.on("response", lambda answer: bodies.append((answer.url, answer.body())) if answer.ok else None)
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.clearBrowserCache")
    page.goto(url + SHEET, wait_until="networkidle")
    assert len(bodies) > 5

    weight = sum(len(body) if one.endswith(".woff2") else len(brotli.compress(body, quality=5)) for one, body in bodies)
    assert 5_000 < weight <= LIMITS[language], weight
