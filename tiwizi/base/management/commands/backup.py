"""`manage.py backup`: everything into one file, while Tiwizi runs."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from tiwizi.base import backup


class Command(BaseCommand):
    help = "Write database, files and the head of the audit chain into one file, while Tiwizi runs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--to", type=Path, default=settings.VAR / "backups", help="the folder; var/backups/")
        parser.add_argument("--key", default=settings.BACKUP_KEY, help="age public key to encrypt for")
        parser.add_argument(
            "--keep", type=int, metavar="N", help="afterwards delete all but the latest N of the folder"
        )
        parser.add_argument(
            "--new-key", type=Path, metavar="FILE", help="only make a pair of keys, the secret into FILE"
        )

    def handle(self, *args: Any, to: Path, key: str, keep: int | None, new_key: Path | None, **options: Any) -> None:
        if keep is not None and keep < 1:
            raise CommandError("--keep needs a number from 1.")
        try:
            if new_key:
                self._make_key(new_key)
            else:
                self._backup(to, key, keep)
        except backup.BackupError as error:
            raise CommandError(str(error)) from error
        except OSError as error:  # no place left, no right to write
            raise CommandError(f"The backup was not made: {error}.") from error

    def _make_key(self, path: Path) -> None:
        self.stdout.write(f"Public key, for TIWIZI_BACKUP_KEY: {backup.new_key(path)}")
        self.stdout.write(f"The secret key is in {path}. Keep it elsewhere: without it no backup can be opened.")

    def _backup(self, folder: Path, key: str, keep: int | None) -> None:
        made = backup.make(folder, key)
        size = made.path.stat().st_size / 1_000_000
        what = f"{len(made.manifest.members) - 1} files, {size:.1f} MB, {'encrypted' if key else 'not encrypted'}"
        self.stdout.write(f"{made.path}: {what}")
        self.stdout.write(f"Audit head: {made.manifest.head}")
        for old in backup.backups(folder)[keep:] if keep else []:
            old.unlink()
            self.stdout.write(f"Deleted: {old.name}")
