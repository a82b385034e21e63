"""`manage.py seed_large`: the large invented programme, with progress."""

import resource
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tiwizi.interop.large import AlreadyThere, Size, seed


class Command(BaseCommand):
    help = "Build a large invented programme (300 plans, 1,000 indicators, 500,000 figures) to measure on."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--scale", type=float, default=1, help="a part of it, from 0.001 to 1")
        parser.add_argument("--number", type=int, default=1, help="the same number gives the same programme")

    def handle(self, *args: Any, **options: Any) -> None:
        self.began = time.monotonic()
        try:
            size = Size.of(options["scale"])
            seed(size, number=options["number"], told=self._tell)
            most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            self.stdout.write(f"  {time.monotonic() - self.began:6.0f} s  done, with {most:,} MiB at most")
        except ValueError as error:
            raise CommandError(str(error)) from error
        except AlreadyThere as error:
            raise CommandError(f"There is a programme “{error}” already: this is built once in a database.") from error

    def _tell(self, step: str, count: int) -> None:
        if step != "figures" or count % 50_000 == 0:
            self.stdout.write(f"  {time.monotonic() - self.began:6.0f} s  {step}: {count:,}")
            self.stdout.flush()
