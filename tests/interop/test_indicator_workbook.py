"""What is measured as a workbook: out, in again, every fault by its cell, what others changed meanwhile, undone."""

import io
from datetime import date
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from tests.interop.forging import plain as other_workbook
from tests.interop.indicator_books import GOOD, NEW, Edited, apply, changes, check, made, refused, state, told
from tiwizi.base.dry_runs import summary as figures
from tiwizi.base.models import AuditEntry
from tiwizi.indicators import rules
from tiwizi.indicators.models import Category, Indicator, Target, Total
from tiwizi.interop import faults
from tiwizi.interop.container import column_letters
from tiwizi.interop.indicator_reader import read_indicator_workbook
from tiwizi.interop.indicator_template import indicator_workbook
from tiwizi.interop.indicator_words import HEADERS, LAYOUTS, SHEETS
from tiwizi.network import histories

pytestmark = pytest.mark.django_db


# --- Out and in again ---


@pytest.mark.parametrize("language", ["fr", "nl", "en", "ar"])
def test_out_and_in_again_is_nothing_to_change(measured, language):
    apply(measured, made(**NEW))
    data = indicator_workbook(measured.cast.framework, language)
    reading = read_indicator_workbook(data)
    assert (reading.faults, reading.warnings) == ([], [])
    assert {row["part"] for row in reading.rows} == set(HEADERS)
    kept = check(measured, data)
    assert (told(kept), changes(kept)) == (set(), {})
    refused("import-nothing", rules.apply_indicators, by=measured.cast.programme_coordinator, kept=kept)


def test_the_same_gives_the_same_bytes_and_headers_are_clear(measured):
    framework = measured.cast.framework
    assert indicator_workbook(framework, "fr") == indicator_workbook(framework, "fr")
    with pytest.raises(ValueError, match="de"):
        indicator_workbook(framework, "de")
    for part, layout in LAYOUTS.items():
        for language in ("fr", "nl", "en", "ar"):
            headers = [words[language] for words in HEADERS[part].values()]
            assert len(set(headers)) == len(headers)
            assert [layout.fields[faults_plain(header)] for header in headers] == list(HEADERS[part])


def faults_plain(text):
    from tiwizi.interop.words import plain

    return plain(text)


def test_an_empty_one_has_the_lists_and_no_row(measured):
    book = load_workbook(io.BytesIO(indicator_workbook(measured.cast.framework, "en", empty=True)))
    assert book.sheetnames == ["Indicators", "Targets", "Breakdowns", "Categories", "Instructions", "Lists"]
    assert [book[name].max_row for name in book.sheetnames[:4]] == [1, 1, 1, 1]
    lists = [cell.value for row in book["Lists"] for cell in row]
    assert {"every: partnership", "Jette–Belfaa", "2018-1", "whole life", "added up"} <= set(lists)
    assert [fault["code"] for fault in read_indicator_workbook(
        indicator_workbook(measured.cast.framework, "en", empty=True)).faults] == ["no-lines"]  # fmt: skip


def test_a_whole_workbook_comes_in(measured):
    cast = measured.cast
    kept = apply(measured, made(**NEW))
    assert (kept.state, figures(kept).new) == ("applied", 9)
    one = Indicator.objects.get(code="007")
    assert (one.name, one.counts, one.calculation, one.baseline, one.decimals, one.public) == (
        {"fr": "Écoles ouvertes", "ar": "مدارس مفتوحة"}, "structures", "sum", Decimal("12.5"), 1, False,
    )  # fmt: skip
    assert (one.baseline_date, one.baseline_source) == (date(2016, 12, 31), "Enquête")
    assert {b.set.code for b in one.breakdowns.all()} == {"age", "sex"}
    assert {a.body for a in one.assignments.all()} == {cast.jette, cast.etterbeek, cast.schaerbeek, cast.souss}
    assert {(t.body, t.period, t.value) for t in one.targets.all()} == {
        (cast.jette, measured.first, Decimal(5)), (cast.jette, measured.second, Decimal("7.25")),
        (cast.programme, None, Decimal(0)),
    }  # fmt: skip
    young = Category.objects.get(code="young")
    assert (young.start, young.end, young.set.name) == (date(2018, 1, 1), None, {"fr": "Âge"})
    assert Indicator.objects.get(code="plain").position == 3
    assert Total.objects.get(indicator=one, body=cast.programme, period=measured.first).silent == 4
    acts = AuditEntry.objects.filter(object_id=str(one.pk)).order_by("id").values_list("act", flat=True)
    assert list(acts) == [
        "add-indicator", "break-down", "break-down", "assign-indicator", "set-target", "set-target",
    ]  # fmt: skip
    told_acts = [str(event.act) for thing in (kept, one, young.set) for event in histories.story(thing)]
    assert all(told_acts)
    assert any("2018-1: 5" in change.after for event in histories.story(one) for change in event.said + event.changes)
    assert {change["act"] for change in check(measured, made(**NEW)).changes} == {"same"}  # once more: nothing


def test_what_stands_is_changed_by_the_rules_of_the_pages(measured):
    cast = measured.cast
    book = Edited(cast.framework)
    book.cell("indicators", "trained", "name_nl").value = "Opgeleid"
    book.cell("indicators", "trained", "sets").value = None
    book.cell("indicators", "trained", "baseline").value = 0
    book.cell("indicators", "members", "reporters").value = "Jette–Belfaa; maroc"
    book.cell("targets", "trained", "value").value = 20
    book.cell("sets", "sex", "name_en").value = "Sex"
    book.cell("categories", "f", "end").value = "30/6/2018"
    kept = apply(measured, book)
    assert changes(kept) == {
        ("indicators", "RI 1/trained"): {"name_nl": ["", "Opgeleid"], "sets": ["sex", ""], "baseline": ["", "0"]},
        ("indicators", "RI 1/members"): {"reporters": ["*partnership", "jette-belfaa;maroc"]},
        ("targets", "RI 1/trained/jette-belfaa/2018-1"): {"value": ["12.5", "20"]},
        ("sets", "sex"): {"name_en": ["", "Sex"]},
        ("categories", "sex/f"): {"end": ["", "2018-06-30"]},
    }
    trained = Indicator.objects.get(code="trained")
    assert (trained.name["nl"], trained.baseline, trained.version) == ("Opgeleid", 0, 2)
    assert trained.breakdowns.get().end is not None
    asked = {one.body.slug: one.end for one in measured.members.assignments.all()}
    assert [slug for slug, end in asked.items() if end is None] == ["jette-belfaa", "maroc"]
    assert set(asked) == {"jette-belfaa", "maroc", "etterbeek-ait-baha", "schaerbeek-al-hoceima"}
    assert Target.objects.get(indicator=trained).value == 20
    assert changes(check(measured, Edited(cast.framework))) == {}


def test_what_is_not_in_the_file_stays(measured):
    before = state()
    book = Edited(measured.cast.framework)
    for part in ("targets", "categories", "sets"):
        book.sheet(part).delete_rows(2, 9)
    book.sheet("indicators").delete_cols(book.columns("indicators")["reporters"])
    book.sheet("indicators").delete_rows(3)
    book.sheet("indicators").cell(2, 3).value = "Autrement"
    apply(measured, book)
    after = state()
    assert {name for name in after if after[name] != before[name]} == {"Indicator"}


def test_a_row_that_was_emptied_is_no_row(measured):
    book = Edited(measured.cast.framework)
    for cell in book.sheet("targets")[2][:4]:
        cell.value = None
    kept = check(measured, book)
    assert (told(kept), changes(kept)) == (set(), {})


# --- Every fault, at its cell ---


def faulty(part, column, code, *rows, **also):
    """The last of these rows has this fault in this column."""
    names = list(HEADERS[part])
    place = f"{column_letters(names.index(column) + 1)}{len(rows) + 1}"
    return pytest.param({part: list(rows)} | also, part, place, code, id=f"{part}-{column}-{code}")


AIM = {"indicator": "trained", "body": "jette-belfaa", "period": "2018-1", "value": 3}
FAULTY = [
    faulty("indicators", "result", "value-missing", GOOD | {"result": None}),
    faulty("indicators", "result", "not-known", GOOD | {"result": "RI 99"}),
    faulty("indicators", "code", "indicator-code", GOOD | {"code": None}),
    faulty("indicators", "code", "indicator-text", GOOD | {"code": "x" * 31}),
    faulty("indicators", "code", "row-twice", GOOD, GOOD),
    faulty("indicators", "name_fr", "indicator-unnamed", GOOD | {"name_fr": None}),
    faulty("indicators", "name_nl", "indicator-text", GOOD | {"name_nl": "x" * 401}),
    faulty("indicators", "counts", "indicator-counts", GOOD | {"counts": None}),
    faulty("indicators", "counts", "choice-unread", GOOD | {"counts": "moutons"}),
    faulty("indicators", "calculation", "choice-unread", GOOD | {"calculation": "au hasard"}),
    faulty("indicators", "direction", "choice-unread", GOOD | {"direction": "sideways"}),
    faulty("indicators", "frequency", "choice-unread", GOOD | {"frequency": "tous les mardis"}),
    faulty("indicators", "decimals", "not-whole", GOOD | {"decimals": 1.5}),
    faulty("indicators", "decimals", "indicator-decimals", GOOD | {"decimals": 5}),
    faulty("indicators", "decimals", "indicator-decimals", GOOD | {"decimals": -1}),
    faulty("indicators", "sets", "not-known", GOOD | {"sets": "sex; couleur"}),
    faulty("indicators", "sets", "needs-other", GOOD | {"sets": "Bad!"}, sets=[{"code": "Bad!", "name_fr": "B"}]),
    faulty("indicators", "reporters", "not-known", GOOD | {"reporters": "Atlantide"}),
    faulty("indicators", "reporters", "not-known", GOOD | {"reporters": "every: kingdom"}),
    faulty("indicators", "public", "not-yes-or-no-cell", GOOD | {"public": "bof"}),
    faulty("indicators", "baseline", "not-a-number-cell", GOOD | {"baseline": "beaucoup"}),
    faulty("indicators", "baseline", "indicator-number", GOOD | {"baseline": 10**13}),
    faulty("indicators", "baseline", "indicator-number", GOOD | {"baseline": "1.23456"}),
    faulty("indicators", "baseline_date", "not-a-date-cell", GOOD | {"baseline_date": "au printemps"}),
    faulty("indicators", "baseline_source", "indicator-text", GOOD | {"baseline_source": "x" * 301}),
    faulty("targets", "indicator", "value-missing", AIM | {"indicator": None}),
    faulty("targets", "indicator", "not-known", AIM | {"indicator": "rien"}),
    faulty("targets", "indicator", "needs-other", AIM | {"indicator": "X1"}, indicators=[GOOD | {"counts": None}]),
    faulty("targets", "indicator", "row-twice", AIM, AIM | {"value": 4}),
    faulty("targets", "body", "not-known", AIM | {"body": "Atlantide"}),
    faulty("targets", "period", "not-known", AIM | {"period": "2031-1"}),
    faulty("targets", "value", "not-a-number-cell", AIM | {"value": "dix"}),
    faulty("targets", "value", "ambiguous-number", AIM | {"value": "1.250"}),
    faulty("targets", "value", "indicator-number", AIM | {"value": 10**13}),
    faulty("targets", "value", "target-empty", AIM | {"value": None}),
    faulty("sets", "code", "set-code", {"code": "Âge!", "name_fr": "Âge"}),
    faulty("sets", "name_fr", "set-unnamed", {"code": "age"}),
    faulty("categories", "set", "not-known", {"set": "age", "code": "x", "name_fr": "X"}),
    faulty("categories", "code", "set-code", {"set": "sex", "name_fr": "X"}),
    faulty("categories", "name_fr", "set-unnamed", {"set": "sex", "code": "x"}),
    faulty("categories", "end", "category-order",
           {"set": "sex", "code": "x", "name_fr": "X", "start": "2018-02-01", "end": "2018-01-01"}),
    faulty("categories", "start", "start-fixed", {"set": "sex", "code": "f", "name_fr": "f", "start": "2018-02-01"}),
]  # fmt: skip


@pytest.mark.parametrize(("parts", "part", "cell", "code"), FAULTY)
def test_a_fault_is_told_at_its_cell(measured, parts, part, cell, code):
    kept = check(measured, made(**parts))
    found = {(fault["sheet"], fault["cell"], fault["code"]) for fault in kept.faults}
    assert (SHEETS[part]["en"], cell, code) in found, found
    assert all(faults.located(fault) for fault in kept.faults)
    before = state()
    refused("import-faulty", rules.apply_indicators, by=measured.cast.programme_coordinator, kept=kept)
    assert state() == before


def test_every_fault_is_told_at_once(measured):
    bad = {"result": "RI 9", "code": "", "counts": "moutons", "baseline": "tant", "public": "bof", "sets": "x"}
    kept = check(measured, made(indicators=[bad]))
    assert {code for _cell, code in told(kept)} == {
        "not-known", "indicator-code", "choice-unread", "not-a-number-cell", "not-yes-or-no-cell", "indicator-unnamed",
    }  # fmt: skip


def test_one_code_in_two_results(measured):
    cast = measured.cast
    cast.framework.results.create(number="RI 2", name={"fr": "Deux"}, position=2)
    again = GOOD | {"result": "Deux", "code": "trained"}
    kept = check(measured, made(indicators=[again], targets=[AIM, AIM | {"indicator": "trained (RI 2)"}]))
    assert told(kept) == {("A2", "indicator-unclear")}
    assert ("B2", "code-elsewhere") in told(kept, "warning")
    rules.apply_indicators(by=cast.programme_coordinator, kept=kept, valid_rows_only=True)
    assert Target.objects.filter(indicator__result__number="RI 2").get().value == 3
    assert changes(check(measured, Edited(cast.framework))) == {}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty-file"),
        (b"bonjour", "not-a-workbook"),
        (other_workbook([["A1", "Atelier"]]), "no-indicators-sheet"),
        (made(sets=[]), "no-lines"),
    ],
)
def test_a_file_that_holds_nothing_of_it(data, code):
    reading = read_indicator_workbook(data)
    assert [fault["code"] for fault in reading.faults] == [code]
    assert all(faults.located(fault) for fault in reading.faults + reading.warnings)


def test_a_missing_column_stops_the_whole_file(measured):
    book = Edited(measured.cast.framework)
    book.sheet("targets").delete_cols(2)
    kept = check(measured, book)
    assert figures(kept).blocked
    how = {"by": measured.cast.programme_coordinator, "kept": kept, "valid_rows_only": True}
    refused("import-faulty", rules.apply_indicators, **how)


@pytest.mark.parametrize("text", ['=HYPERLINK("http://x.test";"cliquez")', "+1+1", "-2+3", "@SUM(A1)", "=1+1"])
def test_what_looks_like_a_formula_stays_text(measured, text):
    apply(measured, made(indicators=[GOOD | {"name_en": "'"}]))
    rules.change_indicator(by=None, indicator=Indicator.objects.get(code="X1"), version=1, name={"fr": text})
    data = indicator_workbook(measured.cast.framework, "en")
    book = load_workbook(io.BytesIO(data))
    assert [cell.data_type for row in book["Indicators"] for cell in row if cell.value == text] == ["s"]
    assert changes(check(measured, data)) == {}


# --- Figures that stand ---


def test_what_figures_count_cannot_change(measured):
    cast = measured.cast
    measured.report(cast.jette, measured.first, trained="12")
    book = Edited(cast.framework)
    book.cell("indicators", "trained", "counts").value = "structures"
    book.cell("indicators", "trained", "unit_fr").value = "ménages"
    book.cell("indicators", "trained", "calculation").value = "average"
    found = told(check(measured, book))
    assert ({code for _cell, code in found}, len(found)) == ({"indicator-in-use"}, 3)
    version = Indicator.objects.get(code="trained").version
    for field, value in {"counts": "acts", "unit": {"fr": "ménages"}, "calculation": "average"}.items():
        how = {"by": cast.programme_coordinator, "indicator": measured.trained, "version": version, field: value}
        refused("indicator-in-use", rules.change_indicator, **how)
    book = Edited(cast.framework)
    book.cell("indicators", "trained", "unit_nl").value = "personen"  # the same, in another language
    apply(measured, book)
    assert Indicator.objects.get(code="trained").unit == {"fr": "personnes", "nl": "personen"}


def test_a_file_that_holds_not_all_targets_says_so(measured, monkeypatch):
    from tiwizi.interop import indicator_template

    def said() -> list[str]:
        book = load_workbook(io.BytesIO(indicator_workbook(measured.cast.framework, "en")))
        return [cell.value for row in book["Instructions"] for cell in row if cell.value]

    count = Target.objects.count()
    assert count > 1
    assert not any("targets stand here" in line for line in said())
    monkeypatch.setattr(indicator_template, "MOST_TARGETS", 1)
    assert f"Only the first 1 of {count} targets stand here; the others are on the pages." in said()
