"""Pages of the sheets: filled in as one form or cell by cell, who sees what, and how many queries they take."""

import re
from datetime import date

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories.cast import END, START
from tiwizi.base.jobs import run_next
from tiwizi.base.models import Job
from tiwizi.indicators import rules, tasks  # noqa: F401 (registers the jobs)
from tiwizi.indicators.models import Measurement, Period, Report
from tiwizi.indicators.queries import todo
from tiwizi.plans.models import JointPart, Plan

pytestmark = pytest.mark.django_db
SHEET = reverse("indicators:sheet", args=["jette-belfaa", "2018-1"])
CELL = reverse("indicators:sheet-cell", args=["jette-belfaa", "2018-1"])
MANY = reverse("indicators:sheets-many", args=["souss-massa"])


def _form(client, path=SHEET):
    """What a browser without scripts would send back."""
    soup = BeautifulSoup(client.get(path).content, "html.parser")
    form = soup.select_one("form#sheet")
    found = {}
    for field in form.select("input[name], textarea[name]"):
        if field.get("type") not in ("checkbox", "radio") or field.has_attr("checked"):
            found[field["name"]] = field.text if field.name == "textarea" else field.get("value", "")
    return found


def _key(indicator, activity=None):
    return indicator.pk.hex + (f".{activity.pk.hex}" if activity else "")


def test_without_scripts_the_sheet_is_one_form(measured, signed_in):
    client = signed_in(measured.cast.jette_coordinator)
    key, other = _key(measured.trained), _key(measured.members)
    sent = _form(client) | {f"{key}/value": "12", f"{key}/b/sex/f": "7", f"{key}/b/sex/m": "5", "comment": "Bien"}
    assert client.post(SHEET, sent).status_code == 302
    figure = Measurement.objects.get()  # the untouched one is not written
    assert (figure.value, figure.breakdown, figure.report.comment) == (12, {"sex": {"f": "7", "m": "5"}}, "Bien")
    sent = _form(client) | {f"{other}/not_applicable": "on", "submit": "1"}
    client.post(SHEET, sent)
    assert Report.objects.get().state == "submitted"
    page = client.get(SHEET)
    assert b'<form method="post" class="sheet"' not in page.content
    assert client.post(SHEET, sent).status_code == 409


def test_sound_figures_are_kept_and_faulty_ones_shown_as_typed(measured, signed_in):
    client = signed_in(measured.cast.jette_coordinator)
    key, other = _key(measured.trained), _key(measured.members)
    answer = client.post(SHEET, _form(client) | {f"{key}/value": "douze", f"{other}/value": "20", "submit": "1"})
    assert answer.status_code == 422
    soup = BeautifulSoup(answer.content, "html.parser")
    typed = soup.select_one(f'input[name="{key}/value"]')
    assert (typed["value"], typed["aria-invalid"]) == ("douze", "true")
    assert typed.find_parent("td").select_one(".field-error").text
    assert Measurement.objects.get().value == 20
    assert Report.objects.get().state == "draft"  # what has a fault is not handed in


def test_two_people_in_one_cell_without_scripts(measured, signed_in):
    cast, key = measured.cast, _key(measured.trained)
    first, second = signed_in(cast.jette_coordinator), signed_in(cast.animator)
    mine = _form(second)
    first.post(SHEET, _form(first) | {f"{key}/value": "12"})
    answer = second.post(SHEET, mine | {f"{key}/value": "13"})
    assert answer.status_code == 409
    soup = BeautifulSoup(answer.content, "html.parser")
    row = soup.select_one(f'tr[data-cell="{key}"]')
    assert [cell.text for cell in row.select(".clash td")] == ["12", "13"]
    assert cast.jette_coordinator.name in row.text
    again = {i["name"]: i.get("value", "") for i in soup.select("form#sheet input[type=hidden], .figure-in")}
    assert second.post(SHEET, again).status_code == 409  # nothing was chosen
    assert Measurement.objects.get().value == 12
    assert second.post(SHEET, again | {f"{key}/choice": "theirs"}).status_code == 302
    assert Measurement.objects.get().value == 12
    assert second.post(SHEET, again | {f"{key}/choice": "mine"}).status_code == 302
    assert Measurement.objects.get().value == 13


def _send(client, indicator, seen, **values):
    key = _key(indicator)
    return client.post(CELL, {"cell": key, f"{key}/seen": seen} | {f"{key}/{n}": v for n, v in values.items()})


def test_cell_by_cell(measured, signed_in):
    cast = measured.cast
    client, other = signed_in(cast.jette_coordinator), signed_in(cast.animator)
    kept = _send(client, measured.trained, "0.x", value="12").json()
    assert kept["seen"].startswith("1.")
    assert re.fullmatch(r"\d\d:\d\d", kept["at"])
    again = _send(client, measured.trained, "0.x", value="12").json()  # the answer was lost on the way
    assert again["seen"] == kept["seen"]
    clash = _send(other, measured.trained, "0.x", value="13")
    assert (clash.status_code, clash.json()["theirs"]["value"]) == (409, "12")
    assert clash.json()["seen"] == kept["seen"]
    assert _send(other, measured.trained, kept["seen"], value="13").status_code == 200
    faulty = _send(client, measured.trained, "2.x", value="treize")
    assert (faulty.status_code, faulty.json()["faults"][0]["name"]) == (422, "value")
    doubtful = _send(client, measured.trained, "2.x", value="14", **{"b/sex/f": "3"})
    assert len(doubtful.json()["doubts"]) == 1
    assert client.post(CELL, {"cell": "00"}).status_code == 410
    rules.submit_report(by=cast.jette_coordinator, report=Report.objects.get())
    assert _send(client, measured.trained, "3.x", value="15").status_code == 423
    assert _send(signed_in(cast.elected), measured.trained, "3.x", value="15").status_code == 403


def test_a_collective_activity_is_read_by_partners_with_their_share(measured, signed_in):
    cast = measured.cast
    plan = Plan.objects.create(body=cast.souss, framework=cast.framework, title="Collectif", start=START, end=END)
    touching = {"window_start": date(2018, 2, 5), "window_end": date(2018, 3, 4)}
    together = cast.activity(plan, "C1", collective=True, commune=None, **touching)
    own = cast.activity(cast.plan_jette, "J9", **touching)
    for its, count in ((cast.plan_jette, 30), (cast.plan_etterbeek, 10)):
        replaced = cast.activity(its, "J1", participants=count, **touching)
        JointPart.objects.create(collective=together, replaced=replaced, body=its.body, alone_cents=5, share_cents=3)
    path = reverse("indicators:sheet", args=["souss-massa", "2018-1"])
    lead = signed_in(cast.animator)
    sent = _form(lead, path)
    assert f"{_key(measured.trained, together)}/value" in sent
    assert f"{_key(measured.trained)}/value" not in sent  # the group itself reports nothing of its own
    assert lead.post(path, sent | {f"{_key(measured.trained, together)}/value": "40"}).status_code == 302
    client = signed_in(cast.jette_coordinator)
    fields = _form(client)
    assert f"{_key(measured.trained, own)}/value" in fields
    assert not any(together.pk.hex in name for name in fields)
    text = " ".join(BeautifulSoup(client.get(SHEET).content, "html.parser").select_one(".sheet-elsewhere").text.split())
    assert "C1" in text
    assert "75,0" in text
    assert "30" in text


def test_an_unknown_period_has_no_sheet(measured, signed_in):
    client = signed_in(measured.cast.jette_coordinator)
    assert client.get(reverse("indicators:sheet", args=["jette-belfaa", "1999-1"])).status_code == 404


def test_the_level_above_returns_validates_and_certifies(measured, signed_in):
    cast = measured.cast
    sheet = measured.report(cast.jette, measured.first, trained="12")

    def act(who, name, **sent):
        path = reverse("indicators:sheet-act", args=["jette-belfaa", "2018-1", name])
        sheet.refresh_from_db()
        answer = signed_in(who).post(path, {"version": sheet.version} | sent)
        sheet.refresh_from_db()
        return answer.status_code, sheet.state

    assert act(cast.jette_coordinator, "validate") == (403, "submitted")
    assert act(cast.animator, "return") == (302, "submitted")  # without a reason: told, not done
    assert act(cast.animator, "return", reason="Les femmes manquent") == (302, "returned")
    page = signed_in(cast.jette_coordinator).get(SHEET).content.decode()
    assert "Les femmes manquent" in page
    rules.submit_report(by=cast.jette_coordinator, report=sheet)
    assert act(cast.animator, "validate", version=1) == (302, "submitted")  # it changed since
    assert act(cast.animator, "validate") == (302, "validated")
    assert act(cast.animator, "certify") == (403, "validated")
    assert act(cast.programme_coordinator, "certify") == (302, "certified")
    assert act(cast.programme_coordinator, "reopen", reason="Erreur") == (302, "returned")


def test_many_sheets_are_looked_at_first(measured, signed_in):
    cast = measured.cast
    one = measured.report(cast.jette, measured.first, trained="1")
    two = measured.report(cast.etterbeek, measured.first, trained="2")
    begun = measured.report(cast.etterbeek, measured.second, trained="2", handed_in=False)
    elsewhere = measured.report(cast.schaerbeek, measured.first, trained="3")
    client = signed_in(cast.animator)
    chosen = {"act": "validate", "report": [one.pk, two.pk, begun.pk, elsewhere.pk]}
    page = BeautifulSoup(client.post(MANY, chosen).content, "html.parser")
    ready = [field["value"] for field in page.select("input[name=report]")]
    assert sorted(ready) == sorted([str(one.pk), str(two.pk)])  # not begun ones, nor those of another group
    assert Report.objects.filter(state="validated").count() == 0
    sent = {field["name"]: field["value"] for field in page.select("main input[type=hidden]")} | {"report": ready}
    client.post(MANY, sent)
    assert set(Report.objects.filter(state="validated")) == {one, two}
    asked = {"act": "reopen", "report": ready, "confirmed": "1"}
    assert client.post(MANY, asked).status_code == 422  # a reason is missing
    assert signed_in(cast.jette_coordinator).post(MANY, chosen).status_code == 403
    assert client.post(MANY, {"act": "validate", "report": ["nonsense"]}).status_code == 302


def test_who_has_reported_at_any_level(measured, signed_in):
    cast = measured.cast
    measured.report(cast.jette, measured.first, trained="1")
    path = reverse("indicators:sheets", args=["maroc"])
    page = BeautifulSoup(signed_in(cast.donor).get(path).content, "html.parser")
    assert [row.select_one("th").text for row in page.select("tbody tr")] == [
        "Etterbeek–Aït Baha", "Jette–Belfaa", "Schaerbeek–Al Hoceïma",
    ]  # fmt: skip
    assert "1 sur 3" in " ".join(page.select_one(".figures").text.split())
    late = BeautifulSoup(signed_in(cast.donor).get(f"{path}?show=submitted").content, "html.parser")
    assert [row.select_one("th").text for row in late.select("tbody tr")] == ["Jette–Belfaa"]
    assert not page.select("input[name=report]")  # who only reads decides nothing


def test_periods_are_shown_some_at_a_time(measured, signed_in):
    for year in range(2019, 2022):
        for half, (start, end) in enumerate([((1, 1), (6, 30)), ((7, 1), (12, 31))], 1):
            rules.add_period(by=None, framework=measured.cast.framework, code=f"{year}-{half}",
                             start=date(year, *start), end=date(year, *end), due=date(year + 1, 1, 31))  # fmt: skip
    client, path = signed_in(measured.cast.animator), reverse("indicators:sheets", args=["souss-massa"])
    seen = []
    for _ in range(5):
        soup = BeautifulSoup(client.get(path).content, "html.parser")
        seen.append([th.select_one("bdi").text for th in soup.select("thead th bdi") and soup.select("thead th")[1:]])
        back = [a for a in soup.select("main p.actions a") if a.text == "Périodes précédentes"]
        if not back:
            break
        path = reverse("indicators:sheets", args=["souss-massa"]) + back[0]["href"]
    assert seen[0] == ["2020-1", "2020-2", "2021-1", "2021-2"]
    assert {code for row in seen for code in row} == set(Period.objects.values_list("code", flat=True))


def _queries(client, path):
    with CaptureQueriesContext(connection) as told:
        assert client.get(path).status_code == 200
    return len(told)


def test_queries_do_not_grow_with_the_data(measured, signed_in):
    cast = measured.cast
    measured.report(cast.jette, measured.first, trained="1", members="2", handed_in=False)
    paths = [SHEET, reverse("indicators:sheets", args=["programme"]), "/"]
    clients = {path: signed_in(cast.animator if path != SHEET else cast.jette_coordinator) for path in paths}
    before = {path: _queries(clients[path], path) for path in paths}
    for k in range(8):
        one = measured.indicator(f"more-{k}", "sum")
        rules.break_down(by=None, indicator=one, by_set=cast.framework.breakdown_sets.get())
        cast.activity(cast.plan_jette, f"K{k}", window_end="2018-03-04")
        for body in (cast.jette, cast.etterbeek):
            measured.report(body, measured.first, handed_in=False, **{f"more-{k}": "3"})
    after = {path: _queries(clients[path], path) for path in paths}
    assert after == before
    assert max(after[path] for path in paths[:2]) <= 30


def _told(user):
    return [str(one.sentence) for one in todo.to_do(user)]


def test_the_home_page_says_what_is_due_late_returned_and_waits(measured, monkeypatch):
    cast = measured.cast
    monkeypatch.setattr("tiwizi.network.queries.today", lambda: date(2018, 7, 10))
    assert len(_told(cast.jette_coordinator)) == 1  # due soon
    monkeypatch.setattr("tiwizi.network.queries.today", lambda: date(2019, 3, 1))
    (late,) = _told(cast.jette_coordinator)
    assert "2" in late  # both, in one line
    sheet = measured.report(cast.jette, measured.first, trained="1")
    (late,) = _told(cast.jette_coordinator)
    assert "2018-2" in late
    (waits,) = _told(cast.animator)
    assert "1" in waits
    assert "Souss-Massa" in waits
    assert _told(cast.neighbour)
    assert all("Jette" not in one for one in _told(cast.neighbour))
    rules.return_report(by=cast.animator, report=sheet, reason="Les femmes manquent")
    assert any("Les femmes manquent" in one for one in _told(cast.jette_coordinator))
    assert _told(cast.animator) == []
    rules.submit_report(by=cast.jette_coordinator, report=sheet)
    rules.validate_report(by=cast.animator, report=sheet)
    assert len(_told(cast.programme_coordinator)) == 1  # can be certified
    rules.certify_report(by=cast.programme_coordinator, report=sheet)
    assert _told(cast.programme_coordinator) == []
    assert _told(cast.elected) == _told(cast.stranger) == []


def test_letters_remind_once_of_each_sheet_and_day(measured, monkeypatch, mailoutbox, settings):
    cast = measured.cast
    monkeypatch.setattr("tiwizi.network.queries.today", lambda: date(2018, 7, 20))
    assert rules.remind(site="https://tiwizi.test") == 3  # the coordinators of three partnerships
    assert rules.remind(site="https://tiwizi.test") == 0
    measured.report(cast.etterbeek, measured.first, trained="1")  # handed in before the letter leaves
    while run_next():
        pass
    assert {letter.to[0] for letter in mailoutbox} == {cast.jette_coordinator.email, cast.neighbour.email}
    letter = next(one for one in mailoutbox if one.to == [cast.jette_coordinator.email])
    assert f"https://tiwizi.test{SHEET}" in letter.body
    assert "2018-1" in letter.subject
    monkeypatch.setattr("tiwizi.network.queries.today", lambda: date(2018, 8, 2))
    assert rules.remind(site="https://tiwizi.test") == 2  # late now: once more, not to who handed in
    monkeypatch.setattr("tiwizi.network.queries.today", lambda: date(2018, 8, 3))
    assert rules.remind(site="https://tiwizi.test") == 0
    settings.MAIL = False
    monkeypatch.setattr("tiwizi.network.queries.today", lambda: date(2019, 1, 20))
    assert rules.remind(site="https://tiwizi.test") == 0
    assert Job.objects.filter(kind=rules.LETTER).count() == 5
