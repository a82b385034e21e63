"""A reporting sheet as a workbook: out, filled in, back on the page, kept by the page's own rules."""

import io
from decimal import Decimal

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from tests.factories.measured import make_measured
from tests.interop.forging import edited
from tiwizi.indicators import rules
from tiwizi.indicators.models import Measurement, Report
from tiwizi.indicators.queries.sheets import sheet_of
from tiwizi.interop.sheet_book import COLUMNS, MARK, number_of, sheet_workbook
from tiwizi.interop.sheet_reader import read_sheet_workbook

pytestmark = pytest.mark.django_db
BRING = reverse("interop:sheet-import", args=["jette-belfaa", "2018-1"])
SHEET = reverse("indicators:sheet", args=["jette-belfaa", "2018-1"])


@pytest.fixture
def measured(cast):
    return make_measured(cast)


@pytest.fixture
def client(measured, signed_in):
    return signed_in(measured.cast.jette_coordinator)


def _book(measured, language="fr"):
    return sheet_workbook(sheet_of(measured.cast.jette, measured.first), language)


def _cell(sheet, key, name="figure"):
    """The cell of a column in the row of a figure."""
    columns = {cell.value: cell.column for cell in sheet[1] if cell.value}
    row = next(row for row in range(3, sheet.max_row + 1) if sheet.cell(row, columns[MARK + "key"]).value == key)
    return sheet.cell(row, columns[MARK + name])


def _filled(data, values):
    """The workbook with values by (key, column); the second is `figure` when only the key is given."""

    def change(book):
        for spot, value in values.items():
            key, name = spot if isinstance(spot, tuple) else (spot, "figure")
            _cell(book.active, key, name).value = value

    return edited(data, change)


def _bring(client, data):
    file = SimpleUploadedFile("fiche.xlsx", data)
    return client.post(BRING, {"workbook": file})


def _form(answer):
    """What a browser would send from the page that came."""
    form = BeautifulSoup(answer.content, "html.parser").select_one("form#sheet")
    found = {}
    for one in form.select("input[name], textarea[name]"):
        if one.get("type") not in ("checkbox", "radio") or one.has_attr("checked"):
            found[one["name"]] = (
                one.text.strip("\n")
                if one.name == "textarea"
                else one.get("value", "on" if one.get("type") == "checkbox" else "")
            )
    return form["action"], found


def test_filled_in_brought_back_and_kept(measured, client):
    key, other = measured.trained.pk.hex, measured.members.pk.hex
    data = _filled(
        client.get(reverse("interop:sheet-workbook", args=["jette-belfaa", "2018-1"])).content,
        {
            key: 12,
            f"{key}/b/sex/f": "7",
            f"{key}/b/sex/m": 5,
            (key, "comment"): "Bien",
            (other, "not_applicable"): "oui",
        },
    )
    answer = _bring(client, data)
    assert answer.status_code == 200
    assert not Measurement.objects.exists()  # looked at, not kept
    assert len(BeautifulSoup(answer.content, "html.parser").select("tr[data-cell] th .badge-wait")) == 2
    action, sent = _form(answer)
    assert client.post(action, sent).status_code == 302
    figure = Measurement.objects.get(indicator=measured.trained)
    assert (figure.value, figure.breakdown, figure.comment) == (12, {"sex": {"f": "7", "m": "5"}}, "Bien")
    assert Measurement.objects.get(indicator=measured.members).not_applicable
    assert Report.objects.get().state == "draft"


@pytest.mark.parametrize("language", ["fr", "nl", "en", "ar"])
def test_an_untouched_workbook_brings_nothing(measured, client, language):
    rate, names, told = (
        measured.indicator("rate", "ratio", decimals=1),
        measured.indicator("names", "unique", counts="structures"),
        measured.indicator("told", "latest", counts="text"),
    )
    for indicator, values in [
        (measured.trained, {"value": "0", "breakdown": {"sex": {"f": "0"}}}),
        (measured.members, {"not_applicable": True, "comment": "0612"}),
        (rate, {"numerator": "1.5", "denominator": "3"}),
        (names, {"members": "007", "comment": "=1+1"}),
        (told, {"text": "Les deux côtés\nont appris"}),
    ]:
        rules.report_figure(by=None, body=measured.cast.jette, period=measured.first, indicator=indicator, **values)
    data = edited(_book(measured, language), lambda book: None)  # as another program saves it
    before = list(Measurement.objects.order_by("pk").values_list("pk", "version"))
    answer = _bring(client, data)
    page = BeautifulSoup(answer.content, "html.parser")
    assert answer.status_code == 200
    assert not page.select("tr[data-cell] th .badge-wait")
    client.post(*_form(answer))
    assert list(Measurement.objects.order_by("pk").values_list("pk", "version")) == before


def test_empty_is_not_zero(measured, client):
    key = measured.trained.pk.hex
    rules.report_figure(
        by=None, body=measured.cast.jette, period=measured.first, indicator=measured.trained, value="12"
    )
    data = _filled(_book(measured), {key: None, measured.members.pk.hex: 0})
    client.post(*_form(_bring(client, data)))
    figures = {one.indicator_id: one.value for one in Measurement.objects.all()}
    assert figures.get(measured.trained.pk) is None
    assert figures[measured.members.pk] == 0


def test_every_fault_at_once_with_its_cell(measured, client):
    key, other = measured.trained.pk.hex, measured.members.pk.hex
    values = {key: "douze", f"{key}/b/sex/f": -3, (other, "not_applicable"): "peut-être", other: 3}
    data = _filled(_book(measured), values)
    answer = _bring(client, data)
    sheet = load_workbook(io.BytesIO(data)).active
    page = BeautifulSoup(answer.content, "html.parser")
    told = " ".join(item.text for item in page.select(".note li"))
    for spot in [(key, "figure"), (f"{key}/b/sex/f", "figure"), (other, "not_applicable")]:
        assert _cell(sheet, *spot).coordinate in told
    assert "douze" in told
    assert answer.status_code == 422
    assert not Measurement.objects.exists()
    client.post(*_form(answer))  # what is sound is kept, the rest stays on the page
    assert Measurement.objects.get().value == 3


def test_what_somebody_else_entered_meanwhile_stands_beside(measured, client):
    key = measured.trained.pk.hex
    data = _filled(_book(measured), {key: 12})
    rules.report_figure(
        by=measured.cast.animator,
        body=measured.cast.jette,
        period=measured.first,
        indicator=measured.trained,
        value="9",
    )
    answer = _bring(client, data)
    assert answer.status_code == 409
    page = BeautifulSoup(answer.content, "html.parser")
    assert [cell.text for cell in page.select(f'tr[data-cell="{key}"] .clash td')] == ["9", "12"]
    action, sent = _form(answer)
    assert client.post(action, sent).status_code == 409  # nobody chose yet
    assert Measurement.objects.get().value == 9
    client.post(action, sent | {f"{key}/choice": "mine"})
    assert Measurement.objects.get().value == 12


def test_an_older_workbook_does_not_undo_what_it_says_nothing_of(measured, client):
    data = _filled(_book(measured), {measured.members.pk.hex: 20})
    rules.report_figure(by=None, body=measured.cast.jette, period=measured.first, indicator=measured.trained, value="9")
    client.post(*_form(_bring(client, data)))
    figures = {one.indicator_id: one.value for one in Measurement.objects.all()}
    assert figures == {measured.trained.pk: 9, measured.members.pk: 20}


def _code(data, measured):
    reading = read_sheet_workbook(data, sheet_of(measured.cast.jette, measured.first))
    return [(fault["code"], fault["cell"]) for fault in reading.faults]


def test_files_that_are_not_this_sheet(measured, client):
    cast = measured.cast
    assert _code(b"", measured) == [("empty-file", "")]
    assert _code(b"figures,12", measured)[0][0] == "not-a-workbook"
    assert _code(sheet_workbook(sheet_of(cast.etterbeek, measured.first), "fr"), measured) == [("foreign-body", "")]
    assert _code(sheet_workbook(sheet_of(cast.jette, measured.second), "fr"), measured) == [("other-period", "")]
    without = edited(_book(measured), lambda book: book.active.delete_rows(1))
    assert _code(without, measured) == [("no-figures-sheet", "")]
    answer = _bring(client, without)
    assert answer.status_code == 422
    assert BeautifulSoup(answer.content, "html.parser").select(".field-error, .form-errors")


def test_rows_twice_of_nothing_no_longer_asked_and_formulas(measured):
    key = measured.trained.pk.hex
    figure = COLUMNS.index("figure") + 1

    def change(book):
        sheet = book.active
        row = _cell(sheet, key).row
        last = sheet.max_row
        sheet.cell(last + 1, 1).value = key
        sheet.cell(last + 2, figure).value = 7
        sheet.cell(last + 3, 1).value = "0" * 32
        sheet.cell(last + 3, figure).value = 4
        sheet.cell(row, figure).value = "=1+1"

    codes = dict(_code(edited(_book(measured), change), measured))
    assert set(codes) == {"row-twice", "row-of-nothing", "no-longer-asked", "formula-without-result"}


def test_columns_may_be_moved_and_rows_sorted(measured, client):
    key = measured.trained.pk.hex

    def change(book):
        sheet = book.active
        rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
        rows = [rows[0], *reversed(rows[1:])]
        for r, row in enumerate(rows, 1):
            for c, value in enumerate(reversed(row), 1):
                sheet.cell(r, c).value = value
        _cell(sheet, key).value = 12

    client.post(*_form(_bring(client, edited(_book(measured), change))))
    assert Measurement.objects.get().value == 12


def test_who_may_not_and_what_is_locked(measured, client, signed_in):
    data = _filled(_book(measured), {measured.trained.pk.hex: 12})
    assert _bring(signed_in(measured.cast.donor), data).status_code == 403
    assert _bring(signed_in(measured.cast.etterbeek_coordinator), data).status_code == 403
    measured.report(measured.cast.jette, measured.first, trained="9")
    assert _bring(client, data).status_code == 409
    assert Measurement.objects.get().value == 9


def test_a_number_that_excel_would_round_goes_as_text():
    assert number_of("12345678901,25") == Decimal("12345678901.25")
    assert number_of("-3") == -3
    assert number_of("123456789012,3456") is None
    assert number_of("douze") is None
