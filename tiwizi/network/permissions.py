"""Who may do what: the whole of it, on one page.

A role is a set of actions, held in a body by a mandate. It reaches the bodies below, on the day it is asked.
Reading reaches further: whoever holds a mandate in a programme reads all of that programme's bodies,
because partners who cannot see each other's plans cannot pool them.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tiwizi.accounts.models import User
from tiwizi.base.errors import Refusal
from tiwizi.network import queries
from tiwizi.network.models import Body


class Action(StrEnum):
    """Everything that somebody may be allowed to do."""

    READ = "read"  # the programme's bodies and their plans
    READ_PEOPLE = "read-people"  # who holds which role
    MANAGE_NETWORK = "manage-network"  # bodies, seats, groupings, mandates, hosting
    EDIT_PLAN = "edit-plan"  # activities, import, undo
    SUBMIT_PLAN = "submit-plan"
    VALIDATE_PLAN = "validate-plan"  # validate, or return with a reason
    READ_ROUND = "read-round"  # rounds, proposals, answers; agreed shares stand in the plans and are read with them
    RUN_ROUND = "run-round"  # open, set rules, run, pin, forbid, close
    OPT_OUT = "opt-out"  # keep one's activity out of a round
    ANSWER_PROPOSAL = "answer-proposal"  # accept or refuse one's part


@dataclass(frozen=True)
class Role:
    """A role in plain words, with what it may do in its body and below."""

    code: str
    name: str | Promise
    sentence: str | Promise
    actions: frozenset[Action]


_EVERYONE = frozenset({Action.READ})
_MEMBER = _EVERYONE | {Action.READ_PEOPLE, Action.READ_ROUND}
_COORDINATOR = _MEMBER | {Action.EDIT_PLAN, Action.SUBMIT_PLAN, Action.OPT_OUT, Action.ANSWER_PROPOSAL}
_ANIMATOR = _MEMBER | {Action.RUN_ROUND}

ROLES: dict[str, Role] = {
    role.code: role
    for role in [
        Role(
            "programme_coordinator",
            _("Programme coordinator"),
            _("Validates the plans, sees the whole programme, may lead any round of pooling."),
            _ANIMATOR | {Action.MANAGE_NETWORK, Action.VALIDATE_PLAN, Action.EDIT_PLAN, Action.SUBMIT_PLAN},
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
        Role("elected", _("Elected member"), _("Reads the plan, the rounds and the agreed shares."), _MEMBER),
        Role("association", _("Association"), _("Reads the programme's plans."), _EVERYONE),
        Role("donor", _("Donor reader"), _("Reads the whole programme."), _MEMBER),
        Role("auditor", _("Auditor"), _("Reads the whole programme with its audit trail."), _MEMBER),
    ]
}


@dataclass(frozen=True)
class Answer:
    """May or may not, and why."""

    allowed: bool
    reason: str | Promise

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
    if any(m.body_id in reach for m in holding):
        return Answer(True, _("Your role allows it."))
    return Answer(False, _("Your role allows it elsewhere, not here."))


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
    """Raise `Refusal` unless `may` says yes; the first beat of every rule."""
    answer = may(by, action, body)
    if not answer:
        raise Refusal(
            "not-allowed",
            _("You may not do this here."),
            answer.reason,
            status=403,
        )
