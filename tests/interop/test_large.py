"""The large programme, small: every state and role is there, nothing is wrong with it, and it is the same each time."""

from collections import Counter

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from tiwizi.indicators import doctor
from tiwizi.indicators.models import Indicator, Measurement, Report, Share, Target, Total
from tiwizi.interop.large import AlreadyThere, Size, seed
from tiwizi.network.models import Body, Mandate
from tiwizi.network.permissions import ROLES
from tiwizi.plans.models import Plan

pytestmark = pytest.mark.django_db
SCALE = 0.002


def _told():
    """What was reported, without the identities that each loading makes anew."""
    rows = Measurement.objects.values_list(
        "report__body__slug", "report__period__code", "indicator__code", "value", "numerator", "members", "breakdown"
    )
    return sorted(map(repr, rows))


@pytest.fixture
def large():
    size = Size.of(SCALE)
    seed(size)
    return size


@pytest.mark.slow
def test_it_holds_every_state_role_and_calculation(large):
    assert Plan.objects.filter(body__slug__startswith="large-partnership").count() == large.plans
    assert Indicator.objects.count() == large.indicators
    assert Measurement.objects.count() == large.measurements
    assert set(Report.objects.values_list("state", flat=True)) == set(Report.State.values)
    assert set(Mandate.objects.values_list("role", flat=True)) == set(ROLES)
    assert Share.objects.exists()
    assert Target.objects.exists()
    assert Total.objects.filter(shared__gt=0, body__slug="large-programme").exists()


@pytest.mark.slow
def test_the_doctor_finds_it_whole(large):
    checks = [doctor.totals, doctor.shares, doctor.figures, doctor.breakdowns, doctor.lives]
    assert [list(check()) for check in checks] == [[]] * len(checks)


@pytest.mark.slow
def test_groups_cross(large):
    wholes = Counter(Body.objects.filter(slug__startswith="large-partnership").values_list("slug", "groupings__whole"))
    assert len(wholes) >= 2 * large.plans  # a region and a theme at least


@pytest.mark.slow
def test_it_is_built_once(large):
    with pytest.raises(AlreadyThere):
        seed(large)
    with pytest.raises(CommandError, match="once"):
        call_command("seed_large", scale=SCALE, verbosity=0)


@pytest.mark.slow
def test_the_same_number_gives_the_same():
    said = []
    for number in (1, 1, 2):
        with transaction.atomic():
            seed(Size.of(SCALE / 2), number=number)
            said.append(_told())
            transaction.set_rollback(True)
    assert said[0] == said[1] != said[2]


def test_a_scale_is_from_a_thousandth_to_the_whole():
    assert (Size.of(1).plans, Size.of(1).indicators, Size.of(1).measurements) == (300, 1000, 500_000)
    for scale in (0, 2):
        with pytest.raises(CommandError, match="scale"):
            call_command("seed_large", scale=scale)
