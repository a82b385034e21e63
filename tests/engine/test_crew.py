"""The same answers from this process, a pool of processes and a Dask cluster; and what happens when workers die."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine import crew_work
from tiwizi_engine.crew import HERE, Crew, crew_of
from tiwizi_engine.errors import EngineError

ROOT = Path(__file__).resolve().parents[2]
QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


def start(tool: str, *arguments: str) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", f"distributed.cli.{tool}", *arguments], cwd=ROOT, start_new_session=True, **QUIET
    )


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A scheduler and two workers, each a process of its own."""
    card = tmp_path_factory.mktemp("dask") / "scheduler.json"
    home = str(card.parent)
    common = ("--scheduler-file", str(card))
    running = [start("dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", *common)]
    options = (
        "--host",
        "127.0.0.1",
        "--nthreads",
        "1",
        "--no-dashboard",
        "--local-directory",
        home,
        "--preload",
        "tests.engine.crew_work",
    )
    running += [start("dask_worker", *common, *options) for _ in range(2)]
    while not card.exists():
        time.sleep(0.1)
    yield json.loads(card.read_text())["address"]
    for one in running:
        os.killpg(one.pid, signal.SIGKILL)  # with the worker that each nanny watches
        one.wait()


@pytest.fixture(params=["pool", "dask"])
def crew(request: pytest.FixtureRequest) -> Iterator[Crew]:
    setting = "pool:2" if request.param == "pool" else f"dask:{request.getfixturevalue('scheduler')}"
    made = crew_of(setting)
    yield made
    made.close()


@pytest.mark.slow
def test_the_same_plans_in_the_same_order_whoever_works(crew: Crew):
    seeds = list(range(8))
    assert list(crew.run(crew_work.plan_of, seeds)) == list(HERE.run(crew_work.plan_of, seeds))


@pytest.mark.slow
def test_no_work_has_no_answers(crew: Crew):
    assert list(crew.run(crew_work.square, [])) == []


@pytest.mark.slow
def test_enough_is_enough(crew: Crew):
    began = time.monotonic()
    answers = list(crew.run(crew_work.slow_square, range(400), lambda: time.monotonic() - began > 3))
    assert answers == [x * x for x in range(len(answers))]
    assert len(answers) < 400
    assert next(iter(crew.run(crew_work.square, [7]))) == 49  # and it goes on working


@pytest.mark.slow
def test_a_refusal_comes_back_as_it_was(crew: Crew):
    with pytest.raises(EngineError, match="x: 5 is refused"):
        list(crew.run(crew_work.refuse, [5]))


@pytest.mark.slow
def test_a_worker_that_dies_loses_nothing(crew: Crew, tmp_path: Path):
    answers = list(crew.run(crew_work.note, [(str(tmp_path), x) for x in range(6)]))
    assert answers == [x * x for x in range(6)]
    times = Counter((tmp_path / "log").read_text().split())
    assert times["3"] == 2
    assert set(times) == {str(x) for x in range(6)}


@pytest.mark.slow
def test_a_pool_does_no_finished_piece_again(tmp_path: Path):
    with crew_of("pool:1") as crew:
        list(crew.run(crew_work.note, [(str(tmp_path), x) for x in range(6)]))
    assert Counter((tmp_path / "log").read_text().split()) == Counter("3") + Counter("012345")


@pytest.mark.slow
def test_work_that_kills_every_worker_is_given_up(crew: Crew):
    with pytest.raises(EngineError, match="died"):
        list(crew.run(crew_work.die, [1]))


def test_here_stops_when_told():
    assert list(HERE.run(crew_work.square, [1, 2], lambda: True)) == []


@pytest.mark.parametrize("setting", ["", "there", "pool", "pool:0", "pool:-1", "pool:two", "dask:", "here:2"])
def test_a_setting_that_names_no_crew_is_refused(setting: str):
    with pytest.raises(EngineError, match="crew: expected"):
        crew_of(setting)
