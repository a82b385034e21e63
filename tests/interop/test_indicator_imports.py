"""An import of indicators among other people: what they changed meanwhile, who may, undoing, pages, size."""

import io
import time
from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models import Value
from django.db.models.functions import Concat
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from tests.factories.cast import person
from tests.interop.indicator_books import GOOD, NEW, Edited, apply, changes, check, made, refused, state, told
from tiwizi.base.dry_runs import summary as figures
from tiwizi.base.models import Job
from tiwizi.indicators import doctor, rules
from tiwizi.indicators.models import Category, Indicator, IndicatorImport, Target, Total
from tiwizi.interop import faults
from tiwizi.interop.container import column_letters
from tiwizi.interop.indicator_reader import read_indicator_workbook
from tiwizi.interop.indicator_template import indicator_workbook
from tiwizi.interop.indicator_words import FREQUENCIES

pytestmark = pytest.mark.django_db


# --- Meanwhile ---


def test_what_others_changed_since_the_download_is_kept_or_told(measured):
    cast, book = measured.cast, Edited(measured.cast.framework)
    boss = cast.programme_coordinator
    version = measured.trained.version
    changed = {"name": {"fr": "Autre nom"}, "baseline": Decimal(9), "baseline_source": "Enquête"}
    rules.change_indicator(by=boss, indicator=measured.trained, version=version, **changed)
    rules.set_target(by=boss, indicator=measured.trained, body=cast.jette, period=measured.first, value=Decimal(99))
    book.cell("indicators", "trained", "baseline").value = 4  # another wrote 9
    book.cell("indicators", "trained", "baseline_source").value = "Enquête"  # the same
    book.cell("indicators", "trained", "unit_en").value = "persons"  # only here
    book.cell("targets", "trained", "value").value = 20
    kept = check(measured, book)
    columns = book.columns("indicators")
    row = book.cell("indicators", "trained", "baseline")
    target = book.cell("targets", "trained", "value").coordinate
    assert told(kept) == {(row.coordinate, "changed-since"), (target, "changed-since")}
    name = f"{column_letters(columns['name_fr'])}{row.row}"
    assert told(kept, "warning") == {(name, "kept-since")}
    said = next(faults.located(fault) for fault in kept.faults if fault["cell"] == row.coordinate)
    assert "9" in said
    refused("import-faulty", rules.apply_indicators, by=boss, kept=kept)
    row.value, book.cell("targets", "trained", "value").value = 9, 99  # what stands now
    apply(measured, book)
    trained = Indicator.objects.get(code="trained")
    assert (trained.name, trained.unit["en"], trained.baseline) == ({"fr": "Autre nom"}, "persons", 9)
    assert Target.objects.get(indicator=trained).value == 99


def test_a_target_taken_back_and_an_indicator_put_away_since(measured):
    cast, book = measured.cast, Edited(measured.cast.framework)
    boss = cast.programme_coordinator
    rules.set_target(by=boss, indicator=measured.trained, body=cast.jette, period=measured.first, value=None)
    rules.archive_indicator(by=boss, indicator=measured.members, reason="Plus demandé")
    book.sheet("targets").delete_rows(book.cell("targets", "members", "value").row)
    kept = check(measured, book)
    assert {code for _cell, code in told(kept)} == {"put-away"}
    assert {code for _cell, code in told(kept, "warning")} == {"kept-since"}
    assert not any(one["act"] in ("new", "changed") for one in kept.changes)


def test_a_was_that_is_not_ours_is_not_believed(measured):
    book = Edited(measured.cast.framework)
    cell = book.cell("indicators", "trained", "was")
    for text in ("{", "[]", "7", '{"key": "RI 1/members", "baseline": "4"}', '{"key": "RI 1/trained", "counts": []}'):
        cell.value = text
        assert (told(check(measured, book)), changes(check(measured, book))) == (set(), {})


def test_what_changed_between_looking_and_applying_is_looked_at_again(measured):
    boss = measured.cast.programme_coordinator
    kept = check(measured, made(**NEW))
    rules.add_indicator(by=boss, result=measured.cast.result, code="007", name={"fr": "X"}, counts="acts", unit={})
    refused("import-outdated", rules.apply_indicators, by=boss, kept=kept)


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_how_often_is_a_column_that_totals_follow_there_and_back(measured, language):
    boss, book = measured.cast.programme_coordinator, Edited(measured.cast.framework, language)
    cell = book.cell("indicators", "trained", "frequency")
    assert cell.value == FREQUENCIES["period"][language]
    cell.value = FREQUENCIES["year"][language]
    assert changes(check(measured, book)) == {("indicators", "RI 1/trained"): {"frequency": ["period", "year"]}}
    kept = apply(measured, book)
    assert Indicator.objects.get(code="trained").frequency == "year"
    assert list(doctor.totals()) == []
    silent = Total.objects.filter(indicator=measured.trained, period=measured.first, silent__gt=0)
    assert not silent.exists()
    again = Edited(measured.cast.framework, language)
    again.cell("indicators", "trained", "frequency").value = None  # an empty choice keeps what stands
    assert changes(check(measured, again)) == {}
    rules.undo_indicators(by=boss, kept=kept)
    assert Indicator.objects.get(code="trained").frequency == "period"
    assert silent.exists()
    assert list(doctor.totals()) == []


def test_what_was_kept_before_there_was_how_often_is_put_back(measured):
    book = Edited(measured.cast.framework)
    book.cell("indicators", "trained", "baseline").value = 4
    kept = apply(measured, book)
    for step in kept.undo:
        step["was"].pop("frequency")
    kept.save()
    rules.undo_indicators(by=measured.cast.programme_coordinator, kept=kept)
    trained = Indicator.objects.get(code="trained")
    assert (trained.baseline, trained.frequency) == (None, "period")


# --- All or the sound rows; who may ---


def test_all_or_nothing_or_the_sound_rows(measured):
    boss = measured.cast.programme_coordinator
    parts = NEW | {"indicators": [*NEW["indicators"], GOOD | {"counts": "moutons"}]}
    kept = check(measured, made(**parts))
    refused("import-faulty", rules.apply_indicators, by=boss, kept=kept)
    assert not Indicator.objects.filter(code="007").exists()
    done = rules.apply_indicators(by=boss, kept=kept, valid_rows_only=True)
    assert (figures(done).new, figures(done).faulty) == (9, 1)
    assert not Indicator.objects.filter(code="X1").exists()
    refused("import-state", rules.apply_indicators, by=boss, kept=kept)
    refused("import-state", rules.discard_indicators, by=boss, kept=kept)


def test_who_does_not_define_indicators_imports_nothing(measured):
    cast = measured.cast
    kept = check(measured, made(**NEW))
    regional = person("regional", "Gestion régionale", "programme_coordinator", cast.souss)
    before = state()
    for who in (cast.animator, cast.jette_coordinator, cast.donor, cast.stranger, regional):
        how = {"by": who, "framework": cast.framework, "filename": "x", "entries": [], "faults": [], "sha256": ""}
        refused("not-allowed", rules.check_indicators, **how)
        for act in (rules.apply_indicators, rules.discard_indicators, rules.recover_indicators, rules.undo_indicators):
            refused("not-allowed", act, by=who, kept=kept)
    refused("not-allowed", rules.name_part, by=cast.animator, part=Category.objects.first(), name={"fr": "Y"})
    assert state() == before
    kept.refresh_from_db()
    assert kept.state == "checked"


def test_put_aside_and_taken_up_again(measured):
    boss = measured.cast.programme_coordinator
    kept = rules.discard_indicators(by=boss, kept=check(measured, made(**NEW)))
    refused("import-state", rules.apply_indicators, by=boss, kept=kept)
    kept = rules.recover_indicators(by=boss, kept=kept)
    assert rules.apply_indicators(by=boss, kept=kept).state == "applied"


# --- Undone ---


def test_an_import_is_undone_as_one_act(measured):
    cast, boss = measured.cast, measured.cast.programme_coordinator
    before = state()
    book = Edited(cast.framework)
    book.add("indicators", result="RI 1", code="X1", name_en="New", counts="acts", reporters="maroc")
    book.add("targets", indicator="trained", body="maroc", period="2018-1", value=4)
    book.cell("indicators", "trained", "name_nl").value = "Opgeleid"
    book.cell("indicators", "members", "reporters").value = "Jette–Belfaa; maroc"
    book.cell("indicators", "members", "sets").value = "sex"
    book.cell("targets", "trained", "value").value = 20
    book.cell("sets", "sex", "name_en").value = "Sex"
    book.cell("categories", "f", "end").value = "30/6/2018"
    kept = apply(measured, book)
    silent = measured.total(cast.programme, measured.members, measured.first).silent
    kept = rules.undo_indicators(by=boss, kept=kept)
    assert kept.state == "undone"
    after = state()
    assert {name for name in after if after[name] != before[name]} == {"Indicator", "Assignment", "Breakdown"}
    one = Indicator.objects.get(code="X1")
    assert (one.archive_reason, one.archived_at is None) == ("indicateurs.xlsx", False)
    asked = {a.body.slug for a in measured.members.assignments.all() if a.end is None}
    assert asked == {"jette-belfaa", "etterbeek-ait-baha", "schaerbeek-al-hoceima"}
    never = {measured.members.assignments.get(body=cast.country).end, measured.members.breakdowns.get().end}
    assert never == {date(2016, 12, 31)}  # before the strategic plan begins
    assert measured.total(cast.programme, measured.members, measured.first).silent == 3 != silent
    assert changes(check(measured, indicator_workbook(cast.framework, "fr"))) == {}
    refused("import-state", rules.undo_indicators, by=boss, kept=kept)


def test_what_was_put_away_is_taken_up_again_and_put_away_by_the_undo(measured):
    boss = measured.cast.programme_coordinator
    first = apply(measured, made(indicators=[GOOD]))
    rules.undo_indicators(by=boss, kept=first)
    again = check(measured, made(indicators=[GOOD | {"name_fr": "Mieux"}]))
    assert told(again, "warning") == {("B2", "taken-up")}
    assert changes(again) == {("indicators", "RI 1/X1"): {"archived": ["yes", "no"], "name_fr": ["X", "Mieux"]}}
    again = rules.apply_indicators(by=boss, kept=again)
    assert Indicator.objects.get(code="X1").archived_at is None
    rules.undo_indicators(by=boss, kept=again)
    one = Indicator.objects.get(code="X1")
    assert (one.name, one.archive_reason) == ({"fr": "X"}, "indicateurs.xlsx")


@pytest.mark.parametrize("what", ["indicator", "target", "category", "set", "figure", "figure-of-new"])
def test_what_somebody_touched_since_stops_the_undo(measured, what):
    cast, boss = measured.cast, measured.cast.programme_coordinator
    book = Edited(cast.framework)
    book.add("indicators", result="RI 1", code="X1", name_en="New", counts="acts", reporters="Jette–Belfaa")
    book.cell("indicators", "members", "reporters").value = "maroc; every: partnership"
    book.cell("targets", "trained", "value").value = 20
    book.cell("sets", "sex", "name_en").value = "Sex"
    book.cell("categories", "f", "end").value = "30/6/2018"
    kept = apply(measured, book)
    female = Category.objects.get(code="f")
    members = Indicator.objects.get(code="members")
    place = {"indicator": measured.trained, "body": cast.jette, "period": measured.first}
    touch = {
        "indicator": lambda: rules.change_indicator(by=boss, indicator=members, version=members.version, decimals=1),
        "target": lambda: rules.set_target(by=boss, value=Decimal(21), **place),
        "category": lambda: rules.end_category(by=boss, category=female, end=None),
        "set": lambda: rules.name_part(by=boss, part=female.set, name={"fr": "Genre"}),
        "figure": lambda: measured.report(cast.country, measured.first, members="4"),
        "figure-of-new": lambda: measured.report(cast.jette, measured.first, X1="4"),
    }
    touch[what]()
    before = state()
    refusal = refused("import-touched", rules.undo_indicators, by=boss, kept=kept)
    assert str(refusal)
    assert state() == before


# --- Pages ---


def test_from_upload_to_undo(measured, signed_in):
    cast = measured.cast
    client = signed_in(cast.programme_coordinator)
    client.cookies["tiwizi_language"] = "en"
    address = reverse("interop:indicator-import", args=["programme"])
    bad = client.post(address, {"workbook": SimpleUploadedFile("x.xlsx", b"PK nothing")})
    assert bad.status_code == 422
    book = Edited(cast.framework)
    book.add("indicators", result="RI 1", code="X1", name_en="Schools", counts="moutons")
    book.add("indicators", result="RI 1", code="X2", name_en="Libraries", counts="acts")
    book.cell("indicators", "members", "reporters").value = "maroc; every: partnership"
    book.cell("targets", "trained", "value").value = 20
    rules.change_indicator(by=None, indicator=measured.trained, version=1, public=False, name={"fr": "Autre"})
    book.cell("indicators", "trained", "public").value = "yes"
    answer = client.post(address, {"workbook": SimpleUploadedFile("mesure.xlsx", book.bytes())}, follow=True)
    kept = IndicatorImport.objects.get()
    for said in (
        "What it counts: “moutons” is none of the choices",
        "See the sheet “Lists”",
        "Libraries",
        "every: partnership, Maroc",
        "12.5",
        "“Autre” stays",
    ):
        assert said in answer.text, said
    act = reverse("interop:indicator-import-act", args=["programme", kept.pk, "discard"])
    client.post(act)
    assert "mesure.xlsx" in client.get(reverse("network:archived", args=["programme"])).text
    client.post(act.replace("discard", "recover"))
    refusal = client.post(act.replace("discard", "apply"), follow=True)
    assert "There is 1 fault" in refusal.text
    done = client.post(act.replace("discard", "valid"), follow=True)
    assert "The rows without a fault are imported." in done.text
    assert Indicator.objects.filter(code="X2").exists()
    assert "The import is undone" in client.post(act.replace("discard", "undo"), follow=True).text
    assert "mesure.xlsx" in client.get(address).text
    history = reverse("network:history", args=["programme", "indicators.indicatorimport", kept.pk])
    assert "imported a workbook" in client.get(history).text
    assert signed_in(cast.animator).get(history).status_code == 404


def test_of_a_long_list_only_what_differs_is_told(measured, signed_in):
    cast, client = measured.cast, signed_in(measured.cast.programme_coordinator)
    client.cookies["tiwizi_language"] = "en"
    bodies = [cast.country, cast.souss, cast.north, cast.theme]
    rules.assign(by=None, indicator=measured.members, bodies=bodies)
    book = Edited(cast.framework)
    book.cell("indicators", "members", "reporters").value = "every: partnership; Maroc; Nord; Petite enfance; Programme"
    path = reverse("interop:indicator-import", args=["programme"])
    shown = client.post(path, {"workbook": SimpleUploadedFile("x.xlsx", book.bytes())}, follow=True).text
    assert "<bdi>…, Souss-Massa</bdi></del> → <ins><bdi>…, Programme</bdi>" in shown


def test_the_file_is_had_by_who_defines_and_no_other_import_is_there(measured, signed_in):
    cast, address = measured.cast, reverse("interop:indicator-import", args=["programme"])
    client = signed_in(cast.programme_coordinator)
    for query in ("", "?empty=1"):
        answer = client.get(reverse("interop:indicator-template", args=["programme"]) + query)
        assert answer["Content-Disposition"] == 'attachment; filename="programme-indicators.xlsx"'
        assert len(load_workbook(io.BytesIO(answer.content)).sheetnames) == 6
    for path in (address, reverse("interop:indicator-template", args=["programme"])):
        assert signed_in(cast.animator).get(path).status_code == 403
    other = reverse("interop:indicator-import-detail", args=["programme", cast.framework.pk])
    assert client.get(other).status_code == 404


# --- Large ---


def large(indicators, periods):
    about = {
        "result": "RI 1",
        "counts": "persons",
        "unit_fr": "personnes",
        "sets": "sex",
        "reporters": "every: partnership",
    }
    rows = [about | {"code": f"I{n}", "name_fr": f"Indicateur {n}"} for n in range(indicators)]
    targets = [
        {"indicator": f"I{n}", "body": "programme", "period": code, "value": n + 1}
        for n in range(indicators) for code in periods
    ]  # fmt: skip
    return made(indicators=rows, targets=targets)


def ten_periods(measured):
    """Two stand; eight more."""
    for year in range(2019, 2021):
        for k, (first, last) in enumerate(
            [((1, 1), (3, 31)), ((4, 1), (6, 30)), ((7, 1), (9, 30)), ((10, 1), (12, 31))]
        ):
            start, end = date(year, *first), date(year, *last)
            rules.add_period(
                by=None, framework=measured.cast.framework, code=f"{year}-{k + 1}", start=start, end=end, due=end
            )
    return [period.code for period in measured.cast.programme.periods.all()]


def queries_of(measured, count, periods):
    reading = read_indicator_workbook(large(count, periods))
    boss, caught = measured.cast.programme_coordinator, []
    with CaptureQueriesContext(connection) as looked:
        kept = rules.check_indicators(
            by=boss, framework=measured.cast.framework, filename="x", entries=reading.rows, faults=[], sha256=""
        )
    caught.append(len(looked))
    with CaptureQueriesContext(connection) as written:
        kept = rules.apply_indicators(by=boss, kept=kept)
    caught.append(len(written))
    with CaptureQueriesContext(connection) as undone:
        rules.undo_indicators(by=boss, kept=kept)
    return [*caught, len(undone)]


def test_looking_asks_as_much_of_many_rows_and_writing_a_few_statements_for_each(measured):
    periods = ten_periods(measured)
    few = queries_of(measured, 2, periods)
    Indicator.objects.filter(code__startswith="I").update(code=Concat(Value("old-"), "code"))
    many = queries_of(measured, 12, periods)
    assert few[0] == many[0] <= 25
    each = [(b - a) / 10 for a, b in zip(few, many, strict=True)]
    # an indicator, its breakdown, its reporters, its ten targets: a statement and a record of two for each
    assert each[1] <= 13, each
    assert each[2] <= 12, each


@pytest.mark.slow
def test_a_thousand_indicators_with_ten_targets_each_come_in_in_seconds(measured):
    data = large(1000, ten_periods(measured))
    began = time.monotonic()
    kept = check(measured, data)
    looked = time.monotonic()
    assert figures(kept).new == 11_000
    kept = rules.apply_indicators(by=measured.cast.programme_coordinator, kept=kept)
    applied = time.monotonic()
    again = indicator_workbook(measured.cast.framework, "fr")
    assert changes(check(measured, again)) == {}
    assert (Target.objects.count(), Job.objects.filter(kind="indicators.renew").count()) == (10_002, 1)
    print(f"looked {looked - began:.1f} s, applied {applied - looked:.1f} s, again {time.monotonic() - applied:.1f} s")
    assert applied - began < 120
