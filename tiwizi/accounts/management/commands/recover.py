"""`manage.py recover`: for who can no longer enter, when mail does not help."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tiwizi.accounts import queries, rules


class Command(BaseCommand):
    help = "Print a link to a new password for an account; with --second-factor, also forget its second factors."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--second-factor", action="store_true", help="the phone is lost: forget the second factors")
        parser.add_argument("--site", default="http://localhost:8000/", help="address of the site, for the link")

    def handle(self, *args: Any, email: str, second_factor: bool, site: str, **options: Any) -> None:
        user = queries.account_of(email)
        if user is None or not user.is_active:
            raise CommandError(f"No open account has the address {email}.")
        if second_factor:
            rules.forget_second_factor(user=user)
            self.stdout.write("Its second factors are forgotten.")
        self.stdout.write(f"Works once, for four hours:\n\n  {queries.reset_link(user, site)}\n")
