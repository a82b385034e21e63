from datetime import date

from tiwizi.framework import rules
from tiwizi.framework.models import Framework
from tiwizi.framework.queries import framework_of
from tiwizi.network.models import Body


def test_every_body_plans_in_the_programmes_frame(cast):
    for body in Body.objects.all():
        assert framework_of(body) == cast.framework


def test_the_nearest_frame_wins(cast):
    values = {"name": {"fr": "Maroc"}, "objective": {}, "start": date(2017, 1, 1), "end": date(2021, 12, 31)}
    own = rules.adopt_framework(by=None, body=cast.country, **values)
    assert framework_of(cast.jette) == framework_of(cast.country) == own
    assert framework_of(cast.programme) == cast.framework


def test_without_a_frame_above_there_is_none(cast):
    alone = Body.objects.create(slug="seul", kind=cast.programme.kind, name={"fr": "Seul"})
    assert framework_of(alone) is None


def test_a_frame_of_a_neighbour_is_not_ones_own(cast):
    Framework.objects.filter(pk=cast.framework.pk).update(body=cast.etterbeek)
    assert framework_of(cast.jette) is None


def test_few_queries(cast, django_assert_max_num_queries):
    with django_assert_max_num_queries(3):
        framework_of(cast.jette)
