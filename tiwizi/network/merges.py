"""The page on which a person chooses between two changes of the same thing, and the words for what merged by itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from tiwizi.base.errors import Conflict
from tiwizi.base.forms import CHOICE, LOOKED_AT, typed_again
from tiwizi.base.merging import MINE, THEIRS, Clash, Merge
from tiwizi.network import histories
from tiwizi.network.models import Body
from tiwizi.network.pages import body_page

# What a merged name is: the object that it belongs to, and its field there.
Fields = Mapping[str, tuple[Model, str]]


@dataclass(frozen=True)
class Line:
    """One field: what it was, what stands, what was typed, in words."""

    label: str
    was: str
    theirs: str
    mine: str


@dataclass(frozen=True)
class Choice:
    """One clash as it is asked: its fields, and who changed them last."""

    name: str
    lines: list[Line]
    writer: histories.Writer | None
    known: bool  # do we know what it was?
    chosen: str


def fields_of(obj: Model, names: Any) -> Fields:
    """The fields of one object under their own names."""
    return {name: (obj, name) for name in names}


class Wording:
    """Labels and values of merged fields in the reader's words; each object's names are fetched once."""

    def __init__(self, fields: Fields) -> None:
        self.fields = fields
        self.several = len({obj.pk for obj, _field in fields.values()}) > 1
        self._tellers: dict[Any, histories.Tell] = {}

    def label(self, name: str) -> str:
        obj, field = self.fields[name]
        label = histories.kind_of(obj).labels.get(field, field)
        if not self.several:
            return str(label)
        return _("%(thing)s, %(field)s") % {"thing": histories.kind_of(obj).title(obj), "field": label}

    def tell(self, name: str, value: Any) -> str:
        obj, field = self.fields[name]
        if obj.pk not in self._tellers:
            self._tellers[obj.pk] = histories.kind_of(obj).teller(obj, [])
        return self._tellers[obj.pk](field, value)

    def line(self, name: str, clash: Clash) -> Line:
        was = "" if clash.was is None else self.tell(name, clash.was[name])
        return Line(self.label(name), was, self.tell(name, clash.theirs[name]), self.tell(name, clash.mine[name]))


def merge_page(
    request: HttpRequest, body: Body, tab: str, conflict: Conflict, fields: Fields, *, title: str | Promise, back: str
) -> HttpResponse:
    """Both changes side by side, a choice for each clash, and all that was typed carried along. `fields` names what
    can clash; the form comes back to the same address."""
    words, merged = Wording(fields), conflict.merge or Merge({})
    writers = histories.writers({obj.pk: obj for obj, _field in fields.values()}.values())
    choices = [_choice(request, words, writers, clash) for clash in merged.clashes]
    context = {
        "conflict": conflict,
        "title": title,
        "back": back,
        "choices": choices,
        "missing": any(name.startswith(CHOICE) for name in request.POST) or LOOKED_AT in request.POST,
        "taken": [(words.label(n), words.tell(n, was), words.tell(n, now)) for n, (was, now) in merged.taken.items()],
        "typed": typed_again(request.POST),
        "looked_at": LOOKED_AT,
    }
    return body_page(request, body, tab, "network/merge.html", context, status=409)


def _choice(request: HttpRequest, words: Wording, writers: dict[tuple[str, str], Any], clash: Clash) -> Choice:
    found = [writers.get((str(words.fields[name][0].pk), words.fields[name][1])) for name in clash.names]
    latest = max((one for one in found if one), key=lambda one: one.at, default=None)
    chosen = request.POST.get(CHOICE + clash.name, "")
    return Choice(
        CHOICE + clash.name,
        [words.line(name, clash) for name in clash.names],
        latest,
        clash.was is not None,
        chosen if chosen in (MINE, THEIRS) else "",
    )


def tell_merged(request: HttpRequest, merged: Merge | None, fields: Fields) -> None:
    """Say which fields others had changed meanwhile and that both changes stand."""
    if merged is None or not merged.taken:
        return
    words = Wording(fields)
    told = ", ".join(f"{words.label(name)} ({words.tell(name, now) or '—'})" for name, (_was, now) in _shown(merged))
    sentence = _("Somebody else changed this meanwhile; both changes are kept. Theirs: %(fields)s.")
    messages.info(request, sentence % {"fields": told})


def _shown(merged: Merge) -> list[tuple[str, tuple[Any, Any]]]:
    return list(merged.taken.items())
