"""Two coordinators edit the same activity at once; a line that breaks loses nothing; an earlier state comes back."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Visit

Visitor = Callable[..., Visit]
NORTH, SOUTH = "jette@demo.tiwizi.example", "belfaa@demo.tiwizi.example"
PLAN = "/b/jette-belfaa/plan/"


def _activity(one: Visit, number: int = 0) -> str:
    """The address of an activity of Jette's plan."""
    one.open(f"{PLAN}?together=alone")
    href = one.page.locator("main tbody th a").nth(number).get_attribute("href")
    assert href
    return href


def _send(page: Page) -> None:
    page.locator("main form[data-draft] .btn-do").click()


def test_two_coordinators_edit_the_same_activity(visit: Visitor):
    north, south = visit(NORTH), visit(SOUTH, width=390, language="ar", scripts=False)
    path = _activity(north)
    first, second = north.open(f"{path}edit/"), south.page
    second.goto(south.site.at(f"{path}edit/"))
    was = first.locator("input[name=title]").input_value()

    first.locator("input[name=title]").fill("Former les éducatrices, à Belfaa")
    first.locator("input[name=participants]").fill("31")
    _send(first)
    expect(first.locator(".messages")).to_be_visible()

    # The second, on a phone, in Arabic, without scripts: one field clashes, the other changes stand beside each other.
    second.locator("input[name=title]").fill("Former les éducatrices, deux jours")
    second.locator("textarea[name=note]").fill("Avec la province")
    _send(second)
    expect(second.locator("form.merge fieldset")).to_have_count(1)
    for text in ("Former les éducatrices, à Belfaa", "Former les éducatrices, deux jours", was):
        expect(second.locator("form.merge").get_by_text(text)).to_be_visible()
    choice = second.locator("input[type=radio][value=mine]")
    choice.focus()
    choice.press("Space")
    second.locator("form.merge .btn-do").click()
    expect(second.locator("h2").first).to_contain_text("Former les éducatrices, deux jours")

    # Nothing of either is lost, and the history says who did what.
    page = north.open(path)
    expect(page.locator("h2").first).to_contain_text("deux jours")
    expect(page.get_by_role("row", name=re.compile("Participants")).first).to_contain_text("31")
    expect(page.get_by_text("Avec la province").first).to_be_visible()

    # The first puts back what stood after the own change, with a reason.
    page.locator("ol.story a[href*='/history/']").first.click()
    north.look()
    expect(page.locator("main tbody ins").first).to_be_visible()
    page.locator("textarea[name=reason]").fill("Le lieu est convenu avec la commune")
    page.locator("main form .btn-do").click()
    expect(page.locator("h2").first).to_contain_text("à Belfaa")
    expect(page.locator("ol.story").get_by_text("Le lieu est convenu avec la commune")).to_be_visible()


def test_the_page_of_the_choice_is_sound_on_both_screens_and_in_arabic(visit: Visitor):
    for language, width in (("fr", 1280), ("ar", 390)):
        one, other = visit(NORTH, language=language, width=width), visit(SOUTH)
        path = _activity(one, 1)
        page, second = one.open(f"{path}edit/"), other.open(f"{path}edit/")
        second.locator("textarea[name=note]").fill(f"Eux, {language}")
        _send(second)
        expect(second.locator(".messages")).to_be_visible()
        page.locator("textarea[name=note]").fill(f"Moi, {language}")
        _send(page)
        expect(page.locator("form.merge")).to_be_visible()
        one.look()
        page.locator("input[type=radio][value=theirs]").check()
        page.locator("form.merge .btn-do").click()
        expect(page.get_by_text(f"Eux, {language}").first).to_be_visible()


def test_what_is_typed_is_saved_while_one_types_and_comes_back(visit: Visitor):
    one = visit(NORTH)
    page = one.open(f"{PLAN}add/")
    page.locator("input[name=title]").fill("Un brouillon de Jette")
    expect(page.locator("[data-draft-state]")).to_contain_text("Brouillon enregistré", timeout=10_000)
    again = visit(NORTH, language="ar", width=390)
    other = again.open(f"{PLAN}add/")
    expect(other.locator("input[name=title]")).to_have_value("Un brouillon de Jette")
    other.locator("button[name=draft-drop]").click()
    expect(other.locator("input[name=title]")).to_have_value("")


def test_a_line_or_a_session_that_breaks_loses_nothing(visit: Visitor):
    one = visit(NORTH)
    page = one.open(f"{PLAN}add/")
    one.complaints.clear()
    page.context.set_offline(True)
    page.locator("input[name=title]").fill("Écrit dans le train")
    expect(page.locator("[data-draft-state]")).to_contain_text("gardé dans ce navigateur", timeout=10_000)
    one.complaints.clear()  # the browser says that the line is gone, as we wished
    page.context.clear_cookies(name="sessionid")
    page.context.set_offline(False)
    page.goto(one.site.at(f"{PLAN}add/"))
    page.locator("input[name=login]").fill(NORTH)
    page.locator("input[name=password]").fill("tiwizi-demo-2017")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(lambda url: url.endswith(f"{PLAN}add/"))
    expect(page.locator("input[name=title]")).to_have_value("Écrit dans le train")
    expect(page.locator("[data-draft-found]")).to_be_visible()
    one.look()
    expect(page.locator("[data-draft-state]")).to_contain_text("Brouillon enregistré", timeout=10_000)
    # Once it is thrown away it is gone everywhere.
    page.locator("[data-draft-forget]").click()
    page.locator("button[name=draft-drop]").click()
    expect(page.locator("input[name=title]")).to_have_value("")
    assert page.evaluate("Object.keys(localStorage).filter(k => k.startsWith('tiwizi.draft:')).length") == 0
