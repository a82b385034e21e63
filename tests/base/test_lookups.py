"""A set of ids as one parameter finds what `__in` finds."""

from uuid import UUID

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tiwizi.network.models import Body, Grouping


def test_among_is_in_by_own_and_by_foreign_keys(cast):
    chosen = {cast.jette.pk, cast.souss.pk, UUID(int=7)}
    assert {*Body.objects.filter(pk__among=chosen)} == {cast.jette, cast.souss}
    assert {*Body.objects.exclude(pk__among=chosen)} == {*Body.objects.exclude(pk__in=chosen)}
    ties = Grouping.objects.filter(body__among=[str(one) for one in chosen])
    assert {*ties} == {*Grouping.objects.filter(body__in=chosen)} != set()
    assert not Body.objects.filter(pk__among=[]).exists()


def test_among_is_one_parameter(cast):
    with CaptureQueriesContext(connection) as queries:
        list(Body.objects.filter(pk__among=[UUID(int=n) for n in range(40_000)]))
    assert len(queries) == 1
