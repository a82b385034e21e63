from datetime import date

import pytest

from tiwizi.base.errors import Refusal
from tiwizi.network.models import Mandate
from tiwizi.network.permissions import Action, may, require


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
