"""Every check and every test, in order; stops at the first step that fails and ends with one line of counts.

`make test` runs all of it, `make check` (--fast) leaves out PostgreSQL, the house and the browser, `make lint` (--lint)
runs no test. Nothing is skipped for want of a program: what is missing fails with a sentence.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

import postgres

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
# Folders of tests/ that are no room's: each has a step of its own.
OTHERS = {"engine", "house", "journeys", "factories"}
NO_TEST_FOUND = 5


@dataclass
class Counts:
    """Tests so far; a check without tests counts only when it fails."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def add_report(self, report: Path) -> None:
        """Add what pytest wrote about a run; a run that died before writing counts as one failure."""
        if not report.exists():
            self.failed += 1
            return
        for suite in ElementTree.parse(report).getroot().iter("testsuite"):  # noqa: S314 (written by pytest)
            total, failed, skipped = (int(suite.get(key, 0)) for key in ("tests", "failures", "skipped"))
            failed += int(suite.get("errors", 0))
            self.passed += total - failed - skipped
            self.failed += failed
            self.skipped += skipped

    def __str__(self) -> str:
        line = f"{self.passed} passed, {self.failed} failed"
        return f"{line}, {self.skipped} skipped" if self.skipped else line


@dataclass
class Suite:
    """The steps of one run and what they found."""

    counts: Counts = field(default_factory=Counts)
    timings: list[str] = field(default_factory=list)

    def step(self, title: str, act: Callable[[], bool]) -> None:
        """Run one step, timed; leave when it fails."""
        print(f"\n== {title}", flush=True)
        began = time.monotonic()
        good = act()
        self.timings.append(f"{title} {time.monotonic() - began:.0f} s")
        if not good:
            print(f"\nFailed: {title}")
            self.finish(1)

    def tool(self, title: str, *command: str) -> None:
        """A step that is one program of the environment."""
        self.step(title, lambda: self._tool_passes(command))

    def _tool_passes(self, command: tuple[str, ...]) -> bool:
        good = _run(command) == 0
        self.counts.failed += not good
        return good

    def pytest(self, title: str, folders: list[str], **environment: str) -> None:
        """A step that is one run of pytest; finding no test is a failure."""
        self.step(title, lambda: self._tests_pass(title, folders, environment))

    def _tests_pass(self, title: str, folders: list[str], environment: dict[str, str]) -> bool:
        with tempfile.TemporaryDirectory(prefix="tiwizi-report-") as folder:
            report = Path(folder) / "report.xml"
            code = _run(["pytest", *folders, "--quiet", f"--junit-xml={report}"], **environment)
            self.counts.add_report(report)
        if code == NO_TEST_FOUND:
            print(f"No test was found for: {title}")
        if code and not self.counts.failed:
            self.counts.failed += 1
        return code == 0

    def finish(self, code: int) -> None:
        print("\n" + " · ".join(self.timings))
        print(self.counts, flush=True)
        sys.exit(code)


def _run(command: tuple[str, ...] | list[str], **environment: str) -> int:
    program, *arguments = command
    clean = {name: value for name, value in os.environ.items() if name != "TIWIZI_DATABASE"}
    return subprocess.run([str(BIN / program), *arguments], cwd=ROOT, env=clean | environment, check=False).returncode


OURS = ("tiwizi", "tiwizi_engine", "tests", "scripts", "bench", "manage.py")


def lint(suite: Suite) -> None:
    ours = [name for name in OURS if (ROOT / name).exists()]
    suite.tool("Style", "ruff", "check", *ours)
    suite.tool("Format", "ruff", "format", "--check", *ours)
    suite.tool("Templates", "djlint", "tiwizi", "--lint", "--quiet")
    suite.tool("Types", "mypy")
    suite.tool("Import directions", "lint-imports", "--no-logo")


def catalogues(suite: Suite) -> None:
    suite.tool("Catalogues", "python", "scripts/catalogues.py", "compile")
    if shutil.which("xgettext"):
        suite.tool("Translations", "python", "scripts/catalogues.py", "check")
    else:
        print("gettext is not here: whether every sentence is translated is seen by `make test` only.")


def quick_tests(suite: Suite) -> None:
    suite.pytest("Engine", ["tests/engine"])
    suite.pytest("Rooms on SQLite", _rooms())


def slow_tests(suite: Suite) -> None:
    with postgres.server() as address:
        suite.pytest("Rooms on PostgreSQL", _rooms(), TIWIZI_DATABASE=address)
    suite.pytest("House", ["tests/house"])
    suite.pytest("Journeys in a browser", ["tests/journeys"], DJANGO_ALLOW_ASYNC_UNSAFE="1")


def _rooms() -> list[str]:
    folders = sorted(path for path in (ROOT / "tests").iterdir() if path.is_dir() and path.name not in OTHERS)
    return [str(path.relative_to(ROOT)) for path in folders if any(path.rglob("test_*.py"))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fast", action="store_true")
    parser.add_argument("--lint", action="store_true")
    chosen = parser.parse_args()
    suite = Suite()
    lint(suite)
    if not chosen.lint:
        catalogues(suite)
        quick_tests(suite)
    if not chosen.lint and not chosen.fast:
        slow_tests(suite)
    suite.finish(0)


if __name__ == "__main__":
    main()
