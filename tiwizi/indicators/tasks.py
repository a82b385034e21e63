"""The job that follows a change of groupings, and the letters about sheets."""

from django.urls import reverse
from django.utils import translation

from tiwizi.accounts import mail
from tiwizi.accounts.models import User
from tiwizi.base.jobs import Hold, handles
from tiwizi.base.wording import day
from tiwizi.framework.models import Framework
from tiwizi.indicators import rules
from tiwizi.indicators.models import RENEW, Period
from tiwizi.indicators.queries.due import sheets_due
from tiwizi.network.models import Body


@handles(RENEW)
def renew(hold: Hold) -> None:
    """Renew the totals of every framework."""
    frames = list(Framework.objects.order_by("start", "pk"))
    for k, framework in enumerate(frames):
        hold.progress(k / len(frames), "renewing-totals")
        rules.renew_all(framework=framework)


@handles(rules.LETTER)
def reminder_letter(hold: Hold) -> None:
    """Tell somebody of a sheet that is due; nothing is sent once it is handed in."""
    body = Body.objects.select_related("kind").get(pk=hold.payload["body"])
    period = Period.objects.get(pk=hold.payload["period"])
    user = User.objects.get(pk=hold.payload["user"])
    due = [one for one in sheets_due([body], [period]) if one.unsent]
    if not due or not user.is_active:
        return
    language = user.language or "fr"
    with translation.override(language):
        context = {
            "name": user.name, "body": str(body.name), "period": period.code, "due": day(period.due),
            "late": due[0].late,
            "link": hold.payload["site"].rstrip("/") + reverse("indicators:sheet", args=[body.slug, period.code]),
        }  # fmt: skip
    mail.send(hold, "indicators/mail/reminder.txt", context, to=user.email, language=language)
