"""What the pages that change how somebody signs in have in common."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse

from tiwizi.accounts import rules
from tiwizi.accounts.models import User


class Noted:
    """A form that changes a password or a second factor: written, recorded and told by letter in one transaction."""

    act = ""
    request: Any

    def whose(self) -> User:
        """Whose way of signing in changes."""
        user: User = self.request.user
        return user

    def said(self) -> str:
        """What the next page says; empty where it says so itself."""
        return str(rules.CHANGES[self.act])

    def form_valid(self, form: Form) -> HttpResponse:
        write = partial(super().form_valid, form)  # type: ignore[misc]
        site = self.request.build_absolute_uri("/")
        answer: HttpResponse = rules.change_sign_in(by=self.whose(), act=self.act, site=site, write=write)
        if said := self.said():
            messages.success(self.request, said)
        return answer
