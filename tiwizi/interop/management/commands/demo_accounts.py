"""`manage.py demo_accounts`: who can sign in to the demo, with which password, and what each can do."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import override

from tiwizi.accounts.demo import PASSWORD
from tiwizi.accounts.queries import demo_accounts
from tiwizi.network.queries import mandates_of


class Command(BaseCommand):
    help = "List the demo accounts, one a role, with a sentence on what each can do."

    def handle(self, *args: Any, **options: Any) -> None:
        accounts = demo_accounts()
        if not accounts:
            self.stdout.write("No demo account: set TIWIZI_DEMO=1 and run load_demo.")
            return
        seen: set[str] = set()
        for user in accounts:
            with override("en"):
                roles = [mandate.role for mandate in mandates_of(user)]
                if not seen.issuperset(roles):
                    self.stdout.write(f"  {user.email:<34} {user.name}: {user.demo_sentence['en']}")
            seen.update(roles)
        self.stdout.write(f"  Password of all: {PASSWORD}; the sign-in page lists every account.")
