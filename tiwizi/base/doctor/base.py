"""The checks that know no room: database, migrations, audit chain, jobs, files, restores."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.files.storage import Storage
from django.db import DatabaseError, connection, models
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Exists, OuterRef
from django.utils import timezone

from tiwizi.base import backup, chain, guards
from tiwizi.base.doctor import examines
from tiwizi.base.models import Job

LONG = timedelta(minutes=10)  # what no worker touched for so long waits for none
CHUNK = 1024 * 1024


@examines("The database can be read to its end")
def database() -> Iterator[str]:
    if connection.vendor == "sqlite":
        for (said,) in _rows("PRAGMA integrity_check(20)"):
            if said != "ok":
                yield f"The database file is damaged: {said}."
        return
    for (name,) in _rows("SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid"):
        yield f"The index {name} is not valid: run REINDEX INDEX {name}."
    for name, table in _rows("SELECT conname, conrelid::regclass::text FROM pg_constraint WHERE NOT convalidated"):
        yield f"The constraint {name} of {table} was never checked: run ALTER TABLE {table} VALIDATE CONSTRAINT {name}."
    for table in connection.introspection.table_names():
        quoted = connection.ops.quote_name(table)
        try:
            # Each row as text: every page is read, and what is stored apart is fetched.
            list(_rows(f"SELECT sum(length(t::text)) FROM {quoted} t"))  # noqa: S608 (a name of the database's)
        except DatabaseError as error:
            yield f"The table {table} cannot be read to its end: {error}."


def _rows(query: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


@examines("Every row that another names is there")
def foreign_keys() -> Iterator[str]:
    for model in apps.get_models(include_auto_created=True):
        if not model._meta.managed:
            continue
        for field in model._meta.concrete_fields:
            if isinstance(field, models.ForeignKey) and (lost := _dangling(model, field)):
                yield f"{lost} rows of {model._meta.label} name a {field.name} that is not there."


def _dangling(model: type[models.Model], field: "models.ForeignKey[Any, Any]") -> int:
    target: Any = field.related_model
    there = target._base_manager.filter(**{field.target_field.attname: OuterRef(field.attname)})
    named = model._base_manager.filter(**{f"{field.attname}__isnull": False})
    return named.filter(~Exists(there)).count()


@examines("The tables are those of this Tiwizi")
def migrations() -> Iterator[str]:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        yield f"{len(waiting)} migrations wait, {waiting[0][0]} first: run manage.py migrate."


@examines("The audit trail is whole and guarded")
def audit_chain() -> Iterator[str]:
    if lost := guards.missing(connection):
        yield f"Triggers are gone, the database would let the audit trail be changed: {', '.join(lost)}."
    report = chain.verify()
    if report.faults:
        yield f"{report.first} ({report.faults} faults in {report.sealed} entries.)"
    if report.overdue:
        yield f"{report.overdue} entries wait for their seal since more than ten minutes: is a worker running?"


@examines("No job is forgotten")
def jobs() -> Iterator[str]:
    late = timezone.now() - LONG
    for job in Job.objects.filter(state=Job.State.RUNNING, lease_until__lt=late):
        yield f"The worker of the job {job.kind} ({job.pk}) is silent, and no other took it: is a worker running?"
    waiting = Job.objects.filter(state=Job.State.QUEUED, created_at__lt=late).count()
    busy = Job.objects.filter(state=Job.State.RUNNING, lease_until__gte=late).exists()
    if waiting and not busy:
        yield f"{waiting} jobs wait since more than ten minutes: is a worker running?"


@examines("Every file is there and is what was stored")
def files() -> Iterator[str]:
    """A table that has a file and its `sha256` says what the file must be."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, models.FileField):
                for row in model._base_manager.exclude(**{field.name: ""}).iterator(chunk_size=500):
                    stored = getattr(row, field.name)
                    yield from file_faults(stored.storage, stored.name, getattr(row, "sha256", ""))


def file_faults(storage: Storage, name: str, sha256: str) -> Iterator[str]:
    """What is wrong with one stored file; without a checksum only whether it is there."""
    if not storage.exists(name):
        yield f"The file {name} is gone."
        return
    found = hashlib.sha256()
    with storage.open(name) as file:
        while data := file.read(CHUNK):
            found.update(data)
    if sha256 and found.hexdigest() != sha256:
        yield f"The file {name} is not what was stored: its checksum differs."


@examines("No restore was interrupted")
def restores() -> Iterator[str]:
    marker = Path(settings.VAR) / backup.UNFINISHED
    if marker.exists():
        yield f"A restore of {marker.read_text().strip()} did not end: run it again."
