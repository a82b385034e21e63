"""Every address of Tiwizi with who may open it: the table that `test_access.py` tries."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from tests.factories import passkeys, rounds
from tests.factories.cast import Cast
from tests.factories.measured import make_measured
from tiwizi.base.models import Job
from tiwizi.network import rules as network
from tiwizi.network.models import Delegation, Invitation, Mandate
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
    mandate: Mandate
    invitation: Invitation
    delegation: Delegation
    passkey: Authenticator


def make_world(cast: Cast) -> World:
    make_measured(cast)
    round, proposal = rounds.proposed(cast)
    condition = pooling.forbid_pair(
        by=cast.animator, round=round, body=cast.jette, other_body=cast.etterbeek, reason="Non"
    )
    plan_import = check_import(
        by=cast.jette_coordinator, plan=cast.plan_jette, filename="plan.xlsx", entries=[], faults=[], sha256="0" * 64
    )
    job = Job.objects.filter(requested_by=cast.animator.pk).latest("created_at")
    activity = Activity.objects.get(plan=cast.plan_jette, reference="J1")
    mandate = Mandate.objects.get(user=cast.jette_coordinator)
    invitation = network.invite(
        by=cast.jette_coordinator, body=cast.jette, email="nouveau@test.example", role="elected", language="fr",
        site="http://testserver/",
    )  # fmt: skip
    today = timezone.localdate()
    delegation = network.lend_mandate(
        by=cast.jette_coordinator, mandate=mandate, email=cast.elected.email, start=today, end=today
    )
    passkey = passkeys.kept(cast.animator)
    TOTP.activate(cast.jette_coordinator, "ABCDEFGHIJKLMNOP")
    RecoveryCodes.activate(cast.jette_coordinator)
    return World(cast, activity, plan_import, round, proposal, condition, job, mandate, invitation, delegation, passkey)


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
    "account_change_password": ANY_ACCOUNT,
    "account_login": PUBLIC,
    "account_logout": PUBLIC,
    "account_reauthenticate": ANY_ACCOUNT,
    "account_reset_password": PUBLIC,
    "account_reset_password_done": PUBLIC,
    "account_reset_password_from_key": Address(lambda world: ["abc", "def-ghi"], public=True, any_account=True),
    "account_reset_password_from_key_done": PUBLIC,
    "accounts:account": ANY_ACCOUNT,
    "accounts:end-other-sessions": ANY_ACCOUNT,
    "accounts:end-session": Address(lambda world: [1], any_account=True),
    "accounts:language": PUBLIC,
    "base:components": ANY_ACCOUNT,
    "base:job": Address(lambda world: [world.job.pk]),
    # reporting sheets
    "indicators:sheet": Address(lambda world: ["jette-belfaa", "2018-1"], shared=True),
    "indicators:sheet-act": Address(lambda world: ["jette-belfaa", "2018-1", "validate"]),
    "indicators:sheet-cell": Address(lambda world: ["jette-belfaa", "2018-1"]),
    "indicators:sheets": _jette(shared=True),
    "indicators:sheets-many": _jette(),
    "interop:agreed-workbook": _round(),
    "interop:import-act": Address(lambda world: ["jette-belfaa", world.plan_import.pk, "apply"]),
    "interop:import-detail": Address(lambda world: ["jette-belfaa", world.plan_import.pk]),
    "interop:plan-import": _jette(),
    "interop:plan-template": _jette(shared=True),
    "mfa_activate_totp": ANY_ACCOUNT,
    "mfa_add_webauthn": ANY_ACCOUNT,
    "mfa_authenticate": PUBLIC,
    "mfa_deactivate_totp": ANY_ACCOUNT,
    "mfa_download_recovery_codes": ANY_ACCOUNT,
    "mfa_generate_recovery_codes": ANY_ACCOUNT,
    "mfa_index": ANY_ACCOUNT,
    "mfa_login_webauthn": PUBLIC,
    "mfa_reauthenticate": ANY_ACCOUNT,
    "mfa_reauthenticate_webauthn": ANY_ACCOUNT,
    "mfa_remove_webauthn": Address(lambda world: [world.passkey.pk], any_account=True),
    "mfa_view_recovery_codes": ANY_ACCOUNT,
    "network:end-mandate": Address(lambda world: ["jette-belfaa", world.mandate.pk]),
    "network:invitation": Address(lambda world: [network.token_of(world.invitation)], public=True, any_account=True),
    "network:invite": _jette(),
    "network:leave-role": Address(lambda world: [world.mandate.pk]),
    "network:lend-role": Address(lambda world: [world.mandate.pk]),
    "network:my-roles": ANY_ACCOUNT,
    "network:people": _jette(shared=True),
    "network:roles": ANY_ACCOUNT,
    "network:switcher": ANY_ACCOUNT,
    "network:take-back-role": Address(lambda world: [world.delegation.pk]),
    "network:withdraw-invitation": Address(lambda world: ["jette-belfaa", world.invitation.pk]),
    "openid_connect_callback": Address(lambda world: ["oidc"], public=True, any_account=True),
    "openid_connect_login": Address(lambda world: ["oidc"], public=True, any_account=True),
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
    "socialaccount_login_cancelled": PUBLIC,
    "socialaccount_login_error": PUBLIC,
}
