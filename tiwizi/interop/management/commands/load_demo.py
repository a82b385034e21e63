"""`manage.py load_demo`: the demo programme, with progress; again, it adds only what is missing."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tiwizi.interop import demo


class Command(BaseCommand):
    help = "Load the demo programme of examples/maroc-2017; what already stands is left as it is."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            demo.load(told=lambda step, count: self.stdout.write(f"  {step}: {count}"))
        except demo.FaultyExample as error:
            raise CommandError(str(error)) from error
