"""`manage.py restore FILE`: a backup in the place of what stands."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from tiwizi.base import audit, backup, chain
from tiwizi.base.models import AuditHead


class Command(BaseCommand):
    help = "Verify a backup and put it in the place of what stands. Stop Tiwizi first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--identity", type=Path, metavar="FILE", help="secret key of an encrypted backup")
        parser.add_argument("--check", action="store_true", help="only verify the backup; change nothing")
        parser.add_argument("--replace", action="store_true", help="even if there are data here")

    def handle(
        self, *args: Any, file: Path, identity: Path | None, check: bool, replace: bool, **options: Any
    ) -> None:  # fmt: skip
        try:
            manifest = backup.check(file, identity) if check else backup.restore(file, identity, replace=replace)
        except backup.BackupError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"Nothing was restored, or not to its end; do it again: {error}.") from error
        self.stdout.write(f"Backup of {manifest.made_at}, {manifest.engine}, {len(manifest.members) - 1} files: whole.")
        if not check:
            self._follow_up(manifest)

    def _follow_up(self, manifest: backup.Manifest) -> None:
        """Say what remains to do; record the restore once the tables are today's."""
        self.stdout.write("Restored. What stood before is kept beside it, under a name with before-restore (SQLite).")
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self.stdout.write("The backup is of an older Tiwizi: run manage.py migrate, then manage.py doctor.")
            return
        report = chain.verify([chain.Head.parse(manifest.head)])
        if report.faults:
            raise CommandError(f"Restored, but the audit chain is not whole: {report.first}")
        with transaction.atomic():
            told = {"made_at": manifest.made_at, "head": manifest.head}
            audit.record("restore-backup", AuditHead(pk=1), by=None, after=told)
        self.stdout.write(f"The audit chain is whole up to the head of the backup, {manifest.head}.")
