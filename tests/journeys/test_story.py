"""The main job as its people live it: plans come in, the animator runs a round, partners decide, the plan stands."""

import io
import re
from collections.abc import Callable
from typing import Any

import openpyxl
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Visit

Visitor = Callable[..., Visit]
ANIMATOR = "souss@demo.tiwizi.example"
COORDINATORS = {
    "Etterbeek": "etterbeek@demo.tiwizi.example",
    "Jette": "jette@demo.tiwizi.example",
    "Evere": "oued-essafa@demo.tiwizi.example",
}


def _download(page: Page, link: str) -> Any:
    with page.expect_download() as waited:
        page.locator(link).first.click()
    return openpyxl.load_workbook(io.BytesIO(waited.value.path().read_bytes()))


def _euros(text: str) -> int:
    """Cents of the first amount in a French text: "1 234,50 €"."""
    found = re.search(r"(\d[\d\s\u00a0\u202f]*)(?:,(\d\d))?[\s\u00a0\u202f]*€", text)
    assert found, text
    return int(re.sub(r"\D", "", found[1])) * 100 + int(found[2] or 0)


def _run(animator: Visit, round_path: str) -> Page:
    """Press the button, wait for the worker, see proposals."""
    page = animator.open(round_path)
    page.locator("form[action$='/run/'] button").click()
    expect(page.locator("form[action$='/run/'] button")).to_be_visible(timeout=60_000)
    animator.look()
    return page


def _answer(visit: Visitor, body: str, path: str, answer: str, reason: str = "") -> Visit:
    """The coordinator of a partnership answers for its part of a proposal."""
    one = visit(COORDINATORS[body])
    page = one.open(path)
    form = page.locator("form[action$='/answer/']").first
    if reason:
        form.locator("input[name=reason]").fill(reason)
    form.locator(f"button[value={answer}]").click()
    expect(page.locator(".alert, .note-success, [role=status]").first).to_be_visible()
    one.look()
    return one


def test_a_workbook_comes_in_is_looked_at_and_undone(visit: Visitor, tmp_path: Any):
    etterbeek = visit(COORDINATORS["Etterbeek"])
    page = etterbeek.open("/b/etterbeek-ait-baha/plan/")
    book = _download(page, "a[href$='workbook.xlsx']")
    sheet = book["Activités"]
    headers = {
        str(cell.value).strip(" *"): cell.column for row in sheet.iter_rows(max_row=6) for cell in row if cell.value
    }
    first = next(row for row in range(1, 12) if sheet.cell(row, headers["Référence"]).value == "EA-01")
    title = sheet.cell(first, headers["Intitulé"])
    title.value = "Former les éducatrices, deux semaines"
    sheet.cell(first + 1, headers["Participants"]).value = "beaucoup"
    file = tmp_path / "plan.xlsx"
    book.save(file)

    etterbeek.open("/b/etterbeek-ait-baha/plan/import/")
    page.locator("input[type=file]").set_input_files(file)
    page.locator("main form .btn-do").click()
    expect(page.get_by_role("cell", name=re.compile(r"^[A-Z]+\d+$")).first).to_be_visible()
    etterbeek.look()
    expect(page.locator("ins").get_by_text("Former les éducatrices, deux semaines")).to_be_visible()
    page.locator("form[action$='/valid/'] button").click()
    etterbeek.open("/b/etterbeek-ait-baha/plan/")
    expect(page.get_by_text("Former les éducatrices, deux semaines").first).to_be_visible()
    etterbeek.open("/b/etterbeek-ait-baha/plan/import/")
    page.get_by_role("link", name="plan.xlsx").first.click()
    page.locator("form[action$='/undo/'] button").click()
    etterbeek.open("/b/etterbeek-ait-baha/plan/")
    expect(page.get_by_text("Former les éducatrices, deux semaines")).to_have_count(0)


def test_from_plans_to_an_agreed_plan(visit: Visitor):
    animator = visit(ANIMATOR)
    page = animator.page
    animator.look()
    page.locator(".todo-list a").first.click()  # "open a first round" waits on the home page
    animator.look()
    page.locator("main form .btn-do").click()
    page.wait_for_url(re.compile(r"/pooling/[0-9a-f-]{36}/$"))
    animator.look()
    path = page.url.removeprefix(animator.site.url)

    # The round runs in the worker; the page shows proposals, totals and the proof.
    _run(animator, path)
    cards = page.locator("section.tile[aria-labelledby^=p]")
    count = cards.count()
    assert count >= 3
    saving = _euros(page.locator(".figures dd").first.inner_text())
    assert saving > 0
    assert "0,0" in page.locator(".figures dd").nth(3).inner_text()

    # A neighbour of another group does not see any of it.
    stranger = visit("tanger@demo.tiwizi.example")
    assert stranger.page.goto(stranger.site.at(path)).status == 403

    # One proposal is accepted by all, one is refused.
    first = page.locator("section.tile h4 a").first.get_attribute("href")
    partners = [name for name in COORDINATORS if name in cards.first.inner_text()]
    assert len(partners) >= 2
    for name in partners:
        _answer(visit, name, first, "accept")
    animator.open(first)
    expect(page.locator(".badge-good").first).to_be_visible()
    animator.open(path)
    second = page.locator("section.tile h4 a").nth(1).get_attribute("href")
    refuser = next(name for name in COORDINATORS if name in cards.nth(1).inner_text())
    _answer(visit, refuser, second, "refuse", "Pas avant 2018")
    animator.open(second)
    expect(page.get_by_text("Pas avant 2018").first).to_be_visible()

    # The animator fixes another week for a third proposal and runs again: it moves; what was agreed stays.
    animator.open(path)
    third = page.locator("section.tile h4 a").nth(2).get_attribute("href")
    animator.open(third)
    weeks = page.locator("select[name=week]")
    chosen = weeks.locator("option").last
    day = chosen.inner_text()
    assert day != weeks.locator("option:checked").inner_text()
    weeks.select_option(index=weeks.locator("option").count() - 1)
    page.locator("form[action$='/week/'] button").click()
    animator.look()
    _run(animator, path)
    assert page.locator("section.tile .badge-good").count() >= 1
    assert any(day in text for text in page.locator("section.tile > p:first-of-type").all_inner_texts())
    assert page.get_by_text("Pas avant 2018").count() >= 1  # what binds the next run is said, with its reason

    # The agreed plan adds up, on the page and in the workbook.
    animator.open(f"{path}agreed/")
    together = _euros(page.locator(".figures dd").nth(1).inner_text())
    shares = [
        _euros(cell) for cell in page.locator("main table").last.locator("tbody td:nth-of-type(2)").all_inner_texts()
    ]
    assert sum(shares) == together
    book = _download(page, "a[href$='agreed.xlsx']")
    amounts = [cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row]
    assert together / 100 in [round(a, 2) for a in amounts if isinstance(a, int | float)]

    # It stands in the group's plan, and in each partner's.
    animator.open("/b/souss-massa/plan/?together=collective")
    expect(page.locator("main tbody tr")).to_have_count(1)
    animator.open(path)
    page.locator("details:has(> .scroll-list) > summary").click()
    expect(page.get_by_text("Pas avant 2018").first).to_be_visible()  # the trail: who, what, when, why


def test_the_round_works_without_scripts(visit: Visitor):
    animator = visit("nord@demo.tiwizi.example", scripts=False)
    page = animator.page
    page.goto(animator.site.at("/b/nord-oriental/pooling/open/"))
    page.locator("main form .btn-do").click()
    page.wait_for_url(re.compile(r"/pooling/[0-9a-f-]{36}/$"))
    with page.expect_navigation():
        page.locator("form[action$='/run/'] button").click()
    for _ in range(60):
        page.reload()
        if page.locator("section.tile h4").count():
            break
        page.wait_for_timeout(500)
    assert page.locator("section.tile h4").count() >= 2
