"""What the tests of the plans' pages share."""

from datetime import date

import pytest

from tiwizi.plans import rules


@pytest.fixture
def activity(cast):
    return cast.activity(cast.plan_jette, "A1")


@pytest.fixture
def collective(cast, activity):
    other = cast.activity(cast.plan_etterbeek, "B1", cost_cents=100_000)
    return rules.create_collective_activity(
        by=cast.animator, body=cast.souss, kind=cast.training, title="Ensemble", host=cast.belfaa,
        week=date(2017, 10, 2), language="fr", parts=[(activity, 420_000, 220_001), (other, 100_000, 79_999)],
        cost_cents=300_000,
    )  # fmt: skip


@pytest.fixture
def coordinator(cast, signed_in):
    return signed_in(cast.jette_coordinator)
