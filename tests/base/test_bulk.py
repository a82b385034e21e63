"""Rows that go in at once read back as they were given, and the database's rules hold for them."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from tiwizi.base.bulk import insert_many, update_many
from tiwizi.indicators.models import Measurement, Report, Total

pytestmark = pytest.mark.django_db


@pytest.fixture
def sheet(cast):
    from tests.factories.measured import make_measured

    measured = make_measured(cast)
    return measured, Report.objects.create(body=cast.jette, period=measured.first)


def test_every_kind_of_value_reads_back_as_it_was_given(sheet, cast):
    measured, report = sheet
    given = [
        Measurement(report=report, indicator=measured.trained, value=Decimal("12.5"), breakdown={"sex": {"f": "3"}}),
        Measurement(report=report, indicator=measured.members, members=["Amal", "تافوكت"], text='a\t"b"\\n\nc'),
    ]
    assert insert_many(Measurement, given) == 2
    first, second = (Measurement.objects.get(pk=one.pk) for one in given)
    assert (first.value, first.breakdown, first.members, first.activity) == (
        Decimal("12.5"),
        {"sex": {"f": "3"}},
        None,
        None,
    )
    assert (second.value, second.members, second.text) == (None, ["Amal", "تافوكت"], 'a\t"b"\\n\nc')
    assert first.changed_at is not None


def test_the_database_makes_keys_and_refuses_what_it_always_refuses(sheet, cast):
    measured, _ = sheet
    before = Total.objects.count()
    row = {"indicator": measured.trained, "body": cast.north, "value": Decimal(1), "by": {}}
    assert insert_many(Total, [Total(period=None, **row)]) == 1
    assert Total.objects.count() == before + 1
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_many(Total, [Total(period=None, **row)])
    assert insert_many(Measurement, []) == 0


def test_some_fields_of_rows_that_stand(sheet, cast):
    measured, _ = sheet
    total = Total.objects.create(indicator=measured.trained, body=cast.north, period=None, value=Decimal(1), counted=4)
    total.value, total.by, total.counted = Decimal("2.5"), {"sex": {"f": "1"}}, 9
    assert update_many(Total, [total], ["value", "by"]) == 1
    total.refresh_from_db()
    assert (total.value, total.by, total.counted) == (Decimal("2.5"), {"sex": {"f": "1"}}, 4)
    total.value = None
    update_many(Total, [total], ["value"])
    total.refresh_from_db()
    assert total.value is None
    assert update_many(Total, [], ["value"]) == 0
