"""Small workbooks made to exhaust or break whoever reads them: told as faults, and the site lives on."""

import re
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl.chart import BarChart

from tests.interop import forging
from tests.interop.forging import HEADERS, ROW, cells, edited, plain, template
from tiwizi.interop import cells as loading
from tiwizi.interop import container, reader
from tiwizi.interop.cells import cells_of
from tiwizi.interop.faults import sentence
from tiwizi.interop.reader import read_plan_workbook
from tiwizi.interop.values import Unreadable
from tiwizi.plans.models import PlanImport


def told(reading):
    return sorted((fault["cell"], fault["code"]) for fault in reading.faults)


def with_rows(data, xml):
    """The first sheet with more rows at its end."""
    return forging.remade(data, sheet1=lambda sheet: sheet.replace(b"</sheetData>", xml + b"</sheetData>"))


def far(cell):
    return b'<row r="1048576">%s</row>' % cell


# --- where cells say that they stand: name -> (rows, code)
PLACES = {
    "a blank text at the very end": (far(b'<c r="XFD1048576" t="str"><v> </v></c>'), "too-many-rows"),
    "an inline blank": (far(b'<c r="XFD1048576" t="inlineStr"><is><t> </t></is></c>'), "too-many-rows"),
    "an empty value": (far(b'<c r="XFD1048576" t="str"><v/></c>'), "too-many-rows"),
    "a formula alone": (far(b'<c r="XFD1048576"><f>1</f></c>'), "too-many-rows"),
    "the first row too far": (b'<row r="20001"><c r="A20001"><v>1</v></c></row>', "too-many-rows"),
    "no address in a far row": (far(b"<c><v>1</v></c>"), "too-many-rows"),
    "a blank in column 201": (b'<row r="40"><c r="GS40" t="str"><v> </v></c></row>', "too-many-columns"),
    "no address after column 200": (b'<row r="40"><c r="GR40"/><c><v>1</v></c></row>', "too-many-columns"),
    "201 cells without address": (b'<row r="40">' + b"<c><v>1</v></c>" * 201 + b"</row>", "too-many-columns"),
    "an address of another row": (b'<row r="40"><c r="A1048576"><v>1</v></c></row>', "damaged"),
    "of another row, far to the side": (b'<row r="40"><c r="CV1048576"><v> </v></c></row>', "damaged"),
    "a row without number": (b'<row r="40"/><row><c r="A1048576"><v>1</v></c></row>', "damaged"),
    "an address without row": (b'<row r="40"><c r="XFD"><v>1</v></c></row>', "damaged"),
    "an address without column": (b'<row r="40"><c r="40"><v>1</v></c></row>', "damaged"),
    "an endless address": (b'<row r="40"><c r="%s1"><v>1</v></c></row>' % (b"A" * 400_000), "damaged"),
    "an endless address of nothing": (b'<row r="40"><c r="%s1"/></row>' % (b"A" * 400_000), "damaged"),
}


@pytest.mark.parametrize("name", PLACES)
def test_a_cell_that_would_take_all_memory_is_refused_before_anything_is_loaded(cast, plan, monkeypatch, name):
    rows, code = PLACES[name]
    monkeypatch.setattr(reader, "cells_of", lambda *asked: pytest.fail("loaded"))
    started = time.perf_counter()
    reading = read_plan_workbook(with_rows(template(cast), rows), plan)
    assert [fault["code"] for fault in reading.faults] == [code]
    assert reading.rows == []
    assert time.perf_counter() - started < 2


@pytest.mark.slow
def test_the_last_cell_that_may_hold_anything_is_read(cast, plan):
    row = b'<row r="20000"><c r="GR20000" t="str"><v> </v></c></row>'
    reading = read_plan_workbook(with_rows(template(cast), row), plan)
    assert (reading.faults, len(reading.rows)) == ([], 2)


def test_cells_with_a_look_alone_may_stand_anywhere(cast, plan):
    reading = read_plan_workbook(with_rows(template(cast), far(b'<c r="XFD1048576" s="1"/>')), plan)
    assert (reading.faults, len(reading.rows)) == ([], 2)


def test_cells_without_addresses_are_read_where_they_stand(cast, plan):
    headers, row = zip(*[(h, value) for h, value in zip(HEADERS, ROW, strict=True) if value is not None], strict=True)
    data = plain([list(row)] * 2, list(headers))
    bare = forging.remade(data, sheet1=lambda xml: re.sub(rb'(<(?:c|row)) r="[A-Z]*\d+"', rb"\1", xml))
    assert bare != data
    first, second = read_plan_workbook(data, plan), read_plan_workbook(bare, plan)
    assert (len(first.rows), first.rows) == (2, second.rows)


def test_a_sheet_told_twice_is_refused(cast, plan):
    def twice(xml):
        return re.sub(rb'(<sheet [^>]*name=")([^"]*)("[^>]*/>)', rb"\1\2\3\1\2\3", xml, count=1)

    def same_part(xml):
        return re.sub(rb'(<sheet [^>]*name=")([^"]*)("[^>]*/>)', rb"\1\2\3\1Encore\3", xml, count=1)

    for change in (twice, same_part):
        assert told(read_plan_workbook(forging.remade(template(cast), workbook=change), plan)) == [("", "damaged")]


def test_hidden_columns_from_far_below_one_take_no_memory(cast):
    xml = b'<worksheet><cols><col min="-3000000000" max="2" hidden="1"/></cols><sheetData/></worksheet>'
    archive = container.opened(forging.with_part(template(cast), "xl/worksheets/sheet1.xml", xml))
    with archive:
        assert container.scan(archive, "xl/worksheets/sheet1.xml").hidden_columns == {1, 2}


# --- the child that loads the values
@pytest.mark.slow
def test_a_reader_that_asks_for_too_much_memory_dies_alone(cast):
    bomb = with_rows(template(cast), far(b'<c r="XFD1048576" t="str"><v> </v></c>'))
    with pytest.raises(Unreadable, match="damaged"):
        cells_of(bomb, ["Activités"])


@pytest.mark.slow
@pytest.mark.parametrize(("lines", "why"), [(1, "more text than a plan can hold"), (40, "MemoryError|allocation")])
def test_few_kilobytes_that_become_gigabytes_are_damaged(cast, plan, caplog, lines, why):
    """Each cell names the same long text: the file stays small, what is read does not (100 MB, 4 GB)."""
    data = template(cast)
    last = forging.members(data)["xl/sharedStrings.xml"].count(b"<si>")
    row = b'<row r="%d">' + b'<c t="s"><v>%d</v></c>' % last * 100 + b"</row>"
    data = with_rows(data, b"".join(row % number for number in range(40, 40 + lines)))
    text = b"<si><t>" + b"x" * 1_000_000 + b"</t></si></sst>"
    data = forging.remade(data, sharedStrings=lambda xml: xml.replace(b"</sst>", text))
    assert told(read_plan_workbook(data, plan)) == [("", "damaged")]
    assert re.search(why, caplog.text)


def test_a_day_that_makes_the_reader_panic_is_damaged(cast, plan):
    data = template(cast)
    (look,) = re.findall(rb'<c r="H2" s="(\d+)"', forging.members(data)["xl/worksheets/sheet1.xml"])
    bad = with_rows(data, b'<row r="60"><c r="H60" s="%s"><v>-1e300</v></c></row>' % look)
    reading = read_plan_workbook(bad, plan)
    assert (told(reading), reading.rows) == ([("", "damaged")], [])


@pytest.mark.slow
def test_a_reader_that_does_not_end_is_stopped(cast, monkeypatch, tmp_path):
    slow = tmp_path / "child.py"
    slow.write_text("import time\ntime.sleep(60)\n")
    monkeypatch.setattr(loading, "_CHILD", slow)
    monkeypatch.setattr(loading, "_SECONDS", 0.2)
    with pytest.raises(Unreadable, match="damaged"):
        cells_of(template(cast), ["Activités"])


def test_the_child_costs_little(cast):
    data = forging.long(2000)
    started = time.perf_counter()
    (rows,) = cells_of(data, ["Plan"])
    assert (len(rows), rows[2000]) == (2001, ["N2000", "Atelier"])
    assert time.perf_counter() - started < 0.5


# --- numbers beyond all measure: cells written, where they are told
NUMBERS = {
    "1e25": 1e25, "1e300": 1e300, "-1e300": -1e300, "just above": 1_000_000_000_000_001, "5,000 digits": "1" * 5000,
    "22 digits": "9" * 22, "16 digits as text": "9" * 16, "30,000 zeros": "0" * 30_000, "Arabic digits": "٣" * 100,
}  # fmt: skip


@pytest.mark.parametrize("name", NUMBERS)
def test_a_number_with_too_many_digits_is_told_at_its_cell(cast, plan, name):
    typed = NUMBERS[name]
    reading = read_plan_workbook(edited(template(cast), cells(J2=typed, L2=typed, N2=typed)), plan)
    assert told(reading) == [("J2", "too-many-digits"), ("L2", "too-many-digits"), ("N2", "too-many-digits")]
    assert all("%(" not in sentence(fault) and len(sentence(fault)) < 300 for fault in reading.faults)


@pytest.mark.parametrize("typed", [10**15, "1000000000000000", "1 000 000 000 000 000"])
def test_what_is_merely_too_much_is_told_by_the_rule(cast, plan, typed):
    reading = read_plan_workbook(edited(template(cast), cells(J2=typed, L2=typed)), plan)
    assert told(reading) == [("J2", "participants-too-many"), ("L2", "cost-too-high")]


@pytest.mark.slow
def test_an_upload_with_numbers_beyond_all_measure_is_kept_with_its_faults(cast, plan, signed_in):
    data = edited(template(cast), cells(J2=1e300, L2="1" * 5000, N2=1e25))
    file = SimpleUploadedFile("plan.xlsx", data)
    response = signed_in(cast.jette_coordinator).post("/b/jette-belfaa/plan/import/", {"workbook": file})
    assert response.status_code == 302
    assert PlanImport.objects.get().pk


@pytest.mark.parametrize(
    "typed", ["9999-W52", "31/12/9999", "décembre 9999", "01/01/0001", "1/13/99999", 1e300, -1e300]
)
def test_days_at_the_edge_of_the_calendar_are_told(cast, plan, typed):
    reading = read_plan_workbook(edited(template(cast), cells(I2=typed)), plan)
    assert {cell for cell, _code in told(reading)} in ({"I2"}, {""})


def test_a_number_without_end_is_no_day(cast, plan):
    endless = forging.remade(
        edited(template(cast), cells(I2=77)),
        sheet1=lambda xml: re.sub(rb'<c r="I2"[^>]*><v>77</v>', b'<c r="I2"><v>1e999</v>', xml),
    )
    assert told(read_plan_workbook(endless, plan)) == [("I2", "not-a-date-cell")]


def test_a_merge_reference_with_endless_digits_is_left_out(cast, plan):
    merged = b'</sheetData><mergeCells><mergeCell ref="A%s:B2"/></mergeCells>' % (b"9" * 5000)
    data = forging.remade(template(cast), sheet1=lambda xml: xml.replace(b"</sheetData>", merged))
    reading = read_plan_workbook(data, plan)
    assert (reading.faults, len(reading.rows)) == ([], 2)


@pytest.mark.parametrize("xml", [b'<row a="%s"/>', b"<!--%s-->"], ids=["attribute", "comment"])
def test_a_tag_without_end_is_refused_fast(cast, plan, xml):
    """expat would read it again with every chunk: 80 MB, 80 kB when packed, took 50 seconds."""
    data = with_rows(template(cast), xml % (b"A" * (10 << 20)))
    assert [fault["code"] for fault in read_plan_workbook(data, plan).faults] == ["too-large-inside"]


def test_a_chart_on_a_sheet_of_its_own_does_no_harm(cast, plan):
    data = edited(template(cast), lambda book: book.create_chartsheet("Graphique").add_chart(BarChart()))
    reading = read_plan_workbook(data, plan)
    assert (reading.faults, len(reading.rows)) == ([], 2)
