"""`manage.py forget`: throws away what is older than the settings say; to be run once a day."""

from typing import Any

from django.core.management.base import BaseCommand

from tiwizi.base import personal


class Command(BaseCommand):
    help = "Throw away what is kept longer than the settings TIWIZI_KEEP_... say. Run it once a day."

    def handle(self, *args: Any, **options: Any) -> None:
        for limit, gone in personal.forget_old():
            self.stdout.write(f"{limit.setting}, {limit.days} days: {gone} thrown away")
