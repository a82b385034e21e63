"""Drafts of forms: kept and thrown away by who types them.

A draft is no act: nobody else sees it and nothing follows from it, so it leaves no record in the trail.
"""

import json
from datetime import timedelta

from django.db import transaction
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tiwizi.base.audit import Actor
from tiwizi.base.errors import Refusal
from tiwizi.base.models import Draft

MOST_CHARACTERS = 60_000  # of one draft; an activity has a few hundred
MOST_DRAFTS = 40  # of one person; beyond, the oldest goes
LASTS = timedelta(days=60)


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
    own.filter(saved_at__lt=timezone.now() - LASTS).delete()
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
