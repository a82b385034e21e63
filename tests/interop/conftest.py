from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation

from tests.factories.measured import make_measured
from tiwizi.indicators import rules


@pytest.fixture
def plan(cast):
    """Jette's plan with two activities, A1 (of two places, without its neighbour) and A2."""
    first = cast.activity(cast.plan_jette, "A1")
    first.hosts.set([cast.belfaa, cast.ait_baha])
    first.avoid.set([cast.etterbeek])
    first.other_targets.set([cast.youth])
    cast.activity(
        cast.plan_jette, "A2", title="Diagnostic social", kind=cast.diagnosis, cost_cents=None, participants=None,
        window_start=date(2018, 1, 1), window_end=date(2018, 3, 4), mandatory=True, note="Première ligne\r\nseconde",
    )  # fmt: skip
    return cast.plan_jette


@pytest.fixture(autouse=True)
def english():
    """Sentences are compared as they stand in the code, whatever the catalogues hold."""
    with translation.override("en"):
        yield


@pytest.fixture
def measured(cast):
    """Two indicators, one broken down by sex; a target of Jette's, and one of the programme that is zero."""
    found = make_measured(cast)
    rules.set_target(by=None, indicator=found.trained, body=cast.jette, period=found.first, value=Decimal("12.5"))
    rules.set_target(by=None, indicator=found.members, body=cast.programme, period=None, value=Decimal(0))
    return found
