"""A few kills of each kind, on the engine of this run; `bench/kills.py` does a hundred. TIWIZI_KILLS asks for more."""

import os

import pytest

from bench.kills import Kills


@pytest.mark.slow
def test_nothing_is_lost_or_done_twice_when_processes_are_killed(tmp_path):
    kills = Kills(tmp_path, os.environ.get("TIWIZI_DATABASE", ""), seed=2)
    try:
        rows = kills.kill_all(int(os.environ.get("TIWIZI_KILLS", "5")))
    finally:
        kills.close()
    assert [row["killed in the middle of"] for row in rows] == ["saves", "imports", "job", "backup", "restore"]
