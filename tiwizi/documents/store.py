"""Contents on the disk: each under its checksum, there whole or not at all."""

import re
import secrets
import time
from collections.abc import Iterator
from pathlib import Path

from django.core.files.base import File
from django.core.files.storage import default_storage

from tiwizi.base.backup.files import publish

FOLDER = "documents"
PART = ".part"
FORGOTTEN = 3600  # seconds after which nobody is still writing a part
_CHUNK = 1 << 18
_CHECKSUM = re.compile("[0-9a-f]{64}")


def name_of(sha256: str) -> str:
    """Where a content stands, below the folder of files."""
    return f"{FOLDER}/{sha256[:2]}/{sha256}"


def is_there(sha256: str, size: int) -> bool:
    path = _path(sha256)
    return path.is_file() and path.stat().st_size == size


def write(file: "File[bytes]", sha256: str) -> None:
    """Under another name first, then in one step under its own. Whatever goes wrong leaves nothing behind."""
    path = _path(sha256)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{sha256}.{secrets.token_hex(4)}{PART}")
    file.seek(0)
    try:
        with part.open("xb") as target:
            part.chmod(0o600)
            while chunk := file.read(_CHUNK):
                target.write(chunk)
        publish(part, path)
    finally:
        part.unlink(missing_ok=True)


def leftovers() -> Iterator[tuple[str, Path]]:
    """Everything that stands in the folder for longer than an hour: its checksum ("" for a part), its path."""
    late = time.time() - FORGOTTEN
    for path in sorted(Path(default_storage.path(FOLDER)).glob("*/*")):
        part = path.name.endswith(PART)
        if (part or _CHECKSUM.fullmatch(path.name)) and path.is_file() and path.stat().st_mtime < late:
            yield "" if part else path.name, path


def _path(sha256: str) -> Path:
    return Path(default_storage.path(name_of(sha256)))
