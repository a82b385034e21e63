import io
import re
import uuid

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.translation import override
from openpyxl import load_workbook

from tests.factories.rounds import proposed
from tests.interop.forging import cells, edited, template
from tiwizi.interop.reader import MOST_BYTES, read_plan_workbook
from tiwizi.interop.views import sheet_of_lists
from tiwizi.interop.words import SHEETS
from tiwizi.plans import rules
from tiwizi.plans.models import Activity, Plan, PlanImport


@pytest.fixture
def coordinator(cast, signed_in):
    """Jette's coordinator, who reads English."""
    client = signed_in(cast.jette_coordinator)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


@pytest.fixture
def changed(cast, plan):
    """Jette's workbook with one title changed."""
    return edited(template(cast), cells(B2="Autrement"))


def url(name, *args):
    return reverse(f"interop:{name}", args=["jette-belfaa", *args])


def page(response, status=200):
    assert response.status_code == status, response.content.decode()[:2000]
    return BeautifulSoup(response.content, "html.parser")


def upload(client, data, name="plan.xlsx"):
    return client.post(url("plan-import"), {"workbook": SimpleUploadedFile(name, data)})


def uploaded(client, data):
    """The import that an upload made."""
    response = upload(client, data)
    assert response.status_code == 302, response.content.decode()[:2000]
    return PlanImport.objects.get(pk=response["Location"].rstrip("/").split("/")[-1])


def figures(found):
    return {dt.text: dd.text.strip() for dt, dd in zip(found.select("dt"), found.select("dd"), strict=True)}


ACTS = ["apply", "valid", "discard", "undo"]


def test_a_visitor_is_asked_to_sign_in(plan, coordinator, changed, signed_in):
    kept = uploaded(coordinator, changed)
    visitor = signed_in(None)
    for path in [url("plan-template"), url("plan-import"), url("import-detail", kept.pk)]:
        assert visitor.get(path).status_code == 302
    assert upload(visitor, changed).status_code == 302
    for act in ACTS:
        assert visitor.post(url("import-act", kept.pk, act)).status_code == 302
    assert PlanImport.objects.get().state == "checked"


@pytest.mark.parametrize("who", ["neighbour", "elected", "etterbeek_coordinator", "animator"])
def test_who_only_reads_downloads_and_imports_nothing(cast, plan, coordinator, changed, signed_in, who):
    kept = uploaded(coordinator, changed)
    reader = signed_in(getattr(cast, who))
    assert reader.get(url("plan-template")).status_code == 200
    assert reader.get(url("plan-import")).status_code == 403
    assert reader.get(url("import-detail", kept.pk)).status_code == 403
    assert upload(reader, changed).status_code == 403
    for act in ACTS:
        assert reader.post(url("import-act", kept.pk, act)).status_code == 403
    assert list(PlanImport.objects.values_list("state", flat=True)) == ["checked"]
    assert not Activity.objects.filter(title="Autrement").exists()


def test_a_stranger_sees_nothing(cast, plan, signed_in):
    for name in ["plan-template", "plan-import"]:
        assert signed_in(cast.stranger).get(url(name)).status_code == 404


@pytest.mark.parametrize(("language", "name"), [("fr", "Activités"), ("en", "Activities"), ("ar", "الأنشطة")])
def test_the_workbook_is_downloaded_in_the_readers_language(plan, coordinator, language, name):
    coordinator.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    response = coordinator.get(url("plan-template"))
    assert response["Content-Disposition"] == 'attachment; filename="jette-belfaa-2017-07.xlsx"'
    assert read_plan_workbook(response.content, plan).faults == []
    assert load_workbook(io.BytesIO(response.content)).sheetnames[0] == name


def test_from_upload_to_undo(plan, coordinator, changed):
    kept = uploaded(coordinator, changed)
    shown = page(coordinator.get(url("import-detail", kept.pk)))
    assert list(figures(shown).values()) == ["0", "1", "1", "0"]
    assert shown.find("del").text == "Formation des éducatrices du préscolaire"
    assert shown.find("ins").text == "Autrement"
    assert Activity.objects.get(reference="A1").title != "Autrement"
    assert shown.find("form", action=url("import-act", kept.pk, "apply"))
    done = page(coordinator.post(url("import-act", kept.pk, "apply"), follow=True))
    assert Activity.objects.get(reference="A1").title == "Autrement"
    assert done.find("form", action=url("import-act", kept.pk, "apply")) is None
    assert done.find("form", action=url("import-act", kept.pk, "undo"))
    page(coordinator.post(url("import-act", kept.pk, "undo"), follow=True))
    assert Activity.objects.get(reference="A1").title != "Autrement"


def test_faults_stand_by_sheet_and_cell_and_only_the_good_rows_are_offered(cast, plan, coordinator):
    kept = uploaded(coordinator, edited(template(cast), cells(B2="Autrement", L3="cher")))
    shown = page(coordinator.get(url("import-detail", kept.pk)))
    cells_told = [[td.text for td in row.select("td")][:2] for row in shown.select("#faults-title ~ table tbody tr")]
    assert cells_told == [["Activités", "L3"]]
    assert shown.find("form", action=url("import-act", kept.pk, "apply")) is None
    assert shown.find("form", action=url("import-act", kept.pk, "valid"))
    refused = page(coordinator.post(url("import-act", kept.pk, "apply"), follow=True))
    assert refused.select_one(".note-error")
    assert Activity.objects.get(reference="A1").title != "Autrement"
    coordinator.post(url("import-act", kept.pk, "valid"))
    assert Activity.objects.get(reference="A1").title == "Autrement"


def test_faults_come_in_the_order_of_reading_and_name_the_activity(cast, plan, coordinator):
    """Row 10 after row 2; and what can be chosen is found in the sheet that the workbook has."""
    named = Activity.objects.get(plan=plan, reference="A1")
    data = edited(template(cast), cells(L10="cher", B10="Sans genre", L2="cher", C2="Menuiserie"))
    shown = page(coordinator.get(url("import-detail", uploaded(coordinator, data).pk)))
    told = [[td.text.strip() for td in row.select("td")] for row in shown.select("#faults-title ~ table tbody tr")]
    places = [row[1] for row in told]
    assert places[:2] == ["C2", "L2"]
    assert places == sorted(places, key=lambda cell: (int(cell[1:]), cell[0]))
    assert told[0][2] == f"A1 {named.title}"
    assert told[-1][2].endswith("Sans genre")
    assert told[0][3].endswith("See the sheet “Listes”.")
    assert "Listes" not in told[1][3]


@pytest.mark.parametrize(("sheet", "language", "lists"), [("Activiteiten", "fr", "Lijsten"), ("Feuil1", "en", "Lists")])
def test_the_sheet_of_lists_is_named_as_in_the_workbook_else_as_the_reader_speaks(sheet, language, lists):
    with override(language):
        assert sheet_of_lists(sheet, {"": SHEETS["activities"]}) == lists


def test_a_fault_of_the_file_offers_nothing_but_to_put_it_aside(cast, plan, coordinator, signed_in):
    other = signed_in(cast.etterbeek_coordinator)
    path = reverse("interop:plan-import", args=["etterbeek-ait-baha"])
    response = other.post(path, {"workbook": SimpleUploadedFile("plan.xlsx", template(cast))})
    shown = page(other.get(response["Location"]))
    acts = [re.search(r"/(\w+)/$", form["action"])[1] for form in shown.select("main form[action*='/import/']")]
    assert acts == ["discard"]
    assert "Jette–Belfaa" in shown.select_one("#faults-title ~ table").text


def test_the_button_and_the_state_of_an_import_are_worded_apart(cast, plan, coordinator, changed):
    coordinator.cookies[settings.LANGUAGE_COOKIE_NAME] = "fr"
    kept = uploaded(coordinator, changed)
    form = page(coordinator.get(url("import-detail", kept.pk))).find(
        "form", action=url("import-act", kept.pk, "discard")
    )
    assert form.button.text == "Abandonner cet import"
    done = page(coordinator.post(form["action"], follow=True))
    assert "Abandonné" in [badge.text for badge in done.select("main .badge")]


def test_the_same_workbook_again_offers_nothing_to_import(cast, plan, coordinator):
    kept = uploaded(coordinator, template(cast))
    shown = page(coordinator.get(url("import-detail", kept.pk)))
    assert shown.find("form", action=url("import-act", kept.pk, "apply")) is None
    assert shown.select_one(".note-success")
    page(coordinator.post(url("import-act", kept.pk, "discard"), follow=True))
    assert PlanImport.objects.get().state == "discarded"


@pytest.mark.parametrize(
    ("data", "name"),
    [(b"", "plan.xlsx"), (b"Titre;Du", "plan.xlsx"), (b"%PDF-1.7", "plan.pdf"), (b"x" * (MOST_BYTES + 1), "plan.xlsx")],
    ids=["empty", "text under another name", "PDF", "too large"],
)
def test_what_is_no_workbook_is_told_on_the_form(plan, coordinator, data, name):
    shown = page(upload(coordinator, data, name), status=422)
    assert len(shown.select(".field-error")) == 1
    assert not PlanImport.objects.exists()


def test_a_form_without_a_file_is_told(plan, coordinator):
    assert page(coordinator.post(url("plan-import")), status=422).select_one(".field-error")


def test_earlier_imports_are_listed_with_their_state(plan, coordinator, changed):
    kept = uploaded(coordinator, changed)
    shown = page(coordinator.get(url("plan-import")))
    assert shown.find("a", href=url("import-detail", kept.pk)).text == "plan.xlsx"
    assert shown.select_one("tbody .badge").text == "Waits for you"


def test_a_plan_that_is_handed_in_offers_no_upload(cast, plan, coordinator, changed):
    rules.submit_plan(by=cast.jette_coordinator, plan=plan)
    shown = page(coordinator.get(url("plan-import")))
    assert shown.find("input", type="file") is None
    assert upload(coordinator, changed).status_code == 409
    assert not PlanImport.objects.exists()


def test_without_a_plan_the_reader_is_told(plan, coordinator):
    Activity.objects.all().delete()
    Plan.objects.filter(pk=plan.pk).delete()
    for name in ["plan-template", "plan-import"]:
        assert coordinator.get(url(name)).status_code == 404


def test_an_import_of_another_body_or_none_is_not_found(cast, plan, coordinator, changed):
    kept = uploaded(coordinator, changed)
    elsewhere = reverse("interop:import-detail", args=["etterbeek-ait-baha", kept.pk])
    programme = cast.programme_coordinator
    coordinator.force_login(programme, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert coordinator.get(elsewhere).status_code == 404
    assert coordinator.get(url("import-detail", uuid.uuid4())).status_code == 404
    assert coordinator.post(f"/b/jette-belfaa/plan/import/{'0' * 36}/apply/").status_code == 404


def test_long_lists_are_cut_and_say_so(cast, plan, coordinator):
    rows = {f"B{row}": "Atelier" for row in range(4, 104)}  # a hundred new rows without anything else
    kept = uploaded(coordinator, edited(template(cast), cells(**rows)))
    shown = page(coordinator.get(url("import-detail", kept.pk)))
    assert shown.select_one("#faults-title").text == "500 faults"
    assert len(shown.select("#faults-title ~ table tbody tr")) == 200
    assert "The first 200 are shown." in shown.text


def test_a_hostile_file_name_and_title_are_only_text(cast, plan, coordinator):
    data = edited(template(cast), cells(B2="<script>alert(1)</script>"))
    response = upload(coordinator, data, "<img src=x>.xlsx")
    shown = page(coordinator.get(response["Location"]))
    assert shown.find("ins").text == "<script>alert(1)</script>"
    assert shown.select("main img") == []


def test_the_agreed_plan_is_downloaded_by_those_who_read_the_round(cast, signed_in):
    round, _proposal = proposed(cast)
    path = reverse("interop:agreed-workbook", args=["souss-massa", round.pk])
    response = signed_in(cast.animator).get(path)
    assert response.status_code == 200
    assert len(load_workbook(io.BytesIO(response.content)).worksheets) == 3
    assert signed_in(cast.neighbour).get(path).status_code == 403
    assert signed_in(None).get(path).status_code == 302
    missing = reverse("interop:agreed-workbook", args=["souss-massa", uuid.uuid4()])
    assert signed_in(cast.animator).get(missing).status_code == 404
