"""Every write of the network: bodies and their lives, mandates, invitations."""

from tiwizi.network.rules.bodies import (
    add_organisation,
    add_unavailable_span,
    define_body_kind,
    define_organisation_kind,
    found_body,
    group_body,
    name_successor,
    seat_organisation,
    set_hosting_terms,
)
from tiwizi.network.rules.building import (
    change_body,
    change_organisation,
    found_with_seats,
    register_organisation,
)
from tiwizi.network.rules.contacts import set_contact
from tiwizi.network.rules.decisions import archive_decision, close_decision, record_decision, recover_decision
from tiwizi.network.rules.elections import hold_election, undo_election
from tiwizi.network.rules.histories import earlier_state, put_back
from tiwizi.network.rules.imports import apply_network, check_network, discard_network, recover_network
from tiwizi.network.rules.invitations import (
    accept_as_newcomer,
    accept_invitation,
    find_invitation,
    invite,
    token_of,
    withdraw_invitation,
)
from tiwizi.network.rules.kinds import add_level, add_organisation_kind, change_level, change_organisation_kind
from tiwizi.network.rules.lives import (
    Newcomer,
    close_body,
    divide_body,
    go_on_in,
    leave_group,
    leave_seat,
    merge_bodies,
    rename_body,
    reopen_body,
)
from tiwizi.network.rules.mandates import (
    end_mandate,
    grant_mandate,
    leave_everything,
    leave_role,
    lend_mandate,
    take_back_mandate,
)

__all__ = [
    "Newcomer",
    "accept_as_newcomer",
    "accept_invitation",
    "add_level",
    "add_organisation",
    "add_organisation_kind",
    "add_unavailable_span",
    "apply_network",
    "archive_decision",
    "change_body",
    "change_level",
    "change_organisation",
    "change_organisation_kind",
    "check_network",
    "close_body",
    "close_decision",
    "define_body_kind",
    "define_organisation_kind",
    "discard_network",
    "divide_body",
    "earlier_state",
    "end_mandate",
    "find_invitation",
    "found_body",
    "found_with_seats",
    "go_on_in",
    "grant_mandate",
    "group_body",
    "hold_election",
    "invite",
    "leave_everything",
    "leave_group",
    "leave_role",
    "leave_seat",
    "lend_mandate",
    "merge_bodies",
    "name_successor",
    "put_back",
    "record_decision",
    "recover_decision",
    "recover_network",
    "register_organisation",
    "rename_body",
    "reopen_body",
    "seat_organisation",
    "set_contact",
    "set_hosting_terms",
    "take_back_mandate",
    "token_of",
    "undo_election",
    "withdraw_invitation",
]  # fmt: skip
