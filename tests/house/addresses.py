"""Every address of Tiwizi with who may open it: the table that `test_access.py` tries."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from tests.factories import rounds
from tests.factories.cast import Cast
from tiwizi.base.models import Job
from tiwizi.plans.models import Activity, PlanImport
from tiwizi.plans.rules.imports import check_import
from tiwizi.pooling import rules as pooling
from tiwizi.pooling.models import Condition, Proposal, Round


def address_names() -> list[str]:
    """The name of every address that the URL configuration holds."""

    def names(resolver: URLResolver, spaces: tuple[str, ...] = ()) -> Iterator[str]:
        for pattern in resolver.url_patterns:
            if isinstance(pattern, URLResolver):
                yield from names(pattern, (*spaces, pattern.namespace) if pattern.namespace else spaces)
            elif isinstance(pattern, URLPattern) and pattern.name:
                yield ":".join((*spaces, pattern.name))

    return sorted(set(names(get_resolver())))


@dataclass
class World:
    """The cast with one thing of each kind that an address can name; all of it Jette's or Souss-Massa's."""

    cast: Cast
    activity: Activity
    plan_import: PlanImport
    round: Round
    proposal: Proposal
    condition: Condition
    job: Job


def make_world(cast: Cast) -> World:
    round, proposal = rounds.proposed(cast)
    condition = pooling.forbid_pair(
        by=cast.animator, round=round, body=cast.jette, other_body=cast.etterbeek, reason="Non"
    )
    plan_import = check_import(
        by=cast.jette_coordinator, plan=cast.plan_jette, filename="plan.xlsx", entries=[], faults=[], sha256="0" * 64
    )
    job = Job.objects.filter(requested_by=cast.animator.pk).latest("created_at")
    activity = Activity.objects.get(plan=cast.plan_jette, reference="J1")
    return World(cast, activity, plan_import, round, proposal, condition, job)


Arguments = Callable[[World], list[Any]]


@dataclass(frozen=True)
class Address:
    """What an address needs, and who may open it besides those who work there.

    `public`: anybody; `any_account`: whoever is signed in; `shared`: whoever holds a mandate in the programme reads it.
    """

    args: Arguments = lambda world: []
    public: bool = False
    any_account: bool = False
    shared: bool = False


def _jette(*, shared: bool = False) -> Address:
    return Address(lambda world: ["jette-belfaa"], shared=shared)


def _activity(*, shared: bool = False) -> Address:
    return Address(lambda world: ["jette-belfaa", world.activity.pk], shared=shared)


def _round(*more: Arguments) -> Address:
    return Address(lambda world: ["souss-massa", world.round.pk, *(one for each in more for one in each(world))])


def _proposal() -> Address:
    return _round(lambda world: [world.proposal.number])


PUBLIC = Address(public=True, any_account=True)
ANY_ACCOUNT = Address(any_account=True)

ADDRESSES: dict[str, Address] = {
    "account_login": PUBLIC,
    "account_logout": PUBLIC,
    "accounts:language": PUBLIC,
    "base:components": ANY_ACCOUNT,
    "base:job": Address(lambda world: [world.job.pk]),
    "interop:agreed-workbook": _round(),
    "interop:import-act": Address(lambda world: ["jette-belfaa", world.plan_import.pk, "apply"]),
    "interop:import-detail": Address(lambda world: ["jette-belfaa", world.plan_import.pk]),
    "interop:plan-import": _jette(),
    "interop:plan-template": _jette(shared=True),
    "network:people": _jette(shared=True),
    "network:roles": ANY_ACCOUNT,
    "network:switcher": ANY_ACCOUNT,
    "plans:activity-add": _jette(),
    "plans:activity-archive": _activity(),
    "plans:activity-detail": _activity(shared=True),
    "plans:activity-edit": _activity(),
    "plans:activity-restore": _activity(),
    "plans:activity-short": Address(lambda world: [world.activity.pk], shared=True),
    "plans:plan": _jette(shared=True),
    "plans:plan-act": Address(lambda world: ["jette-belfaa", "submit"]),
    "plans:plan-budget": _jette(),
    "plans:plan-csv": _jette(shared=True),
    "plans:plan-history": _jette(shared=True),
    "plans:plan-open": _jette(),
    "pooling:agreed": _round(),
    "pooling:answer": _proposal(),
    "pooling:close": _round(),
    "pooling:fix-week": _proposal(),
    "pooling:forbid-pair": _round(),
    "pooling:lift": _round(lambda world: [world.condition.pk]),
    "pooling:opt-in": _round(lambda world: [world.activity.pk]),
    "pooling:opt-out": _round(lambda world: [world.activity.pk]),
    "pooling:pin-host": _proposal(),
    "pooling:proposal": _proposal(),
    "pooling:release": _proposal(),
    "pooling:round": _round(),
    "pooling:round-activities": _round(),
    "pooling:round-hosts": _round(),
    "pooling:round-kinds": _round(),
    "pooling:round-open": Address(lambda world: ["souss-massa"]),
    "pooling:round-partners": _round(),
    "pooling:round-rules": _round(),
    "pooling:rounds": _jette(shared=True),
    "pooling:run": _round(),
    "pooling:stop": _round(),
    "pooling:take-back": _proposal(),
    "portal:body": _jette(shared=True),
    "portal:credits": PUBLIC,
    "portal:home": PUBLIC,
}
