"""Acts that have their buttons: the library, the last day of a category, whose a shared figure is."""

from datetime import date

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from tests.factories.cast import END, START
from tests.factories.results import shared_activity
from tiwizi.base.errors import Refusal
from tiwizi.base.models import AuditEntry
from tiwizi.indicators import rules
from tiwizi.indicators.models import Indicator, LibraryIndicator, Measurement
from tiwizi.network import histories
from tiwizi.plans.models import Activity

pytestmark = pytest.mark.django_db
DEFINE = "indicators:indicator-define"


def code_of(act, **values) -> str:
    with pytest.raises(Refusal) as caught:
        act(**values)
    return caught.value.code


def test_an_indicator_goes_into_the_library_once(measured):
    cast, one = measured.cast, measured.trained
    assert code_of(rules.put_into_library, by=cast.animator, indicator=one, code="formees") == "not-allowed"
    kept = rules.put_into_library(by=cast.programme_coordinator, indicator=one, code="formees", source="Programme")
    one.refresh_from_db()
    assert (one.library, kept.name, kept.calculation) == (kept, one.name, one.calculation)
    again = {"by": cast.programme_coordinator, "indicator": one, "code": "autre"}
    assert code_of(rules.put_into_library, **again) == "library-held"
    other = {"by": cast.programme_coordinator, "indicator": measured.members, "code": "formees"}
    assert code_of(rules.put_into_library, **other) == "library-code-taken"
    assert LibraryIndicator.objects.count() == 1
    assert histories.story(one)[0].act
    assert AuditEntry.objects.get(act="put-into-library").after == {"code": "formees"}


def test_the_library_s_button_and_what_is_taken_from_it(measured, signed_in):
    client = signed_in(measured.cast.programme_coordinator)
    page = reverse(DEFINE, args=["programme", measured.trained.pk])
    post = reverse("indicators:indicator-library", args=["programme", measured.trained.pk])
    assert post in client.get(page).content.decode()
    client.post(post, {"library-code": "pas un code"})
    assert not LibraryIndicator.objects.exists()
    client.post(post, {"library-code": "formees", "library-source": "Programme 2017"})
    kept = LibraryIndicator.objects.get()
    assert (kept.code, kept.source) == ("formees", "Programme 2017")
    assert post not in client.get(page).content.decode()
    client.post(reverse("indicators:indicator-library", args=["programme", measured.members.pk]),
                {"library-code": "formees"})  # fmt: skip
    assert LibraryIndicator.objects.count() == 1
    add = {"result": measured.cast.result.pk, "library": kept.pk, "code": "N1", "counts": "acts", "calculation": "sum",
           "direction": "up", "decimals": "0", "frequency": "period"}  # fmt: skip
    assert client.post(reverse("indicators:indicator-add", args=["programme"]), add).status_code == 302
    taken = Indicator.objects.get(code="N1")
    assert (taken.library, taken.counts, taken.name) == (kept, "persons", measured.trained.name)


def test_a_category_ends_on_its_page_and_is_no_longer_asked(measured, signed_in):
    client = signed_in(measured.cast.programme_coordinator)
    category = measured.trained.breakdowns.get().set.categories.get(code="m")
    page, post = reverse("indicators:breakdown-sets", args=["programme"]), reverse(
        "indicators:category-end", args=["programme", category.pk]
    )  # fmt: skip
    assert post in client.get(page).content.decode()
    client.post(post, {"end": "demain"})
    category.refresh_from_db()
    assert category.end is None
    client.post(post, {"end": "2018-07-01"})
    category.refresh_from_db()
    assert category.end == date(2018, 7, 1)
    assert 'name="endless"' in client.get(page).content.decode()
    client.post(post, {"end": "2018-07-01", "endless": "1"})
    category.refresh_from_db()
    assert category.end is None
    assert 'name="endless"' not in client.get(page).content.decode()
    client.post(post, {"end": "2018-07-01"})
    reader = signed_in(measured.cast.jette_coordinator)
    asked = {
        code: f"{measured.trained.pk.hex}/b/sex/m"
        in reader.get(reverse("indicators:sheet", args=["jette-belfaa", code])).content.decode()
        for code in ("2018-1", "2018-2")
    }
    assert asked == {"2018-1": True, "2018-2": False}


@pytest.fixture
def together(measured):
    return shared_activity(measured)


@pytest.fixture
def figure(measured, together) -> Measurement:
    cast = measured.cast
    measured.report(cast.souss, measured.first, handed_in=False, trained={"value": "40", "activity": together})
    return Measurement.objects.get()


def path(measured, together) -> str:
    key = f"{measured.trained.pk.hex}.{together.pk.hex}"
    return reverse("indicators:shares", args=["souss-massa", "2018-1", key])


def sent(client, where) -> dict[str, str]:
    form = BeautifulSoup(client.get(where).content, "html.parser").select_one("section form")
    return {one["name"]: one.get("value", "") for one in form.select("input[name]")}


def weights(figure) -> dict[str, int]:
    return {share.body.slug: share.weight for share in figure.shares.select_related("body")}


def test_shares_are_changed_on_their_page_and_every_partner_sees_its_own(measured, together, figure, signed_in):
    cast, where = measured.cast, path(measured, together)
    client = signed_in(cast.animator)
    sheet = reverse("indicators:sheet", args=["souss-massa", "2018-1"])
    assert where in client.get(sheet).content.decode()
    typed = sent(client, where)
    assert typed[cast.jette.pk.hex] == "75"
    assert client.post(where, typed).status_code == 302
    assert set(weights(figure).values()) == {30, 10}  # unchanged: as they were
    wrong = typed | {cast.jette.pk.hex: "80"}
    assert client.post(where, wrong).status_code == 422  # 105 %
    assert client.post(where, typed | {cast.jette.pk.hex: "-5"}).status_code == 422
    assert client.post(where, typed | {cast.jette.pk.hex: ""}).status_code == 422
    right = typed | {cast.jette.pk.hex: "62,5", cast.etterbeek.pk.hex: "37,5"}
    assert client.post(where, right).status_code == 302
    assert weights(figure)[cast.jette.slug] == 6250
    Activity.objects.filter(pk=together.pk).update(window_start=START, window_end=END)  # it touches the period
    own = signed_in(cast.jette_coordinator).get(reverse("indicators:sheet", args=["jette-belfaa", "2018-1"]))
    assert "62,5" in BeautifulSoup(own.content, "html.parser").select_one(".sheet-elsewhere").text
    rules.submit_report(by=cast.animator, report=figure.report)
    assert measured.total(cast.jette, measured.trained, measured.first).own == 25
    assert b'<form method="post" class="tile"' not in client.get(where).content
    assert client.post(where, typed).status_code == 422  # handed in: refused, nothing written
    assert weights(figure)[cast.jette.slug] == 6250


def test_two_who_change_shares_at_once(measured, together, figure, signed_in):
    cast, where = measured.cast, path(measured, together)
    client = signed_in(cast.animator)
    typed = sent(client, where)
    a, b = cast.jette.pk, cast.etterbeek.pk
    rules.share_figure(by=cast.programme_coordinator, measurement=figure, weights={a: 5000, b: 5000})
    answer = client.post(where, typed | {a.hex: "60", b.hex: "40"})
    assert (answer.status_code, answer["Location"]) == (302, where)
    assert weights(figure)[cast.jette.slug] == 5000
    how = {"by": cast.animator, "measurement": figure, "weights": {a: 6000, b: 4000}, "seen": "0"}
    assert code_of(rules.share_figure, **how) == "changed-meanwhile"


def test_thirds_are_shown_whole_and_stay_thirds(measured, together, figure, signed_in):
    figure.shares.update(weight=1)
    figure.shares.create(body=measured.cast.schaerbeek, weight=1)
    client, where = signed_in(measured.cast.animator), path(measured, together)
    typed = sent(client, where)
    assert sorted(typed[one.body.pk.hex] for one in figure.shares.all()) == ["33,33", "33,33", "33,34"]
    client.post(where, typed)
    assert set(weights(figure).values()) == {1}


def test_a_cell_of_one_body_has_no_shares_page(measured, signed_in):
    client = signed_in(measured.cast.animator)
    key = measured.trained.pk.hex
    assert client.get(reverse("indicators:shares", args=["jette-belfaa", "2018-1", key])).status_code == 404
