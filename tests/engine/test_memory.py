"""What would not fit into memory is refused in a sentence before it is tried."""

import gzip
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.engine.test_solve import a_pair
from tiwizi_engine import memory
from tiwizi_engine.errors import EngineError
from tiwizi_engine.memory import available, read_file, refuse_large
from tiwizi_engine.pooling import Problem, solve

ROOT = Path(__file__).resolve().parents[2]
TEN_MILLION = 10_000_000


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with two gigabytes left."""
    monkeypatch.setattr(memory, "available", lambda: 2 * 10**9)


def write(folder: Path, files: dict[str, str]) -> None:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)


@pytest.mark.usefixtures("small")
def test_ten_million_interventions_are_refused_before_anything_is_tried():
    p = Problem.from_dict(a_pair())
    large = replace(p, interventions=p.interventions[:1] * TEN_MILLION)
    began = time.monotonic()
    with pytest.raises(EngineError) as refused:
        solve(large)
    assert time.monotonic() - began < 1
    assert "10,000,000 of them would take about 100.0 GB of memory, and 2.0 GB are there" in str(refused.value)
    assert "cut the problem into parts" in str(refused.value)


@pytest.mark.usefixtures("small")
def test_a_hundred_thousand_are_not_refused():
    refuse_large(100_000)


def test_where_memory_is_not_known_nothing_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(memory, "available", lambda: None)
    refuse_large(10**12)
    write(tmp_path, {"problem.json": "{}"})
    assert read_file(tmp_path / "problem.json") == b"{}"


@pytest.mark.usefixtures("small")
def test_a_file_is_refused_by_its_size(tmp_path: Path):
    file = tmp_path / "problem.json"
    with file.open("wb") as sparse:
        sparse.truncate(2_700_000_000)  # ten million interventions, of which nothing is read
    began = time.monotonic()
    with pytest.raises(EngineError, match=r"problem.json: 2.7 GB or more of JSON would take about 27.0 GB"):
        read_file(file)
    assert time.monotonic() - began < 1


@pytest.mark.parametrize("told", [True, False], ids=["that says its size", "that says less"])
def test_a_packed_file_is_refused_as_soon_as_it_is_too_large(
    told: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(memory, "available", lambda: 30_000_000)
    packed = gzip.compress(b" " * 8_000_000)
    file = tmp_path / "problem.json.gz"
    file.write_bytes(packed if told else packed[:-4] + b"\0\0\0\0")
    said = "8.0 MB or more" if told else "3.1 MB or more"
    with pytest.raises(EngineError, match=said):
        read_file(file)


def test_a_packed_file_that_fits_is_read(tmp_path: Path):
    file = tmp_path / "problem.json.gz"
    file.write_bytes(gzip.compress(b'{"meta": {}}'))
    assert read_file(file) == b'{"meta": {}}'


@pytest.mark.slow
@pytest.mark.parametrize("make", ["sparse", "packed"])
def test_the_command_line_under_a_limit_of_address_space(tmp_path: Path, make: str):
    """The limit is the system's: one byte of memory above it would be a crash, not a sentence."""
    file = tmp_path / "problem.json"
    with file.open("wb") as out:
        if make == "sparse":
            out.truncate(2_700_000_000)
        else:
            out.write(gzip.compress(b'{"interventions": [' + b"{}, " * 60_000_000 + b"{}]}", 1))
    limit: Callable[[], None] = lambda: resource.setrlimit(resource.RLIMIT_AS, (2 * 10**9, 2 * 10**9))  # noqa: E731
    done = subprocess.run(
        [sys.executable, "-m", "tiwizi_engine", "pool", str(file)],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=60, preexec_fn=limit,
    )  # fmt: skip
    assert done.returncode == 2
    assert "of JSON would take about" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


MEMINFO = "MemTotal:       24000000 kB\nMemFree:         1000000 kB\nMemAvailable:    8000000 kB\n"


def test_what_the_machine_has_left(tmp_path: Path):
    write(tmp_path, {"proc/meminfo": MEMINFO})
    assert available(tmp_path) == 8_000_000 * 1024


def test_a_control_group_above_may_leave_less(tmp_path: Path):
    group = "sys/fs/cgroup/service"
    write(tmp_path, {
        "proc/meminfo": MEMINFO,
        "proc/self/cgroup": "0::/service/one\n",
        f"{group}/memory.max": "3000000000\n",
        f"{group}/memory.current": "2000000000\n",
        f"{group}/memory.stat": "anon 5\ninactive_file 500000000\n",
        f"{group}/one/memory.max": "max\n",
        f"{group}/one/memory.current": "1000\n",
    })  # fmt: skip
    assert available(tmp_path) == 1_500_000_000


def test_control_groups_of_the_first_version(tmp_path: Path):
    group = "sys/fs/cgroup/memory"
    write(tmp_path, {
        "proc/meminfo": MEMINFO,
        "proc/self/cgroup": "5:cpu:/\n4:memory:/box/that/is/not/seen/from/inside\n",
        f"{group}/memory.limit_in_bytes": "1000000000\n",
        f"{group}/memory.usage_in_bytes": "1200000000\n",
        f"{group}/memory.stat": "total_inactive_file 100000000\n",
    })  # fmt: skip
    assert available(tmp_path) == 0  # never less than nothing


def test_a_system_that_says_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(memory.os, "sysconf_names", {})
    monkeypatch.setattr(resource, "getrlimit", lambda _: (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    assert available(tmp_path) is None


def test_here_something_is_known():
    assert available()
