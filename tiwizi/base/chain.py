"""The audit trail as a chain of hashes: sealing what was written, and verifying all of it.

An act writes its entry unsealed, in its own transaction. A short step of its own (`seal_waiting`: the worker, a backup,
`manage.py audit seal`) then gives what was committed its number and its seal, the hash over the seal before and over
the entry. So acts never wait for each other. Why: `docs/adr/0008-audit-chain.md`; the form: `docs/formats/audit.md`.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.utils import timezone

from tiwizi.base.models import AuditEntry, AuditHead

FORM = "tiwizi-audit-1"
BEGINNING = "0" * 64
BATCH = 500  # entries sealed in one transaction, or verified in one query: nobody waits long for either
SOON = timedelta(minutes=10)  # what was not sealed by then has no worker to seal it


class BrokenChain(Exception):
    """Nothing can be added to this chain: its end is gone."""


@dataclass(frozen=True)
class Head:
    """A place in the chain, to be kept elsewhere: `number:seal`."""

    number: int
    seal: str

    def __str__(self) -> str:
        return f"{self.number}:{self.seal}"

    @classmethod
    def parse(cls, text: str) -> "Head":
        """`"12:ab..."`; raises `ValueError` for anything else."""
        number, _, seal = text.strip().partition(":")
        if len(seal) != 64 or set(seal) - set("0123456789abcdef"):
            raise ValueError(f"{text!r} is no head of the chain: a number, a colon, 64 hexadecimal digits")
        return cls(int(number), seal)


# --- The canonical form ---


def words_text(reason: str, before: dict[str, Any] | None, after: dict[str, Any] | None) -> str:
    """What an act said in words, as the one text that is kept and hashed."""
    return _canonical({"after": after, "before": before, "reason": reason})


def words_digest(salt: str, text: str) -> str:
    return hashlib.sha256(f"{salt}{text}".encode()).hexdigest()


def seal_of(previous: str, number: int, entry: Any) -> str:
    """The hash that binds an entry, its place and all that stands before it."""
    said = [
        FORM, previous, number, entry.pk, _moment(entry.at), _text(entry.actor), _text(entry.on_behalf), entry.act,
        entry.object_type, entry.object_id, _text(entry.body), entry.words_digest,
    ]  # fmt: skip
    return hashlib.sha256(_canonical(said).encode()).hexdigest()


def _canonical(value: Any) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


# --- Sealing ---


def head() -> Head:
    """The end of the chain as it stands."""
    row = AuditHead.objects.filter(pk=1).first()
    return Head(row.number, row.seal) if row else Head(0, BEGINNING)


def seal_waiting() -> int:
    """Seal every committed entry that has no place yet; how many. Several at once take turns."""
    sealed = 0
    while AuditEntry.objects.filter(number__isnull=True).exists():
        sealed += _seal_batch()
    return sealed


@transaction.atomic
def _seal_batch() -> int:
    AuditHead.objects.get_or_create(pk=1, defaults={"number": 0, "seal": BEGINNING})
    end = AuditHead.objects.select_for_update().get(pk=1)
    if end.number == 0 and AuditEntry.objects.filter(number__isnull=False).exists():
        raise BrokenChain("The head of the audit chain is gone; nothing is sealed until it is put back from a backup.")
    waiting = AuditEntry.objects.filter(number__isnull=True).select_related(None).order_by("pk")[:BATCH]
    places = []
    for entry in waiting:
        end.number += 1
        end.seal = seal_of(end.seal, end.number, entry)
        places.append((end.number, end.seal, entry.pk))
    if places:
        with connection.cursor() as cursor:
            cursor.executemany("UPDATE base_auditentry SET number = %s, seal = %s WHERE id = %s", places)
        end.save(update_fields=["number", "seal"])
    return len(places)


# --- Verifying ---


@dataclass
class Report:
    """What `verify` found. `faults` counts them; `first` says the first in a sentence."""

    sealed: int = 0
    waiting: int = 0
    overdue: int = 0  # wait for longer than `SOON`
    forgotten: int = 0  # entries whose words were erased, as recorded
    faults: int = 0
    first: str = ""
    end: Head = field(default_factory=lambda: Head(0, BEGINNING))

    def fault(self, sentence: str) -> None:
        self.faults += 1
        self.first = self.first or sentence


def verify(heads: Sequence[Head] = ()) -> Report:
    """Walk the whole chain in short reads, so that nobody waits, and compare it with heads kept elsewhere."""
    report = Report()
    begun_at = head()
    kept = {begun_at.number: begun_at} | {one.number: one for one in heads}
    for page in _pages():
        _check_words(page, report)
        for entry in page:
            _check_link(entry, report)
            _check_head(kept.pop(entry.number or 0, None), entry, report)
    kept.pop(0, None)
    for one in kept.values():
        report.fault(f"The chain reached entry {one.number} once and ends at {report.end.number}: its end was removed.")
    if report.end.number > head().number:
        report.fault(
            f"The chain goes on to entry {report.end.number}, beyond its recorded end: the record was removed."
        )
    _check_waiting(report)
    return report


def _pages() -> Iterator[list[AuditEntry]]:
    last = 0
    while page := list(AuditEntry.objects.filter(number__gt=last).order_by("number")[:BATCH]):
        yield page
        last = page[-1].number or 0


def _check_link(entry: AuditEntry, report: Report) -> None:
    number, expected = entry.number or 0, report.end.number + 1
    report.sealed += 1
    if number != expected:
        gone = f"Entry {expected} is" if number == expected + 1 else f"Entries {expected} to {number - 1} are"
        report.fault(f"{gone} missing from the chain.")
    elif seal_of(report.end.seal, number, entry) != entry.seal:
        what = f"{entry.act}, {_moment(entry.at)}"
        report.fault(f"Entry {number} ({what}) is not what was sealed: it, or its place in the chain, was changed.")
    report.end = Head(number, entry.seal or "")


def _check_head(kept: Head | None, entry: AuditEntry, report: Report) -> None:
    if kept and kept.seal != entry.seal:
        report.fault(f"Entry {kept.number} is not the one whose head was kept: the chain was written again.")


def _check_words(page: list[AuditEntry], report: Report) -> None:
    """The words are those that were written, or their erasure was recorded."""
    erased = []
    for entry in page:
        words = getattr(entry, "words", None)
        if words and words_digest(words.salt, words.text) != entry.words_digest:
            report.fault(f"The words of entry {_name(entry)} are not those that were written.")
        elif entry.words_digest and not words:
            erased.append(entry)
    ids = [str(entry.pk) for entry in erased]
    told = AuditEntry.objects.filter(act="forget-words", object_type="base.auditentry", object_id__in=ids)
    recorded = set(told.values_list("object_id", flat=True)) if ids else set()
    for entry in erased:
        if str(entry.pk) in recorded:
            report.forgotten += 1
        else:
            report.fault(f"The words of entry {_name(entry)} are gone, and nobody recorded that they were erased.")


def _name(entry: AuditEntry) -> str:
    return f"{entry.number}" if entry.number else f"not yet sealed, {entry.act} of {_moment(entry.at)}"


def _check_waiting(report: Report) -> None:
    waiting = AuditEntry.objects.filter(number__isnull=True)
    report.waiting = waiting.count()
    report.overdue = waiting.filter(at__lt=timezone.now() - SOON).count()
    last = 0
    while page := list(waiting.filter(pk__gt=last).order_by("pk")[:BATCH]):
        _check_words(page, report)
        last = page[-1].pk
