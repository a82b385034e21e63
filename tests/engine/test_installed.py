"""The engine installed by itself: all its files are there, and its command line needs no extra and no web.

Built and installed without a registry, by the setuptools of this environment, into a fresh one that has just what the
project's own dependencies name.
"""

import json
import re
import shutil
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "tests/engine/data"
EXTRAS = {"scipy", "distributed"}  # what a part of the engine may lack, and says so

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment with the engine and its dependencies, and nothing else."""
    pytest.importorskip("setuptools", reason="setuptools, which builds the project, is not in this environment")
    copy, home = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("fresh")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy)
    shutil.copytree(ROOT / "tiwizi_engine", copy / "tiwizi_engine", ignore=shutil.ignore_patterns("__pycache__"))
    run(sys.executable, "-m", "venv", "--without-pip", home)
    install = ("install", "--root", "/", "--prefix", home, "--single-version-externally-managed", "--record", "files")
    run(sys.executable, "-W", "ignore", "-c", "from setuptools import setup; setup()", "-q", *install, cwd=copy)
    made = home / "bin/python"
    for name in needed(made):
        link(name, site(made))
    return made


def run(*command: object, cwd: Path = DATA) -> str:
    done = subprocess.run(list(map(str, command)), cwd=cwd, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def site(python: Path) -> Path:
    return Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())


def needed(python: Path) -> list[str]:
    """The distributions that the installed project asks for, those of extras excepted."""
    code = "import importlib.metadata, json; print(json.dumps(importlib.metadata.requires('tiwizi')))"
    asked = [line for line in json.loads(run(python, "-c", code)) if "extra ==" not in line]
    return [re.split(r"[^\w-]", line)[0] for line in asked]


def link(name: str, into: Path) -> None:
    """A distribution of this environment, seen from the other one."""
    found = distribution(name)
    for top in {file.parts[0] for file in found.files or () if file.parts[0] != ".."}:
        (into / top).symlink_to(Path(str(found.locate_file(top))))


def test_the_project_asks_for_the_solver_and_arrays_alone(python: Path):
    assert sorted(needed(python)) == ["highspy", "numpy"]


def test_every_file_of_the_engine_is_installed(python: Path):
    def files(folder: Path) -> set[str]:
        every = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
        return {str(path.relative_to(folder)) for path in every}

    assert files(site(python) / "tiwizi_engine") == files(ROOT / "tiwizi_engine")


def test_the_command_line_works(python: Path, tmp_path: Path):
    engine = (python, "-I", "-m", "tiwizi_engine")
    plan = tmp_path / "plan.json"
    plan.write_text(run(*engine, "pool", "pooling-12.json.gz"))
    assert json.loads(run(*engine, "check", "pooling-12.json.gz", plan))["errors"] == []
    assert json.loads(run(*engine, "share", "three-communes.json"))["core"]["nonempty"] is True


def test_every_module_is_there_or_names_an_extra(python: Path):
    code = """
import importlib, json, pkgutil, tiwizi_engine
missing = {}
for one in pkgutil.walk_packages(tiwizi_engine.__path__, "tiwizi_engine."):
    if not one.name.endswith("__main__"):
        try:
            importlib.import_module(one.name)
        except ModuleNotFoundError as fault:
            missing[one.name] = fault.name
print(json.dumps(missing))
"""
    missing = json.loads(run(python, "-I", "-c", code))
    assert set(missing.values()) <= EXTRAS
    assert set(missing) <= {f"tiwizi_engine.{name}" for name in ("matching.similar", "matching.titles", "rollup")}


def test_the_glossary_is_read_from_where_it_is_installed(python: Path):
    code = "from tiwizi_engine.matching.glossary import Glossary; print(len(Glossary.standard().concept_of))"
    assert int(run(python, "-I", "-c", code)) > 50
