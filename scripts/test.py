"""Every check and every test; begins nothing more once a step failed, and ends with one line of counts.

Checks run first, one after the other; then the tests, as many steps at once as the machine has processors, the longest
first. `make test` runs all of it, `make check` (--fast) leaves out PostgreSQL, the house and the browser, `make lint`
(--lint) runs no test. Nothing is skipped for want of a program: what is missing fails with a sentence.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
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
    failed: list[str] = field(default_factory=list)
    _telling: threading.Lock = field(default_factory=threading.Lock)

    def tool(self, title: str, *command: str) -> None:
        """A check that is one program of the environment; leave when it fails."""
        began = time.monotonic()
        code, output = _run(list(command))
        with self._telling:
            self.counts.failed += code != 0
            self._tell(title, began, output, good=code == 0)
        if code:
            self.finish()

    def tests(self, steps: list["Tests"]) -> None:
        """Run these steps side by side; leave when one fails."""
        with ThreadPoolExecutor(os.cpu_count()) as workers:
            list(workers.map(self._step, steps))
        if self.failed:
            self.finish()

    def _step(self, step: "Tests") -> None:
        if self.failed:
            return
        print(f"\n.. {step.title}", flush=True)
        began = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="tiwizi-report-") as folder:
            report = Path(folder) / "report.xml"
            code, output = step.run(report)
            with self._telling:
                before = self.counts.failed
                self.counts.add_report(report)
                if code and self.counts.failed == before:
                    self.counts.failed += 1
                self._tell(step.title, began, output, good=code == 0)
        if code == NO_TEST_FOUND:
            print(f"No test was found for: {step.title}")

    def _tell(self, title: str, began: float, output: str, *, good: bool) -> None:
        print(f"\n== {title}\n{output}", end="", flush=True)
        self.timings.append(f"{title} {time.monotonic() - began:.0f} s")
        if not good:
            self.failed.append(title)

    def finish(self) -> None:
        """One line of times, one of counts; the process ends."""
        if self.failed:
            print(f"\nFailed: {', '.join(self.failed)}")
        print("\n" + " · ".join(self.timings))
        print(self.counts, flush=True)
        sys.exit(1 if self.failed else 0)


@dataclass(frozen=True)
class Tests:
    """One run of pytest over some folders; finding no test is a failure."""

    title: str
    folders: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    on_postgres: bool = False

    def run(self, report: Path) -> tuple[int, str]:
        """Its exit code and what it printed; counts go into `report`."""
        command = ["pytest", *self.folders, "--quiet", f"--junit-xml={report}"]
        if not self.on_postgres:
            return _run(command, **self.environment)
        with postgres.server() as address:
            return _run(command, TIWIZI_DATABASE=address, **self.environment)


def _run(command: list[str], **environment: str) -> tuple[int, str]:
    """Exit code and output of a program of the environment, both streams in the order in which they came."""
    program, *arguments = command
    clean = {name: value for name, value in os.environ.items() if name != "TIWIZI_DATABASE"}
    # Into a file, not a pipe: what a test leaves running would keep a pipe open.
    with tempfile.TemporaryFile() as output:
        done = subprocess.run(
            [str(BIN / program), *arguments],
            cwd=ROOT,
            env=clean | environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
        output.seek(0)
        return done.returncode, output.read().decode(errors="replace")


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


def quick_tests() -> list[Tests]:
    return [Tests("Rooms on SQLite", _rooms()), Tests("Engine", ["tests/engine"])]


def all_tests() -> list[Tests]:
    """The longest first, so that the last ones to end are short."""
    on_sqlite, engine = quick_tests()
    return [
        Tests("Journeys in a browser", ["tests/journeys"], {"DJANGO_ALLOW_ASYNC_UNSAFE": "1"}),
        Tests("Rooms on PostgreSQL", _rooms(), on_postgres=True),
        on_sqlite,
        Tests("House", ["tests/house"]),
        engine,
    ]


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
        suite.tests(quick_tests() if chosen.fast else all_tests())
    suite.finish()


if __name__ == "__main__":
    main()
