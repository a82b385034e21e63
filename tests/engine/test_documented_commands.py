"""The commands and the Python of `docs/engine.md` run as they stand there."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/engine.md").read_text(encoding="utf-8")
ENGINE = "python -m tiwizi_engine "

pytestmark = pytest.mark.slow


def commands() -> list[str]:
    blocks = re.findall(r"^```console\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    return [line.removeprefix("$ ") for block in blocks for line in block.splitlines()]


def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )


def test_the_commands_of_the_page_run_in_their_order(tmp_path: Path):
    said = commands()
    assert [line.split()[3] for line in said] == ["pool", "check", "share", "rollup"]
    for line in said:
        assert line.startswith(ENGINE)
        command, _, target = line.partition(" > ")
        # What the page writes beside the reader goes into a folder of its own.
        words = [str(tmp_path / word) if word == "plan.json" else word for word in shlex.split(command)[1:]]
        done = run(*words)
        assert done.returncode == 0, done.stderr
        answer = json.loads(done.stdout)
        if target:
            (tmp_path / target).write_text(done.stdout)
        if "check" in words:
            assert answer["errors"] == []


def test_the_options_of_the_page_are_those_of_the_command_line():
    help_texts = "".join(
        run("-m", "tiwizi_engine", name, "--help").stdout for name in ("pool", "check", "share", "rollup")
    )
    offered = set(re.findall(r"--[a-z]+", help_texts)) - {"--help"}
    named = set(re.findall(r"`(--[a-z]+)", PAGE))
    assert named == offered


def test_the_python_of_the_page_runs():
    found = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert len(found) == 1
    done = run("-c", found[0])
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "True"


def test_the_literature_of_the_code_is_on_the_page():
    """Whoever a docstring names with a year stands in the page's list."""
    literature = PAGE.partition("## Literature")[2]
    cited = {
        (name, year)
        for file in (ROOT / "tiwizi_engine").rglob("*.py")
        for name, year in re.findall(r"([A-Z][a-z]+),? (1[89]\d\d|20\d\d)\b", file.read_text(encoding="utf-8"))
    }
    assert ("Schmeidler", "1969") in cited
    missing = [
        f"{name} {year}"
        for name, year in sorted(cited)
        if not any(name in line and year in line for line in literature.splitlines())
    ]
    assert missing == []
