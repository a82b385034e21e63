"""Reads of the imports of a plan."""

from uuid import UUID

from django.db.models import QuerySet

from tiwizi.network.models import Body
from tiwizi.plans.models import Plan, PlanImport


def imports_of(plan: Plan) -> QuerySet[PlanImport]:
    """The imports of a plan, latest first, without what their files said."""
    return PlanImport.objects.filter(plan=plan).defer("entries", "undo")


def import_of(body: Body, pk: UUID) -> PlanImport | None:
    """One import of a body's plans."""
    found = PlanImport.objects.filter(plan__body=body, pk=pk)
    return found.select_related("plan__body__kind", "plan__framework").first()
