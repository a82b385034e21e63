"""The demo's figures: all of them go in, a training of three partnerships counts once everywhere, loading again adds
nothing."""

import pytest

from tiwizi.indicators import doctor
from tiwizi.indicators.models import Assignment, Indicator, Measurement, Publication, Report, Target, Total
from tiwizi.indicators.queries import publication
from tiwizi.interop import demo
from tiwizi.interop.examples import rows_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def total(body, indicator, period):
    return Total.objects.get(body__slug=body, indicator__code=indicator, period__code=period)


def test_the_demo_is_measured_and_counted_once():
    demo.load()
    figures = list(rows_of(demo.FOLDER / "figures.csv"))
    assert Measurement.objects.count() == len(figures)
    assert set(Report.objects.values_list("state", flat=True)) == set(Report.State.values)
    assert set(Indicator.objects.values_list("calculation", flat=True)) >= {
        "sum",
        "latest",
        "ratio",
        "average",
        "unique",
    }
    assert not Indicator.objects.filter(illustrative=False).exists()

    # A training of Jette-Belfaa, Etterbeek-Aït Baha (Souss-Massa) and Schaerbeek-Al Hoceïma (North), told by their
    # thematic group: 47 people in each region and in the whole country, not 47 for each partner.
    shared = next(row for row in figures if row["activity"] == "C1")
    for body in ("souss-massa", "nord-oriental", "besoins-specifiques"):
        assert total(body, "4.1", "2018-1").shared == 1
    alone = sum(
        int(row["value"] or 0) for row in figures
        if (row["indicator"], row["period"]) == ("4.1", "2018-1") and row is not shared
        and Report.objects.get(body__slug=row["body"], period__code="2018-1").state not in ("draft", "returned")
    )  # fmt: skip
    country = total("maroc", "4.1", "2018-1")
    assert country.value == alone + int(shared["value"])
    parts = [
        total(slug, "4.1", "2018-1").own for slug in ("jette-belfaa", "etterbeek-ait-baha", "schaerbeek-al-hoceima")
    ]
    assert abs(sum(parts) - int(shared["value"])) < 1e-6

    # An association that two municipalities follow is one association.
    assert total("souss-massa", "4.2", "2018-1").value < 4
    checks = [doctor.totals, doctor.shares, doctor.figures, doctor.breakdowns, doctor.lives]
    assert [list(check()) for check in checks] == [[]] * len(checks)

    # Everybody reads what is accepted of it, and nothing else.
    public = publication.public_results(Publication.objects.get(closed_at=None).body)
    assert [one.code for one in public.periods] == ["2017-2"]
    assert set(Publication.objects.get().introduction) == {"fr", "nl", "en", "ar"}

    kept = (Indicator, Assignment, Target, Report, Measurement, Total, Publication)
    before = [model.objects.count() for model in kept]
    demo.load()
    assert [model.objects.count() for model in kept] == before
