"""A backup of everything: database and files in one archive, with checksums and the head of the audit chain.

What is written, read back and refused: `docs/adr/0009-backups.md`. The commands are `backup` and `restore`.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pyrage
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from tiwizi.base import chain
from tiwizi.base.backup import archive, databases, files
from tiwizi.base.backup.archive import BackupError, Manifest

__all__ = ["BackupError", "Made", "Manifest", "backups", "check", "folder_of_files", "make", "new_key", "restore"]

UNFINISHED = "restore-unfinished"  # in var/: a restore began and did not end


@dataclass(frozen=True)
class Made:
    """A backup that was written."""

    path: Path
    manifest: Manifest


def folder_of_files() -> Path:
    """Where uploads lie."""
    return Path(default_storage.base_location)  # type: ignore[attr-defined]


def make(folder: Path, key: str = "") -> Made:
    """Write one backup into `folder`: whole under its name, or not there. `key` is an age public key, or empty."""
    recipient = _recipient(key)
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(), _staging(settings.VAR) as staging:
        _remove_leavings(folder)
        chain.seal_waiting()
        copy, head = databases.dump(staging)
        manifest = Manifest(
            made_at=datetime.now(UTC).isoformat(timespec="seconds"),
            engine=connection.vendor,
            head=str(head),
            migrations=_applied(),
        )
        path = _free_name(folder, ".tar.gz.age" if recipient else ".tar.gz")
        part = folder / f".{path.name}.part"
        packed = staging / "plain.tar.gz" if recipient else part
        manifest = archive.pack(packed, manifest, copy, folder_of_files())
        if recipient:
            pyrage.encrypt_file(str(packed), str(part), [recipient])
        files.publish(part, path)
    return Made(path, manifest)


def check(path: Path, identity: Path | None = None) -> Manifest:
    """Read a whole backup and compare it with its manifest; nothing of the site is touched."""
    with _staging(settings.VAR) as staging:
        return _unpacked(path, identity, staging)


def restore(path: Path, identity: Path | None = None, *, replace: bool = False) -> Manifest:
    """Put a backup in the place of what stands. Everything of it is verified first; killed at any moment, the old
    state or the new one stands, and doing it again ends it.
    """
    with _alone(), _staging(databases.folder()) as staging:
        manifest = _unpacked(path, identity, staging)
        _check_fits(manifest)
        marker = settings.VAR / UNFINISHED
        if not replace and not marker.exists() and databases.filled():
            raise BackupError(
                "There are data here already. To put the backup in their place, stop Tiwizi and add --replace."
            )
        files.write_durably(marker, str(path.resolve()))
        arrived = staging / archive.FILES
        files.add_new(arrived, folder_of_files())
        databases.load(staging / archive.DATABASE[connection.vendor])
        files.replace_rest(arrived, folder_of_files())
        marker.unlink()
    return manifest


def new_key(path: Path) -> str:
    """Make a pair of keys: the secret one into `path`, for its owner only; the public one is returned."""
    identity = pyrage.x25519.Identity.generate()
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(f"{identity}\n")
    return str(identity.to_public())


def backups(folder: Path) -> list[Path]:
    """The backups in a folder, latest first."""
    return sorted(folder.glob("tiwizi-*.tar.gz*"), reverse=True)


def _recipient(key: str) -> "pyrage.x25519.Recipient | None":
    try:
        return pyrage.x25519.Recipient.from_str(key) if key else None
    except pyrage.RecipientError as error:
        raise BackupError(f"{key!r} is no age public key (age1...): {error}.") from error


def _unpacked(path: Path, identity: Path | None, staging: Path) -> Manifest:
    if not path.is_file():
        raise BackupError(f"There is no backup at {path}.")
    if path.suffix == ".age":
        path = _decrypted(path, identity, staging)
    manifest = archive.unpack(path, staging)
    if manifest.engine in archive.DATABASE:
        databases.check_copy(staging / archive.DATABASE[manifest.engine], manifest.engine)
    return manifest


def _decrypted(path: Path, identity: Path | None, staging: Path) -> Path:
    if identity is None:
        raise BackupError("This backup is encrypted. Give the file of its secret key: --identity FILE.")
    plain = staging / "plain.tar.gz"
    try:
        keys = [line for line in identity.read_text().splitlines() if line and not line.startswith("#")]
        pyrage.decrypt_file(str(path), str(plain), [pyrage.x25519.Identity.from_str(one) for one in keys])
    except (pyrage.IdentityError, UnicodeDecodeError) as error:
        raise BackupError(f"{identity} holds no age secret key: {error}.") from error
    except pyrage.DecryptError as error:
        raise BackupError(f"This key does not open this backup: {error}.") from error
    except OSError as error:
        raise BackupError(f"The backup cannot be read to its end, or was changed: {error}.") from error
    return plain


def _check_fits(manifest: Manifest) -> None:
    if manifest.engine != connection.vendor:
        raise BackupError(f"This backup is of {manifest.engine}; the database here is {connection.vendor}.")
    known = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    newer = sorted(f"{app}.{name}" for app, name in map(tuple, manifest.migrations) if (app, name) not in known)
    if newer:
        raise BackupError(f"This backup was made by another, probably newer, Tiwizi: {newer[0]} is not known here.")


def _applied() -> list[list[str]]:
    return sorted([app, name] for app, name in MigrationLoader(connection).applied_migrations)


def _free_name(folder: Path, ending: str) -> Path:
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    names = (f"tiwizi-{stamp}{more}{ending}" for more in ["", *(f"-{n}" for n in range(2, 1000))])
    return next(folder / name for name in names if not (folder / name).exists())


def _remove_leavings(folder: Path) -> None:
    """What backups and restores that were killed left behind; we hold the lock, so none of it is in use."""
    for part in folder.glob(".tiwizi-*.part"):
        part.unlink()


@contextmanager
def _alone() -> Iterator[None]:
    """One backup or restore at a time; the lock ends with the process, however it ends."""
    settings.VAR.mkdir(parents=True, exist_ok=True)
    with (settings.VAR / "backup.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BackupError("Another backup or restore is under way.") from error
        for left in {settings.VAR, databases.folder()}:
            for staging in left.glob("staging-*"):
                shutil.rmtree(staging, ignore_errors=True)
        yield


@contextmanager
def _staging(folder: Path) -> Iterator[Path]:
    """A folder for its owner only, beside where its content is to go, so that it gets there by renaming."""
    with tempfile.TemporaryDirectory(prefix="staging-", dir=folder) as name:
        yield Path(name)
