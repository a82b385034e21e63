"""Public pages of results: figures as inside, nothing that waits, one page for all readers, little work."""

import csv
import io
import re
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories.measured import make_measured
from tests.factories.published import accept, make_published
from tests.factories.results import make_figures
from tiwizi.indicators import rules
from tiwizi.indicators.models import Report

pytestmark = pytest.mark.django_db
LANGUAGES = ["fr", "nl", "en", "ar"]
MOST_QUERIES = 20


@pytest.fixture
def published(cast):
    return make_published(make_figures(make_measured(cast)))


def at(name, *args, language="en"):
    return reverse(f"portal:public-{name}", args=[language, *args])


def read(address, status=200, client=None):
    answer = (client or Client()).get(address)
    assert answer.status_code == status, address
    return BeautifulSoup(answer.content, "html.parser")


def plain(tag):
    return " ".join(tag.get_text(" ").replace("\u202f", "").split())


def rows_of(language="en"):
    answer = Client().get(at("csv", "programme", language=language))
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))


def figures_of(soup, indicator):
    tile = soup.select_one(f"#i-{indicator.pk}").find_parent("article")
    names = [plain(one) for one in tile.select(".measure-figures dt")]
    return dict(zip(names, [plain(one) for one in tile.select(".measure-figures dd")], strict=True))


# --- What is read ---


def test_a_visitor_reads_the_programme_without_signing_in(published):
    measured = published.figures.measured
    soup = read(at("programme", "programme"))
    assert plain(soup.h1) == "Programme"
    text = plain(soup.main)
    assert "What municipalities did together." in text
    assert "Figures until 30 June 2018" in text
    assert "Some periods that are over are not shown yet" in text
    assert "fewer than 5 persons" in text
    figures = figures_of(soup, measured.trained)
    assert (figures["Actual"], figures["Target"], figures["Progress"]) == ("52", "100", "52%")
    for name in ("Jette–Belfaa", "Souss-Massa", "Petite enfance"):  # the levels and the map
        assert name in text
    assert "Belfaa" in plain(soup.select_one(".map"))
    assert not soup.select(".picture a")  # bodies have no public page
    assert "77" not in text
    assert "Indicateur interne" not in text
    assert "8811" not in text


def test_figures_are_those_of_the_page_inside(published, signed_in):
    measured = published.figures.measured
    client = signed_in(measured.cast.donor)
    client.cookies["tiwizi_language"] = "en"
    inside = read(reverse("indicators:results", args=["programme"]) + "?period=2018-1", client=client)
    outside = read(at("programme", "programme"))
    for indicator in (measured.trained, measured.members):
        assert figures_of(outside, indicator)["Actual"] == figures_of(inside, indicator)["Actual"]


def test_an_indicator_period_by_period(published):
    measured = published.figures.measured
    soup = read(at("indicator", "programme", measured.trained.pk))
    periods, sexes = soup.select("table")
    assert [plain(one) for one in periods.select("tbody td")] == ["52", "1"]  # of Schaerbeek nothing came
    assert [plain(one) for one in sexes.select("thead th")] == ["Period", "f", "m"]
    assert [plain(one) for one in sexes.select("tbody td")] == ["7", "5"]
    assert "each once" in plain(soup.select_one("#how").parent)
    assert "1 belongs to several partners: it is counted once" in plain(soup.select_one("#how").parent)


def test_a_small_part_is_nowhere(published):
    measured = published.figures.measured
    small = {"value": "31", "breakdown": {"sex": {"f": "29", "m": "2"}}}
    measured.report(measured.cast.etterbeek, measured.second, trained=small)
    accept(*Report.objects.filter(period=measured.second))
    soup = read(at("indicator", "programme", measured.trained.pk))
    by_sex = soup.select("table")[1]
    assert [plain(one) for one in by_sex.select("tbody td")] == ["7", "5", "hidden: a part counts fewer than 5 persons"]
    parts = [row for row in rows_of() if row["Part"] and row["Period"] == "2018-2"]
    assert [(row["Part"], row["Actual"]) for row in parts] == [("f", ""), ("m", "")]
    assert {row["Why there is no figure"] for row in parts} == {"hidden: a part counts fewer than 5 persons"}
    assert "29" not in {row["Actual"] for row in rows_of()}


def test_the_file_says_what_the_pages_say_and_under_which_licence(published):
    measured = published.figures.measured
    rows = rows_of()
    whole = {row["Code"]: row for row in rows if row["Period"] == "all periods shown"}
    soup = read(at("programme", "programme"))
    for indicator in (measured.trained, measured.members):
        assert whole[indicator.code]["Actual"] == figures_of(soup, indicator)["Actual"]
    assert whole["trained"]["Target"] == "100"
    assert {row["Licence"] for row in rows} == {"CC BY 4.0"}
    assert {row["Period"] for row in rows} == {"all periods shown", "2018-1"}
    assert "secret" not in {row["Code"] for row in rows}
    answer = Client().get(at("csv", "programme"))
    assert answer.headers["Link"] == '<https://creativecommons.org/licenses/by/4.0/>; rel="license"'
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"


def test_before_anything_is_accepted_the_page_says_so(published):
    measured = published.figures.measured
    sheet = Report.objects.get(body=measured.cast.jette, period=measured.first)
    rules.reopen_report(by=measured.cast.programme_coordinator, report=sheet, reason="Une faute")
    soup = read(at("programme", "programme"))
    assert "No figures yet" in plain(soup.main)
    assert figures_of(soup, measured.trained)["Actual"] == "not accepted yet"
    assert "52" not in plain(soup.main)
    assert {row["Actual"] for row in rows_of()} == {""}
    assert read(at("indicator", "programme", measured.trained.pk)).select("table") == []


# --- What is not there ---


def test_what_is_closed_answers_as_if_it_had_never_been(published):
    measured = published.figures.measured
    addresses = [
        at("programme", "programme"), at("csv", "programme"), at("indicator", "programme", measured.trained.pk),
    ]  # fmt: skip
    kept = [Client().get(one).headers["ETag"] for one in addresses]
    rules.withdraw_results(by=measured.cast.programme_coordinator, body=measured.cast.programme, reason="Fini")
    never = Client().get(at("programme", "nowhere"))
    for address, mark in zip(addresses, kept, strict=True):
        for headers in ({}, {"If-None-Match": mark}, {"If-None-Match": "*"}):
            answer = Client().get(address, headers=headers)
            assert answer.status_code == 404
            assert _bare(answer) == _bare(never)
            assert "ETag" not in answer.headers
            assert "public" not in answer.headers.get("Cache-Control", "")
    assert read(at("programmes")).select(".cards") == []
    assert "programme/" not in Client().get("/sitemap.xml").content.decode()
    assert not read("/").select("a[href^='/public/']")


def _bare(answer):
    """A page without the token of the form that chooses a language, and its own address."""
    return re.sub(rb'value="[^"]*"', b"", answer.content)


def test_what_is_not_public_has_no_page(published):
    measured = published.figures.measured
    for indicator in (published.secret, published.told):
        read(at("indicator", "programme", indicator.pk), status=404)
    rules.archive_indicator(by=measured.cast.programme_coordinator, indicator=measured.trained, reason="Double")
    read(at("indicator", "programme", measured.trained.pk), status=404)
    read("/public/de/programme/", status=404)
    read(at("programme", "jette-belfaa"), status=404)


# --- One page for all readers, in four languages ---


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_address_says_the_language(published, language):
    client = Client()
    client.cookies["tiwizi_language"] = "nl" if language != "nl" else "fr"
    for address in (at("programmes", language=language), at("programme", "programme", language=language)):
        answer = client.get(address)
        soup = BeautifulSoup(answer.content, "html.parser")
        assert (soup.html["lang"], soup.html["dir"]) == (language, "rtl" if language == "ar" else "ltr")
        assert answer.headers["Content-Language"] == language
        there = {one["hreflang"]: one["href"] for one in soup.select("link[rel=alternate]")}
        assert sorted(there) == sorted(LANGUAGES)
        assert soup.select_one("link[rel=canonical]")["href"] == there[language] == f"http://testserver{address}"
        assert len(soup.select_one("meta[name=description]")["content"]) > 40
        for code, href in there.items():
            assert client.get(href.removeprefix("http://testserver")).headers["Content-Language"] == code
    assert len(rows_of(language)) == len(rows_of("en"))


def test_the_door_leads_to_the_reader_s_language(published):
    client = Client()
    client.cookies["tiwizi_language"] = "ar"
    assert client.get("/public/").headers["Location"] == "/public/ar/"


def test_every_reader_gets_the_same_page_and_caches_may_keep_it(published, signed_in):
    cast = published.figures.measured.cast
    address = at("programme", "programme")
    visitor = Client().get(address)
    for who in (cast.programme_coordinator, cast.stranger):
        answer = signed_in(who).get(address)
        assert answer.content == visitor.content
        assert (answer.headers["ETag"], answer.headers.get("Vary")) == (
            visitor.headers["ETag"],
            visitor.headers.get("Vary"),
        )
        assert not answer.cookies
    assert "Cookie" not in visitor.headers.get("Vary", "")
    assert visitor.headers["Cache-Control"] == "public, max-age=300"


def test_what_did_not_change_is_not_sent_again(published):
    measured = published.figures.measured
    for address in (at("programmes"), at("programme", "programme"), at("csv", "programme"), "/sitemap.xml"):
        mark = Client().get(address).headers["ETag"]
        again = Client().get(address, headers={"If-None-Match": mark})
        assert (again.status_code, again.headers["ETag"]) == (304, mark)
        assert again.headers["Cache-Control"] == "public, max-age=300"
    accept(*Report.objects.filter(period=measured.second))
    changed = Client().get(at("programme", "programme"), headers={"If-None-Match": mark})
    assert changed.status_code == 200


def test_each_language_has_a_mark_of_its_own(published):
    marks = {Client().get(at("programme", "programme", language=code)).headers["ETag"] for code in LANGUAGES}
    assert len(marks) == 4


@pytest.mark.usefixtures("forgotten_tries")
def test_files_are_given_so_many_times_a_minute(published):
    address = at("csv", "programme")
    first = Client(REMOTE_ADDR="203.0.113.9")
    mark = first.get(address).headers["ETag"]
    answers = [first.get(address).status_code for _ in range(20)]
    assert answers == [200] * 19 + [429]
    assert "ETag" not in first.get(address).headers  # no cache keeps a refusal
    assert first.get(address, headers={"If-None-Match": mark}).status_code == 304  # a copy costs nothing
    assert Client(REMOTE_ADDR="203.0.113.10").get(address).status_code == 200


# --- Search engines, and the front page ---


def test_search_engines_are_led_to_public_pages_only(published):
    robots = Client().get("/robots.txt").content.decode().splitlines()
    assert "Allow: /public/" in robots
    assert "Disallow: /" in robots
    assert "Sitemap: http://testserver/sitemap.xml" in robots
    found = ElementTree.fromstring(Client().get("/sitemap.xml").content)
    space = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
    addresses = [one.text.removeprefix("http://testserver") for one in found.findall("s:url/s:loc", space)]
    assert len(addresses) == len(set(addresses)) == 4 * 4  # the list, the programme, two indicators
    assert all(Client().get(one).status_code == 200 for one in addresses)


def test_the_front_page_leads_there(published):
    soup = read("/")
    assert soup.select_one("main a[href='/public/fr/programme/']")


# --- How much work it is ---


def _queries(address):
    with CaptureQueriesContext(connection) as seen:
        read(address)
    return len(seen)


@pytest.mark.slow
def test_queries_do_not_grow_with_indicators(published):
    measured = published.figures.measured
    pages = [at("programme", "programme"), at("indicator", "programme", measured.trained.pk), at("programmes")]
    named = {"members": "A\nB"}
    measured.indicator("more-0", "unique", counts="structures")
    measured.report(measured.cast.etterbeek, measured.second, **{"more-0": named})  # to be counted again, as it waits
    few = [_queries(one) for one in pages]
    for k in range(1, 38):
        one = measured.indicator(f"more-{k}", "unique" if k % 3 == 0 else "sum", counts="structures")
        rules.set_target(by=None, indicator=one, body=measured.cast.jette, period=measured.first, value=Decimal(3))
    several = {f"more-{k}": named for k in range(3, 38, 3)}
    measured.report(measured.cast.schaerbeek, measured.second, **several)
    many = [_queries(one) for one in pages]
    assert len(read(pages[0]).select("article.measure")) == 40
    assert many == few
    assert max(many) <= MOST_QUERIES
    with CaptureQueriesContext(connection) as seen:
        assert len(rows_of()) >= 80
    about_figures = [one for one in seen if '"cache"' not in one["sql"] and "SAVEPOINT" not in one["sql"]]
    assert len(about_figures) <= MOST_QUERIES  # the rest counts how often who asked
