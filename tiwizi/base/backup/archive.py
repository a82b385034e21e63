"""The archive: a tar with the database, the files and, last, a manifest with everything's checksum."""

import gzip
import hashlib
import io
import json
import tarfile
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import IO, Any

FORM = "tiwizi-backup-1"
MANIFEST = "manifest.json"
FILES = "files"
# The name in the archive of each engine's copy.
DATABASE = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
COMPRESSION = 3  # of 9: a third of the time for nearly the size
CHUNK = 1024 * 1024


class BackupError(Exception):
    """A backup that cannot be made or used; says why and what to do, in plain words."""


@dataclass(frozen=True)
class Manifest:
    """What a backup holds. `members` are name, size and SHA-256; a file without its line is no part of it."""

    made_at: str
    engine: str
    head: str  # of the audit chain, `number:seal`: to keep, and to compare with after a restore
    migrations: list[list[str]]
    members: list[dict[str, Any]] = field(default_factory=list)
    form: str = FORM


class _Counting:
    """A file that is hashed and counted while it is read."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.hash, self.size = file, hashlib.sha256(), 0

    def read(self, size: int = -1) -> bytes:
        data = self.file.read(size)
        self.hash.update(data)
        self.size += len(data)
        return data


def pack(target: Path, manifest: Manifest, database: Path, files: Path) -> Manifest:
    """Write the archive; the manifest with its members is returned."""
    members = []
    with target.open("xb") as raw:
        target.chmod(0o600)
        zipped = gzip.GzipFile(filename="", mode="wb", compresslevel=COMPRESSION, fileobj=raw, mtime=0)
        with zipped, tarfile.open(fileobj=zipped, mode="w|") as tar:
            for name, path in [(database.name, database), *_files(files)]:
                members.append(_add(tar, name, path))
            manifest = replace(manifest, members=members)
            text = json.dumps(asdict(manifest), indent=1, ensure_ascii=False).encode()
            tar.addfile(_entry(MANIFEST, len(text)), io.BytesIO(text))
    return manifest


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield f"{FILES}/{path.relative_to(folder).as_posix()}", path


def _add(tar: tarfile.TarFile, name: str, path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        counting = _Counting(file)
        tar.addfile(_entry(name, path.stat().st_size), counting)
    return {"name": name, "size": counting.size, "sha256": counting.hash.hexdigest()}


def _entry(name: str, size: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o600
    return entry


def unpack(path: Path, folder: Path) -> Manifest:
    """Extract into `folder` and compare each member with the manifest. Raises `BackupError` for whatever is not so."""
    found: dict[str, dict[str, Any]] = {}
    manifest = None
    try:
        with gzip.open(path) as plain, tarfile.open(fileobj=plain, mode="r|") as tar:
            for entry in tar:
                if entry.name == MANIFEST and entry.isreg():
                    manifest = _read_manifest(tar.extractfile(entry))
                else:
                    found[entry.name] = _extract(tar, entry, folder)
            while plain.read(CHUNK):
                pass  # to its end, where the sum of all of it stands
    except (tarfile.TarError, EOFError, zlib.error, OSError) as error:
        raise BackupError(f"The backup cannot be read to its end, or was changed: {error}.") from error
    if manifest is None:
        raise BackupError("The backup has no manifest: it was not written to its end, or is something else.")
    _compare(manifest, found)
    return manifest


def _extract(tar: tarfile.TarFile, entry: tarfile.TarInfo, folder: Path) -> dict[str, Any]:
    """One member. Only plain files under the names we give: an archive may come from anybody."""
    parts = PurePosixPath(entry.name).parts
    ours = entry.name in DATABASE.values() or (len(parts) > 1 and parts[0] == FILES)
    source = tar.extractfile(entry) if entry.isreg() and ours and not {"..", "/"} & set(parts) else None
    if source is None:
        raise BackupError(f"The backup holds something that no backup of ours holds: {entry.name!r}.")
    target = folder.joinpath(*parts)
    target.parent.mkdir(parents=True, exist_ok=True)
    counting = _Counting(source)
    with target.open("xb") as file:
        while data := counting.read(CHUNK):
            file.write(data)
    return {"name": entry.name, "size": counting.size, "sha256": counting.hash.hexdigest()}


def _read_manifest(file: IO[bytes] | None) -> Manifest:
    try:
        told = json.loads(file.read()) if file else {}
        manifest = Manifest(**told)
    except (ValueError, TypeError) as error:
        raise BackupError(f"The manifest of the backup cannot be read: {error}.") from error
    if manifest.form != FORM:
        raise BackupError(f"This backup is of form {manifest.form!r}; this Tiwizi reads {FORM!r}.")
    return manifest


def _compare(manifest: Manifest, found: dict[str, dict[str, Any]]) -> None:
    listed = {one["name"]: one for one in manifest.members}
    for name in sorted(listed.keys() | found.keys()):
        if name not in found:
            raise BackupError(f"{name} is missing from the backup.")
        if name not in listed:
            raise BackupError(f"{name} was added to the backup: its manifest does not know it.")
        if found[name] != listed[name]:
            raise BackupError(f"{name} is not what the backup's manifest says: it was damaged or changed.")
    if DATABASE.get(manifest.engine) not in found:
        raise BackupError("The backup holds no database.")
