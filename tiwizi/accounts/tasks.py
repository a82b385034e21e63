"""Letters about accounts."""

from django.utils import timezone, translation

from tiwizi.accounts import mail, queries, rules
from tiwizi.accounts.models import User
from tiwizi.base.jobs import Hold, handles
from tiwizi.base.wording import day


@handles("accounts.reset-letter")
def reset_letter(hold: Hold) -> None:
    """The link is made here, so that no table ever holds it; nothing is sent where there is no account."""
    if not hold.payload["user"]:
        return
    user = User.objects.get(pk=hold.payload["user"])
    _send(hold, "accounts/mail/reset.txt", user, {"link": queries.reset_link(user, hold.payload["site"])})


@handles("accounts.notice-letter")
def notice_letter(hold: Hold) -> None:
    """Tells a person that something of how they sign in was changed, so that a stranger's change is noticed."""
    user = User.objects.get(pk=hold.payload["user"])
    context = {"what": rules.CHANGES[hold.payload["act"]], "site": hold.payload["site"]}
    _send(hold, "accounts/mail/notice.txt", user, context)


@handles("accounts.warning-letter")
def warning_letter(hold: Hold) -> None:
    """Tells a person what somebody else may be doing to their account."""
    user = User.objects.get(pk=hold.payload["user"])
    context = {"what": rules.WARNINGS[hold.payload["act"]], "site": hold.payload["site"]}
    _send(hold, "accounts/mail/warning.txt", user, context)


def _send(hold: Hold, template: str, user: User, context: dict[str, object]) -> None:
    if user.erased_at:
        return
    with translation.override(user.language):
        today = day(timezone.localdate())
    told = context | {"name": user.name, "today": today}
    mail.send(hold, template, told, to=user.email, language=user.language)
