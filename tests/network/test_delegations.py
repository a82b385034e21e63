"""Standing in for somebody, for some days: offered to any address without learning anything of it, taken up by who
signs in; what it allows, when it ends, and both names in the trail."""

import re
from datetime import date, timedelta

import pytest
from bs4 import BeautifulSoup
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.factories.cast import PASSWORD
from tests.factories.mail import send_waiting, text_of
from tiwizi.accounts.models import User
from tiwizi.base.errors import Refusal
from tiwizi.base.models import AuditEntry, Job
from tiwizi.network import histories, queries, rules
from tiwizi.network.models import Delegation, Invitation, Mandate
from tiwizi.network.permissions import Action, bodies_where, may, require
from tiwizi.plans import rules as plans
from tiwizi.pooling import rules as pooling


@pytest.fixture
def today() -> date:
    return queries.today()


def own(user) -> Mandate:  # type: ignore[no-untyped-def]
    return Mandate.objects.get(user=user)


def asked(cast, start: date, end: date, **more: object) -> Delegation:
    """Offered by Jette's coordinator, to the neighbour unless said otherwise; no answer yet."""
    values = {"by": cast.jette_coordinator, "mandate": own(cast.jette_coordinator), "email": cast.neighbour.email,
              "site": "http://testserver/"}  # fmt: skip
    return rules.lend_mandate(**(values | {"start": start, "end": end} | more))  # type: ignore[arg-type]


def lend(cast, start: date, end: date, **more: object) -> Delegation:
    """Offered, and taken up by whose address it is."""
    offer = asked(cast, start, end, **more)
    return rules.accept_offer(by=User.objects.get(email=offer.email), offer=offer)


def link(offer: Delegation) -> str:
    return f"/roles/offered/{rules.offer_token_of(offer)}/"


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
        start=today, end=today, site="http://testserver/",
    )  # fmt: skip
    refused("mandate-not-yours", rules.leave_role, by=cast.neighbour, mandate=lent.mandate)


def test_what_makes_no_sense_is_refused(cast, today):
    yesterday = today - timedelta(days=1)
    refused("life-order", lend, cast, today, yesterday)
    refused("delegation-past", lend, cast, yesterday, yesterday)
    refused("address-wrong", lend, cast, today, today, email="personne")
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
    acts = list(AuditEntry.objects.order_by("id").values_list("act", flat=True))
    assert acts == ["lend-mandate", "accept-offer", "take-back-mandate"]


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
    wrong = client.post(address, said | {"email": cast.jette_coordinator.email})
    assert wrong.status_code == 422
    assert BeautifulSoup(wrong.content, "html.parser").select_one("#id_email_error").text
    assert client.post(address, said).url == "/roles/mine/"
    mine = BeautifulSoup(client.get("/roles/mine/").content, "html.parser")
    assert cast.neighbour.email in mine.select_one("main .todo-list").text
    assert "Coordination Schaerbeek" not in mine.select_one("main").text
    theirs = signed_in(cast.neighbour)
    waiting = BeautifulSoup(theirs.get("/roles/mine/").content, "html.parser").select_one("main .todo-list a")["href"]
    assert theirs.get("/b/jette-belfaa/plan/add/").status_code == 403
    assert theirs.get(waiting).status_code == 200
    assert theirs.post(waiting).url == "/roles/mine/"
    mine = BeautifulSoup(client.get("/roles/mine/").content, "html.parser")
    assert "Coordination Schaerbeek" in mine.select_one("main .todo-list").text
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


# --- The offer ---

NOBODY = "personne@test.example"


def lent_by_page(cast, client, email: str, today: date) -> tuple[int, str, int, list[str]]:  # type: ignore[no-untyped-def]
    """What somebody who lends sees: the answer, the page after it, how many queries, what was written."""
    address = f"/roles/mine/{own(cast.jette_coordinator).pk}/lend/"
    with CaptureQueriesContext(connection) as asked_for:
        answer = client.post(address, {"email": email, "start": str(today), "end": str(today)})
    page = client.get(answer.url).text.replace(email, "ADDRESS")
    page = re.sub(r"[0-9a-f-]{36}|csrfmiddlewaretoken[^>]*", "", page)
    offer = Delegation.objects.get(email=email)
    acts = list(AuditEntry.objects.filter(object_id=str(offer.pk)).values_list("act", flat=True))
    Delegation.objects.filter(pk=offer.pk).delete()
    return answer.status_code, page, len(asked_for), acts


def test_who_lends_learns_nothing_of_the_address(cast, signed_in, today):
    """The same answer, the same page, the same number of queries: with an account, a closed one, and none."""
    closed = User.objects.create_user("fermee@test.example", PASSWORD, name="Fermée", is_active=False)
    client = signed_in(cast.jette_coordinator)
    told = [lent_by_page(cast, client, email, today) for email in (cast.neighbour.email, closed.email, NOBODY)]
    assert told[0] == told[1] == told[2]
    assert told[0][0] == 302
    assert told[0][3] == ["lend-mandate"]
    assert Job.objects.filter(kind="network.offer-letter").count() == 3


def test_the_letter_and_the_answer(cast, signed_in, mail_server, today):
    User.objects.filter(pk=cast.neighbour.pk).update(language="nl")
    offer = asked(cast, today, today + timedelta(days=3))
    assert not may(cast.neighbour, Action.EDIT_PLAN, cast.jette)
    assert send_waiting() == ["network.offer-letter done"]
    (letter,) = mail_server.letters()
    assert (letter["To"], letter["Content-Language"]) == (cast.neighbour.email, "nl")
    assert "Coordination Jette" in text_of(letter)
    (path,) = re.findall(r"http://testserver(/roles/offered/\S+)", text_of(letter))
    visitor = signed_in(None)
    assert "/sign-in/" in visitor.get(path).text
    assert visitor.post(path).status_code == 200
    assert Delegation.objects.get(pk=offer.pk).user_id is None
    assert signed_in(cast.neighbour).post(path).url == "/roles/mine/"
    lent = Delegation.objects.get(pk=offer.pk)
    assert (lent.user, lent.email) == (cast.neighbour, "")
    assert may(cast.neighbour, Action.EDIT_PLAN, cast.jette)
    assert path.split("/")[3] not in str(list(Job.objects.values()))  # the link is in no table


def test_an_address_without_account_is_written_to_and_answers_once_invited(cast, signed_in, mail_server, today):
    offer = asked(cast, today, today, email=NOBODY)
    assert send_waiting() == ["network.offer-letter done"]
    (letter,) = mail_server.letters()
    assert (letter["To"], letter["Content-Language"]) == (NOBODY, "fr")
    assert signed_in(None).get(link(offer)).status_code == 200
    newcomer = User.objects.create_user(NOBODY, PASSWORD, name="Nouvelle")
    assert signed_in(newcomer).post(link(offer)).status_code == 302
    assert may(newcomer, Action.EDIT_PLAN, cast.jette)


def test_an_offer_is_for_one_address(cast, signed_in, today):
    offer = asked(cast, today, today)
    refused("offer-not-yours", rules.accept_offer, by=cast.elected, offer=offer)
    page = signed_in(cast.elected).get(link(offer))
    assert cast.elected.email in page.text
    assert signed_in(cast.elected).post(link(offer)).status_code == 403
    assert not may(cast.elected, Action.EDIT_PLAN, cast.jette)


@pytest.mark.parametrize("change", ["taken back", "refused", "mandate over", "days over", "closed"])
def test_an_offer_that_is_over_opens_nothing(cast, signed_in, today, change):
    offer = asked(cast, today, today)
    token = rules.offer_token_of(offer)
    if change in {"taken back", "refused"}:
        by = cast.jette_coordinator if change == "taken back" else cast.neighbour
        assert signed_in(by).post(f"/roles/lent/{offer.pk}/take-back/").status_code == 302
    elif change == "mandate over":
        Mandate.objects.filter(pk=offer.mandate_id).update(end=today - timedelta(days=1))
    elif change == "days over":
        Delegation.objects.update(start=today - timedelta(days=2), end=today - timedelta(days=1))
    else:
        User.objects.filter(pk=cast.jette_coordinator.pk).update(is_active=False)
    refused("offer-over", rules.find_offer, token=token)
    offer.refresh_from_db()
    refused("offer-over", rules.accept_offer, by=cast.neighbour, offer=Delegation.objects.get(pk=offer.pk))
    assert signed_in(cast.neighbour).get(link(offer)).status_code == 410


def test_links_that_are_forged_or_used(cast, today):
    for token in ("x", "x.y", rules.token_of(Invitation(pk=own(cast.elected).pk))):
        refused("offer-unknown", rules.find_offer, token=token)
    lent = lend(cast, today, today)
    refused("offer-taken", rules.find_offer, token=rules.offer_token_of(lent))
    refused("offer-taken", rules.accept_offer, by=cast.neighbour, offer=lent)
    with pytest.raises(IntegrityError), transaction.atomic():
        Delegation.objects.filter(pk=lent.pk).update(user=None)


def test_an_offer_that_was_taken_back_sends_no_letter(cast, mail_server, today):
    offer = asked(cast, today, today)
    rules.take_back_mandate(by=cast.jette_coordinator, delegation=offer)
    assert send_waiting() == ["network.offer-letter done"]
    assert mail_server.letters() == []


def test_without_mail_the_link_is_shown_once(cast, signed_in, settings, today):
    settings.MAIL = False
    client = signed_in(cast.jette_coordinator)
    address = f"/roles/mine/{own(cast.jette_coordinator).pk}/lend/"
    page = client.post(address, {"email": NOBODY, "start": str(today), "end": str(today)})
    assert link(Delegation.objects.get()) in page.text
    assert not Job.objects.exists()
    assert link(Delegation.objects.get()) not in client.get("/roles/mine/").text
