"""The lives of bodies: what ends and begins, what stays readable at its dates, what is refused and why."""

from datetime import date

import pytest

from tests.factories.cast import person
from tiwizi.base.errors import Refusal
from tiwizi.base.models import AuditEntry
from tiwizi.network import queries, rules
from tiwizi.network.hangings import consequences
from tiwizi.network.models import Body, FormerName, Grouping, Invitation, Mandate, Membership

pytestmark = pytest.mark.django_db
END, NEXT = date(2018, 8, 31), date(2018, 9, 1)
NAME = {"fr": "Jette–Sidi Bibi"}


def refused(code, act, /, **values):
    with pytest.raises(Refusal) as caught:
        act(**values)
    assert caught.value.code == code
    assert str(caught.value)


def newcomer(cast, slug="jette-sidi-bibi", seats=None, **values):
    jette = cast.jette.memberships.get(side="north").organisation
    return rules.Newcomer(slug, {"fr": slug}, seats or [(jette, "north"), (cast.ait_baha, "south")], **values)


# --- Who may ---


@pytest.mark.parametrize("who", ["animator", "jette_coordinator", "neighbour", "elected", "donor", "stranger"])
def test_who_may_not_changes_nothing(cast, who):
    by, why = getattr(cast, who), {"on": END, "reason": "Essai"}
    tie = Grouping.objects.get(body=cast.jette, whole=cast.souss)
    refused("not-allowed", rules.close_body, by=by, body=cast.jette, **why)
    refused("not-allowed", rules.leave_group, by=by, grouping=tie, **why)
    refused("not-allowed", rules.leave_seat, by=by, seat=cast.jette.memberships.first(), **why)
    refused("not-allowed", rules.rename_body, by=by, body=cast.jette, name=NAME, **why)
    refused("not-allowed", rules.reopen_body, by=by, body=cast.jette, reason="Essai")
    refused("not-allowed", rules.divide_body, by=by, body=cast.jette, into=[newcomer(cast)], **why)
    refused("not-allowed", rules.merge_bodies, by=by, bodies=[cast.jette, cast.etterbeek], into=newcomer(cast), **why)
    assert not AuditEntry.objects.exists()
    assert not Body.objects.filter(end__isnull=False).exists()


# --- Closing ---


def close(cast, **values):
    given = {"body": cast.jette, "on": END, "reason": "Fin de la convention"} | values
    return rules.close_body(by=cast.programme_coordinator, **given)


def test_what_hangs_on_a_body_ends_with_it_and_nothing_is_deleted(cast):
    rules.invite(by=cast.jette_coordinator, body=cast.jette, email="elu@belfaa.example", role="elected", language="fr",
                 site="http://testserver/")  # fmt: skip
    seats, ties = Membership.objects.count(), Grouping.objects.count()
    body = close(cast, successor=cast.etterbeek)
    assert (body.end, Body.objects.get(pk=body.pk).successor) == (END, cast.etterbeek)
    assert set(Membership.objects.filter(body=body).values_list("end", flat=True)) == {END}
    assert set(Grouping.objects.filter(body=body).values_list("end", flat=True)) == {END}
    assert set(Mandate.objects.filter(body=body).values_list("end", flat=True)) == {END}
    assert Invitation.objects.get().withdrawn_at is not None
    assert (Membership.objects.count(), Grouping.objects.count()) == (seats, ties)
    assert cast.jette.pk in queries.graph(END).below(cast.souss.pk)
    assert cast.jette.pk not in queries.graph(NEXT).below(cast.souss.pk)


def test_a_closing_is_undone_to_the_row(cast):
    ends = Membership.objects.get(body=cast.jette, side="south")
    Membership.objects.filter(pk=ends.pk).update(end=date(2021, 12, 31))
    close(cast)
    body = rules.reopen_body(by=cast.programme_coordinator, body=Body.objects.get(pk=cast.jette.pk), reason="Erreur")
    assert body.end is None
    assert set(Membership.objects.filter(body=body).values_list("end", flat=True)) == {None, date(2021, 12, 31)}
    assert set(Mandate.objects.filter(body=body).values_list("end", flat=True)) == {None}
    assert queries.mandates_of(cast.jette_coordinator)
    refused("not-closed", rules.reopen_body, by=cast.programme_coordinator, body=body, reason="Encore")


def test_closing_makes_sense_or_is_refused(cast):
    refused("reason-missing", close, cast=cast, reason=" ")
    Body.objects.filter(pk=cast.jette.pk).update(start=date(2019, 1, 1))
    refused("life-order", close, cast=cast)
    Body.objects.filter(pk=cast.jette.pk).update(start=None)
    refused("parts-alive", close, cast=cast, body=cast.souss)  # Etterbeek-Aït Baha sits nowhere else
    close(cast)
    refused("already-ended", close, cast=cast)


def test_a_part_that_sits_elsewhere_too_is_not_left_alone(cast):
    Grouping.objects.filter(body=cast.north).delete()
    close(cast, body=cast.theme)  # Jette-Belfaa and Schaerbeek-Al Hoceïma have their regions
    assert Grouping.objects.filter(whole=cast.theme, end=END).count() == 2


def test_what_begins_later_is_not_cut_off_in_silence(cast):
    Membership.objects.create(body=cast.jette, organisation=cast.ait_baha, side="south", start=date(2019, 1, 1))
    refused("life-later", close, cast=cast)


def test_a_programme_keeps_who_can_finish_it(cast):
    for grouping in Grouping.objects.filter(whole=cast.programme):
        grouping.delete()
    close(cast, body=cast.programme)
    assert Mandate.objects.get(user=cast.programme_coordinator).end is None


def test_what_a_closing_would_mean_is_told_by_every_room(cast):
    cast.activity(cast.plan_jette, window_end=date(2018, 10, 28))
    told = consequences(cast.jette, END)
    assert {seat.organisation.slug for seat in told.seats} == {"jette", "belfaa"}
    assert {tie.whole for tie in told.ties} == {cast.souss, cast.theme}
    assert {mandate.user for mandate in told.mandates} == {cast.jette_coordinator, cast.elected, cast.association}
    assert len(told.open) == 2  # the plan runs until December; its activity too
    assert consequences(cast.jette, date(2030, 1, 1)).open == []


# --- Leaving ---


def test_a_body_leaves_one_group_and_stays_in_the_other(cast):
    tie = Grouping.objects.get(body=cast.jette, whole=cast.theme)
    rules.leave_group(by=cast.programme_coordinator, grouping=tie, on=END, reason="Autre thème")
    assert queries.wholes_of(cast.jette, on=NEXT) == [cast.souss]
    assert set(queries.wholes_of(cast.jette, on=END)) == {cast.souss, cast.theme}
    last = Grouping.objects.get(body=cast.jette, whole=cast.souss)
    refused("no-whole", rules.leave_group, by=cast.programme_coordinator, grouping=last, on=END, reason="x")
    refused("already-ended", rules.leave_group, by=cast.programme_coordinator, grouping=tie, on=NEXT, reason="x")


def test_a_side_is_never_left_empty(cast):
    seat = Membership.objects.get(body=cast.jette, side="south")
    refused("side-empty", rules.leave_seat, by=cast.programme_coordinator, seat=seat, on=END, reason="x")
    rules.seat_organisation(
        by=cast.programme_coordinator, body=cast.jette, organisation=cast.ait_baha, side="south", start=NEXT
    )
    rules.leave_seat(by=cast.programme_coordinator, seat=seat, on=END, reason="Amerzgane reste seule")
    assert [s.organisation.slug for s in queries.organisations_of([cast.jette], on=NEXT) if s.side == "south"] == [
        "ait-baha"
    ]


def test_nothing_is_tied_or_seated_outside_a_life(cast):
    close(cast)
    cast.jette.refresh_from_db()
    late = {"by": cast.programme_coordinator, "body": cast.jette, "start": NEXT}
    refused("outside-life", rules.seat_organisation, organisation=cast.ait_baha, side="south", **late)
    refused("outside-life", rules.group_body, whole=cast.north, **late)
    Body.objects.filter(pk=cast.north.pk).update(start=NEXT)
    cast.north.refresh_from_db()
    early = {"by": cast.programme_coordinator, "body": cast.etterbeek, "whole": cast.north}
    refused("outside-life", rules.group_body, start=END, **early)
    rules.group_body(start=NEXT, **early)
    assert cast.north in queries.wholes_of(cast.etterbeek, on=NEXT)


# --- Another name ---


def test_a_former_name_stands_for_its_days(cast):
    rules.rename_body(by=cast.programme_coordinator, body=cast.jette, name=NAME, on=NEXT, reason="Nouveau partenaire")
    assert str(queries.name_on(cast.jette, END)) == "Jette–Belfaa"
    assert str(queries.name_on(cast.jette, NEXT)) == "Jette–Sidi Bibi"
    assert FormerName.objects.get().until == END
    again = {"by": cast.programme_coordinator, "body": cast.jette, "reason": "x"}
    refused("renamed-that-day", rules.rename_body, name=NAME, on=NEXT, **again)
    refused("body-unnamed", rules.rename_body, name={"fr": " "}, on=date(2019, 1, 1), **again)


# --- Going on as another ---


def test_jette_leaves_belfaa_and_joins_another(cast):
    (new,) = rules.divide_body(
        by=cast.programme_coordinator, body=cast.jette, into=[newcomer(cast)], on=NEXT, reason="Nouveau partenaire"
    )
    old = Body.objects.get(pk=cast.jette.pk)
    assert (old.end, old.successor, new.start, new.origin) == (END, new, NEXT, old)
    for day, alive, gone in ((END, old, new), (NEXT, new, old)):
        below = queries.graph(day).below(cast.souss.pk)
        assert alive.pk in below
        assert gone.pk not in below
    assert cast.theme in queries.wholes_of(new)
    assert {s.organisation.slug for s in queries.organisations_of([old], on=END)} == {"jette", "belfaa"}
    assert {s.organisation.slug for s in queries.organisations_of([new], on=NEXT)} == {"jette", "ait-baha"}


def test_a_body_divides_into_several(cast):
    jette, belfaa = (cast.jette.memberships.get(side=side).organisation for side in ("north", "south"))
    parts = [
        newcomer(cast, "jette-belfaa-2", [(jette, "north"), (belfaa, "south")]),
        newcomer(cast, "jette-ait-baha", [(jette, "north"), (cast.ait_baha, "south")]),
    ]
    new = rules.divide_body(by=cast.programme_coordinator, body=cast.jette, into=parts, on=NEXT, reason="Deux")
    old = Body.objects.get(pk=cast.jette.pk)
    assert old.successor is None
    assert set(old.offshoots.all()) == set(new)
    refused("has-successor", rules.reopen_body, by=cast.programme_coordinator, body=old, reason="x")


def test_dividing_makes_sense_or_nothing_is_written(cast):
    how = {"by": cast.programme_coordinator, "body": cast.jette, "on": NEXT, "reason": "x"}
    refused("divide-none", rules.divide_body, into=[], **how)
    one_sided = newcomer(cast, seats=[(cast.ait_baha, "south")])
    refused("side-empty", rules.divide_body, into=[one_sided], **how)
    refused("slug-taken", rules.divide_body, into=[newcomer(cast, "etterbeek-ait-baha")], **how)
    assert Body.objects.count() == 8
    assert not Body.objects.filter(end__isnull=False).exists()


def test_two_bodies_merge_into_one_that_belongs_wherever_they_did(cast):
    person("arlon", "Coordination", "coordinator_north", cast.etterbeek)
    new = rules.merge_bodies(
        by=cast.programme_coordinator, bodies=[cast.jette, cast.etterbeek],
        into=rules.Newcomer("jette-etterbeek", {"fr": "Jette et Etterbeek"}), on=NEXT, reason="Ensemble",
    )  # fmt: skip
    assert set(queries.wholes_of(new)) == {cast.souss, cast.theme}
    assert {s.organisation.slug for s in queries.organisations_of([new])} == {
        "jette",
        "belfaa",
        "etterbeek",
        "ait-baha",
    }
    assert set(new.predecessors.all()) == {cast.jette, cast.etterbeek}
    assert {b.end for b in new.predecessors.all()} == {END}
    how = {"by": cast.programme_coordinator, "into": newcomer(cast), "on": NEXT, "reason": "x"}
    refused("merge-few", rules.merge_bodies, bodies=[cast.schaerbeek, cast.schaerbeek], **how)


def test_groups_merge_too(cast):
    new = rules.merge_bodies(
        by=cast.programme_coordinator, bodies=[cast.jette, cast.schaerbeek],
        into=rules.Newcomer("ensemble", {"fr": "Ensemble"}), on=NEXT, reason="x",
    )  # fmt: skip
    assert set(queries.wholes_of(new)) == {cast.souss, cast.north, cast.theme}


# --- Going on in a body that exists ---


def test_a_commune_goes_on_with_a_partner_in_a_body_that_exists(cast):
    by, belfaa = cast.programme_coordinator, cast.jette.memberships.get(side="south")
    kept = rules.go_on_in(
        by=by, body=cast.jette, into=cast.etterbeek, seats=[belfaa], on=NEXT, reason="Un seul partenariat"
    )
    cast.jette.refresh_from_db()
    assert (kept, cast.jette.successor, cast.jette.end) == (cast.etterbeek, cast.etterbeek, END)
    there = cast.etterbeek.memberships.get(organisation=cast.belfaa)
    assert (there.side, there.start) == ("south", NEXT)
    belfaa.refresh_from_db()
    assert belfaa.end == END
    acts = set(AuditEntry.objects.values_list("act", flat=True))
    assert {"go-on-in", "take-in", "close-body", "seat-organisation", "name-successor"} <= acts


def test_who_sits_there_already_sits_once(cast):
    rules.seat_organisation(by=None, body=cast.etterbeek, organisation=cast.belfaa, side="south")
    seat = cast.jette.memberships.get(side="south")
    how = {"by": cast.programme_coordinator, "on": NEXT, "reason": "Oui"}
    rules.go_on_in(body=cast.jette, into=cast.etterbeek, seats=[seat], **how)
    assert cast.etterbeek.memberships.filter(organisation=cast.belfaa).count() == 1


def test_where_a_body_does_not_go_on(cast):
    by, seat = cast.programme_coordinator, cast.jette.memberships.get(side="south")
    how = {"body": cast.jette, "seats": [seat], "on": NEXT, "reason": "Oui"}
    refused("not-allowed", rules.go_on_in, by=cast.jette_coordinator, into=cast.etterbeek, **how)
    refused("reason-missing", rules.go_on_in, by=by, into=cast.etterbeek, **how | {"reason": " "})
    refused("successor-circle", rules.go_on_in, by=by, into=cast.jette, **how)
    other = cast.schaerbeek.memberships.get(side="south")
    refused("not-seated", rules.go_on_in, by=by, into=cast.etterbeek, **how | {"seats": [other]})
    rules.close_body(by=by, body=cast.schaerbeek, on=END, reason="Fini")
    cast.schaerbeek.refresh_from_db()
    refused("outside-life", rules.go_on_in, by=by, into=cast.schaerbeek, **how)
    cast.jette.refresh_from_db()
    assert (cast.jette.end, cast.jette.successor) == (None, None)
