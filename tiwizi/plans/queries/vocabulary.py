"""The words that an activity of a plan may use, fetched once: kinds, results, target groups, places, bodies.

With a `Vocabulary` at hand, a thousand rows are checked without one more query.
"""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext_lazy as _

from tiwizi.accounts.models import User
from tiwizi.base.models import AuditEntry
from tiwizi.framework.models import Result, TargetGroup
from tiwizi.network import queries as network
from tiwizi.network.models import Body, Membership, Organisation
from tiwizi.plans.models import Activity, ActivityKind, Plan

# The languages in which an activity can be held: those of the pages, and Amazigh, spoken in the field.
LANGUAGES: dict[str, str | Promise] = {
    "fr": _("French"),
    "ar": _("Arabic"),
    "ber": _("Amazigh"),
    "nl": _("Dutch"),
    "en": _("English"),
}


class Vocabulary:
    """What a plan's activities may name, by natural code. Each part is one or two queries, made when first used."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    @cached_property
    def kinds(self) -> dict[str, ActivityKind]:
        """Kinds of the plan's framework, by code."""
        return {kind.code: kind for kind in ActivityKind.objects.filter(framework=self.plan.framework_id)}

    @cached_property
    def results(self) -> dict[str, Result]:
        """Intermediate results of the plan's framework, by number ("RI 1")."""
        return {result.number: result for result in Result.objects.filter(framework=self.plan.framework_id)}

    @cached_property
    def targets(self) -> dict[str, TargetGroup]:
        """Target groups of the plan's framework, by code."""
        return {target.code: target for target in TargetGroup.objects.filter(framework=self.plan.framework_id)}

    @cached_property
    def programme(self) -> frozenset[UUID]:
        """Ids of every body of the programme, closed ones included."""
        return network.reach(self.plan.body, wide=True)

    @cached_property
    def bodies(self) -> dict[str, Body]:
        """Partnerships of the programme that a partner may wish to avoid, by slug."""
        partnerships = Body.objects.filter(pk__in=self.programme, memberships__side=Membership.Side.SOUTH)
        return {body.slug: body for body in partnerships.distinct()}

    @cached_property
    def hosts(self) -> dict[str, Organisation]:
        """Organisations of the programme that can receive an activity: all but the donors, by slug."""
        seats = Membership.objects.filter(body__in=self.programme).exclude(side=Membership.Side.DONOR)
        found = Organisation.objects.filter(pk__in=seats.values("organisation_id"))
        return {organisation.slug: organisation for organisation in found}

    @cached_property
    def communes(self) -> dict[str, Organisation]:
        """South communes in which the body can work during the plan, by slug: its own, or those below it."""
        below = network.graph(self.plan.start, self.plan.end).below(self.plan.body_id)
        return {seat.organisation.slug: seat.organisation for seat in self._south_seats(below)}

    @cached_property
    def own_communes(self) -> dict[str, Organisation]:
        """South communes that sit in the body itself during the plan, by slug."""
        return {seat.organisation.slug: seat.organisation for seat in self._south_seats({self.plan.body_id})}

    @cached_property
    def references(self) -> dict[str, tuple[UUID, bool]]:
        """References taken in the plan: the activity's id and whether it is archived."""
        taken = Activity.objects.filter(plan=self.plan).values_list("reference", "pk", "archived_at")
        return {reference: (pk, archived_at is not None) for reference, pk, archived_at in taken}

    def _south_seats(self, bodies: Collection[UUID]) -> Any:
        seats = Membership.objects.during(self.plan.start, self.plan.end)
        return seats.filter(body__in=bodies, side=Membership.Side.SOUTH).select_related("organisation")


def natural_values(activity: Activity) -> dict[str, Any]:
    """What an activity says, in natural codes: the same shape that `rules.activities.clean` takes.

    Reads `kind`, `result`, `main_target`, `commune`, `other_targets`, `hosts` and `avoid`: prefetch them for a list.
    """
    plain = ["reference", "title", "window_start", "window_end", "participants", "cost_cents", "cost_basis"]
    plain += ["priority", "mandatory", "poolable", "note"]
    return {name: getattr(activity, name) for name in plain} | {
        "kind": activity.kind.code,
        "result": activity.result.number,
        "main_target": activity.main_target.code,
        "other_targets": sorted(target.code for target in activity.other_targets.all()),
        "commune": activity.commune.slug if activity.commune else None,
        "languages": list(activity.languages),
        "hosts": sorted(host.slug for host in activity.hosts.all()),
        "avoid": sorted(body.slug for body in activity.avoid.all()),
    }


def next_reference(plan: Plan, letter: str = "A") -> str:
    """The first free reference of a plan: "A1", "A2", ..."""
    taken = set(Activity.objects.filter(plan=plan).values_list("reference", flat=True))
    number = 1
    while f"{letter}{number}" in taken:
        number += 1
    return f"{letter}{number}"


def is_monday(day: date) -> bool:
    return day.weekday() == 0


def is_sunday(day: date) -> bool:
    return day.weekday() == 6


def last_used(user: User, plan: Plan) -> dict[str, Any]:
    """What a person chose for the last activity added to a plan, as a start for the next one; empty when none."""
    entries = AuditEntry.objects.filter(act="add-activity", actor=user.pk, body=plan.body_id).order_by("-id")
    last = entries.first()
    chosen = (last.after if last else None) or {}
    kept = ["kind", "result", "main_target", "other_targets", "commune", "languages", "hosts", "avoid"]
    return {name: chosen[name] for name in kept if name in chosen}
