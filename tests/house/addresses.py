"""Every address of Tiwizi with the action that it asks for: from it `test_access.py` computes who must get in."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from tests.house.world import World
from tiwizi.network import rules as network
from tiwizi.network.permissions import Action


def address_names() -> list[str]:
    """The name of every address that the URL configuration holds."""

    def names(resolver: URLResolver, spaces: tuple[str, ...] = ()) -> Iterator[str]:
        for pattern in resolver.url_patterns:
            if isinstance(pattern, URLResolver):
                yield from names(pattern, (*spaces, pattern.namespace) if pattern.namespace else spaces)
            elif isinstance(pattern, URLPattern) and pattern.name:
                yield ":".join((*spaces, pattern.name))

    return sorted(set(names(get_resolver())))


Arguments = Callable[[World], list[Any]]


@dataclass(frozen=True)
class Address:
    """What an address needs, and what it asks of who opens it.

    `get` and `post`: the action that each needs in the body `at`; without one the address does not answer to it.
    `public`: anybody opens it; `any_account`: whoever is signed in. `only`: the one of the cast whose own it is;
    `also`: besides those who hold the action. `held`: it must be held there or above, reading is not enough.
    """

    args: Arguments = lambda world: []
    public: bool = False
    any_account: bool = False
    get: Action | None = None
    post: Action | None = None
    at: str = "jette"
    only: str = ""
    also: str = ""
    held: bool = False
    typed: Callable[[World], dict[str, Any]] = lambda world: {}  # what tells the object, where the address does not

    @property
    def says(self) -> bool:
        """It says who may open it, in one way."""
        ways = [self.public, self.any_account and not self.public, bool(self.get or self.post), bool(self.only)]
        return ways.count(True) == 1


def _jette(get: Action | None = None, post: Action | None = None, *more: Arguments) -> Address:
    return Address(lambda world: ["jette-belfaa", *(one for each in more for one in each(world))], get=get, post=post)


def _activity(get: Action | None = None, post: Action | None = None) -> Address:
    return _jette(get, post, lambda world: [world.activity.pk])


def _document(get: Action | None = None, post: Action | None = None, *more: Arguments) -> Address:
    return _jette(get, post, lambda world: [world.document.pk], *more)


def _figure(get: Action | None = None, post: Action | None = None, *more: Arguments) -> Address:
    return _jette(get, post, lambda world: [world.figures.measured.trained.pk], *more)


def _evidence(get: Action | None = None, post: Action | None = None, *more: Arguments) -> Address:
    return _jette(get, post, lambda world: ["2018-1", world.figures.measured.trained.pk.hex], *more)


def _programme(get: Action | None = None, post: Action | None = None, *more: Arguments) -> Address:
    return Address(
        lambda world: ["programme", *(one for each in more for one in each(world))], get=get, post=post, at="programme"
    )


def _indicator(get: Action | None = None, post: Action | None = None) -> Address:
    return _programme(get, post, lambda world: [world.figures.measured.trained.pk])


def _round(get: Action | None = None, post: Action | None = None, *more: Arguments) -> Address:
    return Address(
        lambda world: ["souss-massa", world.round.pk, *(one for each in more for one in each(world))],
        get=get, post=post, at="souss",
    )  # fmt: skip


def _part(post: Action, **typed: str) -> Address:
    """What a partner does with its part: which one is said in the form."""
    return replace(
        _proposal(None, post),
        typed=lambda world: typed | {"part": str(world.proposal.parts.get(body=world.cast.jette).pk)},
    )


def _proposal(get: Action | None = None, post: Action | None = None) -> Address:
    return _round(get, post, lambda world: [world.proposal.number])


def _open(*parts: str | Arguments) -> Address:
    """For everybody, in French; its pages in other languages have addresses of their own."""
    return Address(
        lambda world: ["fr", *(one for part in parts for one in ([part] if isinstance(part, str) else part(world)))],
        public=True,
        any_account=True,
    )


PUBLIC = Address(public=True, any_account=True)
ANY_ACCOUNT = Address(any_account=True)
READ, EDIT_PLAN, GIVE_ROLES = Action.READ, Action.EDIT_PLAN, Action.GIVE_ROLES
READ_ROUND, RUN_ROUND, OPT_OUT, ANSWER = Action.READ_ROUND, Action.RUN_ROUND, Action.OPT_OUT, Action.ANSWER_PROPOSAL
DEFINE = Action.DEFINE_INDICATORS
REPORT, RECORD, MANAGE = Action.REPORT, Action.RECORD_DECISION, Action.MANAGE_NETWORK
READ_DOCUMENTS, EDIT_DOCUMENTS = Action.READ_DOCUMENTS, Action.EDIT_DOCUMENTS
# What a group's round asks of its partners: a role in one's own partnership is enough.
OF_PARTNERS = {READ_ROUND, OPT_OUT, ANSWER}

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
    "base:draft": ANY_ACCOUNT,
    "base:keeping": PUBLIC,
    "base:job": Address(lambda world: [world.job.pk], only="animator"),
    "documents:add": _jette(EDIT_DOCUMENTS, EDIT_DOCUMENTS),
    "documents:add-version": _document(EDIT_DOCUMENTS, EDIT_DOCUMENTS),
    "documents:archive": _document(EDIT_DOCUMENTS, EDIT_DOCUMENTS),
    "documents:change": _document(EDIT_DOCUMENTS, EDIT_DOCUMENTS),
    "documents:document": _document(READ_DOCUMENTS),
    "documents:documents": _jette(READ),
    "documents:file": _document(READ_DOCUMENTS, None, lambda world: [1]),
    "documents:restore": _document(None, EDIT_DOCUMENTS),
    "indicators:breakdown-sets": _programme(DEFINE, DEFINE),
    "indicators:carry-over": _programme(DEFINE, DEFINE),
    "indicators:category-end": _programme(
        None, DEFINE, lambda world: [world.figures.measured.trained.breakdowns.get().set.categories.first().pk]
    ),
    "indicators:definitions": _programme(DEFINE),
    "indicators:indicator-add": _programme(DEFINE, DEFINE),
    "indicators:indicator-archive": _indicator(None, DEFINE),
    "indicators:indicator-define": _indicator(DEFINE, DEFINE),
    "indicators:indicator-library": _indicator(None, DEFINE),
    "indicators:indicator-recover": _indicator(None, DEFINE),
    "indicators:indicator-reporters": _indicator(None, DEFINE),
    "indicators:indicator-sets": _indicator(None, DEFINE),
    "indicators:periods": _programme(DEFINE, DEFINE),
    "indicators:targets": _indicator(DEFINE, DEFINE),
    "indicators:coverage": _jette(READ),
    "indicators:evidence": _evidence(REPORT, REPORT),
    "indicators:evidence-remove": _evidence(None, REPORT, lambda world: [world.evidence.pk]),
    "indicators:evidence-restore": _evidence(None, REPORT, lambda world: [world.evidence.pk]),
    "indicators:figure": _figure(READ),
    "indicators:remark-add": replace(_figure(None, READ), held=True),
    "indicators:remark-archive": replace(
        _figure(None, Action.VALIDATE_REPORT, lambda world: [world.figures.remark.pk]), also="jette_coordinator"
    ),
    "indicators:publication": _programme(DEFINE),
    "indicators:publication-introduce": _programme(None, DEFINE),
    "indicators:publication-open": _programme(None, DEFINE),
    "indicators:publication-withdraw": _programme(None, DEFINE),
    "indicators:results": _jette(READ),
    "indicators:results-csv": _jette(READ),
    "indicators:results-table": _jette(READ),
    "indicators:results-workbook": _jette(READ),
    "indicators:review-edit": _jette(REPORT, REPORT, lambda world: [world.cast.result.pk, 2018]),
    "indicators:reviews": _jette(READ),
    "indicators:reviews-csv": _jette(READ),
    "indicators:reviews-workbook": _jette(READ),
    "indicators:sheet": _jette(READ, REPORT, lambda world: ["2018-1"]),
    # The level above accepts: the role held in the partnership itself is not enough.
    "indicators:sheet-act": replace(
        _jette(None, Action.VALIDATE_REPORT, lambda world: ["2018-1", "validate"]), at="souss"
    ),
    "indicators:sheet-cell": _jette(None, REPORT, lambda world: ["2018-1"]),
    "indicators:shares": Address(
        lambda world: ["souss-massa", "2018-1", world.shared_cell], get=REPORT, post=REPORT, at="souss"
    ),
    "indicators:sheets": _jette(READ),
    "indicators:sheets-many": _jette(None, Action.VALIDATE_REPORT),
    "interop:agreed-workbook": _round(READ_ROUND),
    "interop:handover-pdf": _jette(READ),
    "interop:handover-word": _jette(READ),
    "interop:import-act": _jette(None, EDIT_PLAN, lambda world: [world.plan_import.pk, "apply"]),
    "interop:import-detail": _jette(EDIT_PLAN, None, lambda world: [world.plan_import.pk]),
    "interop:indicator-import": _programme(DEFINE, DEFINE),
    "interop:indicator-import-act": _programme(None, DEFINE, lambda world: [world.indicator_import.pk, "discard"]),
    "interop:indicator-import-detail": _programme(DEFINE, None, lambda world: [world.indicator_import.pk]),
    "interop:indicator-template": _programme(DEFINE),
    "interop:network-import": _programme(MANAGE, MANAGE),
    "interop:network-import-act": _programme(None, MANAGE, lambda world: [world.network_import.pk, "discard"]),
    "interop:network-import-detail": _programme(MANAGE, None, lambda world: [world.network_import.pk]),
    "interop:network-template": _programme(MANAGE),
    "interop:plan-import": _jette(EDIT_PLAN, EDIT_PLAN),
    "interop:plan-template": _jette(READ),
    "interop:sheet-import": _jette(REPORT, REPORT, lambda world: ["2018-2"]),
    "interop:sheet-workbook": _jette(READ, None, lambda world: ["2018-1"]),
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
    "network:archived": _jette(READ),
    "network:build": _programme(MANAGE),
    "network:contact": _jette(Action.EDIT_CONTACTS, Action.EDIT_CONTACTS, lambda world: [world.cast.jette.pk]),
    "network:contacts": _jette(Action.READ_PEOPLE),
    "network:decision-act": _jette(None, RECORD, lambda world: [world.decision.pk, "done"]),
    "network:decisions": _jette(READ, RECORD),
    "network:edit": _jette(MANAGE, MANAGE),
    "network:election": _jette(GIVE_ROLES, GIVE_ROLES),
    "network:end-mandate": _jette(GIVE_ROLES, GIVE_ROLES, lambda world: [world.mandate.pk]),
    "network:found": _programme(MANAGE, MANAGE),
    "network:history": _jette(READ, None, lambda world: ["plans.activity", world.activity.pk]),
    "network:invitation": Address(lambda world: [network.token_of(world.invitation)], public=True, any_account=True),
    "network:offer": Address(lambda world: [network.offer_token_of(world.offer)], public=True, any_account=True),
    "network:invite": _jette(GIVE_ROLES, GIVE_ROLES),
    "network:leave-everything": ANY_ACCOUNT,
    "network:leave-role": Address(lambda world: [world.mandate.pk], only="jette_coordinator"),
    "network:ask-erasure": ANY_ACCOUNT,
    "network:erase-person": _jette(MANAGE, MANAGE, lambda world: [world.cast.elected.pk]),
    "network:my-data": ANY_ACCOUNT,
    "network:withdraw-erasure": ANY_ACCOUNT,
    "network:lend-role": Address(lambda world: [world.mandate.pk], only="jette_coordinator"),
    "network:level": _programme(MANAGE, MANAGE, lambda world: [world.cast.country.kind_id]),
    "network:level-add": _programme(MANAGE, MANAGE),
    "network:life": _jette(READ),
    "network:life-act": _jette(MANAGE, MANAGE, lambda world: ["close"]),
    "network:my-roles": ANY_ACCOUNT,
    "network:network": _jette(READ),
    "network:organisation": _programme(MANAGE, MANAGE, lambda world: [world.cast.belfaa.pk]),
    "network:organisation-add": _programme(MANAGE, MANAGE),
    "network:organisation-kind": _programme(MANAGE, MANAGE, lambda world: ["commune"]),
    "network:organisation-kind-add": _programme(MANAGE, MANAGE),
    "network:organisations": _programme(MANAGE),
    "network:people": _jette(READ),
    "network:places": _programme(MANAGE),
    "network:put-back": Address(
        lambda world: ["souss-massa", "pooling.round", world.round.pk, world.entry.pk],
        get=READ_ROUND,
        post=READ_ROUND,  # who reads looks first; the rule of the object asks again who may
        at="souss",
    ),
    "network:roles": ANY_ACCOUNT,
    "network:switcher": ANY_ACCOUNT,
    "network:take-back-role": Address(lambda world: [world.delegation.pk], only="jette_coordinator"),
    "network:undo-election": _jette(None, GIVE_ROLES),
    "network:withdraw-invitation": _jette(None, GIVE_ROLES, lambda world: [world.invitation.pk]),
    "openid_connect_callback": Address(lambda world: ["oidc"], public=True, any_account=True),
    "openid_connect_login": Address(lambda world: ["oidc"], public=True, any_account=True),
    "plans:activity-add": _jette(EDIT_PLAN, EDIT_PLAN),
    "plans:activity-archive": _activity(None, EDIT_PLAN),
    "plans:activity-detail": _activity(READ),
    "plans:activity-edit": _activity(EDIT_PLAN, EDIT_PLAN),
    "plans:activity-restore": _activity(None, EDIT_PLAN),
    "plans:activity-short": Address(lambda world: [world.activity.pk], get=READ),
    "plans:plan": _jette(READ),
    "plans:plan-act": _jette(None, Action.SUBMIT_PLAN, lambda world: ["submit"]),
    "plans:plan-budget": _jette(None, EDIT_PLAN),
    "plans:plan-csv": _jette(READ),
    "plans:plan-title": _jette(None, EDIT_PLAN),
    "plans:plan-sign": _jette(None, Action.SIGN_PLAN),
    "plans:plan-unsign": _jette(None, Action.SIGN_PLAN),
    "plans:plan-open": _jette(EDIT_PLAN, EDIT_PLAN),
    "pooling:agreed": _round(READ_ROUND),
    "pooling:answer": _part(ANSWER, answer="accept"),
    "pooling:close": _round(None, RUN_ROUND),
    "pooling:fix-week": _proposal(None, RUN_ROUND),
    "pooling:forbid-pair": _round(None, RUN_ROUND),
    "pooling:lift": _round(None, RUN_ROUND, lambda world: [world.condition.pk]),
    "pooling:opt-in": _round(None, OPT_OUT, lambda world: [world.activity.pk]),
    "pooling:opt-out": _round(None, OPT_OUT, lambda world: [world.activity.pk]),
    "pooling:pin-host": _proposal(None, RUN_ROUND),
    "pooling:proposal": _proposal(READ_ROUND),
    "pooling:recover": _round(None, RUN_ROUND, lambda world: [world.condition.pk]),
    "pooling:release": _proposal(None, RUN_ROUND),
    "pooling:round": _round(READ_ROUND),
    "pooling:round-activities": _round(READ_ROUND),
    "pooling:round-hosts": _round(None, RUN_ROUND),
    "pooling:round-kinds": _round(None, RUN_ROUND),
    "pooling:round-open": Address(lambda world: ["souss-massa"], get=RUN_ROUND, post=RUN_ROUND, at="souss"),
    "pooling:round-partners": _round(None, RUN_ROUND),
    "pooling:round-rules": _round(READ_ROUND, RUN_ROUND),
    "pooling:rounds": _jette(READ),
    "pooling:run": _round(None, RUN_ROUND),
    "pooling:stop": _round(None, RUN_ROUND),
    "pooling:take-back": _part(ANSWER),
    "portal:body": _jette(READ),
    "portal:credits": PUBLIC,
    "portal:handover": _jette(READ),
    "portal:home": PUBLIC,
    "portal:my-data": ANY_ACCOUNT,
    # For everybody, of a programme whose results are open; the first part of the address is the language.
    "portal:public": PUBLIC,
    "portal:public-csv": _open("programme"),
    "portal:public-indicator": _open("programme", lambda world: [world.figures.measured.trained.pk]),
    "portal:public-programme": _open("programme"),
    "portal:public-programmes": _open(),
    "portal:robots": PUBLIC,
    "portal:sitemap": PUBLIC,
    "socialaccount_login_cancelled": PUBLIC,
    "socialaccount_login_error": PUBLIC,
}
