"""Drafts of forms: kept for one person, filled in again, gone once sent; nobody else's."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import timezone

from tiwizi.base import queries, rules
from tiwizi.base.errors import Refusal
from tiwizi.base.models import AuditEntry, Draft
from tiwizi.plans import rules as plans
from tiwizi.plans.models import Activity, Plan

ADD = "/b/jette-belfaa/plan/add/"
KEEP = "/drafts/"


def soup_of(response, status=200):
    assert response.status_code == status, response.content.decode()[:2000]
    return BeautifulSoup(response.content, "html.parser")


def value(soup, name):
    return soup.find(attrs={"name": name}).get("value", "")


@pytest.fixture
def client(cast, signed_in):
    return signed_in(cast.jette_coordinator)


def keep(client, path=ADD, **fields):
    return client.post(KEEP, {"draft-path": path, **fields}, headers={"X-Draft": "1"})


def test_what_is_typed_comes_back_with_every_sort_of_field(client):
    fields = {
        "title": "À moitié", "kind": "preschool-training", "other_targets": ["youth"], "window_start": "2017-09-04",
        "cost_cents": "12,", "mandatory": "on", "note": "ligne\nligne", "priority": "5", "when": "weeks",
    }  # fmt: skip
    answer = keep(client, **fields)
    assert answer.json()["saved"].startswith("Brouillon enregistré à ")
    soup = soup_of(client.get(ADD))
    assert (value(soup, "title"), value(soup, "cost_cents")) == ("À moitié", "12,")
    assert value(soup, "window_start") == "2017-09-04"
    assert soup.find("input", {"name": "other_targets", "value": "youth"}).has_attr("checked")
    assert soup.find("input", {"name": "mandatory"}).has_attr("checked")
    assert not soup.find("input", {"name": "poolable"}).has_attr("checked")  # its box was emptied
    assert soup.select_one("select[name=priority] option[selected]")["value"] == "5"
    assert soup.find("textarea", {"name": "note"}).text.strip() == "ligne\nligne"
    assert not AuditEntry.objects.exists()


def test_a_draft_is_its_owners_alone(cast, client, signed_in):
    keep(client, title="À moi")
    other = signed_in(cast.programme_coordinator)
    assert value(soup_of(other.get(ADD)), "title") == ""
    keep(other, title="À l'autre")
    other.post(KEEP, {"draft-path": ADD, "draft-drop": "1"})
    assert value(soup_of(client.get(ADD)), "title") == "À moi"
    assert signed_in(None).post(KEEP, {"draft-path": ADD}).status_code == 302
    assert queries.draft_of(cast.stranger, ADD) is None


def test_each_address_has_its_own_draft_and_the_last_one_counts(client):
    keep(client, title="Une")
    keep(client, title="Deux")
    keep(client, path=ADD + "?copy=A1", title="Copie")
    assert value(soup_of(client.get(ADD)), "title") == "Deux"
    assert value(soup_of(client.get(ADD + "?copy=A1")), "title") == "Copie"
    assert Draft.objects.count() == 2


def test_without_scripts_a_button_keeps_the_draft_and_returns(client):
    answer = client.post(KEEP, {"draft-path": ADD, "title": "Sans script", "csrfmiddlewaretoken": "x"})
    assert answer.url == ADD
    soup = soup_of(client.get(ADD))
    assert value(soup, "title") == "Sans script"
    assert soup.select_one(f"button[formaction='{KEEP}'][name=draft-drop]")
    assert "csrfmiddlewaretoken" not in Draft.objects.get().data
    assert client.post(KEEP, {"draft-path": ADD, "draft-drop": "1"}).url == ADD
    assert value(soup_of(client.get(ADD)), "title") == ""


def test_sending_ends_the_draft_here_and_in_the_browser(cast, client):
    keep(client, title="Brouillon")
    typed = {
        "reference": "A9", "title": "Envoyée", "kind": "social-diagnosis", "result": "RI 1", "main_target": "youth",
        "when": "weeks", "window_start": "2017-09-04", "window_end": "2017-09-10", "priority": "3",
    }  # fmt: skip
    faulty = client.post(ADD, typed | {"title": ""})
    assert faulty.status_code == 422
    assert Draft.objects.exists()
    answer = client.post(ADD, typed)
    assert answer.cookies["tiwizi_sent"].value == "%2Fb%2Fjette-belfaa%2Fplan%2Fadd%2F"
    assert not Draft.objects.exists()
    assert Activity.objects.get().title == "Envoyée"


def test_a_draft_begun_before_somebody_elses_change_is_merged_when_sent(cast, client):
    activity = cast.activity(cast.plan_jette)
    path = reverse("plans:activity-edit", args=["jette-belfaa", activity.pk])
    form = soup_of(client.get(path))
    seen = value(form, "seen")
    keep(client, path=path, seen=seen, title="Mon titre")
    plans.change_activity(by=cast.programme_coordinator, activity=activity, version=1, title="Leur titre")
    again = soup_of(client.get(path))
    assert (value(again, "seen"), value(again, "title")) == (seen, "Mon titre")


@pytest.mark.parametrize(
    ("who", "path", "name"),
    [
        ("animator", "/b/souss-massa/pooling/open/", "title"),
        ("programme_coordinator", "/b/souss-massa/plan/open/", "title"),
    ],
)
def test_other_forms_have_drafts_too(cast, signed_in, who, path, name):
    client = signed_in(getattr(cast, who))
    keep(client, path=path, **{name: "Commencé"})
    soup = soup_of(client.get(path))
    assert value(soup, name) == "Commencé"
    assert soup.select_one("form[data-draft]")["data-draft"] == path
    assert soup.select_one("[data-draft-state][role=status]")


def test_opening_a_plan_ends_its_draft(cast, signed_in):
    client, path = signed_in(cast.programme_coordinator), "/b/souss-massa/plan/open/"
    keep(client, path=path, title="Commencé")
    client.post(path, {"title": "Plan", "start": "2017-07-03", "end": "2018-12-30"})
    assert Plan.objects.filter(body=cast.souss).exists()
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    "path", ["", "x", "//evil.example/", "https://evil.example/", "/no/such/page/", "/" + 300 * "a"]
)
def test_a_draft_belongs_to_an_address_of_ours(cast, client, path):
    with pytest.raises(Refusal) as caught:
        rules.keep_draft(by=cast.jette_coordinator, path=path, data={})
    assert caught.value.code == "draft-elsewhere"
    assert client.post(KEEP, {"draft-path": path, "draft-drop": "1"}).status_code == 404
    assert client.post(KEEP, {"draft-path": path}).status_code == 404


def test_a_draft_has_a_size_and_passwords_are_not_kept(cast, client):
    with pytest.raises(Refusal) as caught:
        rules.keep_draft(by=cast.jette_coordinator, path=ADD, data={"note": ["x" * 70_000]})
    assert caught.value.code == "draft-too-long"
    assert keep(client, note="x" * 70_000).status_code == 413
    keep(client, title="a", password="secret", new_password1="secret")
    assert Draft.objects.get().data == {"title": ["a"]}


def test_old_drafts_and_too_many_make_room(cast):
    by = cast.jette_coordinator
    for number in range(rules.MOST_DRAFTS + 3):
        rules.keep_draft(by=by, path=f"{ADD}?copy={number}", data={})
    assert Draft.objects.filter(owner=by.pk).count() == rules.MOST_DRAFTS
    assert not Draft.objects.filter(path=f"{ADD}?copy=0").exists()
    Draft.objects.filter(path=f"{ADD}?copy=10").update(saved_at=timezone.now() - timedelta(days=61))
    rules.keep_draft(by=cast.animator, path=ADD, data={})
    assert Draft.objects.filter(path=f"{ADD}?copy=10").exists()  # another person's making room takes nothing of mine
    rules.keep_draft(by=by, path=ADD, data={})
    assert not Draft.objects.filter(path=f"{ADD}?copy=10").exists()


def test_dropping_what_is_not_there_is_no_fault(cast):
    rules.drop_draft(by=cast.jette_coordinator, path=ADD)
