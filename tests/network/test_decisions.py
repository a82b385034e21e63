"""Decisions on a body: recorded by who may, done, put aside with a reason, taken up again."""

from datetime import date, timedelta

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from tiwizi.base.errors import Refusal
from tiwizi.base.models import AuditEntry
from tiwizi.network import queries, rules
from tiwizi.network.models import Decision

pytestmark = pytest.mark.django_db
GOVERNOR = {"text": "La commune tient ses engagements", "day": date(2018, 1, 8), "decided_by": "Le gouverneur"}


def refused(code, act, /, **values):
    with pytest.raises(Refusal) as caught:
        act(**values)
    assert caught.value.code == code


def test_recorded_done_aside_and_again(cast):
    made = rules.record_decision(by=cast.jette_coordinator, body=cast.jette, due=date(2018, 6, 1), **GOVERNOR)
    rules.close_decision(by=cast.jette_coordinator, decision=made, on=date(2018, 5, 1))
    rules.archive_decision(by=cast.jette_coordinator, decision=made, reason="Doublon")
    rules.recover_decision(by=cast.programme_coordinator, decision=made)
    made.refresh_from_db()
    assert (made.done_on, made.archived_at) == (date(2018, 5, 1), None)
    acts = AuditEntry.objects.filter(object_id=str(made.pk)).order_by("pk").values_list("act", flat=True)
    assert list(acts) == ["record-decision", "close-decision", "archive-decision", "recover-decision"]


@pytest.mark.parametrize("who", ["neighbour", "elected", "association", "donor", "stranger", "etterbeek_coordinator"])
def test_who_may_not(cast, who):
    made = rules.record_decision(by=cast.animator, body=cast.jette, **GOVERNOR)
    by = getattr(cast, who)
    refused("not-allowed", rules.record_decision, by=by, body=cast.jette, **GOVERNOR)
    refused("not-allowed", rules.close_decision, by=by, decision=made, on=date(2018, 5, 1))
    refused("not-allowed", rules.archive_decision, by=by, decision=made, reason="x")
    refused("not-allowed", rules.recover_decision, by=by, decision=made)
    assert Decision.objects.count() == 1


def test_what_makes_no_sense_is_refused(cast):
    by = {"by": cast.jette_coordinator, "body": cast.jette}
    refused("decision-empty", rules.record_decision, **by, **(GOVERNOR | {"text": " "}))
    refused("decision-empty", rules.record_decision, **by, **(GOVERNOR | {"decided_by": ""}))
    tomorrow = queries.today() + timedelta(days=1)
    refused("decision-future", rules.record_decision, **by, **(GOVERNOR | {"day": tomorrow}))
    refused("life-order", rules.record_decision, **by, **GOVERNOR, due=date(2018, 1, 1))
    made = rules.record_decision(**by, **GOVERNOR)
    refused("life-order", rules.close_decision, by=cast.jette_coordinator, decision=made, on=date(2018, 1, 7))
    refused("reason-missing", rules.archive_decision, by=cast.jette_coordinator, decision=made, reason=" ")


def test_the_page_records_closes_and_shows_what_is_late(cast, signed_in):
    client = signed_in(cast.jette_coordinator)
    address = reverse("network:decisions", args=["jette-belfaa"])
    typed = {"text": "Une décision", "day": "2018-01-08", "decided_by": "Conseil", "due": "2018-02-01"}
    assert client.post(address, typed | {"decided_by": ""}).status_code == 422
    assert client.post(address, typed).status_code == 302
    soup = BeautifulSoup(client.get(address).content, "html.parser")
    assert soup.select(".badge-bad")
    made = Decision.objects.get()
    for act, given in (("aside", {"reason": "Erreur"}), ("again", {}), ("done", {})):
        assert (
            client.post(reverse("network:decision-act", args=["jette-belfaa", made.pk, act]), given).status_code == 302
        )
    made.refresh_from_db()
    assert made.done_on == queries.today()
    assert client.post(reverse("network:decision-act", args=["jette-belfaa", made.pk, "burn"])).status_code == 404
    reader = signed_in(cast.elected)
    assert reader.get(address).status_code == 200
    assert reader.post(address, typed).status_code == 403
