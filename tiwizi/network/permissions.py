"""Who may do what: the whole of it, on one page.

A role is a set of actions, held in a body by a mandate. It reaches the bodies below, on the day it is asked.
Reading reaches further: whoever holds a mandate in a programme reads all of that programme's bodies,
because partners who cannot see each other's plans cannot pool them.
Who stands in for somebody may do what that person may, for the days agreed, and acts in that person's name.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import partial
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tiwizi.accounts.models import User
from tiwizi.base.errors import Refusal
from tiwizi.network import queries
from tiwizi.network.models import Body, Mandate


class Action(StrEnum):
    """Everything that somebody may be allowed to do."""

    READ = "read"  # the programme's bodies and their plans
    READ_DOCUMENTS = "read-documents"  # their files; read where one has a role, and below
    EDIT_DOCUMENTS = "edit-documents"  # add, replace, archive, restore
    READ_PEOPLE = "read-people"  # who holds which role
    EDIT_CONTACTS = "edit-contacts"  # how a body and who sits in it are reached
    MANAGE_NETWORK = "manage-network"  # bodies, seats, groupings, hosting, any role
    RECORD_DECISION = "record-decision"  # what was decided for a body, and that it is done
    GIVE_ROLES = "give-roles"  # invite, end a mandate; nobody gives a role that may do more than their own
    EDIT_PLAN = "edit-plan"  # activities, import, undo
    SUBMIT_PLAN = "submit-plan"
    SIGN_PLAN = "sign-plan"  # stand by the plan that was handed in
    VALIDATE_PLAN = "validate-plan"  # validate, or return with a reason
    READ_ROUND = "read-round"  # rounds, proposals, answers; agreed shares stand in the plans and are read with them
    RUN_ROUND = "run-round"  # open, set rules, run, pin, forbid, close
    OPT_OUT = "opt-out"  # keep one's activity out of a round
    ANSWER_PROPOSAL = "answer-proposal"  # accept or refuse one's part
    DEFINE_INDICATORS = "define-indicators"  # indicators, breakdowns, periods, who reports, targets; results for all
    REPORT = "report"  # fill in sheets and hand them in; lessons and scores
    VALIDATE_REPORT = "validate-report"  # of the bodies below: validate, or return with a reason
    CERTIFY_REPORT = "certify-report"  # lock a validated sheet, reopen one


@dataclass(frozen=True)
class Role:
    """A role in plain words, with what it may do in its body and below."""

    code: str
    name: str | Promise
    sentence: str | Promise
    actions: frozenset[Action]


# The same in plain words: "May ...".
SENTENCES: dict[Action, str | Promise] = {
    Action.READ: _("read the bodies of the programme and their plans"),
    Action.READ_DOCUMENTS: _("read the documents that bodies keep"),
    Action.EDIT_DOCUMENTS: _("add documents, replace them and archive them"),
    Action.READ_PEOPLE: _("see who holds which role, with their addresses"),
    Action.EDIT_CONTACTS: _("keep how bodies and organisations are reached"),
    Action.MANAGE_NETWORK: _("change bodies, seats and groupings, and give any role"),
    Action.RECORD_DECISION: _("record decisions, and that they are done"),
    Action.GIVE_ROLES: _("invite people and end roles, up to their own"),
    Action.EDIT_PLAN: _("change activities and import workbooks"),
    Action.SUBMIT_PLAN: _("hand the plan in"),
    Action.SIGN_PLAN: _("sign the plan that is handed in"),
    Action.VALIDATE_PLAN: _("validate a plan or return it"),
    Action.READ_ROUND: _("read rounds of pooling, proposals and answers"),
    Action.RUN_ROUND: _("open rounds of pooling, compute and close them"),
    Action.OPT_OUT: _("keep an activity out of a round"),
    Action.ANSWER_PROPOSAL: _("accept or refuse a part of a proposal"),
    Action.DEFINE_INDICATORS: _("say what is measured, by whom, and the targets; open the results to everybody"),
    Action.REPORT: _("fill in reporting sheets and hand them in"),
    Action.VALIDATE_REPORT: _("validate the reporting sheets of the level below, or return them"),
    Action.CERTIFY_REPORT: _("certify reporting sheets for a period, and reopen them"),
}

_EVERYONE = frozenset({Action.READ})
_MEMBER = _EVERYONE | {Action.READ_PEOPLE, Action.READ_ROUND, Action.READ_DOCUMENTS}
_COORDINATOR = _MEMBER | {
    Action.EDIT_CONTACTS,
    Action.EDIT_PLAN, Action.SUBMIT_PLAN, Action.OPT_OUT, Action.ANSWER_PROPOSAL, Action.GIVE_ROLES,
    Action.EDIT_DOCUMENTS, Action.RECORD_DECISION, Action.REPORT,
}  # fmt: skip
_ANIMATOR = _MEMBER | {
    Action.EDIT_CONTACTS,
    Action.RUN_ROUND, Action.EDIT_DOCUMENTS, Action.RECORD_DECISION, Action.REPORT, Action.VALIDATE_REPORT,
}  # fmt: skip

ROLES: dict[str, Role] = {
    role.code: role
    for role in [
        Role(
            "programme_coordinator",
            _("Programme coordinator"),
            _("Validates the plans, sees the whole programme, may lead any round of pooling."),
            _ANIMATOR
            | {
                Action.MANAGE_NETWORK,
                Action.GIVE_ROLES,
                Action.VALIDATE_PLAN,
                Action.EDIT_PLAN,
                Action.SUBMIT_PLAN,
                Action.DEFINE_INDICATORS,
                Action.CERTIFY_REPORT,
            },
        ),
        Role(
            "animator",
            _("Group animator"),
            _("Sees what the group's partnerships plan, opens rounds of pooling and runs them."),
            _ANIMATOR,
        ),
        Role(
            "coordinator_north",
            _("Partnership coordinator, North"),
            _("Prepares the partnership's plan and answers for its part in what is pooled."),
            _COORDINATOR,
        ),
        Role(
            "coordinator_south",
            _("Partnership coordinator, South"),
            _("Prepares the partnership's plan and answers for its part in what is pooled."),
            _COORDINATOR,
        ),
        Role(
            "elected",
            _("Elected member"),
            _("Reads the plan, the rounds and the agreed shares, and signs the plan that is handed in."),
            _MEMBER | {Action.SIGN_PLAN},
        ),
        Role("association", _("Association"), _("Reads the programme's plans."), _EVERYONE),
        Role("donor", _("Donor reader"), _("Reads the whole programme."), _MEMBER),
        Role("auditor", _("Auditor"), _("Reads the whole programme with its audit trail."), _MEMBER),
    ]
}


def role_for(action: Action) -> str:
    """The code of the first role that includes an action: what an installation's first administrator is given."""
    return next(code for code, role in ROLES.items() if action in role.actions)


@dataclass(frozen=True)
class Answer:
    """May or may not, and why; and in whose name, when it is only allowed because one stands in for somebody."""

    allowed: bool
    reason: str | Promise
    in_name_of: UUID | None = None

    def __bool__(self) -> bool:
        return self.allowed


def may(by: User | None, action: Action, body: Body, *, on: date | None = None) -> Answer:
    """May this person do this in this body (today, or on another day)?"""
    if by is None or not by.is_active:
        return Answer(False, _("Sign in first."))
    mandates = queries.mandates_of(by, on=on)
    if not mandates:
        return Answer(False, _("You hold no mandate today."))
    holding = [m for m in mandates if m.role in ROLES and action in ROLES[m.role].actions]
    if not holding:
        return Answer(False, _("None of your roles includes this."))
    reach = queries.reach(body, wide=action is Action.READ, on=on)
    held = [m for m in holding if m.body_id in reach]
    if not held:
        return Answer(False, _("Your role allows it elsewhere, not here."))
    if all(m.user_id != by.pk for m in held):
        return Answer(True, _("You stand in for somebody whose role allows it."), in_name_of=held[0].user_id)
    return Answer(True, _("Your role allows it."))


def actions_in(by: User, body: Body) -> frozenset[Action]:
    """Everything that a person may do in a body by mandates there or above; empty for who only reads it from
    elsewhere in the programme. Two queries for any number of questions."""
    reach = queries.reach(body)
    return frozenset().union(*(_actions(m) for m in queries.mandates_of(by) if m.body_id in reach))


def bodies_where(user: User, action: Action, *, below: bool = True) -> set[UUID]:
    """Ids of every body in which a person may do this today, by a mandate there or above; without `below`, only where
    the mandate itself is held: what is that person's own task. Two queries."""
    holding = [m for m in queries.mandates_of(user) if m.role in ROLES and action in ROLES[m.role].actions]
    if not holding:
        return set()
    if not below:
        return {mandate.body_id for mandate in holding}
    everything = queries.graph(date.min, date.max)
    return set().union(*(everything.below(mandate.body_id) for mandate in holding))


def require(by: User | None, action: Action, body: Body) -> None:
    """Raise `Refusal` unless `may` says yes; the first beat of every rule. Says in whose name, for the trail."""
    answer = may(by, action, body)
    if by is not None:
        by.acting_for = answer.in_name_of
    if not answer:
        raise Refusal(
            "not-allowed",
            _("You may not do this here."),
            answer.reason,
            status=403,
            details=partial(needed_for, by, action, body),
        )


@dataclass(frozen=True)
class Needed:
    """A role that would allow it, the body in which it would have to be held, and who holds it there today."""

    role: Role
    body: Body
    holders: list[str]


def needed_for(by: User | None, action: Action, body: Body) -> list[Needed]:
    """What would have to be held where; told only to who may read the body. Each level that has a holder, and the
    body itself."""
    if not may(by, Action.READ, body):
        return []
    held = queries.mandates_in(queries.reach(body))
    found = []
    for place in [body, *(b for b in {m.body_id: m.body for m in held}.values() if b.pk != body.pk)]:
        for role in ROLES.values():
            names = [m.user.called for m in held if m.body_id == place.pk and m.role == role.code]
            if action in role.actions and (names or place.pk == body.pk):
                found.append(Needed(role, place, names))
    return sorted(found, key=lambda one: not one.holders)


def givable(by: User | None, body: Body) -> list[Role]:
    """The roles that a person may give in a body: all for who manages the network, else those up to their own. Signing
    is in one's own name and changes nothing of others': who may not sign may still invite who does."""
    if by is None or may(by, Action.MANAGE_NETWORK, body):
        return list(ROLES.values())
    if not may(by, Action.GIVE_ROLES, body):
        return []
    reach = queries.reach(body)
    own = set().union(*(_actions(m) for m in queries.mandates_of(by) if m.body_id in reach))
    return [role for role in ROLES.values() if role.actions - {Action.SIGN_PLAN} <= own]


def _actions(mandate: Mandate) -> frozenset[Action]:
    return ROLES[mandate.role].actions if mandate.role in ROLES else frozenset()


def needing_second_factor() -> frozenset[str]:
    """The roles whose holders need a second factor, from the setting."""
    asked = {code.strip() for code in settings.SECOND_FACTOR_ROLES.split(",") if code.strip()}
    if asked in ({"all"}, {"none"}):
        return frozenset(ROLES) if asked == {"all"} else frozenset()
    if unknown := sorted(asked - set(ROLES)):
        sentence = "TIWIZI_SECOND_FACTOR names roles that do not exist: {} (docs/settings.md)."
        raise ImproperlyConfigured(sentence.format(", ".join(unknown)))
    return frozenset(asked)


def needs_second_factor(mandates: Iterable[Mandate]) -> bool:
    """One of these mandates may be used with a second factor only."""
    roles = needing_second_factor()
    return any(mandate.role in roles for mandate in mandates)
