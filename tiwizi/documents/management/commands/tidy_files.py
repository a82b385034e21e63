"""`manage.py tidy_files`: remove what killed uploads left behind."""

from typing import Any

from django.core.management.base import BaseCommand

from tiwizi.documents.rules import remove_leftovers


class Command(BaseCommand):
    help = "Removes files that nothing names since an hour: parts of uploads that were killed."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{remove_leftovers()} files removed.")
