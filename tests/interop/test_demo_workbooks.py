"""The demo's workbooks, as they are shipped."""

import pytest
from django.core.management import call_command

from tiwizi.interop import demo
from tiwizi.interop.reader import read_plan_workbook
from tiwizi.plans.models import Activity, Plan
from tiwizi.plans.queries import natural_values


@pytest.mark.slow
@pytest.mark.django_db
def test_the_shipped_workbooks_say_what_the_list_says_and_are_written_alike(tmp_path):
    demo.load()
    own = Plan.objects.filter(activities__collective=False).distinct()  # not a group's, of what is done together
    plans = {plan.body.slug: plan for plan in own.select_related("body", "framework")}
    rows = demo.activity_rows()
    assert {path.stem for path in (demo.FOLDER / "plans").glob("*.xlsx")} == set(rows) == set(plans)
    for slug, plan in plans.items():
        found = {a.reference: natural_values(a) for a in Activity.objects.filter(plan=plan)}
        for row in rows[slug]:
            lists = {name: sorted(row[name]) for name in ("other_targets", "hosts", "avoid")}
            commune = row["commune"] or found[row["reference"]]["commune"]
            assert found[row["reference"]] == row | lists | {"commune": commune}
    (tmp_path / "activities.csv").write_bytes((demo.FOLDER / "activities.csv").read_bytes())
    call_command("build_demo_workbooks", folder=tmp_path, verbosity=0)
    for slug, plan in plans.items():
        shipped, written = (
            read_plan_workbook((folder / "plans" / f"{slug}.xlsx").read_bytes(), plan)
            for folder in (demo.FOLDER, tmp_path)
        )
        assert shipped == written
        assert (shipped.faults, shipped.warnings) == ([], [])
