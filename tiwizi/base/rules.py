"""Drafts of forms, kept and thrown away by who types them; and what the base keeps of people, when it goes.

A draft is no act: nobody else sees it and nothing follows from it, so it leaves no record in the trail.
"""

import json
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tiwizi.base import audit, queries
from tiwizi.base.audit import Actor
from tiwizi.base.errors import Refusal
from tiwizi.base.models import Draft, Job

MOST_CHARACTERS = 60_000  # of one draft; an activity has a few hundred
MOST_DRAFTS = 40  # of one person; beyond, the oldest goes


@transaction.atomic
def keep_draft(*, by: Actor, path: str, data: dict[str, list[str]]) -> Draft:
    """Keep what a person typed into the form of an address, instead of what was kept of it before.

    Refused: `draft-elsewhere` for what is no address here, `draft-too-long`.
    """
    check_path(path)
    if len(json.dumps(data)) > MOST_CHARACTERS:
        raise Refusal("draft-too-long", _("This is too much for a draft."), _("Send it, or shorten it."), status=413)
    said = {"data": data, "saved_at": timezone.now()}
    draft, _new = Draft.objects.update_or_create(owner=by.pk, path=path, defaults=said)
    own = Draft.objects.filter(owner=by.pk)
    Draft.objects.filter(pk__in=[one.pk for one in own.order_by("-saved_at")[MOST_DRAFTS:]]).delete()
    return draft


@transaction.atomic
def drop_draft(*, by: Actor, path: str) -> None:
    """Throw away what a person typed into the form of an address, if anything is kept of it."""
    Draft.objects.filter(owner=by.pk, path=path).delete()


def check_path(path: str) -> None:
    """Refuse what is no address of ours: it is what the person is sent back to."""
    try:
        if len(path) > 300 or not path.startswith("/") or path.startswith("//"):
            raise Resolver404
        resolve(path.partition("?")[0])
    except Resolver404 as error:
        raise Refusal("draft-elsewhere", _("There is no such form here."), status=404) from error


# --- What goes ---


@transaction.atomic
def erase_drafts(*, by: Actor | None, user: Actor) -> None:
    """Throw away every draft of a person who is erased; the act itself is recorded by who calls this."""
    Draft.objects.filter(owner=user.pk).delete()


@transaction.atomic
def erase_letters(*, by: Actor | None, user: Actor, words: Sequence[str]) -> None:
    """Letters that wait for a person are not sent any more, and errors of jobs no longer repeat these words (an
    address that a mail server did not know)."""
    Job.objects.filter(payload__user=str(user.pk), state=Job.State.QUEUED).delete()
    for word in words:
        Job.objects.filter(error__icontains=word).update(error="")


@transaction.atomic
def erase_words(*, by: Actor | None, words: Sequence[str], reason: str) -> int:
    """Forget what the trail says in words wherever one of these stands in it; in how many entries."""
    found = queries.entries_naming(words)
    for entry in found:
        audit.forget(entry, by=by, reason=reason)
    return len(found)


@transaction.atomic
def forget_drafts(*, before: datetime) -> int:
    """Throw away drafts that nobody touched since. By the system."""
    return Draft.objects.filter(saved_at__lt=before).delete()[0]


@transaction.atomic
def forget_jobs(*, before: datetime) -> int:
    """Throw away jobs that ended before, with who asked for them and what they said. By the system.

    Of a job that must not be queued twice the key stays, without the rest.
    """
    ended = Job.objects.filter(state__in=[Job.State.DONE, Job.State.FAILED, Job.State.CANCELLED], ended_at__lt=before)
    gone = ended.filter(key__isnull=True).delete()[0]
    full = ended.filter(key__isnull=False).exclude(payload={}, detail={}, error="", requested_by=None)
    return gone + full.update(payload={}, detail={}, error="", requested_by=None)
