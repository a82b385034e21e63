"""Reads of the network: a graph that crosses itself, lives, seats, what a commune offers, searching by name."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from tiwizi.accounts.models import User
from tiwizi.network import queries, rules
from tiwizi.network.models import Body, Grouping, Mandate, Membership, Organisation, UnavailableSpan

MONDAY = date(2017, 7, 3)


@pytest.fixture
def ended(cast) -> Body:
    """A partnership that ended in 2017, followed by Jette-Belfaa."""
    body = Body.objects.create(
        slug="jette-sidi-bibi", kind=cast.jette.kind, name={"fr": "Jette–Sidi Bibi"}, start=date(2014, 1, 1),
        end=date(2017, 6, 30), successor=cast.jette,
    )  # fmt: skip
    Grouping.objects.create(body=body, whole=cast.souss, end=date(2017, 6, 30))
    return body


# --- The graph ---


def test_each_body_once_though_it_sits_in_two_groups(cast):
    below = queries.bodies_below(cast.country)
    assert len(below) == len({body.pk for body in below}) == 7
    assert below.count(cast.jette) == 1


def test_bodies_come_by_rank_the_body_itself_first(cast):
    below = queries.bodies_below(cast.programme)
    assert below[:2] == [cast.programme, cast.country]
    assert [body.kind.rank for body in below] == sorted(body.kind.rank for body in below)


def test_below_is_never_sideways(cast):
    assert set(queries.bodies_below(cast.theme)) == {cast.theme, cast.jette, cast.schaerbeek}
    assert queries.bodies_below(cast.jette) == [cast.jette]


def test_a_tie_counts_only_while_it_lives(cast):
    Grouping.objects.filter(body=cast.jette, whole=cast.souss).update(start=date(2017, 1, 1), end=date(2018, 12, 31))
    alive = {day: cast.jette in queries.parts_of(cast.souss, on=day) for day in (
        date(2016, 12, 31), date(2017, 1, 1), date(2018, 12, 31), date(2019, 1, 1),
    )}  # fmt: skip
    assert list(alive.values()) == [False, True, True, False]
    assert cast.jette in queries.bodies_below(cast.souss, first=date(2018, 12, 31), last=date(2020, 1, 1))
    assert cast.jette not in queries.bodies_below(cast.souss, first=date(2019, 1, 1), last=date(2020, 1, 1))


def test_what_a_body_belongs_to_widest_first(cast):
    assert set(queries.wholes_of(cast.jette)) == {cast.souss, cast.theme}
    assert queries.wholes_of(cast.programme) == []


def test_the_place_goes_by_the_regional_group(cast):
    for body, path in [
        (cast.jette, [cast.programme, cast.country, cast.souss, cast.jette]),
        (cast.theme, [cast.programme, cast.country, cast.theme]),
        (cast.programme, [cast.programme]),
    ]:
        assert queries.place_of(body) == path


def test_a_closed_body_keeps_its_place(cast, ended):
    assert queries.place_of(ended) == [cast.programme, cast.country, cast.souss, ended]


def test_a_circle_in_the_data_ends_all_the_same():
    """The rules refuse it; a damaged database must not hang a page."""
    graph = queries.Graph({1: [2], 2: [1]}, {1: [2], 2: [1]})
    assert graph.above(1) == graph.below(2) == {1, 2}


def test_the_database_refuses_a_body_inside_itself(cast):
    with pytest.raises(IntegrityError), transaction.atomic():
        Grouping.objects.create(body=cast.jette, whole=cast.jette)
    with pytest.raises(IntegrityError), transaction.atomic():
        Body.objects.filter(pk=cast.jette.pk).update(successor=cast.jette)
    with pytest.raises(IntegrityError), transaction.atomic():
        Body.objects.filter(pk=cast.jette.pk).update(start=date(2018, 1, 2), end=date(2018, 1, 1))
    with pytest.raises(IntegrityError), transaction.atomic():
        Organisation.objects.filter(pk=cast.belfaa.pk).update(lat=None)


# --- Who sees what ---


def test_reading_is_wide_writing_is_narrow(cast):
    assert queries.reach(cast.jette) == {
        b.pk for b in (cast.jette, cast.souss, cast.theme, cast.country, cast.programme)
    }
    assert queries.reach(cast.jette, wide=True) == set(Body.objects.values_list("pk", flat=True))


def test_another_programme_is_never_reached(cast):
    other = Body.objects.create(slug="autre", kind=cast.programme.kind, name={"fr": "Autre"})
    assert other.pk not in queries.reach(cast.jette, wide=True)
    assert other not in queries.visible_bodies(cast.programme_coordinator)


@pytest.mark.parametrize("who", ["programme_coordinator", "animator", "neighbour", "association", "donor"])
def test_who_holds_a_mandate_sees_the_programmes_bodies_once_each(cast, ended, who):
    seen = queries.visible_bodies(getattr(cast, who))
    assert len(seen) == len(set(seen)) == 9
    assert ended in seen


def test_who_holds_none_today_sees_none(cast):
    assert queries.visible_bodies(cast.stranger) == []
    Mandate.objects.filter(user=cast.animator).update(end=queries.today() - timedelta(days=1))
    assert queries.visible_bodies(cast.animator) == []


def test_a_mandate_counts_on_its_first_and_last_day(cast):
    Mandate.objects.filter(user=cast.elected).update(start=date(2018, 1, 1), end=date(2018, 12, 31))
    days = [date(2017, 12, 31), date(2018, 1, 1), date(2018, 12, 31), date(2019, 1, 1)]
    assert [len(queries.mandates_of(cast.elected, on=day)) for day in days] == [0, 1, 1, 0]


# --- Seats and lives ---


def test_communes_of_a_body_by_side(cast):
    assert queries.communes_of(cast.jette, side="south") == [cast.belfaa]
    assert len(queries.communes_of(cast.jette)) == 2


def test_one_side_may_have_two_communes_and_a_seat_held_twice_is_one(cast):
    rules.seat_organisation(by=None, body=cast.jette, organisation=cast.ait_baha, side="south")
    Membership.objects.filter(body=cast.jette, organisation=cast.belfaa).update(end=date(2017, 1, 1))
    rules.seat_organisation(by=None, body=cast.jette, organisation=cast.belfaa, side="south", start=date(2018, 1, 1))
    assert queries.communes_of(cast.jette, side="south") == [cast.ait_baha, cast.belfaa]


def test_partnerships_below_are_those_with_a_south_side_in_those_days(cast, ended):
    Membership.objects.create(body=ended, organisation=cast.belfaa, side="south")
    rules.seat_organisation(by=None, body=cast.jette, organisation=cast.ait_baha, side="south")
    late = {"first": date(2017, 7, 3), "last": date(2018, 12, 30)}
    assert queries.partnerships_below(cast.souss, **late) == [cast.etterbeek, cast.jette]
    early = {"first": date(2017, 1, 1), "last": date(2017, 6, 30)}
    assert ended in queries.partnerships_below(cast.souss, **early)


def test_who_sits_now_and_who_did(cast):
    Membership.objects.filter(body=cast.jette, organisation=cast.belfaa).update(end=date(2018, 12, 31))
    rules.seat_organisation(by=None, body=cast.jette, organisation=cast.ait_baha, side="south", start=date(2019, 1, 1))
    then, after = (queries.seated(cast.jette, on=day) for day in (date(2018, 12, 31), date(2019, 1, 1)))
    assert [s.organisation.slug for s in then.now] == ["jette", "belfaa"]
    assert [s.organisation.slug for s in after.now] == ["jette", "ait-baha"]
    assert [s.organisation.slug for s in after.before] == ["belfaa"]


def test_a_closed_body_is_shown_as_it_was(cast, ended):
    Membership.objects.create(body=ended, organisation=cast.belfaa, side="south", end=ended.end)
    assert [s.organisation for s in queries.seated(ended).now] == [cast.belfaa]


def test_chains_of_successors(cast, ended):
    assert ended.successor == cast.jette
    assert list(cast.jette.predecessors.all()) == [ended]


def test_names_for_the_trail(cast):
    names = queries.names_of([cast.animator.pk, None, cast.animator.pk])
    assert names == {cast.animator.pk: "Animation Souss-Massa"}


# --- Receiving others ---


def test_what_a_commune_offers_and_who_never_said(cast):
    rules.set_hosting_terms(organisation=cast.belfaa, accepts=True, seats=None, cost_percent=90)
    offered = queries.hosting_of([cast.belfaa, cast.ait_baha])
    assert set(offered) == {cast.belfaa.pk}
    assert offered[cast.belfaa.pk].seats is None  # not known, not zero


def _span(first: date, days: int, organisation: Organisation | None = None) -> UnavailableSpan:
    return UnavailableSpan(organisation=organisation, start=first, end=first + timedelta(days=days - 1))


def _weeks(cast, *spans: UnavailableSpan) -> list[int]:  # type: ignore[no-untyped-def]
    return queries.unavailable_weeks(spans, cast.belfaa, MONDAY, 6)


@pytest.mark.parametrize(
    ("first", "days", "weeks"),
    [
        (MONDAY, 2, []),  # two working days gone: the week can still receive
        (MONDAY, 3, [0]),
        (MONDAY + timedelta(days=3), 5, []),  # Thursday to Monday: two days here, one there
        (MONDAY + timedelta(days=2), 7, [0]),  # Wednesday to Tuesday: three days here, two there
        (MONDAY + timedelta(days=2), 8, [0, 1]),
        (MONDAY + timedelta(days=5), 2, []),  # a week-end
        (MONDAY - timedelta(days=30), 200, [0, 1, 2, 3, 4, 5]),
        (MONDAY + timedelta(weeks=6), 30, []),
    ],
)
def test_a_week_is_gone_when_three_working_days_are(cast, first, days, weeks):
    assert _weeks(cast, _span(first, days)) == weeks


def test_everybodys_days_and_the_communes_own_add_up_once(cast):
    tuesday = MONDAY + timedelta(days=1)
    assert _weeks(cast, _span(MONDAY, 2), _span(MONDAY, 2, cast.belfaa)) == []  # the same two days
    assert _weeks(cast, _span(MONDAY, 2), _span(tuesday, 2, cast.belfaa)) == [0]
    assert _weeks(cast, _span(MONDAY, 5, cast.ait_baha)) == []


def test_days_that_touch_a_stretch(cast):
    for first, days in [(MONDAY, 1), (MONDAY + timedelta(days=9), 1), (MONDAY + timedelta(days=10), 1)]:
        _span(first, days, cast.belfaa).save()
    assert len(queries.unavailable_spans(MONDAY, MONDAY + timedelta(days=9))) == 2
    assert queries.unavailable_spans(MONDAY + timedelta(days=30), MONDAY + timedelta(days=40)) == []


# --- Searching ---


@pytest.mark.parametrize(
    ("typed", "slugs"),
    [
        ("AIT baha", ["etterbeek-ait-baha"]),
        ("hoceïma", ["schaerbeek-al-hoceima"]),
        ("hoceima", ["schaerbeek-al-hoceima"]),
        ("souss", ["souss-massa"]),
        ("jette-belfaa", ["jette-belfaa"]),
        ("nulle part", []),
    ],
)
def test_bodies_are_found_without_accents_and_capitals(cast, typed, slugs):
    assert [body.slug for body in queries.search_bodies(cast.neighbour, typed)] == slugs


def test_a_body_is_found_by_its_communes_in_any_language(cast):
    Organisation.objects.filter(pk=cast.belfaa.pk).update(name={"fr": "Belfaa", "ar": "بلفاع"})
    Organisation.objects.filter(slug="etterbeek").update(name={"fr": "Etterbeek", "nl": "Ettərbeek-NL"})
    assert queries.search_bodies(cast.animator, "بلفاع") == [cast.jette]
    assert queries.search_bodies(cast.animator, "ettərbeek-nl") == [cast.etterbeek]


@pytest.mark.parametrize(("typed", "name"), [("اكادير", "أكادير"), ("أكادير", "اكادير"), ("مغرب", "المَغْرِب")])
def test_arabic_is_found_with_or_without_hamza_and_vowels(cast, typed, name):
    Body.objects.filter(pk=cast.souss.pk).update(name={"fr": "Souss-Massa", "ar": name})
    assert queries.search_bodies(cast.animator, typed) == [cast.souss]


def test_searching_never_shows_what_may_not_be_read(cast):
    assert queries.search_bodies(cast.stranger, "jette") == []
    assert len(queries.search_bodies(cast.animator, "")) == 8


def test_the_number_of_queries_does_not_grow(cast, django_assert_max_num_queries):
    for n in range(20):
        body = rules.found_body(by=None, slug=f"p{n}", kind=cast.jette.kind, name={"fr": f"P{n}"}, wholes=[cast.souss])
        rules.seat_organisation(by=None, body=body, organisation=cast.belfaa, side="south")
        user = User.objects.create_user(f"p{n}@test.example", name=f"P{n}")
        rules.grant_mandate(by=None, user=user, body=cast.souss, role="elected")
    with django_assert_max_num_queries(4):
        assert len(queries.search_bodies(cast.animator, "p")) >= 20
    with django_assert_max_num_queries(2):
        assert len(queries.place_of(cast.jette)) == 4
    with django_assert_max_num_queries(2):
        assert len(queries.seated(cast.souss).mandates) == 21
