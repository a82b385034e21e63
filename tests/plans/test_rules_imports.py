from datetime import date

import pytest
from django.utils import translation

from tiwizi.base.dry_runs import summary
from tiwizi.base.errors import Refusal
from tiwizi.base.models import AuditEntry
from tiwizi.network import histories
from tiwizi.plans import rules
from tiwizi.plans.models import Activity, Plan, PlanImport
from tiwizi.plans.queries import natural_values
from tiwizi.plans.queries.imports import imports_of
from tiwizi.plans.rules.imports import apply_import, check_import, discard_import, undo_import

NEW = {
    "title": "Atelier", "kind": "social-diagnosis", "result": "RI 1", "main_target": "youth",
    "window_start": "2018-01-01", "window_end": "2018-03-04", "participants": 8, "cost_cents": 90_000,
}  # fmt: skip


@pytest.fixture
def plan(cast):
    cast.activity(cast.plan_jette, "A1").hosts.set([cast.belfaa])
    cast.activity(cast.plan_jette, "A2", title="Autre", priority=1)
    return cast.plan_jette


def entry(row, **values):
    """A row of a file: columns in the order of the values."""
    cells = {name: f"{'ABCDEFGHIJKLMNOP'[i]}{row}" for i, name in enumerate(values)}
    return {"sheet": "Plan", "row": row, "cells": cells, "values": values}


def fault(cell, code="not-a-number-cell", level="error"):
    return {"sheet": "Plan", "cell": cell, "code": code, "params": {"typed": "x"}, "level": level}


def checked(cast, plan, *entries, faults=()):
    return check_import(
        by=cast.jette_coordinator, plan=plan, filename="plan.xlsx", entries=list(entries), faults=list(faults)
    )


def applied(cast, plan, *entries, **how):
    return apply_import(by=cast.jette_coordinator, plan_import=checked(cast, plan, *entries), **how)


def acts(plan_import):
    return [(change["reference"], change["act"]) for change in plan_import.changes]


def values():
    return {activity.reference: natural_values(activity) for activity in Activity.objects.all()}


# --- who may


@pytest.mark.parametrize("who", ["neighbour", "elected", "stranger", "animator", "etterbeek_coordinator", "donor"])
def test_who_may_not_changes_nothing(cast, plan, who):
    by = getattr(cast, who)
    waiting = checked(cast, plan, entry(2, reference="A1", title="Autrement"))
    done = applied(cast, plan, entry(2, reference="A2", title="Autrement"))
    before, trail, imports = values(), AuditEntry.objects.count(), PlanImport.objects.count()
    tries = [
        lambda: check_import(by=by, plan=plan, filename="p.xlsx", entries=[], faults=[]),
        lambda: apply_import(by=by, plan_import=waiting),
        lambda: apply_import(by=by, plan_import=waiting, valid_rows_only=True),
        lambda: discard_import(by=by, plan_import=waiting),
        lambda: undo_import(by=by, plan_import=done),
    ]
    for act in tries:
        with pytest.raises(Refusal) as caught:
            act()
        assert caught.value.code == "not-allowed"
    assert (values(), AuditEntry.objects.count(), PlanImport.objects.count()) == (before, trail, imports)
    assert {one.state for one in imports_of(plan)} == {"checked", "applied"}


def test_a_loader_needs_no_person(plan):
    kept = check_import(by=None, plan=plan, filename="p.xlsx", entries=[entry(2, reference="N1", **NEW)], faults=[])
    assert apply_import(by=None, plan_import=kept).state == "applied"
    assert AuditEntry.objects.get(act="import-activity").actor is None


# --- the dry run


def test_a_check_changes_no_activity_and_says_what_would(cast, plan):
    before = values()
    kept = checked(
        cast, plan,
        entry(2, reference="A1", title="Autrement", cost_cents=None),
        entry(3, reference="A2", title="Autre"),
        entry(4, reference="N1", **NEW),
        entry(5, reference="N2", **NEW | {"participants": 0}),
    )  # fmt: skip
    assert acts(kept) == [("A1", "changed"), ("A2", "same"), ("N1", "new"), ("N2", "faulty")]
    assert kept.changes[0]["fields"] == {
        "title": ["Formation des éducatrices du préscolaire", "Autrement"], "cost_cents": [420_000, None],
    }  # fmt: skip
    assert [(f["cell"], f["code"], f["row"]) for f in kept.faults] == [("H5", "participants-not-positive", 5)]
    figures = summary(kept)
    assert (figures.new, figures.changed, figures.same, figures.faulty, figures.valid) == (1, 1, 1, 1, 2)
    assert values() == before
    assert kept.state == "checked"


def test_columns_that_the_file_lacks_stay_as_they_are(cast, plan):
    applied(cast, plan, entry(2, reference="A1", priority=5))
    now = values()["A1"]
    assert (now["priority"], now["hosts"], now["cost_cents"]) == (5, ["belfaa"], 420_000)


def test_a_fault_of_the_reader_makes_its_row_faulty_without_a_second_fault(cast, plan):
    row = entry(2, reference="A1", title="Autrement")
    row["cells"]["window_start"] = "C2"
    kept = checked(cast, plan, row, faults=[fault("C2", "not-a-date-cell")])
    assert (acts(kept), len(kept.faults)) == ([("A1", "faulty")], 1)


def test_a_warning_stops_nothing(cast, plan):
    row = entry(2, reference="A1", title="Autrement")
    assert acts(checked(cast, plan, row, faults=[fault("B2", "day-month-assumed", "warning")])) == [("A1", "changed")]


def test_a_handed_in_plan_takes_no_workbook(cast, plan):
    waiting = checked(cast, plan, entry(2, reference="A1", title="Autrement"))
    done = applied(cast, plan, entry(2, reference="A2", title="Autrement"))
    rules.submit_plan(by=cast.jette_coordinator, plan=plan)
    tries = [
        lambda: checked(cast, plan, entry(2, reference="A1", title="Encore")),
        lambda: apply_import(by=cast.jette_coordinator, plan_import=waiting),
        lambda: undo_import(by=cast.jette_coordinator, plan_import=done),
    ]
    for act in tries:
        with pytest.raises(Refusal) as caught:
            act()
        assert caught.value.code == "plan-submitted"


# --- apply


def test_apply_writes_what_the_dry_run_showed_and_records_it(cast, plan):
    done = applied(cast, plan, entry(2, reference="A1", title="Autrement"), entry(3, reference="N1", **NEW))
    now = values()
    assert now["A1"]["title"] == "Autrement"
    assert now["N1"]["window_start"] == date(2018, 1, 1)
    assert (done.state, done.applied_at is not None) == ("applied", True)
    entries = {e.object_id: e for e in AuditEntry.objects.filter(act="import-activity")}
    changed = entries[str(Activity.objects.get(reference="A1").pk)]
    assert (changed.before, changed.after) == (
        {"title": "Formation des éducatrices du préscolaire"}, {"title": "Autrement"},
    )  # fmt: skip
    assert entries[str(Activity.objects.get(reference="N1").pk)].after["cost_cents"] == 90_000
    with translation.override("en"):
        assert [str(event.act) for event in histories.story(plan)] == ["imported a workbook", "read a workbook"]


def test_all_or_nothing(cast, plan):
    kept = checked(cast, plan, entry(2, reference="A1", title="Autrement"), entry(3, reference="A2", priority=9))
    before = values()
    with pytest.raises(Refusal) as caught:
        apply_import(by=cast.jette_coordinator, plan_import=kept)
    assert caught.value.code == "import-faulty"
    assert values() == before


def test_valid_rows_only(cast, plan):
    kept = checked(cast, plan, entry(2, reference="A1", title="Autrement"), entry(3, reference="A2", priority=9))
    apply_import(by=cast.jette_coordinator, plan_import=kept, valid_rows_only=True)
    now = values()
    assert (now["A1"]["title"], now["A2"]["priority"]) == ("Autrement", 1)


def test_valid_rows_only_needs_one(cast, plan):
    kept = checked(cast, plan, entry(2, reference="A1"), entry(3, reference="A2", priority=9))
    with pytest.raises(Refusal) as caught:
        apply_import(by=cast.jette_coordinator, plan_import=kept, valid_rows_only=True)
    assert caught.value.code == "import-nothing"


@pytest.mark.parametrize("cell", ["", "A1"])
def test_a_fault_of_the_whole_file_stops_every_row(cast, plan, cell):
    kept = checked(cast, plan, entry(2, reference="A1", title="Autrement"), faults=[fault(cell, "missing-column")])
    assert summary(kept).blocked
    with pytest.raises(Refusal) as caught:
        apply_import(by=cast.jette_coordinator, plan_import=kept, valid_rows_only=True)
    assert caught.value.code == "import-faulty"


def test_a_failure_in_the_last_row_undoes_the_first(cast, plan, monkeypatch):
    kept = checked(cast, plan, entry(2, reference="N1", **NEW), entry(3, reference="N2", **NEW))
    record = rules.imports.audit.record

    def failing(act, obj, **how):
        if getattr(obj, "reference", "") == "N2":
            raise RuntimeError("the trail is full")
        return record(act, obj, **how)

    monkeypatch.setattr(rules.imports.audit, "record", failing)
    with pytest.raises(RuntimeError):
        apply_import(by=cast.jette_coordinator, plan_import=kept)
    assert set(values()) == {"A1", "A2"}
    kept.refresh_from_db()
    assert kept.state == "checked"


def test_the_same_file_again_changes_nothing(cast, plan):
    rows = [entry(2, reference="A1", title="Autrement"), entry(3, reference="N1", **NEW)]
    applied(cast, plan, *rows)
    before, trail = values(), AuditEntry.objects.filter(act="import-activity").count()
    versions = list(Activity.objects.values_list("version", flat=True))
    again = applied(cast, plan, *rows)
    assert acts(again) == [("A1", "same"), ("N1", "same")]
    assert (values(), AuditEntry.objects.filter(act="import-activity").count()) == (before, trail)
    assert list(Activity.objects.values_list("version", flat=True)) == versions


def test_nobody_applies_twice(cast, plan):
    done = applied(cast, plan, entry(2, reference="N1", **NEW))
    for act in (apply_import, discard_import):
        with pytest.raises(Refusal) as caught:
            act(by=cast.jette_coordinator, plan_import=done)
        assert caught.value.code == "import-state"


def test_what_was_shown_is_what_happens_or_nothing_does(cast, plan):
    kept = checked(cast, plan, entry(2, reference="A1", title="Autrement"))
    activity = Activity.objects.get(reference="A1")
    rules.change_activity(by=cast.jette_coordinator, activity=activity, version=1, title="Entre-temps")
    with pytest.raises(Refusal) as caught:
        apply_import(by=cast.jette_coordinator, plan_import=kept)
    assert caught.value.code == "import-outdated"
    assert values()["A1"]["title"] == "Entre-temps"


def test_an_edit_elsewhere_in_the_activity_is_kept(cast, plan):
    kept = checked(cast, plan, entry(2, reference="A1", title="Autrement"))
    activity = Activity.objects.get(reference="A1")
    rules.change_activity(by=cast.jette_coordinator, activity=activity, version=1, priority=5)
    apply_import(by=cast.jette_coordinator, plan_import=kept)
    assert (values()["A1"]["title"], values()["A1"]["priority"]) == ("Autrement", 5)


def test_an_import_amends_a_validated_plan_only_when_it_changes_it(cast, plan):
    Plan.objects.update(state="validated")
    applied(cast, plan, entry(2, reference="A1"))
    plan.refresh_from_db()
    assert plan.state == "validated"
    applied(cast, plan, entry(2, reference="A1", title="Autrement"))
    plan.refresh_from_db()
    assert plan.state == "amended"


# --- rows without a reference


def test_a_row_without_a_reference_is_new_and_gets_the_first_free_one(cast, plan):
    done = applied(cast, plan, entry(2, **NEW), entry(3, reference="A3", **NEW | {"title": "Encore"}))
    assert acts(done) == [("A4", "new"), ("A3", "new")]


def test_the_same_rows_without_references_do_not_double(cast, plan):
    rows = [entry(2, **NEW), entry(3, **NEW)]  # two alike in one file are two activities
    assert acts(applied(cast, plan, *rows)) == [("A3", "new"), ("A4", "new")]
    again = applied(cast, plan, *rows, entry(4, **NEW | {"title": "  ATELIER "}))
    assert acts(again) == [("A3", "same"), ("A4", "same"), ("A5", "new")]
    assert [(f["code"], f["level"], f["params"]["typed"]) for f in again.faults] == [
        ("row-alike", "warning", "A3"), ("row-alike", "warning", "A4"),
    ]  # fmt: skip
    assert Activity.objects.count() == 5


def test_an_activity_that_a_row_names_is_not_taken_by_likeness(cast, plan):
    applied(cast, plan, entry(2, reference="N1", **NEW))
    assert acts(checked(cast, plan, entry(2, reference="N1", **NEW), entry(3, **NEW))) == [
        ("N1", "same"), ("A3", "new"),
    ]  # fmt: skip


# --- undo and discard


def test_undo_puts_back_what_was_and_removes_what_was_new(cast, plan):
    before = values()
    done = applied(
        cast, plan,
        entry(2, reference="A1", title="Autrement", hosts=["ait-baha"], cost_cents=None),
        entry(3, reference="N1", **NEW),
    )  # fmt: skip
    assert values() != before
    undone = undo_import(by=cast.jette_coordinator, plan_import=done)
    gone = Activity.objects.exclude(archived_at=None).get()
    assert (gone.title, gone.reference) == (NEW["title"], "N1~1")
    assert {ref: one for ref, one in values().items() if ref != "N1~1"} == before
    assert (undone.state, undone.undone_at is not None) == ("undone", True)
    assert AuditEntry.objects.filter(act="undo-import").count() == 3  # the two activities, and the plan


def test_after_an_undo_the_file_can_be_imported_again(cast, plan):
    rows = [entry(2, reference="A1", title="Autrement"), entry(3, reference="N1", **NEW)]
    undo_import(by=cast.jette_coordinator, plan_import=applied(cast, plan, *rows))
    assert acts(applied(cast, plan, *rows)) == [("A1", "changed"), ("N1", "new")]


def test_undo_is_refused_when_a_later_edit_stands_in_the_way_and_names_it(cast, plan):
    done = applied(cast, plan, entry(2, reference="A1", title="Autrement"), entry(3, reference="N1", **NEW))
    activity = Activity.objects.get(reference="N1")
    rules.change_activity(by=cast.jette_coordinator, activity=activity, version=activity.version, priority=5)
    before = values()
    with pytest.raises(Refusal) as caught:
        undo_import(by=cast.jette_coordinator, plan_import=done)
    assert caught.value.code == "import-touched"
    assert "N1" in caught.value.sentence
    assert "A1" not in caught.value.sentence
    assert values() == before


def test_undo_is_refused_when_partners_agreed_on_an_imported_activity(cast, plan):
    done = applied(cast, plan, entry(2, reference="A1", title="Autrement"))
    rules.create_collective_activity(
        by=cast.animator, body=cast.souss, kind=cast.training, title="Ensemble", host=cast.belfaa,
        week=date(2017, 10, 2), language="fr", cost_cents=400_000,
        parts=[(Activity.objects.get(reference="A1"), 420_000, 200_000),
               (cast.activity(cast.plan_etterbeek, "B1"), 420_000, 200_000)],
    )  # fmt: skip
    with pytest.raises(Refusal) as caught:
        undo_import(by=cast.jette_coordinator, plan_import=done)
    assert caught.value.code == "import-touched"


def test_only_what_was_applied_is_undone(cast, plan):
    kept = checked(cast, plan, entry(2, reference="A1", title="Autrement"))
    with pytest.raises(Refusal) as caught:
        undo_import(by=cast.jette_coordinator, plan_import=kept)
    assert caught.value.code == "import-state"


def test_a_discarded_import_is_not_applied(cast, plan):
    kept = checked(cast, plan, entry(2, reference="A1", title="Autrement"))
    assert discard_import(by=cast.jette_coordinator, plan_import=kept).state == "discarded"
    with pytest.raises(Refusal) as caught:
        apply_import(by=cast.jette_coordinator, plan_import=kept)
    assert caught.value.code == "import-state"
    assert AuditEntry.objects.filter(act="discard-import").exists()


def test_queries_of_a_check_do_not_grow_with_the_rows(cast, plan, django_assert_max_num_queries):
    rows = [entry(n, reference=f"N{n}", **NEW) for n in range(2, 202)]
    with django_assert_max_num_queries(45):
        checked(cast, plan, *rows)
