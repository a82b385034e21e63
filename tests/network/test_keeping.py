"""What is kept no longer than the settings say, and the page that tells it."""

from datetime import timedelta
from io import StringIO

import pytest
from allauth.usersessions.models import UserSession
from bs4 import BeautifulSoup
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from tests.factories.cast import PASSWORD
from tiwizi.accounts.models import User
from tiwizi.accounts.rules import forget_sessions
from tiwizi.base import chain, jobs, rules
from tiwizi.base.models import Draft, Job
from tiwizi.network import rules as network
from tiwizi.network.models import Invitation, Mandate

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("forgotten_tries")]


def ago(days: float):  # type: ignore[no-untyped-def]
    return timezone.now() - timedelta(days=days)


def invited(cast, email: str, **stands: object) -> Invitation:
    made = network.invite(by=cast.jette_coordinator, body=cast.jette, email=email, role="elected", language="fr",
                          site="http://testserver/")  # fmt: skip
    Invitation.objects.filter(pk=made.pk).update(**stands)
    return made


def test_invitations_go_when_they_are_over_for_long(cast):
    old = {"created_at": ago(200)}
    invited(cast, "acceptee@test.example", **old, accepted_at=ago(91), accepted_by=cast.elected)
    invited(cast, "retiree@test.example", **old, withdrawn_at=ago(91), expires_at=ago(91))
    invited(cast, "sans-reponse@test.example", **old, expires_at=ago(91))
    kept = [
        invited(cast, "ouverte@test.example"),
        invited(cast, "perimee@test.example", expires_at=ago(89)),
        invited(cast, "recente@test.example", accepted_at=ago(89), accepted_by=cast.elected, expires_at=ago(91)),
    ]
    assert network.forget_invitations(before=ago(90)) == 3
    assert set(Invitation.objects.values_list("pk", flat=True)) == {one.pk for one in kept}


def test_drafts_go_that_nobody_touches(cast):
    for days, path in ((61, "/old/"), (59, "/new/")):
        Draft.objects.create(owner=cast.elected.pk, path=path, saved_at=ago(days))
    assert rules.forget_drafts(before=ago(60)) == 1
    assert Draft.objects.get().path == "/new/"


def test_jobs_go_and_a_letter_is_still_not_sent_twice(cast):
    done = {"state": Job.State.DONE, "ended_at": ago(91)}
    plain = Job.objects.create(kind="x", payload={"a": 1}, requested_by=cast.elected.pk, **done)
    keyed = Job.objects.create(kind="x", payload={"a": 1}, key="once", requested_by=cast.elected.pk, **done)
    young = Job.objects.create(kind="x", state=Job.State.FAILED, ended_at=ago(89))
    waiting = Job.objects.create(kind="x")
    assert rules.forget_jobs(before=ago(90)) == 2
    assert not Job.objects.filter(pk=plain.pk).exists()
    assert set(Job.objects.values_list("pk", flat=True)) == {keyed.pk, young.pk, waiting.pk}
    keyed.refresh_from_db()
    assert (keyed.payload, keyed.requested_by) == ({}, None)
    assert jobs.enqueue("x", {"a": 1}, key="once").pk == keyed.pk
    assert rules.forget_jobs(before=ago(90)) == 0


def test_sessions_go_after_their_end_and_open_ones_stay(cast, client):
    for _ in range(2):
        client.cookies.clear()
        client.post(reverse("account_login"), {"login": cast.elected.email, "password": PASSWORD})
    first, second = UserSession.objects.order_by("pk")
    UserSession.objects.update(last_seen_at=ago(60), created_at=ago(60))
    Session.objects.filter(session_key=first.session_key).update(expire_date=ago(31))
    Session.objects.filter(session_key=second.session_key).update(expire_date=timezone.now() + timedelta(days=1))
    assert forget_sessions(before=ago(30)) == 2
    assert [one.pk for one in UserSession.objects.all()] == [second.pk]
    assert client.get(reverse("network:my-roles")).status_code == 200


def test_a_closed_account_loses_its_name_after_its_time(cast):
    for user in (cast.elected, cast.donor):
        network.leave_everything(by=user, close=True)
    assert network.forget_accounts(before=ago(1)) == 0
    assert network.forget_accounts(before=timezone.now()) == 2
    assert set(User.objects.filter(erased_at__isnull=False)) == {cast.elected, cast.donor}
    assert network.forget_accounts(before=timezone.now()) == 0
    chain.seal_waiting()
    assert chain.verify().faults == 0


def test_whoever_reopened_an_account_keeps_the_name(cast):
    network.leave_everything(by=cast.elected, close=True)
    User.objects.filter(pk=cast.elected.pk).update(is_active=True)
    assert network.forget_accounts(before=timezone.now()) == 0
    assert Mandate.objects.filter(user=cast.elected).exists()


def test_the_command_says_what_it_threw_away(cast):
    Draft.objects.create(owner=cast.elected.pk, path="/old/", saved_at=ago(61))
    out = StringIO()
    call_command("forget", stdout=out)
    assert "drafts, 60 days: 1 thrown away" in out.getvalue()
    assert not Draft.objects.exists()


def test_the_page_tells_everybody_the_days_of_this_installation(client, settings):
    settings.KEEP_DAYS = settings.KEEP_DAYS | {"drafts": 7, "jobs": None}
    page = BeautifulSoup(client.get(reverse("base:keeping")).content, "html.parser")
    rows = {
        row.th.get_text(" ", strip=True): row.td.get_text(" ", strip=True)
        for row in page.select("main table")[0].select("tbody tr")
    }
    assert "7 jours" in rows["Brouillons auxquels personne ne touche"]
    assert "aucune fin" in rows["Travaux de fond terminés, courriers compris"]
    assert len(rows) == len(settings.KEEP_DAYS) + 1
    assert client.get("/").text.count(reverse("base:keeping")) == 1
