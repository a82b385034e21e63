"""What the front pages count, and how many queries that takes."""

from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.factories.cast import person
from tests.factories.rounds import proposed, with_plans
from tests.factories.trail import backdate
from tiwizi.base import audit
from tiwizi.network.models import Body, Grouping, Mandate
from tiwizi.plans import queries as plans
from tiwizi.plans import rules as plan_rules
from tiwizi.portal import queries


@pytest.fixture
def together(cast):
    """Jette's training and Etterbeek's are one collective activity of Souss-Massa; Schaerbeek's cost is not known."""
    own = with_plans(cast)
    own.schaerbeek.cost_cents = None
    own.schaerbeek.save()
    return plan_rules.create_collective_activity(
        by=cast.animator, body=cast.souss, kind=cast.training, title="Ensemble", host=cast.belfaa,
        week=date(2017, 10, 2), language="fr",
        parts=[(own.jette, 420_000, 220_001), (own.etterbeek, 420_000, 179_999)], cost_cents=400_000,
    )  # fmt: skip


def test_the_parts_are_counted_in_one_pass_as_each_counts_itself(cast, together):
    bodies = list(Body.objects.all())
    with CaptureQueriesContext(connection) as captured:
        found = plans.totals_of_each(bodies)
    assert len(captured) == 4
    assert found == {body.pk: plans.totals(body) for body in bodies}
    assert found[cast.souss.pk].counted_cents == 400_000 + 420_000  # together once, and Jette's that stays alone
    assert found[cast.jette.pk].counted_cents == 220_001 + 420_000
    assert found[cast.theme.pk].counted_cents == 220_001 + 420_000  # only Jette's share lies in this group
    assert found[cast.north.pk].unknown_cost == 1


def test_a_body_at_a_glance_counts_everything_below_once(cast, together):
    seen = queries.overview(cast.country)
    assert {part.body for part in seen.parts} == {cast.souss, cast.north, cast.theme}
    assert sum(part.totals.count for part in seen.parts) > seen.totals.count  # the thematic group crosses the others
    assert (seen.totals.count, seen.totals.counted_cents, seen.totals.unknown_cost) == (3, 820_000, 1)
    assert seen.states == {"draft": 4}  # the three partnerships', and the group's own


def test_a_closed_part_is_marked_and_a_body_that_ended_is_shown_as_it_was(cast):
    with_plans(cast)
    cast.jette.end = date(2018, 12, 31)
    cast.jette.save()
    Grouping.objects.filter(body=cast.jette, whole=cast.souss).update(end=date(2018, 12, 31))
    cast.souss.end = date(2018, 12, 31)
    cast.souss.save()
    parts = {part.body: part for part in queries.overview(cast.souss).parts}
    assert parts[cast.jette].closed
    assert not parts[cast.etterbeek].closed
    assert parts[cast.jette].totals.count == 2
    assert [seat.organisation.slug for seat in queries.overview(cast.jette).seats] == ["jette", "belfaa"]


def test_what_waits_for_who_leads_several_groups_takes_the_same_queries(cast):
    with_plans(cast)
    few = person("un", "Un groupe", "animator", cast.souss)
    many = person("trois", "Trois groupes", "animator", cast.souss)
    for body in (cast.north, cast.theme):
        Mandate.objects.create(user=many, body=body, role="animator")
    counts = []
    for user in (few, many):
        with CaptureQueriesContext(connection) as captured:
            queries.to_do(user)
        counts.append(len(captured))
    assert counts[0] == counts[1]
    groups = [one.body for one in queries.to_do(many) if "pooling/open" in one.href]
    assert set(groups) == {cast.souss, cast.theme}  # the third has one partnership only


def test_the_oldest_waits_first(cast):
    round, _proposal = proposed(cast)
    plan_rules.submit_plan(by=cast.jette_coordinator, plan=cast.plan_jette)
    plan_rules.return_plan(by=cast.programme_coordinator, plan=cast.plan_jette, reason="Coûts à revoir")
    answer, returned = [one.sentence for one in queries.to_do(cast.jette_coordinator)]
    assert "Coûts à revoir" in returned
    backdate(round.created_at - timedelta(days=9), object_type="plans.plan")
    assert [one.sentence for one in queries.to_do(cast.jette_coordinator)] == [returned, answer]


def test_news_names_the_thing_and_leads_there(cast):
    activity = cast.activity(cast.plan_jette, "J1")
    with transaction.atomic():
        audit.record("change-activity", activity, by=cast.jette_coordinator, body=cast.jette.pk, after={"title": "x"})
    (one,) = queries.news(cast.jette_coordinator, {cast.jette.pk})
    assert one.thing == str(activity)
    assert one.href == f"/b/jette-belfaa/plan/{activity.pk}/"


def test_an_import_is_one_line_of_news(cast):
    activity = cast.activity(cast.plan_jette, "J1")
    with transaction.atomic():
        for thing in (activity, activity, cast.plan_jette):
            audit.record("undo-import", thing, by=cast.jette_coordinator, body=cast.jette.pk)
    assert len(queries.news(cast.jette_coordinator, {cast.jette.pk})) == 1
