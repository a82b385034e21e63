"""The number of queries of a page does not grow with what it shows: a small group and a large one, each page twice."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories.cast import END, START, _partnership, person
from tests.factories.rounds import opened, run, with_plans
from tiwizi.network.models import BodyKind, HostingTerms, Organisation, OrganisationKind
from tiwizi.plans.models import Plan
from tiwizi.pooling import rules
from tiwizi.pooling.models import ProposalPart


def add_partnership(cast, number):
    """A partnership near Belfaa with three activities; its coordinator."""
    kind = OrganisationKind.objects.get()
    seats = [
        Organisation.objects.create(
            slug=f"{side}-{number}", kind=kind, name={"fr": f"{side} {number}"}, country=land, lat=lat, lon=-9.5
        )
        for side, land, lat in [("nord", "BE", 50.8), ("sud", "MA", 30.05 + number / 100)]
    ]
    HostingTerms.objects.create(organisation=seats[1], seats=60, cost_percent=100)
    level = BodyKind.objects.get(code="partnership")
    body = _partnership(f"nord-sud-{number}", level, f"Nord–Sud {number}", seats, cast.souss)
    plan = Plan.objects.create(
        body=body, framework=cast.framework, title="Plan", start=START, end=END, pooling_budget_cents=2_000_000
    )
    for reference, kind, target in [
        ("X1", cast.training, cast.officials), ("X2", cast.training, cast.youth), ("X3", cast.diagnosis, cast.youth),
    ]:  # fmt: skip
        cast.activity(plan, reference, kind=kind, main_target=target)
    return person(f"sud-{number}", f"Coordination {number}", "coordinator_south", body)


def build(cast, size):
    """A group with a round whose first proposal is agreed, second refused, and decisions; `size` more partnerships."""
    with_plans(cast)
    for plan in (cast.plan_jette, cast.plan_etterbeek):
        cast.activity(plan, "X2", main_target=cast.youth)
        cast.activity(plan, "X3", kind=cast.diagnosis, main_target=cast.youth)
    coordinators = {}
    for number in range(size):
        user = add_partnership(cast, number)
        coordinators[f"nord-sud-{number}"] = user
    coordinators |= {"jette-belfaa": cast.jette_coordinator, "etterbeek-ait-baha": cast.etterbeek_coordinator}
    for _more in range(size):
        opened(cast)
    round = run(cast, opened(cast, max_members=4))
    proposals = list(round.proposals.all())
    assert len(proposals) >= 3
    for proposal in proposals[: len(proposals) // 2]:
        for part in ProposalPart.objects.filter(proposal=proposal).select_related("body"):
            rules.accept_part(by=coordinators[part.body.slug], part=part, reason="Oui")
    refused = proposals[-1].parts.first()
    rules.refuse_part(by=coordinators[refused.body.slug], part=refused, reason="Non")
    bodies = [partner.body for partner in round.partners.select_related("body")]
    for other in bodies[1:]:
        rules.forbid_pair(by=cast.animator, round=round, body=bodies[0], other_body=other, reason="Calendriers")
    for place in cast.plan_jette.activities.filter(reference="J2"):
        rules.opt_out(by=cast.jette_coordinator, round=round, activity=place, reason="Seule")
    return round


def pages(round):
    at, pk = "souss-massa", round.pk
    number = round.proposals.filter(state="pending").first().number
    return {
        "rounds": reverse("pooling:rounds", args=[at]),
        "rounds-of-the-country": reverse("pooling:rounds", args=["maroc"]),
        "round": reverse("pooling:round", args=[at, pk]),
        "proposal": reverse("pooling:proposal", args=[at, pk, number]),
        "agreed": reverse("pooling:agreed", args=[at, pk]),
        "rules": reverse("pooling:round-rules", args=[at, pk]),
        "activities": reverse("pooling:round-activities", args=[at, pk]),
        "home": reverse("portal:home"),
        "body-country": reverse("portal:body", args=["maroc"]),
        "body-group": reverse("portal:body", args=[at]),
        "plan-country": reverse("plans:plan", args=["maroc"]),
        "plan-timeline": reverse("plans:plan", args=["maroc"]) + "?view=timeline",
        "plan-group": reverse("plans:plan", args=[at]),
    }


WHO = ["animator", "jette_coordinator", "programme_coordinator"]


def counted(cast, signed_in, size):
    """How many queries each page takes for each person; what was built is taken back."""
    point = transaction.savepoint()
    addresses = pages(build(cast, size))
    found = {}
    for who in WHO:
        client = signed_in(getattr(cast, who))
        client.get(addresses["home"])
        for name, address in addresses.items():
            with CaptureQueriesContext(connection) as captured:
                assert client.get(address).status_code == 200
            found[who, name] = len(captured)
    transaction.savepoint_rollback(point)
    return found


@pytest.mark.slow
def test_queries_do_not_grow_with_the_group(cast, signed_in):
    few, many = (counted(cast, signed_in, size) for size in (1, 3))
    # Fewer is fine: news of fewer sorts are looked up in fewer tables.
    assert {one: (few[one], many[one]) for one in few if many[one] > few[one]} == {}
    # A body's page asks every room what waits for the reader: many, but always as many.
    assert {one: count for one, count in many.items() if count > 70} == {}
