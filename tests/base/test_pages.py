"""Pages for what went wrong, in each language and direction; the policy on each; long work's progress."""

from uuid import uuid4

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.test.utils import override_settings
from django.urls import include, path, reverse

from tiwizi.base.errors import Conflict, Refusal
from tiwizi.base.models import Job


def refuse(request):
    raise Refusal("plan-validated", "Le plan est validé.", "Demandez <b>son</b> renvoi.", status=409)


def conflict(request):
    raise Conflict("Quelqu'un d'autre a changé ceci.")


def crash(request):
    raise ZeroDivisionError


def forbid(request):
    from django.core.exceptions import PermissionDenied

    raise PermissionDenied


urlpatterns = [
    path("refuse/", refuse),
    path("conflict/", conflict),
    path("crash/", crash),
    path("forbid/", forbid),
    path("", include("tiwizi.config.urls")),
]
handler403 = "tiwizi.base.views.forbidden"
handler404 = "tiwizi.base.views.not_found"
handler500 = "tiwizi.base.views.broken"

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]
WRONG = [("/refuse/", 409), ("/conflict/", 409), ("/forbid/", 403), ("/nowhere/", 404)]


def soup_of(response) -> BeautifulSoup:  # type: ignore[no-untyped-def]
    return BeautifulSoup(response.content, "html.parser")


def reader(language: str) -> Client:
    client = Client(raise_request_exception=False)
    client.cookies["tiwizi_language"] = language
    return client


def assert_strict(response) -> None:  # type: ignore[no-untyped-def]
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize(("language", "direction"), [("fr", "ltr"), ("nl", "ltr"), ("en", "ltr"), ("ar", "rtl")])
@pytest.mark.parametrize(("address", "status"), WRONG)
def test_what_went_wrong_is_told_in_the_readers_language(language, direction, address, status):
    response = reader(language).get(address)
    assert response.status_code == status
    soup = soup_of(response)
    assert (soup.html["lang"], soup.html["dir"]) == (language, direction)
    assert response.headers["Content-Language"] == language
    assert soup.main.h1.text
    assert soup.title.text.endswith("· Tiwizi")
    sheets = [link["href"] for link in soup.select('link[rel="stylesheet"]')]
    assert any("rtl" in sheet for sheet in sheets) is (direction == "rtl")
    assert_strict(response)


def test_a_refusal_is_a_page_with_its_sentence_and_its_hint():
    soup = soup_of(reader("fr").get("/refuse/"))
    assert soup.h1.text == "Le plan est validé."
    assert soup.select_one("main .lead").text == "Demandez <b>son</b> renvoi."


def test_a_refusal_speaks_as_text_too():
    assert str(Refusal("code", "Non.", "Essayez demain.")) == "Non. Essayez demain."
    assert str(Refusal("code", "Non.")) == "Non."
    changed = Conflict("Trop tard.")
    assert (changed.code, changed.status, changed.merge) == ("changed-meanwhile", 409, None)


def test_what_breaks_is_told_in_every_language_and_shows_nothing_of_the_inside():
    response = reader("ar").get("/crash/")
    assert response.status_code == 500
    soup = soup_of(response)
    assert [p["lang"] for p in soup.select("p[lang]")] == ["fr", "nl", "en", "ar"]
    assert soup.select_one('p[lang="ar"]')["dir"] == "rtl"
    assert "ZeroDivisionError" not in str(soup)
    assert not soup.select("script, link, img")  # needs nothing that may be broken too
    assert_strict(response)


def test_a_form_without_its_token_is_not_accepted():
    response = Client(enforce_csrf_checks=True).post(reverse("accounts:language"), {"language": "ar"})
    assert response.status_code == 403
    assert soup_of(response).main.h1.text
    assert "tiwizi_language" not in response.cookies


def test_the_demo_is_marked_on_every_page_and_only_there():
    with override_settings(DEMO=True):
        assert soup_of(reader("en").get("/nowhere/")).select_one("footer .note-warning")
    with override_settings(DEMO=False):
        assert not soup_of(reader("en").get("/nowhere/")).select_one("footer .note-warning")


def test_every_page_has_one_main_heading_and_a_way_past_the_header():
    soup = soup_of(reader("fr").get("/nowhere/"))
    assert len(soup.select("h1")) == len(soup.select("main#main")) == 1
    assert soup.select_one("body > a.skip-link")["href"] == "#main"


# --- Progress of long work ---


def job_for(user, **values) -> Job:  # type: ignore[no-untyped-def]
    return Job.objects.create(kind="test.work", requested_by=user.pk, **values)


def test_a_visitor_signs_in_first(cast):
    response = Client().get(reverse("base:job", args=[job_for(cast.animator).pk]))
    assert (response.status_code, response.url.split("?")[0]) == (302, "/sign-in/")


def test_a_job_is_seen_by_who_asked_for_it_only(cast, signed_in):
    job = job_for(cast.animator)
    assert signed_in(cast.animator).get(reverse("base:job", args=[job.pk])).status_code == 200
    assert signed_in(cast.neighbour).get(reverse("base:job", args=[job.pk])).status_code == 404
    assert signed_in(cast.animator).get(reverse("base:job", args=[uuid4()])).status_code == 404


def test_a_page_of_progress_asks_again_until_the_job_is_over(cast, signed_in):
    job = job_for(cast.animator, progress=40)
    client, address = signed_in(cast.animator), reverse("base:job", args=[job.pk])
    page = soup_of(client.get(address))
    assert page.select_one("progress")["value"] == "40"
    assert page.select_one("[hx-get]")["hx-get"] == address
    assert page.select_one(f'main a[href="{address}"]')  # without JavaScript
    fragment = client.get(address, headers={"HX-Request": "true"})
    assert "HX-Refresh" not in fragment
    assert b"<html" not in fragment.content
    Job.objects.update(state="done", progress=100)
    fragment = client.get(address, headers={"HX-Request": "true"})
    assert fragment.headers["HX-Refresh"] == "true"
    assert not soup_of(fragment).select("[hx-get], progress")


@pytest.mark.parametrize("state", ["done", "failed", "cancelled"])
def test_how_a_job_ended_is_told_in_words(cast, signed_in, state):
    job = job_for(cast.animator, state=state, error="ValueError: secret")
    text = soup_of(signed_in(cast.animator).get(reverse("base:job", args=[job.pk]))).main.text
    told = {name for name, words in _endings().items() if words in text}
    assert told == {state}
    assert "secret" not in text


def _endings() -> dict[str, str]:
    from django.utils.translation import gettext, override

    with override("fr"):
        return {
            "done": gettext("Done."),
            "failed": gettext("It did not work. What was there before is unchanged."),
            "cancelled": gettext("Stopped."),
        }


def test_the_living_page_shows_every_component(cast, signed_in):
    response = signed_in(cast.stranger).get(reverse("base:components"))
    soup = soup_of(response)
    assert soup.select_one("main .badge-good")
    assert soup.select_one("main .btn-do")
    assert soup.select_one("main .empty")
    assert soup.select_one("main .pair svg")
    assert_strict(response)
