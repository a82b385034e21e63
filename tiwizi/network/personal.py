"""What is kept of a person in the network: roles, standing in, invitations; how it goes, and after how long."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tiwizi.accounts.models import User
from tiwizi.base.personal import Row, keeps, lasts
from tiwizi.network import rules
from tiwizi.network.models import Delegation, Invitation, Mandate

_NAMELESS = _("without a name: that a role was held makes what was done under it valid")


@keeps(_("Roles"), stays=_NAMELESS)
def roles(user: User) -> list[Row]:
    """Every role that was ever held."""
    return [
        dict(row)
        for row in Mandate.objects.filter(user=user).order_by("start").values("body__slug", "role", "start", "end")
    ]


@keeps(_("Standing in"), stays=_NAMELESS)
def standing_in(user: User) -> list[Row]:
    """Roles that were lent, and those that were held for others."""
    mine = Delegation.objects.filter(Q(user=user) | Q(mandate__user=user))
    return [dict(row) for row in mine.values("mandate__body__slug", "mandate__role", "start", "end", "revoked_at")]


@keeps(_("Reasons for which a role was lent"), erase=rules.erase_lending)
def reasons(user: User) -> list[Row]:
    """Why somebody stood in: a leave, an illness."""
    mine = Delegation.objects.filter(Q(user=user) | Q(mandate__user=user)).exclude(reason="")
    return [dict(row) for row in mine.values("mandate__body__slug", "start", "reason")]


@keeps(_("Offers to stand in, not answered"), erase=rules.erase_offers, holds=["network.Delegation.email"])
def offers(user: User) -> list[Row]:
    """Roles that the person was asked to take for some days."""
    found = Delegation.objects.filter(user__isnull=True, email__iexact=user.email)
    return [dict(row) for row in found.values("mandate__body__slug", "mandate__role", "start", "end")]


@keeps(
    _("Invitations"),
    erase=rules.erase_invitations,
    holds=["network.Invitation.email", "network.Invitation.name"],
)
def invitations(user: User) -> list[Row]:
    """Invitations to the person's address, and those that they accepted."""
    found = Invitation.objects.filter(Q(email__iexact=user.email) | Q(accepted_by=user))
    return [
        dict(row) for row in found.values("body__slug", "role", "name", "created_at", "accepted_at", "withdrawn_at")
    ]


lasts(_("Invitations, and offers to stand in, that are over"), "invitations", rules.forget_invitations)
lasts(_("Names of accounts that were closed"), "closed-accounts", rules.forget_accounts)
