"""What must hold between the rows of plans, and no constraint of a table can say."""

from collections.abc import Iterator

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce

from tiwizi.base.doctor import examines
from tiwizi.base.models import AuditEntry
from tiwizi.plans.models import Activity, JointPart, Plan

BATCH = 1000


@examines("Shares of collective activities add up, and stand in the right plans")
def shares() -> Iterator[str]:
    collective = Activity.objects.filter(collective=True, archived_at__isnull=True)
    summed = collective.annotate(paid=Coalesce(Sum("parts__share_cents"), 0)).exclude(paid=F("cost_cents"))
    for activity in summed.select_related("plan"):
        yield f"{activity} of {activity.plan}: the shares are {activity.paid} cents, the cost {activity.cost_cents}."
    parts = JointPart.objects.select_related("collective", "replaced")
    for part in parts.exclude(body=F("replaced__plan__body")):
        yield f"{part}: the share is of another body than the activity's."
    for part in parts.filter(share_cents__gt=F("alone_cents")):
        yield f"{part}: the share is above the cost alone."
    for part in parts.filter(Q(collective__archived_at__isnull=False) | Q(replaced__archived_at__isnull=False)):
        yield f"{part}: one of both is archived."


@examines("Every activity has its record")
def recorded() -> Iterator[str]:
    last = None
    activities = Activity.objects.order_by("pk").select_related("plan")
    while page := list((activities.filter(pk__gt=last) if last else activities)[:BATCH]):
        ids = [str(one.pk) for one in page]
        told = AuditEntry.objects.filter(object_type="plans.activity", object_id__in=ids)
        known = set(told.values_list("object_id", flat=True))
        for one in page:
            if str(one.pk) not in known:
                yield f"{one} of {one.plan}: nobody recorded who put it there."
        last = page[-1].pk


@examines("Every import was applied and undone once")
def imports() -> Iterator[str]:
    """As often as the import's own row says, so often the trail of the plan."""
    for act, moment in [("apply-import", "applied_at"), ("undo-import", "undone_at")]:
        entries = AuditEntry.objects.filter(act=act, object_type="plans.plan")
        recorded = dict(entries.values_list("object_id").annotate(Count("pk")).order_by())
        done = Count("imports", filter=Q(**{f"imports__{moment}__isnull": False}))
        for plan in Plan.objects.annotate(done=done).select_related("body"):
            told = recorded.get(str(plan.pk), 0)
            if plan.done != told:
                yield f"{plan} of {plan.body}: {plan.done} imports with {act}, {told} recorded."
