"""`manage.py doctor`: is everything whole? Code 1 when something is wrong."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from tiwizi.base import doctor


class Command(BaseCommand):
    help = "Examine database, files, audit chain, jobs and what must hold between rows; changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = 0
        try:
            for found in doctor.examine():
                wrong += len(found.faults) + found.more
                self._tell(found)
        except DatabaseError as error:
            raise CommandError(
                f"The database does not answer as it should; nothing more can be said: {error}"
            ) from error
        if wrong:
            raise CommandError(f"Something is wrong: {wrong} in all.")
        self.stdout.write("All is well.")

    def _tell(self, found: doctor.Finding) -> None:
        self.stdout.write(f"{'WRONG' if found.faults else 'ok   '} {found.title}")
        for sentence in found.faults:
            self.stdout.write(f"      {sentence}")
        if found.more:
            self.stdout.write(f"      and {found.more} more")
