"""What is kept of a person's account: who they are here, where they are signed in, what they have not sent yet, what
they did; how it goes, and after how long."""

from allauth.mfa.models import Authenticator
from django.utils.translation import gettext_lazy as _

from tiwizi.accounts import rules
from tiwizi.accounts.models import User
from tiwizi.accounts.queries import sessions_of, words_for
from tiwizi.base import rules as base
from tiwizi.base.models import AuditEntry, Draft
from tiwizi.base.personal import Row, keeps, lasts
from tiwizi.base.queries import entries_naming


@keeps(
    _("Account"),
    erase=rules.erase_account,
    holds=["accounts.User.email", "accounts.User.name", "account.EmailAddress.email"],
)
def account(user: User) -> list[Row]:
    """The account without its password, which is kept as a fingerprint only."""
    factors = Authenticator.objects.filter(user_id=user.pk).values_list("type", flat=True)
    told = {name: getattr(user, name) for name in ("email", "name", "language", "created_at", "last_login")}
    asked = {"erasure_asked_at": user.erasure_asked_at} if user.erasure_asked_at else {}
    return [{"id": user.pk, **told, "second_factors": sorted(factors), **asked}]


@keeps(
    _("Devices that are signed in"),
    erase=rules.erase_sessions,
    holds=["usersessions.UserSession.ip", "usersessions.UserSession.user_agent"],
)
def sessions(user: User) -> list[Row]:
    """Devices and addresses of open sessions."""
    names = ("created_at", "last_seen_at", "ip", "user_agent")
    return [{name: getattr(one, name) for name in names} for one in sessions_of(user)]


@keeps(_("Drafts"), erase=base.erase_drafts)
def drafts(user: User) -> list[Row]:
    """Forms that were begun and not sent."""
    return [dict(row) for row in Draft.objects.filter(owner=user.pk).values("path", "saved_at", "data")]


@keeps(_("Words of the trail that name the person"), erase=rules.erase_words)
def words(user: User) -> list[Row]:
    """Which entries of the trail say the person's name or address. The words themselves may be about others too."""
    return [{"at": entry.at, "act": entry.act} for entry in entries_naming(words_for(user))]


@keeps(_("Acts in the trail"), stays=_("under a number without a name, so that others can trust what was decided"))
def acts(user: User) -> list[Row]:
    """The acts that the trail keeps under the person's id, the earliest first."""
    found = AuditEntry.objects.filter(actor=user.pk).order_by("id")
    return [dict(row) for row in found.values("at", "act", "object_type", "object_id", "body", "on_behalf")]


lasts(_("Sessions that ended, with device and address"), "ended-sessions", rules.forget_sessions)
lasts(_("Drafts that nobody touches"), "drafts", base.forget_drafts)
lasts(_("Background work that ended, letters included"), "jobs", base.forget_jobs)
