from datetime import date

import pytest
from bs4 import BeautifulSoup

from tiwizi.base.errors import Refusal
from tiwizi.network.models import Grouping, Mandate
from tiwizi.network.permissions import ROLES, SENTENCES, Action, may, needed_for, require


def test_a_role_reaches_the_bodies_below(cast):
    assert may(cast.animator, Action.RUN_ROUND, cast.souss)
    assert may(cast.animator, Action.READ_ROUND, cast.jette)
    assert may(cast.programme_coordinator, Action.VALIDATE_PLAN, cast.jette)


def test_a_role_never_reaches_sideways_or_up(cast):
    assert not may(cast.animator, Action.RUN_ROUND, cast.north)
    assert not may(cast.animator, Action.RUN_ROUND, cast.country)
    assert not may(cast.jette_coordinator, Action.EDIT_PLAN, cast.etterbeek)


def test_everybody_with_a_mandate_reads_the_programme(cast):
    assert may(cast.neighbour, Action.READ, cast.jette)
    assert may(cast.association, Action.READ, cast.schaerbeek)


def test_a_stranger_a_visitor_and_a_closed_account_read_nothing(cast):
    cast.elected.is_active = False
    for nobody in (cast.stranger, None, cast.elected):
        answer = may(nobody, Action.READ, cast.jette)
        assert not answer
        assert str(answer.reason)


def test_an_expired_mandate_allows_nothing(cast):
    Mandate.objects.filter(user=cast.jette_coordinator).update(end=date(2018, 10, 14))
    assert not may(cast.jette_coordinator, Action.EDIT_PLAN, cast.jette)
    assert may(cast.jette_coordinator, Action.EDIT_PLAN, cast.jette, on=date(2018, 10, 14))


def test_require_refuses_with_its_reason(cast):
    with pytest.raises(Refusal) as caught:
        require(cast.neighbour, Action.EDIT_PLAN, cast.jette)
    assert caught.value.code == "not-allowed"
    assert caught.value.status == 403
    assert str(caught.value.hint)


# Who may what, in the role's own body: the whole table, so that a change of a role is seen here too.
MATRIX = {
    "programme_coordinator": "read read-people edit-contacts manage-network give-roles record-decision edit-plan"
    " submit-plan validate-plan read-round run-round read-documents edit-documents"
    " define-indicators report validate-report certify-report",
    "animator": "read read-people edit-contacts read-round run-round record-decision read-documents edit-documents"
    " report validate-report",
    "coordinator_north": "read read-people edit-contacts edit-plan submit-plan read-round opt-out answer-proposal"
    " give-roles record-decision read-documents edit-documents report",
    "coordinator_south": "read read-people edit-contacts edit-plan submit-plan read-round opt-out answer-proposal"
    " give-roles record-decision read-documents edit-documents report",
    "elected": "read read-people read-round read-documents sign-plan",
    "association": "read",
    "donor": "read read-people read-round read-documents",
    "auditor": "read read-people read-round read-documents",
}


def test_the_table_of_roles_is_complete():
    assert set(MATRIX) == set(ROLES)
    assert {action.value for action in Action} == {word for words in MATRIX.values() for word in words.split()}


@pytest.mark.parametrize("role", list(MATRIX))
@pytest.mark.parametrize("action", list(Action))
def test_what_each_role_may(cast, role, action):
    Mandate.objects.create(user=cast.stranger, body=cast.jette, role=role)
    assert bool(may(cast.stranger, action, cast.jette)) is (action.value in MATRIX[role].split())
    # In another partnership the same role only reads the plans.
    assert bool(may(cast.stranger, action, cast.schaerbeek)) is (action is Action.READ)


def test_a_role_that_no_longer_exists_allows_nothing(cast):
    Mandate.objects.filter(user=cast.elected).update(role="of-old")
    assert not may(cast.elected, Action.READ, cast.jette)


def test_an_answer_carries_its_reason(cast):
    reasons = {
        who: str(may(getattr(cast, who) if who else None, Action.EDIT_PLAN, cast.jette).reason)
        for who in (None, "stranger", "elected", "neighbour", "jette_coordinator")
    }
    assert len(set(reasons.values())) == 5


def test_a_mandate_in_a_closed_body_still_reads_it(cast):
    """What a partnership did stays readable after its end, by who had the group above it."""
    cast.jette.end = date(2018, 6, 30)
    cast.jette.save()
    assert may(cast.animator, Action.READ_ROUND, cast.jette)


def test_a_whole_that_ended_before_the_body_began_does_not_reach_it(cast):
    Grouping.objects.filter(body=cast.jette, whole=cast.souss).update(end=date(2016, 12, 31))
    cast.jette.start = date(2017, 1, 1)
    cast.jette.save()
    assert not may(cast.animator, Action.READ_ROUND, cast.jette)


# --- Why may I not do this? ---


def test_a_refusal_says_which_role_is_needed_where_and_who_holds_it(cast, signed_in):
    page = BeautifulSoup(signed_in(cast.neighbour).get("/b/jette-belfaa/plan/open/").content, "html.parser")
    lines = [" ".join(line.text.split()) for line in page.select("main ul li")]
    assert any("Jette–Belfaa" in line and "Coordination Jette" in line for line in lines)
    assert any("Programme" in line and "Coordination du programme" in line for line in lines)
    with pytest.raises(Refusal) as caught:
        require(cast.elected, Action.EDIT_PLAN, cast.jette)
    needed = {(one.role.code, one.body.slug): one.holders for one in caught.value.details()}
    assert needed["coordinator_north", "jette-belfaa"] == ["Coordination Jette"]
    assert needed["coordinator_south", "jette-belfaa"] == []
    assert needed["programme_coordinator", "programme"] == ["Coordination du programme"]


def test_who_may_not_read_a_body_learns_no_name_of_it(cast):
    assert needed_for(cast.stranger, Action.EDIT_PLAN, cast.jette) == []
    assert needed_for(None, Action.EDIT_PLAN, cast.jette) == []


def test_closed_accounts_and_mandates_that_are_over_are_not_named(cast):
    Mandate.objects.filter(user=cast.programme_coordinator).update(end=date(2018, 1, 1))
    cast.jette_coordinator.is_active = False
    cast.jette_coordinator.save()
    assert not any(one.holders for one in needed_for(cast.elected, Action.EDIT_PLAN, cast.jette))


def test_every_action_has_its_words():
    assert set(SENTENCES) == set(Action)
