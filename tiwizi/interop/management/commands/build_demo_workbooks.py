"""Write the demo plans as workbooks: `activities.csv` is where they are edited."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tiwizi.interop.demo import FOLDER, activity_rows
from tiwizi.interop.reader import read_plan_workbook
from tiwizi.interop.template import rows_workbook
from tiwizi.plans.models import Plan


class Command(BaseCommand):
    help = "Write examples/maroc-2017/plans/<body>.xlsx from activities.csv, for the plans that stand in the database."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--folder", type=Path, default=FOLDER, help="where activities.csv is, and plans/ goes")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        (folder / "plans").mkdir(exist_ok=True)
        plans = {plan.body.slug: plan for plan in Plan.objects.select_related("body", "framework")}
        for slug, rows in activity_rows(folder).items():
            if slug not in plans:
                raise CommandError(f"There is no plan of {slug}: load the demo first (manage.py load_demo).")
            data = rows_workbook(plans[slug], rows)
            if faults := [f for f in read_plan_workbook(data, plans[slug]).faults if not _taken(f)]:
                raise CommandError(f"{slug}: {faults}")
            (folder / "plans" / f"{slug}.xlsx").write_bytes(data)
            self.stdout.write(f"{slug}.xlsx: {len(rows)} activities")


def _taken(fault: dict[str, Any]) -> bool:
    """What the database holds already is no fault of the file."""
    return fault["code"] in {"row-under-agreement", "reference-archived"}
