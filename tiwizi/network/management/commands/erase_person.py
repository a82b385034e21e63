"""`manage.py erase_person`: for who runs the machine, when nobody in the programmes may or can."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tiwizi.accounts import queries
from tiwizi.base.errors import Refusal
from tiwizi.network.rules import erase_person


class Command(BaseCommand):
    help = "Erase a person: name, address, account. Their roles end; what they did stays, without a name. No way back."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--reason", required=True, help="stays in the trail: write no name in it")
        parser.add_argument("--yes", action="store_true", help="really do it; without it, only what would happen")

    def handle(self, *args: Any, email: str, reason: str, yes: bool, **options: Any) -> None:
        user = queries.account_of(email)
        if user is None:
            raise CommandError(f"No account has the address {email}.")
        if not yes:
            self.stdout.write("The account is there. Nothing was done: say --yes to erase it.")
            return
        try:
            erase_person(by=None, user=user, reason=reason)
        except Refusal as refusal:
            raise CommandError(f"{refusal.sentence} {refusal.hint or ''}".strip()) from refusal
        self.stdout.write("Erased. Backups made before still hold the name: throw them away in time.")
