"""Copy the chosen front-end files out of node_modules and write what they are: `make vendor`.

The result is committed, so that users need no Node; `tests/house/` compares it with its manifest.
"""

import hashlib
import json
import re
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MODULES = ROOT / "node_modules"
STATIC = ROOT / "tiwizi/base/static/vendor"
TESTS = ROOT / "tests/journeys/vendor"
FONT = "@fontsource/noto-sans-arabic"

# Folder to fill -> (package, file inside it, name here).
FILES = {
    STATIC: [
        ("bootstrap", "dist/css/bootstrap.min.css", "bootstrap.min.css"),
        ("bootstrap", "dist/css/bootstrap.rtl.min.css", "bootstrap.rtl.min.css"),
        ("bootstrap", "LICENSE", "bootstrap.LICENSE.txt"),
        ("htmx.org", "dist/htmx.min.js", "htmx.min.js"),
        ("htmx.org", "LICENSE", "htmx.LICENSE.txt"),
        (FONT, "files/noto-sans-arabic-arabic-400-normal.woff2", "noto-sans-arabic-400.woff2"),
        (FONT, "LICENSE", "noto-sans-arabic.LICENSE.txt"),
    ],
    TESTS: [
        ("axe-core", "axe.min.js", "axe.min.js"),
        ("axe-core", "LICENSE", "axe.LICENSE.txt"),
    ],
}
# Source maps are not shipped, and the static files storage refuses a link to a missing file.
SOURCE_MAP = re.compile(rb"\n?(/\*|//)[#@] sourceMappingURL=[^\n]*\n?")


def main() -> None:
    for folder, files in FILES.items():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        manifest = [_copy(folder, *file) for file in files]
        (folder / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
        print(f"{folder.relative_to(ROOT)}: {len(files)} files")


def _copy(folder: Path, package: str, source: str, name: str) -> dict[str, str]:
    described = json.loads((MODULES / package / "package.json").read_text())
    content = (MODULES / package / source).read_bytes()
    if name.endswith((".css", ".js")):
        content = SOURCE_MAP.sub(b"\n", content)
    (folder / name).write_bytes(content)
    return {
        "file": name,
        "package": package,
        "source": source,
        "version": described["version"],
        "licence": described["license"],
        "sha256": hashlib.sha256(content).hexdigest(),
    }


if __name__ == "__main__":
    main()
