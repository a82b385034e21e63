"""Earlier states of levels, kinds, organisations, contacts and bodies stand again by a new act, for those who may."""

from datetime import date
from functools import partial

import pytest
from django.urls import reverse

from tiwizi.base.errors import Refusal
from tiwizi.base.merging import Seen
from tiwizi.base.models import AuditEntry
from tiwizi.network import histories, rules
from tiwizi.network.models import Body, Organisation
from tiwizi.network.queries import building

pytestmark = pytest.mark.django_db


def seen(thing):
    return Seen(thing.version, building.facts_of(thing))


def levels(cast, how):
    kind = rules.add_level(**how, name_fr="Comité", rank=4)
    return kind, partial(rules.change_level, **how, kind=kind), {"rank": 5, "name_fr": "Bureau"}, {"rank": 6}


def kinds(cast, how):
    kind = rules.add_organisation_kind(**how, name_fr="Coopérative")
    act = partial(rules.change_organisation_kind, **how, kind=kind)
    return kind, act, {"name_fr": "Mutuelle", "name_ar": "تعاضدية"}, {"name_ar": ""}


def organisations(cast, how):
    one = Organisation.objects.get(pk=cast.belfaa.pk)
    act = partial(rules.change_organisation, **how, organisation=one)
    return one, act, {"province": "Chtouka", "population": 0, "population_year": 2024}, {"population": 7}


def contacts(cast, how):
    how = how | {"body": cast.jette}
    one = rules.set_contact(**how, seen=Seen(1, dict.fromkeys(building.CONTACT, "")), office="Bureau")
    return one, partial(rules.set_contact, **how), {"office": "Secrétariat"}, {"office": "", "mail": "a@b.example"}


def bodies(cast, how):
    one = Body.objects.get(pk=cast.jette.pk)
    now = {"note": "À voir", "start": date(2014, 5, 1), "name_nl": "Jette en Belfaa"}
    return one, partial(rules.change_body, by=how["by"], body=one), now, {"note": "", "start": None}


@pytest.mark.parametrize("build", [levels, kinds, organisations, contacts, bodies])
def test_an_earlier_state_is_looked_at_and_stands_again(cast, signed_in, build):
    obj, act, *states = build(cast, {"by": cast.programme_coordinator, "body": cast.programme})
    kind = histories.kind_of(obj)
    said = []
    for state in states:
        act(**state, seen=Seen(obj.version, kind.values(obj)))
        obj.refresh_from_db()
        said.append((kind.values(obj), entries_of(obj).latest("pk")))
    was, entry = said[0]
    body = kind.bodies(obj)[0]
    path = reverse("network:put-back", args=[body.slug, kind.code, obj.pk, entry.pk])
    typed = {"version": obj.version, "reason": "Erreur"}
    for who in (cast.donor, cast.stranger):
        assert signed_in(who).post(path, typed).status_code in (403, 404)
    assert kind.values(obj) == said[1][0]
    client = signed_in(cast.programme_coordinator)
    client.cookies["tiwizi_language"] = "en"
    assert client.get(path).status_code == 200
    assert client.post(path, typed).status_code == 302
    obj = type(obj).objects.get(pk=obj.pk)
    assert kind.values(obj) == was
    last = entries_of(obj).latest("pk")
    assert (last.act.startswith("put-back-"), last.reason) == (True, "Erreur")
    assert "back" in client.get(reverse("network:history", args=[body.slug, kind.code, obj.pk])).text


def entries_of(obj):
    return AuditEntry.objects.filter(object_type=obj._meta.label_lower, object_id=str(obj.pk))


def test_a_state_before_another_name_has_the_name_of_then(cast):
    by, body = cast.programme_coordinator, Body.objects.get(pk=cast.jette.pk)
    was = building.facts_of(body)
    body = rules.change_body(by=by, body=body, seen=seen(body), note="Un")
    entry = AuditEntry.objects.get(act="change-body")
    body = rules.rename_body(by=by, body=body, name={"fr": "Jette et les autres"}, on=date(2018, 9, 1), reason="Oui")
    body = rules.change_body(by=by, body=body, seen=seen(body), note="Deux")
    state = rules.earlier_state(body, entry)
    assert {name: state[name] for name in was if name.startswith("name_")} == {
        name: value for name, value in was.items() if name.startswith("name_")
    }
    assert state["note"] == "Un"
    kept = rules.put_back(by=by, body=body, obj=body, entry=entry, version=body.version, reason="Retour")
    assert (kept.name["fr"], kept.note) == (was["name_fr"], "Un")


def test_who_changed_it_meanwhile_is_not_written_over(cast):
    how = {"by": cast.programme_coordinator, "body": cast.programme}
    level = rules.add_level(**how, name_fr="Comité", rank=4)
    entry = AuditEntry.objects.get(act="add-level")
    level = rules.change_level(**how, kind=level, seen=seen(level), name_fr="Bureau")
    looked_at = level.version
    level = rules.change_level(**how, kind=level, seen=seen(level), name_fr="Cellule")
    with pytest.raises(Refusal) as caught:
        rules.put_back(**how, obj=level, entry=entry, version=looked_at, reason="Retour")
    assert caught.value.code == "changed-meanwhile"
