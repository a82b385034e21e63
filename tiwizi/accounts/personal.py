"""What is kept of a person's account: who they are here, where they are signed in, what they have not sent yet, what
they did."""

from allauth.mfa.models import Authenticator
from django.utils.translation import gettext_lazy as _

from tiwizi.accounts.models import User
from tiwizi.accounts.queries import sessions_of
from tiwizi.base.models import AuditEntry, Draft
from tiwizi.base.personal import Row, keeps


@keeps(_("Account"))
def account(user: User) -> list[Row]:
    """The account without its password, which is kept as a fingerprint only."""
    factors = Authenticator.objects.filter(user_id=user.pk).values_list("type", flat=True)
    told = {name: getattr(user, name) for name in ("email", "name", "language", "created_at", "last_login")}
    return [{"id": user.pk, **told, "second_factors": sorted(factors)}]


@keeps(_("Where you are signed in"))
def sessions(user: User) -> list[Row]:
    """Devices and addresses of open sessions."""
    names = ("created_at", "last_seen_at", "ip", "user_agent")
    return [{name: getattr(one, name) for name in names} for one in sessions_of(user)]


@keeps(_("Drafts"))
def drafts(user: User) -> list[Row]:
    """Forms that were begun and not sent."""
    return [dict(row) for row in Draft.objects.filter(owner=user.pk).values("path", "saved_at", "data")]


@keeps(_("What you did here"))
def acts(user: User) -> list[Row]:
    """The acts that the trail keeps under the person's id, the earliest first."""
    found = AuditEntry.objects.filter(actor=user.pk).order_by("id")
    return [dict(row) for row in found.values("at", "act", "object_type", "object_id", "body", "on_behalf")]
