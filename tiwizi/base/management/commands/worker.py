"""`manage.py worker`: runs background jobs until told to stop."""

import signal
import time
from argparse import ArgumentParser
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand

from tiwizi.base.jobs import run_next


class Command(BaseCommand):
    help = "Run background jobs. SIGTERM or Ctrl-C ends it after the job in hand."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="end when no job waits")

    def handle(self, *args: Any, once: bool, **options: Any) -> None:
        load_handlers()
        self.stopping = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        while not self.stopping:
            job = run_next()
            if job is not None:
                self.stdout.write(f"{job.kind} {job.pk}: {job.state} {job.error}".rstrip())
            elif once:
                return
            else:
                time.sleep(0.5)

    def _stop(self, *args: object) -> None:
        self.stopping = True


def load_handlers() -> None:
    """Import each room's `tasks.py`, which registers its handlers."""
    for app in apps.get_app_configs():
        if app.name.startswith("tiwizi.") and find_spec(f"{app.name}.tasks"):
            import_module(f"{app.name}.tasks")
