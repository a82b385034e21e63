"""Reads of the imports of a plan: what each would change, or changed, in figures."""

from collections import Counter
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from tiwizi.network.models import Body
from tiwizi.plans.models import Plan, PlanImport


@dataclass(frozen=True)
class Summary:
    """An import in figures. `blocked`: a fault of the whole file stands in the way of every row."""

    new: int
    changed: int
    same: int
    faulty: int
    faults: int
    warnings: int
    blocked: bool

    @property
    def valid(self) -> int:
        """Rows that would change the plan."""
        return self.new + self.changed


def summary(plan_import: PlanImport) -> Summary:
    """The figures of an import."""
    acts = Counter(change["act"] for change in plan_import.changes)
    levels = Counter(fault["level"] for fault in plan_import.faults)
    return Summary(
        new=acts["new"],
        changed=acts["changed"],
        same=acts["same"],
        faulty=acts["faulty"],
        faults=levels["error"],
        warnings=levels["warning"],
        blocked=bool(file_faults(plan_import)),
    )


def file_faults(plan_import: PlanImport) -> list[dict[str, Any]]:
    """The faults that are no row's own."""
    rows = {(change["sheet"], change["row"]) for change in plan_import.changes}
    errors = [fault for fault in plan_import.faults if fault["level"] == "error"]
    return [fault for fault in errors if (fault["sheet"], fault["row"]) not in rows]


def imports_of(plan: Plan) -> QuerySet[PlanImport]:
    """The imports of a plan, latest first, without what their files said."""
    return PlanImport.objects.filter(plan=plan).defer("entries", "undo")


def import_of(body: Body, pk: UUID) -> PlanImport | None:
    """One import of a body's plans."""
    found = PlanImport.objects.filter(plan__body=body, pk=pk)
    return found.select_related("plan__body__kind", "plan__framework").first()
