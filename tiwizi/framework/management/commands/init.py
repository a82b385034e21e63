"""`manage.py init`: the first programme and its first administrator, without the demo."""

import sys
import tomllib
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.urls import reverse
from django.utils import translation
from django.utils.text import slugify

from tiwizi.base.errors import Refusal
from tiwizi.framework import rules
from tiwizi.network import rules as network
from tiwizi.network.models import Body, BodyKind, Invitation
from tiwizi.network.permissions import Action, role_for
from tiwizi.network.queries import mandates_in

LEVELS = settings.ROOT / "examples/maroc-2017/programme.toml"


class Command(BaseCommand):
    help = "Make the first programme, and print the link with which its administrator signs in for the first time."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--programme", help="its name")
        parser.add_argument("--email", help="e-mail address of the administrator")
        parser.add_argument("--name", default="", help="name of the administrator")
        parser.add_argument("--language", default=settings.LANGUAGE_CODE, choices=[c for c, _ in settings.LANGUAGES])
        parser.add_argument("--start", type=date.fromisoformat, help="first day of the strategic plan, 2026-01-01")
        parser.add_argument("--end", type=date.fromisoformat, help="its last day; five years unless said otherwise")
        parser.add_argument("--currency", default="EUR")
        parser.add_argument("--levels", type=Path, default=LEVELS, help="file with the kinds of bodies")
        parser.add_argument("--site", default="http://localhost:8000/", help="address of the site, for the link")

    def handle(self, *args: Any, **given: Any) -> None:
        programme = self._asked(given, "programme", "Name of the programme")
        email = self._asked(given, "email", "E-mail address of the administrator")
        if Body._meta.db_table not in connection.introspection.table_names():  # nothing was ever started here
            call_command("migrate", verbosity=0, interactive=False)
            call_command("createcachetable", verbosity=0)
        try:
            with translation.override("en"), transaction.atomic():
                body = self._programme(programme, given)
                link = self._link(body, email, given)
        except Refusal as refusal:
            with translation.override("en"):
                raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{body} is there. {email} opens this link within two weeks, once:\n\n  {link}\n")
        if settings.MAIL:
            self.stdout.write("It is also sent by e-mail as soon as the worker runs.")
        else:
            self.stdout.write("No mail server is set (TIWIZI_MAIL_HOST, docs/settings.md): no e-mail is sent.")

    def _asked(self, given: dict[str, Any], name: str, question: str) -> str:
        value = given[name] or (input(f"{question}: ").strip() if sys.stdin.isatty() else "")
        if not value:
            raise CommandError(f"Say --{name}.")
        return str(value)

    def _programme(self, name: str, given: dict[str, Any]) -> Body:
        """The programme; again, the one that is there as long as nobody can give roles in it."""
        slug = slugify(name)[:80] or "programme"
        found = Body.objects.filter(slug=slug).first()
        if found is None and Body.objects.exists():
            raise CommandError("There is a programme already; another one is made from its pages.")
        if found is None:
            return self._found(slug, name, given)
        if any(mandate.role == role_for(Action.MANAGE_NETWORK) for mandate in mandates_in([found.pk])):
            raise CommandError(f"{found} is there, and somebody gives roles in it. Nothing was changed.")
        return found

    def _found(self, slug: str, name: str, given: dict[str, Any]) -> Body:
        data = tomllib.loads(given["levels"].read_text(encoding="utf-8"))
        for kind in data["body_kinds"]:
            network.define_body_kind(code=kind["code"], rank=kind["rank"], name=kind["name"])
        for kind in data["organisation_kinds"]:
            network.define_organisation_kind(code=kind["code"], name=kind["name"])
        widest = BodyKind.objects.order_by("rank", "code")[0]
        names = {given["language"]: name}
        body = network.found_body(by=None, slug=slug, kind=widest, name=names, wholes=[])
        start = given["start"] or date.today().replace(month=1, day=1)
        end = given["end"] or date(start.year + 4, 12, 31)
        rules.adopt_framework(
            by=None, body=body, name=names, objective={}, start=start, end=end, currency=given["currency"]
        )
        return body

    def _link(self, body: Body, email: str, given: dict[str, Any]) -> str:
        made: Invitation = network.invite(
            by=None, body=body, email=email, name=given["name"], role=role_for(Action.MANAGE_NETWORK),
            language=given["language"], site=given["site"],
        )  # fmt: skip
        return given["site"].rstrip("/") + reverse("network:invitation", args=[network.token_of(made)])
