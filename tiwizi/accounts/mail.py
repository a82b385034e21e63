"""Letters: plain text in the reader's language, nothing that tells the sender whether they were read.

A template's first line is the subject. A worker that dies between sending and noting it sends again, under the same
message id, by which a mail program knows the double.
"""

from datetime import timedelta
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation

from tiwizi.base.jobs import Hold, Later

ATTEMPTS = 12  # after two minutes, four, eight, then every four hours at most: over some twenty hours
_LONGEST = timedelta(hours=4)


def send(hold: Hold, template: str, context: dict[str, Any], *, to: str, language: str) -> None:
    """Render and send the letter of a job. Where the mail server does not take it, it is tried again later."""
    with translation.override(language):
        subject, _, body = render_to_string(template, context).strip().partition("\n")
    sender = settings.DEFAULT_FROM_EMAIL
    headers = {
        "Message-ID": f"<{hold.job.pk}@{sender.rpartition('@')[2].rstrip('>')}>",
        "Content-Language": language,
        "Auto-Submitted": "auto-generated",
    }
    letter = EmailMessage(subject, body.strip() + "\n", sender, [to], headers=headers)
    try:
        letter.send()
    except (SMTPException, OSError) as error:
        raise Later(min(timedelta(minutes=2) * 2 ** (hold.job.attempts - 1), _LONGEST)) from error
