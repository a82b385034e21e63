"""The database's part of a backup: SQLite by its own backup interface, PostgreSQL by pg_dump and psql."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, OperationalError, connection

from tiwizi.base import chain
from tiwizi.base.backup import files
from tiwizi.base.backup.archive import DATABASE, BackupError

# What migrating alone fills: a database with nothing else is empty.
BOOKKEEPING = {"django_migrations", "django_content_type", "django_site", "auth_permission", "cache"}
PATIENCE = 5  # seconds that a restore waits for whoever writes
# What a connection is called by us, and by PostgreSQL's programs.
ENVIRONMENT = {
    "dbname": "PGDATABASE", "host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD",
    "passfile": "PGPASSFILE", "service": "PGSERVICE", "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT", "sslkey": "PGSSLKEY",
}  # fmt: skip
EMPTYING = "DROP SCHEMA public CASCADE;\nCREATE SCHEMA public;\n"


def folder() -> Path:
    """Where a restored database must be unpacked to reach its place by a rename."""
    return _sqlite_path().parent if connection.vendor == "sqlite" else Path(settings.VAR)


def filled() -> bool:
    """Whether the database holds anything that somebody entered."""
    try:
        with connection.cursor() as cursor:
            tables = [name for name in connection.introspection.table_names(cursor) if name not in BOOKKEEPING]
            return any(_has_rows(cursor, table) for table in tables)
    except OperationalError:  # not there, or busy: that says nothing of what it holds
        raise
    except DatabaseError:  # damaged: it held something
        return True


def _has_rows(cursor: Any, table: str) -> bool:
    cursor.execute(f"SELECT 1 FROM {connection.ops.quote_name(table)} LIMIT 1")  # noqa: S608 (a name of the database's)
    return cursor.fetchone() is not None


def dump(staging: Path) -> tuple[Path, chain.Head]:
    """A copy of the database at one moment, while others write; and a head of the audit chain that it contains."""
    target = staging / DATABASE[connection.vendor]
    if connection.vendor == "sqlite":
        return target, _copy_sqlite(_sqlite_path(), target)
    head = chain.head()  # before the dump, so that the dump contains it
    _run("pg_dump", "--format=custom", "--compress=0", "--no-owner", "--no-privileges", f"--file={target}")
    return target, head


def check_copy(copy: Path, engine: str) -> None:
    """Whether a database can be made of it, as far as can be told without making it."""
    if engine == "sqlite":
        with closing(sqlite3.connect(copy)) as opened:
            _quick_check(opened)
    elif shutil.which("pg_restore"):
        _call(["pg_restore", "--list", str(copy)], {})


def load(copy: Path) -> None:
    """Put a verified copy in the place of the database, in one step."""
    connection.close()
    if connection.vendor == "sqlite":
        _load_sqlite(copy)
    else:
        _load_postgres(copy)


# --- SQLite ---


def _sqlite_path() -> Path:
    return Path(connection.settings_dict["NAME"])


def _copy_sqlite(source: Path, target: Path) -> chain.Head:
    with closing(sqlite3.connect(source, timeout=60)) as old, closing(sqlite3.connect(target)) as new:
        # In one step: in several, each write of somebody else would make it begin again.
        old.backup(new)
        new.execute("PRAGMA journal_mode=DELETE")  # one file, whatever the mode of the original
        _quick_check(new)
        row = new.execute("SELECT number, seal FROM base_audithead").fetchone()
    return chain.Head(*row) if row else chain.Head(0, chain.BEGINNING)


def _quick_check(opened: sqlite3.Connection) -> None:
    try:
        (found,) = opened.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.DatabaseError as error:
        found = str(error)
    if found != "ok":
        raise BackupError(f"The copy of the database is damaged: {found}.")


def _load_sqlite(copy: Path) -> None:
    path = _sqlite_path()
    with closing(sqlite3.connect(copy)) as opened:
        # Written through once more, so that what is renamed is whole on the disk.
        opened.execute("PRAGMA journal_mode=DELETE")
    kept = path.with_name(f"{path.stem}-before-restore-{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}{path.suffix}")
    with _at_rest(path):
        if path.exists() and path.stat().st_size:
            os.link(path, kept)  # a second name: at no moment is there no database
        for left in (f"{path}-journal", f"{path}-wal", f"{path}-shm"):
            # Of a damaged database: its journal must not be played back into the new one.
            if os.path.exists(left):
                os.replace(left, f"{kept}{left.removeprefix(str(path))}")
        files.publish(copy, path)


@contextmanager
def _at_rest(path: Path) -> Iterator[None]:
    """The old database with its journal played back and nobody writing, if it can still be opened."""
    with closing(sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)) as old:
        damaged = False
        try:
            old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            old.execute("PRAGMA journal_mode=DELETE")
            old.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            raise BackupError(f"Somebody uses the database: stop Tiwizi, then restore again ({error}).") from error
        except sqlite3.DatabaseError:
            damaged = True
        yield
        if not damaged:
            with suppress(sqlite3.OperationalError):
                old.execute("ROLLBACK")


# --- PostgreSQL ---


def _load_postgres(copy: Path) -> None:
    """Everything dropped and written again in one transaction: killed in the middle, nothing happened."""
    script, emptying = copy.with_suffix(".sql"), copy.with_name("emptying.sql")
    # As a file first: a script that breaks off must not be committed as far as it got.
    # Only what is in the schema: a schema that was once made anew here would otherwise be made twice.
    _call(["pg_restore", "--schema=public", "--no-owner", "--no-privileges", f"--file={script}", str(copy)], {})
    emptying.write_text(EMPTYING)
    _run(
        "psql", "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1",
        f"--file={emptying}", f"--file={script}",
    )  # fmt: skip


def _run(program: str, *arguments: str) -> None:
    """A program of PostgreSQL on our database. Where it is goes by the environment: a command line can be read."""
    given = connection.get_connection_params()
    environment = {name: str(given[key]) for key, name in ENVIRONMENT.items() if given.get(key)}
    _call([program, *arguments], environment)


def _call(command: list[str], environment: dict[str, str]) -> None:
    if shutil.which(command[0]) is None:
        raise BackupError(f"{command[0]} is not installed here. On Debian: apt install postgresql-client.")
    done = subprocess.run(  # noqa: S603 (our own programs and arguments)
        command, env={**os.environ, **environment}, stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines() or ["no message"]
        raise BackupError(f"{command[0]} failed: {said[0]}")
