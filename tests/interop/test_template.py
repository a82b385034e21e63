import io

import pytest
from openpyxl import load_workbook

from tests.interop.forging import members, template
from tiwizi.interop.template import SPARE_ROWS, plan_key, plan_workbook, rows_workbook
from tiwizi.interop.words import LANGUAGES
from tiwizi.plans import rules
from tiwizi.plans.models import Activity


def opened(data):
    return load_workbook(io.BytesIO(data))


def test_the_same_plan_gives_the_same_bytes(plan):
    data = plan_workbook(plan, "fr")
    assert data == plan_workbook(plan, "fr")
    assert b"2017-01-01" in members(data)["docProps/core.xml"]  # not the day of writing


def test_references_stand_in_their_natural_order(cast, plan):
    cast.activity(plan, "A10")
    sheet = opened(template(cast)).worksheets[0]
    assert [sheet[f"A{row}"].value for row in (2, 3, 4)] == ["A1", "A2", "A10"]


def test_archived_and_collective_activities_are_left_out(cast, plan):
    rules.archive_activity(by=cast.jette_coordinator, activity=Activity.objects.get(reference="A2"), reason="Essai")
    cast.activity(plan, "C1", collective=True)
    sheet = opened(template(cast)).worksheets[0]
    assert [cell.value for cell in sheet["A"]] == ["Référence", "A1"]


def test_the_workbook_knows_its_plan_and_no_person(cast, plan):
    book = opened(template(cast))
    said = {one.name: one.value for one in book.custom_doc_props.props}
    assert said == {"tiwizi-schema": "tiwizi-plan-1", "tiwizi-plan": plan_key(plan), "tiwizi-body": "jette-belfaa"}
    names = [person.name.encode() for person in (cast.jette_coordinator, cast.elected)]
    assert not any(name in part for part in members(template(cast)).values() for name in names)


def test_lists_cover_the_rows_and_the_spare_ones(cast, plan):
    sheet = opened(template(cast)).worksheets[0]
    rules_by_column = {str(rule.sqref)[0]: rule for rule in sheet.data_validations.dataValidation}
    assert {"C", "D", "E", "F", "G", "H", "I", "J", "K", "L", "N", "O", "P", "Q", "R"} == set(rules_by_column)
    assert str(rules_by_column["F"].sqref) == f"F2:F{2 + SPARE_ROWS + 1}"
    assert sheet.freeze_panes == "C2"
    lists = opened(template(cast)).worksheets[2]
    assert [cell.value for cell in lists["D"] if cell.value] == [
        "Type d'activité",
        "preschool-training",
        "social-diagnosis",
    ]
    assert "Jette–Belfaa" not in [cell.value for cell in lists["J"]]  # nobody avoids itself


def test_formats_of_money_and_dates(cast, plan):
    sheet = opened(template(cast)).worksheets[0]
    assert (sheet["L2"].value, sheet["L2"].number_format) == (4200, '#,##0.00" €"')
    assert sheet["H2"].is_date
    assert sheet["L3"].value is None  # not known, not 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_arabic_runs_from_right_to_left_and_the_others_do_not(plan, language):
    views = [sheet.sheet_view.rightToLeft for sheet in opened(plan_workbook(plan, language)).worksheets]
    assert [bool(view) for view in views] == [language == "ar"] * 3


def test_a_title_that_looks_like_a_formula_stays_text(cast, plan):
    Activity.objects.filter(reference="A1").update(title="=HYPERLINK(1)")
    assert opened(template(cast)).worksheets[0]["B2"].data_type == "s"


def test_an_unknown_language_is_a_mistake_of_the_caller(plan):
    with pytest.raises(ValueError, match="'de'"):
        rows_workbook(plan, [], "de")
