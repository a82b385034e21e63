"""What a good workbook says, whatever the writer's language and locale."""

from datetime import date, datetime

import pytest

from tests.interop import forging
from tests.interop.forging import COLUMNS, ROW, cells, edited, plain, template
from tiwizi.base.dry_runs import summary
from tiwizi.interop.faults import located, sentence
from tiwizi.interop.reader import read_plan_workbook
from tiwizi.interop.template import plan_workbook, rows_workbook
from tiwizi.interop.words import HEADERS as WORDS
from tiwizi.interop.words import LANGUAGES
from tiwizi.plans.models import Activity
from tiwizi.plans.queries import natural_values
from tiwizi.plans.rules import imports


def read_cell(cast, plan, column, typed):
    """What one cell of row 2 is read as."""
    reading = read_plan_workbook(edited(template(cast), cells(**{f"{COLUMNS[column]}2": typed})), plan)
    assert reading.faults == []
    return reading.rows[0]["values"][column]


AMOUNTS = {
    1234.5: 123450, 1234: 123400, 0: 0, "0": 0, "1234,5": 123450, "1 234,50 €": 123450, "1\u202f234,50\u00a0€": 123450,
    "1.234,50": 123450, "1,234.50": 123450, "€ 1'234.50": 123450, "1.234.567": 123456700, "EUR 12": 1200,
    "١٢٣٤٫٥٠": 123450, "0,5": 50, "12.30": 1230, " 4200 ": 420000,
}  # fmt: skip


@pytest.mark.parametrize("typed", AMOUNTS)
def test_amounts_of_every_locale(cast, plan, typed):
    assert read_cell(cast, plan, "cost_cents", typed) == AMOUNTS[typed]


STARTS = {
    date(2017, 9, 4): "2017-09-04", datetime(2017, 9, 6, 12): "2017-09-04", "2017-09-06": "2017-09-04",
    "06/09/2017": "2017-09-04", "6.9.2017": "2017-09-04", "6 septembre 2017": "2017-09-04",
    "1er septembre 2017": "2017-08-28", "September 6, 2017": "2017-09-04", "6 september 2017": "2017-09-04",
    "2017-W36": "2017-09-04", "semaine 36 2017": "2017-09-04", "S36 2017": "2017-09-04", "septembre 2017": "2017-08-28",
    "09/2017": "2017-08-28", "٢٠١٧-٠٩-٠٦": "2017-09-04", "6 شتنبر 2017": "2017-09-04", "6 سبتمبر 2017": "2017-09-04",
    "juillet 2017": "2017-07-03",
}  # fmt: skip


@pytest.mark.parametrize("typed", STARTS)
def test_dates_of_every_language_become_whole_weeks(cast, plan, typed):
    assert read_cell(cast, plan, "window_start", typed) == STARTS[typed]


ENDS = {
    "décembre 2017": "2017-12-31",
    "2017-W50": "2017-12-17",
    "2018-12": "2018-12-30",
    date(2017, 12, 27): "2017-12-31",
}


@pytest.mark.parametrize("typed", ENDS)
def test_the_end_of_a_month_or_week_is_meant(cast, plan, typed):
    assert read_cell(cast, plan, "window_end", typed) == ENDS[typed]


def test_a_date_that_lost_its_format_is_read(plan):
    row = [*ROW[:7], 42_982, 43_009]
    assert read_plan_workbook(plain([row]), plan).rows[0]["values"]["window_start"] == "2017-09-04"


def test_days_counted_from_1904_are_the_same_days(plan):
    values = read_plan_workbook(forging.of_1904([ROW]), plan).rows[0]["values"]
    assert (values["window_start"], values["window_end"]) == ("2017-09-04", "2017-10-01")


def test_days_counted_from_1904_without_a_format_too(plan):
    row = [*ROW[:7], 42_982 - 1462, 43_009 - 1462]
    assert read_plan_workbook(forging.of_1904([row]), plan).rows[0]["values"]["window_end"] == "2017-10-01"


WORDS_OF_YES = {"oui": True, "Ja": True, "YES": True, "نعم": True, "x": True, True: True, "1": True, "non": False,
                "nee": False, "لا": False, None: False, 0: False}  # fmt: skip


@pytest.mark.parametrize("typed", [*WORDS_OF_YES])
def test_yes_and_no_in_four_languages(cast, plan, typed):
    assert read_cell(cast, plan, "mandatory", typed) is WORDS_OF_YES[typed]


LISTS = {
    ("hosts", "Aït Baha ; BELFAA"): ["ait-baha", "belfaa"],
    ("hosts", "ait baha, belfaa"): ["ait-baha", "belfaa"],
    ("hosts", "belfaa\nbelfaa"): ["belfaa"],
    ("avoid", "Etterbeek-Ait Baha"): ["etterbeek-ait-baha"],
    ("languages", "arabe; Frans"): ["ar", "fr"],
    ("languages", "العربية؛ fr"): ["ar", "fr"],
    ("hosts", None): [],
}


@pytest.mark.parametrize(("column", "typed"), LISTS)
def test_lists_by_name_or_code(cast, plan, column, typed):
    assert read_cell(cast, plan, column, typed) == LISTS[column, typed]


@pytest.mark.parametrize("typed", ["RI 1", "ri 1", "Résultat", "RI 1 Résultat", "resultat"])
def test_a_result_by_number_or_name(cast, plan, typed):
    assert read_cell(cast, plan, "result", typed) == "RI 1"


@pytest.mark.parametrize("column", ["cost_cents", "participants", "commune"])
def test_an_empty_cell_is_not_known_never_zero(cast, plan, column):
    assert read_cell(cast, plan, column, None) is None


def test_the_cached_result_of_a_formula_is_read(plan):
    reading = read_plan_workbook(forging.calculated(4200.5), plan)
    assert (reading.faults, reading.rows[0]["values"]["cost_cents"]) == ([], 420_050)


def test_columns_in_any_order_and_mixed_languages(plan):
    order = [1, 5, 8, 7, 3, 2, 0]
    headers = ["Title", "Soort activiteit", "إلى", "Van", "main_target", "Résultat intermédiaire *", "REFERENCE"]
    reading = read_plan_workbook(plain([[ROW[i] for i in order]], headers), plan)
    assert reading.faults == []
    assert reading.rows[0]["values"]["kind"] == "preschool-training"
    assert reading.rows[0]["cells"]["title"] == "A2"


def test_rows_keep_their_numbers_when_some_are_empty(plan):
    reading = read_plan_workbook(plain([ROW, [], [None, " "], ["N2", *ROW[1:]]]), plan)
    assert [entry["row"] for entry in reading.rows] == [2, 5]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_template_of_each_language_read_back_changes_nothing(cast, plan, language):
    reading = read_plan_workbook(plan_workbook(plan, language), plan)
    assert (reading.faults, reading.warnings, len(reading.rows)) == ([], [], 2)
    kept = imports.check_import(
        by=cast.jette_coordinator, plan=plan, filename="p.xlsx", entries=reading.rows, faults=reading.faults
    )
    assert (summary(kept).same, summary(kept).valid) == (2, 0)


def test_the_template_survives_another_program(cast, plan):
    reading = read_plan_workbook(edited(template(cast), lambda book: None), plan)
    assert (reading.faults, reading.warnings, len(reading.rows)) == ([], [], 2)


def test_the_template_of_another_body_is_still_known_after_another_program(cast, plan):
    reading = read_plan_workbook(edited(template(cast), lambda book: None), cast.plan_etterbeek)
    assert "other-body" in {fault["code"] for fault in reading.faults}


def test_rows_in_natural_codes_come_back_as_they_were(cast, plan):
    rows = [natural_values(activity) for activity in Activity.objects.order_by("reference")]
    rows[1]["note"] = "Première ligne\nseconde"
    Activity.objects.all().delete()
    read = read_plan_workbook(rows_workbook(plan, rows), plan)
    assert read.faults == []
    days = {name: row[name].isoformat() for row in rows[:1] for name in ("window_start", "window_end")}
    assert read.rows[0]["values"] == rows[0] | days | {"languages": ["fr", "ar"]}


def test_every_field_has_a_header_in_every_language():
    assert list(WORDS) == list(COLUMNS)
    assert all(set(names) == set(LANGUAGES) for names in WORDS.values())


def test_a_fault_is_told_with_its_place_in_the_readers_language(cast, plan):
    from django.utils import translation

    (fault,) = read_plan_workbook(edited(template(cast), cells(H2=date(2016, 9, 5))), plan).faults
    assert located(fault).startswith("Activités, H2: ")
    with translation.override("en"):
        assert "3\u00a0July\u00a02017" in sentence(fault)
    with translation.override("fr"):
        assert "3\u00a0juillet\u00a02017" in sentence(fault)
