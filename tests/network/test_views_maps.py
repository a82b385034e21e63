"""The network of a body as a picture, a map and a list, small and large."""

from datetime import date

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils.translation import override

from tiwizi.base.pictures import Box, Levels
from tiwizi.network.models import Body, Grouping, Membership, Organisation

pytestmark = pytest.mark.django_db


def page(client, body, **query):
    answer = client.get(reverse("network:network", args=[body.slug]), query)
    assert answer.status_code == 200
    return BeautifulSoup(answer.content, "html.parser")


def enlarge(cast, count=300):
    """So many more partnerships, in ten groups of the country; every third also in the theme."""
    kind = cast.jette.kind
    groups = [
        Body.objects.create(slug=f"groupe-{k}", kind=cast.souss.kind, name={"fr": f"Groupe {k}"}) for k in range(10)
    ]
    Grouping.objects.bulk_create(Grouping(body=one, whole=cast.country) for one in groups)
    bodies = Body.objects.bulk_create(
        Body(slug=f"partenariat-{k}", kind=kind, name={"fr": f"Partenariat {k}"}) for k in range(count)
    )
    ties = [Grouping(body=one, whole=groups[k % 10]) for k, one in enumerate(bodies)]
    Grouping.objects.bulk_create(ties + [Grouping(body=one, whole=cast.theme) for one in bodies[::3]])
    towns = Organisation.objects.bulk_create(
        Organisation(slug=f"commune-{k}", kind_id="commune", name={"fr": f"Commune {k}"}, country="MA",
                     lat=29 + k % 60 / 10, lon=-9 + k / 60) for k in range(count)
    )  # fmt: skip
    Membership.objects.bulk_create(
        Membership(body=body, organisation=town, side="south") for body, town in zip(bodies, towns, strict=True)
    )


def boxes(soup):
    return [title.get_text().split(" · ")[0] for title in soup.select(".levels rect title")]


def test_levels_crossing_groupings_and_the_list(cast, signed_in):
    soup = page(signed_in(cast.jette_coordinator), cast.country)
    assert boxes(soup)[:2] == ["Programme", "Maroc"]
    assert sorted(boxes(soup)).count("Jette–Belfaa") == 1  # once, though it belongs to two groups
    assert len(soup.select(".levels path.tie")) == Grouping.objects.count()
    names = [row.get_text() for row in soup.select("table th[scope=row]")]
    assert "Schaerbeek–Al Hoceïma" in names
    assert len(soup.select(".map circle")) == 3


def test_the_list_is_filtered_in_the_address(cast, signed_in):
    client = signed_in(cast.jette_coordinator)
    found = page(client, cast.country, q="AIT BAHA").select("table th[scope=row]")
    assert [one.get_text() for one in found] == ["Etterbeek–Aït Baha"]
    assert len(page(client, cast.country, kind="regional-group").select("table th[scope=row]")) == 2
    assert not page(client, cast.country, q="rien").select("table")


def test_it_is_read_as_of_a_day(cast, signed_in):
    Grouping.objects.filter(body=cast.jette).update(end=date(2018, 8, 31))
    client = signed_in(cast.jette_coordinator)
    assert "Jette–Belfaa" in boxes(page(client, cast.souss, on="2018-08-31"))
    assert "Jette–Belfaa" not in boxes(page(client, cast.souss, on="2018-09-01"))


def test_three_hundred_partnerships_stay_readable_and_light(cast, signed_in, django_assert_max_num_queries):
    enlarge(cast)
    client = signed_in(cast.programme_coordinator)
    with django_assert_max_num_queries(25):
        soup = page(client, cast.programme)
    shown = boxes(soup)
    assert len(shown) < 40  # the partnerships are counted in their groups' boxes
    assert any("30" in title.get_text() for title in soup.select(".levels rect title"))
    assert len(soup.select("table th[scope=row]")) == 50
    assert len(soup.select(".map circle")) > 250
    group = Body.objects.get(slug="groupe-3")
    assert len([name for name in boxes(page(client, group)) if name.startswith("Partenariat")]) == 30


def test_queries_do_not_grow_with_the_network(cast, signed_in):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = signed_in(cast.programme_coordinator)
    page(client, cast.programme)
    with CaptureQueriesContext(connection) as few:
        page(client, cast.programme)
    enlarge(cast)
    with CaptureQueriesContext(connection) as many:
        page(client, cast.programme)
    assert len(many) == len(few)


def test_a_picture_is_mirrored_in_arabic_and_long_names_are_cut():
    levels = Levels([[Box(1, "Le programme")], [Box(2, "Un nom bien trop long pour une petite boîte")]], [(2, 1)])
    with override("fr"):
        whole, part = levels.drawing().boxes
    assert whole.x < part.x
    assert part.text.endswith("…")
    with override("ar"):
        whole, part = levels.drawing().boxes
    assert whole.x > part.x
