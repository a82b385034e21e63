"""What the plans say to somebody who takes a body over."""

from django.utils.translation import gettext as _

from tiwizi.accounts.models import User
from tiwizi.base import wording
from tiwizi.network import queries as network
from tiwizi.network.handover import Section, hands_over
from tiwizi.network.models import Body
from tiwizi.plans.models import Activity, JointPart, Plan
from tiwizi.plans.queries import STATES, activities, add_up, reckon


def _money(cents: int | None) -> str:
    return wording.not_known() if cents is None else wording.amount(cents, "EUR", whole=True)


@hands_over
def plans(user: User, body: Body) -> list[Section]:
    """Each plan with its state and its money, each activity counted once."""
    found = list(Plan.objects.filter(body=body).select_related("framework").order_by("-start"))
    lines = reckon(Activity.objects.filter(plan__in=found, archived_at__isnull=True))
    owners = dict(Activity.objects.filter(plan__in=found).values_list("pk", "plan_id"))
    totals = {plan.pk: add_up({pk: line for pk, line in lines.items() if owners[pk] == plan.pk}) for plan in found}
    rows = [
        [
            plan.title,
            f"{wording.day(plan.start)} – {wording.day(plan.end)}",
            str(STATES[plan.state]) + (f": {plan.state_reason}" if plan.state_reason else ""),
            wording.number(totals[plan.pk].count),
            _money(totals[plan.pk].counted_cents),
            _money(plan.pooling_budget_cents),
        ]
        for plan in found
    ]
    columns = [_("Plan"), _("Days"), _("State"), _("Activities"), _("Cost that is known"), _("Money for pooling")]
    return [Section.of(_("Plans"), columns, rows, _("No plan yet."), order=30)]


@hands_over
def commitments(user: User, body: Body) -> list[Section]:
    """What was agreed with others, and what comes next of one's own."""
    parts = JointPart.objects.filter(body=body, collective__archived_at__isnull=True).select_related(
        "collective__plan__body", "replaced"
    )
    agreed = [
        [
            p.collective.title,
            str(p.collective.plan.body),
            wording.day(p.collective.window_start),
            _money(p.share_cents),
            _money(p.alone_cents),
        ]
        for p in parts.order_by("collective__window_start")
    ]
    today = network.today()
    coming = [a for a in activities(body) if a.plan.body_id == body.pk and a.window_end >= today]
    rows = [
        [a.reference, a.title, f"{wording.day(a.window_start)} – {wording.day(a.window_end)}", _money(a.cost_cents)]
        for a in sorted(coming, key=lambda one: one.window_start)
    ]
    return [
        Section.of(
            _("Agreed with others"),
            [_("Activity"), _("Together in"), _("From"), _("Our share"), _("Cost alone")],
            agreed,
            _("Nothing is agreed with others."),
            order=35,
        ),
        Section.of(
            _("Activities to come"),
            [_("Reference"), _("Activity"), _("Days"), _("Cost")],
            rows,
            _("No activity is to come."),
            order=45,
        ),
    ]
