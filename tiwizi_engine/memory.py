"""Refusal in time: what would not fit into the memory that is there is told before it is tried.

What is needed is measured, not exact: see the constants. What is there is the least of what the machine has left, what
the control groups of this process leave it (Linux, both versions), and its own limit (`ulimit -v`). Where none of these
is known, nothing is refused.
"""

import gzip
import io
import os
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from tiwizi_engine.errors import EngineError

READING = 10  # bytes of memory for each byte of JSON, until it is a problem: measured 9.2 at 10,000 and at 30,000
SOLVING = 10_000  # bytes of memory for each intervention while a large problem is solved: measured 9,000 at 10,000
CHUNK = 1 << 20
TIGHTEST = 1032  # times smaller is the best that gzip can do
GZIP = b"\x1f\x8b"
ROOT = Path("/")
# By version of control groups: its folder below ROOT, limit, use, and which part of the use can be given up.
GROUPS = {
    1: ("sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
    2: ("sys/fs/cgroup", "memory.max", "memory.current", "inactive_file"),
}
ADVICE = (
    "take a machine with more memory, or cut the problem into parts that share no partnership (regions), each by itself"
)


def available(root: Path = ROOT) -> int | None:
    """Bytes that this process may still take; None when nothing is known."""
    known = [*_of_machine(root), *_of_groups(root), *_of_limit(root)]
    return max(0, min(known)) if known else None


def refuse_large(count: int) -> None:
    """Raises `EngineError` when a problem of so many interventions would not fit."""
    free = available()
    if free is not None and count * SOLVING > free:
        raise EngineError(
            "interventions",
            f"{count:,} of them would take about {_size(count * SOLVING)} of memory, and {_size(free)} are there:"
            f" {ADVICE}",
        )


def read_file(path: Path) -> bytes:
    """What a file holds, unpacked if it is packed by gzip.

    Raises `EngineError` when it could not be read as JSON within the memory that is there: at once by its size, or as
    soon as more comes than fits.
    """
    free = available()
    _refuse_file(path, path.stat().st_size, free)
    with path.open("rb") as file:
        raw = _limited(path, file, free)
    if raw[:2] != GZIP:
        return raw
    told = int.from_bytes(raw[-4:], "little")  # how much it says to hold, if that is less than 4 GB
    if told <= TIGHTEST * len(raw):
        _refuse_file(path, told, free)
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(raw)) as packed:
            return _limited(path, packed, free)
    except (zlib.error, gzip.BadGzipFile) as fault:
        raise EngineError(str(path), f"is not JSON, nor JSON packed by gzip: {fault}") from None


def _limited(path: Path, file: IO[bytes] | gzip.GzipFile, free: int | None) -> bytes:
    parts, size = [], 0
    while part := file.read(CHUNK):
        parts.append(part)
        size += len(part)
        _refuse_file(path, size, free)
    return b"".join(parts)


def _refuse_file(path: Path, size: int, free: int | None) -> None:
    if free is not None and size * READING > free:
        raise EngineError(
            str(path),
            f"{_size(size)} or more of JSON would take about {_size(size * READING)} of memory to read,"
            f" and {_size(free)} are there: {ADVICE}",
        )


def _size(count: int) -> str:
    """In a unit that reads well."""
    for power, unit in ((9, "GB"), (6, "MB")):
        if count >= 10**power:
            return f"{count / 10**power:.1f} {unit}"
    return f"{count / 1000:.0f} kB"


def _of_machine(root: Path) -> Iterator[int]:
    """Without swap: a solver that swaps does not end."""
    found = _fields(root / "proc/meminfo")
    if "MemAvailable" in found:
        yield 1024 * found["MemAvailable"]
        return
    for name in ("SC_AVPHYS_PAGES", "SC_PHYS_PAGES"):
        if name in getattr(os, "sysconf_names", {}):
            yield os.sysconf(name) * os.sysconf("SC_PAGE_SIZE")


def _of_groups(root: Path) -> Iterator[int]:
    """What each group that this process is in, and each group above, has left."""
    for line in _text(root / "proc/self/cgroup").splitlines():
        _, kinds, path = line.split(":", 2)
        version = 2 if not kinds else 1 if "memory" in kinds.split(",") else None
        if version is None:
            continue
        folder, limit, use, idle = GROUPS[version]
        inside = Path(path.strip("/"))
        for group in (inside, *inside.parents):
            here = root / folder / group
            most, used = _text(here / limit).strip(), _text(here / use).strip()
            if most.isdigit() and used.isdigit():
                yield int(most) - int(used) + _fields(here / "memory.stat").get(idle, 0)


def _of_limit(root: Path) -> Iterator[int]:
    """What the process's own limit of address space leaves, where the system has one."""
    try:
        import resource
    except ImportError:  # Windows
        return
    most, _ = resource.getrlimit(resource.RLIMIT_AS)
    pages = _text(root / "proc/self/statm").split()
    if most != resource.RLIM_INFINITY:
        yield most - (int(pages[0]) * os.sysconf("SC_PAGE_SIZE") if pages else 0)


def _fields(path: Path) -> dict[str, int]:
    """Lines of a name and a number, as the kernel writes them."""
    pairs = (line.replace(":", " ").split() for line in _text(path).splitlines())
    return {pair[0]: int(pair[1]) for pair in pairs if len(pair) > 1 and pair[1].isdigit()}


def _text(path: Path) -> str:
    """What a file says, nothing when it is not there or not for us."""
    try:
        return path.read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
