"""What is kept of a person in the network: roles, standing in, invitations."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tiwizi.accounts.models import User
from tiwizi.base.personal import Row, keeps
from tiwizi.network.models import Delegation, Invitation, Mandate


@keeps(_("Roles"))
def roles(user: User) -> list[Row]:
    """Every role that was ever held."""
    return [
        dict(row)
        for row in Mandate.objects.filter(user=user).order_by("start").values("body__slug", "role", "start", "end")
    ]


@keeps(_("Standing in"))
def standing_in(user: User) -> list[Row]:
    """Roles that were lent, and those that were held for others."""
    mine = Delegation.objects.filter(Q(user=user) | Q(mandate__user=user))
    return [
        dict(row) for row in mine.values("mandate__body__slug", "mandate__role", "start", "end", "reason", "revoked_at")
    ]


@keeps(_("Invitations"))
def invitations(user: User) -> list[Row]:
    """Invitations to the person's address."""
    found = Invitation.objects.filter(email__iexact=user.email)
    return [
        dict(row) for row in found.values("body__slug", "role", "name", "created_at", "accepted_at", "withdrawn_at")
    ]
