"""Pages of results: the same numbers on page, in CSV and in Excel; queries that do not grow; filters in the address."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from python_calamine import CalamineWorkbook

from tests.factories.cast import person
from tests.factories.files import upload
from tiwizi.documents import rules as documents
from tiwizi.framework import rules as framework_rules
from tiwizi.indicators import rules
from tiwizi.indicators.models import BreakdownSet, Category, Indicator, Remark, Review
from tiwizi.network.models import Body, Grouping, Membership, Organisation

pytestmark = pytest.mark.django_db
MOST_QUERIES = 30


def url(name, *args, slug="programme", query=""):
    return reverse(f"indicators:{name}", args=[slug, *args]) + (f"?{query}" if query else "")


def soup(client, address, status=200):
    client.cookies["tiwizi_language"] = "fr"
    answer = client.get(address)
    assert answer.status_code == status
    return BeautifulSoup(answer.content, "html.parser")


def plain(tag):
    return " ".join(tag.get_text(" ").split()).replace("\u202f", "")


def figures_on(page, indicator):
    tile = page.select_one(f"#i-{indicator.pk}").find_parent("article")
    names = [plain(one) for one in tile.select(".measure-figures dt")]
    return dict(zip(names, [plain(one) for one in tile.select(".measure-figures dd")], strict=True))


def test_the_tab_is_the_same_at_every_level(figures, signed_in):
    cast, trained = figures.measured.cast, figures.measured.trained
    reader = signed_in(cast.donor)
    actual = {}
    for body in (cast.programme, cast.country, cast.souss, cast.theme, cast.north, cast.jette, cast.etterbeek):
        page = soup(reader, url("results", slug=body.slug))
        assert page.select_one(".room-tabs [aria-current]")["href"] == url("results", slug=body.slug)
        told = list(figures_on(page, trained).values())
        actual[body.slug] = told[0]
    nothing = actual.pop("nord")
    assert not nothing[0].isdigit()
    assert actual.pop("etterbeek-ait-baha") == "40"
    assert set(actual.values()) == {"52"}


def test_own_part_is_told_apart_and_drawn_with_a_pattern(figures, signed_in):
    cast = figures.measured.cast
    page = soup(signed_in(cast.donor), url("results", slug="jette-belfaa"))
    tile = page.select_one(f"#i-{figures.measured.trained.pk}").find_parent("article")
    assert list(figures_on(page, figures.measured.trained).values())[-1] == "42"
    assert tile.select_one(".way-own")
    assert tile.select_one(".way-others")["fill"] == "url(#hatch)"
    assert page.select_one("pattern#hatch")
    assert "52" in tile.select_one("svg.way")["aria-label"]


def test_what_people_wrote_is_text_and_never_markup(figures, signed_in):
    trained, wrong = figures.measured.trained, {"fr": "<i class='x'>\"Faux\" & vrai</i>"}
    Indicator.objects.filter(pk=trained.pk).update(name=wrong, unit=wrong, code="<i>1</i>", baseline=3)
    Category.objects.filter(set__code="sex").update(name=wrong)
    BreakdownSet.objects.filter(code="sex").update(name=wrong)
    reader = signed_in(figures.measured.cast.donor)
    for address in (url("results"), url("figure", trained.pk)):
        page = soup(reader, address)
        assert not page.select("main i")
        assert str(page).count("&lt;i class='x'&gt;\"Faux\" &amp; vrai&lt;/i&gt;") >= 4
        assert plain(page.select_one(".parts dt")) == wrong["fr"]


def test_filters_are_in_the_address_and_stay(figures, signed_in):
    cast, trained = figures.measured.cast, figures.measured.trained
    reader = signed_in(cast.donor)
    query = "in-regional-group=souss-massa&in-thematic-group=petite-enfance"
    page = soup(reader, url("results", query=query))
    assert next(iter(figures_on(page, trained).values())) == "52"
    chosen = [one["value"] for one in page.select("form[role=search] option[selected]") if one["value"]]
    assert chosen == ["souss-massa", "petite-enfance"]
    page = soup(reader, url("results", query="category=sex.f"))
    assert next(iter(figures_on(page, trained).values())) == "7"
    assert page.select_one(f"#i-{figures.measured.members.pk}") is None  # not broken down by sex
    page = soup(reader, url("results", query="period=2018-2&commune=belfaa&result=RI+1"))
    assert not next(iter(figures_on(page, trained).values()))[0].isdigit()
    page = soup(reader, url("results", query="period=never&commune=%00&in-country=x&page=999"))
    assert next(iter(figures_on(page, trained).values())) == "52"


def _page_rows(page):
    """The table on the page as (code, part, actual) with plain numbers."""
    found = []
    for row in page.select("main tbody tr:not(.table-group)"):
        cells = row.select("td")
        code = plain(row.select_one("th .hint"))
        numbers = [plain(one) for one in cells]
        found.append((code, numbers[0].partition(" · ")[2], numbers))
    return found


def test_page_csv_and_excel_say_the_same(figures, signed_in):
    measured, cast = figures.measured, figures.measured.cast
    rate = measured.indicator("rate", "ratio", name={"fr": "=1+1"}, baseline=Decimal("0.5"), decimals=2)
    measured.report(cast.etterbeek, measured.second, rate={"numerator": "1", "denominator": "3"})
    rules.set_target(by=None, indicator=rate, body=cast.programme, period=None, value=Decimal("0.9"))
    reader = signed_in(cast.donor)
    query = "each=on"
    page = soup(reader, url("results-table", query=query))
    data = b"".join(reader.get(url("results-csv", query=query)).streaming_content).decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(data)))
    book = CalamineWorkbook.from_filelike(
        io.BytesIO(b"".join(reader.get(url("results-workbook", query=query)).streaming_content))
    )
    sheet = book.get_sheet_by_index(0).to_python()
    assert sheet[0] == lines[0]
    shown = _page_rows(page)
    assert len(shown) == len(lines) - 1 == len(sheet) - 1 == 5
    for (code, part, cells), line, row in zip(shown, lines[1:], sheet[1:], strict=True):
        assert (code, part) == (line[1], line[6])
        for from_csv, from_excel in zip(line, row, strict=True):
            assert from_csv.lstrip("'") == (
                f"{Decimal(str(from_excel)).normalize():f}" if isinstance(from_excel, float) else from_excel
            )
        # Baseline, target, both periods, actual, own: on the page in the reader's way, "" where nothing is told.
        for on_page, told in zip(cells[1:7], [line[7], line[8], *line[10:14]], strict=True):
            number = on_page.partition(" ")[0].replace(",", ".")
            assert (Decimal(number) if number[:1].isdigit() else None) == (Decimal(told) if told else None)
    assert next(line for line in lines if line[1] == "rate")[12] == "0.33"
    assert next(line for line in lines if line[1] == "rate")[2] == "'=1+1"


def test_the_table_exports_what_is_filtered(figures, signed_in):
    reader = signed_in(figures.measured.cast.donor)
    data = b"".join(reader.get(url("results-csv", query="commune=ait-baha")).streaming_content).decode()
    trained = next(line for line in csv.reader(io.StringIO(data)) if line[1] == "trained")
    assert trained[10] == "40"


def test_a_figure_opens_into_its_contributions(figures, signed_in):
    cast, trained = figures.measured.cast, figures.measured.trained
    page = soup(signed_in(cast.elected), url("figure", trained.pk, slug="souss-massa"))
    text = plain(page.select_one("main"))
    for told in ("52", "C9", "75 %".replace(" ", ""), "2018-1"):
        assert told in text.replace(" %", "%"), told
    assert page.select_one(f'a[href="{reverse("plans:activity-detail", args=["souss-massa", figures.together.pk])}"]')
    opened = soup(signed_in(cast.elected), url("figure", trained.pk, slug="souss-massa", query="period=2018-2"))
    assert "Etterbeek" in plain(opened.select_one("#missing").find_next("ul"))


def test_people_are_told_only_to_who_may_read_them(figures, signed_in):
    cast, trained = figures.measured.cast, figures.measured.trained
    type(figures.cell).objects.update(changed_by=cast.jette_coordinator.pk)
    address = url("figure", trained.pk, slug="jette-belfaa")
    assert "Coordination Jette" in plain(soup(signed_in(cast.elected), address).select_one("main"))
    assert "Coordination Jette" not in plain(soup(signed_in(cast.association), address).select_one("main"))
    history = reverse("network:history", args=["jette-belfaa", "indicators.measurement", figures.cell.pk])
    assert signed_in(cast.association).get(history).status_code == 404
    beside = reverse("network:history", args=["schaerbeek-al-hoceima", "indicators.measurement", figures.cell.pk])
    assert signed_in(cast.neighbour).get(beside).status_code == 404
    assert "12" in plain(soup(signed_in(cast.elected), history).select_one("main"))


def test_another_programme_s_indicator_has_no_page_here(figures, signed_in):
    other = Body.objects.create(slug="autre", kind=figures.measured.cast.programme.kind, name={"fr": "Autre"})
    someone = person("autre", "Autre", "programme_coordinator", other)
    assert signed_in(someone).get(url("figure", figures.measured.trained.pk, slug="autre")).status_code == 404
    assert soup(signed_in(someone), url("results", slug="autre")).select_one(".empty")
    assert signed_in(someone).get(url("results-table", slug="autre")).status_code == 409


def test_remarks_are_written_and_put_away_on_the_page(figures, signed_in):
    cast, trained = figures.measured.cast, figures.measured.trained
    add = url("remark-add", trained.pk, slug="jette-belfaa")
    writer = signed_in(cast.elected)
    empty = writer.post(add, {"remark-period": "2018-1", "remark-text": ""})
    assert empty.status_code == 422
    assert writer.post(add, {"remark-period": "2018-1", "remark-text": "Bravo"}).status_code == 302
    said = Remark.objects.get(text="Bravo")
    archive = url("remark-archive", trained.pk, said.pk, slug="jette-belfaa")
    assert writer.post(archive, {"reason": ""}).status_code == 409
    assert writer.post(archive, {"reason": "Erreur"}).status_code == 302
    assert "Bravo" not in plain(soup(writer, url("figure", trained.pk, slug="jette-belfaa")).select_one("main"))


def test_a_review_is_written_and_shown_where_the_result_is(figures, signed_in):
    cast = figures.measured.cast
    writer = signed_in(cast.jette_coordinator)
    address = url("review-edit", cast.result.pk, 2018, slug="jette-belfaa")
    soup(writer, address)
    bare = writer.post(address, {"score": "A", "justification": "", "lessons": "", "version": 0})
    assert bare.status_code == 422
    typed = {"score": "A", "justification": "Tout est fait.", "lessons": "Continuer.", "version": 0}
    assert writer.post(address, typed).status_code == 302
    late = writer.post(address, typed | {"score": "C"})
    assert late.status_code == 409
    asked = BeautifulSoup(late.content, "html.parser")
    chosen = {"looked-at": asked.select_one("[name=looked-at]")["value"], "keep:score": "mine"}
    assert writer.post(address, typed | {"score": "C"} | chosen).status_code == 302
    assert Review.objects.get().score == "C"
    assert "Tout est fait." in plain(soup(writer, url("results", slug="jette-belfaa")).select_one("main"))
    data = b"".join(signed_in(cast.donor).get(url("reviews-csv", query="year=2018")).streaming_content).decode()
    assert ["2018", "C"] in [line[0:1] + line[3:4] for line in csv.reader(io.StringIO(data.lstrip("\ufeff")))]
    book = b"".join(signed_in(cast.donor).get(url("reviews-workbook", query="year=2018")).streaming_content)
    assert CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0).to_python()[2][3] == "C"
    assert (
        signed_in(cast.jette_coordinator).get(url("review-edit", cast.result.pk, 1999, slug="jette-belfaa")).status_code
        == 404
    )


def _grow(measured):
    """More indicators, partnerships, targets and figures."""
    cast = measured.cast
    for k in range(30):
        measured.indicator(f"more-{k}", ("sum", "latest", "ratio")[k % 3])
    level = cast.jette.kind
    for k in range(12):
        body = Body.objects.create(slug=f"p-{k}", kind=level, name={"fr": f"P {k}"})
        for whole in (cast.souss, cast.theme):
            Grouping.objects.create(body=body, whole=whole)
        commune = Organisation.objects.create(slug=f"c-{k}", kind=cast.belfaa.kind, name={"fr": f"C {k}"}, country="MA")
        Membership.objects.create(body=body, organisation=commune, side="south")
        rules.assign(by=None, indicator=measured.trained, bodies=[body])
        rules.set_target(by=None, indicator=measured.trained, body=body, period=None, value=Decimal(k))
        measured.report(body, measured.first, trained=str(k))
    rules.renew_all(framework=cast.framework)


PAGES = {
    "results": "", "results-table": "each=on", "coverage": "", "reviews": "year=2018", "figure": "",
}  # fmt: skip


def _asked(client, name, query, args):
    client.get(url(name, *args, query=query))
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url(name, *args, query=query)).status_code == 200
    return len(queries)


def test_queries_stay_the_same_whatever_the_size(figures, signed_in):
    measured, cast = figures.measured, figures.measured.cast
    people = {"programme_coordinator": cast.programme_coordinator, "donor": cast.donor, "animator": cast.animator}
    counts = []
    for _ in range(2):
        counts.append({
            (who, name): _asked(signed_in(user), name, query, [measured.trained.pk] if name == "figure" else [])
            for who, user in people.items()
            for name, query in PAGES.items()
        })  # fmt: skip
        if len(counts) == 1:
            _grow(measured)
    assert counts[0] == counts[1]
    assert {name: counts[0]["donor", name] for name in PAGES} == BASELINE
    assert max(counts[0].values()) <= MOST_QUERIES


def test_queries_of_what_groups_share(figures, signed_in):
    reader = signed_in(figures.measured.cast.donor)
    query = "in-regional-group=souss-massa&in-thematic-group=petite-enfance&commune=belfaa"
    before = _asked(reader, "results", query, [])
    _grow(figures.measured)
    assert _asked(reader, "results", query, []) == before <= MOST_QUERIES


FILTERS = [
    "more=1&category=sex.f",
    "commune=belfaa",
    "in-regional-group=souss-massa&in-thematic-group=petite-enfance",
    "in-regional-group=souss-massa&in-thematic-group=petite-enfance&commune=belfaa&category=sex.f&period=2018-1",
]


@pytest.mark.parametrize("query", FILTERS)
def test_queries_of_an_opened_figure_with_filters_and_evidence(figures, signed_in, query):
    measured, cast = figures.measured, figures.measured.cast
    before = framework_rules.adopt_framework(
        by=None, body=cast.programme, name={"fr": "v0"}, objective={}, start=date(2012, 1, 1), end=date(2016, 12, 31)
    )
    framework_rules.add_result(by=None, framework=before, number="RI 1", name={"fr": "R"})
    about = {"name": {"fr": "Formés"}, "counts": "persons", "unit": {"fr": "personnes"}}
    earlier = rules.add_indicator(by=None, result=before.results.get(), code="formerly", **about)
    rules.carry_over(by=None, earlier=earlier, later=measured.trained)
    proof = documents.add_document(by=None, body=cast.jette, kind="evidence", title="A", file=upload())
    rules.attach_evidence(by=None, measurement=figures.cell, document=proof)
    reader, asked = signed_in(cast.programme_coordinator), []
    for _ in range(2):
        asked.append(_asked(reader, "figure", query, [measured.trained.pk]))
        _grow(measured) if len(asked) == 1 else None
    assert asked[0] == asked[1] <= MOST_QUERIES


BASELINE = {"results": 16, "results-table": 15, "coverage": 17, "reviews": 10, "figure": 23}
