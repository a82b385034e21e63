"""A workbook's whole way into a plan."""

import pytest

from tests.factories.rounds import opened, with_plans
from tests.interop.forging import HEADERS, ROW, cells, edited, plain, template
from tiwizi.base.errors import Refusal
from tiwizi.interop.imports import import_workbook
from tiwizi.plans.models import Activity, PlanImport
from tiwizi.plans.queries import natural_values
from tiwizi.plans.rules.imports import undo_import
from tiwizi.pooling.rules import opt_out


def everything(plan):
    return [natural_values(activity) for activity in plan.activities.all()]


def test_a_workbook_is_imported_and_undone(cast, plan):
    before = everything(plan)
    data = edited(template(cast), cells(B2="Autrement", A4="N1", **{
        "B4": "Atelier", "C4": "RI 1 Résultat", "D4": "youth", "F4": "social-diagnosis", "H4": "janvier 2018",
        "I4": "mars 2018", "L4": "1 234,50 €",
    }))  # fmt: skip
    done = import_workbook(by=cast.jette_coordinator, plan=plan, data=data, filename="plan.xlsx")
    added = Activity.objects.get(reference="N1")
    assert (added.cost_cents, added.window_start.isoformat(), added.window_end.isoformat()) == (
        123_450, "2018-01-01", "2018-04-01",
    )  # fmt: skip
    assert Activity.objects.get(reference="A1").title == "Autrement"
    assert len(done.sha256) == 64
    undo_import(by=cast.jette_coordinator, plan_import=done)
    assert [one for one in everything(plan) if one["reference"] != "N1~1"] == before
    assert Activity.objects.get(reference="N1~1").archived_at is not None


def test_the_same_workbook_again_changes_nothing(cast, plan):
    data = edited(template(cast), cells(B2="Autrement"))
    import_workbook(by=None, plan=plan, data=data, filename="plan.xlsx")
    before = list(plan.activities.values_list("reference", "version"))
    import_workbook(by=None, plan=plan, data=data, filename="plan.xlsx")
    assert list(plan.activities.values_list("reference", "version")) == before


def test_faults_are_told_with_their_places_and_nothing_is_applied(cast, plan):
    data = edited(template(cast), cells(B2="Autrement", L3="cher"))
    with pytest.raises(Refusal) as caught:
        import_workbook(by=None, plan=plan, data=data, filename="plan.xlsx")
    assert caught.value.code == "import-faulty"
    assert "Activités, L3: “cher” is not a number." in caught.value.sentence
    assert not Activity.objects.filter(title="Autrement").exists()


def test_a_neighbour_imports_nothing(cast, plan):
    with pytest.raises(Refusal) as caught:
        import_workbook(by=cast.neighbour, plan=plan, data=template(cast), filename="plan.xlsx")
    assert caught.value.code == "not-allowed"
    assert not PlanImport.objects.exists()


def test_an_import_that_a_round_uses_is_not_undone(cast):
    with_plans(cast)
    rows = [[reference, *ROW[1:], 12, 4200] for reference in ("N1", "N2")]
    data = plain(rows, [*HEADERS, "Participants", "Coût estimé seul"])
    done = import_workbook(by=None, plan=cast.plan_jette, data=data, filename="plan.xlsx")
    activity = Activity.objects.get(reference="N1")
    opt_out(by=cast.jette_coordinator, round=opened(cast), activity=activity, reason="Trop tôt")
    with pytest.raises(Refusal) as caught:
        undo_import(by=cast.jette_coordinator, plan_import=done)
    assert caught.value.code == "import-touched"
    assert caught.value.sentence.endswith(": N1.")
    assert Activity.objects.filter(reference__in=["N1", "N2"]).count() == 2
