import io
from datetime import date
from types import SimpleNamespace

import pytest
from openpyxl import load_workbook

from tests.interop.forging import members
from tiwizi.interop.agreed import collective_workbook
from tiwizi.interop.words import LANGUAGES
from tiwizi.pooling.queries.agreed import Agreed, Partner, Row, Share


@pytest.fixture
def agreed(cast):
    shares = [Share(cast.jette, "Formation", 420_000, 220_001), Share(cast.etterbeek, "=Cours", 100_000, 79_999)]
    row = Row("C1", "Ensemble", "Formation", "Belfaa", date(2017, 10, 2), None, 300_000, 520_000, shares)
    partners = [Partner(share.body, share.alone_cents, share.share_cents) for share in shares]
    return Agreed(SimpleNamespace(title="Automne 2017"), cast.souss, [row], partners)  # type: ignore[arg-type]


def sheets(data, *, results):
    return load_workbook(io.BytesIO(data), data_only=results).worksheets


def test_sums_are_formulas_with_their_results(agreed):
    data = collective_workbook(agreed, "fr")
    shown, written = sheets(data, results=True), sheets(data, results=False)
    assert [shown[0][f"{c}4"].value for c in "ABDGHI"] == ["C1", "Ensemble", "Belfaa", 5200, 3000, 2200]
    assert [shown[0][f"{c}5"].value for c in "GHI"] == [5200, 3000, 2200]
    assert [written[0][f"{c}5"].value for c in "GHI"] == ["=SUM(G4:G4)", "=SUM(H4:H4)", "=SUM(I4:I4)"]
    assert written[0]["I4"].value == "=G4-H4"
    assert shown[0]["F4"].value is None  # participants not known
    assert shown[0]["E4"].value.date() == date(2017, 10, 2)


def test_shares_to_the_cent_add_up_to_the_cost(agreed):
    shares = sheets(collective_workbook(agreed, "fr"), results=True)[1]
    assert [[shares[f"{c}{row}"].value for c in "BCDEF"] for row in (4, 5)] == [
        ["Jette–Belfaa", "Formation", 4200, 2200.01, 1999.99],
        ["Etterbeek–Aït Baha", "=Cours", 1000, 799.99, 200.01],
    ]
    assert shares["E6"].value == 3000
    assert shares["C5"].data_type == "s"


def test_partners_stand_with_what_they_save(agreed):
    partners = sheets(collective_workbook(agreed, "fr"), results=True)[2]
    assert [[partners[f"{c}{row}"].value for c in "BCD"] for row in (4, 5, 6)] == [
        [4200, 2200.01, 1999.99], [1000, 799.99, 200.01], [5200, 3000, 2200],
    ]  # fmt: skip


def test_a_round_without_an_agreement_is_an_empty_table(cast):
    agreed = Agreed(SimpleNamespace(title="Automne"), cast.souss)  # type: ignore[arg-type]
    assert [sheet["A5"].value for sheet in sheets(collective_workbook(agreed, "fr"), results=True)] == [None] * 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_agreement_gives_the_same_bytes_in_its_direction(agreed, language):
    data = collective_workbook(agreed, language)
    assert data == collective_workbook(agreed, language)
    assert b"2017-01-01" in members(data)["docProps/core.xml"]  # not the day of writing
    assert [bool(s.sheet_view.rightToLeft) for s in sheets(data, results=True)] == [language == "ar"] * 3
