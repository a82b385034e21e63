"""Acts on the network: done and recorded, refused to who may not, refused with a reason when they make no sense."""

from datetime import date

import pytest

from tiwizi.base.errors import Refusal
from tiwizi.base.models import AuditEntry
from tiwizi.network import queries, rules
from tiwizi.network.models import (
    Body,
    BodyKind,
    Grouping,
    HostingTerms,
    Mandate,
    Membership,
    Organisation,
    OrganisationKind,
    UnavailableSpan,
)

NAME = {"fr": "Koekelberg–Ouisselsate", "nl": "Koekelberg–Ouisselsate"}


def refused(code, act, /, **values):
    with pytest.raises(Refusal) as caught:
        act(**values)
    assert caught.value.code == code
    assert str(caught.value)
    return caught.value


def founding(cast, **values):
    return {"slug": "koekelberg", "kind": cast.jette.kind, "name": NAME, "wholes": [cast.souss], **values}


# --- Who may: managing the network is the programme coordinator's ---


@pytest.mark.parametrize("who", ["animator", "jette_coordinator", "neighbour", "elected", "donor", "stranger"])
def test_who_may_not_changes_nothing(cast, who):
    by = getattr(cast, who)
    seat = {"body": cast.jette, "organisation": cast.ait_baha, "side": "south"}
    mandate = Mandate.objects.get(user=cast.etterbeek_coordinator)
    refused("not-allowed", rules.found_body, by=by, **founding(cast))
    refused("not-allowed", rules.found_body, by=by, **founding(cast, slug="jette-belfaa"))  # says nothing of what is
    refused("not-allowed", rules.group_body, by=by, body=cast.etterbeek, whole=cast.theme)
    refused("not-allowed", rules.seat_organisation, by=by, **seat)
    refused("not-allowed", rules.name_successor, by=by, body=cast.jette, successor=cast.etterbeek)
    giving = "role-above-own" if who == "jette_coordinator" else "not-allowed"
    refused(giving, rules.grant_mandate, by=by, user=by, body=cast.jette, role="programme_coordinator")
    refused("not-allowed", rules.end_mandate, by=by, mandate=mandate, on=date(2018, 1, 1))
    assert not AuditEntry.objects.exists()
    assert Body.objects.count() == 8
    assert Mandate.objects.filter(user=by, role="programme_coordinator").count() == 0


def test_the_refusal_says_why_and_is_forbidden(cast):
    refusal = refused("not-allowed", rules.found_body, by=cast.animator, **founding(cast))
    assert refusal.status == 403
    assert str(refusal.hint)


def test_a_visitor_is_not_the_system(cast):
    """`by=None` is the system: a page never passes it, because a visitor has no account to pass."""
    with pytest.raises(TypeError):
        rules.found_body(**founding(cast))


def test_each_whole_must_be_ones_own(cast):
    """A coordinator of one programme cannot put a body into another programme."""
    other = Body.objects.create(slug="autre-programme", kind=cast.programme.kind, name=NAME)
    act = founding(cast, wholes=[cast.souss, other])
    refused("not-allowed", rules.found_body, by=cast.programme_coordinator, **act)
    assert not Body.objects.filter(slug="koekelberg").exists()


# --- Bodies ---


def test_found_body_in_two_wholes(cast):
    body = rules.found_body(by=cast.programme_coordinator, **founding(cast, wholes=[cast.souss, cast.theme]))
    assert str(body) == NAME["fr"]
    assert {g.whole for g in body.groupings.all()} == {cast.souss, cast.theme}
    acts = list(AuditEntry.objects.filter(body=body.pk).order_by("id").values_list("act", flat=True))
    assert acts == ["found-body", "group-body", "group-body"]
    assert set(AuditEntry.objects.values_list("actor", flat=True)) == {cast.programme_coordinator.pk}


@pytest.mark.parametrize(
    ("code", "values"),
    [
        ("slug-taken", {"slug": "jette-belfaa"}),
        ("no-whole", {"wholes": []}),
        ("life-order", {"start": date(2018, 1, 2), "end": date(2018, 1, 1)}),
    ],
)
def test_a_body_that_makes_no_sense_is_not_founded(cast, code, values):
    refused(code, rules.found_body, by=cast.programme_coordinator, **founding(cast, **values))
    assert Body.objects.count() == 8
    assert not AuditEntry.objects.exists()


def test_a_body_of_one_day_may_live(cast):
    day = date(2018, 1, 1)
    assert rules.found_body(by=cast.programme_coordinator, **founding(cast, start=day, end=day)).end == day


def test_the_system_starts_a_programme(cast):
    body = rules.found_body(by=None, **founding(cast, slug="senegal", wholes=[]))
    assert not body.groupings.exists()
    assert AuditEntry.objects.get().actor is None


# --- Groupings ---


def test_group_body_for_a_time(cast):
    values = {"start": date(2017, 1, 1), "end": date(2018, 12, 31)}
    rules.group_body(by=cast.programme_coordinator, body=cast.etterbeek, whole=cast.theme, **values)
    assert cast.etterbeek in queries.parts_of(cast.theme, on=date(2018, 12, 31))
    assert cast.etterbeek not in queries.parts_of(cast.theme, on=date(2019, 1, 1))
    assert AuditEntry.objects.get().after == {"whole": "petite-enfance"}


@pytest.mark.parametrize("whole", ["jette", "souss", "country"])
def test_a_body_never_contains_what_contains_it(cast, whole):
    lower = cast.jette
    refusal = refused("grouping-circle", rules.group_body, by=None, body=cast.country, whole=getattr(cast, whole))
    assert str(cast.country) in str(refusal)
    assert not Grouping.objects.filter(body=cast.country, whole=lower).exists()


def test_a_circle_is_refused_across_time_too(cast):
    """A tie of the past still counts: roll-ups over several years would turn for ever."""
    Grouping.objects.filter(body=cast.jette, whole=cast.souss).update(end=date(2017, 12, 31))
    later = {"start": date(2018, 1, 1)}
    refused("grouping-circle", rules.group_body, by=None, body=cast.souss, whole=cast.jette, **later)


def test_a_tie_that_ends_before_it_begins_is_refused(cast):
    days = {"start": date(2018, 1, 2), "end": date(2018, 1, 1)}
    refused("life-order", rules.group_body, by=None, body=cast.etterbeek, whole=cast.theme, **days)


def test_the_same_tie_in_the_same_days_is_refused(cast):
    refused("grouping-held", rules.group_body, by=None, body=cast.jette, whole=cast.souss)
    refused("grouping-held", rules.group_body, by=None, body=cast.jette, whole=cast.souss, start=date(2018, 1, 1))
    Grouping.objects.filter(body=cast.jette, whole=cast.souss).update(end=date(2017, 12, 31))
    rules.group_body(by=None, body=cast.jette, whole=cast.souss, start=date(2018, 1, 1))
    assert Grouping.objects.filter(body=cast.jette, whole=cast.souss).count() == 2


# --- Seats ---


def test_seat_organisation(cast):
    by = cast.programme_coordinator
    seat = rules.seat_organisation(by=by, body=cast.jette, organisation=cast.ait_baha, side="south")
    assert cast.ait_baha in queries.communes_of(cast.jette, side="south")
    entry = AuditEntry.objects.get()
    assert (entry.act, entry.object_id) == ("seat-organisation", str(seat.pk))
    assert entry.after == {"organisation": "ait-baha", "side": "south"}


def test_nobody_sits_twice_in_the_same_days(cast):
    seat = {"by": None, "body": cast.jette, "organisation": cast.belfaa, "side": "south"}
    assert str(cast.belfaa) in str(refused("seat-taken", rules.seat_organisation, **seat))
    Membership.objects.filter(body=cast.jette, organisation=cast.belfaa).update(end=date(2017, 12, 31))
    refused("seat-taken", rules.seat_organisation, **seat, start=date(2017, 12, 31))
    rules.seat_organisation(**seat, start=date(2018, 1, 1))
    assert Membership.objects.filter(body=cast.jette, organisation=cast.belfaa).count() == 2


@pytest.mark.parametrize(
    ("code", "values"),
    [("side-unknown", {"side": "east"}), ("life-order", {"start": date(2018, 1, 2), "end": date(2018, 1, 1)})],
)
def test_a_seat_that_makes_no_sense_is_refused(cast, code, values):
    seat = {"by": None, "body": cast.jette, "organisation": cast.ait_baha, "side": "south"}
    refused(code, rules.seat_organisation, **(seat | values))
    assert not Membership.objects.filter(body=cast.jette, organisation=cast.ait_baha).exists()


# --- Successors ---


def test_name_successor(cast):
    rules.name_successor(by=cast.programme_coordinator, body=cast.jette, successor=cast.etterbeek)
    cast.jette.refresh_from_db()
    assert cast.jette.successor == cast.etterbeek
    assert AuditEntry.objects.get().after == {"successor": "etterbeek-ait-baha"}


def test_a_chain_of_successors_never_bites_its_tail(cast):
    rules.name_successor(by=None, body=cast.jette, successor=cast.etterbeek)
    rules.name_successor(by=None, body=cast.etterbeek, successor=cast.schaerbeek)
    refused("successor-circle", rules.name_successor, by=None, body=cast.jette, successor=cast.jette)
    refused("successor-circle", rules.name_successor, by=None, body=cast.schaerbeek, successor=cast.jette)
    assert Body.objects.get(pk=cast.schaerbeek.pk).successor is None


# --- Mandates ---


def test_grant_mandate(cast):
    by = cast.programme_coordinator
    mandate = rules.grant_mandate(by=by, user=cast.stranger, body=cast.jette, role="elected", start=date(2017, 1, 1))
    assert queries.mandates_of(cast.stranger) == [mandate]
    assert AuditEntry.objects.get().after == {"user": str(cast.stranger.pk), "role": "elected"}


@pytest.mark.parametrize(
    ("code", "values"),
    [
        ("role-unknown", {"role": "king"}),
        ("mandate-held", {}),
        ("mandate-held", {"start": date(2018, 1, 1), "end": date(2018, 1, 2)}),
        ("life-order", {"start": date(2018, 1, 2), "end": date(2018, 1, 1)}),
    ],
)
def test_a_mandate_that_makes_no_sense_is_refused(cast, code, values):
    held = {"user": cast.elected, "body": cast.jette, "role": "elected"}
    refused(code, rules.grant_mandate, by=cast.programme_coordinator, **(held | values))
    assert Mandate.objects.filter(user=cast.elected).count() == 1


def test_one_person_may_hold_two_roles(cast):
    rules.grant_mandate(by=None, user=cast.elected, body=cast.jette, role="association")
    assert len(queries.mandates_of(cast.elected)) == 2


def test_end_mandate(cast):
    mandate = Mandate.objects.get(user=cast.elected)
    rules.end_mandate(by=cast.programme_coordinator, mandate=mandate, on=date(2018, 6, 30))
    assert queries.mandates_of(cast.elected, on=date(2018, 6, 30))
    assert not queries.mandates_of(cast.elected, on=date(2018, 7, 1))
    assert AuditEntry.objects.get().after == {"end": "2018-06-30"}


def test_a_mandate_does_not_end_before_it_begins(cast):
    mandate = Mandate.objects.create(user=cast.stranger, body=cast.jette, role="elected", start=date(2018, 1, 2))
    refused("life-order", rules.end_mandate, by=None, mandate=mandate, on=date(2018, 1, 1))
    mandate.refresh_from_db()
    assert mandate.end is None


# --- What the system sets ---


def test_kinds_are_data_that_may_be_named_again(cast):
    rules.define_body_kind(code="country", rank=1, name={"fr": "Pays"})
    rules.define_organisation_kind(code="commune", name={"fr": "Commune", "nl": "Gemeente"})
    assert str(BodyKind.objects.get(code="country")) == "Pays"
    assert OrganisationKind.objects.get(code="commune").name["nl"] == "Gemeente"


def test_add_organisation(cast):
    kind = OrganisationKind.objects.get()
    place = {"lat": 30.1, "lon": -9.2, "approximate": True, "population": 12_000, "population_year": 2014}
    rules.add_organisation(slug="sidi-bibi", kind=kind, name={"fr": "Sidi Bibi"}, country="MA", **place)
    assert Organisation.objects.get(slug="sidi-bibi").approximate
    assert AuditEntry.objects.get().act == "add-organisation"


def test_hosting_terms_are_replaced_not_doubled(cast):
    for seats in (30, None):
        rules.set_hosting_terms(organisation=cast.belfaa, accepts=True, seats=seats, cost_percent=90)
    assert HostingTerms.objects.get().seats is None
    assert [e.after["seats"] for e in AuditEntry.objects.order_by("id")] == [30, None]


def test_unavailable_days(cast):
    days = {"start": date(2018, 5, 17), "end": date(2018, 6, 14)}
    rules.add_unavailable_span(organisation=None, label={"fr": "Ramadan"}, **days)
    assert str(UnavailableSpan.objects.get()) == "Ramadan"
    wrong = {"start": date(2018, 6, 14), "end": date(2018, 5, 17)}
    refused("life-order", rules.add_unavailable_span, organisation=None, label={"fr": "x"}, **wrong)
    assert AuditEntry.objects.count() == 1
