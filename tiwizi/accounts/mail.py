"""Letters: plain text in the reader's language, nothing that tells the sender whether they were read.

A template's first line is the subject. A worker that dies between sending and noting it sends again, under the same
message id, by which a mail program knows the double.
"""

from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation


def send(template: str, context: dict[str, Any], *, to: str, language: str, key: str) -> None:
    """Render and send one letter. What the mail server answers goes up to the job, which is tried again."""
    with translation.override(language):
        subject, _, body = render_to_string(template, context).strip().partition("\n")
    sender = settings.DEFAULT_FROM_EMAIL
    headers = {
        "Message-ID": f"<{key}@{sender.rpartition('@')[2].rstrip('>')}>",
        "Content-Language": language,
        "Auto-Submitted": "auto-generated",
    }
    EmailMessage(subject, body.strip() + "\n", sender, [to], headers=headers).send()
