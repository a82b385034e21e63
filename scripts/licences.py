"""The licences of everything that Tiwizi needs, from the locks and what each package says of itself.

`licences.py` writes docs/licences.md, `licences.py check` says what is not so. Versions stand in the locks.
"""

import re
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs/licences.md"
PIN = re.compile(r"^([a-z0-9._-]+)(?:\[[\w,-]+\])?==", re.IGNORECASE | re.MULTILINE)
# Read in the licence files that these packages ship, where their metadata say nothing, not which one, or not all.
READ = {
    "pyrage": "MIT",
    "fido2": "BSD-2-Clause AND Apache-2.0 AND MPL-2.0",
    "qrcode": "BSD-3-Clause AND MIT",
}
# Families that we take to run it: permissive, or asking only for the package's own files. Our list, no lawyer's.
COMPATIBLE = re.compile(
    r"0BSD|Apache|BSD|BlueOak|CC0|CNRI|HPND|ISC|LGPL|MIT|MPL|Mozilla|PSF|Python Software Foundation|SIL|Unlicense|"
    r"Zlib|Public Domain|EUPL|ZPL",
    re.IGNORECASE,
)
HEAD = """# Licences of the packages

Written by `scripts/licences.py` from the locks in `requirements/`; a test compares it with what is installed. Data and
front-end files: [credits](credits.md). Each package is used as it is published, none is changed or copied into Tiwizi.
"""


def pinned(lock: str) -> list[str]:
    """The packages of a lock, each once."""
    return sorted(set(PIN.findall((ROOT / "requirements" / lock).read_text())), key=str.lower)


def licence_of(name: str) -> str | None:
    """In one line; `None`: not installed on this kind of machine."""
    try:
        told = distribution(name).metadata
    except PackageNotFoundError:
        return None
    named = [one.split("::")[-1].strip() for one in told.get_all("Classifier") or [] if one.startswith("License")]
    first = (told.get("License") or "").strip().split("\n")[0]
    short = first if 0 < len(first) <= 60 else ""
    return READ.get(name) or told.get("License-Expression") or short or ", ".join(named) or "not said"


def page() -> str:
    """What docs/licences.md must be."""
    app = pinned("app.txt")
    tests = [name for name in pinned("dev.txt") if name not in app]
    parts = [HEAD, "## To run it\n", _table(app), "## To test and measure it only\n", _table(tests)]
    return "\n".join(parts)


def _table(names: list[str]) -> str:
    told = [(name, licence_of(name)) for name in names]
    lines = [f"| {name} | {licence} |" for name, licence in told if licence]
    elsewhere = [name for name, licence in told if not licence]
    more = f"\nOn other systems or Pythons only: {', '.join(elsewhere)}.\n" if elsewhere else ""
    return "| Package | Licence |\n|---|---|\n" + "\n".join(lines) + "\n" + more


def doubtful() -> list[str]:
    """Packages needed to run it whose licence is not known to go with ours."""
    told = [(name, licence_of(name)) for name in pinned("app.txt")]
    return [f"{name}: {licence}" for name, licence in told if licence and not COMPATIBLE.search(licence)]


def main() -> None:
    if sys.argv[1:] == ["check"]:
        if PAGE.read_text() != page():
            sys.exit("docs/licences.md is not what the locks say: run scripts/licences.py.")
        return
    PAGE.write_text(page())


if __name__ == "__main__":
    main()
