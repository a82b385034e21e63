"""A person is erased: no table says the name any more, the trail stays whole, and only who may does it."""

from datetime import timedelta
from io import StringIO
from uuid import uuid4

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from bs4 import BeautifulSoup
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from tests.factories.cast import PASSWORD
from tests.factories.lending import stand_in
from tests.factories.mail import send_waiting
from tiwizi.accounts import rules as accounts
from tiwizi.accounts.models import User
from tiwizi.base import chain
from tiwizi.base.errors import Refusal
from tiwizi.base.models import AuditEntry, Draft, Job
from tiwizi.network import histories, queries, rules, todo
from tiwizi.network.models import Delegation, Invitation, Mandate
from tiwizi.plans import rules as plans

pytestmark = pytest.mark.usefixtures("forgotten_tries")
LEFT = {"fr": "une personne partie", "en": "a person who left"}


def refused(code: str, rule, **values) -> Refusal:  # type: ignore[no-untyped-def]
    entries = AuditEntry.objects.count()
    with pytest.raises(Refusal) as caught:
        rule(**values)
    assert caught.value.code == code
    assert AuditEntry.objects.count() == entries
    return caught.value


def leave(user) -> None:  # type: ignore[no-untyped-def]
    """Every role of a person is over since yesterday."""
    Mandate.objects.filter(user=user).update(end=queries.today() - timedelta(days=1))


def places_of(*words: str) -> list[str]:
    """Every column of the whole database in which one of these words stands: nothing is left out by hand."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                found += [
                    f"{table}.{name}"
                    for name, value in zip(names, row, strict=True)
                    if any(word.casefold() in str(value).casefold() for word in words)
                ]
    return sorted(set(found))


def lived_in(cast, client) -> None:  # type: ignore[no-untyped-def]
    """Somebody did everything by which a name can get into a table."""
    person, today = cast.jette_coordinator, queries.today()
    mandate = Mandate.objects.get(user=person)
    client.get("/")
    rules.invite(by=cast.programme_coordinator, body=cast.etterbeek, email=person.email, role="elected", language="fr",
                 site="http://testserver/", name=person.name)  # fmt: skip
    stand_in(mandate, cast.elected, today, today, reason="Maladie")
    rules.lend_mandate(by=cast.neighbour, mandate=Mandate.objects.get(user=cast.neighbour), email=person.email,
                       start=today, end=today, site="http://testserver/")  # fmt: skip
    Draft.objects.create(owner=person.pk, path="/", data={"title": [f"de {person.name}"]})
    plans.set_budget(by=person, plan=cast.plan_jette, pooling_budget_cents=100_000)
    rules.record_decision(by=person, body=cast.jette, text="Le centre ouvre", day=today, decided_by="Conseil")
    rules.end_mandate(by=cast.programme_coordinator, mandate=Mandate.objects.get(user=cast.elected), on=today)
    with transaction.atomic():
        accounts.audit.record(
            "x", mandate, by=cast.animator, reason=f'Remplace {person.name} ("{person.email.upper()}")'
        )
    TOTP.activate(person, "ABCDEFGHIJKLMNOP")
    Job.objects.create(kind="accounts.reset-letter", payload={"user": str(person.pk), "site": "x"})
    Job.objects.create(kind="x", state=Job.State.FAILED, error=f"SMTPRecipientsRefused: {person.email}")


def test_no_table_says_the_name_any_more_and_the_trail_is_whole(cast, signed_in):
    person = cast.jette_coordinator
    client = signed_in(person)
    lived_in(cast, client)
    chain.seal_waiting()
    leave(person)
    before = places_of(person.name, person.email, "Maladie")
    assert {"accounts_user.email", "network_invitation.email", "base_auditwords.text", "base_job.error"} <= set(before)
    acted = AuditEntry.objects.filter(actor=person.pk).count()
    rules.erase_person(by=cast.programme_coordinator, user=person, reason="Demande écrite")
    chain.seal_waiting()
    # "Coordination Jette" stands nowhere, nor does the address, in any column of any table.
    assert places_of(person.name, person.email, "Maladie") == []
    report = chain.verify()
    assert report.faults == 0, report.first
    assert report.forgotten >= 2
    assert AuditEntry.objects.filter(actor=person.pk).count() == acted
    told = AuditEntry.objects.get(act="erase-person")
    assert (told.actor, told.object_id, told.reason) == (
        cast.programme_coordinator.pk, str(person.pk), "Demande écrite",
    )  # fmt: skip
    out = StringIO()
    call_command("audit", "verify", stdout=out)
    assert "The chain is whole" in out.getvalue()


def test_words_about_others_stay(cast):
    """A name of one word may be anybody's, and a longer word is another one."""
    person = cast.jette_coordinator
    User.objects.filter(pk=person.pk).update(name="Jette")
    person.refresh_from_db()
    mandate = Mandate.objects.get(user=person)
    with transaction.atomic():
        for reason in ("La commune de Jette", f"x{person.email}"):
            accounts.audit.record("x", mandate, by=cast.animator, reason=reason)
    leave(person)
    rules.erase_person(by=cast.programme_coordinator, user=person, reason="Demande")
    assert [entry.reason for entry in AuditEntry.objects.filter(act="x").order_by("id")] == [
        "La commune de Jette", f"x{person.email}",
    ]  # fmt: skip


def test_pages_say_a_person_who_left_in_the_readers_language(cast, signed_in):
    person = cast.jette_coordinator
    plans.set_budget(by=person, plan=cast.plan_jette, pooling_budget_cents=100_000)
    leave(person)
    rules.erase_person(by=cast.programme_coordinator, user=person, reason="Demande")
    client = signed_in(cast.programme_coordinator)
    for language, words in LEFT.items():
        client.cookies["tiwizi_language"] = language
        assert words in client.get("/b/jette-belfaa/people/").text
        with translation.override(language):
            assert histories.story(cast.plan_jette)[0].who == words
    assert person.email not in client.get("/b/jette-belfaa/people/").text
    assert "left.invalid" not in client.get("/b/jette-belfaa/people/").text


def test_sessions_end_and_nothing_opens_the_account(cast, signed_in):
    person = cast.jette_coordinator
    client = signed_in(person)
    assert client.get(reverse("network:my-roles")).status_code == 200
    leave(person)
    rules.erase_person(by=cast.programme_coordinator, user=person, reason="Demande")
    assert client.get(reverse("network:my-roles")).status_code == 302
    signed_in(None).post(reverse("account_login"), {"login": person.email, "password": PASSWORD})
    erased = User.objects.get(pk=person.pk)
    assert (erased.is_active, erased.has_usable_password(), erased.last_login) == (False, False, None)
    # The address is free: the same person may be invited again, as somebody new.
    rules.invite(by=cast.programme_coordinator, body=cast.jette, email=person.email, role="elected", language="fr",
                 site="http://testserver/")  # fmt: skip


def test_an_erased_account_cannot_be_named_again(cast):
    leave(cast.elected)
    rules.erase_person(by=cast.programme_coordinator, user=cast.elected, reason="Demande")
    for change in ({"name": "X"}, {"is_active": True}, {"email": "x@test.example"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            User.objects.filter(pk=cast.elected.pk).update(**change)


# --- Who may ---


@pytest.mark.parametrize("who", ["jette_coordinator", "animator", "neighbour", "donor", "stranger"])
def test_others_may_not(cast, who):
    leave(cast.elected)
    refused("not-allowed", rules.erase_person, by=getattr(cast, who), user=cast.elected, reason="Demande")
    assert User.objects.get(pk=cast.elected.pk).erased_at is None


def test_every_programme_has_to_agree(cast):
    """Whoever coordinates one programme does not erase who also works in another; who runs the machine does."""
    other = cast.programme.__class__.objects.create(slug="autre", kind=cast.programme.kind, name={"fr": "Autre"})
    Mandate.objects.create(user=cast.elected, body=other, role="donor")
    leave(cast.elected)
    refused("not-allowed", rules.erase_person, by=cast.programme_coordinator, user=cast.elected, reason="Demande")
    rules.erase_person(by=None, user=cast.elected, reason="Demande")
    assert User.objects.get(pk=cast.elected.pk).erased_at


def test_who_never_held_a_role_is_nobodys_to_erase(cast):
    refused("person-elsewhere", rules.may_erase, by=cast.programme_coordinator, user=cast.stranger)


def test_what_makes_no_sense_is_refused(cast):
    by, user = cast.programme_coordinator, cast.elected
    refused("roles-held", rules.erase_person, by=by, user=user, reason="Demande")
    leave(user)
    refused("reason-missing", rules.erase_person, by=by, user=user, reason="  ")
    for named in (f"Pour {user.email.upper()}", f"{user.name} le veut"):
        refused("reason-names", rules.erase_person, by=by, user=user, reason=named)
    rules.erase_person(by=by, user=user, reason="Demande")
    refused("already-erased", rules.erase_person, by=by, user=user, reason="Demande")
    refused("already-erased", rules.ask_to_be_erased, by=user)


# --- Oneself ---


def test_who_holds_no_role_is_erased_at_once(cast, signed_in):
    client = signed_in(cast.stranger)
    page = client.get(reverse("network:my-data"))
    assert "tout de suite" in page.text
    assert client.post(reverse("network:ask-erasure")).url == reverse("network:my-data")
    assert User.objects.get(pk=cast.stranger.pk).erased_at is None
    assert client.post(reverse("network:ask-erasure"), {"sure": "on"}).url == "/"
    assert User.objects.get(pk=cast.stranger.pk).erased_at
    assert client.get(reverse("network:my-data")).status_code == 302
    assert places_of(cast.stranger.email) == []


def test_who_holds_roles_asks_and_is_seen_by_who_may(cast, signed_in):
    client = signed_in(cast.elected)
    client.post(reverse("network:ask-erasure"), {"sure": "on"})
    asked = User.objects.get(pk=cast.elected.pk)
    assert asked.erasure_asked_at
    assert asked.is_active
    assert "Je veux rester" in client.get(reverse("network:my-data")).text
    for other in (cast.jette_coordinator, cast.neighbour, cast.elected):
        assert not [one for one in todo.to_do(other) if "erase" in one.href]
    (waiting,) = [one for one in todo.to_do(cast.programme_coordinator) if "erase" in one.href]
    boss = signed_in(cast.programme_coordinator)
    page = BeautifulSoup(boss.get(waiting.href).content, "html.parser")
    assert page.select_one("main form input[name=reason]")
    assert boss.post(waiting.href, {"reason": ""}).status_code == 422
    assert boss.post(waiting.href, {"reason": "Demande", "sure": "on"}).url == "/b/jette-belfaa/people/"
    erased = User.objects.get(pk=cast.elected.pk)
    assert erased.erased_at
    assert erased.erasure_asked_at is None
    assert Mandate.objects.get(user=cast.elected).end == queries.today()
    assert "left.invalid" not in boss.get("/b/jette-belfaa/people/").text
    assert boss.get(waiting.href).status_code == 200
    assert not [one for one in todo.to_do(cast.programme_coordinator) if "erase" in one.href]


def test_a_request_is_taken_back(cast, signed_in):
    client = signed_in(cast.elected)
    client.post(reverse("network:ask-erasure"), {"sure": "on"})
    client.post(reverse("network:withdraw-erasure"))
    assert User.objects.get(pk=cast.elected.pk).erasure_asked_at is None
    acts = list(AuditEntry.objects.filter(actor=cast.elected.pk).order_by("id").values_list("act", flat=True))
    assert acts == ["ask-erasure", "withdraw-erasure"]
    refused("roles-held", rules.erase_person, by=cast.programme_coordinator, user=cast.elected, reason="Demande")


def test_the_last_coordinator_stays(cast):
    refused("last-manager", rules.ask_to_be_erased, by=cast.programme_coordinator)
    refused("last-manager", rules.erase_person, by=None, user=cast.programme_coordinator, reason="Demande")
    second = User.objects.create_user("second@test.example", PASSWORD, name="Seconde Coordination")
    Mandate.objects.create(user=second, body=cast.programme, role="programme_coordinator")
    assert rules.ask_to_be_erased(by=cast.programme_coordinator) is False
    assert rules.erase_person(by=second, user=cast.programme_coordinator, reason="Demande").erased_at
    refused("last-manager", rules.ask_to_be_erased, by=second)


def test_the_page_names_what_goes_and_what_stays(cast, signed_in):
    leave(cast.elected)
    page = BeautifulSoup(
        signed_in(cast.programme_coordinator).get(f"/b/jette-belfaa/people/{cast.elected.pk}/erase/").content,
        "html.parser",
    )
    rows = [[cell.get_text(" ", strip=True) for cell in row.select("th, td")] for row in page.select("main tbody tr")]
    assert len(rows) >= 8
    assert {row[2].split()[0] for row in rows} == {"s’efface", "reste"}
    assert cast.elected.email in page.select_one("main").text
    elsewhere = f"/b/etterbeek-ait-baha/people/{cast.elected.pk}/erase/"
    assert signed_in(cast.programme_coordinator).get(elsewhere).status_code == 404
    assert signed_in(cast.programme_coordinator).get(f"/b/jette-belfaa/people/{uuid4()}/erase/").status_code == 404


def test_who_was_to_stand_in_does_not_any_more(cast):
    today = queries.today()
    stand_in(Mandate.objects.get(user=cast.jette_coordinator), cast.elected, today, today + timedelta(days=9))
    leave(cast.elected)
    rules.erase_person(by=cast.programme_coordinator, user=cast.elected, reason="Demande")
    assert Delegation.objects.get().revoked_at


# --- The machine ---


def test_who_runs_the_machine_erases_by_a_command(cast):
    out = StringIO()
    call_command("erase_person", cast.elected.email, reason="Lettre", stdout=out)
    assert User.objects.get(pk=cast.elected.pk).erased_at is None
    with pytest.raises(CommandError):
        call_command("erase_person", "personne@test.example", reason="Lettre", yes=True)
    with pytest.raises(CommandError):
        call_command("erase_person", cast.programme_coordinator.email, reason="Lettre", yes=True)
    call_command("erase_person", cast.elected.email, reason="Lettre", yes=True, stdout=out)
    assert User.objects.get(pk=cast.elected.pk).erased_at
    assert Mandate.objects.get(user=cast.elected).end == queries.today()


@pytest.mark.parametrize("state", [Job.State.QUEUED, Job.State.RUNNING])
def test_a_letter_to_who_was_erased_is_not_sent(cast, mail_server, state):
    """One that waits goes; one that a worker had begun, and begins again, finds nobody to write to."""
    Job.objects.create(
        kind="accounts.notice-letter", payload={"user": str(cast.stranger.pk), "act": "change-password", "site": "x"},
        state=state, lease_until=None if state == Job.State.QUEUED else queries.timezone.now() - timedelta(hours=1),
    )  # fmt: skip
    assert rules.ask_to_be_erased(by=cast.stranger)
    assert send_waiting() == ([] if state == Job.State.QUEUED else ["accounts.notice-letter done"])
    assert mail_server.letters() == []


def test_an_invitation_letter_after_its_invitation_went(cast, mail_server, settings):
    settings.MAIL = True
    rules.invite(by=cast.jette_coordinator, body=cast.jette, email="x@test.example", role="elected", language="fr",
                 site="http://testserver/")  # fmt: skip
    Invitation.objects.all().delete()
    assert send_waiting() == ["network.invitation-letter done"]
    assert mail_server.letters() == []


def test_how_many_ask_makes_no_more_queries(cast):
    """The home page of who may act, with one who asks and with six."""

    def ask(user: User) -> None:
        User.objects.filter(pk=user.pk).update(erasure_asked_at=queries.timezone.now())

    def count() -> int:
        with CaptureQueriesContext(connection) as found:
            assert [one for one in todo.to_do(cast.programme_coordinator) if "erase" in one.href]
        return len(found)

    ask(cast.elected)
    one = count()
    for user in (cast.donor, cast.animator, cast.neighbour, cast.jette_coordinator, cast.association):
        ask(user)
    assert count() == one
