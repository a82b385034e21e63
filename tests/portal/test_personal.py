"""A person takes a copy of what is kept of them, leaves everything, closes the account; others are not in it."""

import io
import json
import zipfile

import pytest
from django.urls import reverse

from tiwizi.accounts.models import User
from tiwizi.base.errors import Refusal
from tiwizi.base.models import AuditEntry, Draft
from tiwizi.network import queries, rules
from tiwizi.network.models import Mandate

pytestmark = pytest.mark.django_db


def copy_of(client):
    answer = client.get(reverse("portal:my-data"))
    assert answer["Content-Disposition"].startswith("attachment")
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    return archive.read("tiwizi.html").decode(), json.loads(archive.read("tiwizi.json"))


def test_the_copy_has_what_is_mine_and_nothing_of_others(cast, signed_in):
    Draft.objects.create(
        owner=cast.jette_coordinator.pk, path="/b/jette-belfaa/plan/add/", data={"title": ["Brouillon"]}
    )
    Draft.objects.create(owner=cast.animator.pk, path="/x/", data={"title": ["Secret"]})
    rules.invite(by=cast.programme_coordinator, body=cast.jette, email=cast.jette_coordinator.email, role="elected",
                 language="fr", site="http://testserver/")  # fmt: skip
    rules.record_decision(
        by=cast.jette_coordinator, body=cast.jette, text="D", day=queries.today(), decided_by="Conseil"
    )
    html, data = copy_of(signed_in(cast.jette_coordinator))
    told = json.dumps(data, ensure_ascii=False)
    for mine in (cast.jette_coordinator.email, "jette-belfaa", "Brouillon", "record-decision", "elected"):
        assert mine in told
        assert mine in html
    assert "Secret" not in told
    assert cast.animator.email not in told
    assert cast.jette_coordinator.password not in told


def test_everything_is_left_at_once_and_the_account_closed(cast, signed_in):
    Mandate.objects.create(user=cast.elected, body=cast.etterbeek, role="donor")
    client = signed_in(cast.elected)
    page = client.get(reverse("network:leave-everything"))
    assert "Etterbeek" in page.text
    assert client.post(reverse("network:leave-everything"), {"close": "on"}).status_code == 302
    assert {m.end for m in Mandate.objects.filter(user=cast.elected)} == {queries.today()}
    closed = User.objects.get(pk=cast.elected.pk)
    assert not closed.is_active
    assert not closed.has_usable_password()
    assert client.get(reverse("network:my-roles")).status_code == 302  # to sign in
    acts = set(AuditEntry.objects.filter(actor=cast.elected.pk).values_list("act", flat=True))
    assert acts == {"end-mandate", "close-account"}


def test_roles_alone_are_left_and_the_account_stays(cast, signed_in):
    client = signed_in(cast.elected)
    client.post(reverse("network:leave-everything"))
    assert User.objects.get(pk=cast.elected.pk).is_active
    assert Mandate.objects.get(user=cast.elected).end == queries.today()


def test_the_last_who_gives_roles_leaves_nothing(cast):
    Mandate.objects.create(user=cast.programme_coordinator, body=cast.jette, role="elected")
    with pytest.raises(Refusal) as caught:
        rules.leave_everything(by=cast.programme_coordinator, close=True)
    assert caught.value.code == "last-manager"
    assert User.objects.get(pk=cast.programme_coordinator.pk).is_active
    assert not Mandate.objects.filter(user=cast.programme_coordinator, end__isnull=False).exists()
