"""Workbooks with something wrong: each is told with its code and its cell, or read all the same."""

import time
import tracemalloc
from datetime import date

import pytest
from openpyxl.worksheet.dimensions import RowDimension

from tests.interop import forging
from tests.interop.forging import HEADERS, ROW, cells, edited, plain, template
from tiwizi.interop import reader
from tiwizi.interop.faults import sentence
from tiwizi.interop.reader import MOST_BYTES, read_plan_workbook
from tiwizi.network.models import Body
from tiwizi.plans import rules
from tiwizi.plans.models import Activity

OLE = bytes.fromhex("D0CF11E0A1B11AE1") + b"\0" * 600
DOCTYPE = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]><worksheet'
LONG = "x" * 201


def places(faults):
    return sorted((fault["cell"], fault["code"]) for fault in faults)


def broken_sheet(data):
    return forging.remade(data, sheet1=lambda xml: xml[: len(xml) // 2])


def flipped(data):
    middle = data.index(b"xl/worksheets/sheet1.xml") + 200
    return data[:middle] + bytes(255 - byte for byte in data[middle : middle + 40]) + data[middle + 40 :]


def in_sheet(data, xml):
    return forging.remade(data, sheet1=lambda sheet: sheet.replace(b"<sheetData>", b"<sheetData>" + xml, 1))


def in_custom(old, new):
    return lambda data: forging.remade(data, custom=lambda xml: xml.replace(old, new))


# --- the whole file: name -> (how it is made from the plan's own workbook, code)
FILES = {
    "empty file": (lambda data: b"", "empty-file"),
    "text with commas": (lambda data: "Intitulé;Du;Au\nAtelier;1;2".encode(), "not-a-workbook"),
    "a web page": (lambda data: b"<html><table><tr><td>Atelier</td></tr></table></html>", "not-a-workbook"),
    "PDF": (lambda data: b"%PDF-1.7\n", "not-a-workbook"),
    "Word document": (lambda data: forging.zipped({"word/document.xml": b"<w/>"}), "not-a-workbook"),
    "LibreOffice sheet": (lambda data: forging.zipped({"content.xml": b"<o/>"}), "other-spreadsheet"),
    "binary workbook": (lambda data: forging.zipped({"xl/workbook.bin": b"\0"}), "other-spreadsheet"),
    "old Excel": (lambda data: OLE, "old-format"),
    "password": (lambda data: OLE + "EncryptedPackage".encode("utf-16-le"), "password-protected"),
    "zip password": (forging.flagged_encrypted, "password-protected"),
    "cut in the middle": (lambda data: data[: len(data) // 2], "damaged"),
    "cut inside a sheet": (broken_sheet, "damaged"),
    "changed bytes": (flipped, "damaged"),
    "one part twice": (forging.doubled, "damaged"),
    "sizes that lie": (forging.lying, "damaged"),
    "sizes of the texts that lie": (lambda data: forging.lying(data, "sharedStrings.xml"), "damaged"),
    "entities": (lambda d: forging.remade(d, sheet1=lambda x: x.replace(b"<worksheet", DOCTYPE, 1)), "damaged"),
    "zip bomb": (lambda d: forging.with_part(d, "xl/bomb.xml", b"\0" * 160 * 1024 * 1024), "too-large-inside"),
    "forty megabytes of texts": (
        lambda data: forging.with_part(data, "xl/sharedStrings.xml", b" " * 40 * 1024 * 1024), "too-large-inside",
    ),
    "a cell without end": (lambda d: in_sheet(d, b"<c t='inlineStr'><is><t>" + b"x" * 40_000), "too-large-inside"),
    "merged cells without end": (lambda data: in_sheet(data, b'<mergeCell ref="A1:A9"/>' * 2100), "too-large-inside"),
    "a sheet name without end": (
        lambda d: forging.remade(d, workbook=lambda xml: xml.replace(b"Listes", b"x" * 300)), "damaged",
    ),
    "six megabytes": (lambda data: data + b"\0" * MOST_BYTES, "too-large-file"),
    "later layout": (in_custom(b"tiwizi-plan-1", b"tiwizi-plan-9"), "other-schema"),
    "row 100,000": (lambda data: edited(data, cells(B100000="Atelier")), "too-many-rows"),
    "column XFD": (lambda data: edited(data, cells(XFD2="loin")), "too-many-columns"),
    "no such columns": (lambda data: plain([["a", "b"]], ["Nom", "Prénom"]), "no-activities-sheet"),
    "nothing in it": (lambda data: plain([], []), "no-activities-sheet"),
    "headers alone": (lambda data: plain([]), "no-rows"),
    "two sheets of activities": (
        lambda data: edited(data, lambda book: setattr(book.copy_worksheet(book.worksheets[0]), "title", "Copie")),
        "several-sheets",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_cannot_be_taken_is_told_in_one_sentence(cast, plan, name):
    make, code = FILES[name]
    reading = read_plan_workbook(make(template(cast)), plan)
    assert [fault["code"] for fault in reading.faults] == [code]
    assert reading.rows == []
    assert "%(" not in sentence(reading.faults[0])


# --- cells: name -> (cells written, expected places)
CELLS = {
    "no title": ({"B2": None}, [("B2", "missing")]),
    "no kind": ({"F2": " "}, [("F2", "missing")]),
    "no dates": ({"H2": None, "I2": None}, [("H2", "missing"), ("I2", "missing")]),
    "title too long": ({"B2": LONG}, [("B2", "too-long")]),
    "reference too long": ({"A3": "R" * 21}, [("A3", "too-long")]),
    "unknown kind": ({"F2": "Danse"}, [("F2", "unknown-kind")]),
    "unknown result": ({"C2": "RI 9"}, [("C2", "unknown-result")]),
    "unknown target group": ({"D2": "Martiens"}, [("D2", "unknown-target")]),
    "unknown other target": ({"E2": "youth; Martiens"}, [("E2", "unknown-target")]),
    "unknown host": ({"Q2": "Belfaa; Atlantide"}, [("Q2", "unknown-host")]),
    "forty unknown hosts": ({"Q2": "; ".join(f"Ville {n}" for n in range(40))}, [("Q2", "many-unknown-names")]),
    "two unknown hosts": ({"Q2": "Ys; Atlantide"}, [("Q2", "unknown-host"), ("Q2", "unknown-host")]),
    "unknown partner": ({"R2": "Personne"}, [("R2", "unknown-body")]),
    "avoids itself": ({"R2": "Jette–Belfaa"}, [("R2", "avoid-itself")]),
    "unknown language": ({"K2": "français; klingon"}, [("K2", "unknown-language")]),
    "commune elsewhere": ({"G2": "Al Hoceïma"}, [("G2", "unknown-commune")]),
    "no date": ({"H2": "bientôt"}, [("H2", "not-a-date-cell")]),
    "30 February": ({"I2": "30/02/2018"}, [("I2", "not-a-date-cell")]),
    "week 60": ({"H2": "2017-W60"}, [("H2", "not-a-date-cell")]),
    "a year alone": ({"H2": 2017}, [("H2", "window-outside")]),
    "backwards": ({"H2": date(2018, 1, 1), "I2": date(2017, 9, 3)}, [("I2", "window-order")]),
    "before the plan": ({"H2": date(2016, 9, 5)}, [("H2", "window-outside")]),
    "after the plan": ({"I2": date(2019, 6, 2)}, [("I2", "window-outside")]),
    "negative cost": ({"L2": -5}, [("L2", "cost-negative")]),
    "negative cost as text": ({"L2": "-1.234,50 €"}, [("L2", "cost-negative")]),
    "cost too high": ({"L2": 1e12}, [("L2", "cost-too-high")]),
    "cost in words": ({"L2": "environ mille"}, [("L2", "not-a-number-cell")]),
    "cost of two meanings": ({"L2": "1.234"}, [("L2", "ambiguous-number")]),
    "other currency": ({"L2": "500 DH"}, [("L2", "other-currency")]),
    "parts of a cent": ({"L2": 12.345}, [("L2", "too-many-decimals")]),
    "a day as cost": ({"L2": date(2017, 9, 4)}, [("L2", "not-a-number-cell")]),
    "no participants": ({"J2": 0}, [("J2", "participants-not-positive")]),
    "negative participants": ({"J2": -3}, [("J2", "participants-not-positive")]),
    "half a participant": ({"J2": 12.5}, [("J2", "not-whole")]),
    "participants in words": ({"J2": "une vingtaine"}, [("J2", "not-a-number-cell")]),
    "too many participants": ({"J2": 1_000_000}, [("J2", "participants-too-many")]),
    "yes as participants": ({"J2": True}, [("J2", "not-a-number-cell")]),
    "priority 9": ({"N2": 9}, [("N2", "priority-range")]),
    "priority in words": ({"N2": "haute"}, [("N2", "not-a-number-cell")]),
    "perhaps": ({"O2": "peut-être", "P2": "?"}, [("O2", "not-yes-or-no-cell"), ("P2", "not-yes-or-no-cell")]),
    "a reference twice": ({"A3": "A1"}, [("A3", "duplicate-reference")]),
    "formula without result": ({"L2": "=J2*100"}, [("L2", "formula-without-result")]),
    "formula in the title": ({"B2": "=A2"}, [("B2", "formula-without-result")]),
    "error in a cell": ({"L2": "#DIV/0!"}, [("L2", "formula-error")]),
    "error where a date was": ({"H2": "#REF!"}, [("H2", "formula-error")]),
    "much at once": (
        {"B2": None, "J2": -1, "L2": "cher", "B3": LONG, "N3": 0},
        [("B2", "missing"), ("B3", "too-long"), ("J2", "participants-not-positive"), ("L2", "not-a-number-cell"),
         ("N3", "priority-range")],
    ),
    "a new row without anything": (
        {"B4": "Atelier"},
        [("C4", "missing"), ("D4", "missing"), ("F4", "missing"), ("H4", "missing"), ("I4", "missing")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CELLS)
def test_a_faulty_cell_is_told_with_its_place(cast, plan, name):
    values, expected = CELLS[name]
    reading = read_plan_workbook(edited(template(cast), cells(**values)), plan)
    assert places(reading.faults) == sorted(expected)
    assert {fault["sheet"] for fault in reading.faults} == {"Activités"}
    assert all("%(" not in sentence(fault) for fault in reading.faults)


# --- columns, merged cells, other rows
def test_a_missing_column_stops_the_file(plan):
    reading = read_plan_workbook(plain([ROW[:8]], HEADERS[:8]), plan)
    assert ("A1", "missing-column") in places(reading.faults)
    assert sentence(reading.faults[0]).count("Au") == 1


def test_a_double_column_is_told_at_the_second(plan):
    reading = read_plan_workbook(plain([[*ROW, "Autre"]], [*HEADERS, "Title"]), plan)
    assert places(reading.faults) == [("J1", "duplicate-header")]
    assert reading.faults[0]["params"] == {"header": "Title", "other": "B1"}


def test_merged_cells_are_told_in_every_row_they_cover(cast, plan):
    data = edited(template(cast), lambda book: book.worksheets[0].merge_cells("L2:L3"))
    assert places(read_plan_workbook(data, plan).faults) == [("L2", "merged-cells"), ("L3", "merged-cells")]


def test_a_merged_title_above_the_headers_does_no_harm(plan):
    def decorate(book):
        book.worksheets[0].insert_rows(1, 2)
        book.worksheets[0]["A1"] = "Plan de Jette et Belfaa"
        book.worksheets[0].merge_cells("A1:F1")

    reading = read_plan_workbook(edited(plain([ROW]), decorate), plan)
    assert reading.faults == []
    assert reading.rows[0]["row"] == 4


def test_a_column_merged_to_the_end_of_the_sheet_is_told_fast(cast, plan):
    merged = b'</sheetData><mergeCells><mergeCell ref="B2:C1048576"/></mergeCells>'
    data = forging.remade(template(cast), sheet1=lambda xml: xml.replace(b"</sheetData>", merged))
    assert {("B2", "merged-cells"), ("B3", "merged-cells")} <= set(places(read_plan_workbook(data, plan).faults))


def test_what_is_told_and_kept_of_endless_texts_is_cut(cast, plan):
    data = edited(template(cast), cells(F2="k" * 30_000, L2="c" * 30_000, S3="n" * 30_000, B3="t" * 30_000))
    reading = read_plan_workbook(data, plan)
    assert places(reading.faults) == [
        ("B3", "too-long"), ("F2", "unknown-kind"), ("L2", "not-a-number-cell"), ("S3", "too-long"),
    ]  # fmt: skip
    assert len(str(reading.faults)) + len(str(reading.rows)) < 15_000


def test_merged_headers_are_told(plan):
    data = edited(plain([ROW]), lambda book: book.worksheets[0].merge_cells("H1:I1"))
    assert ("H1", "merged-cells") in places(read_plan_workbook(data, plan).faults)


def test_a_workbook_of_another_body_is_refused(cast, plan):
    reading = read_plan_workbook(template(cast), cast.plan_etterbeek)
    fault = reading.faults[0]
    assert (fault["code"], fault["params"]) == ("other-body", {"typed": "Jette–Belfaa"})


def test_a_workbook_does_not_tell_another_programmes_names(cast, plan):
    """A slug may be guessed; a body that is there and one that is not get the same answer."""
    Body.objects.create(slug="body-elsewhere", kind=cast.jette.kind, name={"fr": "Secret ailleurs"})
    faults = [
        read_plan_workbook(in_custom(b"jette-belfaa", slug)(template(cast)), plan).faults
        for slug in (b"body-elsewhere", b"body-nowhere")
    ]
    assert faults[0] == faults[1]
    assert (faults[0][0]["code"], faults[0][0]["params"]) == ("foreign-body", {})


def test_a_workbook_of_another_plan_of_the_body_is_taken_with_a_word(cast, plan):
    reading = read_plan_workbook(in_custom(b"2017-07-03", b"2019-01-07")(template(cast)), plan)
    assert (reading.faults, [w["code"] for w in reading.warnings]) == ([], ["other-plan"])


def test_an_archived_reference_is_told(cast, plan):
    data = template(cast)
    rules.archive_activity(by=cast.jette_coordinator, activity=Activity.objects.get(reference="A2"), reason="Essai")
    assert places(read_plan_workbook(data, plan).faults) == [("A3", "reference-archived")]


def test_what_stands_under_agreement_may_stay_but_not_change(cast, plan):
    mine, other = Activity.objects.get(reference="A1"), cast.activity(cast.plan_etterbeek, "B1")
    data = template(cast)
    rules.create_collective_activity(
        by=cast.animator, body=cast.souss, kind=cast.training, title="Ensemble", host=cast.belfaa,
        week=date(2017, 10, 2), language="fr", parts=[(mine, 420_000, 200_000), (other, 420_000, 200_000)],
        cost_cents=400_000,
    )  # fmt: skip
    assert read_plan_workbook(data, plan).faults == []
    changed = edited(data, cells(L2=1))
    assert places(read_plan_workbook(changed, plan).faults) == [("A2", "row-under-agreement")]


def test_a_collective_activity_is_not_imported(cast, plan):
    Activity.objects.filter(reference="A2").update(collective=True)
    data = edited(template(cast), cells(A3="A2", B3="Ensemble"))
    assert places(read_plan_workbook(data, plan).faults) == [("A3", "row-collective")]


# --- told, and read all the same
def hide(book):
    sheet = book.worksheets[0]
    sheet.row_dimensions[3] = RowDimension(sheet, index=3, hidden=True)
    sheet.column_dimensions["L"].hidden = True
    book.worksheets[1].sheet_state = "visible"
    sheet.sheet_state = "hidden"
    book.active = 1


WARNED = {
    "hidden sheet, row and column": (
        lambda data: edited(data, hide), [("", "hidden-sheet"), ("A3", "hidden-row"), ("L1", "hidden-column")],
    ),
    "unknown column": (lambda data: edited(data, cells(T1="Couleur", T2="bleu")), [("T1", "unknown-column")]),
    "other sheet": (lambda d: edited(d, lambda book: book.create_sheet("Notes").append(["x"])), [("", "other-sheet")]),
    "macros": (lambda data: forging.with_part(data, "xl/vbaProject.bin", b"\0"), [("", "macros")]),
    "day or month first": (lambda data: edited(data, cells(H2="04/09/2017")), [("H2", "day-month-assumed")]),
}  # fmt: skip


@pytest.mark.parametrize("name", WARNED)
def test_what_is_odd_is_said_and_read_all_the_same(cast, plan, name):
    make, expected = WARNED[name]
    reading = read_plan_workbook(make(template(cast)), plan)
    assert (reading.faults, len(reading.rows)) == ([], 2)
    assert places(reading.warnings) == sorted(expected)
    assert all("%(" not in sentence(warning) for warning in reading.warnings)


# --- large files
def test_a_container_that_lies_about_its_sizes_is_never_loaded(cast, plan, monkeypatch):
    loaded = []
    monkeypatch.setattr(reader, "cells_of", lambda *asked: loaded.append(asked))
    read_plan_workbook(forging.lying(template(cast), "sharedStrings.xml"), plan)
    assert loaded == []


@pytest.mark.slow
def test_a_hundred_thousand_rows_are_refused_fast_and_in_little_memory(plan):
    data = forging.long(100_000)
    tracemalloc.start()
    started = time.perf_counter()
    reading = read_plan_workbook(data, plan)
    took, (_now, peak) = time.perf_counter() - started, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [(fault["sheet"], fault["code"]) for fault in reading.faults] == [("Plan", "too-many-rows")]
    assert took < 3
    assert peak < 50 * 1024 * 1024


def test_one_row_too_many_is_refused_and_the_last_one_is_not(plan):
    assert [f["code"] for f in read_plan_workbook(forging.long(2001), plan).faults] == ["too-many-rows"]
    assert "too-many-rows" not in {f["code"] for f in read_plan_workbook(forging.long(2000), plan).faults}


@pytest.mark.slow
def test_a_million_empty_cells_with_a_look_are_refused(cast, plan):
    row = b'<row r="9">' + b'<c r="A9" s="1"/>' * 900_000 + b"</row></sheetData>"
    data = forging.remade(template(cast), sheet1=lambda xml: xml.replace(b"</sheetData>", row))
    assert [fault["code"] for fault in read_plan_workbook(data, plan).faults] == ["too-large-inside"]
