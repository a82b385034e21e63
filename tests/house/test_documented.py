"""Every setting and command has its line of documentation."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = re.compile(r"[\"'](TIWIZI_[A-Z_]+)[\"']")


def test_every_setting_is_documented():
    sources = [ROOT / "tiwizi/config/settings.py", *(ROOT / "scripts").glob("*.py")]
    named = {name for source in sources for name in ENVIRONMENT.findall(source.read_text())}
    documented = (ROOT / "docs/settings.md").read_text()
    assert "TIWIZI_DATABASE" in named
    assert sorted(name for name in named if f"`{name}`" not in documented) == []


def test_every_documented_setting_exists():
    documented = set(re.findall(r"`(TIWIZI_[A-Z_]+)`", (ROOT / "docs/settings.md").read_text()))
    folders = [ROOT / "tiwizi", ROOT / "scripts"]
    code = "".join(f.read_text() for folder in folders for f in folder.rglob("*.*") if f.suffix in {".py", ".sh"})
    assert sorted(name for name in documented if name not in code) == []


def test_every_command_is_documented():
    commands = {p.stem for p in (ROOT / "tiwizi").glob("*/management/commands/*.py") if p.stem != "__init__"}
    documented = (ROOT / "docs/commands.md").read_text()
    assert "worker" in commands
    assert sorted(name for name in commands if f"`{name}`" not in documented) == []
