import csv
import io
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.plans.pages import page, plan_url
from tiwizi.base import wording
from tiwizi.base.models import AuditEntry
from tiwizi.plans import queries, rules
from tiwizi.plans.models import Plan

READ = ["plan", "plan-csv"]
EDIT = ["activity-add", "plan-open"]
ONE = ["activity-edit", "activity-archive", "activity-restore"]


@pytest.mark.parametrize("name", [*READ, *EDIT, "plan-budget"])
def test_a_visitor_is_asked_to_sign_in(cast, signed_in, name):
    response = signed_in(None).get(plan_url(name))
    if response.status_code != 405:  # a page that only takes what is posted
        assert response.status_code == 302
    posted = signed_in(None).post(plan_url(name))
    assert posted.status_code in (302, 405)
    assert not AuditEntry.objects.exists()


def test_a_visitor_is_asked_to_sign_in_for_one_activity(cast, activity, signed_in):
    visitor = signed_in(None)
    assert visitor.get(reverse("plans:activity-short", args=[activity.pk])).status_code == 302
    for name in ["activity-detail", *ONE]:
        url = plan_url(name, "jette-belfaa", activity.pk)
        assert {visitor.get(url).status_code, visitor.post(url).status_code} <= {302, 405}
    for act in ("submit", "return", "validate"):
        assert visitor.post(plan_url("plan-act", "jette-belfaa", act)).status_code == 302
    activity.refresh_from_db()
    assert activity.archived_at is None


def test_the_neighbour_reads_and_changes_nothing(cast, activity, signed_in):
    neighbour = signed_in(cast.neighbour)
    for name in READ:
        assert neighbour.get(plan_url(name)).status_code == 200
    detail = page(neighbour.get(plan_url("activity-detail", "jette-belfaa", activity.pk)))
    assert detail.find("form", action=plan_url("activity-archive", "jette-belfaa", activity.pk)) is None
    for name in EDIT:
        assert neighbour.get(plan_url(name)).status_code == 403
        assert neighbour.post(plan_url(name)).status_code == 403
    for name in ONE:
        assert neighbour.post(plan_url(name, "jette-belfaa", activity.pk)).status_code == 403
    for act in ("submit", "return", "validate"):
        assert neighbour.post(plan_url("plan-act", "jette-belfaa", act), {"reason": "x"}).status_code == 403
    assert neighbour.post(plan_url("plan-budget"), {"pooling_budget_cents": "5"}).status_code == 403
    assert not AuditEntry.objects.exists()


def test_a_stranger_reads_nothing(cast, activity, signed_in):
    stranger = signed_in(cast.stranger)
    urls = [plan_url(name) for name in READ]
    urls += [plan_url("activity-detail", "jette-belfaa", activity.pk)]
    urls += [reverse("plans:activity-short", args=[activity.pk])]  # it would tell the body's name
    assert {stranger.get(url).status_code for url in urls} == {404}


def test_an_activity_is_not_found_under_another_body(cast, activity, signed_in):
    url = plan_url("activity-detail", "etterbeek-ait-baha", activity.pk)
    assert signed_in(cast.programme_coordinator).get(url).status_code == 404
    short = signed_in(cast.neighbour).get(reverse("plans:activity-short", args=[activity.pk]))
    assert short.url == plan_url("activity-detail", "jette-belfaa", activity.pk)


@pytest.mark.parametrize("language", ["fr", "ar"])
@pytest.mark.parametrize("query", ["", "?view=timeline", "?view=timeline&step=week"])
def test_the_plan_as_list_and_timeline(cast, collective, coordinator, language, query):
    coordinator.cookies["tiwizi_language"] = language
    soup = page(coordinator.get(plan_url("plan", "souss-massa") + query))
    assert soup.html["dir"] == ("rtl" if language == "ar" else "ltr")
    assert soup.find(id="activities")
    assert bool(soup.select_one("figure.timeline svg")) == bool(query)


def test_the_list_counts_each_once_and_says_where(cast, collective, coordinator):
    soup = page(coordinator.get(plan_url("plan", "souss-massa")))
    rows = soup.select("#activities tbody tr")
    assert len(rows) == 3
    assert sum("C1" in row.select("td")[-2].text for row in rows) == 2
    assert "3\u202f000" in soup.select_one("#activities tfoot").text
    own = page(coordinator.get(plan_url()))
    assert "2\u202f200,01" in own.select_one("#activities tfoot").text


def test_after_agreement_the_list_says_the_agreed_week_and_place(cast, collective, coordinator):
    (cell,) = page(coordinator.get(plan_url())).select("td[data-label=Quand]")
    assert wording.day(date(2017, 10, 2)) in cell.text
    assert "Belfaa" in cell.text
    hint = cell.select_one(".hint").text
    assert wording.day(date(2017, 9, 4)) in hint
    assert wording.day(date(2017, 12, 31)) in hint


def test_after_agreement_the_timeline_draws_the_agreed_week_in_the_window(cast, collective, coordinator):
    soup = page(coordinator.get(plan_url() + "?view=timeline"))
    window, agreed = soup.select("rect.bar")
    assert "bar-replaced" in window["class"]
    assert "bar-shared" in agreed["class"]
    assert float(agreed["width"]) < float(window["width"]) / 10
    assert window["y"] == agreed["y"]
    assert wording.day(date(2017, 10, 8)) in soup.select_one(".timeline details").text


def test_htmx_takes_the_list_alone_with_the_filters_of_the_address(cast, activity, coordinator):
    cast.activity(cast.plan_jette, "A2", kind=cast.diagnosis)
    response = coordinator.get(plan_url() + "?kind=social-diagnosis", headers={"HX-Request": "true"})
    soup = page(response)
    assert soup.html is None
    assert [row.bdi.text for row in soup.select("tbody tr")] == ["A2"]
    export = soup.find("a", string=lambda text: text and "CSV" in text)
    assert export["href"].endswith("?kind=social-diagnosis")


def test_a_filter_that_means_nothing_is_told(cast, activity, coordinator):
    soup = page(coordinator.get(plan_url() + "?kind=carpentry"))
    assert soup.select(".field-error")
    assert page(coordinator.get(plan_url() + "?text=zzz")).select_one(".empty")


def test_what_you_see_is_what_you_export(cast, collective, coordinator):
    cast.activity(cast.plan_jette, "A2", title="=HYPERLINK(1)", cost_cents=None)
    response = coordinator.get(plan_url("plan-csv", "souss-massa") + "?sort=-cost")
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    header, *rows = list(csv.reader(io.StringIO(text)))
    seen = page(coordinator.get(plan_url("plan", "souss-massa") + "?sort=-cost"))
    assert [row[1] for row in rows] == [row.select("td bdi")[0].text for row in seen.select("tbody tr")]
    assert len(header) == len(rows[0])
    assert any(row[2] == "'=HYPERLINK(1)" and row[12] == "" for row in rows)
    cents = sum(round(float(row[12]) * 100) for row in rows if row[12])
    weeks = {row[1]: row[9] for row in rows}
    assert weeks == {"C1": "2017-10-02", "A1": "2017-10-02", "B1": "2017-10-02", "A2": ""}
    assert cents == queries.totals(cast.souss).counted_cents


@pytest.mark.parametrize("title", ["=A(1)", " =A(1)", "\u00a0 +1", "\n@x", "\t-1", "\tAtelier", "12-16 ans = jeu"])
def test_no_title_is_a_formula_in_the_export(cast, coordinator, title):
    cast.activity(cast.plan_jette, "A1", title=title)
    text = b"".join(coordinator.get(plan_url("plan-csv")).streaming_content).decode("utf-8-sig")
    _header, row = list(csv.reader(io.StringIO(text, newline="")))
    assert row[2] == (title if title[0] == "1" else f"'{title}")


def test_long_lists_come_in_pages_and_total_all(cast, coordinator):
    for number in range(60):
        cast.activity(cast.plan_jette, f"A{number}", cost_cents=100)
    soup = page(coordinator.get(plan_url() + "?page=2"))
    assert len(soup.select("tbody tr")) == 10
    assert "60" in soup.select_one("tfoot").text


def test_the_number_of_queries_does_not_grow_with_the_list(cast, coordinator):
    def count(url):
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert coordinator.get(url).status_code == 200
        return len(captured)

    urls = [plan_url(), plan_url("plan", "souss-massa"), plan_url("plan", "souss-massa") + "?view=timeline"]
    urls.append(plan_url("plan-csv", "souss-massa"))
    for number in range(3):
        cast.activity(cast.plan_jette, f"A{number}")
    coordinator.get(urls[0])
    few = [count(url) for url in urls]
    for number in range(3, 30):
        cast.activity(cast.plan_jette, f"A{number}")
    assert [count(url) for url in urls] == few
    assert max(few) <= 40


def test_an_activity_shows_its_agreement_both_ways(cast, collective, activity, coordinator):
    own = page(coordinator.get(plan_url("activity-detail", "jette-belfaa", activity.pk)))
    assert "2\u202f200,01" in own.text
    assert own.find("a", href=plan_url("activity-detail", "souss-massa", collective.pk))
    assert own.find("form", action=plan_url("activity-archive", "jette-belfaa", activity.pk)) is None
    shared = page(coordinator.get(plan_url("activity-detail", "souss-massa", collective.pk)))
    assert "3\u202f000,00" in shared.find("tfoot").text


def test_the_plans_life_by_its_pages(cast, activity, coordinator, signed_in):
    programme = signed_in(cast.programme_coordinator)
    coordinator.post(plan_url("plan-budget"), {"pooling_budget_cents": "9 000", "version": "1"})
    soup = page(coordinator.get(plan_url()))
    assert "9\u202f000" in soup.find(id="plan-state").text
    form = soup.find("form", action=plan_url("plan-act", "jette-belfaa", "submit"))
    coordinator.post(form["action"], {"version": form.find("input", {"name": "version"})["value"]})
    assert coordinator.get(plan_url("activity-edit", "jette-belfaa", activity.pk)).status_code == 409
    assert programme.post(plan_url("plan-act", "jette-belfaa", "return"), {"reason": ""}).status_code == 409
    programme.post(plan_url("plan-act", "jette-belfaa", "return"), {"reason": "Dates ?"})
    assert "Dates ?" in page(coordinator.get(plan_url())).find(id="plan-state").text
    coordinator.post(plan_url("plan-act", "jette-belfaa", "submit"))
    programme.post(plan_url("plan-act", "jette-belfaa", "validate"))
    assert Plan.objects.get(pk=cast.plan_jette.pk).state == "validated"
    history = reverse("network:history", args=["jette-belfaa", "plans.plan", cast.plan_jette.pk])
    assert len(page(coordinator.get(history)).select("ol.story > li")) >= 5


def test_an_empty_plan_and_no_plan_teach(cast, coordinator, signed_in):
    soup = page(coordinator.get(plan_url()))
    assert soup.find("a", href=reverse("interop:plan-import", args=["jette-belfaa"]))
    assert soup.find("a", href=reverse("interop:plan-template", args=["jette-belfaa"]))
    assert soup.find("a", href=plan_url("activity-add"))
    programme = signed_in(cast.programme_coordinator)
    Plan.objects.all().delete()
    assert page(programme.get(plan_url())).find("a", href=plan_url("plan-open"))
    assert programme.get(plan_url("activity-add")).status_code == 404


def test_opening_a_plan(cast, coordinator):
    said = {"title": "Suite", "start": "2019-01-07", "end": "2020-06-28", "pooling_budget_cents": ""}
    assert page(coordinator.get(plan_url("plan-open"))).find("form")
    faulty = page(coordinator.post(plan_url("plan-open"), said | {"end": "2018-01-01"}), 422)
    assert faulty.select_one(".has-error input")["name"] == "end"
    assert coordinator.post(plan_url("plan-open"), said).status_code == 302
    assert Plan.objects.get(title="Suite").pooling_budget_cents is None


def test_illustrative_figures_are_marked(cast, activity, coordinator):
    urls = [plan_url(), plan_url("activity-detail", "jette-belfaa", activity.pk)]
    assert not any(page(coordinator.get(url)).select(".badge-uncertain") for url in urls)
    Plan.objects.update(illustrative=True)
    assert all(page(coordinator.get(url)).select(".badge-uncertain") for url in urls)


def refused(response, code):
    assert response.status_code >= 400
    assert response.context["refusal"].code == code


def test_what_cannot_be_done_from_a_page_is_told(cast, activity, coordinator, signed_in):
    refused(coordinator.post(plan_url("plan-budget"), {"pooling_budget_cents": "beaucoup"}), "amount")
    refused(signed_in(cast.programme_coordinator).get(plan_url("activity-add", "souss-massa")), "no-plan")
    edit = plan_url("activity-edit", "jette-belfaa", activity.pk)
    coordinator.post(plan_url("activity-archive", "jette-belfaa", activity.pk), {"reason": "Doublon"})
    refused(coordinator.get(edit), "activity-archived")


def test_without_a_strategic_plan_no_plan_is_opened(cast, coordinator):
    cast.framework.body = cast.etterbeek
    cast.framework.save()
    refused(coordinator.get(plan_url("plan-open")), "no-framework")


def test_a_late_budget_is_asked_about_and_the_first_stays(cast, coordinator):
    rules.set_budget(by=cast.jette_coordinator, plan=cast.plan_jette, pooling_budget_cents=100)
    late = coordinator.post(plan_url("plan-budget"), {"pooling_budget_cents": "5", "version": "1"})
    form = page(late, 409).select_one("form.merge")
    assert queries.plan_of(cast.jette).pooling_budget_cents == 100
    typed = {box["name"]: box["value"] for box in form.select("input[type=hidden]")}
    coordinator.post(plan_url("plan-budget"), typed | {"keep:pooling_budget_cents": "mine"})
    assert queries.plan_of(cast.jette).pooling_budget_cents == 500


def test_a_plan_gets_another_title_on_its_page(cast, coordinator):
    sealed = coordinator.get(plan_url("plan")).context["title_seen"]
    coordinator.post(plan_url("plan-title"), {"title": "Plan de l’Arganier", "seen": sealed})
    assert queries.plan_of(cast.jette).title == "Plan de l’Arganier"
    late = coordinator.post(plan_url("plan-title"), {"title": "Autre", "seen": sealed})
    assert late.status_code == 409
    assert "Plan de l’Arganier" in late.text
    refused(coordinator.post(plan_url("plan-title"), {"title": ""}), "plan-title-missing")
