"""The repository names no machine and no registry, its locks are whole, what it ships of others is what it says."""

import hashlib
import json
import re
import tomllib
from pathlib import Path

import pytest

from tests.house.sources import ROOT, text, tracked

# Written in pieces, so that this file does not find itself.
MACHINE = re.compile(
    r"(?<![\w.$}])/(?:" + "|".join(["ro" + "ot", "ho" + "me", "wo" + "rk", "t" + "mp", "Us" + "ers"]) + r")(?:/|\b)"
)
REGISTRY = re.compile(
    "|".join(re.escape(a + b) for a, b in [
        ("pypi.", "org"), ("pythonhosted", ".org"), ("registry.", "npmjs"), ("registry.", "yarnpkg"),
        ("index", "-url"), ("artifact", "ory"), ("nexus", "."), ("npmmirror", "."), ("deb.debian", ".org"),
    ])
)  # fmt: skip
LOCKS = ["requirements/boot.txt", "requirements/app.txt", "requirements/dev.txt"]
REQUIREMENT = re.compile(r"^([a-z0-9._-]+)(\[[\w,-]+\])?==(\S+)(?: ; [^\\]+)?\s*\\?$", re.IGNORECASE)


def _texts() -> list[tuple[Path, str]]:
    """Every tracked file that is text, licences and what is vendored excepted."""
    found = []
    for path in tracked():
        if path.parts[-2:-1] == ("vendor",) or path.name == "LICENSE":
            continue
        content = (ROOT / path).read_bytes()
        if b"\0" not in content:
            found.append((path, content.decode("utf-8")))
    return found


@pytest.mark.parametrize("pattern", [MACHINE, REGISTRY], ids=["machine", "registry"])
def test_no_file_names_a_machine_or_a_registry(pattern):
    lines = [
        f"{path}:{number}: {line.strip()[:120]}"
        for path, content in _texts()
        for number, line in enumerate(content.splitlines(), 1)
        if pattern.search(line)
    ]
    assert lines == []


def test_the_patterns_would_find_something():
    assert MACHINE.search("cd /" + "wor" + "k/main")
    assert MACHINE.search("'/" + "tm" + "p'")
    assert not MACHINE.search("var/" + "wor" + "k and docs/ho" + "me/")
    assert REGISTRY.search("https://py" + "pi.org/simple")


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_pins_and_hashes_everything_and_names_no_address(name):
    content = text(Path(name))
    assert "://" not in content
    requirements = re.split(r"\n(?=[A-Za-z0-9])", content.strip())
    assert requirements
    for requirement in requirements:
        first, *rest = requirement.splitlines()
        assert REQUIREMENT.match(first), first
        assert any(re.match(r"\s+--hash=sha256:[0-9a-f]{64}", line) for line in rest), first


def _pins(name: str) -> dict[str, str]:
    return {m[1].lower(): m[3] for line in text(Path(name)).splitlines() if (m := REQUIREMENT.match(line))}


def test_the_locks_agree_and_hold_every_dependency():
    app, dev = _pins("requirements/app.txt"), _pins("requirements/dev.txt")
    assert {name: version for name, version in app.items() if dev.get(name) != version} == {}
    project = tomllib.loads(text(Path("pyproject.toml")))["project"]
    extras = project["optional-dependencies"]
    for wanted, lock in [([*project["dependencies"], *extras["web"]], app), (extras["dev"], dev)]:
        names = {re.split(r"[\[<>=~!]", one)[0].strip().lower() for one in wanted}
        assert sorted(name for name in names if name not in lock) == []


def test_the_front_end_lock_is_whole():
    packages = json.loads(text(Path("package-lock.json")))["packages"]
    others = {name: one for name, one in packages.items() if name}
    assert others
    assert all(one["integrity"].startswith("sha512-") and "resolved" not in one for one in others.values())


def test_every_dependency_says_why():
    lines = text(Path("pyproject.toml")).split("[project.optional-dependencies]")
    core = re.search(r"^dependencies = \[\n(.*?)^\]", lines[0], re.DOTALL | re.MULTILINE)
    web = re.search(r"^web = \[\n(.*?)^\]", lines[1], re.DOTALL | re.MULTILINE)
    assert core
    assert web
    wordless = [line for block in (core, web) for line in block[1].splitlines() if "# " not in line]
    assert wordless == []


def test_the_licence():
    licence = tomllib.loads(text(Path("pyproject.toml")))["project"]["license"]
    assert licence in ("EUPL-1.2", {"text": "EUPL-1.2"})
    assert json.loads(text(Path("package.json")))["license"] == "EUPL-1.2"
    assert "EUROPEAN UNION PUBLIC LICENCE v. 1.2" in text(Path("LICENSE"))


MANIFESTS = [path for path in tracked() if path.name == "manifest.json" and "vendor" in path.parts]


@pytest.mark.parametrize("manifest", MANIFESTS, ids=str)
def test_what_we_ship_of_others_is_what_its_manifest_says(manifest):
    folder = ROOT / manifest.parent
    listed = {one["file"]: one for one in json.loads(text(manifest))}
    assert {path.name for path in folder.iterdir()} == {*listed, "manifest.json"}
    pinned = json.loads(text(Path("package-lock.json")))["packages"]
    for name, one in listed.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == one["sha256"], name
        assert pinned[f"node_modules/{one['package']}"]["version"] == one["version"], name
        assert any(other["package"] == one["package"] and "LICENSE" in other["file"] for other in listed.values())


def test_there_are_manifests_and_credits_name_what_we_ship():
    assert len(MANIFESTS) == 2
    credits_page = text(Path("docs/credits.md")).lower()
    for manifest in MANIFESTS:
        for one in json.loads(text(manifest)):
            word = one["package"].split("/")[-1].removesuffix(".org").split("-")[0]
            assert word in credits_page, one["package"]
