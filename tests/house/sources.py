"""What the tests about the house read: the files that git knows, as text."""

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@cache
def tracked() -> list[Path]:
    """Every file of the repository that is still there, relative to its root."""
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return sorted(Path(name) for name in done.stdout.split("\0") if name and (ROOT / name).exists())


def ours(*endings: str) -> list[Path]:
    """The tracked files with one of these endings that we wrote ourselves: nothing vendored, nothing generated."""
    return [
        path
        for path in tracked()
        if path.suffix in endings and not {"vendor", "migrations"} & set(path.parts) and path.name != "countries.json"
    ]


def text(path: Path) -> str:
    return (ROOT / path).read_text(encoding="utf-8")
