"""`manage.py remind`: letters about reporting sheets that are due soon or late; to be run once a day."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from tiwizi.indicators.rules import remind


class Command(BaseCommand):
    help = "Queue letters about sheets that are due soon or late. Run it once a day; no letter is queued twice."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--site", required=True, help="the address of this site, for the links")

    def handle(self, *args: Any, site: str, **options: Any) -> None:
        if not settings.MAIL:
            self.stdout.write("No mail server is set (TIWIZI_MAIL_HOST): nobody is reminded by letter.")
            return
        self.stdout.write(f"{remind(site=site)} letters queued")
