"""Drafts of a page's form: filling it with what was typed before, and ending the draft when it is sent.

A view says `draft = drafting(request)`, `draft.fill(form)` when it shows the form, gives `draft` to the template, whose
form includes `base/components/draft.html` and bears `data-draft`; when the act is done, it answers `draft.sent(...)`.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict

from tiwizi.base import queries, rules
from tiwizi.base.forms import SEEN
from tiwizi.base.models import Draft

PATH = "draft-path"  # the form's address, beside its fields
SENT_COOKIE = "tiwizi_sent"  # tells the browser that its own copy is no longer needed
_NOT_KEPT = {"csrfmiddlewaretoken", PATH, "draft-drop", "again", "another"}


@dataclass
class Drafting:
    """The form of one address, for one person."""

    request: HttpRequest
    path: str
    kept: Draft | None

    def fill(self, form: forms.Form) -> None:
        """Let a form that was not sent start with what was typed before."""
        if self.kept is None or form.is_bound:
            return
        data: dict[str, list[str]] = self.kept.data
        for name, field in form.fields.items():
            typed = data.get(form.add_prefix(name), [])
            if isinstance(field, forms.MultipleChoiceField):
                form.initial[name] = typed
            elif isinstance(field, forms.BooleanField):
                form.initial[name] = bool(typed)
            elif typed:
                form.initial[name] = typed[-1]

    def seen(self, now: str) -> str:
        """What was in front of the person when they began, perhaps days ago; `now` when there is no draft."""
        return (self.kept.data.get(SEEN) or [now])[-1] if self.kept else now

    def sent(self, answer: HttpResponse) -> HttpResponse:
        """The act is done: the draft goes, and the browser's copy with it."""
        rules.drop_draft(by=self.request.user, path=self.path)
        secure, path = self.request.is_secure(), quote(self.path, safe="")
        answer.set_cookie(SENT_COOKIE, path, max_age=3600, samesite="Lax", secure=secure)
        return answer


def drafting(request: HttpRequest) -> Drafting:
    """The draft of the address that is asked; none is looked up when the form is sent."""
    path = request.get_full_path()
    return Drafting(request, path, queries.draft_of(request.user, path) if request.method == "GET" else None)


def typed(data: QueryDict) -> dict[str, list[Any]]:
    """What of a posted form a draft keeps: no token, no password."""
    return {name: data.getlist(name) for name in data if name not in _NOT_KEPT and "password" not in name}
