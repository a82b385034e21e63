"""`manage.py audit verify|seal|head`: the audit trail as a chain of hashes."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tiwizi.base import chain


class Command(BaseCommand):
    help = (
        "verify: walk the whole audit chain and say what was changed or removed; seal: seal what waits; head: its end."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["verify", "seal", "head"])
        parser.add_argument(
            "--head", action="append", default=[], metavar="NUMBER:SEAL",
            help="verify: a head that was kept elsewhere, from `head` or from a backup; may be given again",
        )  # fmt: skip

    def handle(self, *args: Any, what: str, head: list[str], **options: Any) -> None:
        if what == "verify":
            self._verify(head)
        elif what == "seal":
            self.stdout.write(f"{chain.seal_waiting()} entries sealed.")
        else:
            self.stdout.write(str(chain.head()))

    def _verify(self, typed: list[str]) -> None:
        try:
            heads = [chain.Head.parse(one) for one in typed]
        except ValueError as error:
            raise CommandError(f"--head: {error}") from error
        report = chain.verify(heads)
        if report.faults:
            raise CommandError(f"{report.first} ({report.faults} faults in {report.sealed} entries.)")
        self.stdout.write(f"The chain is whole: {report.sealed} entries, words erased in {report.forgotten}.")
        if report.waiting:
            self.stdout.write(f"{report.waiting} wait for their seal, {report.overdue} of them for long.")
        self.stdout.write(f"Head: {report.end}")
