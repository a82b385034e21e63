"""Workbooks that were read and put aside."""

from collections.abc import Iterator, Sequence

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tiwizi.accounts.models import User
from tiwizi.base.models import AuditEntry, WorkbookImport
from tiwizi.indicators.models import IndicatorImport
from tiwizi.network import queries
from tiwizi.network.archives import MOST, Archived, keeps, takers
from tiwizi.network.models import Body, NetworkImport
from tiwizi.network.permissions import Action, may
from tiwizi.plans.models import PlanImport


@keeps
def imports(by: User, body: Body) -> Iterator[Archived]:
    """For those who import. What was put aside, and by whom, stands in the trail of the plan."""
    if not may(by, Action.EDIT_PLAN, body):
        return
    found = list(PlanImport.objects.filter(plan__body=body, state=PlanImport.State.DISCARDED)[:MOST])
    plans = {str(one.plan_id) for one in found}
    entries = AuditEntry.objects.filter(object_type="plans.plan", object_id__in=plans, act="discard-import")
    latest = {(entry.after or {}).get("import"): entry for entry in entries.order_by("id")}
    who = queries.signatures(latest.values())
    for one in found:
        entry = latest.get(str(one.pk))
        yield Archived(
            _("Workbook"),
            one.file_name,
            entry.reason if entry else "",
            entry.at if entry else one.created_at,
            who[entry.pk] if entry else "",
            reverse("interop:import-detail", args=[body.slug, one.pk]),
            recover=reverse("interop:import-act", args=[body.slug, one.pk, "recover"]),
        )


def _told(found: Sequence[WorkbookImport], title: Promise, act: str, address: str, body: Body) -> Iterator[Archived]:
    """Those whose trail is their own: what was put aside, when and by whom."""
    told = takers(found, [act])
    for one in found:
        who, entry = told.get(str(one.pk), ("", None))
        yield Archived(
            title,
            one.file_name,
            "",
            entry.at if entry else one.created_at,
            who,
            reverse(f"interop:{address}-detail", args=[body.slug, one.pk]),
            recover=reverse(f"interop:{address}-act", args=[body.slug, one.pk, "recover"]),
        )


@keeps
def network_imports(by: User, body: Body) -> Iterator[Archived]:
    """For those who manage the network."""
    if may(by, Action.MANAGE_NETWORK, body):
        found = NetworkImport.objects.filter(body=body, state=NetworkImport.State.DISCARDED)[:MOST]
        yield from _told(list(found), _("Network workbook"), "discard-network", "network-import", body)


@keeps
def indicator_imports(by: User, body: Body) -> Iterator[Archived]:
    """For those who define indicators."""
    if may(by, Action.DEFINE_INDICATORS, body):
        found = IndicatorImport.objects.filter(framework__body=body, state=IndicatorImport.State.DISCARDED)[:MOST]
        yield from _told(list(found), _("Workbook of indicators"), "discard-indicators", "indicator-import", body)
