"""`manage.py worker`: runs background jobs and seals the audit trail until told to stop."""

import signal
import time
from argparse import ArgumentParser
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand

from tiwizi.base.chain import BrokenChain, seal_waiting
from tiwizi.base.jobs import run_next


class Command(BaseCommand):
    help = "Run background jobs and seal the audit trail. SIGTERM or Ctrl-C ends it after the job in hand."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="end when no job waits")

    def handle(self, *args: Any, once: bool, **options: Any) -> None:
        load_handlers()
        self.stopping = self.broken = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        while not self.stopping:
            self._seal()
            job = run_next()
            if job is not None:
                self.stdout.write(f"{job.kind} {job.pk}: {job.state} {job.error}".rstrip())
            elif once:
                self._seal()
                return
            else:
                time.sleep(0.5)

    def _seal(self) -> None:
        """Give what was recorded its place in the audit chain. A broken chain stops no job; it is said once."""
        if self.broken:
            return
        try:
            seal_waiting()
        except BrokenChain as error:
            self.broken = True
            self.stderr.write(str(error))

    def _stop(self, *args: object) -> None:
        self.stopping = True


def load_handlers() -> None:
    """Import each room's `tasks.py`, which registers its handlers."""
    for app in apps.get_app_configs():
        if app.name.startswith("tiwizi.") and find_spec(f"{app.name}.tasks"):
            import_module(f"{app.name}.tasks")
