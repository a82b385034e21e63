"""Files that are there whole or not at all, and the folder of uploads during a restore."""

import filecmp
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path


def publish(part: Path, path: Path) -> None:
    """Give a written file its name once all of it is on the disk."""
    _sync(part)
    part.replace(path)
    _sync(path.parent)


def write_durably(path: Path, text: str) -> None:
    part = path.with_name(f".{path.name}.part")
    part.write_text(text)
    publish(part, path)


def _sync(path: Path) -> None:
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def add_new(source: Path, target: Path) -> None:
    """Before the database is replaced: add what is new; what the old database names stays as it is."""
    for path in _inside(source):
        aim = target / path.relative_to(source)
        if not aim.exists():
            _copy(path, aim)


def replace_rest(source: Path, target: Path) -> None:
    """After the database was replaced: what differs takes its new content, what the backup has not is put aside."""
    wanted = {path.relative_to(source): path for path in _inside(source)}
    aside = target.with_name(f"{target.name}-before-restore-{datetime.now(UTC):%Y%m%dT%H%M%SZ}")
    for path in _inside(target):
        name = path.relative_to(target)
        if name in wanted and filecmp.cmp(path, wanted[name], shallow=False):
            continue
        kept = aside / name
        kept.parent.mkdir(parents=True, exist_ok=True)
        if name in wanted:
            shutil.copy2(path, kept)
            _copy(wanted[name], path)
        else:
            path.replace(kept)


def _inside(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file()]


def _copy(source: Path, aim: Path) -> None:
    aim.parent.mkdir(parents=True, exist_ok=True)
    part = aim.with_name(f".{aim.name}.part")
    shutil.copyfile(source, part)
    publish(part, aim)
