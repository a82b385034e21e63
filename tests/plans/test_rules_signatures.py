"""Elected members sign the plan that is handed in; a signature holds as long as the plan stands as it was read."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from tests.factories.lending import stand_in
from tests.plans.test_rules_plans import refused
from tiwizi.base.models import AuditEntry
from tiwizi.network.models import Mandate
from tiwizi.network.queries import today
from tiwizi.plans import rules
from tiwizi.plans.models import Plan, Signature
from tiwizi.plans.queries import signatures_of, to_do


@pytest.fixture
def handed_in(cast):
    cast.activity(cast.plan_jette, "J1")
    rules.submit_plan(by=cast.jette_coordinator, plan=cast.plan_jette)
    cast.plan_jette.refresh_from_db()
    return cast


def sign(cast, **values):
    plan = Plan.objects.get(pk=cast.plan_jette.pk)
    return rules.sign_plan(**{"by": cast.elected, "plan": plan, "version": plan.version, **values})


@pytest.mark.parametrize("who", ["neighbour", "jette_coordinator", "programme_coordinator", "animator", "stranger"])
def test_who_may_not_sign(handed_in, who):
    by = getattr(handed_in, who)
    refused("not-allowed", sign, cast=handed_in, by=by)
    refused("not-allowed", rules.take_signature_back, by=by, plan=handed_in.plan_jette, reason="Non")
    assert not Signature.objects.exists()


def test_signed_as_it_was_read(handed_in):
    refused("plan-state", sign, cast=handed_in, version=handed_in.plan_jette.version - 1)
    sign(handed_in)
    refused("signed-already", sign, cast=handed_in)
    (one,) = signatures_of(handed_in.plan_jette, handed_in.elected)
    assert (one.who, one.mine) == (handed_in.elected.name, True)
    assert not signatures_of(handed_in.plan_jette, handed_in.jette_coordinator)[0].mine
    assert AuditEntry.objects.get(act="sign-plan").actor == handed_in.elected.pk
    rules.validate_plan(by=handed_in.programme_coordinator, plan=handed_in.plan_jette)
    assert signatures_of(handed_in.plan_jette, handed_in.elected) == [one]


def test_a_draft_is_not_signed(cast):
    refused("plan-not-handed-in", sign, cast=cast)


def test_returned_or_amended_it_must_be_signed_again(handed_in):
    cast = handed_in
    sign(cast)
    rules.return_plan(by=cast.programme_coordinator, plan=cast.plan_jette, reason="À revoir")
    assert signatures_of(cast.plan_jette, cast.elected) == []
    refused("plan-not-handed-in", sign, cast=cast)
    rules.submit_plan(by=cast.jette_coordinator, plan=cast.plan_jette)
    sign(cast)
    rules.validate_plan(by=cast.programme_coordinator, plan=cast.plan_jette)
    plan = Plan.objects.get(pk=cast.plan_jette.pk)
    rules.amend_plan(by=cast.jette_coordinator, plan=plan)
    assert signatures_of(plan, cast.elected) == []
    assert Signature.objects.count() == 2  # what was signed once is not forgotten


def test_taken_back_with_a_reason(handed_in):
    refused("signature-missing", rules.take_signature_back, by=handed_in.elected, plan=handed_in.plan_jette, reason="x")
    sign(handed_in)
    refused("reason-missing", rules.take_signature_back, by=handed_in.elected, plan=handed_in.plan_jette, reason=" ")
    rules.take_signature_back(by=handed_in.elected, plan=handed_in.plan_jette, reason="Le conseil n’a pas voté")
    assert signatures_of(handed_in.plan_jette, handed_in.elected) == []
    sign(handed_in)


def test_who_stands_in_signs_in_both_names(handed_in):
    mandate = Mandate.objects.get(user=handed_in.elected, body=handed_in.jette)
    stand_in(mandate, handed_in.stranger, today(), today())
    sign(handed_in, by=handed_in.stranger)
    (one,) = signatures_of(handed_in.plan_jette, handed_in.elected)
    assert handed_in.stranger.name in one.who
    assert handed_in.elected.name in one.who


def test_the_table_keeps_one_a_person(handed_in):
    sign(handed_in)
    with pytest.raises(IntegrityError), transaction.atomic():
        Signature.objects.create(plan=handed_in.plan_jette, signed_by=handed_in.elected.pk)


def test_it_waits_for_the_elected_member_until_it_is_signed(handed_in):
    def waits() -> bool:
        return any("#signatures" in one.href for one in to_do(handed_in.elected))

    assert waits()
    sign(handed_in)
    assert not waits()
    assert not any("#signatures" in one.href for one in to_do(handed_in.jette_coordinator))


def test_by_the_page(handed_in, signed_in):
    client, body = signed_in(handed_in.elected), handed_in.jette
    page = reverse("plans:plan", args=[body.slug])
    shown = client.get(page)
    version = shown.context["plan"].version
    assert reverse("plans:plan-sign", args=[body.slug]) in shown.text
    client.post(reverse("plans:plan-sign", args=[body.slug]), {"version": version})
    signed = client.get(page).text
    assert handed_in.elected.name in signed
    assert reverse("plans:plan-sign", args=[body.slug]) not in signed
    client.post(reverse("plans:plan-unsign", args=[body.slug]), {"reason": "Erreur"})
    assert Signature.objects.get().ended_at is not None
