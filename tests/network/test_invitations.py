"""Invitations: a role offered to an address by a link that works once, from the letter to the first page."""

import re
from datetime import date, timedelta

import pytest
from bs4 import BeautifulSoup
from django.core import signing
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from tests.factories.cast import PASSWORD
from tests.factories.mail import send_waiting, text_of
from tiwizi.accounts.models import User
from tiwizi.base.errors import Refusal
from tiwizi.base.models import AuditEntry, Job
from tiwizi.network import queries, rules
from tiwizi.network.models import Body, Invitation, Mandate
from tiwizi.network.permissions import ROLES, Action, givable, may

pytestmark = pytest.mark.usefixtures("forgotten_tries")
NEW = "quatre mots bien choisis"
INVITE = "/b/jette-belfaa/people/invite/"


def invited(cast, **more: object) -> Invitation:
    values = {
        "by": cast.jette_coordinator, "body": cast.jette, "email": "Elue@Belfaa.example", "role": "elected",
        "language": "fr", "site": "http://testserver/",
    }  # fmt: skip
    return rules.invite(**(values | more))  # type: ignore[arg-type]


def refused(code: str, rule, **values):  # type: ignore[no-untyped-def]
    entries = AuditEntry.objects.count()
    with pytest.raises(Refusal) as caught:
        rule(**values)
    assert caught.value.code == code
    assert str(caught.value.sentence)
    assert AuditEntry.objects.count() == entries
    return caught.value


def link(invitation: Invitation) -> str:
    return f"/invitations/{rules.token_of(invitation)}/"


def soup(answer, status: int = 200) -> BeautifulSoup:  # type: ignore[no-untyped-def]
    assert answer.status_code == status, answer.content.decode()[:2000]
    return BeautifulSoup(answer.content, "html.parser")


# --- From the page to the role ---


def test_from_the_invitation_to_the_first_page(cast, signed_in, mail_server):
    said = {
        "email": "elue@belfaa.example",
        "name": "Élue d'Aït",
        "role": "elected",
        "language": "ar",
        "end": "2099-12-31",
    }
    assert signed_in(cast.jette_coordinator).post(INVITE, said).url == "/b/jette-belfaa/people/"
    assert send_waiting() == ["network.invitation-letter done"]
    (letter,) = mail_server.letters()
    assert letter["To"] == "elue@belfaa.example"
    assert letter["Content-Language"] == "ar"
    body = text_of(letter)
    assert "Coordination Jette" in body
    assert "Élue d'Aït" in body
    assert len(re.findall(r"https?://", body)) == 1
    path = re.search(r"http://testserver(/invitations/\S+)", body)[1]

    client = Client()
    shown = soup(client.get(path))
    assert "no-store" in client.get(path).headers["Cache-Control"]
    assert str(ROLES["elected"].sentence) in shown.main.text
    assert shown.select_one("#id_name")["value"] == "Élue d'Aït"
    answer = client.post(path, {"name": "Élue d'Aït", "password": NEW})
    assert answer.url == "/b/jette-belfaa/"
    assert client.get("/b/jette-belfaa/").status_code == 200
    user = User.objects.get(email="elue@belfaa.example")
    mandate = Mandate.objects.get(user=user)
    assert (mandate.body, mandate.role, mandate.end) == (cast.jette, "elected", date(2099, 12, 31))
    acts = list(AuditEntry.objects.order_by("pk").values_list("act", "actor"))
    assert acts == [
        ("invite", cast.jette_coordinator.pk), ("create-account", user.pk), ("accept-invitation", user.pk),
        ("grant-mandate", cast.jette_coordinator.pk), ("sign-in", user.pk),
    ]  # fmt: skip


def test_the_queue_holds_no_link(cast):
    made = invited(cast)
    kept = str(list(Job.objects.values_list("payload", flat=True)))
    assert rules.token_of(made) not in kept
    assert "@" not in kept


def test_who_has_an_account_signs_in_and_accepts(cast, signed_in):
    path = link(invited(cast, email=cast.neighbour.email))
    asked = soup(Client().get(path)).select_one("main a.btn-do")["href"]
    assert asked.startswith("/sign-in/?next=/invitations/")
    client = Client()
    client.get(asked)
    assert client.post("/sign-in/", {"login": cast.neighbour.email, "password": PASSWORD, "next": path}).url == path
    assert client.post(path).url == "/b/jette-belfaa/"
    roles = {(m.body.slug, m.role) for m in queries.mandates_of(cast.neighbour)}
    assert roles == {("schaerbeek-al-hoceima", "coordinator_north"), ("jette-belfaa", "elected")}


def test_an_open_offer_of_the_same_is_replaced(cast):
    first = invited(cast)
    second = invited(cast)
    refused("invitation-withdrawn", rules.find_invitation, token=rules.token_of(first))
    assert rules.find_invitation(rules.token_of(second)) == second
    assert queries.open_invitations(cast.jette) == [second]


def test_without_mail_the_link_is_shown_once(cast, signed_in, settings):
    settings.MAIL = False
    client = signed_in(cast.jette_coordinator)
    assert soup(client.get(INVITE)).select_one("main .note-warning")
    page = soup(client.post(INVITE, {"email": "elue@belfaa.example", "role": "elected", "language": "fr"}))
    address = page.select_one("main code").text
    assert address == f"http://testserver{link(Invitation.objects.get())}"
    assert not Job.objects.exists()
    assert "invitations/" not in soup(client.get("/b/jette-belfaa/people/")).main.text


# --- Who may invite, to what ---


@pytest.mark.parametrize("who", ["animator", "neighbour", "elected", "association", "donor", "stranger"])
def test_who_may_not_invite(cast, signed_in, who):
    refused("not-allowed", invited, cast=cast, by=getattr(cast, who))
    answer = signed_in(getattr(cast, who)).get(INVITE)
    assert answer.status_code == (404 if who == "stranger" else 403)
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("role", list(ROLES))
def test_nobody_gives_more_than_they_have(cast, role):
    own = {"coordinator_north", "coordinator_south", "elected", "association", "donor", "auditor"}
    if role in own:
        assert invited(cast, role=role)
    else:
        refused("role-above-own", invited, cast=cast, role=role)
    assert invited(cast, by=cast.programme_coordinator, role=role, email="autre@test.example")


def test_the_form_offers_what_may_be_given(cast, signed_in):
    options = soup(signed_in(cast.jette_coordinator).get(INVITE)).select("#id_role option")
    assert [o["value"] for o in options] == [role.code for role in givable(cast.jette_coordinator, cast.jette)]
    assert givable(cast.jette_coordinator, cast.etterbeek) == []
    forged = {"email": "elue@belfaa.example", "role": "programme_coordinator", "language": "fr"}
    assert soup(signed_in(cast.jette_coordinator).post(INVITE, forged), 422).select(".field-error")


@pytest.mark.parametrize(
    ("code", "values"),
    [
        ("role-unknown", {"role": "king"}),
        ("address-wrong", {"email": "pas une adresse"}),
        ("address-wrong", {"email": ""}),
        ("life-order", {"start": date(2099, 2, 1), "end": date(2099, 1, 1)}),
        ("invitation-past", {"end": date(2018, 1, 1)}),
        ("mandate-held", {"email": "elue@test.example"}),
    ],
)
def test_an_invitation_that_makes_no_sense_is_refused(cast, code, values):
    refused(code, invited, cast=cast, **values)
    assert not Invitation.objects.exists()


# --- Links that open nothing ---


def test_a_used_link(cast):
    made = invited(cast)
    client = Client()
    client.post(link(made), {"name": "Élue", "password": NEW})
    for method in (Client().get, lambda path: Client().post(path, {"name": "Autre", "password": NEW})):
        answer = method(link(made))
        assert answer.status_code == 410
        assert answer.context["refusal"].code == "invitation-used"
    assert Mandate.objects.filter(role="elected", body=cast.jette).count() == 2


def test_an_old_link(cast):
    made = invited(cast)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert Client().get(link(made)).context["refusal"].code == "invitation-expired"
    made.refresh_from_db()
    refused("invitation-expired", rules.accept_as_newcomer, invitation=made, name="X", password=NEW, language="fr")
    assert not User.objects.filter(email=made.email).exists()


def test_a_link_to_a_role_that_is_already_over(cast):
    made = invited(cast, end=queries.today())
    Invitation.objects.update(end=queries.today() - timedelta(days=1))
    assert Client().get(link(made)).context["refusal"].code == "invitation-expired"


def test_a_withdrawn_link(cast, signed_in):
    made = invited(cast)
    client = signed_in(cast.jette_coordinator)
    form = soup(client.get("/b/jette-belfaa/people/")).select_one("main form[action$='/withdraw/']")
    client.post(form["action"])
    assert Client().get(link(made)).context["refusal"].code == "invitation-withdrawn"
    again = client.post(form["action"])
    assert again.context["refusal"].code == "invitation-withdrawn"
    send_waiting()  # the letter that waited is not sent any more


def test_a_letter_that_waited_too_long_is_not_sent(cast, mail_server):
    invited(cast)
    Invitation.objects.update(withdrawn_at=timezone.now())
    assert send_waiting() == ["network.invitation-letter done"]
    assert mail_server.letters() == []


def test_forged_links(cast):
    made = invited(cast)
    token = rules.token_of(made)
    other = signing.Signer(salt="another", sep=".").sign(made.pk.hex)
    mangled = [token[:-1] + ("A" if token[-1] != "A" else "B"), token.split(".")[0], "x", f"{made.pk}", other]
    gone = signing.Signer(salt="tiwizi.network.invitation", sep=".").sign("0" * 32)
    for bad in [*mangled, gone, signing.Signer(salt="tiwizi.network.invitation", sep=".").sign("not an id")]:
        answer = Client().get(f"/invitations/{bad}/")
        assert answer.status_code == 404, bad
        assert answer.context["refusal"].code == "invitation-unknown"


def test_a_closed_body_still_takes_readers(cast):
    """An evaluator comes when the partnership is over."""
    made = invited(cast, role="auditor")
    Body.objects.filter(pk=cast.jette.pk).update(end=date(2018, 6, 30))
    assert Client().get(link(made)).status_code == 200


def test_a_link_is_for_one_address(cast, signed_in):
    made = invited(cast)
    client = signed_in(cast.stranger)
    page = soup(client.get(link(made)))
    assert made.email in page.select_one(".note-warning").text
    assert [form["action"] for form in page.select("main form")] == ["/sign-out/"]
    assert client.post(link(made)).context["refusal"].code == "invitation-not-yours"
    assert not queries.mandates_of(cast.stranger)
    assert client.post("/sign-out/", {"next": link(made)}).url == link(made)


def test_an_address_with_an_account_makes_no_second_one(cast):
    made = invited(cast, email=cast.neighbour.email)
    answer = Client().post(link(made), {"name": "Faux", "password": NEW})
    assert answer.status_code == 422
    refused("account-exists", rules.accept_as_newcomer, invitation=made, name="X", password=NEW, language="fr")


@pytest.mark.parametrize(
    ("code", "values"),
    [
        ("password-weak", {"password": "court"}),
        ("password-weak", {"password": "1q2w3e4r5t6y"}),
        ("name-missing", {"name": " "}),
    ],
)
def test_what_a_newcomer_types_wrong_is_said(cast, code, values):
    made = invited(cast)
    typed = {"name": "Élue", "password": NEW, "language": "fr"} | values
    refused(code, rules.accept_as_newcomer, invitation=made, **typed)
    page = soup(Client().post(link(made), typed), 422)
    assert page.select(".field-error")
    assert rules.find_invitation(rules.token_of(made)) == made


@pytest.mark.parametrize("name", ["ⵜⵉⵡⵉⵣⵉ", "عائشة", "O'Brien d'Aït <b>"])
def test_names_of_every_script(cast, name):
    made = invited(cast, name=name)
    client = Client()
    client.post(link(made), {"name": name, "password": NEW})
    assert User.objects.get(email=made.email).name == name
    assert "<b>" not in soup(client.get("/account/")).main.encode_contents().decode().replace("&lt;b&gt;", "")


def test_the_database_keeps_an_acceptance_whole(cast):
    made = invited(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        Invitation.objects.filter(pk=made.pk).update(accepted_at=timezone.now())


# --- Ending and leaving ---


def test_leaving_ends_the_role_and_keeps_the_record(cast, signed_in):
    client = signed_in(cast.elected)
    mandate = Mandate.objects.get(user=cast.elected)
    assert soup(client.get("/roles/mine/")).select_one(f'a[href="/roles/mine/{mandate.pk}/leave/"]')
    soup(client.get(f"/roles/mine/{mandate.pk}/leave/"))
    assert client.post(f"/roles/mine/{mandate.pk}/leave/").url == "/roles/mine/"
    mandate.refresh_from_db()
    assert mandate.end == queries.today()
    assert not may(cast.elected, Action.READ, cast.jette, on=queries.today() + timedelta(days=1))
    entry = AuditEntry.objects.get()
    assert (entry.act, entry.actor, entry.after) == ("end-mandate", cast.elected.pk, {"end": str(queries.today())})
    Mandate.objects.update(end=queries.today() - timedelta(days=1))
    Mandate.objects.filter(user=cast.jette_coordinator).update(end=None)
    ended = soup(signed_in(cast.jette_coordinator).get("/b/jette-belfaa/people/")).select("main details li")
    assert any("Élue de Belfaa" in line.text for line in ended)


def test_nobody_leaves_for_another(cast, signed_in):
    mandate = Mandate.objects.get(user=cast.elected)
    refused("mandate-not-yours", rules.leave_role, by=cast.jette_coordinator, mandate=mandate)
    assert signed_in(cast.jette_coordinator).post(f"/roles/mine/{mandate.pk}/leave/").status_code == 404


def test_the_last_who_can_give_roles_stays(cast, signed_in):
    mandate = Mandate.objects.get(user=cast.programme_coordinator)
    refused("last-manager", rules.leave_role, by=cast.programme_coordinator, mandate=mandate)
    refused("last-manager", rules.end_mandate, by=cast.programme_coordinator, mandate=mandate, on=queries.today())
    assert signed_in(cast.programme_coordinator).post(f"/roles/mine/{mandate.pk}/leave/").status_code == 409
    rules.grant_mandate(
        by=cast.programme_coordinator, user=cast.donor, body=cast.programme, role="programme_coordinator"
    )
    assert rules.leave_role(by=cast.programme_coordinator, mandate=mandate).end == queries.today()


def test_a_coordinator_ends_a_role_of_their_body(cast, signed_in):
    mandate = Mandate.objects.get(user=cast.elected)
    client = signed_in(cast.jette_coordinator)
    address = f"/b/jette-belfaa/people/mandates/{mandate.pk}/end/"
    assert soup(client.get("/b/jette-belfaa/people/")).select_one(f'main a[href="{address}"]')
    assert soup(client.post(address, {"on": ""}), 422).select(".field-error")
    assert client.post(address, {"on": "2018-06-30"}).url == "/b/jette-belfaa/people/"
    assert not queries.mandates_of(cast.elected)


def test_a_role_above_ones_own_is_not_ended(cast, signed_in):
    mandate = Mandate.objects.create(user=cast.stranger, body=cast.jette, role="animator")
    refused("role-above-own", rules.end_mandate, by=cast.jette_coordinator, mandate=mandate, on=queries.today())
    page = soup(signed_in(cast.jette_coordinator).get("/b/jette-belfaa/people/"))
    assert not page.select(f'main a[href*="{mandate.pk}"]')


def test_a_role_that_no_longer_exists_is_ended_by_who_manages_the_network(cast):
    old = Mandate.objects.create(user=cast.stranger, body=cast.jette, role="of-old")
    refused("not-allowed", rules.end_mandate, by=cast.jette_coordinator, mandate=old, on=queries.today())
    assert rules.end_mandate(by=cast.programme_coordinator, mandate=old, on=queries.today()).end
