"""Partners change and elections come: both histories stay right at each date, and the work goes on."""

import re
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Page, expect

from tests.factories.cast import make_cast
from tests.factories.measured import make_measured
from tests.journeys.conftest import axe, sideways
from tiwizi.indicators import rules as indicators
from tiwizi.network.models import Body, Mandate
from tiwizi.network.queries import today

Enter = Callable[..., Page]
pytestmark = pytest.mark.django_db(transaction=True)
NEW_PASSWORD = "quatre mots bien choisis"


def _looked_at(page: Page) -> None:
    assert not [*axe(page), *sideways(page)]


def test_jette_leaves_sidi_bibi_and_joins_belfaa(live_server: Any, enter: Enter):
    measured = make_measured(make_cast())
    cast, url = measured.cast, live_server.url
    Body.objects.filter(pk=cast.jette.pk).update(name={"fr": "Jette–Sidi Bibi"})
    measured.report(cast.jette, measured.first, trained="12")

    page = enter(cast.programme_coordinator)
    page.goto(f"{url}/b/jette-belfaa/life/")
    _looked_at(page)
    page.locator("a[href$='/life/go-on/']").click()
    page.locator("#id_name_1").fill("Jette–Belfaa")
    page.locator("#id_slug_1").fill("jette-et-belfaa")
    page.locator("#id_on").fill("2018-07-01")
    page.locator("#id_reason").fill("Fin de la convention avec Sidi Bibi")
    page.locator("main form button").first.click()
    expect(page.locator("main form .note")).to_contain_text("Coordination Jette")  # whose role would end
    assert Body.objects.get(pk=cast.jette.pk).end is None
    _looked_at(page)
    page.locator("button[name=done]").click()
    page.wait_for_url(re.compile("/b/jette-et-belfaa/life/$"))
    new = Body.objects.get(slug="jette-et-belfaa")

    # Who was there at which date, on the group's page and on its network.
    for day, there, gone in (
        ("2018-06-30", "Jette–Sidi Bibi", "Jette–Belfaa"),
        ("2018-07-01", "Jette–Belfaa", "Jette–Sidi Bibi"),
    ):
        for address in ("/b/souss-massa/", "/b/souss-massa/network/"):
            page.goto(f"{url}{address}?on={day}")
            expect(page.locator("main").get_by_role("link", name=there).first).to_be_visible()
            expect(page.locator("main").get_by_role("link", name=gone)).to_have_count(0)

    # What each reported stays where it was, and the group has both.
    indicators.assign(by=None, indicator=measured.trained, bodies=[new])
    measured.report(new, measured.second, trained="7")
    for period, value in ((measured.first, 12), (measured.second, 7)):
        assert measured.total(cast.souss, measured.trained, period).value == value
        assert measured.total(cast.programme, measured.trained, period).value == value
    reader = enter(cast.donor, language="ar", width=390)
    reader.goto(f"{url}/b/souss-massa/results/")
    expect(reader.locator("main")).to_contain_text("19")
    _looked_at(reader)


def test_an_election_turns_over_a_commune(live_server: Any, enter: Enter, settings: Any, chromium: Any):
    settings.SECOND_FACTOR_ROLES, settings.MAIL = "elected", ""
    cast, url = make_cast(), live_server.url
    coordinator = enter(cast.jette_coordinator)

    # The governor's arbitration is recorded on the partnership.
    coordinator.goto(f"{url}/b/jette-belfaa/decisions/")
    coordinator.locator("#id_text").fill("La commune tient les engagements pris avant les élections")
    coordinator.locator("#id_decided_by").fill("Le gouverneur, réunion tripartite")
    coordinator.locator("main aside form button").click()
    expect(coordinator.locator("main article")).to_contain_text("Le gouverneur")
    _looked_at(coordinator)

    # The old mandates end, the new people are invited; nothing is done before it was looked at.
    coordinator.goto(f"{url}/b/jette-belfaa/people/election/")
    yesterday = today() - timedelta(days=1)
    coordinator.locator("#id_on").fill(yesterday.isoformat())
    coordinator.locator("#id_arriving").fill("nouvelle@belfaa.example Nouvelle élue")
    coordinator.locator("#id_reason").fill("Élections communales")
    coordinator.locator("main form.tile button").first.click()
    expect(coordinator.locator("main form.tile .note")).to_contain_text("nouvelle@belfaa.example")
    assert Mandate.objects.get(user=cast.elected).end is None
    _looked_at(coordinator)
    coordinator.locator("button[name=done]").click()
    link = coordinator.locator("a.invitation-link").get_attribute("href")
    assert Mandate.objects.get(user=cast.elected).end == yesterday

    # The hand-over sheet tells what waits; it is offered right there.
    coordinator.locator("a[href$='/handover/']").click()
    expect(coordinator.locator("main")).to_contain_text("Le gouverneur, réunion tripartite")
    _looked_at(coordinator)

    # The newcomer enters with a second factor before anything else opens.
    newcomer = chromium.new_context(viewport={"width": 390, "height": 800}).new_page()
    newcomer.set_default_timeout(60_000)
    newcomer.goto(link)
    newcomer.locator("#id_password").fill(NEW_PASSWORD)
    newcomer.locator("main form .btn-do").click()
    newcomer.wait_for_url(re.compile("second-factor"))
    newcomer.locator("a[href$='/application/']").click()
    newcomer.locator("main details summary").click()
    secret = newcomer.locator("main details code").inner_text().replace(" ", "")
    newcomer.locator("#id_code").fill(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))
    newcomer.locator("main form button").click()
    expect(newcomer.locator(".codes li")).to_have_count(10)
    newcomer.goto(f"{url}/b/jette-belfaa/handover/")
    expect(newcomer.locator("main")).to_contain_text("La commune tient les engagements")
    newcomer.context.close()

    # Somebody came: the election is no longer taken back.
    coordinator.goto(f"{url}/b/jette-belfaa/people/election/")
    coordinator.locator("form[action$='/election/undo/'] button").click()
    expect(coordinator.locator("main")).to_contain_text("un à un")
