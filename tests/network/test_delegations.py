"""Standing in for somebody, for some days: what it allows, when it ends, and both names in the trail."""

from datetime import date, timedelta

import pytest
from bs4 import BeautifulSoup
from django.db import IntegrityError, transaction

from tiwizi.base.errors import Refusal
from tiwizi.base.models import AuditEntry
from tiwizi.network import histories, queries, rules
from tiwizi.network.models import Delegation, Mandate
from tiwizi.network.permissions import Action, bodies_where, may, require
from tiwizi.plans import rules as plans
from tiwizi.pooling import rules as pooling


@pytest.fixture
def today() -> date:
    return queries.today()


def own(user) -> Mandate:  # type: ignore[no-untyped-def]
    return Mandate.objects.get(user=user)


def lend(cast, start: date, end: date, **more: object) -> Delegation:
    values = {"by": cast.jette_coordinator, "mandate": own(cast.jette_coordinator), "email": cast.neighbour.email}
    return rules.lend_mandate(**(values | {"start": start, "end": end} | more))  # type: ignore[arg-type]


def refused(code: str, rule, *args, **values) -> None:  # type: ignore[no-untyped-def]
    entries = AuditEntry.objects.count()
    with pytest.raises(Refusal) as caught:
        rule(*args, **values)
    assert caught.value.code == code
    assert AuditEntry.objects.count() == entries


def test_who_stands_in_may_do_the_same_on_these_days(cast, today):
    lend(cast, today, today + timedelta(days=3))
    answer = may(cast.neighbour, Action.EDIT_PLAN, cast.jette)
    assert answer
    assert answer.in_name_of == cast.jette_coordinator.pk
    assert cast.jette.pk in bodies_where(cast.neighbour, Action.EDIT_PLAN)
    for day in (today - timedelta(days=1), today + timedelta(days=4)):
        assert not may(cast.neighbour, Action.EDIT_PLAN, cast.jette, on=day)
    assert not may(cast.neighbour, Action.EDIT_PLAN, cast.etterbeek)
    assert may(cast.jette_coordinator, Action.EDIT_PLAN, cast.jette).in_name_of is None  # who lends keeps it


def test_both_names_stand_in_the_trail_and_in_the_history(cast, today):
    lend(cast, today, today)
    plans.set_budget(by=cast.neighbour, plan=cast.plan_jette, pooling_budget_cents=100_000)
    entry = AuditEntry.objects.latest("pk")
    assert (entry.actor, entry.on_behalf) == (cast.neighbour.pk, cast.jette_coordinator.pk)
    assert histories.story(cast.plan_jette)[0].who.split(" ")[:2] == ["Coordination", "Schaerbeek"]
    assert "Coordination Jette" in histories.story(cast.plan_jette)[0].who


def test_what_one_may_oneself_is_done_in_ones_own_name(cast, today):
    lend(cast, today, today, email=cast.programme_coordinator.email)
    require(cast.programme_coordinator, Action.EDIT_PLAN, cast.jette)
    assert cast.programme_coordinator.acting_for is None
    require(cast.programme_coordinator, Action.ANSWER_PROPOSAL, cast.jette)
    assert cast.programme_coordinator.acting_for == cast.jette_coordinator.pk
    with pytest.raises(Refusal):
        require(cast.programme_coordinator, Action.ANSWER_PROPOSAL, cast.etterbeek)
    assert cast.programme_coordinator.acting_for is None


@pytest.mark.parametrize("change", ["mandate over", "holder's account closed", "taken back"])
def test_it_ends_with_what_was_lent(cast, today, change):
    lent = lend(cast, today, today + timedelta(days=3))
    if change == "mandate over":
        Mandate.objects.filter(pk=lent.mandate_id).update(end=today - timedelta(days=1))
    elif change == "taken back":
        rules.take_back_mandate(by=cast.jette_coordinator, delegation=lent)
    else:
        cast.jette_coordinator.is_active = False
        cast.jette_coordinator.save()
    assert not may(cast.neighbour, Action.EDIT_PLAN, cast.jette)


def test_what_is_lent_is_not_lent_on(cast, today):
    lent = lend(cast, today, today)
    refused(
        "mandate-not-yours", rules.lend_mandate, by=cast.neighbour, mandate=lent.mandate, email=cast.elected.email,
        start=today, end=today,
    )  # fmt: skip
    refused("mandate-not-yours", rules.leave_role, by=cast.neighbour, mandate=lent.mandate)


def test_what_makes_no_sense_is_refused(cast, today):
    yesterday = today - timedelta(days=1)
    refused("life-order", lend, cast, today, yesterday)
    refused("delegation-past", lend, cast, yesterday, yesterday)
    refused("deputy-unknown", lend, cast, today, today, email="personne@test.example")
    refused("deputy-self", lend, cast, today, today, email=cast.jette_coordinator.email.upper())
    lend(cast, today, today)
    refused("delegation-held", lend, cast, yesterday, today + timedelta(days=9))
    lent = Delegation.objects.get()
    refused("mandate-not-yours", rules.take_back_mandate, by=cast.elected, delegation=lent)
    with pytest.raises(IntegrityError), transaction.atomic():
        Delegation.objects.filter(pk=lent.pk).update(end=today - timedelta(days=9))


def test_either_of_the_two_ends_it_once(cast, today):
    lent = lend(cast, today, today)
    rules.take_back_mandate(by=cast.neighbour, delegation=lent)
    first = lent.revoked_at
    rules.take_back_mandate(by=cast.jette_coordinator, delegation=lent)
    assert lent.revoked_at == first
    assert list(AuditEntry.objects.values_list("act", flat=True)) == ["lend-mandate", "take-back-mandate"]


def test_one_query_says_what_counts(cast, today, django_assert_num_queries):
    lend(cast, today, today)
    with django_assert_num_queries(1):
        found = queries.mandates_of(cast.neighbour)
    assert {(m.user_id == cast.neighbour.pk, m.role) for m in found} == {
        (True, "coordinator_north"), (False, "coordinator_north"),
    }  # fmt: skip


def test_the_pages_of_lending(cast, signed_in, today):
    client = signed_in(cast.jette_coordinator)
    address = f"/roles/mine/{own(cast.jette_coordinator).pk}/lend/"
    said = {"email": cast.neighbour.email, "start": str(today), "end": str(today), "reason": "Congé"}
    wrong = client.post(address, said | {"email": "personne@test.example"})
    assert wrong.status_code == 422
    assert BeautifulSoup(wrong.content, "html.parser").select_one("#id_email_error").text
    assert client.post(address, said).url == "/roles/mine/"
    mine = BeautifulSoup(client.get("/roles/mine/").content, "html.parser")
    assert "Coordination Schaerbeek" in mine.select_one("main .todo-list").text
    theirs = signed_in(cast.neighbour)
    page = BeautifulSoup(theirs.get("/roles/mine/").content, "html.parser")
    assert "Coordination Jette" in page.select_one("main .todo-list").text
    assert BeautifulSoup(theirs.get("/").content, "html.parser").select(".badge-info")
    assert theirs.get("/b/jette-belfaa/plan/add/").status_code == 200
    form = page.select_one("main .todo-list form")["action"]
    assert signed_in(cast.elected).post(form).status_code == 403
    assert theirs.post(form).url == "/roles/mine/"
    assert theirs.get("/b/jette-belfaa/plan/add/").status_code == 403


def test_an_answer_in_somebodys_name(cast, today):
    from tests.factories import rounds

    _, proposal = rounds.proposed(cast)
    lend(cast, today, today, email=cast.elected.email)
    pooling.refuse_part(by=cast.elected, part=proposal.parts.get(body=cast.jette), reason="Pas maintenant")
    entry = AuditEntry.objects.filter(act="refuse-part").get()
    assert (entry.actor, entry.on_behalf) == (cast.elected.pk, cast.jette_coordinator.pk)
