"""The activities of a body and of everything below it, each once, and what they cost in all.

One formula (`reckon`) serves pages, totals and exports: what is shown adds up.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import F, Prefetch, Q, QuerySet
from django.db.models.functions import Length

from tiwizi.network import queries as network
from tiwizi.network.models import Body, Grouping
from tiwizi.plans.models import Activity, JointPart, Plan

# What a list can be sorted by; the second key keeps the order the same from one page to the next.
SORTS: dict[str, list[str]] = {
    "reference": ["plan__body__slug"],
    "title": ["title"],
    "kind": ["kind__code"],
    "when": ["window_start", "window_end"],
    "participants": ["participants"],
    "cost": ["cost_cents"],
    "priority": ["priority"],
}


@dataclass(frozen=True)
class Filters:
    """What a list of activities shows; empty means all. `first` and `last` are days that the window must meet."""

    text: str = ""
    kind: str = ""  # code
    result: str = ""  # number
    target: str = ""  # code
    partnership: str = ""  # slug
    first: date | None = None
    last: date | None = None
    mandatory: bool = False
    together: str = ""  # "alone", "replaced" (by a collective one), "collective"
    unknown_cost: bool = False
    sort: str = "reference"  # a key of SORTS, "-" before it turns it round


@dataclass(frozen=True)
class Line:
    """What one activity adds to the totals of the list it stands in. `None` is not known; `counts` is False for an
    activity whose collective one stands in the same list."""

    counts: bool
    counted_cents: int | None
    alone_cents: int | None
    participants: int | None
    together: str = ""  # "replaced", "collective", or done alone


@dataclass(frozen=True)
class Totals:
    """A list of activities in figures, each activity counted once; amounts in cents of the framework's currency."""

    count: int
    counted_cents: int  # own activities, agreed shares, and collective ones once
    alone_cents: int  # the same if each did it alone
    unknown_cost: int  # activities whose cost is not in the amounts
    participants: int
    unknown_participants: int
    replaced: int  # activities now done together
    collective: int

    @property
    def saved_cents(self) -> int:
        return self.alone_cents - self.counted_cents


def activities(body: Body, *, filters: Filters | None = None, on: date | None = None) -> QuerySet[Activity]:
    """Activities in the plans of a body and of all bodies below it, each once, archived ones left out.

    A plan belongs where its body belonged during the plan, or on the day `on` when one is given. Everything that a
    list shows is fetched along: the number of queries does not grow with the list.
    """
    plans = [plan.pk for plan in plans_below(body, on=on)]
    found = Activity.objects.filter(plan__in=plans, archived_at__isnull=True)
    return _ordered(_filtered(found, filters or Filters()), filters or Filters()).select_related(
        "kind", "result", "main_target", "commune", "host", "plan__body", "plan__framework",
        "joint_part__collective__plan__body", "joint_part__collective__host",
    ).prefetch_related(
        "other_targets", "hosts", "avoid",
        Prefetch("parts", JointPart.objects.select_related("replaced__plan__body", "body").order_by("body__slug")),
    )  # fmt: skip


def plans_below(body: Body, *, on: date | None = None) -> list[Plan]:
    """Plans of a body and of those that belonged to it, by any path, during the plan (or on a day). Two queries."""
    return plans_below_each([body], on=on)[body.pk]


def plans_below_each(bodies: Iterable[Body], *, on: date | None = None) -> dict[UUID, list[Plan]]:
    """`plans_below` of several bodies, by body. Two queries."""
    groupings = list(Grouping.objects.values_list("body_id", "whole_id", "start", "end"))
    plans = list(Plan.objects.select_related("body__kind", "framework").order_by("start", "body__slug"))
    return {body.pk: _plans_of(body.pk, plans, groupings, on) for body in bodies}


Groupings = list[tuple[UUID, UUID, date | None, date | None]]


def _plans_of(body: UUID, plans: list[Plan], groupings: Groupings, on: date | None) -> list[Plan]:
    spans: dict[tuple[date, date], frozenset[UUID]] = {}
    found = []
    for plan in plans:
        first, last = (on, on) if on else (plan.start, plan.end)
        if (first, last) not in spans:
            spans[first, last] = _below(body, groupings, first, last)
        if plan.body_id in spans[first, last] and (on is None or plan.start <= on <= plan.end):
            found.append(plan)
    return found


def _below(body: UUID, groupings: Groupings, first: date, last: date) -> frozenset[UUID]:
    down: dict[UUID, list[UUID]] = {}
    for part, whole, start, end in groupings:
        if (start is None or start <= last) and (end is None or end >= first):
            down.setdefault(whole, []).append(part)
    return network.Graph(up={}, down=down).below(body)


def _filtered(found: QuerySet[Activity], filters: Filters) -> QuerySet[Activity]:
    for word in filters.text.split():
        found = found.filter(Q(reference__icontains=word) | Q(title__icontains=word) | Q(note__icontains=word))
    equal = {
        "kind__code": filters.kind, "result__number": filters.result, "plan__body__slug": filters.partnership,
        "window_end__gte": filters.first, "window_start__lte": filters.last,
    }  # fmt: skip
    found = found.filter(**{name: value for name, value in equal.items() if value})
    if filters.target:
        also = Activity.other_targets.through.objects.filter(targetgroup__code=filters.target).values("activity_id")
        found = found.filter(Q(main_target__code=filters.target) | Q(pk__in=also))
    if filters.mandatory:
        found = found.filter(mandatory=True)
    if filters.unknown_cost:
        found = found.filter(cost_cents__isnull=True, joint_part__isnull=True)
    return found.filter(_TOGETHER.get(filters.together, Q()))


_TOGETHER = {
    "alone": Q(collective=False, joint_part__isnull=True),
    "replaced": Q(joint_part__isnull=False),
    "collective": Q(collective=True),
}


def _ordered(found: QuerySet[Activity], filters: Filters) -> QuerySet[Activity]:
    keys = SORTS.get(filters.sort.removeprefix("-"), SORTS["reference"])
    turned = filters.sort.startswith("-")
    order = [F(k).desc(nulls_last=True) if turned else F(k).asc(nulls_last=True) for k in keys]
    return found.order_by(*order, Length("reference"), "reference", "pk")


def reckon(found: QuerySet[Activity]) -> dict[UUID, Line]:
    """What each activity of a list adds to its totals: the one formula. Two queries.

    - a collective activity counts once, at its cost; alone it would have cost the sum of its partners' costs;
    - an activity that it replaces counts nothing when the collective one is in the list, else at its agreed share;
    - any other activity counts at its own cost.
    """
    return _lines(*_facts(found))


Fact = tuple[UUID, UUID, bool, int | None, int | None, UUID | None, int | None, int | None]


def _facts(found: QuerySet[Activity]) -> tuple[list[Fact], Counter[UUID]]:
    """What the formula needs of each activity, and what each collective one would have cost its partners alone."""
    columns = ["pk", "plan_id", "collective", "cost_cents", "participants"]
    columns += ["joint_part__collective_id", "joint_part__share_cents", "joint_part__alone_cents"]
    facts = list(found.order_by().values_list(*columns))
    shared = {fact[0] for fact in facts if fact[2]}
    alone_of: Counter[UUID] = Counter()
    for collective, alone in JointPart.objects.filter(collective__in=shared).values_list(
        "collective_id", "alone_cents"
    ):
        alone_of[collective] += alone
    return facts, alone_of


def _lines(facts: list[Fact], alone_of: Counter[UUID]) -> dict[UUID, Line]:
    shared = {fact[0] for fact in facts if fact[2]}
    lines: dict[UUID, Line] = {}
    for pk, _plan, collective, cost, heads, stands_in, share, alone in facts:
        if collective:
            lines[pk] = Line(True, cost, alone_of[pk], heads, "collective")
        elif stands_in in shared:
            lines[pk] = Line(False, 0, 0, 0, "replaced")
        elif stands_in:
            lines[pk] = Line(True, share, alone, heads, "replaced")
        else:
            lines[pk] = Line(True, cost, cost, heads)
    return lines


def totals_of(found: QuerySet[Activity]) -> Totals:
    """The totals of a list of activities (the whole of it, not one page)."""
    return add_up(reckon(found))


def totals(body: Body, *, filters: Filters | None = None, on: date | None = None) -> Totals:
    """The totals of a body and everything below it, each activity once."""
    return totals_of(activities(body, filters=filters, on=on))


def totals_of_each(bodies: Iterable[Body], *, on: date | None = None) -> dict[UUID, Totals]:
    """`totals` of several bodies, by body: each counts what lies below it once (on a day: what lay below it then, in
    the plans that ran). Four queries."""
    plans = {pk: {plan.pk for plan in below} for pk, below in plans_below_each(bodies, on=on).items()}
    every = set().union(*plans.values())
    facts, alone_of = _facts(Activity.objects.filter(plan__in=every, archived_at__isnull=True))
    return {pk: add_up(_lines([fact for fact in facts if fact[1] in mine], alone_of)) for pk, mine in plans.items()}


def add_up(lines: dict[UUID, Line]) -> Totals:
    """The lines of one list, added up."""
    counting = [line for line in lines.values() if line.counts]
    known = [line for line in counting if line.counted_cents is not None]
    return Totals(
        count=len(counting),
        counted_cents=sum(line.counted_cents or 0 for line in known),
        alone_cents=sum(line.alone_cents or 0 for line in known),
        unknown_cost=len(counting) - len(known),
        participants=_sum(line.participants for line in counting),
        unknown_participants=sum(line.participants is None for line in counting),
        replaced=sum(line.together == "replaced" for line in lines.values()),
        collective=sum(line.together == "collective" for line in lines.values()),
    )


def _sum(numbers: Iterable[int | None]) -> int:
    return sum(number for number in numbers if number is not None)


def plans_by_state(body: Body, *, on: date | None = None) -> dict[str, int]:
    """How many plans of a body and everything below it stand in each state."""
    return dict(Counter(plan.state for plan in plans_below(body, on=on)))


def plan_of(body: Body, *, on: date | None = None) -> Plan | None:
    """The body's own plan on a day (today by default); when none runs that day, the latest one that began before,
    else the next one."""
    day = on or network.today()
    plans = list(Plan.objects.filter(body=body).select_related("body__kind", "framework").order_by("start"))
    begun = [plan for plan in plans if plan.start <= day]
    return begun[-1] if begun else next(iter(plans), None)


def activity_of(body: Body, pk: UUID) -> Activity | None:
    """One activity of a body's plans, archived or not, with everything that its page shows."""
    found = Activity.objects.filter(pk=pk, plan__body=body).select_related(
        "kind", "result", "main_target", "commune", "host", "plan__body__kind", "plan__framework",
        "joint_part__collective__plan__body", "joint_part__collective__host",
    )  # fmt: skip
    parts = JointPart.objects.select_related("replaced__plan__body", "body").order_by("body__slug")
    return found.prefetch_related("other_targets", "hosts", "avoid", Prefetch("parts", parts)).first()
