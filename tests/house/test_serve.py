"""Where the demo keeps its data."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SAY = "import sys; sys.path.insert(0, 'scripts'); sys.argv = {argv!r}; import serve; print(serve.VAR)"


@pytest.mark.parametrize(
    ("argv", "environment", "folder"),
    [
        (["serve.py"], {}, ROOT / "var"),
        (["serve.py", "--demo"], {}, ROOT / "var" / "demo"),
        (["serve.py", "--demo"], {"TIWIZI_VAR": "elsewhere"}, Path("elsewhere")),
    ],
)
def test_the_demo_starts_over_without_touching_the_sites_own_data(argv, environment, folder):
    clean = {name: value for name, value in os.environ.items() if name != "TIWIZI_VAR"}
    command = [sys.executable, "-c", SAY.format(argv=argv)]
    said = subprocess.run(command, cwd=ROOT, env=clean | environment, capture_output=True, text=True, check=True)
    assert Path(said.stdout.strip()) == folder
