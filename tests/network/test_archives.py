"""What is taken away stays, says why, and comes back."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from tests.factories.rounds import opened, with_plans
from tiwizi.base.errors import Refusal
from tiwizi.base.models import AuditEntry
from tiwizi.plans import rules as plans
from tiwizi.plans.models import Activity
from tiwizi.plans.rules.imports import apply_import, check_import, discard_import, recover_import, undo_import
from tiwizi.pooling import rules as pooling


def soup_of(response, status=200):
    assert response.status_code == status, response.content.decode()[:2000]
    return BeautifulSoup(response.content, "html.parser")


def shown(client, body="jette-belfaa"):
    return soup_of(client.get(reverse("network:archived", args=[body])))


def rows(soup):
    return {row.th.a.text: row for row in soup.select("main tbody tr")}


@pytest.fixture
def archived(cast):
    return plans.archive_activity(
        by=cast.jette_coordinator, activity=cast.activity(cast.plan_jette), reason="Plus de salle"
    )


def checked(cast, **values):
    new = {
        "title": "Importée", "kind": "social-diagnosis", "result": "RI 1", "main_target": "youth",
        "window_start": "2017-09-04", "window_end": "2017-09-10", "reference": "N1",
    }  # fmt: skip
    entry = {"sheet": "A", "row": 2, "cells": {}, "values": new | values}
    return check_import(
        by=cast.jette_coordinator, plan=cast.plan_jette, filename="mon-plan.xlsx", entries=[entry], faults=[]
    )


def refused(code, rule, **said):
    with pytest.raises(Refusal) as caught:
        rule(**said)
    assert caught.value.code == code


def test_the_page_says_what_why_when_and_who_and_takes_it_back(cast, archived, signed_in):
    client = signed_in(cast.jette_coordinator)
    row = rows(shown(client))["A1 Formation des éducatrices du préscolaire"]
    assert "Plus de salle" in row.text
    assert "Coordination Jette" in row.text
    assert client.post(row.form["action"]).status_code == 302
    assert not rows(shown(client))
    archived.refresh_from_db()
    assert archived.archived_at is None


def test_who_only_reads_is_told_why_there_is_no_button(cast, archived, signed_in):
    row = rows(shown(signed_in(cast.elected)))["A1 Formation des éducatrices du préscolaire"]
    assert row.form is None
    assert row.select("td")[-1].text.strip()
    assert (
        signed_in(cast.neighbour)
        .post(reverse("plans:activity-restore", args=["jette-belfaa", archived.pk]))
        .status_code
        == 403
    )


def test_taking_away_needs_a_reason(cast):
    activity = cast.activity(cast.plan_jette)
    refused("reason-missing", plans.archive_activity, by=cast.jette_coordinator, activity=activity, reason=" ")
    assert Activity.objects.get().archived_at is None


def test_what_an_undone_import_added_is_archived_and_its_reference_free(cast, signed_in):
    done = apply_import(by=cast.jette_coordinator, plan_import=checked(cast))
    undo_import(by=cast.jette_coordinator, plan_import=done)
    gone = Activity.objects.get()
    assert (gone.reference, gone.archive_reason) == ("N1~1", "mon-plan.xlsx")
    apply_import(by=cast.jette_coordinator, plan_import=checked(cast, title="Mieux"))
    assert Activity.objects.get(archived_at=None).title == "Mieux"
    client = signed_in(cast.jette_coordinator)
    client.post(rows(shown(client))["N1~1 Importée"].form["action"])
    found = dict(Activity.objects.filter(archived_at=None).values_list("reference", "title"))
    assert found == {"N1": "Mieux", "N2": "Importée"}


def test_taken_back_alone_it_has_its_reference_again(cast):
    done = apply_import(by=cast.jette_coordinator, plan_import=checked(cast))
    undo_import(by=cast.jette_coordinator, plan_import=done)
    back = plans.restore_activity(by=cast.jette_coordinator, activity=Activity.objects.get())
    assert back.reference == "N1"
    entry = AuditEntry.objects.filter(act="restore-activity").get()
    assert (entry.before, entry.after) == ({"reference": "N1~1"}, {"reference": "N1"})


def test_a_workbook_put_aside_is_taken_up_again(cast, signed_in):
    kept = discard_import(by=cast.jette_coordinator, plan_import=checked(cast), reason="Trop tôt")
    client = signed_in(cast.jette_coordinator)
    row = rows(shown(client))["mon-plan.xlsx"]
    assert "Trop tôt" in row.text
    assert "Coordination Jette" in row.text
    client.post(row.form["action"])
    kept.refresh_from_db()
    assert kept.state == "checked"
    assert apply_import(by=cast.jette_coordinator, plan_import=kept).state == "applied"
    assert not rows(shown(signed_in(cast.elected)))


def test_who_may_not_takes_no_workbook_up_again(cast):
    kept = discard_import(by=cast.jette_coordinator, plan_import=checked(cast))
    refused("not-allowed", recover_import, by=cast.neighbour, plan_import=kept)
    recover_import(by=cast.jette_coordinator, plan_import=kept)
    refused("import-state", recover_import, by=cast.jette_coordinator, plan_import=kept)


def test_a_lifted_decision_offers_its_undo_and_binds_again(cast, signed_in):
    with_plans(cast)
    round, by = opened(cast), cast.animator
    pair = {"body": cast.jette, "other_body": cast.etterbeek}
    condition = pooling.forbid_pair(by=by, round=round, reason="Calendriers", **pair)
    client = signed_in(by)
    answer = client.post(reverse("pooling:lift", args=["souss-massa", round.pk, condition.pk]))
    undo = soup_of(client.get(answer.url)).select_one(".note-success form, form.note-success")
    row = rows(shown(client, "souss-massa"))["Jette–Belfaa et Etterbeek–Aït Baha sont séparés."]
    assert row.form["action"] == undo["action"]
    client.post(undo["action"])
    condition.refresh_from_db()
    assert condition.lifted_at is None
    refused("condition-stands", pooling.recover_condition, by=by, condition=condition)
    pooling.lift_condition(by=by, condition=condition)
    refused("not-allowed", pooling.recover_condition, by=cast.jette_coordinator, condition=condition)
    pooling.forbid_pair(by=by, round=round, reason="Encore", **pair)
    refused("condition-overtaken", pooling.recover_condition, by=by, condition=condition)
    assert client.get(reverse("pooling:round", args=["souss-massa", round.pk]) + "?lifted=x").status_code == 200


def test_queries_do_not_grow_with_what_is_archived(cast, signed_in, django_assert_max_num_queries):
    client = signed_in(cast.jette_coordinator)
    for number in range(12):
        activity = cast.activity(cast.plan_jette, f"Z{number}")
        plans.archive_activity(by=cast.jette_coordinator, activity=activity, reason="Essai")
        discard_import(by=cast.jette_coordinator, plan_import=checked(cast, reference=f"Y{number}"))
    with django_assert_max_num_queries(34):
        assert len(rows_of(client)) == 24


def rows_of(client):
    return shown(client).select("main tbody tr")


def test_an_empty_archive_teaches(cast, signed_in):
    assert shown(signed_in(cast.jette_coordinator)).select_one(".empty h3")
