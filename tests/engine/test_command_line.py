import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.engine.test_solve import a_pair

DATA = Path(__file__).parent / "data"
ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.slow


def engine(*arguments: object) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "tiwizi_engine", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)


def test_pool_then_check_then_a_spoilt_plan(tmp_path: Path):
    done = engine("pool", DATA / "pooling-12.json.gz")
    assert done.returncode == 0, done.stderr
    plan = json.loads(done.stdout)
    assert plan["gap"] == 0
    file = tmp_path / "plan.json"
    file.write_text(done.stdout)
    good = engine("check", DATA / "pooling-12.json.gz", file)
    assert good.returncode == 0
    assert json.loads(good.stdout)["errors"] == []
    plan["alone"].append(plan["alone"][0])
    file.write_text(json.dumps(plan))
    bad = engine("check", DATA / "pooling-12.json.gz", file)
    assert bad.returncode == 1
    assert {e["rule"] for e in json.loads(bad.stdout)["errors"]} >= {"once"}


def test_share(tmp_path: Path):
    done = engine("share", DATA / "three-communes.json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["core"]["nonempty"] is True


def test_mandatory_that_cannot_be_done_are_named(tmp_path: Path):
    source = a_pair()
    source["interventions"][0] |= {"mandatory": True, "cost": 9000, "poolable": False}
    file = tmp_path / "problem.json.gz"
    file.write_bytes(gzip.compress(json.dumps(source).encode()))
    done = engine("pool", file)
    assert done.returncode == 1
    assert "1 mandatory cannot be done: intervention 0 (partnership 0)" in done.stderr
    more = "4000 more in the budget of partnership 0; 4000 more for partnership 0 in period 0"
    assert f"the least that helps: {more}" in done.stderr
    assert json.loads(done.stdout)["bound"]["mandatory_missed"] == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"not json", "is not JSON"),
        (b'{"meta": NaN}', "NaN"),
        (b"[]", "expected an object"),
        (b"\x1f\x8bbroken", "is not JSON"),
        (json.dumps(a_pair() | {"surprise": 1}).encode(), "surprise"),
    ],
)
def test_a_file_that_does_not_fit_gets_one_sentence(tmp_path: Path, content: bytes, said: str):
    file = tmp_path / "problem.json"
    file.write_bytes(content)
    done = engine("pool", file)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_lenient_ignores_what_it_does_not_know(tmp_path: Path):
    file = tmp_path / "problem.json"
    file.write_text(json.dumps(a_pair() | {"surprise": 1}))
    assert engine("pool", file, "--lenient").returncode == 0


def test_a_missing_file():
    done = engine("share", "nowhere.json")
    assert done.returncode == 2
    assert "cannot be read" in done.stderr


def test_the_engine_knows_no_web():
    code = (
        "import sys, tiwizi_engine.__main__; print([m for m in sys.modules if m.split('.')[0] in ('django', 'tiwizi')])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
